package jobs

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/portal"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/mail"
)

// payer is a customer as letters about money reach them; to is "" where nobody is written to.
type payer struct {
	customer.Customer
	billing customer.Billing
	view    *portal.View
	to      string
}

// wantsDocuments reports whether the customer has mail about documents and payments at all (send_finance_notification). Blocking
// and what becomes of autopay are told all the same.
func (p payer) wantsDocuments() bool { return p.to != "" && !p.billing.NoFinanceMail }

// payer finds whom a letter about money goes to (§2.13). The context it returns speaks their language in the partner's way of
// writing. Who is gone is written to no more.
func (w *Worker) payer(ctx context.Context, id int64) (context.Context, payer, error) {
	who, err := w.m.Customers.Find(ctx, id)
	if err != nil {
		if db.KindOf(err) == db.NotFound {
			err = nil
		}
		return ctx, payer{}, err
	}
	billing, err := w.m.Customers.Of(id).Billing(ctx)
	if err != nil {
		return ctx, payer{}, err
	}
	snap, err := w.m.Portal.Snapshot(ctx)
	if err != nil {
		return ctx, payer{}, err
	}
	p := payer{who, billing, snap.Partner(who.PartnerID), customer.FinanceMail(who)}
	return format.With(i18n.With(ctx, who.Language), web.Localisation(p.view.Values)), p, nil
}

// pageOf is where the portal shows a document, and the page of P51 that it belongs to.
var pageOf = map[finance.DocumentKind]struct{ path, page string }{
	finance.KindInvoice: {"/finance/invoices/", "invoices"}, finance.KindProforma: {"/finance/proforma-invoices/", "proforma_invoices"},
	finance.KindCreditNote: {"/finance/credit-notes/", "credit_notes"},
}

// way is where a letter leads: a page of the portal, where this customer's partner shows what it belongs to (P3, P51).
func (w *Worker) way(who payer, page, path, to string) []mail.Way {
	if w.kit == nil || !web.Shows(who.view, "finance", page) {
		return nil
	}
	return []mail.Way{{URL: w.kit.OriginOf(who.view, w.here) + path, To: to}}
}

// payWay leads to paying, where something is owed.
func (w *Worker) payWay(who payer, owed money.Money) []mail.Way {
	if !owed.Positive() {
		return nil
	}
	return w.way(who, "", "/pay", "pay")
}

// owed is what a customer owes now, nothing when they are in credit.
func (w *Worker) owed(ctx context.Context, who payer) (money.Money, error) {
	b, err := w.m.Finance.Of(who.ID).Balance(ctx)
	return money.Of(max(0, -b.Minor), b.Currency), err
}

// payPage is where a letter leads that asks for money: the page on which everything is paid.
func (w *Worker) payPage(who payer) mail.Links {
	if w.kit == nil || !web.Shows(who.view, "finance", "") {
		return mail.Links{}
	}
	return mail.Links{URL: w.kit.OriginOf(who.view, w.here) + "/pay", To: "pay"}
}

// leads is where a letter about a document leads: to the document, where customers have its page; and where the letter asks for
// money, to paying it, without logging in too where the partner wants that (B53). That link is named by its job, so that every
// attempt at sending the letter sends the same.
func (w *Worker) leads(ctx context.Context, j *job.Job, who payer, kind finance.DocumentKind, id int64, asks bool) (mail.Links, error) {
	l := mail.Links{}
	if asks {
		l = w.payPage(who)
	}
	if w.kit == nil {
		return l, nil
	}
	if page := pageOf[kind]; web.Shows(who.view, "finance", page.page) {
		l.URL, l.To = w.kit.OriginOf(who.view, w.here)+page.path+strconv.FormatInt(id, 10), string(kind)
	}
	if !asks || !portal.PayLinkMails.Of(who.view.Values) {
		return l, nil
	}
	me, life := w.m.Finance.Of(who.ID), time.Duration(portal.PayLinkDays.Of(who.view.Values))*24*time.Hour
	token, link, ok, err := me.MailedPayLink(ctx, kind, id, life, fmt.Sprintf("%s:%d:%d", j.Kind, j.ID, j.CreatedAt.UnixMicro()))
	if db.KindOf(err) == db.NotFound {
		return l, nil
	}
	if ok {
		l.Pay, l.Until = w.kit.OriginOf(who.view, w.here)+web.PayLinkPath(token), link.ExpiresAt
	}
	return l, err
}
