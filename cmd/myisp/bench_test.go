package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"myisp/models/seed"
)

// The figures of the quality bars: CPU time per request of portal and database together, as benchmarks over the built
// program with seeded data. MYISP_BENCH_CUSTOMERS and MYISP_BENCH_MONTHS choose the size.
//
//	task bench            both databases
//	go test -run '^$' -bench . ./cmd/myisp

func benchSize() (customers, months int) {
	customers, months = 10_000, 24
	if n, err := strconv.Atoi(os.Getenv("MYISP_BENCH_CUSTOMERS")); err == nil {
		customers = n
	}
	if n, err := strconv.Atoi(os.Getenv("MYISP_BENCH_MONTHS")); err == nil {
		months = n
	}
	return customers, months
}

// visitors is over how many customers the cookies rotate; each costs one log-in.
const visitors = 100

// served is the built program serving seeded data in a process of its own.
type served struct {
	url      string
	pid      int
	database []int // the PostgreSQL server, whose children work for us
	jars     []http.CookieJar
	logins   int
}

func BenchmarkPortal(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "myisp")
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("binary", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(float64(info.Size())/1e6, "MB")
	})
	b.Run("sqlite", func(b *testing.B) { benchOn(b, binary, "") })
	if server := os.Getenv("MYISP_TEST_POSTGRES"); server != "" {
		b.Run("postgres", func(b *testing.B) { benchOn(b, binary, server) })
	}
}

func benchOn(b *testing.B, binary, server string) {
	p := startPortal(b, binary, server)
	for _, page := range []struct{ name, path string }{{"home", "/"}, {"invoices", "/finance/invoices"}, {"transactions", "/finance/transactions"}} {
		b.Run(page.name, func(b *testing.B) { p.load(b, page.path) })
	}
	b.Run("login", p.logIns)
	b.Run("memory", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(resident(p.pid), "MB-resident")
	})
	if server != "" {
		b.Run("reference", func(b *testing.B) { reference(b, server, p) })
	}
}

// startPortal seeds a fresh database, serves it, and logs the visitors in.
func startPortal(b *testing.B, binary, server string) *served {
	b.Helper()
	dir := b.TempDir()
	env := append(os.Environ(), "MYISP_DATA_DIR="+dir, "MYISP_SECRET=a secret for benchmarks that is long enough", "MYISP_LOG_LEVEL=ERROR",
		"MYISP_TRUSTED_PROXIES=127.0.0.0/8")
	if server != "" {
		env = append(env, "DATABASE_URL="+freshDatabase(b, server))
	}
	customers, months := benchSize()
	fill := exec.Command(binary, "seed", "--customers", strconv.Itoa(customers), "--months", strconv.Itoa(months), "--seed", "1")
	fill.Env = env
	out, err := fill.Output()
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%s", bytes.TrimSpace(out))
	address := freeAddress(b)
	p := &served{url: "http://" + address}
	serving := exec.Command(binary, "serve", "--addr", address)
	serving.Env = append(env, "MYISP_BASE_URL="+p.url)
	serving.Stderr = os.Stderr
	if err := serving.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = serving.Process.Signal(os.Interrupt); _ = serving.Wait() })
	p.pid = serving.Process.Pid
	if server != "" {
		p.database = postmasters(b)
	}
	for deadline := time.Now().Add(time.Minute); ; {
		if r, err := http.Get(p.url + "/readyz"); err == nil && r.Body.Close() == nil && r.StatusCode == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			b.Fatal("the portal does not get ready")
		}
	}
	for i := range min(visitors, customers) {
		p.jars = append(p.jars, p.logIn(b, seed.BulkLogin(int64(i+1))))
	}
	return p
}

func freeAddress(b *testing.B) string {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	return strings.TrimPrefix(s.URL, "http://")
}

func freshDatabase(b *testing.B, server string) string {
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, server)
	if err != nil {
		b.Fatal(err)
	}
	defer admin.Close(ctx)
	name := fmt.Sprintf("bench_%d", time.Now().UnixNano())
	if _, err := admin.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		admin, err := pgx.Connect(ctx, server)
		if err != nil {
			b.Error(err)
			return
		}
		defer admin.Close(ctx)
		if _, err := admin.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			b.Error(err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		b.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// postmasters finds the running PostgreSQL servers: the processes called postgres whose parent is not.
func postmasters(b *testing.B) (pids []int) {
	out, err := exec.Command("pgrep", "-x", "postgres").Output()
	if err != nil {
		b.Fatal("no PostgreSQL process is running on this machine")
	}
	for _, f := range strings.Fields(string(out)) {
		pid, _ := strconv.Atoi(f)
		pids = append(pids, pid)
	}
	return pids
}

// cpu is the CPU time of a process and what it has waited for, in seconds (proc(5): utime, stime, in ticks of 10 ms).
func cpu(pid int) float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	sum := 0
	for _, i := range []int{11, 12} {
		n, _ := strconv.Atoi(fields[i])
		sum += n
	}
	return float64(sum) / 100
}

func (p *served) cpu() float64 {
	sum := cpu(p.pid)
	if len(p.database) == 0 {
		return sum
	}
	out, _ := exec.Command("pgrep", "-x", "postgres").Output()
	for _, f := range strings.Fields(string(out)) {
		pid, _ := strconv.Atoi(f)
		sum += cpu(pid)
	}
	return sum
}

func resident(pid int) float64 {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for _, line := range strings.Split(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1000
		}
	}
	return 0
}

func (p *served) logIn(b *testing.B, login string) http.CookieJar {
	b.Helper()
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	form := url.Values{"identifier": {login}, "password": {seed.BulkPassword}}
	ask, _ := http.NewRequest(http.MethodPost, p.url+"/login", strings.NewReader(form.Encode()))
	ask.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// From an address of its own each, or the limits of log-in would answer.
	p.logins++
	ask.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", p.logins>>16&255, p.logins>>8&255, p.logins&255))
	r, err := client.Do(ask)
	if err != nil {
		b.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusSeeOther {
		b.Fatalf("log-in of %s: %d", login, r.StatusCode)
	}
	return jar
}

// load asks for a page b.N times over eight connections, and reports CPU per request and its size.
func (p *served) load(b *testing.B, path string) {
	target, _ := url.Parse(p.url)
	work := func(i int) int64 {
		r, _ := http.NewRequest(http.MethodGet, p.url+path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		for _, c := range p.jars[i%len(p.jars)].Cookies(target) {
			r.AddCookie(c)
		}
		return fetch(b, r)
	}
	hammer(b, p.cpu, work)
}

func (p *served) logIns(b *testing.B) {
	before, n := p.cpu(), 0
	start := time.Now()
	for b.Loop() {
		p.logIn(b, seed.BulkLogin(int64(visitors+1+n%100)))
		n++
	}
	b.ReportMetric((p.cpu()-before)*1000/float64(n), "cpu-ms/op")
	b.ReportMetric(float64(n)/time.Since(start).Seconds(), "op/s")
}

var keepAlive = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}

func fetch(b *testing.B, r *http.Request) int64 {
	answer, err := keepAlive.Do(r)
	if err != nil {
		b.Error(err)
		return 0
	}
	defer answer.Body.Close()
	n, _ := io.Copy(io.Discard, answer.Body)
	if answer.StatusCode != http.StatusOK {
		b.Errorf("%s: %d", r.URL.Path, answer.StatusCode)
	}
	return n
}

// hammer runs work b.N times from eight goroutines and reports what the server's processes spent.
func hammer(b *testing.B, cpu func() float64, work func(i int) int64) {
	var mu sync.Mutex
	var size int64
	next := 0
	for range 200 { // warm caches, prepared statements and connections
		work(next)
		next++
	}
	before, start := cpu(), time.Now()
	b.ResetTimer()
	var all sync.WaitGroup
	todo := make(chan int)
	for range 8 {
		all.Go(func() {
			for i := range todo {
				n := work(i)
				mu.Lock()
				size = n
				mu.Unlock()
			}
		})
	}
	for i := range b.N {
		todo <- i
	}
	close(todo)
	all.Wait()
	b.StopTimer()
	b.ReportMetric((cpu()-before)*1000/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "op/s")
	b.ReportMetric(float64(size), "bytes/op")
}

// reference is the yardstick of the quality bars: a bare Echo + templ program that does four batched, indexed queries
// through pgx and sends a page of the size of home.
func reference(b *testing.B, server string, p *served) {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, freshDatabase(b, server))
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(ctx, `CREATE TABLE t (id bigint PRIMARY KEY, a text, b bigint); INSERT INTO t SELECT g, 'row ' || g, g FROM generate_series(1, 100000) g`); err != nil {
		b.Fatal(err)
	}
	page := p.pageOf(b, "/")
	body := templ.ComponentFunc(func(_ context.Context, w io.Writer) error { _, err := w.Write(page); return err })
	e := echo.New()
	e.Use(middleware.GzipWithConfig(middleware.GzipConfig{Level: 1}))
	e.GET("/", func(c echo.Context) error {
		batch := &pgx.Batch{}
		for i := range 4 {
			batch.Queue("SELECT a, b FROM t WHERE id = $1", time.Now().UnixNano()%100000+int64(i))
		}
		results := pool.SendBatch(c.Request().Context(), batch)
		for range 4 {
			var a string
			var n int64
			_ = results.QueryRow().Scan(&a, &n)
		}
		if err := results.Close(); err != nil {
			return err
		}
		c.Response().Header().Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
		return body.Render(c.Request().Context(), c.Response())
	})
	s := httptest.NewServer(e)
	defer s.Close()
	hammer(b, func() float64 { return 0 }, func(int) int64 {
		r, _ := http.NewRequest(http.MethodGet, s.URL+"/", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		return fetch(b, r)
	})
}

func (p *served) pageOf(b *testing.B, path string) []byte {
	target, _ := url.Parse(p.url)
	r, _ := http.NewRequest(http.MethodGet, p.url+path, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	for _, c := range p.jars[0].Cookies(target) {
		r.AddCookie(c)
	}
	answer, err := keepAlive.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	var in io.Reader = answer.Body
	if answer.Header.Get("Content-Encoding") == "gzip" {
		if in, err = gzip.NewReader(in); err != nil {
			b.Fatal(err)
		}
	}
	page, err := io.ReadAll(in)
	if err != nil {
		b.Fatal(err)
	}
	return page
}
