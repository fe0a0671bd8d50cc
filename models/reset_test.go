package models_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myisp/models"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/limit"
)

func ask() customer.ResetAsk {
	return customer.ResetAsk{Identifier: "alice", Channel: customer.ByMail, Contact: "alice@example.com", Region: "US",
		Alphabet: `"A–Z","1234567890","a–z"`, Length: 20, Language: "en", Host: "http://portal.test", IP: "192.0.2.1"}
}

// sent takes the code out of the queue, as the worker would; nil when there is none, or none for anybody.
func sent(t *testing.T, m *models.Models) *customer.ResetCode {
	t.Helper()
	ctx := context.Background()
	j, err := m.Jobs.Claim(ctx, time.Minute)
	must(t, err)
	if j == nil {
		return nil
	}
	var p customer.ResetCode
	must(t, m.Jobs.Decode(j, &p))
	if strings.Contains(string(j.Payload), p.Code) {
		t.Error("the queue holds the code in clear")
	}
	must(t, m.Jobs.Finish(ctx, j))
	if p.CustomerID == 0 {
		if p.To != "" {
			t.Errorf("a code for nobody goes to %s", p.To)
		}
		return nil
	}
	return &p
}

// TestReset covers AUTH-3, G4, G7–G10: the code goes to the account's own address, works once, and only here.
func TestReset(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		ctx := context.Background()
		handle, err := m.Customers.AskReset(ctx, ask())
		must(t, err)
		p := sent(t, m)
		if p == nil || p.To != "alice@example.com" || len(p.Code) != 20 {
			t.Fatalf("sent %+v", p)
		}
		var stored []string
		must(t, m.DB.Q(ctx).Model(&customer.ResetRequest{}).Pluck("code_hash", &stored).Error)
		if len(stored) != 1 || strings.Contains(stored[0], p.Code) {
			t.Error("the code is stored in clear")
		}
		confirm := func(handle, code, pw string) error {
			return m.Customers.ConfirmReset(ctx, handle, code, pw, "192.0.2.1")
		}
		if err := confirm("another browser's handle", p.Code, "brand new password"); !refusedCode(err) {
			t.Errorf("the code works under another handle: %v", err)
		}
		if err := confirm(handle, p.Code, "short"); refusedCode(err) || err == nil {
			t.Errorf("a weak password got %v", err)
		}
		must(t, confirm(handle, p.Code, "brand new password"))
		if _, err := try(m, customer.Attempt{Identifier: "alice", Password: "brand new password"}); err != nil {
			t.Errorf("log-in with the new password: %v", err)
		}
		if _, err := try(m, customer.Attempt{Identifier: "alice", Password: password}); err == nil {
			t.Error("the old password still works")
		}
		if err := confirm(handle, p.Code, "yet another password"); !refusedCode(err) {
			t.Errorf("the code worked twice: %v", err)
		}
	})
}

func refusedCode(err error) bool {
	var v db.Invalid
	return errors.As(err, &v) && v["code"] == "reset.error.code"
}

// TestResetBySMS: the number is compared in one form, however it was written (G4, G9, G10).
func TestResetBySMS(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		a := ask()
		a.Channel, a.Contact, a.Alphabet, a.Length = customer.BySMS, "(415) 555-0101", "1234567890", 8
		_, err := m.Customers.AskReset(context.Background(), a)
		must(t, err)
		p := sent(t, m)
		if p == nil || p.To != "+14155550101" || len(p.Code) != 8 || strings.Trim(p.Code, "0123456789") != "" {
			t.Fatalf("sent %+v", p)
		}
	})
}

// TestResetTellsNothing: an unknown account, a contact that is not the account's and another partner's customer get the
// answer of a known one, with a handle that behaves like any other; nothing is sent.
func TestResetTellsNothing(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		ctx := context.Background()
		for name, change := range map[string]func(*customer.ResetAsk){
			"unknown":         func(a *customer.ResetAsk) { a.Identifier = "nobody" },
			"foreign contact": func(a *customer.ResetAsk) { a.Identifier, a.Contact = "Alice ", "mallory@example.com" },
			"other partner":   func(a *customer.ResetAsk) { a.PartnerID = 2 },
			"nul, unknown":    func(a *customer.ResetAsk) { a.Identifier, a.Contact = "n\x00body", "x\x00" },
			"nul, known":      func(a *customer.ResetAsk) { a.Identifier, a.Contact = "alice", "x\x00" },
		} {
			a := ask()
			change(&a)
			handle, err := m.Customers.AskReset(ctx, a)
			if err != nil || handle == "" {
				t.Fatalf("%s: %v", name, err)
			}
			if p := sent(t, m); p != nil {
				t.Errorf("%s: a code was sent to %s", name, p.To)
			}
			for range 6 {
				if err := m.Customers.ConfirmReset(ctx, handle, "guess", "brand new password", "192.0.2.9"); !refusedCode(err) {
					t.Errorf("%s: guessing got %v", name, err)
				}
			}
		}
	})
}

// TestResetGuessing: five tries, also when they come at once; ten minutes; three requests a quarter of an hour.
func TestResetGuessing(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		ctx := context.Background()
		handle, err := m.Customers.AskReset(ctx, ask())
		must(t, err)
		code := sent(t, m).Code
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() { _ = m.Customers.ConfirmReset(ctx, handle, "wrong", "brand new password", "192.0.2.2") })
		}
		all.Wait()
		if err := m.Customers.ConfirmReset(ctx, handle, code, "brand new password", "192.0.2.1"); !refusedCode(err) {
			t.Errorf("the right code after more than five wrong ones: %v", err)
		}
		handle, err = m.Customers.AskReset(ctx, ask())
		must(t, err)
		code = sent(t, m).Code
		clk.advance(11 * time.Minute)
		if err := m.Customers.ConfirmReset(ctx, handle, code, "brand new password", "192.0.2.1"); !refusedCode(err) {
			t.Errorf("after eleven minutes: %v", err)
		}
		var many limit.TooMany
		for range 4 {
			_, err = m.Customers.AskReset(ctx, ask())
		}
		if !errors.As(err, &many) {
			t.Errorf("five requests in a row got %v", err)
		}
	})
}

// TestResetSameWork: asking runs the same statements for a known account, an unknown one, a contact that is not the
// account's and another partner's customer, so that no clock tells them apart.
func TestResetSameWork(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		value := regexp.MustCompile(`"[^"]*"|\b\d+\b`)
		if m.DB.Kind() == db.Postgres {
			value = regexp.MustCompile(`'[^']*'|\b\d+\b`)
		}
		asked := 0
		work := func(a customer.ResetAsk) string {
			asked++
			a.IP = fmt.Sprintf("198.51.100.%d", asked)
			var seen db.Counter
			_, err := m.Customers.AskReset(db.WithCounter(context.Background(), &seen), a)
			must(t, err)
			return value.ReplaceAllString(strings.Join(seen.Statements(), "\n"), "?")
		}
		for name, change := range map[string]func(*customer.ResetAsk){
			"by login":  func(*customer.ResetAsk) {},
			"by e-mail": func(a *customer.ResetAsk) { a.ByEmail, a.Identifier = true, a.Contact },
			"by SMS":    func(a *customer.ResetAsk) { a.Channel, a.Contact = customer.BySMS, "+14155550101" },
			"by SMS, no number": func(a *customer.ResetAsk) {
				a.Channel, a.Contact = customer.BySMS, "12"
			},
		} {
			known := ask()
			known.PartnerID = 1
			change(&known)
			want := work(known)
			if p := sent(t, m); (p == nil) != (known.Contact == "12") {
				t.Errorf("%s, known account: sent %+v", name, p)
			}
			if strings.Count(want, "\n") < 6 {
				t.Fatalf("%s: these cannot be all statements:\n%s", name, want)
			}
			unknown, foreign, elsewhere := known, known, known
			unknown.Identifier = "nobody@example.com"
			foreign.Contact = "+14155550199"
			elsewhere.PartnerID = 2
			for other, a := range map[string]customer.ResetAsk{"unknown": unknown, "foreign contact": foreign, "other partner": elsewhere} {
				if diff := cmp.Diff(want, work(a)); diff != "" {
					t.Errorf("%s, %s: other statements than for a known account:\n%s", name, other, diff)
				}
				if p := sent(t, m); p != nil {
					t.Errorf("%s, %s: a code was sent to %s", name, other, p.To)
				}
			}
		}
	})
}

// TestResetByDay: a day has six requests for an account from one address, and ten codes for an account; but who does not
// know the contact uses up nobody's, and the owner's own address keeps its chance.
func TestResetByDay(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		ctx := context.Background()
		from := func(ip string, change func(*customer.ResetAsk)) (*customer.ResetCode, error) {
			a := ask()
			a.IP = ip
			change(&a)
			handle, err := m.Customers.AskReset(ctx, a)
			if err == nil && handle == "" {
				t.Error("a request without a handle")
			}
			return sent(t, m), err
		}
		right, wrong := func(*customer.ResetAsk) {}, func(a *customer.ResetAsk) { a.Contact = "mallory@example.com" }
		for i := range 60 {
			_, err := from(fmt.Sprintf("203.0.113.%d", i), wrong)
			must(t, err)
		}
		for i := range 6 {
			if p, err := from("192.0.2.1", right); err != nil || p == nil {
				t.Fatalf("request %d of the day: %v", i+1, err)
			}
			clk.advance(16 * time.Minute)
		}
		var many limit.TooMany
		if _, err := from("192.0.2.1", right); !errors.As(err, &many) || many.RetryAfter < 20*time.Hour {
			t.Errorf("the seventh of the day from one address got %v, wait %s", err, many.RetryAfter)
		}
		if _, err := from("192.0.2.1", func(a *customer.ResetAsk) { a.Identifier = "bob" }); err != nil {
			t.Errorf("another account at the same address: %v", err)
		}
		for i := range 12 {
			p, err := from(fmt.Sprintf("198.51.100.%d", i), right)
			if err != nil || (p != nil) != (i < 4) {
				t.Errorf("code %d of the day: sent %v, %v", i+7, p != nil, err)
			}
		}
		if p, err := from("127.0.0.1", right); err != nil || p == nil {
			t.Errorf("the owner, from where she has logged in, got sent %v, %v", p != nil, err)
		}
		clk.advance(24 * time.Hour)
		if p, err := from("192.0.2.1", right); err != nil || p == nil {
			t.Errorf("the next day: sent %v, %v", p != nil, err)
		}
		var err error
		for i := range 120 {
			clk.advance(4 * time.Minute) // 15 an hour
			_, err = from("192.0.2.200", func(a *customer.ResetAsk) { a.Identifier = fmt.Sprint("nobody", i) })
			if i < 100 && err != nil {
				t.Fatalf("request %d of the day from one address: %v", i+1, err)
			}
		}
		if !errors.As(err, &many) {
			t.Errorf("120 requests of a day from one address got %v", err)
		}
	})
}
