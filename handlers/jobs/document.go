package jobs

import (
	"context"
	"errors"

	"myisp/handlers/web"
	"myisp/internal/courier"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/portal"
	"myisp/views/mail"
	"myisp/views/pdf"
)

// documentNotice mails that a document was issued to where finance mail goes (§3.5). One that was deleted before the mail server
// took the letter is not told of, and one that was paid is told of as it stands.
func (w *Worker) documentNotice(ctx context.Context, j *job.Job) error {
	var n finance.IssuedDocument
	if err := w.m.Jobs.Decode(j, &n); err != nil {
		return courier.Lasting(err)
	}
	ctx, who, err := w.payer(ctx, n.CustomerID)
	if err != nil || !who.wantsDocuments() {
		return err
	}
	today := db.DayOf(w.m.DB.Now(), who.view.Values.Zone())
	letter, err := w.documentLetter(ctx, n, who, today)
	if err != nil && db.KindOf(err) == db.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if letter.Links, err = w.leads(ctx, j, who, n.Kind, n.ID, letter.Asks()); err != nil {
		return err
	}
	var files []courier.Attachment
	if w.kit != nil && portal.MailPDF.Of(who.view.Values) {
		if files, err = w.drawn(ctx, n, who, today); err != nil {
			return err
		}
		letter.Attached = len(files) > 0
	}
	return w.sendMail(ctx, j, who.view, who.to, letter.Subject(ctx), letter.Text(ctx), letter, files...)
}

// documentLetter is what the letter says of the document as it stands on a day. Errors: db.ErrNotFound, for one that was deleted too.
func (w *Worker) documentLetter(ctx context.Context, n finance.IssuedDocument, who payer, today db.Day) (mail.Document, error) {
	me := w.m.Finance.Of(who.ID)
	l := mail.Document{Name: who.Name, Brand: portal.PortalTitle.Of(who.view.Values), Color: who.view.Brand.Color, Kind: string(n.Kind), Contact: contact(who.view)}
	l.Corrected = n.Corrected
	if n.Kind == finance.KindCreditNote {
		d, err := me.CreditNote(ctx, n.ID)
		if d.Status == finance.StatusDeleted {
			err = db.ErrNotFound
		}
		l.Number, l.Day, l.Amount = d.Number, d.Day, money.Of(d.Total, d.Currency)
		return l, err
	}
	d, err := me.LinkDocument(ctx, n.Kind, n.ID)
	if err != nil {
		return l, err
	}
	l.Number, l.Day, l.Amount, l.Due = d.Number, d.Day, money.Of(d.Total, d.Currency), money.Of(d.Due, d.Currency)
	l.Was = money.Of(n.Was, d.Currency)
	if d.DueDay >= today {
		l.DueDay = d.DueDay
	}
	if n.Kind == finance.KindInvoice && d.Due > 0 {
		next, err := me.NextCharge(ctx, today, w.takes)
		if err != nil && db.KindOf(err) != db.NotFound {
			return l, err
		}
		l.Charged = err == nil && next.Day != "" && !next.TooMuch && next.Stuck == ""
	}
	return l, nil
}

// drawn is the document as PDF, or nothing where the customer's language cannot be drawn: the page in the portal prints there.
func (w *Worker) drawn(ctx context.Context, n finance.IssuedDocument, who payer, today db.Day) ([]courier.Attachment, error) {
	if !pdf.Supported(who.Language) {
		return nil, nil
	}
	head, err := w.kit.Paper(who.view, who.BilledAs(who.billing))
	if err != nil {
		return nil, err
	}
	name, body, err := web.Drawn(ctx, w.m.Finance.Of(who.ID), n.Kind, n.ID, head, today)
	if errors.Is(err, pdf.ErrScript) {
		return nil, nil
	}
	return []courier.Attachment{{Name: name, Type: "application/pdf", Data: body}}, err
}
