package handlers_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/internal/courier"
	"myisp/models/customer"
	"myisp/models/finance"
)

// purse is a customer whose money moves, what the portal mails them of it, and themselves at the portal.
type purse struct {
	*handlerstest.Site
	t      *testing.T
	box    *postbox
	worker *jobs.Worker
	who    customer.Customer
	party  finance.Party
	me     *handlerstest.Client
	n      int
}

func newPurse(t *testing.T, s *handlerstest.Site, lang string) *purse {
	newCast(t, s)
	p := &purse{Site: s, t: t, box: &postbox{}}
	p.worker = p.box.worker(s)
	p.who = s.Customer(customer.Customer{Login: "zoe", Email: "zoe@example.com", BillingEmail: "books@example.com", Language: lang})
	p.party = finance.Party{CustomerID: p.who.ID, PartnerID: 1, Currency: "EUR"}
	p.me = s.LogIn("zoe")
	p.mailed() // what the cast did
	return p
}

var linkInMail = regexp.MustCompile(`(?m)^(http://\S+)$`)

// mailed lets the queue work and returns what went to the customer's address for finance mail; each link of it leads to a page.
func (p *purse) mailed() (list []courier.Mail) {
	p.t.Helper()
	p.box.got = nil
	for p.worker.Once(p.Context) {
	}
	for _, m := range p.box.got {
		if m.To[0] != "books@example.com" {
			continue
		}
		list = append(list, m)
		links := linkInMail.FindAllString(m.Text, -1)
		if len(links) == 0 {
			p.t.Errorf("%q leads nowhere: %s", m.Subject, m.Text)
		}
		for _, link := range links {
			path, ours := strings.CutPrefix(link, p.URL)
			if page := p.me.Get(path); !ours || page.Status != http.StatusOK || !strings.Contains(m.HTML, `href="`+link+`"`) {
				p.t.Errorf("%q leads to %s: %d", m.Subject, link, page.Status)
			}
		}
	}
	return list
}

// one is the only letter that was mailed, and holds it to what it says.
func (p *purse) one(what string, says ...string) courier.Mail {
	p.t.Helper()
	list := p.mailed()
	if len(list) != 1 {
		p.t.Fatalf("%s: %d letters: %+v", what, len(list), list)
	}
	text := strings.ReplaceAll(list[0].Subject+"\n"+list[0].Text, "\u00a0", " ")
	for _, s := range says {
		if !strings.Contains(text, s) {
			p.t.Errorf("%s: no %q in %s", what, s, text)
		}
	}
	return list[0]
}

func (p *purse) invoice(minor int64) finance.Invoice {
	p.t.Helper()
	inv, err := p.M.Finance.Desk(p.who.ID).IssueInvoice(p.Context, finance.NewInvoice{Party: p.party, Day: "2026-11-01", DueDay: "2026-11-30", Items: []finance.Item{{Description: "Fiber", Price: minor}}})
	must(p.t, err)
	return inv
}

// attempt begins to pay an invoice at the gateway; report is what the gateway then tells of it.
func (p *purse) attempt(inv finance.Invoice, link int64) finance.Attempt {
	p.t.Helper()
	p.n++
	a, err := p.M.Finance.Of(p.who.ID).BeginAttempt(p.Context, finance.NewAttempt{Key: fmt.Sprintf("key-of-the-attempt-%d", p.n), Party: p.party, Gateway: "sandbox", MethodID: finance.MethodCard,
		Purpose: finance.PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: inv.Due, PayLinkID: link})
	must(p.t, err)
	must(p.t, p.M.Finance.Started(p.Context, a.ID, fmt.Sprintf("x-%d", p.n), "https://gateway.example"))
	return a
}

func (p *purse) report(a finance.Attempt, state finance.AttemptState, received, returned int64) finance.Attempt {
	p.t.Helper()
	a, err := p.M.Finance.Settle(p.Context, a.ID, finance.Outcome{State: state, Reason: map[bool]string{true: "funds"}[state == finance.AttemptDeclined], Currency: "EUR",
		Received: received, Returned: returned, Method: "Visa •••• 4242", Day: "2026-11-20"}, finance.Item{})
	must(p.t, err)
	return a
}

// A debit that bounced and a charge back are told by mail and on home, until the customer puts the notice away.
func TestLostMoneyLetters(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPurse(t, s, "en")
		inv := p.invoice(4290)
		a := p.report(p.attempt(inv, 0), finance.AttemptPending, 0, 0)
		if p.me.Get("/").Has(".notice-lost") || len(p.mailed()) != 0 {
			t.Error("told before it happened")
		}
		p.report(a, finance.AttemptDeclined, 0, 0)
		p.one("bounced", "MyISP: your payment of € 42.90 did not arrive", "Visa •••• 4242", "not enough money", "You owe € 42.90 now.", "\n"+s.URL+"/pay\n", fmt.Sprintf("/pay/attempts/%d\n", a.ID))
		home := p.me.Get("/")
		if text := home.Text(".notice-lost"); !strings.Contains(text, "Your payment of € 42.90 did not arrive") || home.Find(`.notice-lost a[href="/pay"]`).Length() != 1 {
			t.Errorf("home: %s", text)
		}
		seen := home.Find(".notice-lost form").AttrOr("action", "")
		if other := s.LogIn("alice").Post(seen); other.Status != http.StatusNotFound {
			t.Errorf("another customer put it away: %d", other.Status)
		}
		if page := p.me.Post(seen); page.Status != http.StatusSeeOther || p.me.Get("/").Has(".notice-lost") {
			t.Errorf("put away: %d", page.Status)
		}

		b := p.report(p.attempt(inv, 0), finance.AttemptPaid, 4290, 0)
		p.one("paid", "we received € 42.90", "It paid: "+inv.Number+": € 42.90", "Nothing more is owed.", fmt.Sprintf("/finance/payments/%d\n", b.PaymentID))
		p.report(b, finance.AttemptPaid, 4290, 4290)
		m := p.one("charged back", "your payment was taken back", "€ 42.90 of your payment went back", "Open again: "+inv.Number, "You owe € 42.90 now.", "\n"+s.URL+"/pay\n")
		if strings.Contains(m.Text, "We gave you") {
			t.Error("a charge back is told as a refund")
		}
		if text := p.me.Get("/").Text(".notice-lost"); !strings.Contains(text, "Your payment of € 42.90 was taken back") || !strings.Contains(text, "Pay again") {
			t.Errorf("home after the charge back: %s", text)
		}
		// Who has paid meanwhile is not told to pay again.
		_, err := s.M.Finance.RecordPayment(s.Context, finance.NewPayment{Quiet: true, Party: p.party, MethodID: finance.MethodCash, Day: "2026-11-21", Amount: 4290})
		must(t, err)
		if home := p.me.Get("/"); !strings.Contains(home.Text(".notice-lost"), "You owe nothing") || home.Find(`.notice-lost a[href="/pay"]`).Length() != 0 {
			t.Errorf("home after paying: %s", home.Text(".notice-lost"))
		}
		// A proforma invoice is not owed, and yet asked for again when its money was taken back.
		pro, err := s.M.Finance.IssueProforma(s.Context, finance.NewProforma{Party: p.party, Day: "2026-11-20", DueDay: "2026-12-01", Items: []finance.Item{{Description: "Ahead", Price: 2500}}})
		must(t, err)
		c, err := s.M.Finance.Of(p.who.ID).BeginAttempt(s.Context, finance.NewAttempt{Key: "key-of-the-proforma", Party: p.party, Gateway: "sandbox", MethodID: finance.MethodCard,
			Purpose: finance.PayProforma, DocumentIDs: []int64{pro.ID}, Amount: 2500})
		must(t, err)
		p.report(c, finance.AttemptPaid, 2500, 0)
		p.one("ahead", "It paid: "+pro.Number+": € 25.00")
		p.report(c, finance.AttemptPaid, 2500, 2500)
		if m := p.one("taken back ahead", "still to be paid", "\n"+s.URL+"/pay\n"); strings.Contains(m.Text, "You owe") {
			t.Errorf("a proforma invoice is told as owed: %s", m.Text)
		}
		if text := p.me.Get("/").Text(".notice-lost"); !strings.Contains(text, "Pay again") {
			t.Errorf("home: %s", text)
		}
	})
}

// What staff give back or cancel is told once, in the customer's language, of what they know of; the receipt says what it paid and
// what is left. Who wants no mail about documents has none of the receipts.
func TestDeskMoneyLetters(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPurse(t, s, "en")
		desk := s.M.Finance.Desk(p.who.ID)
		first, second := p.invoice(3000), p.invoice(2000)
		pay, err := desk.RecordPayment(s.Context, finance.NewPayment{Key: "pay-1", Party: p.party, MethodID: finance.MethodCash, Day: "2026-11-20", Amount: 3500})
		must(t, err)
		p.one("a receipt", "It paid: "+first.Number+": € 30.00 · "+second.Number+": € 5.00", "You owe € 15.00 now.", fmt.Sprintf("/finance/payments/%d\n", pay.ID), "\n"+s.URL+"/pay\n")
		for range 2 {
			_, err := desk.Refund(s.Context, finance.NewRefund{Key: "back-1", PaymentID: pay.ID, MethodID: finance.MethodCash, Day: "2026-11-21", Amount: 1000})
			must(t, err)
		}
		back, err := s.M.Finance.Of(p.who.ID).Payment(s.Context, pay.ID)
		must(t, err)
		refund := back.GivenBack[0]
		p.one("a refund", "we gave you € 10.00 back", refund.Number, "Payment method: Cash", "Open again: "+second.Number+": € 5.00 · "+first.Number+": € 5.00", "You owe € 25.00 now.",
			fmt.Sprintf("/finance/payments/%d\n", refund.PaymentID))
		must(t, desk.DeletePayment(s.Context, refund.PaymentID, finance.Reversal{Day: "2026-11-22", Reason: "wrong customer"}))
		m := p.one("a refund that was cancelled", "refund "+refund.Number+" was cancelled", "€ 10.00")
		must(t, desk.DeletePayment(s.Context, pay.ID, finance.Reversal{Day: "2026-11-22", Reason: "wrong customer"}))
		m = p.one("a payment that was cancelled", "payment "+pay.ReceiptNumber+" was cancelled", "does not count", "You owe € 50.00 now.")
		if strings.Contains(m.Text, "wrong customer") {
			t.Error("the letter gives staff's reason away")
		}

		// Cancelled before the queue came to it: neither a receipt nor a word about it.
		pay, err = desk.RecordPayment(s.Context, finance.NewPayment{Key: "pay-2", Party: p.party, MethodID: finance.MethodCash, Day: "2026-11-20", Amount: 3500})
		must(t, err)
		must(t, desk.DeletePayment(s.Context, pay.ID, finance.Reversal{Day: "2026-11-22", Reason: "typed twice"}))
		if list := p.mailed(); len(list) != 0 {
			t.Errorf("a slip was told: %+v", list)
		}
		// A letter that is sent again is the same one.
		_, err = desk.RecordPayment(s.Context, finance.NewPayment{Key: "pay-3", Party: p.party, MethodID: finance.MethodCash, Day: "2026-11-20", Amount: 100})
		must(t, err)
		p.box.broken = true
		if list := p.mailed(); len(list) != 1 {
			t.Errorf("%d attempts", len(list))
		}
		p.box.broken = false

		s.Set("menu_items", "services")
		pay, err = desk.RecordPayment(s.Context, finance.NewPayment{Key: "pay-4", Party: p.party, MethodID: finance.MethodCash, Day: "2026-11-20", Amount: 100})
		must(t, err)
		p.box.got = nil
		for p.worker.Once(s.Context) {
		}
		for _, m := range p.box.got {
			if linkInMail.MatchString(m.Text) {
				t.Errorf("without the finance module a letter leads to it: %s", m.Text)
			}
		}
	})
}

// Each letter speaks the customer's language.
func TestMoneyLettersSpeakTheirLanguage(t *testing.T) {
	for lang, want := range map[string]string{"es": "no ha llegado", "ar": "لم تصل"} {
		each(t, func(t *testing.T, s *handlerstest.Site) {
			p := newPurse(t, s, lang)
			a := p.report(p.attempt(p.invoice(4290), 0), finance.AttemptPending, 0, 0)
			p.report(a, finance.AttemptDeclined, 0, 0)
			if m := p.one("bounced", want); lang == "ar" && !strings.Contains(m.HTML, `dir="rtl"`) {
				t.Error("the letter does not run from right to left")
			}
			if text := p.me.Get("/").Text(".notice-lost"); !strings.Contains(text, want) {
				t.Errorf("home: %s", text)
			}
		})
	}
}

// Whoever may take a customer's money is told to them, with the terms of autopay and whom to tell if it was not them.
func TestMandateLetters(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPurse(t, s, "en")
		me := s.M.Finance.Of(p.who.ID)
		keep := func(token, last4 string, replaces int64) finance.SavedMethod {
			p.n++
			row, err := me.BeginMethod(s.Context, finance.NewMethod{Key: fmt.Sprintf("key-of-the-method-%d", p.n), PartnerID: 1, Gateway: "sandbox", Replaces: replaces})
			must(t, err)
			row, err = s.M.Finance.KeepMethod(s.Context, row.ID, finance.SavedFacts{Token: token, Kind: "card", Brand: "Visa", Last4: last4})
			must(t, err)
			return row
		}
		first := keep("tok_1", "4242", 0)
		p.one("added", "a payment method was added", "Visa •••• 4242 was added", "Was this not you?", fmt.Sprintf("/finance/payment-methods/%d\n", first.ID))
		terms := finance.AutopayTerms{Party: p.party, MethodID: first.ID, Rule: finance.RuleDay, Days: 3, Most: 5000, Version: "1", Language: "en", Text: "I agree."}
		_, err := me.StartAutopay(s.Context, terms, "2026-11-20")
		must(t, err)
		p.one("on", "autopay is on", "From 21 Nov 2026 on", "Visa •••• 4242", "On day 3 of each month", "At most: € 50.00", "Was this not you?", "/finance/autopay\n")
		terms.Most = 0
		_, err = me.StartAutopay(s.Context, terms, "2026-11-20")
		must(t, err)
		p.one("changed", "autopay was changed", "No limit but what you owe")
		second := keep("tok_2", "1881", first.ID)
		p.one("replaced", "Visa •••• 1881 has taken the place of Visa •••• 4242", fmt.Sprintf("/finance/payment-methods/%d\n", second.ID))
		must(t, me.StopAutopay(s.Context))
		p.one("off", "autopay is off", "Was this not you?", "/finance/autopay\n")
		must(t, me.RemoveMethod(s.Context, second.ID))
		p.one("removed", "a payment method was removed", "Visa •••• 1881", "/finance/payment-methods\n")
	})
}
