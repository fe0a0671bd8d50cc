package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/models/customer"
	"myisp/models/finance"
)

// Before staff give money back they are told what that opens again, and confirm it; afterwards customer and staff can follow it
// from each end, and the figures add up.
func TestRefundShowsWhatItOpens(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		who := s.Customer(customer.Customer{Login: "zoe", Email: "zoe@example.com"})
		party := finance.Party{CustomerID: who.ID, PartnerID: 1, Currency: "EUR"}
		desk := s.M.Finance.Desk(who.ID)
		inv, err := desk.IssueInvoice(s.Context, finance.NewInvoice{Party: party, Day: "2026-11-01", Items: []finance.Item{{Description: "Fiber", Price: 4290}}})
		must(t, err)
		pay, err := desk.RecordPayment(s.Context, finance.NewPayment{Party: party, MethodID: 1, Day: "2026-11-02", Amount: 4790, NoReceipt: true})
		must(t, err)
		staff, zoe := s.LogInStaff("finance"), s.LogIn("zoe")
		path := fmt.Sprintf("/admin/customers/%d/payments/%d", who.ID, pay.ID)
		invoice := fmt.Sprintf("/admin/customers/%d/invoices/%d", who.ID, inv.ID)

		f := form(staff.Get(path), "form[action$='/refund']")
		f.Set("amount", "15.00")
		f.Set("comment", "Half the month")
		p := staff.Do("POST", path+"/refund", f)
		if text := p.Text("form[action$='/refund']"); p.Status != 422 || !strings.Contains(text, inv.Number+" by € 10.00") || !strings.Contains(text, "Give € 15.00 back") {
			t.Fatalf("before: %d %s", p.Status, text)
		}
		f = form(p, "form[action$='/refund']")
		if f.Get("comment") != "Half the month" || f.Get("amount") != "15.00" {
			t.Errorf("what was entered is gone: %v", f)
		}
		f.Set("amount", "20.00") // what was confirmed is another amount
		if p = staff.Do("POST", path+"/refund", f); p.Status != 422 || !strings.Contains(p.Text("form[action$='/refund']"), "Give € 20.00 back") {
			t.Errorf("another amount: %d", p.Status)
		}
		f.Set("amount", "15.00")
		if p = staff.Do("POST", path+"/refund", f); p.Status != 303 {
			t.Fatalf("confirmed: %d %s", p.Status, p.Text("main"))
		}
		if left := form(staff.Get(path), "form[action$='/refund']").Get("amount"); left != "32.90" {
			t.Errorf("what is left to give back is %s", left)
		}
		back, err := s.M.Finance.Of(who.ID).Payment(s.Context, pay.ID)
		must(t, err)
		refund := back.GivenBack[0]

		for _, side := range []struct {
			c                        *handlerstest.Client
			payment, refund, invoice string
		}{
			{staff, path, fmt.Sprintf("/admin/customers/%d/payments/%d", who.ID, refund.PaymentID), invoice},
			{zoe, fmt.Sprintf("/finance/payments/%d", pay.ID), fmt.Sprintf("/finance/payments/%d", refund.PaymentID), fmt.Sprintf("/finance/invoices/%d", inv.ID)},
		} {
			for from, to := range map[string][]string{side.payment: {side.refund, side.invoice}, side.refund: {side.payment, side.invoice}, side.invoice: {side.payment, side.refund}} {
				page := side.c.Get(from)
				for _, link := range to {
					if !page.Link(link) {
						t.Errorf("%s does not lead to %s: %s", from, link, page.Text("main"))
					}
				}
			}
			if text := side.c.Get(side.payment).Text("main"); !strings.Contains(text, refund.Number) || !strings.Contains(text, "32.90") || !strings.Contains(text, "15.00") {
				t.Errorf("the payment's page: %s", text)
			}
		}
		if text := pdfText(t, zoe.Get(fmt.Sprintf("/finance/payments/%d.pdf", pay.ID)).Body); text != "" && (!strings.Contains(text, "Given back: "+refund.Number) || strings.Contains(text, "Earlier charges")) {
			t.Errorf("the receipt: %s", text)
		}
		if text := pdfText(t, zoe.Get(fmt.Sprintf("/finance/payments/%d.pdf", refund.PaymentID)).Body); text != "" && !strings.Contains(text, "From the payment "+pay.ReceiptNumber) {
			t.Errorf("the refund's receipt: %s", text)
		}
		// Of what is free nothing opens, and the question says no such thing.
		free, err := desk.RecordPayment(s.Context, finance.NewPayment{Party: party, MethodID: 1, Day: "2026-11-03", Amount: 3000, KeepAsCredit: true, NoReceipt: true})
		must(t, err)
		path = fmt.Sprintf("/admin/customers/%d/payments/%d", who.ID, free.ID)
		asked := staff.Do("POST", path+"/refund", form(staff.Get(path), "form[action$='/refund']"))
		if text := asked.Text("#doubt"); asked.Status != 422 || !strings.Contains(text, "30.00 goes back to Zoe Carter") {
			t.Errorf("what is free: %d %s", asked.Status, text)
		}
		if p := staff.Do("POST", path+"/refund", form(asked, "form[action$='/refund']")); p.Status != 303 {
			t.Errorf("what is free, after a yes: %d %s", p.Status, p.Text("main"))
		}
	})
}
