package finance

import (
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// A fixed fee and a minimum are sums of one currency: a gateway that has either is offered for payments in that one alone, by
// hand and by autopay; a share is a share in every currency.
func TestGatewayCurrency(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		g := GatewaySetup{PartnerID: 1, Gateway: sandbox, Enabled: true, MethodID: MethodCard, Invoices: true, FeePPM: 10_000}
		for name, sums := range map[string]struct{ fixed, minimum int64 }{"a fixed fee": {30, 0}, "a minimum": {0, 100}, "both": {30, 100}, "a share alone": {}} {
			g.FeeFixed, g.Minimum, g.Currency = sums.fixed, sums.minimum, ""
			if err := s.SetUpGateway(ctx, g, nil); name != "a share alone" && db.KindOf(err) != db.Unprocess {
				t.Errorf("%s of no currency is stored: %v", name, err)
			}
			g.Currency = "USD"
			if err := s.SetUpGateway(ctx, g, nil); err != nil {
				t.Fatal(err)
			}
			setups := must(s.Gateways(ctx, 1))(t)
			dollars, euros := Choices(setups, PayInvoices, 5_000, "USD"), Choices(setups, PayInvoices, 5_000, eur)
			if len(dollars) != 1 || dollars[0].Fee.Minor != 50+sums.fixed {
				t.Errorf("%s, in its currency: %+v", name, dollars)
			}
			if want := map[bool]int{true: 1}[name == "a share alone"]; len(euros) != want {
				t.Errorf("%s, in another currency: %+v", name, euros)
			}
		}
		m := kept(t, s, c, "tok_1")
		must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", DueDay: "2026-11-15", Items: []Item{item("Fiber", 5_000)}}))(t)
		agree(t, s, c, m, RuleDue, 0, 0, "2026-11-10")
		g.FeeFixed = 30
		if err := s.SetUpGateway(ctx, g, nil); err != nil {
			t.Fatal(err)
		}
		if a, _, err := s.BeginAutopay(ctx, c.CustomerID, AutopayRun{PartnerID: 1, Today: "2026-11-15", Open: openFor, Takes: all}); err != nil || a.ID != 0 {
			t.Errorf("autopay charges dollars as if they were euros: %+v %v", a, err)
		}
		g.Currency = eur
		if err := s.SetUpGateway(ctx, g, nil); err != nil {
			t.Fatal(err)
		}
		if a, _, err := s.BeginAutopay(ctx, c.CustomerID, AutopayRun{PartnerID: 1, Today: "2026-11-15", Open: openFor, Takes: all}); err != nil || a.Fee != 80 {
			t.Errorf("%+v %v", a, err)
		}
	})
}
