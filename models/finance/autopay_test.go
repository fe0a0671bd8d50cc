package finance

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/db/dbtest"

	"pgregory.net/rapid"
)

const openFor = 30 * time.Minute

// all takes every amount.
func all(string, money.Money) bool { return true }

// kept gives a customer a card at the sandbox, and sets that up.
func kept(t testing.TB, s *Store, c Party, token string) SavedMethod {
	t.Helper()
	ctx := context.Background()
	if err := s.SetUpGateway(ctx, GatewaySetup{PartnerID: 1, Gateway: sandbox, Enabled: true, MethodID: MethodCard, FeePPM: 10_000, Invoices: true, Proformas: true, Ahead: true}, nil); err != nil {
		t.Fatal(err)
	}
	row := must(s.Of(c.CustomerID).BeginMethod(ctx, NewMethod{Key: "key-of-the-method-" + token, PartnerID: 1, Gateway: sandbox}))(t)
	return must(s.KeepMethod(ctx, row.ID, SavedFacts{Token: token, CustomerToken: "cus", Kind: "card", Brand: "Visa", Last4: "4242", ExpiryYear: 2030, ExpiryMonth: 6}))(t)
}

func agree(t testing.TB, s *Store, c Party, m SavedMethod, rule AutopayRule, days int, most int64, today db.Day) Autopay {
	t.Helper()
	return must(s.Of(c.CustomerID).StartAutopay(context.Background(), AutopayTerms{Party: c, MethodID: m.ID, Rule: rule, Days: days, Most: most, Version: "1", Language: "en", Text: "I agree."}, today))(t)
}

// charge lets autopay do its work of a day; what the gateway answers is settled. It returns the attempt, if there was one.
func charge(t testing.TB, s *Store, c Party, today db.Day, answer AttemptState, reason string) Attempt {
	t.Helper()
	ctx := context.Background()
	a, _, err := s.BeginAutopay(ctx, c.CustomerID, AutopayRun{PartnerID: 1, Today: today, Open: openFor, Takes: all})
	if err != nil {
		t.Fatal(err)
	}
	if a.ID == 0 {
		return a
	}
	answerTo(t, s, a, answer, reason, today)
	if err := s.SettleAutopay(ctx, c.CustomerID, today); err != nil {
		t.Fatal(err)
	}
	return a
}

func answerTo(t testing.TB, s *Store, a Attempt, answer AttemptState, reason string, today db.Day) {
	t.Helper()
	o := Outcome{State: answer, Reason: reason, Currency: a.Currency, ExternalID: fmt.Sprintf("x-%d", a.ID), Day: today}
	if answer == AttemptPaid {
		o.Received = a.Amount + a.Fee
	}
	fee := testFee
	fee.Price = a.Fee
	if _, err := s.Settle(context.Background(), a.ID, o, fee); err != nil {
		t.Fatal(err)
	}
}

func lastCharge(t testing.TB, s *Store, c Party) AutopayCharge {
	t.Helper()
	list := must(s.Of(c.CustomerID).AutopayCharges(context.Background(), 1))(t)
	if len(list) == 0 {
		return AutopayCharge{}
	}
	return list[0]
}

// Each rule charges on its day, what it says, once; before the first day and while it is paused nothing.
func TestAutopayRules(t *testing.T) {
	for _, c := range []struct {
		name   string
		rule   AutopayRule
		days   int
		most   int64
		quiet  db.Day // the last day on which nothing happens
		on     db.Day
		amount int64 // without the fee of one per cent; 0 is nothing
	}{
		{"due day", RuleDue, 0, 0, "2026-11-14", "2026-11-15", 4_000}, {"three days before", RuleBefore, 3, 0, "2026-11-11", "2026-11-12", 4_000},
		{"day of the month", RuleDay, 20, 0, "2026-11-19", "2026-11-20", 5_000}, {"above the bound", RuleDue, 0, 4_039, "2026-11-14", "2026-11-15", 0},
		{"at the bound", RuleDue, 0, 4_040, "2026-11-14", "2026-11-15", 4_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				ctx, s, p := books(t, d)
				m := kept(t, s, p, "a")
				invoiceOf(t, s, p, 4_000)
				must(s.IssueInvoice(ctx, NewInvoice{Party: p, Day: "2026-11-01", DueDay: "2026-12-24", Items: []Item{item("Later", 1_000)}}))(t)
				agree(t, s, p, m, c.rule, c.days, c.most, "2026-11-02")
				next := must(s.Of(1).NextCharge(ctx, "2026-11-03", all))(t)
				if want := c.amount + c.amount/100; c.amount > 0 && (next.Day != c.on || next.Amount.Minor != want) || c.amount == 0 && !next.TooMuch {
					t.Errorf("next: %+v", next)
				}
				if a := charge(t, s, p, c.quiet, AttemptPaid, ""); a.ID != 0 {
					t.Errorf("%s: %+v", c.quiet, a)
				}
				for i := range 3 {
					want := c.amount
					if i > 0 {
						want = 0 // once
					}
					if a := charge(t, s, p, c.on, AttemptPaid, ""); a.Amount != want {
						t.Fatalf("%s: %d, want %d", c.on, a.Amount, want)
					}
				}
				if c.most == 4_039 && lastCharge(t, s, p).State != ChargeTooMuch {
					t.Errorf("%+v", lastCharge(t, s, p))
				}
				proveBooks(t, s)
			})
		})
	}
}

// A declined charge is tried again after 1, 3 and 5 days and not more often; a hopeless one is not.
func TestAutopayRetries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		_, s, p := books(t, d)
		m := kept(t, s, p, "a")
		invoiceOf(t, s, p, 4_000)
		agree(t, s, p, m, RuleDue, 0, 0, "2026-11-02")
		var tried []db.Day
		for day := db.Day("2026-11-10"); day < "2026-12-01"; day = day.AddDays(1) {
			if a := charge(t, s, p, day, AttemptDeclined, "funds"); a.ID != 0 {
				tried = append(tried, day)
				if len(tried) == 1 && fmt.Sprint(lastCharge(t, s, p).Schedule()) != "[2026-11-16 2026-11-18 2026-11-20]" {
					t.Errorf("schedule: %v", lastCharge(t, s, p).Schedule())
				}
			}
		}
		if fmt.Sprint(tried) != "[2026-11-15 2026-11-16 2026-11-18 2026-11-20]" || lastCharge(t, s, p).State != ChargeFailed {
			t.Errorf("tried on %v: %+v", tried, lastCharge(t, s, p))
		}
		must(s.IssueInvoice(context.Background(), NewInvoice{Party: p, Day: "2026-12-01", DueDay: "2026-12-10", Items: []Item{item("Fiber", 100)}}))(t)
		if a := charge(t, s, p, "2026-12-10", AttemptDeclined, "confirm"); a.Amount != 4_100 || lastCharge(t, s, p).State != ChargeFailed {
			t.Errorf("the next day of the rule: %+v %+v", a, lastCharge(t, s, p))
		}
	})
}

// Autopay ends with its method: removed, expired by the calendar, expired by the gateway's word. Replaced it moves along.
func TestAutopayEndsWithMethod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		for i, end := range []string{"removed", "by the calendar", "by the gateway", "replaced"} {
			p := customer(t, d, int64(10+i))
			m := kept(t, s, p, end[:2]+fmt.Sprint(i)+"xx")
			invoiceOf(t, s, p, 4_000)
			agree(t, s, p, m, RuleDue, 0, 0, "2026-11-02")
			me, day, want := s.Of(p.CustomerID), db.Day("2026-11-15"), AutopayEnded
			switch end {
			case "removed":
				if err := me.RemoveMethod(ctx, m.ID); err != nil {
					t.Fatal(err)
				}
			case "by the calendar":
				day = "2030-07-01"
			case "by the gateway":
				charge(t, s, p, day, AttemptDeclined, "expired")
			case "replaced":
				want = AutopayOn
				row := must(me.BeginMethod(ctx, NewMethod{Key: "key-of-the-replacement", PartnerID: 1, Gateway: sandbox, Replaces: m.ID}))(t)
				m = must(s.KeepMethod(ctx, row.ID, SavedFacts{Token: "new", Kind: "bank"}))(t)
				if list := must(me.SavedMethods(ctx))(t); len(list) != 1 || !list[0].IsDefault || list[0].ID != m.ID {
					t.Errorf("after replacing: %+v", list)
				}
			}
			a := charge(t, s, p, day.AddDays(1), AttemptPaid, "")
			ap := must(me.Autopay(ctx))(t)
			if ap.State != want || (a.ID != 0) != (want == AutopayOn) || want == AutopayOn && ap.MethodID != m.ID {
				t.Errorf("%s: %+v, %+v", end, ap, a)
			}
		}
	})
}

// Nothing is charged while autopay rests, while another payment is under way, or while the books are not trusted; and a
// customer's method is nobody else's.
func TestAutopayWaits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, p := books(t, d)
		m := kept(t, s, p, "a")
		inv := invoiceOf(t, s, p, 4_000)
		agree(t, s, p, m, RuleDue, 0, 0, "2026-11-02")
		me := s.Of(1)
		nothing := func(why string) {
			t.Helper()
			if a := charge(t, s, p, "2026-11-16", AttemptPaid, ""); a.ID != 0 {
				t.Errorf("charged %s", why)
			}
		}
		for _, until := range []db.Day{"2026-11-10", "", "2028-01-01", "soon"} {
			if err := me.PauseAutopay(ctx, until, "2026-11-10"); db.KindOf(err) != db.Unprocess {
				t.Errorf("paused until %q: %v", until, err)
			}
		}
		if err := me.PauseAutopay(ctx, "2026-11-17", "2026-11-10"); err != nil {
			t.Fatal(err)
		}
		nothing("while paused")
		if err := me.ResumeAutopay(ctx); err != nil {
			t.Fatal(err)
		}
		by := begin(t, s, p, "hand", NewAttempt{Purpose: PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: 4_000})
		nothing("while a payment is under way")
		answerTo(t, s, by, AttemptCancelled, "", "2026-11-16")
		if err := d.Q(ctx).Exec(`INSERT INTO system_records (kind, good, at, details) VALUES ('books_check', ?, ?, '')`, false, d.Now()).Error; err != nil {
			t.Fatal(err)
		}
		nothing("on books that are not trusted")
		if err := d.Q(ctx).Exec(`UPDATE system_records SET good = ?`, true).Error; err != nil {
			t.Fatal(err)
		}
		other := customer(t, d, 2)
		if _, err := s.Of(2).StartAutopay(ctx, AutopayTerms{Party: other, MethodID: m.ID, Rule: RuleDue, Version: "1", Text: "x"}, "2026-11-02"); db.KindOf(err) != db.NotFound {
			t.Errorf("somebody else's method: %v", err)
		}
		if a := charge(t, s, p, "2026-11-16", AttemptPaid, ""); a.Amount != 4_000 {
			t.Errorf("then: %+v", a)
		}
	})
}

// Who is another partner's customer now is charged with no method of the partner before: that is another merchant, whose keys
// and books they are. Nor does autopay begin with such a method.
func TestAutopayEndsWhenMoved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, p := books(t, d)
		m := kept(t, s, p, "a")
		agree(t, s, p, m, RuleDue, 0, 0, "2026-11-02")
		moved := p
		moved.PartnerID = 2
		invoiceOf(t, s, moved, 4_000)
		a, _, err := s.BeginAutopay(ctx, p.CustomerID, AutopayRun{PartnerID: 2, Today: "2026-11-15", Open: openFor, Takes: all})
		if err != nil || a.ID != 0 {
			t.Errorf("charged %v at partner %d, %v", a.Total(), a.PartnerID, err)
		}
		if ap := must(s.Of(p.CustomerID).Autopay(ctx))(t); ap.State != AutopayEnded || ap.Reason != EndMoved {
			t.Errorf("autopay is %s, %q", ap.State, ap.Reason)
		}
		_, err = s.Of(p.CustomerID).StartAutopay(ctx, AutopayTerms{Party: moved, MethodID: m.ID, Rule: RuleDue, Version: "1", Language: "en", Text: "I agree."}, "2026-11-16")
		if bad := new(db.Invalid); !errors.As(err, bad) || (*bad)["method"] == "" {
			t.Errorf("begun with the other partner's method: %v", err)
		}
	})
}

// 64 rounds at once charge once.
func TestAutopayOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, p := books(t, d)
		m := kept(t, s, p, "a")
		invoiceOf(t, s, p, 4_000)
		agree(t, s, p, m, RuleDue, 0, 0, "2026-11-02")
		var wg sync.WaitGroup
		var mu sync.Mutex
		begun := map[int64]bool{}
		for range 64 {
			wg.Go(func() {
				a, _, err := s.BeginAutopay(ctx, 1, AutopayRun{PartnerID: 1, Today: "2026-11-15", Open: openFor, Takes: all})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if a.ID != 0 {
					begun[a.ID] = true
				}
			})
		}
		wg.Wait()
		var rows int64
		if err := d.Q(ctx).Raw("SELECT COUNT(*) FROM payment_attempts").Scan(&rows).Error; err != nil || len(begun) != 1 || rows != 1 {
			t.Errorf("begun %v, %d rows, %v", begun, rows, err)
		}
	})
}

// Whatever is issued, paid by hand and answered, in whatever order: autopay never asks for more than is owed at that moment,
// never above the bound, and the books agree.
func TestAutopayNeverTakesMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		next := int64(1_000)
		rapid.Check(t, func(rt *rapid.T) {
			next++
			p := customer(t, d, next)
			m := kept(t, s, p, fmt.Sprintf("token-%d", next))
			today, most := db.Day("2026-11-02"), rapid.SampledFrom([]int64{0, 400, 2_000}).Draw(rt, "most")
			rule := rapid.SampledFrom([]AutopayRule{RuleDue, RuleBefore, RuleDay}).Draw(rt, "rule")
			agree(t, s, p, m, rule, map[AutopayRule]int{RuleBefore: 3, RuleDay: 10}[rule], most, today)
			var pending []Attempt
			rt.Repeat(map[string]func(*rapid.T){
				"issue": func(*rapid.T) {
					due := today.AddDays(rapid.IntRange(0, 8).Draw(rt, "due"))
					must(s.IssueInvoice(ctx, NewInvoice{Party: p, Day: today, DueDay: due, Items: []Item{item("a", rapid.Int64Range(1, 900).Draw(rt, "n"))}}))(t)
				},
				"debit": func(*rapid.T) {
					must(s.AddTransaction(ctx, NewTransaction{Party: p, Day: today, Type: rapid.SampledFrom([]TransactionType{Debit, Credit}).Draw(rt, "type"), Item: item("h", rapid.Int64Range(1, 300).Draw(rt, "n"))}))(t)
				},
				"pay by hand": func(*rapid.T) {
					must(s.RecordPayment(ctx, NewPayment{Party: p, MethodID: MethodCash, Day: today, Amount: rapid.Int64Range(1, 900).Draw(rt, "n")}))(t)
				},
				"a bank answers": func(*rapid.T) {
					if len(pending) == 0 {
						rt.Skip("none")
					}
					answerTo(t, s, pending[0], rapid.SampledFrom([]AttemptState{AttemptPaid, AttemptDeclined}).Draw(rt, "answer"), "funds", today)
					pending = pending[1:]
				},
				"the day's round": func(*rapid.T) {
					today = today.AddDays(rapid.IntRange(0, 2).Draw(rt, "days"))
					owed := max(0, -balance(t, ctx, s, p.CustomerID))
					answer := rapid.SampledFrom([]AttemptState{AttemptPaid, AttemptDeclined, AttemptPending}).Draw(rt, "answer")
					a := charge(t, s, p, today, answer, "funds")
					if a.ID == 0 {
						return
					}
					if a.Amount > owed || a.Amount <= 0 || most > 0 && a.Amount+a.Fee > most || len(pending) > 0 {
						rt.Fatalf("asked for %d and %d of %d owed, bound %d, %d under way", a.Amount, a.Fee, owed, most, len(pending))
					}
					if answer == AttemptPending {
						pending = append(pending, a)
					}
					if answer == AttemptPaid && balance(t, ctx, s, p.CustomerID) > 0 {
						rt.Fatalf("autopay left %s in credit", money.FormatMinor(balance(t, ctx, s, p.CustomerID), 2))
					}
				},
			})
			proveBooks(t, s)
		})
	})
}

// What a gateway cannot be charged with keeps autopay from nothing but that: the day stays open, the customer is told once when
// it lasts, sees it on the page, and is charged as soon as it can be.
func TestAutopayStuck(t *testing.T) {
	for name, c := range map[string]struct {
		off   func(*GatewaySetup)
		takes Takes
		want  Stuck
	}{
		"switched off":    {func(g *GatewaySetup) { g.Enabled = false }, all, StuckOff},
		"not for bills":   {func(g *GatewaySetup) { g.Invoices = false }, all, StuckOff},
		"too little":      {func(g *GatewaySetup) { g.Minimum = 1_000_000 }, all, StuckAmount},
		"not this amount": {func(*GatewaySetup) {}, func(string, money.Money) bool { return false }, StuckAmount},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				ctx, s, c1 := books(t, d)
				setUp := GatewaySetup{PartnerID: 1, Gateway: sandbox, Enabled: true, MethodID: MethodCard, Invoices: true, Currency: eur}
				off := setUp
				c.off(&off)
				agree(t, s, c1, kept(t, s, c1, "pm_1"), RuleDue, 0, 0, "2026-11-01")
				forget(t, s)
				if err := s.SetUpGateway(ctx, off, nil); err != nil {
					t.Fatal(err)
				}
				invoiceOf(t, s, c1, 4_000)
				for _, today := range []db.Day{"2026-11-15", "2026-11-16", "2026-11-16", "2026-11-17"} {
					a, _, err := s.BeginAutopay(ctx, 1, AutopayRun{PartnerID: 1, Today: today, Open: openFor, Takes: c.takes})
					if err != nil || a.ID != 0 {
						t.Fatalf("%s: %+v %v", today, a, err)
					}
				}
				var letters int64
				if err := d.Q(ctx).Raw("SELECT COUNT(*) FROM jobs WHERE kind = ?", JobMethodNotice).Scan(&letters).Error; err != nil || letters != 1 {
					t.Errorf("%d letters %v", letters, err)
				}
				if next := must(s.Of(1).NextCharge(ctx, "2026-11-17", c.takes))(t); next.Stuck != c.want || next.Amount.Minor < 4_000 {
					t.Errorf("the page says %+v", next)
				}
				if err := s.SetUpGateway(ctx, setUp, nil); err != nil {
					t.Fatal(err)
				}
				if a, _, err := s.BeginAutopay(ctx, 1, AutopayRun{PartnerID: 1, Today: "2026-11-17", Open: openFor, Takes: all}); err != nil || a.ID == 0 || a.Amount != 4_000 {
					t.Errorf("once it can: %+v %v", a, err)
				}
			})
		})
	}
}
