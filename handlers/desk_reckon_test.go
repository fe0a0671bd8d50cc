package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/models/catalog"
	"myisp/models/finance"
	"myisp/models/service"
)

// TestDeskReckon: the tax that the customer's services have is chosen already, the total is shown before a number is taken, and
// what was changed after that is shown again before it is written.
func TestDeskReckon(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		alice, path := ofCustomer(t, s, "alice")
		vat, err := s.M.Catalog.AddTax(s.Context, catalog.Tax{Name: "VAT 23 %", RatePPM: 230_000})
		must(t, err)
		must(t, s.M.DB.Q(s.Context).Model(&service.Service{}).Where("customer_id = ?", alice.ID).Update("tax_id", vat.ID).Error)
		s.Set("prices_include_tax", "on")
		staff := s.LogInStaff("finance")
		before, issued := movements(t, s), count(t, s, &finance.Invoice{})
		for _, kind := range []string{"invoices", "proforma-invoices", "credit-notes", "transactions"} {
			page := staff.Get(path + "/" + kind + "/new")
			f := form(page, "form.desk-form")
			line := "line.0."
			if kind == "transactions" {
				line = ""
				f.Set("type", "debit")
				f.Set("category_id", "1")
			}
			if f.Get(line+"tax") != fmt.Sprint(vat.ID) || f.Get("tax_included") == "" {
				t.Errorf("%s begins with tax %q, included %q", kind, f.Get(line+"tax"), f.Get("tax_included"))
			}
			if page.Find("main form button:not([hidden]):not([name])").Length() > 0 {
				t.Errorf("%s can be written before its total was seen", kind)
			}
			f.Set(line+"description", "Mast")
			f.Set(line+"price", "12.30")
			f.Set("reckon", "1")
			page = staff.Do("POST", path+"/"+kind, f)
			if text := page.Text("#reckoned"); page.Status != 200 || !strings.Contains(text, "10.00") || !strings.Contains(text, "2.30") || !strings.Contains(text, "12.30") {
				t.Fatalf("%s: %d %s", kind, page.Status, text)
			}
			f = form(page, "form.desk-form")
			f.Set(line+"price", "24.60")
			page = staff.Do("POST", path+"/"+kind, f)
			if page.Status != 200 || !page.Has("#reckoned .notice") || !strings.Contains(page.Text("#reckoned"), "24.60") {
				t.Fatalf("%s was changed since: %d %s", kind, page.Status, page.Text("#reckoned"))
			}
			if movements(t, s) != before || count(t, s, &finance.Invoice{}) != issued {
				t.Fatalf("%s: something was written", kind)
			}
			if page = staff.Do("POST", path+"/"+kind, form(page, "form.desk-form")); page.Status != 303 {
				t.Errorf("%s: %d %s", kind, page.Status, page.Text("main"))
			}
			if kind != "transactions" {
				if text := staff.Get(page.Location).Text("main .totals"); !strings.Contains(text, "20.00") || !strings.Contains(text, "4.60") || !strings.Contains(text, "24.60") {
					t.Errorf("the page of %s: %s", kind, text)
				}
			}
			before, issued = movements(t, s), count(t, s, &finance.Invoice{})
		}
		f := form(staff.Get(path+"/invoices/new"), "form.desk-form")
		f.Set("line.0.description", "Mast")
		f.Set("line.0.price", "-5")
		f.Set("reckon", "1")
		if p := staff.Do("POST", path+"/invoices", f); p.Status != 422 || p.Has("#reckoned") {
			t.Errorf("a total below zero: %d", p.Status)
		}
	})
}

func count(t *testing.T, s *handlerstest.Site, model any) (n int64) {
	t.Helper()
	must(t, s.M.DB.Q(s.Context).Model(model).Count(&n).Error)
	return n
}
