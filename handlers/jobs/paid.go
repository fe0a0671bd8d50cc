package jobs

import (
	"context"
	"strconv"

	"myisp/handlers/web"
	"myisp/internal/courier"
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

// kindReceipt sends the receipt of a payment.
const kindReceipt = "finance.receipt"

// receipt is its payload.
type receipt struct {
	PaymentID int64
	Restored  bool // the payment has brought the services back
}

// paid does what follows from a payment: whoever was blocked for money is let in again at once, and the receipt goes out.
func (w *Worker) paid(ctx context.Context, j *job.Job) error {
	var p finance.PaidBy
	if err := w.m.Jobs.Decode(j, &p); err != nil {
		return courier.Lasting(err)
	}
	pay, err := w.m.Finance.PaymentByID(ctx, p.PaymentID)
	if db.KindOf(err) == db.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return w.m.DB.Tx(ctx, func(ctx context.Context) error {
		restored, err := w.m.Services.Of(pay.CustomerID).Paid(ctx)
		if err != nil {
			return err
		}
		if p.NoReceipt {
			return nil
		}
		return w.m.Jobs.Enqueue(ctx, kindReceipt, receipt{pay.ID, restored}, job.Unique("receipt:"+strconv.FormatInt(pay.ID, 10)))
	})
}

func (w *Worker) view(ctx context.Context, c customer.Customer) (*portal.View, error) {
	snap, err := w.m.Portal.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return snap.Partner(c.PartnerID), nil
}

// receipt mails the receipt to where finance mail goes.
func (w *Worker) receipt(ctx context.Context, j *job.Job) error {
	var p receipt
	if err := w.m.Jobs.Decode(j, &p); err != nil {
		return courier.Lasting(err)
	}
	pay, err := w.m.Finance.PaymentByID(ctx, p.PaymentID)
	if err != nil {
		return err
	}
	who, err := w.m.Customers.Find(ctx, pay.CustomerID)
	if err != nil {
		return err
	}
	to := customer.FinanceMail(who)
	if to == "" {
		return nil
	}
	view, err := w.view(ctx, who)
	if err != nil {
		return err
	}
	ctx = format.With(i18n.With(ctx, who.Language), web.Localisation(view.Values))
	letter := mail.Receipt{Name: who.Name, Brand: portal.PortalTitle.Of(view.Values), Color: view.Brand.Color, Number: pay.ReceiptNumber,
		Amount: money.Of(pay.Amount, pay.Currency), Day: pay.Day, Restored: p.Restored}
	return w.sendMail(ctx, j, view, to, letter.Subject(ctx), letter.Text(ctx), letter)
}
