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

// receipt mails the receipt to where finance mail goes, with what was paid and what is left. A payment that was cancelled meanwhile
// has none.
func (w *Worker) receipt(ctx context.Context, j *job.Job) error {
	var p receipt
	if err := w.m.Jobs.Decode(j, &p); err != nil {
		return courier.Lasting(err)
	}
	pay, err := w.m.Finance.PaymentByID(ctx, p.PaymentID)
	if err != nil {
		return err
	}
	ctx, who, err := w.payer(ctx, pay.CustomerID)
	if err != nil || !who.wantsDocuments() {
		return err
	}
	if told, err := w.m.Finance.MailReceipt(ctx, pay.ID); err != nil || !told {
		return err
	}
	d, err := w.m.Finance.Of(who.ID).Payment(ctx, pay.ID)
	if err != nil {
		return err
	}
	owed, err := w.owed(ctx, who)
	if err != nil {
		return err
	}
	letter := mail.Receipt{Name: who.Name, Brand: portal.PortalTitle.Of(who.view.Values), Color: who.view.Brand.Color, Number: d.ReceiptNumber, Amount: money.Of(d.Amount, d.Currency), Day: d.Day,
		Kept: money.Of(d.Unallocated, d.Currency), Owed: owed, Restored: p.Restored, Contact: contact(who.view),
		Ways: append(w.way(who, "payments", views.Path("payments")+"/"+strconv.FormatInt(d.ID, 10), "receipt"), w.payWay(who, owed)...)}
	if d.ProformaNumber != "" { // its money waits on the account for the invoice
		letter.Paid, letter.Kept = []mail.Part{{Name: d.ProformaNumber, Amount: letter.Kept}}, money.Money{}
	}
	for _, c := range d.Covers {
		letter.Paid = append(letter.Paid, mail.Part{Name: c.Number, Amount: c.Amount})
	}
	for _, c := range d.Charges {
		letter.Paid = append(letter.Paid, mail.Part{Name: c.Description, Amount: c.Amount})
	}
	return w.sendMail(ctx, j, who.view, who.to, letter.Subject(ctx), letter.Text(ctx), letter)
}
