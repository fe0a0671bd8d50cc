package jobs

import (
	"context"
	"strconv"

	"myisp/internal/courier"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/portal"
	views "myisp/views/finance"
	"myisp/views/mail"
)

// moneyNotice mails what became of a customer's money to where finance mail goes. What staff gave back is told as documents and
// receipts are; what was lost is told all the same, because it is owed again.
func (w *Worker) moneyNotice(ctx context.Context, j *job.Job) error {
	var n finance.MoneyNotice
	if err := w.m.Jobs.Decode(j, &n); err != nil {
		return courier.Lasting(err)
	}
	ctx, who, err := w.payer(ctx, n.CustomerID)
	if err != nil || who.to == "" || n.Kind == finance.MoneyGivenBack && !who.wantsDocuments() {
		return err
	}
	letter := mail.Money{Name: who.Name, Brand: portal.PortalTitle.Of(who.view.Values), Color: who.view.Brand.Color, Kind: n.Kind, Amount: money.Of(n.Minor, n.Currency), Contact: contact(who.view)}
	if letter.Owed, err = w.owed(ctx, who); err != nil {
		return err
	}
	fill := w.ofPayment
	if n.Kind == finance.MoneyBounced {
		fill = w.ofAttempt
	}
	if told, err := fill(ctx, n, who, &letter); err != nil || !told {
		return err
	}
	return w.sendMail(ctx, j, who.view, who.to, letter.Subject(ctx), letter.Text(ctx), letter)
}

// ofAttempt says what bounced; money that has come meanwhile did not.
func (w *Worker) ofAttempt(ctx context.Context, n finance.MoneyNotice, who payer, l *mail.Money) (told bool, err error) {
	a, docs, err := w.m.Finance.Of(who.ID).Attempt(ctx, n.AttemptID)
	if err != nil || a.Received > 0 {
		return false, err
	}
	l.Method, l.Reason, l.Link = a.Method, a.Reason, a.PayLinkID != 0
	again, err := w.again(ctx, a, docs, who, l)
	l.Ways = append(again, w.way(who, "", "/pay/attempts/"+strconv.FormatInt(a.ID, 10), "attempt")...)
	return true, err
}

// again leads to paying where what a lost payment was for is still to be paid: what is owed, or a proforma invoice, which is not.
func (w *Worker) again(ctx context.Context, a finance.Attempt, docs []finance.AttemptDocument, who payer, l *mail.Money) ([]mail.Way, error) {
	l.Again = l.Owed.Positive()
	if a.Purpose == finance.PayProforma && len(docs) == 1 {
		p, err := w.m.Finance.Of(who.ID).ProformaInvoice(ctx, docs[0].DocumentID, db.DayOf(w.m.DB.Now(), who.view.Values.Zone()))
		if err != nil {
			return nil, err
		}
		l.Again = l.Again || p.State.Open()
	}
	if !l.Again {
		return nil, nil
	}
	return w.way(who, "", "/pay", "pay"), nil
}

// ofPayment says what a refund gave back and opened, or what was cancelled. A refund that was cancelled before it could be told
// of is not told of.
func (w *Worker) ofPayment(ctx context.Context, n finance.MoneyNotice, who payer, l *mail.Money) (told bool, err error) {
	p, err := w.m.Finance.Of(who.ID).Payment(ctx, n.PaymentID)
	if err != nil {
		if db.KindOf(err) == db.NotFound {
			err = nil
		}
		return false, err
	}
	if n.Kind == finance.MoneyGivenBack {
		if told, err := w.m.Finance.MailReceipt(ctx, p.ID); err != nil || !told {
			return false, err
		}
	}
	l.Number, l.Day, l.Refund = p.ReceiptNumber, p.Day, n.Kind == finance.MoneyCancelled && p.Amount < 0
	if n.Kind != finance.MoneyCancelled {
		if l.Method = views.MethodText(ctx, p.Method); n.AttemptID != 0 && p.Comment != "" {
			l.Method = p.Comment // "Visa •••• 4242"
		}
	}
	for _, o := range p.Opened {
		l.Opened = append(l.Opened, mail.Part{Name: o.Number, Amount: o.Amount})
	}
	page := w.way(who, "payments", views.Path("payments")+"/"+strconv.FormatInt(p.ID, 10), "payment")
	if n.Kind != finance.MoneyTakenBack {
		l.Ways = append(page, w.payWay(who, l.Owed)...)
		return true, nil
	}
	a, docs, err := w.m.Finance.Of(who.ID).Attempt(ctx, n.AttemptID)
	if err != nil {
		return false, err
	}
	again, err := w.again(ctx, a, docs, who, l)
	l.Ways = append(again, page...)
	return true, err
}
