package seed

import (
	"fmt"
	"testing"
	"time"

	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
	"myisp/models/portal"
)

// TestNumbersGoOn: what staff issue in the demo goes on in the series of what is there, at both partners, and an invoice and a
// credit note never share a number (§3.4).
func TestNumbersGoOn(t *testing.T) {
	now := noon(t, "2026-11-22")
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		ctx, m := opened(t, d)
		if _, err := m.Portal.Snapshot(ctx); err != nil { // as in the program, which knows the settings of an empty database before
			t.Fatal(err)
		}
		if err := Demo(ctx, m, now); err != nil {
			t.Fatal(err)
		}
		today := db.Day("2026-11-22")
		items := []finance.Item{{Description: "Visit", Price: 1000}}
		for _, who := range []string{"alice", "northwind"} {
			c, err := m.Customers.ByLogin(ctx, who)
			if err != nil {
				t.Fatal(err)
			}
			newest := func(table, number string) (found string) {
				t.Helper()
				if err := m.DB.Q(ctx).Raw("SELECT COALESCE(MAX("+number+"), '') FROM "+table+" WHERE partner_id = ? AND "+number+" LIKE '%2026%'", c.PartnerID).Scan(&found).Error; err != nil {
					t.Fatal(err)
				}
				return found
			}
			inv, note, asked := newest("invoices", "number"), newest("credit_notes", "number"), newest("proforma_invoices", "number")
			next := func(pattern, last string) string {
				n := 0
				if last != "" {
					if _, err := fmt.Sscanf(last[len(last)-5:], "%d", &n); err != nil {
						t.Fatal(last)
					}
				}
				return fmt.Sprintf(pattern, n+1)
			}
			made, err := m.Finance.Desk(c.ID).IssueInvoice(ctx, finance.NewInvoice{Party: party(c), Day: today, Items: items})
			if err != nil || made.Number != next("2026-%06d", inv) {
				t.Errorf("%s: invoice %s after %q, %v", who, made.Number, inv, err)
			}
			credit, err := m.Finance.Desk(c.ID).IssueCreditNote(ctx, finance.NewCreditNote{Party: party(c), Day: today, Items: items})
			if err != nil || credit.Number != next("CN2026-%05d", note) {
				t.Errorf("%s: credit note %s after %q, %v", who, credit.Number, note, err)
			}
			request, err := m.Finance.Desk(c.ID).IssueProforma(ctx, "", finance.NewProforma{Party: party(c), Day: today, Items: items})
			if err != nil || request.Number != next("P2026-%06d", asked) {
				t.Errorf("%s: proforma invoice %s after %q, %v", who, request.Number, asked, err)
			}
		}
		if portal.InvoiceNumbers.Of(portal.Defaults()) == portal.CreditNoteNumbers.Of(portal.Defaults()) || finance.DefaultCreditNotePattern != portal.CreditNoteNumbers.Of(portal.Defaults()) {
			t.Error("a new installation numbers invoices and credit notes alike")
		}
	})
}
