package handlers_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/internal/courier"
	"myisp/models/finance"
)

// postbox is a mail server that keeps what it gets, attachments and all. While broken it says that it got nothing, although it
// did: the letter is sent again.
type postbox struct {
	got    []courier.Mail
	broken bool
}

func (b *postbox) Send(_ context.Context, m courier.Mail) error {
	if err := m.Check(); err != nil {
		return err
	}
	b.got = append(b.got, m)
	if b.broken {
		return errors.New("the connection was lost")
	}
	return nil
}

// worker is one that posts into the box, for the portal of a site.
func (b *postbox) worker(s *handlerstest.Site) *jobs.Worker {
	return jobs.New(s.M, jobs.Couriers{Mail: b, Sender: "portal@example.com"}).Portal(s.Server.Kit(), strings.TrimPrefix(s.URL, "http://"))
}

var payLinkInMail = regexp.MustCompile(`(?m)^Pay without logging in:\n(http://\S+)(/pay/\S+)$`)

// payLinkOf is the path of the pay link in a letter, which both of its faces carry; "" is none.
func payLinkOf(t *testing.T, s *handlerstest.Site, m courier.Mail) string {
	t.Helper()
	found := payLinkInMail.FindStringSubmatch(m.Text)
	if found == nil {
		if strings.Contains(m.HTML, "/pay/") {
			t.Errorf("only the HTML has a link: %s", m.HTML)
		}
		return ""
	}
	if found[1] != s.URL || !strings.Contains(m.HTML, `href="`+found[1]+found[2]+`"`) {
		t.Errorf("the link of the text (%s) is not that of the HTML, or leads elsewhere", found[0])
	}
	return found[2]
}

func (p *debtor) invoice() finance.Invoice {
	p.t.Helper()
	var inv finance.Invoice
	must(p.t, p.M.DB.Q(p.Context).Where("customer_id = ?", p.who.ID).Take(&inv).Error)
	return inv
}

// B53, 0020: a reminder leads to its invoice in the portal and to paying it without logging in.
func TestReminderCarriesPayLink(t *testing.T) {
	eachDebtor(t, []string{"remind_unpaid"}, func(t *testing.T, p *debtor) {
		box := &postbox{}
		p.worker = box.worker(p.Site)
		p.at("2026-11-11")
		if len(box.got) != 1 {
			t.Fatalf("%d letters", len(box.got))
		}
		link, inv := payLinkOf(t, p.Site, box.got[0]), p.invoice()
		page := p.Client().Get(link)
		if page.Status != http.StatusOK || !strings.Contains(page.Text("main"), "29.90") || strings.Contains(page.Body, "Carla Carter") {
			t.Errorf("%s: %d %s", link, page.Status, page.Text("main"))
		}
		document := "/finance/invoices/" + strconv.FormatInt(inv.ID, 10)
		if text := box.got[0].Text; !strings.Contains(text, "\n"+p.URL+document+"\n") || !strings.Contains(text, inv.Number) || !strings.Contains(text, "until 11 Dec 2026") {
			t.Errorf("the letter says %s", text)
		}
		if p.LogIn("carla").Get(document).Status != http.StatusOK {
			t.Error("the portal does not have the page")
		}

		p.Set("pay_link_mails", "off")
		p.at("2026-11-16")
		if len(box.got) != 2 || payLinkOf(t, p.Site, box.got[1]) != "" || !strings.Contains(box.got[1].Text, p.URL+document) {
			t.Errorf("switched off: %d letters, the last %s", len(box.got), box.got[len(box.got)-1].Text)
		}
		p.Set("pay_link_mails", "on")
		p.Set("menu_items", "services")
		p.at("2026-11-21")
		if len(box.got) != 3 || payLinkOf(t, p.Site, box.got[2]) == "" || strings.Contains(box.got[2].Text, document) {
			t.Errorf("without the finance module: %d letters, the last %s", len(box.got), box.got[len(box.got)-1].Text)
		}
	})
}

// A letter that is sent again is the same letter with the same link; one that may have no link goes without.
func TestRemindersLinkIsBounded(t *testing.T) {
	eachDebtor(t, []string{"remind_unpaid"}, func(t *testing.T, p *debtor) {
		box := &postbox{broken: true}
		p.worker = box.worker(p.Site)
		p.at("2026-11-11")
		for range 3 {
			*p.now = p.now.Add(time.Hour)
			p.worker.Once(p.Context)
		}
		box.broken = false
		*p.now = p.now.Add(time.Hour)
		for p.worker.Once(p.Context) {
		}
		if len(box.got) != 5 {
			t.Fatalf("%d attempts", len(box.got))
		}
		for _, m := range box.got[1:] {
			if m.Text != box.got[0].Text || m.HTML != box.got[0].HTML || m.MessageID != box.got[0].MessageID {
				t.Errorf("another attempt, another letter: %s", m.Text)
			}
		}
		if n, _ := p.M.DB.Rows(p.Context, "pay_links"); n != 1 || payLinkOf(t, p.Site, box.got[4]) == "" {
			t.Errorf("%d links for one letter", n)
		}
		me := p.M.Finance.Of(p.who.ID)
		for range 9 {
			_, _, err := me.MakePayLink(p.Context, finance.KindInvoice, p.invoice().ID, 30*24*time.Hour)
			must(t, err)
		}
		p.at("2026-11-16")
		if len(box.got) != 6 || payLinkOf(t, p.Site, box.got[5]) != "" || !strings.Contains(box.got[5].Text, "/finance/invoices/") {
			t.Errorf("at the bound: %d letters, the last %s", len(box.got), box.got[len(box.got)-1].Text)
		}
	})
}

// Who pays between the day's round and the mail server is not reminded.
func TestNoReminderOfWhatIsPaid(t *testing.T) {
	eachDebtor(t, []string{"remind_unpaid"}, func(t *testing.T, p *debtor) {
		box := &postbox{broken: true}
		p.worker = box.worker(p.Site)
		p.at("2026-11-11")
		_, err := p.M.Finance.RecordPayment(p.Context, finance.NewPayment{Quiet: true, Party: finance.Party{CustomerID: p.who.ID, PartnerID: 1, Currency: "EUR"}, MethodID: finance.MethodCash,
			Day: "2026-11-11", Amount: 2990})
		must(t, err)
		box.broken = false
		*p.now = p.now.Add(2 * time.Hour)
		for p.worker.Once(p.Context) {
		}
		if len(box.got) != 1 {
			t.Errorf("%d letters, the last %s", len(box.got), box.got[len(box.got)-1].Text)
		}
	})
}
