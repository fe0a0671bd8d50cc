package jobs

import (
	"context"
	"errors"
	"fmt"

	"myisp/internal/courier"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/portal"
	"myisp/models/service"
	"myisp/views/mail"
)

// The jobs of blocking: kindBlocking looks every hour in which partner's zone a day has begun, kindRound does a part of that
// partner's customers and leads to the next.
const (
	kindBlocking = "blocking.day"
	kindRound    = "blocking.round"
)

// round is the payload of kindRound: the last customer of the part before.
type round struct {
	Partner int64
	Day     db.Day
	After   int64
}

const (
	// roundSize is how many customers one job looks at: few enough for its time even if all of them are blocked at once.
	roundSize = 500
	// blockingHour is when a partner's day of blocking begins, in its zone: when somebody can be reached about it.
	blockingHour = 8
)

// blocking begins a partner's round, once a day.
func (w *Worker) blocking(ctx context.Context, _ *job.Job) error {
	snap, err := w.m.Portal.Snapshot(ctx)
	if err != nil {
		return err
	}
	for _, id := range snap.Partners() {
		now := w.m.DB.Now().In(snap.Partner(id).Values.Zone())
		if now.Hour() < blockingHour {
			continue
		}
		if err := w.nextRound(ctx, round{Partner: id, Day: db.DayOf(now, now.Location())}); err != nil {
			return err
		}
	}
	return nil
}

func (w *Worker) nextRound(ctx context.Context, r round) error {
	return w.m.Jobs.Enqueue(ctx, kindRound, r, job.Unique(fmt.Sprintf("%s:%d:%s:%d", kindRound, r.Partner, r.Day, r.After)))
}

// blockingRound does a part. Each customer is a transaction of their own: a part that is done again does nothing twice. Those
// who could not be dealt with hold up neither the others nor the next part; the part is done again for them.
func (w *Worker) blockingRound(ctx context.Context, j *job.Job) error {
	var r round
	if err := w.m.Jobs.Decode(j, &r); err != nil {
		return courier.Lasting(err)
	}
	last, more, err := w.m.Services.Round(ctx, r.Partner, r.After, roundSize)
	if more {
		r.After = last
		err = errors.Join(err, w.nextRound(ctx, r))
	}
	return err
}

// standingNotice mails about blocking and promises to where finance mail goes. A reminder of what was paid before it could be
// sent is not sent.
func (w *Worker) standingNotice(ctx context.Context, j *job.Job) error {
	var n service.Notice
	if err := w.m.Jobs.Decode(j, &n); err != nil {
		return courier.Lasting(err)
	}
	ctx, who, err := w.payer(ctx, n.CustomerID)
	if err != nil || who.to == "" {
		return err
	}
	me := w.m.Finance.Of(who.ID)
	balance, err := me.Balance(ctx)
	if err != nil {
		return err
	}
	letter := mail.Standing{Name: who.Name, Brand: portal.PortalTitle.Of(who.view.Values), Color: who.view.Brand.Color, Kind: n.Kind, Day: n.Day, Amount: money.Of(n.Minor, balance.Currency),
		Contact: contact(who.view), Links: w.payPage(who)}
	if n.InvoiceID != 0 {
		doc, err := me.LinkDocument(ctx, finance.KindInvoice, n.InvoiceID)
		if db.KindOf(err) == db.NotFound || err == nil && doc.Due <= 0 {
			return nil
		}
		if err == nil {
			letter.Links, err = w.leads(ctx, j, who, finance.KindInvoice, n.InvoiceID, true)
		}
		if err != nil {
			return err
		}
		letter.Number, letter.Due = doc.Number, money.Of(doc.Due, doc.Currency)
	}
	return w.sendMail(ctx, j, who.view, who.to, letter.Subject(ctx), letter.Text(ctx), letter)
}
