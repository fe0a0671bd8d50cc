package finance

import (
	"context"
	"fmt"
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// lives puts a customer somewhere, with bills that are paid somehow; 0 is nowhere.
func lives(t testing.TB, d *db.DB, customer, location, method int64) {
	t.Helper()
	ctx := context.Background()
	for _, id := range []int64{1, 2} {
		if err := d.Q(ctx).Exec("INSERT INTO locations (id, name) VALUES (?, ?) ON CONFLICT DO NOTHING", id, fmt.Sprint("Place ", id)).Error; err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Q(ctx).Exec("UPDATE customers SET location_id = ? WHERE id = ?", location, customer).Error; err != nil {
		t.Fatal(err)
	}
	if method < 0 { // no billing settings at all
		return
	}
	err := d.Q(ctx).Table("customer_billings").Create(map[string]any{"customer_id": customer, "currency": "EUR", "billing_day": 1, "due_day": 15, "blocking_period": 0, "grace_period": 0, "min_balance": 0,
		"payment_method_id": method, "blocked_on": "", "blocks_on": "", "period": 0, "partner_ppm": 0, "sub_mode": "", "person": "", "street": "", "zip": "", "city": "", "no_finance_mail": false}).Error
	if err != nil {
		t.Fatal(err)
	}
}

// A gateway is for customers at its locations whose bills are paid by its payment methods (§2.8): it is offered to them alone, and no
// attempt is begun, no method given and nothing charged with it for others. What has begun is settled all the same.
func TestGatewayLimits(t *testing.T) {
	for name, c := range map[string]struct {
		location, method   int64 // of the customer
		locations, methods IDs
		may                bool
	}{
		"no limits":                 {1, MethodCash, "", "", true},
		"at one of them":            {2, MethodCash, IDsOf(2, 1), "", true},
		"elsewhere":                 {2, MethodCash, IDsOf(1), "", false},
		"nowhere":                   {0, MethodCash, IDsOf(1), "", false},
		"nowhere, as it may be":     {0, MethodCash, IDsOf(0, 1), "", true},
		"pays so":                   {1, MethodCard, "", IDsOf(MethodCard), true},
		"pays otherwise":            {1, MethodCash, "", IDsOf(MethodCard), false},
		"no billing settings":       {1, -1, "", IDsOf(MethodCard), false},
		"none, as it may be":        {1, -1, "", IDsOf(0), true},
		"both have to be":           {1, MethodCash, IDsOf(1), IDsOf(MethodCard), false},
		"both are":                  {1, MethodCard, IDsOf(1), IDsOf(MethodCard), true},
		"a list that is none":       {1, MethodCash, "x", "", false},
		"pays so, but lives not so": {2, MethodCard, IDsOf(1), IDsOf(MethodCard), false},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				ctx, s, p := books(t, d)
				lives(t, d, 1, c.location, c.method)
				me := s.Of(1)
				m := kept(t, s, p, "a")
				inv := invoiceOf(t, s, p, 4_000)
				agree(t, s, p, m, RuleDue, 0, 0, "2026-11-02")
				running := begin(t, s, p, "running", NewAttempt{Purpose: PayAhead, Amount: 100, SaveMethod: true})
				if err := d.Q(ctx).Exec("UPDATE gateway_setups SET locations = ?, payment_methods = ?", c.locations, c.methods).Error; err != nil {
					t.Fatal(err)
				}
				if list := must(me.Gateways(ctx, 1))(t); (len(list) == 1) != c.may {
					t.Errorf("offered: %v", list)
				}
				n := NewAttempt{Key: "key-of-an-attempt-by-hand", Party: p, Gateway: sandbox, MethodID: MethodCard, Purpose: PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: 4_000, Open: openFor}
				for _, saved := range []int64{0, m.ID} {
					n.SavedMethodID, n.Key = saved, n.Key+"x"
					a, err := me.BeginAttempt(ctx, n)
					if bad, _ := err.(db.Invalid); c.may != (a.ID != 0) || !c.may && bad["gateway"] == "" {
						t.Errorf("method %d: %+v %v", saved, a, err)
					}
					if a.ID != 0 {
						answerTo(t, s, a, AttemptDeclined, "funds", "2026-11-03")
					}
				}
				if _, err := me.BeginMethod(ctx, NewMethod{Key: "key-of-another-method", PartnerID: 1, Gateway: sandbox}); (err == nil) != c.may || err != nil && db.KindOf(err) != db.Unprocess {
					t.Errorf("a method is given: %v", err)
				}
				n.Key = running.Key
				if again, err := me.BeginAttempt(ctx, n); err != nil || again.ID != running.ID {
					t.Errorf("a form that was sent before leads elsewhere: %+v %v", again, err)
				}
				done := must(s.Settle(ctx, running.ID, Outcome{State: AttemptPaid, Currency: eur, Received: 100, Day: "2026-11-03"}, testFee))(t)
				if err := s.KeepFromAttempt(ctx, done, SavedFacts{Token: "kept-of-it"}); err != nil || done.State != AttemptPaid || len(must(me.SavedMethods(ctx))(t)) != 2 {
					t.Errorf("what had begun: %+v %v", done, err)
				}
				next := must(me.NextCharge(ctx, "2026-11-15", all))(t)
				a, _, err := s.BeginAutopay(ctx, 1, AutopayRun{PartnerID: 1, Today: "2026-11-15", Open: openFor, Takes: all})
				if err != nil || c.may != (a.ID != 0) || c.may != (next.Stuck == "") || !c.may && next.Stuck != StuckLimit {
					t.Errorf("autopay: %+v, next %+v, %v", a, next, err)
				}
				proveBooks(t, s)
			})
		})
	}
}

// Autopay that a limit stops is told of as what cannot be charged, once, and goes on when it is lifted.
func TestGatewayLimitStopsAutopay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, p := books(t, d)
		lives(t, d, 1, 2, MethodCash)
		m := kept(t, s, p, "a")
		invoiceOf(t, s, p, 4_000)
		agree(t, s, p, m, RuleDue, 0, 0, "2026-11-02")
		forget(t, s)
		ruled(t, s, func(g *GatewaySetup) { g.Locations = IDsOf(1) })
		for _, today := range []db.Day{"2026-11-15", "2026-11-16", "2026-11-17"} {
			if a := charge(t, s, p, today, AttemptPaid, ""); a.ID != 0 {
				t.Errorf("%s: %+v", today, a)
			}
		}
		var letters int64
		if err := d.Q(ctx).Raw("SELECT COUNT(*) FROM jobs WHERE kind = ?", JobMethodNotice).Scan(&letters).Error; err != nil || letters != 1 {
			t.Errorf("%d letters %v", letters, err)
		}
		ruled(t, s, func(g *GatewaySetup) { g.Locations = IDsOf(2) })
		if a := charge(t, s, p, "2026-11-17", AttemptPaid, ""); a.Amount != 4_000 {
			t.Errorf("then: %+v", a)
		}
	})
}

// Limits name what there is.
func TestGatewayLimitsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		lives(t, d, 1, 1, MethodCash)
		g := ruled(t, s, func(g *GatewaySetup) { g.Locations, g.PaymentMethods = IDsOf(2, 0, 1, 2), IDsOf(MethodCard, 0) })
		if g.Locations != "[0,1,2]" || g.PaymentMethods != "[0,3]" {
			t.Errorf("stored: %+v", g)
		}
		for field, bad := range map[string]GatewaySetup{"locations": {Locations: IDsOf(1, 9)}, "payment_methods": {PaymentMethods: IDsOf(99)}, "locations ": {Locations: "x"}} {
			n := g
			n.Locations, n.PaymentMethods = bad.Locations, bad.PaymentMethods
			if err, _ := s.SetUpGateway(ctx, n, nil).(db.Invalid); err[field] == "" && err["locations"] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if uses := must(s.LimitedTo(ctx))(t); uses[1] != 1 || uses[2] != 1 || uses[9] != 0 {
			t.Errorf("uses: %v", uses)
		}
	})
}
