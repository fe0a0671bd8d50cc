package finance

import "context"

// Doubt is the error by which the books ask a person once more before money is booked that may be a slip of the finger. Who
// says yes sends the amount back as NewPayment.Sure; another amount is asked about anew.
type Doubt struct {
	Reason DoubtReason
	Amount int64 // minor units: all of it
	More   int64 // with DoubtMore what of it is owed by nobody
}

// DoubtReason says what makes the books ask.
type DoubtReason string

// The reasons.
const (
	DoubtMore  DoubtReason = "more"  // more than what it pays: the rest stays as credit
	DoubtLarge DoubtReason = "large" // far more than the customer was ever asked for
)

// Error makes it an error.
func (d *Doubt) Error() string { return "finance: a person is to be asked: " + string(d.Reason) }

// What is beyond any use: manyTimes the largest document that the customer ever had (two years of monthly ones), or, for one
// who never had any, mostAtFirst minor units.
const (
	manyTimes   = 25
	mostAtFirst = 1_000_000
)

// doubt asks about a payment that was just stored, in whose transaction it is; an answer of no takes the payment back with it.
func (d Desk) doubt(ctx context.Context, n NewPayment, pay Payment) error {
	if n.Sure == n.Amount {
		return nil
	}
	more, err := d.beyond(ctx, n, pay)
	if err != nil {
		return err
	}
	if more > 0 {
		return &Doubt{Reason: DoubtMore, Amount: n.Amount, More: more}
	}
	largest, err := d.largest(ctx, n.Party)
	if err != nil || n.Amount <= largest {
		return err
	}
	return &Doubt{Reason: DoubtLarge, Amount: n.Amount}
}

// beyond is what of a payment nobody asked for: beyond the proforma invoice or the invoices meant, else beyond what was owed.
func (d Desk) beyond(ctx context.Context, n NewPayment, pay Payment) (int64, error) {
	switch {
	case n.KeepAsCredit:
		return 0, nil // credit is what was asked for
	case n.ProformaID != 0:
		doc, err := own[ProformaInvoice](ctx, d, n.ProformaID)
		return n.Amount - doc.Total, err
	case len(n.InvoiceIDs) > 0:
		return pay.Unallocated, nil
	}
	var after int64 // above zero in credit
	err := d.s.d.Q(ctx).Raw(`SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM ledger_accounts WHERE kind = 'customer' AND owner_id = ? AND currency = ?`, d.id, n.Currency).Scan(&after).Error
	return min(after, n.Amount), err
}

// largest is the highest amount that nobody is asked about.
func (d Desk) largest(ctx context.Context, p Party) (int64, error) {
	var most int64
	err := d.s.d.Q(ctx).Raw(`SELECT COALESCE(MAX(total), 0) FROM (SELECT total FROM invoices WHERE customer_id = ? AND currency = ?
		UNION ALL SELECT total FROM proforma_invoices WHERE customer_id = ? AND currency = ?) x`, d.id, p.Currency, d.id, p.Currency).Scan(&most).Error
	if most <= 0 {
		return mostAtFirst, err
	}
	return most * manyTimes, err
}
