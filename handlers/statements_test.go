package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/internal/gateway/sandbox"
	"myisp/models/catalog"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// heap is a provider whose money pages get longer and longer.
type heap struct {
	*handlerstest.Site
	t      *testing.T
	who    finance.Party
	series int64
	codes  []string
	made   int
}

func newHeap(t *testing.T) *heap {
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) // it stands still: a session is noted as seen once in a while
	s := handlerstest.New(t, dbtest.SQLite(t, func() time.Time { return noon }))
	s.TakePayments(1)
	who := s.Customer(customer.Customer{Login: "alice"})
	h := &heap{Site: s, t: t, who: finance.Party{CustomerID: who.ID, PartnerID: 1, Currency: "EUR"}}
	h.series, h.codes = seriesOf(t, s, func(n *finance.NewCards) { n.Count = 40 })
	return h
}

// grow adds n of everything that the money pages list.
func (h *heap) grow(n int) {
	ctx, f := h.Context, h.M.Finance
	me := f.Of(h.who.CustomerID)
	lines := "Date;Name;Text;Amount\n"
	for range n {
		h.made++
		items := []finance.Item{{Description: "Fiber", Price: 1000}}
		inv, err := f.IssueInvoice(ctx, finance.NewInvoice{Party: h.who, Day: "2026-11-01", DueDay: "2026-11-15", Items: items})
		must(h.t, err)
		_, _, err = me.MakePayLink(ctx, finance.KindInvoice, inv.ID, 1e15)
		must(h.t, err)
		pro, err := f.IssueProforma(ctx, finance.NewProforma{Party: h.who, Day: "2026-11-01", Items: items})
		must(h.t, err)
		_, _, err = me.MakePayLink(ctx, finance.KindProforma, pro.ID, 1e15)
		must(h.t, err)
		_, err = f.RecordPayment(ctx, finance.NewPayment{Party: h.who, MethodID: finance.MethodCash, Day: "2026-11-02", Amount: 10, KeepAsCredit: true})
		must(h.t, err)
		_, err = f.IssueCreditNote(ctx, finance.NewCreditNote{Party: h.who, Day: "2026-11-03", Items: items})
		must(h.t, err)
		m, err := me.BeginMethod(ctx, finance.NewMethod{Key: strings.Repeat("k", 20) + fmt.Sprint(h.made), PartnerID: 1, Gateway: sandbox.Name})
		must(h.t, err)
		_, err = f.KeepMethod(ctx, m.ID, finance.SavedFacts{Token: fmt.Sprint("t", h.made), Kind: "card", Brand: "Visa", Last4: "4242"})
		must(h.t, err)
		other := h.Customer(customer.Customer{Login: fmt.Sprint("holder", h.made)})
		_, err = f.Of(other.ID).Redeem(ctx, finance.RedeemCard{Code: h.codes[h.made], Today: "2026-11-02", Party: finance.Party{CustomerID: other.ID, PartnerID: 1, Currency: "EUR"}})
		must(h.t, err)
		seriesOf(h.t, h.Site, func(x *finance.NewCards) { x.Prefix, x.Count = fmt.Sprint("P", h.made), 2 })
		lines += fmt.Sprintf("2026-11-%02d;Somebody;%s;10.00\n", 1+h.made%28, finance.Reference{Kind: finance.RefInvoice, ID: inv.ID})
	}
	file, err := f.AddStatement(ctx, 1, "november.csv", []byte(lines), "EUR")
	must(h.t, err)
	if added, err := f.ImportStatement(ctx, file.ID, "EUR"); err != nil || added != n {
		h.t.Fatalf("%d transfers: %v", added, err)
	}
}

// statements counts what a request takes.
func (h *heap) statements(do func()) (list []string) {
	plain := h.Context
	var c db.Counter
	h.Context = db.WithCounter(plain, &c)
	do()
	h.Context = plain
	return c.Statements()
}

// The number of statements of the pages about money depends neither on the rows that they show nor on the lines that are sent,
// for customers and for staff (quality.md).
func TestStatementsOfMoneyPages(t *testing.T) {
	h := newHeap(t)
	h.Staff("admin", "administrator")
	alice, admin := h.LogIn("alice"), h.LogInStaff("admin")
	own := fmt.Sprintf("/admin/customers/%d", h.who.CustomerID)
	pages := map[string]*handlerstest.Client{}
	for _, path := range []string{"/pay", "/finance/pay-links", "/finance/payment-methods", "/finance/autopay", "/finance/refill-card"} {
		pages[path] = alice
	}
	pages["/admin"] = admin
	for _, path := range []string{"", "/daily", "/incoming", "/invoices?state=overdue", "/transactions?from=2026-01-01", "/reference", "/refill-cards", "/refill-cards/statistics", fmt.Sprintf("/refill-cards/%d", h.series),
		"/invoices", "/invoices?q=alice", "/invoices?q=2026", "/invoices?q=2026&format=csv", "/payments?q=alice", "/credit-notes", "/proforma-invoices", "/transactions?q=2026"} {
		pages["/admin/finance"+path] = admin
	}
	for _, path := range []string{"", "/finance", "/finance?list=payments", "/finance?list=credit_notes", "/finance?list=proforma_invoices", "/finance?list=transactions", "/pay-links",
		"/invoices/new", "/credit-notes/new", "/payments/new", "/payment-methods"} {
		pages[own+path] = admin
	}
	counts := map[string]map[int]int{}
	for _, n := range []int{2, 20} {
		h.grow(n)
		for path, client := range pages {
			client.Get(path)
			got := h.statements(func() {
				if page := client.Get(path); page.Status != http.StatusOK {
					t.Errorf("%s: %d", path, page.Status)
				}
			})
			if counts[path] == nil {
				counts[path] = map[int]int{}
			}
			counts[path][n] = len(got)
		}
	}
	for path, n := range counts {
		if n[2] == 0 || n[2] != n[20] {
			t.Errorf("%s: %d statements for 2 of everything, %d for 22", path, n[2], n[20])
		}
	}

	tax, err := h.M.Catalog.AddTax(h.Context, catalog.Tax{Name: "VAT", RatePPM: 210_000})
	must(t, err)
	read := map[int]int{}
	for _, lines := range []int{2, 40} {
		form := url.Values{"day": {"2026-11-01"}, "invoice_id": {"x"}} // is refused after its lines were read
		for i := range lines {
			at := fmt.Sprintf("line.%d.", i)
			form.Set(at+"description", "x")
			form.Set(at+"price", "1")
			form.Set(at+"tax", fmt.Sprint(tax.ID))
		}
		read[lines] = len(h.statements(func() {
			if page := admin.Do("POST", own+"/credit-notes", form); page.Status != http.StatusUnprocessableEntity {
				t.Errorf("%d lines: %d", lines, page.Status)
			}
		}))
	}
	if read[2] != read[40] {
		t.Errorf("a document's form: %v statements by lines", read)
	}
}
