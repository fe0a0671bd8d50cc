package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// ownDemo starts a demo for a journey that changes what others look at.
func ownDemo(t *testing.T) string {
	t.Helper()
	url, stop, err := launch(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if code := stop(); code != 0 {
			t.Errorf("the demo ended with %d", code)
		}
	})
	return url
}

// TestAlice is the first impression: log in on a phone, see what is owed to the cent and Pay above the fold, open the
// overdue invoice, go back. With script and without (DASH-1, FIN-2, G2).
func TestAlice(t *testing.T) {
	url := sharedDemo(t)
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			b := open(t, url, size{360, 640})
			b.script(script)
			b.do(chromedp.Navigate(url + "/"))
			b.do(chromedp.WaitVisible(chromedp.CSS(`input[name="identifier"]`)))
			b.do(chromedp.SendKeys(chromedp.CSS(`input[name="identifier"]`), "alice"), chromedp.SendKeys(chromedp.CSS(`input[name="password"]`), demoPassword+kb.Enter),
				chromedp.WaitVisible(chromedp.CSS(`a[href="/finance"]`)))
			text := visibleText(b)
			for _, want := range []string{"Alice Carter", "You owe", "84.90", "42.00", "42.90", "Fiber 500"} {
				if !strings.Contains(text, want) {
					t.Errorf("home does not say %q: %.500s", want, text)
				}
			}
			b.do(chromedp.Click(chromedp.CSS(`a[href="/finance"]`)))
			b.arrive("/finance")
			b.do(chromedp.Click(chromedp.CSS(`a[href="/finance/invoices"]`)))
			b.arrive("/finance/invoices")
			if text := visibleText(b); !strings.Contains(text, "Overdue") || !strings.Contains(text, "Unpaid") || !strings.Contains(text, "Paid") {
				t.Errorf("FIN-2: the list of invoices: %.500s", text)
			}
			b.do(chromedp.Click(chromedp.CSS(`main .list a[href^="/finance/invoices/"]`)))
			b.until(`/^\/finance\/invoices\/\d+$/.test(location.pathname) && document.querySelector('a[href*=".pdf"]')`)
		})
	}
}

// visibleText reads the page's text through the browser's DOM, so that it works without script.
func visibleText(b *browser) string {
	b.t.Helper()
	return strings.Join(strings.Fields(eval[string](b, `document.body.innerText`)), " ")
}

// TestPayAboveTheFold: on the smallest phone the way to pay is on the first screen.
func TestPayAboveTheFold(t *testing.T) {
	b := open(t, sharedDemo(t), size{360, 640})
	b.logIn("alice")
	bottom := eval[float64](b, `document.querySelector('main a[href^="/pay"]').getBoundingClientRect().bottom`)
	tabs := eval[float64](b, `document.querySelector('nav').getBoundingClientRect().top`)
	if bottom > tabs {
		t.Errorf("Pay ends at %.0f px, the tabs begin at %.0f", bottom, tabs)
	}
}

// TestNavigation: htmx swaps the frame, and everything a reload would give is there: URL, title, focus on the heading,
// the current tab, back and forward.
func TestNavigation(t *testing.T) {
	b := open(t, sharedDemo(t), phone)
	b.logIn("alice")
	eval[int](b, `window.stayed = true; 0`)
	for _, step := range []struct{ link, path string }{{"/finance", "/finance"}, {"/finance/invoices", "/finance/invoices"}, {"/more", "/more"}, {"/", "/"}} {
		b.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`a[href=%q]`, step.link))))
		b.until(fmt.Sprintf(`location.pathname === %q && document.activeElement && document.activeElement.tagName === 'H1'`, step.path))
		if !eval[bool](b, `window.stayed === true`) {
			t.Errorf("%s loaded the document anew", step.path)
		}
		heading, title := eval[string](b, `document.querySelector('h1').textContent.trim()`), eval[string](b, `document.title`)
		if heading == "" || title == "" {
			t.Errorf("%s: heading %q, title %q", step.path, heading, title)
		}
	}
	b.do(chromedp.NavigateBack())
	b.arrive("/more")
	b.do(chromedp.Reload())
	b.until(`location.pathname === '/more' && document.querySelector('h1')`)
	if current := eval[string](b, `document.querySelector('nav [aria-current="page"]')?.getAttribute('href') || ''`); current != "/more" {
		t.Errorf("the current tab is %q", current)
	}
}

// TestKeyboard: log in and reach the first invoice with the keyboard alone, focus always visible.
func TestKeyboard(t *testing.T) {
	b := open(t, sharedDemo(t), desktop)
	b.visit("/login")
	b.tabTo(`document.activeElement.name === 'identifier'`)
	b.do(insert("alice"))
	b.tabTo(`document.activeElement.name === 'password'`)
	b.do(insert(demoPassword), chromedp.KeyEvent(kb.Enter))
	b.arrive("/")
	b.tabTo(`document.activeElement.getAttribute('href') === '#main'`)
	b.tabTo(`document.activeElement.getAttribute('href') === '/finance'`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`location.pathname === '/finance' && document.activeElement.tagName === 'H1'`)
	b.tabTo(`(document.activeElement.getAttribute('href') || '').startsWith('/finance/invoices')`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`location.pathname.startsWith('/finance/invoices')`)
}

func insert(text string) chromedp.Action[chromedp.Void] {
	return command(input.InsertText, input.InsertTextParams{Text: text})
}

// tabTo presses Tab until the condition holds, and fails when focus is ever invisible.
func (b *browser) tabTo(condition string) {
	b.t.Helper()
	for range 60 {
		b.do(chromedp.KeyEvent(kb.Tab))
		if !eval[bool](b, `(() => { const s = getComputedStyle(document.activeElement); return document.activeElement === document.body || s.outlineStyle !== 'none' || s.boxShadow !== 'none'; })()`) {
			b.t.Errorf("focus is invisible on %s", eval[string](b, `document.activeElement.outerHTML.slice(0, 120)`))
		}
		if eval[bool](b, condition) {
			return
		}
	}
	b.t.Fatalf("60 tabs do not lead to %s", condition)
}

// TestResetInBrowser walks AUTH-3 as a person: forgot, code from the outbox, new password, in.
func TestResetInBrowser(t *testing.T) {
	url := ownDemo(t)
	b := open(t, url, phone)
	b.visit("/login")
	b.press("Forgot your password?")
	b.arrive("/reset")
	b.fillIn("Login", "alice")
	b.fillIn("Email", "alice@example.com")
	b.press("Send the code")
	b.arrive("/reset/code")

	staff := open(t, url, desktop)
	staff.visit("/admin/login")
	staff.fillIn("Login", "admin")
	staff.fillIn("Password", demoPassword)
	staff.press("Log in")
	staff.arrive("/admin")
	var code string
	for range 100 { // the queue sends it in its own time
		staff.visit("/admin/outbox")
		if code = eval[string](staff, `(document.body.textContent.match(/Your code: (\w+)/) || ['', ''])[1]`); code != "" {
			break
		}
	}
	if code == "" {
		t.Fatal("no code in the outbox")
	}
	b.fillIn("Code", code)
	b.fillIn("New password", "a whole new sentence")
	b.fillIn("Repeat the new password", "a whole new sentence")
	b.press("Save the password")
	b.until(`document.body.innerText.includes('Your new password is saved')`)
	b.visit("/login")
	b.fillIn("Login", "alice")
	b.fillIn("Password", "a whole new sentence")
	b.press("Log in")
	b.arrive("/")
}

// installable: Chromium finds nothing that keeps it from installing the app of the page that is open.
func (b *browser) installable() {
	b.t.Helper()
	eval[bool](b, `navigator.serviceWorker.ready.then(() => true)`)
	var problems []*page.InstallabilityError
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		found, err := cdp.Call(ctx, t, page.GetInstallabilityErrors, cdp.Empty{})
		problems = found.InstallabilityErrors
		return err
	}))
	for _, p := range problems {
		if p.ErrorID != "in-incognito" {
			b.t.Errorf("%s cannot be installed: %s %v", b.url, p.ErrorID, p.ErrorArguments)
		}
	}
}

// TestInstallable: Chromium finds nothing that keeps it from installing either partner's app, and each is its own.
func TestInstallable(t *testing.T) {
	url := sharedDemo(t)
	port := url[strings.LastIndex(url, ":"):]
	names := map[string]string{}
	for _, host := range []string{"localhost", "harbor.localhost"} {
		b := open(t, "http://"+host+port, phone)
		b.visit("/login")
		b.installable()
		names[host] = eval[string](b, `document.title`)
		if touch := eval[string](b, `document.querySelector('link[rel="apple-touch-icon"]').href`); !strings.Contains(touch, "/brand/") {
			t.Errorf("%s: apple-touch-icon %s", host, touch)
		}
	}
	if !strings.Contains(names["harbor.localhost"], "Harbor Fiber") || strings.Contains(names["localhost"], "Harbor Fiber") {
		t.Errorf("titles %v", names)
	}
}

// TestOfflinePage: without a network the service worker shows its own page, not the browser's, and keeps no private page.
func TestOfflinePage(t *testing.T) {
	url, stop, err := launch(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, url, phone)
	b.logIn("alice")
	eval[bool](b, `navigator.serviceWorker.ready.then(() => true)`)
	b.visit("/finance")
	b.until(`navigator.serviceWorker.controller !== null`)
	kept := eval[[]string](b, `(async () => { const urls = []; for (const n of await caches.keys()) for (const r of await (await caches.open(n)).keys()) urls.push(new URL(r.url).pathname); return urls })()`)
	for _, u := range kept {
		if !strings.HasPrefix(u, "/static/") && !strings.HasPrefix(u, "/brand/") && u != "/offline" {
			t.Errorf("the service worker keeps %s", u)
		}
	}
	logo := eval[string](b, `fetch('/offline').then(r => r.text()).then(t => new DOMParser().parseFromString(t, 'text/html').querySelector('.brand-logo').getAttribute('src'))`)
	if !slices.Contains(kept, logo) {
		t.Errorf("the service worker does not keep the logo %s, only %v", logo, kept)
	}
	stop()
	b.do(chromedp.Navigate(url + "/profile"))
	b.until(`document.body.innerText.includes('You are offline') && document.readyState === 'complete'`)
	if !eval[bool](b, `document.querySelector('.brand-logo').naturalWidth > 0 && getComputedStyle(document.body).fontFamily !== 'Times New Roman'`) {
		t.Error("without a network the page lacks its logo or its style")
	}
}
