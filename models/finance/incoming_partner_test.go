package finance

import (
	"context"
	"errors"
	"slices"
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// move brings a customer to another partner.
func move(t *testing.T, ctx context.Context, s *Store, customer, partner int64) {
	t.Helper()
	if err := s.d.Q(ctx).Exec("UPDATE customers SET partner_id = ? WHERE id = ?", partner, customer).Error; err != nil {
		t.Fatal(err)
	}
}

// What comes into one partner's account is proposed for that partner's customers alone and booked for nobody else's, whatever
// its text names, and even where the customer was that partner's when the invoice was written.
func TestIncomingStaysWithItsPartner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		theirs, moved := customer(t, d, 2), customer(t, d, 3)
		theirs.PartnerID = 2
		move(t, ctx, s, 2, 2)
		invoice := func(p Party) Invoice {
			return must(s.IssueInvoice(ctx, NewInvoice{Party: p, Day: "2026-11-01", DueDay: "2026-11-15", Items: []Item{item("Fiber", 1234)}}))(t)
		}
		mine, other, old := invoice(c), invoice(theirs), invoice(moved)
		move(t, ctx, s, 3, 2)
		names := map[string]string{"mine": mine.Number, "invoice": Reference{RefInvoice, other.ID}.String(), "number": other.Number, "customer": Reference{RefCustomer, 2}.String(), "plain": "C2",
			"moved": old.Number, "moved away": Reference{RefCustomer, 3}.String()}
		for partner, want := range map[int64][]string{1: {"mine"}, 2: {"invoice", "number", "customer", "plain", "moved", "moved away"}} {
			file := "date,amount,text,payer\n"
			for name, text := range names {
				file += "2026-11-20,12.34," + text + "," + name + "\n"
			}
			st := must(s.AddStatement(ctx, partner, "november.csv", []byte(file), eur))(t)
			must(s.ImportStatement(ctx, st.ID, eur))(t)
			lines := must(s.IncomingPage(ctx, partner, IncomingOpen, Filter{Size: 50}))(t).Rows
			all := must(s.Propose(ctx, lines))(t)
			for _, l := range lines {
				if _, ok := all[l.ID]; ok != slices.Contains(want, l.Payer) {
					t.Errorf("partner %d, %s: proposed %t", partner, l.Payer, ok)
				}
			}
			for who, to := range map[string]Target{"their customer": {CustomerID: 2}, "their invoice": {CustomerID: 2, InvoiceID: other.ID}, "who has moved": {CustomerID: 3, InvoiceID: old.ID}} {
				_, err := s.BookIncoming(ctx, lines[0].ID, to)
				var bad db.Invalid
				if partner == 1 && (!errors.As(err, &bad) || bad["customer"] != "incoming.error.partner") {
					t.Errorf("%s is booked from another partner's account: %v", who, err)
				}
				if partner == 2 {
					if err != nil {
						t.Errorf("%s: %v", who, err)
					} else if err := s.UndoIncoming(ctx, lines[0].ID, "2026-11-22"); err != nil {
						t.Error(err)
					}
				}
			}
		}
		clean(t, ctx, s)
	})
}
