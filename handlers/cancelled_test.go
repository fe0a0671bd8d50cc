package handlers_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/models/finance"
)

// pdfText is what a PDF says; "" where nothing can read it here.
func pdfText(t *testing.T, body string) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		return ""
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	must(t, os.WriteFile(path, []byte(body), 0o600))
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	must(t, err)
	return strings.Join(strings.Fields(string(out)), " ")
}

// §3.4, 0019: a payment that staff have cancelled is told as cancelled wherever somebody reads of it: its receipt proves nothing,
// and what took it back is no refund.
func TestCancelledPaymentIsTold(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		alice, path := ofCustomer(t, s, "alice")
		party := finance.Party{CustomerID: alice.ID, PartnerID: 1, Currency: "EUR"}
		desk := s.M.Finance.Desk(alice.ID)
		pay, err := desk.RecordPayment(s.Context, finance.NewPayment{Key: "typed-twice", Party: party, MethodID: 1, Day: "2026-11-20", Amount: 12345, NoReceipt: true})
		must(t, err)
		must(t, desk.DeletePayment(s.Context, pay.ID, finance.Reversal{Day: "2026-11-21", Reason: "typed twice"}))
		told := "Payment cancelled: " + pay.ReceiptNumber

		me, staff := s.LogIn("alice"), s.LogInStaff("finance")
		page := me.Get(fmt.Sprintf("/finance/payments/%d", pay.ID))
		if text := page.Text("main"); !strings.Contains(text, "Cancelled on 21 Nov 2026") || strings.Contains(text, "Received") || strings.Contains(text, "You paid") || !page.Has("del .amount") ||
			strings.Contains(text, "typed twice") {
			t.Errorf("its page: %s", text)
		}
		if pdf := me.Get(fmt.Sprintf("/finance/payments/%d.pdf", pay.ID)); pdf.Status != 200 {
			t.Errorf("its PDF: %d", pdf.Status)
		} else if text := pdfText(t, pdf.Body); text != "" && (!strings.Contains(text, "Cancelled on") || !strings.Contains(text, "proves no payment") ||
			strings.Contains(text, "thanks") || strings.Contains(text, "Earlier charges")) {
			t.Errorf("its PDF: %s", text)
		}
		row := ""
		for _, li := range me.Get("/finance/payments").Find("main li").EachIter() {
			if strings.Contains(li.Text(), "123.45") {
				row = li.Text()
			}
		}
		if !strings.Contains(row, "Cancelled on 21 Nov") || strings.Count(row, "Cancelled") != 2 {
			t.Errorf("in the list: %q", row)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(me.Get("/finance/payments?format=csv").Body, "\ufeff"))).ReadAll()
		must(t, err)
		at := map[string]int{}
		for i, head := range rows[0] {
			at[head] = i
		}
		for _, r := range rows[1:] {
			state, day := "", ""
			if r[0] == pay.ReceiptNumber {
				state, day = "Cancelled", "2026-11-21"
			}
			if r[at["Status"]] != state || r[at["Cancelled on"]] != day {
				t.Errorf("the file says of %s: %v", r[0], r)
			}
		}

		for what, text := range map[string]string{
			"transactions": me.Get("/finance/transactions").Text("main"), "their file": me.Get("/finance/transactions?format=csv").Body,
			"the statement":                 me.Get("/finance/statements?period=custom&from=2026-11-01&to=2026-11-30").Text("main"),
			"the statement of transactions": me.Get("/finance/statements?period=custom&from=2026-11-01&to=2026-11-30&type=transactions").Text("main"),
			"its file":                      me.Get("/finance/statements?period=custom&from=2026-11-01&to=2026-11-30&format=csv").Body,
			"staff's transactions":          staff.Get(path + "/finance?list=transactions").Text("main"),
			"those of all":                  staff.Get("/admin/finance/transactions").Text("main"),
			"their file, of all":            staff.Get("/admin/finance/transactions?format=csv").Body,
		} {
			if !strings.Contains(text, told) {
				t.Errorf("%s: no %q in %s", what, told, text)
			}
		}
		if page := staff.Get(fmt.Sprintf("%s/payments/%d", path, pay.ID)).Text("main"); !strings.Contains(page, "21 Nov 2026") || !strings.Contains(page, "typed twice") || !strings.Contains(page, "Cancelled") {
			t.Errorf("staff's page: %s", page)
		}
		if pdf := me.Get("/finance/statements.pdf?period=custom&from=2026-11-01&to=2026-11-30"); pdf.Status != 200 {
			t.Errorf("the statement's PDF: %d", pdf.Status)
		} else if text := pdfText(t, pdf.Body); text != "" && !strings.Contains(text, "Payment cancelled:") {
			t.Errorf("the statement's PDF: %s", text)
		}
	})
}
