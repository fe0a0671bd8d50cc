package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/internal/gateway/sandbox"
	"myisp/models/finance"
)

// only leaves the payer nothing open but the invoice.
func (p *payer) only() *payer {
	p.t.Helper()
	me := p.M.Finance.Of(p.id)
	var old []int64
	must(p.t, p.M.DB.Q(p.Context).Raw("SELECT id FROM invoices WHERE customer_id = ? AND due > 0 AND id <> ?", p.id, p.invoice).Scan(&old).Error)
	for _, id := range old {
		_, err := me.PayFromBalance(p.Context, id, "2026-11-02")
		must(p.t, err)
		inv, err := me.Invoice(p.Context, id, "2026-11-02")
		must(p.t, err)
		_, err = p.M.Finance.RecordPayment(p.Context, finance.NewPayment{Party: finance.Party{CustomerID: p.id, PartnerID: 1, Currency: "EUR"}, MethodID: finance.MethodCash, Day: "2026-11-02", Amount: inv.Due, InvoiceIDs: []int64{id}})
		must(p.t, err)
	}
	return p
}

// owing gives the payer another invoice, of 10.00, and a gateway that takes the whole debt alone; it returns that invoice.
func (p *payer) owing() int64 {
	p.t.Helper()
	inv, err := p.M.Finance.IssueInvoice(p.Context, finance.NewInvoice{Party: finance.Party{CustomerID: p.id, PartnerID: 1, Currency: "EUR"}, Day: "2026-11-01", DueDay: "2026-12-24",
		Items: []finance.Item{{Description: "Router", Price: 1_000}}})
	must(p.t, err)
	p.rule(func(g *finance.GatewaySetup) { g.CoversDebt = true })
	return inv.ID
}

// TestWholeDebtPages: a gateway that takes the whole debt alone is offered for that; for less the page says in words what it takes and
// leads there, and offers no ticks and parts that nothing would take (§2.8).
func TestWholeDebtPages(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s).bare().only()
		if page := p.browser.Get("/pay"); !page.Has("#f-part") || page.Has(".whole-only") {
			t.Errorf("before: %s", page.Text("main"))
		}
		second := p.owing()
		one := fmt.Sprintf("/pay?invoice=%d", p.invoice)
		for path, offers := range map[string]bool{"/pay": true, one: false, "/pay?part=5": false, "/pay?ahead=1&amount=5": false, "/pay?ahead=1&amount=49.90": true,
			fmt.Sprintf("%s&invoice=%d", one, second): true} {
			page := p.browser.Get(path)
			text := page.Text("main")
			if page.Has(`input[name=gateway][value=sandbox]`) != offers || page.Has(".whole-only") == offers || !offers && (!strings.Contains(text, "takes only the whole debt: € 49.90.") || !page.Link("/pay?gateway=sandbox")) {
				t.Errorf("%s: offered %v, %s", path, !offers, text)
			}
			if page.Has(`input[type=checkbox][name=invoice]`) || page.Has("#f-part") {
				t.Errorf("%s offers parts that nothing takes", path)
			}
		}
		page := p.browser.Get("/pay?gateway=sandbox")
		if !page.Has(`input[name=gateway][value=sandbox][checked]`) || !strings.Contains(page.Text("main"), "€ 50.40") {
			t.Errorf("where it leads: %s", page.Text("main"))
		}
		key := page.Find(`form[action="/pay"] input[name="key"]`).AttrOr("value", "")
		begun := p.browser.Post("/pay", "key", key, "gateway", "sandbox")
		must2(t, begun, http.StatusSeeOther)
		p.browser.Get(p.choose(strings.TrimPrefix(begun.Location, "/sandbox/"), sandbox.Success))
		if b, err := s.M.Finance.Of(p.id).Balance(s.Context); err != nil || !b.IsZero() {
			t.Errorf("balance %v %v", b, err)
		}
		p.prove()
	})
}

// TestWholeDebtRefused: a form by hand, or one from before another invoice was issued, is refused in words that say what to do, with a
// kept method too, and begins nothing.
func TestWholeDebtRefused(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s).bare().only()
		p.give(methods, sandbox.Success)
		saved, hosted := p.form(), p.form() // when it was all that was owed
		hosted[5] = "sandbox"
		p.owing()
		before := p.begun()
		for _, form := range [][]string{saved, hosted, {"key", "key-of-another-one", "part", "5", "gateway", "sandbox"}, {"key", "key-of-yet-another", "ahead", "1", "amount", "49.89", "gateway", "sandbox"}} {
			page := p.browser.Post("/pay", form...)
			if text := page.Text("main"); page.Status != http.StatusUnprocessableEntity || !strings.Contains(text, "takes only all that you owe at once. Pay all instead") || !strings.Contains(text, "whole debt: € 49.90.") || !page.Link("/pay?gateway=sandbox") {
				t.Errorf("%v: %d %s", form, page.Status, text)
			}
		}
		if n := p.begun(); n != before {
			t.Errorf("%d were begun", n-before)
		}
	})
}

// TestWholeDebtLink: whoever has a pay link is offered such a gateway where the document is all that is owed, and is never told that
// more is.
func TestWholeDebtLink(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s).bare().only()
		p.rule(func(g *finance.GatewaySetup) { g.CoversDebt = true })
		link := p.link()
		form := []string{"key", "key-of-the-link-form", "gateway", "sandbox"}
		if page := p.browser.Get(link); !page.Has(`input[name=gateway][value=sandbox]`) {
			t.Errorf("all that is owed: %s", page.Text("main"))
		}
		second := p.owing()
		before := p.begun()
		for name, page := range map[string]handlerstest.Page{"the page": p.browser.Get(link), "the refusal": p.browser.Post(link, form...)} {
			if page.Has(`input[name=gateway]`) || strings.Contains(page.Body, "49.90") || strings.Contains(page.Body, "10.00") || strings.Contains(page.Text("main"), "debt") || strings.Contains(page.Text("main"), "owe") {
				t.Errorf("%s: %s", name, page.Text("main"))
			}
		}
		if n := p.begun(); n != before {
			t.Errorf("%d were begun", n-before)
		}
		_, err := s.M.Finance.RecordPayment(s.Context, finance.NewPayment{Party: finance.Party{CustomerID: p.id, PartnerID: 1, Currency: "EUR"}, MethodID: finance.MethodCash, Day: "2026-11-20", Amount: 1_000, InvoiceIDs: []int64{second}})
		must(t, err)
		must2(t, p.browser.Post(link, "key", "key-of-the-next-form", "gateway", "sandbox"), http.StatusSeeOther)
	})
}

// TestWholeDebtAutopay: a charge that is less than the debt is not tried; the customer reads why, and staff see the rule in the form
// and the log.
func TestWholeDebtAutopay(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s).bare().only()
		id, _ := p.give(methods, sandbox.Success)
		_, err := s.M.Finance.Of(p.id).StartAutopay(s.Context, finance.AutopayTerms{Party: finance.Party{PartnerID: 1, Currency: "EUR"}, MethodID: id, Rule: finance.RuleDue, Version: "1", Language: "en", Text: "I agree."}, "2026-11-02")
		must(t, err)
		p.owing()
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE payment_attempts SET state = 'cancelled'").Error) // the fixture's, which autopay would wait for
		before := p.begun()
		for range 2 {
			must(t, s.Till.Autopay(s.Context, p.id))
		}
		if n := p.begun(); n != before {
			t.Errorf("%d were begun", n-before)
		}
		for _, path := range []string{"/", "/pay", "/finance/autopay"} {
			if text := p.browser.Get(path).Text("main"); !strings.Contains(text, "this method takes only all that you owe at once") {
				t.Errorf("%s: %s", path, text)
			}
		}
		p.rule(func(g *finance.GatewaySetup) { g.CoversDebt = false })
		must(t, s.Till.Autopay(s.Context, p.id))
		if p.begun() != before+1 {
			t.Error("without the rule it is not charged")
		}
	})
}

// TestWholeDebtForm: staff tick the rule, which opens the folded part and is told in the log.
func TestWholeDebtForm(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newPayer(t, s)
		s.Staff("boss", "administrator")
		boss := s.LogInStaff("boss")
		must2(t, boss.Post(gatewayForm, rulesForm("covers_debt", "1")...), http.StatusSeeOther)
		if g, err := s.M.Finance.Gateway(s.Context, 1, "sandbox"); err != nil || !g.CoversDebt || !boss.Get(gatewayForm).Has("details#rules[open] #f-covers_debt[checked]") {
			t.Errorf("%+v %v", g, err)
		}
		if text := boss.Get("/admin/audit").Text("main"); !strings.Contains(text, "Takes the whole debt only") {
			t.Errorf("the log: %s", text)
		}
		must2(t, boss.Post(gatewayForm, rulesForm()...), http.StatusSeeOther)
		if g, err := s.M.Finance.Gateway(s.Context, 1, "sandbox"); err != nil || g.CoversDebt {
			t.Errorf("%+v %v", g, err)
		}
	})
}
