package finance

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// What is asked for is read once for the page and the form: both see the same documents and sums, and say the same of what is
// not to be had.
func TestOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		invoice := func(c Party, price int64) string {
			return fmt.Sprint(must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", DueDay: "2026-11-15", Items: []Item{{Description: "a", Price: price}}}))(t).ID)
		}
		one, two, paid := invoice(c, 1000), invoice(c, 2000), invoice(c, 500)
		stranger := invoice(customer(t, d, 2), 700)
		id, _ := documentID(paid)
		must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCash, Day: "2026-11-02", Amount: 500, InvoiceIDs: []int64{id}}))(t)
		pro := fmt.Sprint(must(s.IssueProforma(ctx, NewProforma{Party: c, Day: "2026-11-01", Items: []Item{{Description: "b", Price: 900}}}))(t).ID)
		many := slices.Repeat([]string{one}, maxDocuments+1)
		for name, x := range map[string]struct {
			w       Wanted
			purpose Purpose
			page    int64    // what the page asks for; below zero is that there is none
			form    int64    // what the form pays, of documents that are named
			ids     []string // that the form names
			err     string
		}{
			"all":                {Wanted{}, PayAll, 3000, 3000, nil, ""},
			"a part of all":      {Wanted{Part: "10"}, PayAll, 1000, 1000, nil, ""},
			"one":                {Wanted{Invoices: []string{one}}, PayInvoices, 1000, 1000, []string{one}, ""},
			"a part of one":      {Wanted{Invoices: []string{one}, Part: "0.01"}, PayInvoices, 1, 1, []string{one}, ""},
			"the whole is none":  {Wanted{Invoices: []string{one}, Part: "10.00"}, PayInvoices, 1000, 1000, []string{one}, ""},
			"one twice":          {Wanted{Invoices: []string{two, two}}, PayInvoices, 2000, 2000, []string{two}, ""},
			"proforma":           {Wanted{Proforma: pro, Part: "1"}, PayProforma, 900, 900, []string{pro}, ""},
			"a paid one":         {Wanted{Invoices: []string{paid}}, PayInvoices, 0, 0, []string{paid}, ""},
			"ahead":              {Wanted{Ahead: true, Amount: "5", Currency: "EUR"}, PayAhead, 500, 500, nil, ""},
			"ahead without one":  {Wanted{Ahead: true, Amount: "-5", Currency: "EUR"}, "", 3000, 0, nil, "invalid: amount=finance.error.amount"},
			"ahead without end":  {Wanted{Ahead: true, Amount: "50.01", Most: 5000, Currency: "EUR"}, "", 3000, 0, nil, "invalid: amount=pay.error.most"},
			"ahead to the bound": {Wanted{Ahead: true, Amount: "50", Most: 5000, Currency: "EUR"}, PayAhead, 5000, 5000, nil, ""},
			"more than is due":   {Wanted{Invoices: []string{one}, Part: "10.01"}, PayInvoices, 1000, 0, nil, "invalid: part=pay.error.too_much"},
			"no amount":          {Wanted{Part: "NaN"}, PayAll, 3000, 0, nil, "invalid: part=finance.error.amount"},
			"somebody else's":    {Wanted{Invoices: []string{one, stranger}}, PayInvoices, -1, 0, nil, "error.not_found"},
			"no number":          {Wanted{Invoices: []string{"1e3"}}, PayInvoices, -1, 0, nil, "error.not_found"},
			"another's proforma": {Wanted{Proforma: "99999"}, PayProforma, -1, 0, nil, "error.not_found"},
			"too many":           {Wanted{Invoices: many}, PayInvoices, -1, 0, nil, "invalid: documents=error.choice"},
		} {
			var n NewAttempt
			o, err := s.Of(c.CustomerID).Order(ctx, x.w, "2026-11-10")
			if err == nil {
				err = o.Into(&n)
			}
			said := ""
			if err != nil {
				said = err.Error()
			}
			var ids []string
			for _, id := range n.DocumentIDs {
				ids = append(ids, fmt.Sprint(id))
			}
			if said != x.err || o.Purpose != x.purpose || n.Amount != x.form || cmp.Diff(x.ids, ids) != "" {
				t.Errorf("%s, the form: %q, %+v, %+v", name, said, n, o)
			}
			p, err := s.Of(c.CustomerID).Payable(ctx, x.w, "2026-11-10")
			if (err != nil) != (x.page < 0) || err == nil && p.Order.Amount().Minor != x.page || x.err == "" && cmp.Diff(o, p.Order) != "" {
				t.Errorf("%s, the page: %v, %+v", name, err, p.Order)
			}
		}
		me := s.Of(c.CustomerID)
		if p := must(me.Payable(ctx, Wanted{Invoices: []string{two, one}}, "2026-11-10"))(t); p.Order.Purpose != PayAll || p.Order.Whole != money.Of(3000, "EUR") {
			t.Errorf("all of them by name are all that is owed, credit counted in: %+v", p.Order)
		}
		if _, err := me.Payable(ctx, Wanted{Invoices: []string{one, paid}}, "2026-11-10"); db.KindOf(err) != db.NotFound {
			t.Errorf("some that are paid: %v", err)
		}
		all := must(me.Payable(ctx, Wanted{}, "2026-11-10"))(t)
		if len(all.Open) != 2 || fmt.Sprint(all.Open[0].ID) != one || cmp.Diff([]string{"a"}, all.Open[1].Summary) != "" || len(all.Proformas) != 1 || cmp.Diff([]string{"b"}, all.Proformas[0].Summary) != "" {
			t.Errorf("what is open: %+v, %+v", all.Open, all.Proformas)
		}
	})
}

// What the pay page and its form read does not depend on how much is open, and no statement of it reads a whole table.
func TestOrderStatements(t *testing.T) {
	eachBook(t, func(t *testing.T, ctx context.Context, s *Store, c Party) {
		var ids []string
		for range 2 * maxDocuments {
			inv := must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", DueDay: "2026-11-15", Items: []Item{{Description: "a", Price: 100}}}))(t)
			ids = append(ids, fmt.Sprint(inv.ID))
		}
		must(s.IssueProforma(ctx, NewProforma{Party: c, Day: "2026-11-01", Items: []Item{{Description: "b", Price: 900}}}))(t)
		me := s.Of(c.CustomerID)
		for _, x := range []struct {
			w          Wanted
			page, form int
		}{{Wanted{}, 4, 1}, {Wanted{Invoices: ids[:1]}, 2, 2}, {Wanted{Invoices: ids[:2]}, 5, 2}, {Wanted{Invoices: ids[:maxDocuments]}, 5, 2}, {Wanted{Invoices: ids}, 4, 0}} {
			var page, form db.Counter
			_, err := me.Order(db.WithCounter(ctx, &form), x.w, "2026-11-10")
			if (err != nil) != (len(x.w.Invoices) > maxDocuments) {
				t.Error(err)
			}
			_, _ = me.Payable(db.WithCounter(ctx, &page), x.w, "2026-11-10")
			if len(page.Statements()) != x.page || len(form.Statements()) != x.form {
				t.Errorf("%d invoices: %d statements for the page, %d for the form", len(x.w.Invoices), len(page.Statements()), len(form.Statements()))
			}
			for _, sql := range slices.Concat(page.Statements(), form.Statements()) {
				if plan := badPlan(t, s.d, sql); plan != "" {
					t.Errorf("%s reads a whole table:\n%s", sql, plan)
				}
			}
		}
	})
}
