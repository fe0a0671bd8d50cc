package handlers_test

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/internal/courier/capture"
	"myisp/models/customer"
	"myisp/models/finance"
)

// issuing is a portal in which staff write documents for alice, and a box for what she gets of it.
type issuing struct {
	*handlerstest.Site
	t      *testing.T
	box    *postbox
	worker *jobs.Worker
	staff  *handlerstest.Client
	path   string
	alice  customer.Customer
}

func newIssuing(t *testing.T, s *handlerstest.Site) *issuing {
	newCast(t, s)
	p := &issuing{Site: s, t: t, box: &postbox{}}
	p.worker = p.box.worker(s)
	p.alice, p.path = ofCustomer(t, s, "alice")
	p.staff = s.LogInStaff("finance")
	for p.worker.Once(s.Context) { // what was under way before
	}
	return p
}

// issue has staff issue a document of 10.00 through its form, twice as a double click does, and returns its page in the portal and
// what was mailed of it.
func (p *issuing) issue(kind string, change ...string) (page string, sent []string) {
	p.t.Helper()
	f := form(p.staff.Get(p.path+"/"+kind+"/new"), "form.desk-form")
	f.Set("line.0.description", "Mast")
	f.Set("line.0.price", "10.00")
	for i := 0; i < len(change); i += 2 {
		if f.Set(change[i], change[i+1]); change[i+1] == "" {
			f.Del(change[i])
		}
	}
	answer := p.staff.Do("POST", p.path+"/"+kind, f)
	if answer.Status != 303 {
		p.t.Fatalf("issuing %s: %d %s", kind, answer.Status, answer.Text("main"))
	}
	p.staff.Do("POST", p.path+"/"+kind, f)
	return strings.Replace(answer.Location, p.path, "/finance", 1), p.letters()
}

func (p *issuing) letters() (sent []string) {
	p.t.Helper()
	p.box.got = nil
	for p.worker.Once(p.Context) {
	}
	for _, m := range p.box.got {
		if m.To[0] != "alice@example.com" {
			p.t.Errorf("a letter to %s", m.To)
		}
		sent = append(sent, m.Subject+"\n"+m.Text)
	}
	return sent
}

var documentSettings = map[string]string{"invoices": "mail_invoices", "proforma-invoices": "mail_proforma_invoices", "credit-notes": "mail_credit_notes"}

// §3.5, B45–B47: what staff issue is told of by mail where the partner does so, kind by kind, with amount, due day, the document's page
// and a pay link; nobody is told otherwise, nor twice.
func TestDocumentLetters(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newIssuing(t, s)
		for kind := range documentSettings {
			if _, sent := p.issue(kind, "mail", "1"); len(sent) != 0 {
				t.Errorf("%s, switched off: %q", kind, sent)
			}
		}
		for kind, setting := range documentSettings {
			s.Set(setting, "on")
			for other := range documentSettings {
				if _, sent := p.issue(other); (len(sent) == 1) != (other == kind) || len(sent) > 1 {
					t.Errorf("%s on, %s issued: %q", setting, other, sent)
				}
			}
			s.Set(setting, "off")
		}
		for _, setting := range documentSettings {
			s.Set(setting, "on")
		}
		must(t, s.M.Finance.SetUpGateway(s.Context, finance.GatewaySetup{PartnerID: 1, Gateway: "gocardless", Enabled: true, MethodID: finance.MethodCard, Invoices: true}, nil))
		_, sent := p.issue("invoices", "from_balance", "")
		if len(sent) != 1 || !strings.Contains(sent[0], "Autopay takes it") || strings.Contains(sent[0], "Please pay") || payLinkOf(t, s, p.box.got[0]) != "" {
			t.Errorf("with autopay: %q", sent)
		}
		must(t, s.M.Finance.Of(p.alice.ID).StopAutopay(s.Context))
		p.letters()
		for kind, says := range map[string][]string{"invoices": {": invoice ", "Here is your invoice", "Please pay € 10.00 by 15 Dec 2099"},
			"proforma-invoices": {": proforma invoice", "payment in advance", "Please pay € 10.00 by 15 Dec 2099"}, "credit-notes": {": credit note", "credited"}} {
			page, sent := p.issue(kind, "due_day", "2099-12-15", "from_balance", "")
			if len(sent) != 1 {
				t.Fatalf("%s: %q", kind, sent)
			}
			for _, want := range append(says, "\n"+s.URL+page+"\n", "10.00") {
				if !strings.Contains(sent[0], strings.ReplaceAll(want, "€ 10", "€\u00a010")) {
					t.Errorf("%s: no %q in %s", kind, want, sent[0])
				}
			}
			if s.LogIn("alice").Get(page).Status != 200 {
				t.Errorf("%s is not there", page)
			}
			link := payLinkOf(t, s, p.box.got[0])
			if (link != "") != (kind != "credit-notes") {
				t.Errorf("%s: the pay link is %q", kind, link)
			}
			if link != "" && s.Client().Get(link).Status != 200 {
				t.Errorf("%s: the link does not work", kind)
			}
			if len(p.box.got[0].Attachments) != 0 {
				t.Errorf("%s: something is attached", kind)
			}
		}
		if _, sent := p.issue("invoices", "mail", ""); len(sent) != 0 {
			t.Errorf("staff did not want it: %q", sent)
		}
		if _, sent := p.issue("invoices", "line.0.price", "0"); len(sent) != 1 || !strings.Contains(sent[0], "Nothing is left to pay") || payLinkOf(t, s, p.box.got[0]) != "" {
			t.Errorf("of nothing: %q", sent)
		}
	})
}

// Imports, seeds and whatever else does not come over the desk write to nobody (beyond.md: customers who were migrated); neither does
// the desk to who has no mail about documents, nor about what was deleted before it could.
func TestNoDocumentLetters(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newIssuing(t, s)
		for _, setting := range documentSettings {
			s.Set(setting, "on")
		}
		me := finance.Party{CustomerID: p.alice.ID, PartnerID: 1, Currency: "EUR"}
		items := []finance.Item{{Description: "x", Price: 100}}
		_, err := s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: me, Day: "2026-11-20", Items: items})
		must(t, err)
		_, err = s.M.Finance.IssueProforma(s.Context, finance.NewProforma{Party: me, Day: "2026-11-20", Items: items})
		must(t, err)
		_, err = s.M.Finance.IssueCreditNote(s.Context, finance.NewCreditNote{Party: me, Day: "2026-11-20", Items: items})
		must(t, err)
		if sent := p.letters(); len(sent) != 0 {
			t.Errorf("without the desk: %q", sent)
		}

		p.box.broken = true
		page, _ := p.issue("invoices", "from_balance", "")
		p.staff.Do("POST", strings.Replace(page, "/finance", p.path, 1)+"/removal", url.Values{"reason": {"typed twice"}})
		p.box.broken = false
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE jobs SET run_at = created_at WHERE kind = ?", finance.JobDocument).Error)
		if sent := p.letters(); len(sent) != 0 {
			t.Errorf("deleted: %q", sent)
		}

		edit := s.LogInStaff("admin")
		f := form(edit.Get(p.path+"/edit"), "form.form")
		f.Set("no_finance_mail", "1")
		if answer := edit.Do("POST", p.path, f); answer.Status != 303 {
			t.Fatalf("the customer's form: %d %s", answer.Status, answer.Text("main"))
		}
		if !strings.Contains(edit.Get(p.path).Text("main"), "No mail about documents") {
			t.Error("the card does not say that there is no mail")
		}
		if _, sent := p.issue("invoices"); len(sent) != 0 {
			t.Errorf("no mail about documents: %q", sent)
		}
		_, err = s.M.Finance.RecordPayment(s.Context, finance.NewPayment{Party: me, MethodID: finance.MethodCash, Day: "2026-11-22", Amount: 1_000})
		must(t, err)
		if sent := p.letters(); len(sent) != 0 {
			t.Errorf("no mail about documents, and a receipt: %q", sent)
		}
	})
}

// B48: the document as PDF goes along where the partner says so and the customer's language can be drawn, and demo staff read it in the
// outbox.
func TestDocumentLettersPDF(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newIssuing(t, s)
		s.Set("mail_document_pdf", "on")
		for kind, name := range map[string]string{"invoices": "invoice-", "proforma-invoices": "proforma-invoice-", "credit-notes": "credit-note-"} {
			s.Set(documentSettings[kind], "on")
			_, sent := p.issue(kind)
			if len(sent) != 1 || !strings.Contains(sent[0], "attached as a PDF") || len(p.box.got[0].Attachments) != 1 {
				t.Fatalf("%s: %q", kind, sent)
			}
			if a := p.box.got[0].Attachments[0]; !strings.HasPrefix(a.Name, name) || !strings.HasSuffix(a.Name, ".pdf") || a.Type != "application/pdf" || !bytes.HasPrefix(a.Data, []byte("%PDF")) {
				t.Errorf("%s: attached is %s %s", kind, a.Name, a.Type)
			}
		}
		p.worker = jobs.New(s.M, jobs.Couriers{Mail: capture.Mailer(s.M.Messages), Sender: "portal@example.com"}).Portal(s.Server.Kit(), "127.0.0.1")
		p.issue("invoices")
		admin := s.LogInStaff("admin")
		page := admin.Get("/admin/outbox")
		href, _ := page.Find(`a[href^="/admin/outbox/files/"]`).Attr("href")
		if file := admin.Get(href); file.Status != 200 || !strings.HasPrefix(file.Body, "%PDF") || !strings.Contains(file.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the file %q: %d", href, file.Status)
		}
		p.worker = p.box.worker(s)
		must(t, s.M.DB.Q(s.Context).Model(&customer.Customer{}).Where("id = ?", p.alice.ID).Update("language", "ar").Error)
		if _, sent := p.issue("invoices"); len(sent) != 1 || len(p.box.got[0].Attachments) != 0 || strings.Contains(sent[0], "PDF") || !strings.Contains(p.box.got[0].HTML, `dir="rtl"`) {
			t.Errorf("in Arabic: %q", sent)
		}
	})
}

// §3.4, decision 23: a corrected invoice is told of where invoices are, and says which one it replaces; what the customer cannot see,
// the form sent twice and a correction that staff do not want told are not.
func TestCorrectedInvoiceLetters(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newIssuing(t, s)
		page, _ := p.issue("invoices", "from_balance", "")
		at := strings.Replace(page, "/finance", p.path, 1)
		correct := func(change ...string) []string {
			t.Helper()
			f := form(p.staff.Get(at+"/edit"), "form.desk-form")
			for i := 0; i < len(change); i += 2 {
				if f.Set(change[i], change[i+1]); change[i+1] == "" {
					f.Del(change[i])
				}
			}
			for range 2 {
				if answer := p.staff.Do("POST", at, f); answer.Status != 303 {
					t.Fatalf("correcting: %d %s", answer.Status, answer.Text("main"))
				}
			}
			return p.letters()
		}
		if sent := correct("line.0.price", "11.00", "mail", "1"); len(sent) != 0 {
			t.Errorf("switched off: %q", sent)
		}
		s.Set("mail_invoices", "on")
		must(t, s.M.Finance.Of(p.alice.ID).StopAutopay(s.Context))
		p.letters()
		if sent := correct("memo", "called us"); len(sent) != 0 {
			t.Errorf("the memo alone: %q", sent)
		}
		if sent := correct("line.0.price", "12.00", "mail", ""); len(sent) != 0 {
			t.Errorf("staff did not want it: %q", sent)
		}
		inv, err := s.M.Finance.Of(p.alice.ID).Invoice(s.Context, idIn(t, page), "2026-11-20")
		must(t, err)
		sent := correct("line.0.price", "15.00")
		if len(sent) != 1 {
			t.Fatalf("%q", sent)
		}
		for _, want := range []string{": corrected invoice " + inv.Number + " over €\u00a015.00", "the place of the one over €\u00a012.00", "Please pay €\u00a015.00", s.URL + page} {
			if !strings.Contains(strings.NewReplacer("\u2066", "", "\u2068", "", "\u2069", "").Replace(sent[0]), want) {
				t.Errorf("no %q in %s", want, sent[0])
			}
		}
		if sent := correct("note", "sorry"); len(sent) != 1 {
			t.Errorf("the note: %q", sent)
		}
	})
}

// idIn is the number at the end of an address.
func idIn(t *testing.T, address string) int64 {
	t.Helper()
	id, err := strconv.ParseInt(address[strings.LastIndexByte(address, '/')+1:], 10, 64)
	must(t, err)
	return id
}
