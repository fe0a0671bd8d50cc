package finance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

const why = "typed twice"

// §3.4: a payment that is taken back opens what it paid, its entry is reversed, and the books agree; a refund first.
func TestDeletePayment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		desk := s.Desk(1)
		inv := must(desk.IssueInvoice(ctx, NewInvoice{Key: "form-1", Party: c, Day: "2026-11-01", Items: []Item{item("a", 1000)}}))(t)
		again := must(desk.IssueInvoice(ctx, NewInvoice{Key: "form-1", Party: c, Day: "2026-11-01", Items: []Item{item("a", 1000)}}))(t)
		if inv.ID != again.ID {
			t.Error("a form sent twice made two invoices")
		}
		pay := must(desk.RecordPayment(ctx, NewPayment{Key: "pay-1", Party: c, MethodID: MethodCash, Day: "2026-11-02", Amount: 1500}))(t)
		back := must(desk.Refund(ctx, NewRefund{Key: "back-1", PaymentID: pay.ID, MethodID: MethodCash, Day: "2026-11-03", Amount: 700}))(t)
		if err := desk.DeletePayment(ctx, pay.ID, Reversal{"2026-11-04", why}); db.KindOf(err) != db.Conflict {
			t.Errorf("a refunded payment was deleted: %v", err)
		}
		if err := desk.DeletePayment(ctx, back.ID, Reversal{"2026-11-04", why}); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time changes nothing
			if err := desk.DeletePayment(ctx, pay.ID, Reversal{"2026-11-04", why}); err != nil {
				t.Fatal(err)
			}
		}
		if b := balance(t, ctx, s, 1); b != -1000 {
			t.Errorf("balance %d", b)
		}
		if got := must(s.Of(1).Invoice(ctx, inv.ID, "2026-11-05"))(t); got.Due != 1000 {
			t.Errorf("the invoice has %d due", got.Due)
		}
		if err := desk.DeletePayment(ctx, pay.ID, Reversal{"2026-11-04", " "}); db.KindOf(err) == db.NotFound || err == nil {
			t.Errorf("no reason was needed: %v", err)
		}
		clean(t, ctx, s)
	})
}

// Nothing of another customer can be changed by its number.
func TestDeskIsScoped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		other := customer(t, d, 2)
		desk, theirs := s.Desk(1), s.Desk(2)
		inv := must(theirs.IssueInvoice(ctx, NewInvoice{Party: other, Day: "2026-11-01", Items: []Item{item("a", 1000)}}))(t)
		pay := must(theirs.RecordPayment(ctx, NewPayment{Party: other, MethodID: MethodCash, Day: "2026-11-02", Amount: 100, KeepAsCredit: true}))(t)
		note := must(theirs.IssueCreditNote(ctx, NewCreditNote{Party: other, Day: "2026-11-02", Items: []Item{item("b", 50)}}))(t)
		wait := must(theirs.AddTransaction(ctx, NewTransaction{Party: other, Day: "2026-11-02", Type: Debit, Item: item("c", 70)}, true))(t)
		r := Reversal{"2026-11-03", why}
		for what, err := range map[string]error{
			"invoice": desk.DeleteInvoice(ctx, inv.ID, r), "payment": desk.DeletePayment(ctx, pay.ID, r), "note": desk.DeleteCreditNote(ctx, note.ID, r),
			"transaction": desk.DeleteTransaction(ctx, wait.ID, r), "release": desk.ReleaseInvoice(ctx, inv.ID, r.Day), "balance": desk.PayFromBalance(ctx, inv.ID, r.Day),
			"refund":     errOf(desk.Refund(ctx, NewRefund{PaymentID: pay.ID, Day: r.Day, Amount: 10})),
			"note back":  errOf(desk.Refund(ctx, NewRefund{CreditNoteID: note.ID, MethodID: 1, Day: r.Day, Amount: 10})),
			"pay for it": errOf(desk.RecordPayment(ctx, NewPayment{Party: c, MethodID: 1, Day: r.Day, Amount: 10, InvoiceIDs: []int64{inv.ID}})),
			"credit it":  errOf(desk.IssueCreditNote(ctx, NewCreditNote{Party: c, InvoiceID: inv.ID, Day: r.Day, Items: []Item{item("b", 50)}})),
			"take it up": errOf(desk.IssueInvoice(ctx, NewInvoice{Party: c, Day: r.Day, Items: []Item{item("b", 50)}, FutureIDs: []int64{wait.ID}})),
			"correct":    errOf(desk.CorrectInvoice(ctx, inv.ID, NewInvoice{Party: c, Items: []Item{item("b", 50)}}, r.Day)),
		} {
			if db.KindOf(err) != db.NotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := errOf(desk.IssueInvoice(ctx, NewInvoice{Party: other, Day: r.Day, Items: []Item{item("b", 50)}})); err == nil {
			t.Error("an invoice for another customer was issued")
		}
		if b := balance(t, ctx, s, 1); b != 0 {
			t.Errorf("balance %d", b)
		}
		clean(t, ctx, s)
	})
}

func errOf[T any](_ T, err error) error { return err }

// An invoice is corrected under its number: charges are reversed and posted anew, payments stay, and less than is paid is refused.
func TestCorrectInvoice(t *testing.T) {
	for _, c := range []struct {
		currency money.Currency
		price    int64
		total    int64
	}{{"JPY", 1001, 1211}, {"USD", 3990, 4828}, {"KWD", 12345, 14937}} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			ctx, s, p := books(t, d)
			p.Currency = c.currency
			desk := s.Desk(1)
			inv := must(desk.IssueInvoice(ctx, NewInvoice{Party: p, Day: "2026-11-01", Items: []Item{item("a", 1000)}}))(t)
			must(desk.RecordPayment(ctx, NewPayment{Party: p, MethodID: MethodCash, Day: "2026-11-02", Amount: 900}))(t)
			if err := errOf(desk.CorrectInvoice(ctx, inv.ID, NewInvoice{Party: p, Items: []Item{item("a", 899)}}, "2026-11-03")); err == nil {
				t.Error("less than is paid was accepted")
			}
			for range 2 {
				got := must(desk.CorrectInvoice(ctx, inv.ID, NewInvoice{Party: p, Items: []Item{{Description: "b", Price: c.price, TaxID: 1, TaxRatePPM: 210_000}}}, "2026-11-03"))(t)
				if got.Number != inv.Number || got.Total != c.total || got.Due != c.total-900 || got.Status != StatusNotPaid {
					t.Errorf("%s: %+v", c.currency, got)
				}
			}
			if b := balance(t, ctx, s, 1); b != 900-c.total {
				t.Errorf("balance %d", b)
			}
			if err := desk.DeleteInvoice(ctx, inv.ID, Reversal{"2026-11-04", why}); db.KindOf(err) != db.Conflict {
				t.Errorf("a paid invoice was deleted: %v", err)
			}
			if err := desk.ReleaseInvoice(ctx, inv.ID, "2026-11-04"); err != nil {
				t.Fatal(err)
			}
			if err := desk.DeleteInvoice(ctx, inv.ID, Reversal{"2026-11-04", why}); err != nil {
				t.Fatal(err)
			}
			if b := balance(t, ctx, s, 1); b != 900 {
				t.Errorf("after deleting, balance %d", b)
			}
			clean(t, ctx, s)
		})
	}
}

// §3.4: a future item does not count until an invoice takes it up, waits again when that is deleted, and is read-only between.
func TestFutureItems(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		desk := s.Desk(1)
		var ids []int64
		for _, typ := range []TransactionType{Debit, Credit} {
			for range 2 { // the form twice
				tr := must(desk.AddTransaction(ctx, NewTransaction{Key: "wait-" + string(typ), Party: c, Day: "2026-11-01", Type: typ,
					Item: Item{Description: string(typ), Price: map[TransactionType]int64{Debit: 500, Credit: 200}[typ]}}, true))(t)
				ids = append(ids, tr.ID)
			}
		}
		if ids = slices.Compact(ids); len(ids) != 2 {
			t.Fatalf("a form sent twice answers with another: %v", ids)
		}
		if rows := must(s.Of(1).Waiting(ctx))(t); len(rows) != 2 || balance(t, ctx, s, 1) != 0 {
			t.Fatalf("waiting: %v, %v", rows, ids)
		}
		n := NewInvoice{Key: "taken-up", Party: c, Day: "2026-11-02", FutureIDs: ids}
		inv := must(desk.IssueInvoice(ctx, n))(t)
		if again, err := desk.IssueInvoice(ctx, n); err != nil || again.ID != inv.ID {
			t.Errorf("the form sent twice: invoice %d, then %d, %v", inv.ID, again.ID, err)
		}
		if inv.Total != 300 || balance(t, ctx, s, 1) != -300 {
			t.Errorf("total %d, balance %d", inv.Total, balance(t, ctx, s, 1))
		}
		if err := desk.DeleteTransaction(ctx, ids[0], Reversal{"2026-11-03", why}); db.KindOf(err) != db.Conflict {
			t.Errorf("a loaded one was deleted: %v", err)
		}
		if err := errOf(desk.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-02", FutureIDs: ids})); db.KindOf(err) != db.NotFound {
			t.Errorf("taken up twice: %v", err)
		}
		if err := desk.DeleteInvoice(ctx, inv.ID, Reversal{"2026-11-03", why}); err != nil {
			t.Fatal(err)
		}
		if rows := must(s.Of(1).Waiting(ctx))(t); len(rows) != 2 || balance(t, ctx, s, 1) != 0 {
			t.Errorf("after deleting: %d wait", len(rows))
		}
		if err := desk.DeleteTransaction(ctx, ids[0], Reversal{"2026-11-03", why}); err != nil {
			t.Error(err)
		}
		gone := NewTransaction{Key: "wait-debit", Party: c, Day: "2026-11-01", Type: Debit, Item: item("debit", 500)}
		if err := errOf(desk.AddTransaction(ctx, gone, true)); db.KindOf(err) != db.Conflict {
			t.Errorf("the form of what was deleted: %v", err)
		}
		if err := d.Q(ctx).Exec("UPDATE customers SET billing_type = 'prepaid' WHERE id = 1").Error; err != nil {
			t.Fatal(err)
		}
		must(desk.AddTransaction(ctx, NewTransaction{Party: c, Day: "2026-11-04", Type: Debit, Item: item("now", 40)}, true))(t)
		if b := balance(t, ctx, s, 1); b != -40 {
			t.Errorf("a prepaid customer's waits: %d", b)
		}
		clean(t, ctx, s)
	})
}

// §3.4: a proforma invoice becomes a tax invoice once, after it was paid; taking the payment back opens that invoice.
func TestInvoiceProforma(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		desk := s.Desk(1)
		doc := must(desk.IssueProforma(ctx, "p-1", NewProforma{Party: c, Day: "2026-11-01", Items: []Item{{Description: "a", Price: 1210, TaxID: 1, TaxRatePPM: 210_000, TaxIncluded: true}}}))(t)
		if twice := must(desk.IssueProforma(ctx, "p-1", NewProforma{Party: c, Day: "2026-11-01", Items: []Item{item("a", 1)}}))(t); twice.ID != doc.ID || twice.Total != 1210 {
			t.Errorf("a form sent twice answers with %d, not %d", twice.ID, doc.ID)
		}
		if err := errOf(desk.InvoiceProforma(ctx, doc.ID, "2026-11-02", "", RoundLines)); db.KindOf(err) != db.Conflict {
			t.Errorf("unpaid: %v", err)
		}
		pay := must(desk.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCash, Day: "2026-11-02", Amount: 1210, ProformaID: doc.ID}))(t)
		one := must(desk.InvoiceProforma(ctx, doc.ID, "2026-11-02", "", RoundLines))(t)
		two := must(desk.InvoiceProforma(ctx, doc.ID, "2026-11-02", "", RoundLines))(t)
		if one.ID != two.ID || one.Total != 1210 || one.Tax != 210 || one.Status != StatusPaid || one.PaidFromBalance {
			t.Errorf("%+v, then %d", one, two.ID)
		}
		if err := desk.DeletePayment(ctx, pay.ID, Reversal{"2026-11-03", why}); err != nil {
			t.Fatal(err)
		}
		if got := must(s.Of(1).Invoice(ctx, one.ID, "2026-11-03"))(t); got.Due != 1210 {
			t.Errorf("due %d", got.Due)
		}
		clean(t, ctx, s)
	})
}

// A credit note that is deleted opens what it paid; a refund of it first, and deleting that refund makes it due again.
func TestDeleteCreditNote(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		desk := s.Desk(1)
		inv := must(desk.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", Items: []Item{item("a", 100)}}))(t)
		note := must(desk.IssueCreditNote(ctx, NewCreditNote{Party: c, InvoiceID: inv.ID, Day: "2026-11-02", Items: []Item{item("b", 150)}}))(t)
		back := must(desk.Refund(ctx, NewRefund{CreditNoteID: note.ID, MethodID: MethodCash, Day: "2026-11-02", Amount: 50}))(t)
		r := Reversal{"2026-11-03", why}
		if err := desk.DeleteCreditNote(ctx, note.ID, r); db.KindOf(err) != db.Conflict {
			t.Errorf("refunded: %v", err)
		}
		if err := desk.DeletePayment(ctx, back.ID, r); err != nil {
			t.Fatal(err)
		}
		if got := must(s.Of(1).CreditNote(ctx, note.ID))(t); got.State != RefundDue {
			t.Errorf("state %s", got.State)
		}
		if err := desk.DeleteCreditNote(ctx, note.ID, r); err != nil {
			t.Fatal(err)
		}
		if b := balance(t, ctx, s, 1); b != -100 {
			t.Errorf("balance %d", b)
		}
		if err := errOf(desk.Refund(ctx, NewRefund{CreditNoteID: note.ID, MethodID: MethodCash, Day: "2026-11-02", Amount: 50})); err == nil {
			t.Error("a deleted credit note was refunded")
		}
		clean(t, ctx, s)
	})
}

// A transaction is taken back whatever it paid or was paid by; twice is refused.
func TestDeleteTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		desk := s.Desk(1)
		credit := must(desk.AddTransaction(ctx, NewTransaction{Party: c, Day: "2026-11-01", Type: Credit, Item: item("in", 100)}, false))(t)
		debit := must(desk.AddTransaction(ctx, NewTransaction{Party: c, Day: "2026-11-01", Type: Debit, Item: item("out", 60)}, false))(t)
		for i, tr := range []Transaction{credit, debit} {
			if err := desk.DeleteTransaction(ctx, tr.ID, Reversal{"2026-11-02", why}); err != nil {
				t.Fatal(err)
			}
			if err := desk.DeleteTransaction(ctx, tr.ID, Reversal{"2026-11-02", why}); db.KindOf(err) != db.Conflict {
				t.Errorf("twice: %v", err)
			}
			if b := balance(t, ctx, s, 1); b != []int64{-60, 0}[i] {
				t.Errorf("balance %d", b)
			}
			clean(t, ctx, s)
		}
	})
}

// Numbers have no gaps when many write at once, whatever the partner's pattern.
func TestNumbersInParallel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		s.Configured(func(_ context.Context, _ int64) (Manner, error) { return Manner{Invoice: "A-{year}-{next|4}"}, nil })
		parties := []Party{c}
		for id := int64(2); id <= 6; id++ {
			parties = append(parties, customer(t, d, id))
		}
		const each = 6
		numbers := make(chan string, each*len(parties))
		var all sync.WaitGroup
		for _, p := range parties {
			all.Go(func() {
				for range each {
					inv, err := s.Desk(p.CustomerID).IssueInvoice(ctx, NewInvoice{Party: p, Day: "2026-11-01", Items: []Item{item("a", 100)}})
					if err != nil {
						t.Error(err)
					}
					numbers <- inv.Number
				}
			})
		}
		all.Wait()
		close(numbers)
		seen := map[string]bool{}
		for n := range numbers {
			seen[n] = true
		}
		for i := 1; i <= each*len(parties); i++ {
			if !seen[fmt.Sprintf("A-2026-%04d", i)] {
				t.Errorf("%04d is missing", i)
			}
		}
	})
}

// A discount is a line below zero with the item's tax, so that price, tax and total follow to the last unit.
func TestDiscounted(t *testing.T) {
	for _, c := range []struct{ price, quantity, ppm, total int64 }{
		{1000, 1000, 100_000, 1089}, {999, 3000, 333_300, 2418}, {1, 1000, 500_000, 0}, {1000, 1000, 1_000_000, 0}, {1000, 1000, 0, 1210},
	} {
		items, err := Item{Description: "a", Price: c.price, Quantity: c.quantity, TaxRatePPM: 210_000, TaxID: 1}.Discounted(c.ppm, "off")
		if err != nil {
			t.Fatal(err)
		}
		_, sum, err := Lines(items, RoundTotal)
		if err != nil || sum.Total != c.total {
			t.Errorf("%+v: %d, %v", c, sum.Total, err)
		}
	}
	for _, ppm := range []int64{-1, 1_000_001} {
		if _, err := (Item{Price: 1}).Discounted(ppm, "off"); err == nil {
			t.Errorf("%d was accepted", ppm)
		}
	}
}

// The lists across customers read along an index, however long they are.
func TestListsUseIndexes(t *testing.T) {
	d := dbtest.SQLite(t, nil)
	ctx, s, c := books(t, d)
	for range 30 {
		must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", Items: []Item{item("a", 100)}}))(t)
	}
	for _, where := range []string{"", "WHERE partner_id = 1", "WHERE partner_id = 1 AND day >= '2026-01-01'", "WHERE day <= '2026-12-01'", "WHERE (day, id) < ('2026-11-01', 20)"} {
		for _, table := range []string{"invoices", "proforma_invoices", "credit_notes", "payments"} {
			var plan []struct{ Detail string }
			err := d.Q(ctx).Raw("EXPLAIN QUERY PLAN SELECT id, total FROM (SELECT id, day, partner_id, 1 AS total FROM " + table + ") " + where + " ORDER BY day DESC, id DESC LIMIT 21").Scan(&plan).Error
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range plan {
				if strings.Contains(p.Detail, "TEMP B-TREE") || !strings.Contains(p.Detail, "INDEX") && strings.HasPrefix(p.Detail, "SCAN") {
					t.Errorf("%s %s: %s", table, where, p.Detail)
				}
			}
		}
	}
	page := must(s.List(ctx, ListInvoices, DeskFilter{}, "2026-11-02"))(t)
	rest := must(s.List(ctx, ListInvoices, DeskFilter{Filter: Filter{After: page.Next}}, "2026-11-02"))(t)
	if len(page.Rows) != PageSize || len(rest.Rows) != 10 || rest.Next != "" {
		t.Errorf("%d and %d rows, then %q", len(page.Rows), len(rest.Rows), rest.Next)
	}
}

// A search of those lists is one statement, and reads no whole table on either database.
func TestListSearchesUseIndexes(t *testing.T) {
	eachBook(t, func(t *testing.T, ctx context.Context, s *Store, c Party) {
		must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", Items: []Item{{Description: "a", Price: 100}}}))(t)
		for _, kind := range ListKinds {
			for _, f := range []DeskFilter{{Filter: Filter{Search: "2026"}}, {Filter: Filter{Search: "smith", State: Open}}, {Filter: Filter{Search: "john smith"}, PartnerID: 1}} {
				var n db.Counter
				must(s.List(db.WithCounter(ctx, &n), kind, f, "2026-11-02"))(t)
				if len(n.Statements()) != 1 {
					t.Errorf("%s: %d statements", kind, len(n.Statements()))
				}
				for _, sql := range n.Statements() {
					if plan := badPlan(t, s.d, sql); plan != "" {
						t.Errorf("%s reads a whole table:\n%s", sql, plan)
					}
				}
			}
		}
	})
}

// A debit by hand is taken back once, with its tax; what takes it back, and what is on a document, cannot be.
func TestDeleteTransactionOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		desk, r := s.Desk(1), Reversal{"2026-11-02", why}
		debit := must(s.AddTransaction(ctx, NewTransaction{Party: c, Day: "2026-11-01", Type: Debit, Item: Item{Description: "Fee", Price: 1000, TaxRatePPM: 200_000, TaxID: 1}}))(t)
		if got := balance(t, ctx, s, 1); got != -1200 {
			t.Fatalf("balance %d", got)
		}
		ok(t, desk.DeleteTransaction(ctx, debit.ID, r))
		must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-03", Items: []Item{item("x", 5)}}))(t)
		var all []Transaction
		ok(t, d.Q(ctx).Order("id").Find(&all).Error)
		for _, x := range all { // the debit, its reversal, the invoice's
			if err := desk.DeleteTransaction(ctx, x.ID, r); db.KindOf(err) != db.Conflict {
				t.Errorf("transaction %d of %d: %v", x.ID, x.Total, err)
			}
		}
		if err := desk.DeleteTransaction(ctx, 999, r); db.KindOf(err) != db.NotFound {
			t.Errorf("an unknown one: %v", err)
		}
		if got := balance(t, ctx, s, 1); got != -5 || len(all) != 3 {
			t.Errorf("balance %d, %d transactions", got, len(all))
		}
		clean(t, ctx, s)
	})
}
