package finance

import (
	"context"

	"myisp/models/db"
)

// NewRefund is money given back: of a payment, of a credit note, or with neither of the Party's balance. It becomes a
// payment below zero. Amount is above zero, in minor units.
type NewRefund struct {
	Key                     string
	PaymentID, CreditNoteID int64
	Party                   // only when neither is given
	MethodID                int64
	Day                     db.Day
	Amount                  int64
	ReceiptNumber, Pattern  string
	Comment                 string
	Fields                  Five // these three as in NewPayment
	Note, Memo              string
	AttemptID               int64 // by which it went back through a gateway; 0 is by hand
	Source                  Source
	// AllowDebt lets a refund of the balance exceed what is in credit; the rest is owed (imports, chargebacks).
	AllowDebt bool
}

// Refund gives money back and returns the payment below zero. A payment's invoices become open again as far as the refund
// needs their money, the last paid first: so a chargeback is a refund of the whole. Of a credit note only what remains can
// be refunded. More than there is to give back is db.Invalid{"amount"}.
func (s *Store) Refund(ctx context.Context, n NewRefund) (Payment, error) {
	src, party, method, err := s.refundSource(ctx, n)
	if err != nil {
		return Payment{}, err
	}
	n.Party, n.MethodID = party, or(n.MethodID, method)
	p := NewPayment{Key: n.Key, Party: n.Party, MethodID: n.MethodID, Day: n.Day, Amount: n.Amount, ReceiptNumber: n.ReceiptNumber,
		Pattern: n.Pattern, Comment: n.Comment, Fields: n.Fields, Note: n.Note, Memo: n.Memo, AttemptID: n.AttemptID, Source: n.Source}
	if err := p.check(); err != nil {
		return Payment{}, err
	}
	p.Amount = -n.Amount
	var pay Payment
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		ledger, err := s.open(ctx, n.Party, "refund", n.Key, n.Day)
		if err != nil {
			return err
		}
		if !ledger.Fresh {
			pay, err = byLedger[Payment](ctx, s, ledger.ID, n.CustomerID, "payment_id")
			return err
		}
		var debit int64
		if pay, debit, err = s.storePayment(ctx, p, n.CreditNoteID, ledger.ID); err != nil {
			return err
		}
		if err := s.giveBack(ctx, n, src, &target{transactionID: debit, open: n.Amount}); err != nil {
			return err
		}
		return s.enterMerged(ctx, ledger.ID, []Entry{{n.Party.account(), -n.Amount}, {n.Party.other(AccountCash, n.MethodID), n.Amount}})
	})
	return pay, err
}

// refundSource finds whose money goes back, and by which method it came.
func (s *Store) refundSource(ctx context.Context, n NewRefund) (source, Party, int64, error) {
	switch {
	case n.PaymentID != 0:
		p, err := db.From[Payment](s.d.Q(ctx)).Where("id = ? AND amount > 0", n.PaymentID).Take()
		return source{kind: FromPayment, id: p.ID}, Party{p.CustomerID, p.PartnerID, n.LocationID, p.Currency}, p.MethodID, db.Found(err)
	case n.CreditNoteID != 0:
		c, err := db.From[CreditNote](s.d.Q(ctx)).Where("id = ?", n.CreditNoteID).Take()
		return source{kind: FromCreditNote, id: c.ID}, Party{c.CustomerID, c.PartnerID, n.LocationID, c.Currency}, 0, db.Found(err)
	}
	return source{}, n.Party, 0, nil
}

// giveBack allocates the refund's debit to its source.
func (s *Store) giveBack(ctx context.Context, n NewRefund, src source, debit *target) error {
	b := s.book(n.CustomerID, n.Day)
	switch src.kind {
	case FromPayment:
		p, err := db.From[Payment](s.d.Q(ctx)).Where("id = ?", src.id).Take()
		if err != nil {
			return err
		}
		src.open = p.Unallocated
		if err := s.release(ctx, b, &src, n.Amount-src.open); err != nil {
			return err
		}
		b.take(&src, debit, n.Amount)
	case FromCreditNote:
		c, err := db.From[CreditNote](s.d.Q(ctx)).Where("id = ?", src.id).Take()
		if err != nil {
			return err
		}
		src.open = c.Remaining
		b.take(&src, debit, n.Amount)
	default:
		sources, err := s.paying(ctx, n.CustomerID, n.Currency, false)
		if err != nil {
			return err
		}
		b.takeAll(sources, []target{*debit})
		for _, r := range b.rows {
			debit.open -= r.Amount
		}
		if n.AllowDebt {
			debit.open = 0
		}
	}
	if debit.open > 0 {
		return db.Invalid{"amount": "finance.error.more_than_open"}
	}
	return b.write(ctx)
}

// release takes back up to amount of what a source has paid on invoices and manual debits, the last first. Refunds stay:
// that money is gone.
func (s *Store) release(ctx context.Context, b *book, src *source, amount int64) error {
	if amount <= 0 {
		return nil
	}
	rows, err := s.releasable(ctx, src.kind, src.id)
	if err != nil {
		return err
	}
	for _, r := range rows {
		n := min(r.Amount, amount)
		if n == 0 {
			break
		}
		b.add(src.kind, src.id, &target{invoiceID: r.InvoiceID, transactionID: r.TransactionID}, -n)
		src.open, amount = src.open+n, amount-n
	}
	return nil
}

// releasing is what a source pays and could be taken back from.
type releasing struct{ InvoiceID, TransactionID, Amount int64 }

// releasable lists what can be taken back of what a source has paid, the last first.
func (s *Store) releasable(ctx context.Context, kind SourceKind, id int64) (rows []releasing, err error) {
	err = s.d.Q(ctx).Raw(`SELECT a.invoice_id, a.transaction_id, CAST(SUM(a.amount) AS BIGINT) AS amount FROM allocations a
		LEFT JOIN transactions t ON t.id = a.transaction_id
		WHERE a.source_kind = ? AND a.source_id = ? AND COALESCE(t.payment_id, 0) = 0
		GROUP BY a.invoice_id, a.transaction_id HAVING SUM(a.amount) > 0 ORDER BY MAX(a.id) DESC`, kind, id).Scan(&rows).Error
	return rows, err
}
