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
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"myisp/models/seed"
)

// The figures of the quality bars: CPU time per request of portal and database together, as benchmarks over the built
// program with seeded data. MYISP_BENCH_CUSTOMERS and MYISP_BENCH_MONTHS choose the size. PostgreSQL is asked over its
// socket, after VACUUM ANALYZE and a checkpoint, so that no request pays for the seeding; of all servers on the machine
// only its own processes count. The log is written as in production. Portal and reference take turns, because what other
// programs do to the caches of a shared machine weighs more than what they differ by.
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
	server   string // DATABASE_URL; "" is SQLite
	database int    // the PostgreSQL server, whose children work for us; 0 is none
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
	for _, page := range []struct{ name, path string }{{"home", "/"}, {"invoices", "/finance/invoices"}, {"transactions", "/finance/transactions"},
		{"statement", "/finance/statements?period=last_month"}, {"tickets", "/tickets"}} {
		b.Run(page.name, func(b *testing.B) { p.load(b, page.path) })
	}
	b.Run("login", p.logIns)
	b.Run("memory", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(resident(p.pid), "MB-resident")
	})
	if server != "" {
		b.Run("reference", func(b *testing.B) { reference(b, p) })
	}
}

// startPortal seeds a fresh database, serves it, and logs the visitors in.
func startPortal(b *testing.B, binary, server string) *served {
	b.Helper()
	dir := b.TempDir()
	env := append(os.Environ(), "MYISP_DATA_DIR="+dir, "MYISP_SECRET=a secret for benchmarks that is long enough", "MYISP_TRUSTED_PROXIES=127.0.0.0/8")
	p := &served{}
	if server != "" {
		p.server, p.database = freshDatabase(b, server)
		env = append(env, "DATABASE_URL="+p.server)
	}
	customers, months := benchSize()
	fill := exec.Command(binary, "seed", "--customers", strconv.Itoa(customers), "--months", strconv.Itoa(months), "--seed", "1")
	fill.Env = env
	out, err := fill.Output()
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%s", bytes.TrimSpace(out))
	if server != "" {
		tidy(b, p.server)
	}
	address := freeAddress(b)
	p.url = "http://" + address
	p.pid = start(b, p.url+"/readyz", append(env, "MYISP_BASE_URL="+p.url), binary, "serve", "--addr", address)
	for i := range min(visitors, customers) {
		p.jars = append(p.jars, p.logIn(b, seed.BulkLogin(int64(i+1))))
	}
	return p
}

// start runs a program until the benchmark ends, waits until it answers at url, and returns its process id. What it logs is
// shown when it does not get that far.
func start(b *testing.B, url string, env []string, name string, args ...string) int {
	b.Helper()
	said, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	program := exec.Command(name, args...)
	program.Env, program.Stderr = env, said
	if err := program.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = program.Process.Signal(os.Interrupt); _ = program.Wait(); _ = said.Close() })
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if r, err := http.Get(url); err == nil && r.Body.Close() == nil && r.StatusCode == http.StatusOK {
			return program.Process.Pid
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(said.Name())
			b.Fatalf("%s does not get ready: %s", name, text)
		}
	}
}

func freeAddress(b *testing.B) string {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	return strings.TrimPrefix(s.URL, "http://")
}

// freshDatabase makes a database on server and returns its URL over the server's socket, and the server's process.
func freshDatabase(b *testing.B, server string) (database string, postmaster int) {
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
	var sockets, port string
	var backend int
	err = admin.QueryRow(ctx, "SELECT current_setting('unix_socket_directories'), current_setting('port'), pg_backend_pid()").Scan(&sockets, &port, &backend)
	if err != nil {
		b.Fatal(err)
	}
	socket, _, _ := strings.Cut(sockets, ",")
	u := url.URL{Scheme: "postgres", User: url.User(admin.Config().User), Path: "/" + name,
		RawQuery: url.Values{"host": {socket}, "port": {port}, "password": {admin.Config().Password}, "sslmode": {"disable"}}.Encode()}
	return u.String(), parent(backend)
}

// tidy does at once what autovacuum and the checkpointer would do while the portal is measured.
func tidy(b *testing.B, database string) {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, database)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close(ctx)
	for _, sql := range []string{"VACUUM ANALYZE", "CHECKPOINT"} {
		if _, err := c.Exec(ctx, sql); err != nil {
			b.Fatal(err)
		}
	}
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

// reference compares home with testdata/reference, in turns of a few hundred requests.
func reference(b *testing.B, p *served) {
	dir := b.TempDir()
	binary, page, address := filepath.Join(dir, "reference"), filepath.Join(dir, "home.html"), freeAddress(b)
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "./testdata/reference").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(page, p.pageOf(b, "/"), 0o600); err != nil {
		b.Fatal(err)
	}
	pid := start(b, "http://"+address+"/", os.Environ(), binary, address, p.server, page, strconv.Itoa(len(p.jars)))
	yard := &measured{cpu: func() float64 { return cpu(pid) + p.databaseCPU() }, ask: func(int) int64 {
		r, _ := http.NewRequest(http.MethodGet, "http://"+address+"/", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		return fetch(b, r)
	}}
	home := &measured{cpu: p.cpu, ask: p.visit(b, "/")}
	both := []*measured{yard, home}
	for _, m := range both {
		m.run(warm)
		*m = measured{cpu: m.cpu, ask: m.ask}
	}
	b.ResetTimer()
	for left := b.N; left > 0; left -= 250 {
		for _, m := range both {
			m.run(min(left, 250))
		}
	}
	b.StopTimer()
	yard.report(b, "")
	home.report(b, "home-")
	b.ReportMetric(yard.took.Seconds()/home.took.Seconds(), "of-its-throughput")
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
