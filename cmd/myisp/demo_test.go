package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"myisp/models/seed"
)

// outside keeps the machine's own configuration out of a test.
func outside(t *testing.T) (dir string) {
	t.Helper()
	for _, name := range []string{"DATABASE_URL", "DATABASE_REPLICA_URL", "MYISP_SMTP_URL", "MYISP_SMS_URL", "MYISP_BASE_URL", "MYISP_SECRET", "MYISP_DATA_DIR", "MYISP_ADDR",
		"MYISP_TRUSTED_PROXIES", "MYISP_LOG_LEVEL"} {
		if old, set := os.LookupEnv(name); set {
			t.Setenv(name, old) // puts it back afterwards
			os.Unsetenv(name)
		}
	}
	return t.TempDir()
}

// called runs the command line and returns exit code and both outputs.
func called(t *testing.T, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(in), &o, &e)
	return code, o.String(), e.String()
}

// demo starts the demo and returns what it printed, where it serves, and how to stop it as Ctrl-C does.
func demo(t *testing.T, args ...string) (welcome, url string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	exit := make(chan int, 1)
	var errs bytes.Buffer
	go func() {
		code := run(ctx, append([]string{"demo", "--addr", "127.0.0.1:0"}, args...), strings.NewReader(""), w, &errs)
		w.Close()
		exit <- code
	}()
	var text strings.Builder
	buf := make([]byte, 4096)
	for !strings.Contains(text.String(), "--reset makes them anew") {
		n, err := r.Read(buf)
		text.Write(buf[:n])
		if err != nil {
			cancel()
			<-exit
			t.Fatalf("the demo ended: %s%s", text.String(), errs.String())
		}
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	url = regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(text.String())
	return text.String(), url, func() int { cancel(); return <-exit }
}

// The demo makes its data, prints where to go and as whom, serves, stops cleanly, and finds its data again (issue 2, item 1).
func TestDemo(t *testing.T) {
	dir := outside(t)
	welcome, url, stop := demo(t, "--data-dir", dir)
	for _, l := range seed.Logins() {
		for _, word := range []string{l.Who, l.Login, l.Email, seed.Password} {
			if !strings.Contains(welcome, word) {
				t.Errorf("the table of log-ins lacks %q:\n%s", word, welcome)
			}
		}
	}
	for _, path := range []string{"/login", "/admin/login", "/readyz"} {
		res, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("GET %s: %s", path, res.Status)
		}
	}
	if !strings.Contains(welcome, "http://harbor.localhost:") {
		t.Error("the second brand's address is missing")
	}
	if code := stop(); code != 0 {
		t.Errorf("Ctrl-C ends with %d", code)
	}
	const mine = "alice pays her debts"
	config(t, dir, mine)
	_, _, stop = demo(t, "--data-dir", dir)
	stop()
	if got := title(t, dir); !strings.Contains(got, mine) {
		t.Errorf("running again lost the data: %s", got)
	}
	_, _, stop = demo(t, "--data-dir", dir, "--reset")
	stop()
	if got := title(t, dir); strings.Contains(got, mine) {
		t.Error("--reset kept the data")
	}
}

// config changes something that only a new demo would change back.
func config(t *testing.T, dir, text string) {
	t.Helper()
	code, _, errs := called(t, "", "--data-dir", dir, "--database-url", "sqlite:"+filepath.Join(dir, "demo.db"), "config", "set", "help_text", text)
	if code != 0 {
		t.Fatal(errs)
	}
}

func title(t *testing.T, dir string) string {
	t.Helper()
	code, out, errs := called(t, "", "--data-dir", dir, "--database-url", "sqlite:"+filepath.Join(dir, "demo.db"), "config", "list")
	if code != 0 {
		t.Fatal(errs)
	}
	return out
}

// A port in use is said clearly, before anything is thrown away.
func TestDemoPortInUse(t *testing.T) {
	dir := outside(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	code, _, errs := called(t, "", "--data-dir", dir, "demo", "--reset", "--addr", l.Addr().String())
	if code != exitFailed || !strings.Contains(errs, "is another demo running?") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if _, err := os.Stat(filepath.Join(dir, "demo.db")); err == nil {
		t.Error("a database was made all the same")
	}
}

// A demo that others can reach says so loudly; one on this machine alone does not.
func TestDemoWarning(t *testing.T) {
	for addr, want := range map[string]bool{"127.0.0.1:8080": false, "[::1]:8080": false, "0.0.0.0:8080": true, "[::]:8080": true, "192.0.2.1:80": true, "[2001:db8::1]:80": true} {
		at, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		var errs bytes.Buffer
		warn(&errs, at)
		if got := strings.Contains(errs.String(), "WARNING") && strings.Contains(errs.String(), addr); got != want {
			t.Errorf("%s: warned %v, want %v: %s", addr, got, want, errs.String())
		}
	}
	dir := outside(t)
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan int, 1)
	go func() {
		code := run(ctx, []string{"--data-dir", dir, "demo", "--addr", "0.0.0.0:0"}, strings.NewReader(""), io.Discard, w)
		w.Close()
		done <- code
	}()
	said := bufio.NewScanner(r)
	found := false
	for !found && said.Scan() {
		found = strings.Contains(said.Text(), "WARNING: this demo listens on")
	}
	cancel()
	_, _ = io.Copy(io.Discard, r)
	if code := <-done; !found || code != 0 {
		t.Errorf("a demo open to all warned %v and ended with %d", found, code)
	}
}

// A database with other customers is neither filled nor emptied.
func TestDemoElsewhere(t *testing.T) {
	dir := outside(t)
	url := "sqlite:" + filepath.Join(dir, "real.db")
	if code, _, errs := called(t, "", "--data-dir", dir, "--database-url", url, "seed", "--customers", "3", "--months", "1"); code != 0 {
		t.Fatal(errs)
	}
	for _, args := range [][]string{{"demo"}, {"demo", "--reset"}} {
		code, _, errs := called(t, "", append([]string{"--data-dir", dir, "--database-url", url}, append(args, "--addr", "127.0.0.1:0")...)...)
		if code != exitFailed || !strings.Contains(errs, "demo") {
			t.Errorf("%v: exit %d: %s", args, code, errs)
		}
	}
}

func TestSeedCommand(t *testing.T) {
	dir := outside(t)
	code, out, errs := called(t, "", "--data-dir", dir, "seed", "--customers", "12", "--months", "2", "--seed", "5")
	if code != 0 || !strings.Contains(out, "bench-1 … bench-12") || !strings.Contains(errs, "12 of 12 customers") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, _, errs = called(t, "", "--data-dir", dir, "seed", "--customers", "0"); code != exitUsage {
		t.Errorf("no customers: exit %d: %s", code, errs)
	}
}
