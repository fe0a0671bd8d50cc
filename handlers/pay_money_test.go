package handlers_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/internal/gateway/sandbox"
	"myisp/internal/money"
	"myisp/models/finance"
)

// TestNoticesAThousandTimes: every notice of a payment's life, a thousand deliveries in random order and from many sides at
// once, while the worker works, is one credit (issue 4).
func TestNoticesAThousandTimes(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		before, err := s.M.Finance.Of(p.id).Balance(s.Context)
		must(t, err)
		id := p.begin()
		var notices [][2]string
		for _, o := range []sandbox.Outcome{sandbox.Delayed, sandbox.Clear, sandbox.ChargeBack, sandbox.WinBack} {
			p.choose(id, o)
			y, _ := s.Provider.Payment(id)
			header, body := s.Provider.Notice(y, s.M.DB.Now())
			notices = append(notices, [2]string{header, body})
		}
		deliveries := make(chan [2]string, 1000)
		for i := range cap(deliveries) {
			deliveries <- notices[i%len(notices)]
		}
		close(deliveries)
		shuffled := make([][2]string, 0, cap(deliveries))
		for n := range deliveries {
			shuffled = append(shuffled, n)
		}
		rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		var senders sync.WaitGroup
		worker := jobs.New(s.M, jobs.Couriers{}).Payments(s.Till)
		for part := range 8 {
			senders.Go(func() {
				for i := part; i < len(shuffled); i += 8 {
					if code := s.TellRaw(t, shuffled[i][0], shuffled[i][1]); code != http.StatusOK {
						t.Errorf("delivery %d: %d", i, code)
					}
					if i%50 == part {
						worker.Once(s.Context)
					}
				}
			})
		}
		senders.Wait()
		p.work()
		// Taken, charged back and won back: three bookings, of which one credit is left.
		if p.due() != 0 || p.payments() != 3 {
			t.Errorf("%d due, %d payments", p.due(), p.payments())
		}
		balance, err := s.M.Finance.Of(p.id).Balance(s.Context)
		must(t, err)
		if balance.Minor != before.Minor+3_990 {
			t.Errorf("the balance went from %v to %v", before, balance)
		}
		p.prove()
	})
}

// TestPayInCurrencies: amounts with no, two and three decimals are shown, asked for and booked to the last unit, with a fee
// of 1 % rounded half up (X7, §3.4).
func TestPayInCurrencies(t *testing.T) {
	for _, c := range []struct {
		currency         money.Currency
		due, fee         int64
		shown, part      string
		partDue, partFee int64
	}{
		{"JPY", 950, 10, "960", "49", 49, 0},
		{"USD", 1_250, 13, "12.63", "0.50", 50, 1},
		{"KWD", 12_345, 123, "12.468", "0.050", 50, 1},
	} {
		t.Run(string(c.currency), func(t *testing.T) {
			each(t, func(t *testing.T, s *handlerstest.Site) {
				p := newPayer(t, s)
				who, err := s.M.Customers.ByLogin(s.Context, "alice")
				must(t, err)
				// Their account is in this currency from now on: the latest one counts.
				inv, err := s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: finance.Party{CustomerID: who.ID, PartnerID: 1, Currency: c.currency}, Day: "2026-11-02", DueDay: "2026-11-16",
					Items: []finance.Item{{Description: "Fiber", Price: c.due}}})
				must(t, err)
				p.invoice = inv.ID
				if text := p.browser.Get(fmt.Sprintf("/pay?invoice=%d", inv.ID)).Text("form.checkout button"); !strings.Contains(text, c.shown) {
					t.Errorf("the button says %q, want %s", text, c.shown)
				}
				// A part first, then the rest.
				form := append(p.form(), "part", c.part)
				page := p.browser.Post("/pay", form...)
				if page.Status != http.StatusSeeOther {
					t.Fatalf("the part: %d %s", page.Status, page.Text("main"))
				}
				p.take(t, strings.TrimPrefix(page.Location, "/sandbox/"), money.Of(c.partDue+c.partFee, c.currency))
				if p.due() != c.due-c.partDue {
					t.Errorf("%d is due after the part, want %d", p.due(), c.due-c.partDue)
				}
				rest := c.due - c.partDue
				p.take(t, p.begin(), money.Of(rest+finance.GatewaySetup{FeePPM: 10_000}.Fee(rest), c.currency))
				if p.due() != 0 {
					t.Errorf("%d is due", p.due())
				}
				if fee := (finance.GatewaySetup{FeePPM: 10_000}).Fee(c.due); fee != c.fee {
					t.Errorf("the fee of %d is %d, want %d", c.due, fee, c.fee)
				}
				p.prove()
			})
		})
	}
}

// take pays at the provider, which must ask for exactly want.
func (p *payer) take(t *testing.T, id string, want money.Money) {
	t.Helper()
	y, ok := p.Provider.Payment(id)
	if !ok || y.Amount != want.Minor || y.Currency != want.Currency {
		t.Errorf("the provider asks for %d %s, want %v", y.Amount, y.Currency, want)
	}
	p.browser.Get(p.choose(id, sandbox.Success))
}

// TestKeysAreTheirOwners: a form's key names nothing but its customer's: autopay's key of somebody else, taken by a form,
// leaves that key free.
func TestKeysAreTheirOwners(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		var before int64
		must(t, s.M.DB.Q(s.Context).Model(&finance.Attempt{}).Count(&before).Error)
		const taken = "autopay-999999-2099-01-01-1"
		for range 2 {
			if page := p.browser.Post("/pay", "key", taken, "ahead", "1", "amount", "5", "gateway", "sandbox"); page.Status != http.StatusSeeOther {
				t.Fatalf("paying: %d", page.Status)
			}
		}
		var n, all int64
		must(t, s.M.DB.Q(s.Context).Model(&finance.Attempt{}).Where("key = ?", taken).Count(&n).Error)
		must(t, s.M.DB.Q(s.Context).Model(&finance.Attempt{}).Count(&all).Error)
		if n != 0 || all != before+1 {
			t.Errorf("%d attempts have the key, %d are new", n, all-before)
		}
	})
}

// TestPartOnItsWay: a part by a slow debit does not make the whole invoice pending, which would keep it from being overdue;
// the whole does. While all that is owed is on its way, no single invoice is paid besides.
func TestPartOnItsWay(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		state := func() finance.State {
			inv, err := s.M.Finance.Of(p.id).Invoice(s.Context, p.invoice, "2026-11-10")
			must(t, err)
			return inv.State
		}
		page := p.browser.Post("/pay", append(p.form(), "part", "0.50")...)
		id := strings.TrimPrefix(page.Location, "/sandbox/")
		p.browser.Get(p.choose(id, sandbox.Delayed))
		if got := state(); got == finance.Pending {
			t.Error("half a euro on its way makes the whole invoice pending")
		}
		bounce := func(id string) {
			p.choose(id, sandbox.Bounce)
			s.Tell(t, id)
			p.work()
		}
		bounce(id)
		whole := p.begin()
		p.browser.Get(p.choose(whole, sandbox.Delayed))
		if got := state(); got != finance.Pending {
			t.Errorf("the whole on its way: %s", got)
		}
		bounce(whole)

		must(t, s.M.DB.Q(s.Context).Exec("UPDATE payment_attempts SET state = 'cancelled' WHERE state IN ('new', 'open')").Error) // those of the cast
		all := p.browser.Get("/pay")
		key := all.Find(`form.checkout input[name=key]`).First().AttrOr("value", "")
		page = p.browser.Post("/pay", "key", key, "gateway", "sandbox")
		p.browser.Get(p.choose(strings.TrimPrefix(page.Location, "/sandbox/"), sandbox.Delayed))
		if page := p.browser.Post("/pay", "key", "a-key-of-another-form", "invoice", fmt.Sprint(p.invoice), "gateway", "sandbox"); page.Status != http.StatusConflict {
			t.Errorf("one invoice while all is on its way: %d %s", page.Status, page.Location)
		}
		p.prove()
	})
}
