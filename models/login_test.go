package models_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"myisp/models"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/limit"
	"myisp/models/session"
	"myisp/models/staff"
)

// at is a clock that tests move.
type at struct{ t time.Time }

func (a *at) now() time.Time          { return a.t }
func (a *at) advance(d time.Duration) { a.t = a.t.Add(d) }

func clock() *at { return &at{time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)} }

const password = "correct horse battery"

// withAlice runs fn on each database with a customer who has a password.
func withAlice(t *testing.T, fn func(t *testing.T, m *models.Models, c customer.Customer, clk *at)) {
	clk := clock()
	dbtest.EachAt(t, clk.now, func(t *testing.T, d *db.DB) {
		clk.t = clock().t
		m := testModels(t, d)
		c := fill(t, m)
		must(t, m.Customers.SetPassword(context.Background(), c.ID, password))
		fn(t, m, c, clk)
	})
}

func try(m *models.Models, a customer.Attempt) (string, error) {
	if a.IP == "" {
		a.IP = "192.0.2.1"
	}
	return m.Customers.LogIn(context.Background(), a)
}

// TestLogIn covers AUTH-1, AUTH-2, AUTH-7 and G2: who gets in with what, and that every refusal is the same.
func TestLogIn(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		ctx := context.Background()
		other := customer.Customer{PartnerID: 2, Login: "bob", Name: "Bob", Email: "alice@example.com"}
		must(t, m.Customers.Create(ctx, &other, customer.Billing{Currency: "EUR"}, "US"))
		must(t, m.Customers.SetPassword(ctx, other.ID, "another good password"))
		for name, c := range map[string]struct {
			a    customer.Attempt
			want bool
		}{
			"login":                        {customer.Attempt{Identifier: "alice", Password: password}, true},
			"login in capitals and spaces": {customer.Attempt{Identifier: " ALICE ", Password: password}, true},
			"e-mail when G2 says login":    {customer.Attempt{Identifier: "alice@example.com", Password: password}, false},
			"e-mail":                       {customer.Attempt{ByEmail: true, Identifier: "Alice@Example.com", Password: password}, true},
			"second e-mail":                {customer.Attempt{ByEmail: true, Identifier: "a2@example.com", Password: password}, true},
			"shared e-mail, other account": {customer.Attempt{ByEmail: true, Identifier: "alice@example.com", Password: "another good password"}, true},
			"wrong password":               {customer.Attempt{Identifier: "alice", Password: "wrong"}, false},
			"no password":                  {customer.Attempt{Identifier: "alice"}, false},
			"unknown":                      {customer.Attempt{Identifier: "nobody", Password: password}, false},
			"empty":                        {customer.Attempt{}, false},
			"own partner's host":           {customer.Attempt{Identifier: "alice", Password: password, PartnerID: 1}, true},
			"other partner's host":         {customer.Attempt{Identifier: "alice", Password: password, PartnerID: 2}, false},
			"a megabyte":                   {customer.Attempt{Identifier: "alice", Password: strings.Repeat("x", 1<<20)}, false},
		} {
			token, err := try(m, c.a)
			if got := err == nil && token != ""; got != c.want {
				t.Errorf("%s: in=%v (%v), want %v", name, got, err, c.want)
			}
			var v db.Invalid
			if err != nil && (!errors.As(err, &v) || v["password"] != "login.error.wrong") {
				t.Errorf("%s: the refusal tells more than the others: %v", name, err)
			}
		}
		for _, status := range []customer.Status{customer.StatusNew, customer.StatusBlocked, customer.StatusDisabled, customer.StatusActive} {
			c.Status = status
			must(t, m.Customers.Update(ctx, &c, "US"))
			if _, err := try(m, customer.Attempt{Identifier: "alice", Password: password}); err != nil {
				t.Errorf("AUTH-2: a %s customer cannot log in: %v", status, err)
			}
		}
	})
}

// TestLogInLimits: guessing stops, for the account and for the address, and nobody is locked out for long.
func TestLogInLimits(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		var many limit.TooMany
		var err error
		for range 8 {
			_, err = try(m, customer.Attempt{Identifier: "alice", Password: "wrong"})
		}
		if errors.As(err, &many) {
			t.Fatal("eight tries are too few to stop somebody who mistypes")
		}
		if _, err = try(m, customer.Attempt{Identifier: "Alice", Password: password}); !errors.As(err, &many) {
			t.Errorf("the ninth try from one place got %v", err)
		}
		if _, err = try(m, customer.Attempt{Identifier: "alice", Password: password, IP: "198.51.100.7"}); err != nil {
			t.Errorf("the owner, elsewhere, is locked out by a stranger's guesses: %v", err)
		}
		clk.advance(6 * time.Minute)
		if _, err = try(m, customer.Attempt{Identifier: "alice", Password: password}); err != nil {
			t.Errorf("still locked after six minutes: %v", err)
		}
		for i := range 160 {
			_, err = try(m, customer.Attempt{Identifier: string(rune('a'+i%26)) + string(rune('a'+i/26)), Password: "wrong"})
		}
		if !errors.As(err, &many) || many.RetryAfter <= 0 || many.RetryAfter > 15*time.Minute {
			t.Errorf("a storm over many accounts from one address got %v", err)
		}
	})
}

// TestStrangers: guessing from one place, however long, leaves the owner's way in open; and who changes addresses within
// an IPv6 network is one stranger.
func TestStrangers(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		var many limit.TooMany
		for range 400 {
			_, err := try(m, customer.Attempt{Identifier: "alice", Password: "wrong"})
			if err == nil {
				t.Fatal("a wrong password fits")
			}
		}
		if _, err := try(m, customer.Attempt{Identifier: "alice", Password: password, IP: "198.51.100.7"}); err != nil {
			t.Errorf("the owner is locked out by guesses from one address: %v", err)
		}
		var err error
		for i := range 9 {
			_, err = try(m, customer.Attempt{Identifier: "alice", Password: "wrong", IP: fmt.Sprintf("2001:db8:1:2::%x", i)})
		}
		if !errors.As(err, &many) {
			t.Errorf("the ninth try from one IPv6 network got %v", err)
		}
		if _, err = try(m, customer.Attempt{Identifier: "alice", Password: password, IP: "2001:db8:1:3::1"}); err != nil {
			t.Errorf("the network beside it is refused: %v", err)
		}
		for i := range 21 {
			a := ask()
			a.Identifier, a.IP = fmt.Sprint("nobody", i), fmt.Sprintf("2001:db8:1:2::%x", i)
			_, err = m.Customers.AskReset(context.Background(), a)
		}
		if !errors.As(err, &many) {
			t.Errorf("the 21st reset asked for by one IPv6 network got %v", err)
		}
	})
}

// TestStaffStrangers: a crowd of addresses guesses at a member of staff no more often than at a customer.
func TestStaffStrangers(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		ctx := context.Background()
		must(t, m.Staff.Add(ctx, &staff.Member{Login: "ada", Name: "Ada", Email: "ada@example.com", Role: staff.Administrator}, password))
		guess := func(ip, pw string) error { _, _, err := m.Staff.LogIn(ctx, "ada", pw, ip, "test"); return err }
		var many limit.TooMany
		for range 100 {
			_ = guess("192.0.2.1", "wrong")
		}
		if err := guess("192.0.2.2", password); err != nil {
			t.Errorf("guesses from one address lock a member out everywhere: %v", err)
		}
		for i := range 30 {
			if err := guess(fmt.Sprintf("203.0.113.%d", i), "wrong"); errors.As(err, &many) {
				t.Fatalf("refused at try %d", i+1)
			}
		}
		if err := guess("203.0.113.99", "wrong"); !errors.As(err, &many) {
			t.Errorf("the 31st guess of a crowd got %v", err)
		}
		clk.advance(16 * time.Minute)
		must(t, guess("203.0.113.99", password))
	})
}

// TestSessions: tokens are stored hashed, belong to their realm, end by log-out, time and password change.
func TestSessions(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		ctx := context.Background()
		first, err := try(m, customer.Attempt{Identifier: "alice", Password: password})
		must(t, err)
		second, err := try(m, customer.Attempt{Identifier: "alice", Password: password})
		must(t, err)
		if first == second {
			t.Fatal("two log-ins share a token")
		}
		var hashes []string
		must(t, m.DB.Q(ctx).Model(&session.Session{}).Pluck("token_hash", &hashes).Error)
		for _, h := range hashes {
			if strings.Contains(h, first) || strings.Contains(h, second) {
				t.Error("a token is stored in clear")
			}
		}
		if _, _, err := m.Staff.Resume(ctx, first); db.KindOf(err) != db.NotFound {
			t.Errorf("a customer's token opens the staff side: %v", err)
		}
		visit, err := m.Arrive(ctx, first)
		if err != nil || visit.Customer.ID != c.ID {
			t.Fatalf("resume: %v %v", visit.Customer.ID, err)
		}
		must(t, m.Customers.Of(c.ID+1).LogOut(ctx, visit.Session.ID))
		if _, err := m.Arrive(ctx, first); err != nil {
			t.Errorf("another customer ended the session: %v", err)
		}
		must(t, m.Customers.Of(c.ID).LogOut(ctx, visit.Session.ID))
		if _, err := m.Arrive(ctx, first); db.KindOf(err) != db.NotFound {
			t.Errorf("after log-out: %v", err)
		}
		if _, err := m.Arrive(ctx, second); err != nil {
			t.Errorf("the other device was logged out too: %v", err)
		}
		must(t, m.Customers.SetPassword(ctx, c.ID, "a whole new password"))
		if _, err := m.Arrive(ctx, second); db.KindOf(err) != db.NotFound {
			t.Errorf("after a password change: %v", err)
		}
		third, err := try(m, customer.Attempt{Identifier: "alice", Password: "a whole new password"})
		must(t, err)
		clk.advance(31 * 24 * time.Hour)
		if _, err := m.Arrive(ctx, third); db.KindOf(err) != db.NotFound {
			t.Errorf("after 31 unused days: %v", err)
		}
	})
}

// TestSessionsEnd: a session ends when it is not used, and some day although it is, for customers and for staff; what has
// ended is not listed either, and leaves the table.
func TestSessionsEnd(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		ctx := context.Background()
		ada := staff.Member{Login: "ada", Name: "Ada", Email: "ada@example.com", Role: staff.Administrator}
		must(t, m.Staff.Add(ctx, &ada, password))
		must(t, m.Sessions.EndAll(ctx, session.Customer, c.ID)) // what the fixture left
		for _, realm := range []struct {
			name              session.Realm
			subject           int64
			step, idle, whole time.Duration
			logIn             func() (string, error)
			resume            func(token string) error
		}{
			{session.Customer, c.ID, 29 * day, 30 * day, 90 * day, func() (string, error) { return try(m, customer.Attempt{Identifier: "alice", Password: password}) },
				func(token string) error { _, err := m.Arrive(ctx, token); return err }},
			{session.Staff, ada.ID, 55 * time.Minute, time.Hour, 12 * time.Hour, func() (string, error) {
				token, _, err := m.Staff.LogIn(ctx, "ada", password, "192.0.2.1", "test")
				return token, err
			},
				func(token string) error { _, _, err := m.Staff.Resume(ctx, token); return err }},
		} {
			listed := func() int {
				list, err := m.Sessions.List(ctx, realm.name, realm.subject)
				must(t, err)
				return len(list)
			}
			token, err := realm.logIn()
			must(t, err)
			clk.advance(realm.idle + time.Second)
			if err := realm.resume(token); db.KindOf(err) != db.NotFound || listed() != 0 {
				t.Errorf("%s: not used for %s: %v, %d listed", realm.name, realm.idle, err, listed())
			}
			token, err = realm.logIn()
			must(t, err)
			for begun := clk.t; clk.t.Sub(begun)+realm.step < realm.whole; {
				clk.advance(realm.step)
				if err := realm.resume(token); err != nil || listed() != 1 {
					t.Fatalf("%s: in use, after %s: %v, %d listed", realm.name, clk.t.Sub(begun), err, listed())
				}
			}
			clk.advance(realm.step)
			if err := realm.resume(token); db.KindOf(err) != db.NotFound || listed() != 0 {
				t.Errorf("%s: in use for longer than %s: %v, %d listed", realm.name, realm.whole, err, listed())
			}
		}
		clk.advance(31 * day)
		_, err := m.Sessions.Purge(ctx, clk.t)
		must(t, err)
		if n, err := m.DB.Rows(ctx, "sessions"); err != nil || n != 0 {
			t.Errorf("%d sessions that have ended are kept: %v", n, err)
		}
	})
}

const day = 24 * time.Hour

// TestPasswordRules: breached, short and self-describing passwords are refused.
func TestPasswordRules(t *testing.T) {
	withAlice(t, func(t *testing.T, m *models.Models, c customer.Customer, clk *at) {
		for _, bad := range []string{"", "short", "password123", "alice@example.com", strings.Repeat("x", 2000)} {
			err := m.Customers.SetPassword(context.Background(), c.ID, bad)
			var v db.Invalid
			if !errors.As(err, &v) || v["password_new"] == "" {
				t.Errorf("%.20q was not refused: %v", bad, err)
			}
		}
	})
}
