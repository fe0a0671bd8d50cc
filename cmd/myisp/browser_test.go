package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// demoPassword is everybody's in the demo (design/interface.md).
const demoPassword = "myisp-demo"

// lockedBuffer is an output that the program writes while the test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// address finds where the program says it listens.
var address = regexp.MustCompile(`http://127\.0\.0\.1:[1-9]\d*`)

// launch runs the whole program as `myisp demo` on a data directory; stop ends it and returns its exit code.
func launch(dir string) (url string, stop func() int, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	out, errs := &lockedBuffer{}, &lockedBuffer{}
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"demo", "--addr", "127.0.0.1:0", "--data-dir", dir, "--log-level", "WARN"}, strings.NewReader(""), out, errs)
	}()
	stop = func() int { cancel(); return <-ended }
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); {
		if url = address.FindString(out.String()); url != "" {
			return url, stop, nil
		}
		select {
		case code := <-ended:
			cancel()
			return "", nil, fmt.Errorf("demo ended with %d: %s", code, errs)
		case <-time.After(20 * time.Millisecond):
		}
	}
	stop()
	return "", nil, fmt.Errorf("demo did not say where it listens: %s %s", out, errs)
}

// shared is the one demo on which all journeys run that change nothing others look at.
var shared struct {
	once sync.Once
	url  string
	stop func() int
	err  error
}

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	code := m.Run()
	if shared.stop != nil {
		shared.stop()
	}
	os.Exit(code)
}

// sharedDemo returns the URL of the demo that all journeys share.
func sharedDemo(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() {
		dir, err := os.MkdirTemp("", "myisp-e2e")
		if err != nil {
			t.Fatal(err)
		}
		var stop func() int
		shared.url, stop, shared.err = launch(dir)
		shared.stop = func() int {
			defer os.RemoveAll(dir)
			if stop == nil {
				return 0
			}
			return stop()
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.url
}

// browser is one fresh browser profile at one window size.
type browser struct {
	t   testing.TB
	ctx context.Context
	url string

	started bool
}

// size is a window in CSS pixels.
type size struct{ width, height int64 }

var (
	phone   = size{360, 740}
	narrow  = size{320, 640}
	desktop = size{1280, 800}
)

// open starts Chromium with a profile of its own on the shared demo.
func open(t testing.TB, url string, s size) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true), chromedp.Flag("lang", "en-US"))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(func() { stop(); stopAlloc() })
	b := &browser{t: t, ctx: ctx, url: url}
	b.resize(s)
	// The browser drops what is pressed while one page fades into the next; a test presses faster than a person.
	b.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}}))
	return b
}

// do runs steps; none of them may take longer than a minute.
func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if !b.started {
		b.started = true // the first call starts the browser, which lives as long as that call's context
		if err := chromedp.Do(b.ctx); err != nil {
			b.t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// command sends a protocol command without a result worth having.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

func (b *browser) resize(s size) {
	b.t.Helper()
	b.do(command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.width, Height: s.height, DeviceScaleFactor: 1, Mobile: s.width < 900}))
}

// visit loads a path as a new document.
func (b *browser) visit(path string) {
	b.t.Helper()
	var err error
	for range 5 { // the browser aborts what is asked for while it still carries out a redirect of the page before
		ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
		err = chromedp.Do(ctx, chromedp.Navigate(b.url+path))
		cancel()
		if err == nil || !strings.Contains(err.Error(), "ERR_ABORTED") {
			break
		}
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.until(`document.readyState === 'complete' && document.querySelector('h1')`)
}

// eval runs a script in the page and returns its value.
func eval[T any](b *browser, script string) T {
	b.t.Helper()
	v, err := tryEval[T](b, script)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

func tryEval[T any](b *browser, script string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// arrive waits for a page: its URL, and whatever brought it there, document or htmx, at rest.
func (b *browser) arrive(path string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`location.pathname === %q && document.readyState === 'complete' && document.querySelector('h1') && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')`, path))
}

// until waits for a condition of the page, across navigations.
func (b *browser) until(condition string) {
	b.t.Helper()
	var err error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		var holds bool
		if holds, err = tryEval[bool](b, "!!("+condition+")"); err == nil && holds {
			return
		}
		time.Sleep(10 * time.Millisecond) // between two looks at the page
	}
	b.t.Fatalf("waiting for %s at %s: %v", condition, eval[string](b, "location.href"), err)
}

// field finds a form field as a person does: by its label.
func (b *browser) field(label string) string {
	b.t.Helper()
	id := eval[string](b, fmt.Sprintf(`[...document.querySelectorAll('label')].find(l => l.textContent.trim().startsWith(%q))?.htmlFor || ''`, label))
	if id == "" {
		b.t.Fatalf("no field is labelled %q at %s", label, eval[string](b, "location.href"))
	}
	return "#" + id
}

// fillIn types into the field with the label.
func (b *browser) fillIn(label, text string) {
	b.t.Helper()
	sel := b.field(label)
	eval[int](b, fmt.Sprintf(`document.querySelector(%q).value = '', 0`, sel))
	b.do(chromedp.SendKeys(chromedp.CSS(sel), text))
}

// press clicks the button or link with the name.
func (b *browser) press(name string) {
	b.t.Helper()
	found := eval[bool](b, fmt.Sprintf(`(() => {
		const all = [...document.querySelectorAll('main button, main a, button, a')];
		const e = all.find(e => e.textContent.trim() === %[1]q && e.offsetParent) || all.find(e => e.textContent.trim().startsWith(%[1]q) && e.offsetParent);
		document.querySelectorAll('[data-test-press]').forEach(x => x.removeAttribute('data-test-press'));
		if (e) e.setAttribute('data-test-press', '');
		return !!e;
	})()`, name))
	if !found {
		b.t.Fatalf("nothing is named %q at %s", name, eval[string](b, "location.href"))
	}
	b.do(chromedp.Click(chromedp.CSS("[data-test-press]")))
}

// logIn signs somebody in through the form.
func (b *browser) logIn(login string) {
	b.t.Helper()
	b.visit("/login")
	b.do(chromedp.SetValue(chromedp.CSS(`input[name="identifier"]`), login), chromedp.SetValue(chromedp.CSS(`input[name="password"]`), demoPassword),
		chromedp.Submit(chromedp.CSS(`input[name="password"]`)))
	b.until(`location.pathname === '/' && document.readyState === 'complete'`)
}

// settings saves language and theme through the form.
func (b *browser) settings(language, theme string) {
	b.t.Helper()
	b.visit("/settings")
	b.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`input[name="language"][value=%q]`, language))),
		chromedp.Click(chromedp.CSS(fmt.Sprintf(`input[name="theme"][value=%q]`, theme))), chromedp.Submit(chromedp.CSS(`input[name="theme"]`)))
	b.until(fmt.Sprintf(`document.documentElement.lang === %q && document.documentElement.dataset.theme === %q && document.readyState === 'complete'`, language, theme))
}

// script turns JavaScript off or on for the pages that follow.
func (b *browser) script(on bool) {
	b.t.Helper()
	b.do(command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}))
}

// sideways is how many pixels the page is wider than the window, with the widest culprit.
func (b *browser) sideways() string {
	b.t.Helper()
	return eval[string](b, `(() => {
		const w = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= w) return '';
		const e = [...document.querySelectorAll('body *')].find(e => e.getBoundingClientRect().right > w + 1 || e.getBoundingClientRect().left < -1);
		return document.documentElement.scrollWidth + ' > ' + w + ' ' + (e ? e.tagName + '.' + e.className : '');
	})()`)
}

// axeFile finds axe-core, which the test setup installs from npm.
func axeFile(t testing.TB) string {
	t.Helper()
	found, _ := filepath.Glob("../../.cache/axe-*/node_modules/axe-core/axe.min.js")
	if len(found) == 0 {
		t.Fatal("axe-core is missing: run .ci/setup once")
	}
	source, err := os.ReadFile(found[len(found)-1])
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// violation is one thing that axe found.
type violation struct {
	ID    string `json:"id"`
	Nodes []struct {
		Target  []any  `json:"target"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// axe checks the page against WCAG 2.2 A and AA.
func (b *browser) axe(source string) []violation {
	b.t.Helper()
	script := `(async () => { const r = await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']}); return JSON.stringify(r.violations); })()`
	if !eval[bool](b, `!!window.axe`) {
		eval[int](b, source+";0")
	}
	raw := eval[string](b, script)
	var list []violation
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		b.t.Fatal(err)
	}
	return list
}

// traffic is what loading one page took.
type traffic struct {
	requests int
	bytes    float64
	urls     []string
	foreign  []string
}

// weigh loads a path with a cold cache and counts everything that the browser fetches.
func (b *browser) weigh(path string) traffic {
	b.t.Helper()
	listen, stop := context.WithCancel(b.ctx)
	defer stop()
	var sent []network.EventRequestWillBeSent
	var done []network.EventLoadingFinished
	subscribe := chromedp.Func(func(_ context.Context, t *chromedp.Target) error {
		collect(listen, t, network.RequestWillBeSent, &sent)
		collect(listen, t, network.LoadingFinished, &done)
		return nil
	})
	b.do(command(network.Enable, network.EnableParams{}), command(network.ClearBrowserCache, cdp.Empty{}),
		command(network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}),
		// A worker that is there already would answer for the network, and its own check for news would count as the page's.
		command(network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}), subscribe)
	b.visit(path)
	b.do(command(network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: false}))
	stop()
	collecting.Wait()
	var tr traffic
	seen := map[string]bool{}
	for _, e := range sent {
		// The browser's own pictures are no requests, and with the cache switched off one icon is asked for at each mention.
		if strings.HasPrefix(e.Request.URL, "data:") || seen[e.Request.URL] {
			continue
		}
		seen[e.Request.URL] = true
		tr.requests++
		tr.urls = append(tr.urls, e.Request.URL)
		if !strings.HasPrefix(e.Request.URL, b.url) {
			tr.foreign = append(tr.foreign, e.Request.URL)
		}
	}
	for _, e := range done {
		tr.bytes += e.EncodedDataLength
	}
	return tr
}

var collecting sync.WaitGroup

// collect appends every event of a kind until ctx is done; collecting tells when all of them have stopped.
func collect[E any](ctx context.Context, t *chromedp.Target, kind cdp.Event[E], into *[]E) {
	events := cdp.Events(ctx, t, kind)
	collecting.Go(func() {
		for e, err := range events {
			if err != nil {
				return
			}
			*into = append(*into, e)
		}
	})
}
