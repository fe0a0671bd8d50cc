package handlers_test

import (
	"fmt"
	"regexp"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// TestDocumentSettings: numbering patterns (B40–B43), where tax is rounded (X7) and whether prices hold it (B44) are in the
// documents that staff issue after they were changed, both ways.
func TestDocumentSettings(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	newCast(t, s)
	who, path := ofCustomer(t, s, "alice")
	staff := s.LogInStaff("finance")
	tax, err := s.M.Catalog.TaxFor(s.Context, "VAT", 230_000)
	must(t, err)
	for id, pattern := range map[string]string{"B40": "I-{next|3}", "B41": "P-{next|3}", "B42": "C-{next|3}", "B43": "R-{next|3}"} {
		s.Set(id, pattern)
	}
	for kind, want := range map[string]string{"invoices": `I-\d{3}`, "proforma-invoices": `P-\d{3}`, "credit-notes": `C-\d{3}`, "payments": `R-\d{3}`} {
		f := form(staff.Get(path+"/"+kind+"/new"), "form.desk-form")
		f.Set("line.0.description", "Mast")
		f.Set("line.0.price", "10.00")
		if kind == "payments" {
			f.Set("amount", "10.00")
			f.Set("method_id", "1")
			f.Set("for", "oldest")
			f.Set("day", "2026-11-22")
		}
		p := staff.Do("POST", path+"/"+kind, f)
		if text := staff.Get(p.Location).Text("h1"); p.Status != 303 || !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("%s: %d %q %s", kind, p.Status, text, p.Text("main"))
		}
	}
	// 0.10 with 23 %: 0.023 of tax twice is 0.04 by lines and 0.05 on the total.
	for rounding, want := range map[string]int64{"line": 4, "total": 5, " line": 4} {
		s.Set("finance_rounding", regexp.MustCompile(`^ `).ReplaceAllString(rounding, ""))
		f := form(staff.Get(path+"/invoices/new"), "form.desk-form")
		for _, line := range []string{"line.0.", "line.1."} {
			f.Set(line+"description", "Bit")
			f.Set(line+"price", "0.10")
			f.Set(line+"tax", fmt.Sprint(tax.ID))
		}
		f.Del("tax_included")
		if p := staff.Do("POST", path+"/invoices", f); p.Status != 303 {
			t.Fatalf("issuing: %d %s", p.Status, p.Text("main"))
		}
		var inv finance.Invoice
		must(t, s.M.DB.Q(s.Context).Where("customer_id = ?", who.ID).Order("id DESC").Take(&inv).Error)
		if inv.Tax != want {
			t.Errorf("rounding on the %s: tax %d, want %d", rounding, inv.Tax, want)
		}
	}
	for value, want := range map[string]bool{"on": true, "off": false} {
		s.Set("prices_include_tax", value)
		if got := staff.Get(path + "/invoices/new").Has(`input[name="tax_included"][checked]`); got != want {
			t.Errorf("prices hold the tax %s: the form says %v", value, got)
		}
	}
}
