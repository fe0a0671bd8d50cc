package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"myisp/handlers/jobs"
	"myisp/internal/gateway/sandbox"
	"myisp/models"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// asProgram makes the test binary be the program, so that a test can kill it.
const asProgram = "MYISP_TEST_AS_PROGRAM"

// TestKillStorm kills the program at random moments while customers pay, and starts it again: afterwards the books
// balance, each payment that the provider took is in them once with one receipt, and none that it did not take
// (quality.md, crash). MYISP_STORM_ROUNDS says how often; the bar is 50.
func TestKillStorm(t *testing.T) {
	rounds := 5
	if n, err := strconv.Atoi(os.Getenv("MYISP_STORM_ROUNDS")); err == nil {
		rounds = n
	}
	t.Run("sqlite", func(t *testing.T) { storm(t, rounds, "") })
	t.Run("postgres", func(t *testing.T) { storm(t, rounds, dbtest.PostgresURL(t)) })
}

func storm(t *testing.T, rounds int, database string) {
	dir := t.TempDir()
	for round := range rounds {
		p := startProgram(t, dir, database)
		ctx, cancel := context.WithCancel(t.Context())
		var payers sync.WaitGroup
		for i, login := range []string{"alice", "bob", "carla"} {
			payers.Go(func() { (&stormy{url: p.url, login: login, cents: round*1000 + i*300}).pay(ctx) })
		}
		select { // the moment is what is random here
		case <-time.After(time.Duration(300+rand.IntN(1200)) * time.Millisecond):
		case <-p.ended:
			t.Fatalf("round %d: the program ended by itself: %s", round, p.errs)
		}
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cancel()
		payers.Wait()
		<-p.ended
	}
	settle(t, dir, database)
}

// mortal is the whole program in a process of its own, to be killed.
type mortal struct {
	cmd   *exec.Cmd
	url   string
	errs  *lockedBuffer
	ended chan struct{}
}

func startProgram(t *testing.T, dir, database string) *mortal {
	t.Helper()
	out := &lockedBuffer{}
	p := &mortal{cmd: exec.Command(os.Args[0], "demo", "--addr", "127.0.0.1:0", "--data-dir", dir, "--log-level", "ERROR"), errs: &lockedBuffer{}, ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), asProgram+"=1", "DATABASE_URL="+database)
	p.cmd.Stdout, p.cmd.Stderr = out, p.errs
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.ended) }()
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); <-p.ended })
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); {
		if p.url = address.FindString(out.String()); p.url != "" {
			return p
		}
		select {
		case <-p.ended:
			t.Fatalf("the program does not start: %s", p.errs)
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatalf("the program does not say where it listens: %s", p.errs)
	return nil
}

// stormy is a customer who adds money as fast as the portal lets them, each time another amount.
type stormy struct {
	url, login string
	cents      int
	client     http.Client
}

var hiddenKey = regexp.MustCompile(`name="key" value="([^"]+)"`)

func (s *stormy) pay(ctx context.Context) {
	jar, _ := cookiejar.New(nil)
	s.client = http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if _, _, err := s.send(ctx, "/login", url.Values{"identifier": {s.login}, "password": {demoPassword}}); err != nil {
		return
	}
	outcomes := []sandbox.Outcome{sandbox.Success, sandbox.Success, sandbox.Success, sandbox.Decline, sandbox.Abandon}
	notices := []sandbox.Notices{sandbox.AfterReturn, sandbox.BeforeReturn, sandbox.Thrice, sandbox.Lost}
	for ctx.Err() == nil {
		_, page, err := s.send(ctx, "/pay", nil)
		key := hiddenKey.FindAllStringSubmatch(page, -1)
		if err != nil || len(key) == 0 {
			return
		}
		s.cents++
		form := url.Values{"key": {key[len(key)-1][1]}, "ahead": {"1"}, "amount": {fmt.Sprintf("%d.%02d", 1+s.cents/100, s.cents%100)}, "gateway": {"sandbox"}}
		to, _, err := s.send(ctx, "/pay", form)
		if err != nil || !strings.HasPrefix(to, "/sandbox/") {
			return
		}
		to, _, err = s.send(ctx, to, url.Values{"outcome": {string(outcomes[rand.IntN(len(outcomes))])}, "notices": {string(notices[rand.IntN(len(notices))])}})
		if err != nil {
			return
		}
		if _, _, err = s.send(ctx, to, nil); err != nil {
			return
		}
	}
}

// send gets a page, or posts a form; it returns where that leads and what it says.
func (s *stormy) send(ctx context.Context, path string, form url.Values) (to, body string, err error) {
	method, content := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, content = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, s.url+strings.TrimPrefix(path, s.url), content)
	if err != nil {
		return "", "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Origin", s.url)
	answer, err := s.client.Do(r)
	if err != nil {
		return "", "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 400 {
		err = errors.New(answer.Status)
	}
	return strings.TrimPrefix(answer.Header.Get("Location"), s.url), string(text), err
}

// settle lets the poller and the worker finish what the killed programs left, and proves the books.
func settle(t *testing.T, dir, database string) {
	t.Helper()
	if database == "" {
		database = "sqlite:" + dir + "/demo.db"
	}
	env := &Environment{DataDir: dir, DatabaseURL: database}
	m, err := env.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	till, _, err := env.cashier(m, true)
	if err != nil {
		t.Fatal(err)
	}
	couriers, err := env.couriers(m, true)
	if err != nil {
		t.Fatal(err)
	}
	// What a dead program held is let go when its lease has run out; here that is now, and so is every question to the gateway.
	for _, sql := range []string{"UPDATE jobs SET locked_until = NULL, run_at = created_at WHERE done_at IS NULL",
		"UPDATE payment_attempts SET check_at = created_at WHERE state IN ('new', 'open', 'pending')"} {
		if err := m.DB.Q(t.Context()).Exec(sql).Error; err != nil {
			t.Fatal(err)
		}
	}
	if _, err := till.Poll(t.Context(), 100_000); err != nil {
		t.Fatal(err)
	}
	worker := jobs.New(m, couriers).Payments(till)
	for worker.Once(t.Context()) {
	}
	prove(t, m, dir)
}

func prove(t *testing.T, m *models.Models, dir string) {
	t.Helper()
	ctx := t.Context()
	report, err := m.Finance.Verify(ctx)
	if err != nil || !report.OK() {
		t.Errorf("the books: %+v %v", report, err)
	}
	var attempts []finance.Attempt
	if err := m.DB.Q(ctx).Where("gateway = ?", sandbox.Name).Find(&attempts).Error; err != nil {
		t.Fatal(err)
	}
	provider, err := sandbox.New(dir+"/sandbox", m.Keys.Sub("sandbox"), m.DB.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	paid := 0
	for _, a := range attempts {
		if a.ExternalID == nil {
			continue
		}
		there, ok := provider.Payment(*a.ExternalID)
		if !ok {
			t.Errorf("attempt %d is not known to the provider", a.ID)
			continue
		}
		if there.Received != a.Received || (there.Received > 0) != (a.PaymentID != 0) {
			t.Errorf("attempt %d (%s): the provider took %d, %d is booked as payment %d", a.ID, a.State, there.Received, a.Received, a.PaymentID)
		}
		if a.PaymentID == 0 {
			continue
		}
		paid++
		pay, err := m.Finance.PaymentByID(ctx, a.PaymentID)
		if err != nil || pay.CustomerID != a.CustomerID || pay.Amount != a.Amount+a.Fee {
			t.Errorf("attempt %d: payment %+v, %v", a.ID, pay, err)
		}
		var mails int64
		if err := m.DB.Q(ctx).Table("captured_messages").Where("text LIKE ?", "%"+pay.ReceiptNumber+"%").Count(&mails).Error; err != nil || mails != 1 {
			t.Errorf("payment %s has %d receipts, %v", pay.ReceiptNumber, mails, err)
		}
	}
	if paid == 0 {
		t.Errorf("nobody has paid in %d attempts: the storm blew past", len(attempts))
	}
	t.Logf("%d attempts, %d paid", len(attempts), paid)
}
