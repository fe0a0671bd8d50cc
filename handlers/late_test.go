package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"myisp/handlers/cashier"
	"myisp/handlers/handlerstest"
	"myisp/internal/gateway"
	"myisp/internal/gateway/sandbox"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// capturing is the pretend provider as PayPal is: what the customer approved brings money when the portal finishes it, and its
// page cannot be closed.
type capturing struct {
	gateway.Gateway
	p        *sandbox.Provider
	approved map[string]bool
}

func (g capturing) Fetch(ctx context.Context, ref gateway.Ref) (gateway.Report, error) {
	if y := g.p.ByKey(ref.Key); g.approved[ref.Key] && !ref.Ended && y.State == gateway.Open {
		if _, err := g.p.Choose(y.ID, sandbox.Success, sandbox.AfterReturn); err != nil {
			return gateway.Report{}, err
		}
	}
	return g.Gateway.Fetch(ctx, ref)
}

// TestApprovedInTimeAskedLate: what the customer approved is finished however late it is first asked for, but not when they
// have paid or begun to pay in another way since, left it, or when nobody waits any more (decision 17; FIN-4).
func TestApprovedInTimeAskedLate(t *testing.T) {
	cash := func(p *payer, amount int64, invoices ...int64) {
		_, err := p.M.Finance.RecordPayment(p.Context, finance.NewPayment{Quiet: true, Party: finance.Party{CustomerID: p.id, PartnerID: 1, Currency: "EUR"}, MethodID: finance.MethodCash,
			Day: "2026-11-20", Amount: amount, InvoiceIDs: invoices})
		must(p.t, err)
	}
	for _, c := range []struct {
		name     string
		approved bool
		wait     time.Duration
		then     func(p *payer)
		state    finance.AttemptState
	}{
		{"asked late", true, 40 * time.Minute, func(*payer) {}, finance.AttemptPaid},
		{"asked after hours", true, 11 * time.Hour, func(*payer) {}, finance.AttemptPaid},
		{"asked after a day", true, 24 * time.Hour, func(*payer) {}, finance.AttemptCancelled},
		{"never approved", false, 40 * time.Minute, func(*payer) {}, finance.AttemptCancelled},
		{"paid in cash meanwhile", true, 40 * time.Minute, func(p *payer) { cash(p, 3_990, p.invoice) }, finance.AttemptCancelled},
		{"paid in part meanwhile", true, 40 * time.Minute, func(p *payer) { cash(p, 1_000, p.invoice) }, finance.AttemptCancelled},
		{"paid ahead meanwhile", true, 40 * time.Minute, func(p *payer) { cash(p, 100) }, finance.AttemptCancelled},
		{"another one was begun", true, 40 * time.Minute, func(p *payer) { p.begin() }, finance.AttemptCancelled},
		{"another one was begun and cancelled", true, 40 * time.Minute, func(p *payer) { p.browser.Get(p.choose(p.begin(), sandbox.Abandon)) }, finance.AttemptPaid},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
			now := start
			dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
				now = start
				p := newPayer(t, handlerstest.New(t, d))
				y, _ := p.Provider.Payment(p.begin())
				inner := sandbox.Definition(p.Provider, func(id string) string { return "/sandbox/" + id })
				slow := inner
				slow.New = func(config map[string]string, client *http.Client) (gateway.Gateway, error) {
					g, err := inner.New(config, client)
					return capturing{g, p.Provider, map[string]bool{y.Key: c.approved}}, err
				}
				p.Till = cashier.New(p.M, []gateway.Definition{slow}, http.DefaultClient)
				now = now.Add(c.wait)
				c.then(p)
				var id int64
				must(t, p.M.DB.Q(p.Context).Raw("SELECT id FROM payment_attempts WHERE key = ?", y.Key).Scan(&id).Error)
				p.later(&now, time.Minute)
				taken := c.state == finance.AttemptPaid
				if a := p.attempt(id); a.State != c.state || (a.Received > 0) != taken {
					t.Errorf("%s, %d received", a.State, a.Received)
				}
				if text := p.browser.Get(fmt.Sprintf("/pay/attempts/%d", id)).Text("main"); strings.Contains(text, "Nothing was paid") == taken {
					t.Errorf("its page says %s", text)
				}
				p.later(&now, time.Hour) // what has ended takes nothing afterwards
				if y, _ := p.Provider.Payment(y.ID); (y.Received > 0) != taken {
					t.Errorf("the provider has %d", y.Received)
				}
				p.prove()
			})
		})
	}
}
