package finance

import (
	"context"

	"myisp/models/db"
)

// NewPayment is money that came in. Key makes it idempotent: the same key returns the first payment. The receipt's
// number comes from Pattern (DefaultReceiptPattern when empty) unless ReceiptNumber is given.
type NewPayment struct {
	Key string
	Party
	MethodID               int64
	Day                    db.Day
	Amount                 int64 // minor units, above zero
	ReceiptNumber, Pattern string
	Comment                string
	// Fields stand under the labels of the method, Note and Memo are staff's own; customers see none of them.
	Fields     Five
	Note, Memo string
	// InvoiceIDs are the invoices meant, paid in this order; the rest stays as credit. Without them the payment settles
	// what is oldest (FIN-3), unless it pays a proforma invoice or KeepAsCredit is set: then all of it stays as credit, or
	// pays the tax invoice that was made of the proforma invoice.
	InvoiceIDs   []int64
	ProformaID   int64
	KeepAsCredit bool
	// Oldest settles what is oldest even where an invoice wants exactly as much; see Manner.
	Oldest bool
	// FeeID is the debit transaction of a gateway's fee, which is paid before anything else.
	FeeID int64
	// AttemptID is the attempt by which it came through a gateway; 0 is by hand.
	AttemptID int64
	Source    Source
	// Quiet books it without what else follows: no receipt is sent, nobody's services come back (imports, pretend data).
	Quiet bool
	// NoReceipt books it with all that follows but the receipt.
	NoReceipt bool
	// Ask has a person asked where the amount may be a slip (Doubt); Sure is the amount that they said yes to.
	Ask  bool
	Sure int64
}

// JobPaid follows every payment that is not Quiet, with PaidBy as its payload: the receipt, and services that come back.
const JobPaid = "finance.paid"

// PaidBy names a payment.
type PaidBy struct {
	PaymentID int64
	NoReceipt bool `json:",omitempty"`
}

// RecordPayment stores a payment with its credit transaction and its ledger transaction and allocates it.
// Somebody else's invoice or proforma invoice is db.ErrNotFound.
func (s *Store) RecordPayment(ctx context.Context, n NewPayment) (Payment, error) {
	if err := n.check(); err != nil {
		return Payment{}, err
	}
	var pay Payment
	err := s.d.Tx(ctx, func(ctx context.Context) error {
		ledger, err := s.open(ctx, n.Party, "payment", n.Key, n.Day)
		if err != nil {
			return err
		}
		if !ledger.Fresh {
			pay, err = byLedger[Payment](ctx, s, ledger.ID, n.CustomerID, "payment_id")
			return err
		}
		if pay, _, err = s.storePayment(ctx, n, 0, ledger.ID); err != nil {
			return err
		}
		if err := s.settle(ctx, n, pay); err != nil {
			return err
		}
		if pay, err = db.From[Payment](s.d.Q(ctx)).Where("id = ?", pay.ID).Take(); err != nil {
			return err
		}
		if !n.Quiet {
			if err := s.jobs.Enqueue(ctx, JobPaid, PaidBy{pay.ID, n.NoReceipt}); err != nil {
				return err
			}
		}
		return s.enterMerged(ctx, ledger.ID, []Entry{{n.Party.account(), n.Amount}, {n.Party.other(AccountCash, n.MethodID), -n.Amount}})
	})
	return pay, err
}

func (n NewPayment) check() error {
	bad := db.Invalid{}
	n.Party.check(bad)
	checkKey(n.Key, bad)
	checkNumber(n.ReceiptNumber, bad)
	checkDays(bad, "day", n.Day, true)
	if n.Amount <= 0 || tooBig(n.Amount) {
		bad["amount"] = "finance.error.amount"
	}
	if n.MethodID <= 0 {
		bad["method_id"] = "finance.error.method"
	}
	return bad.Or()
}

// storePayment writes a payment and its movement, and returns that movement's id too; a negative amount is a refund.
func (s *Store) storePayment(ctx context.Context, n NewPayment, creditNoteID, ledgerID int64) (Payment, int64, error) {
	number, err := s.numberFor(ctx, "payments", "receipt_number", n.ReceiptNumber, n.Pattern, DefaultReceiptPattern,
		Facts{Party: n.Party, Day: n.Day, Type: n.MethodID})
	if err != nil {
		return Payment{}, 0, err
	}
	pay := Payment{CustomerID: n.CustomerID, PartnerID: n.PartnerID, ReceiptNumber: number, MethodID: n.MethodID, Day: n.Day, Amount: n.Amount,
		Unallocated: max(n.Amount, 0), Currency: n.Currency, ProformaID: n.ProformaID, CreditNoteID: creditNoteID, AttemptID: n.AttemptID, Comment: cut(n.Comment, 256),
		Fields: FiveOf(n.Fields.List()), Note: cut(n.Note, 500), Memo: cut(n.Memo, 2000), CreatedAt: s.d.Now()}
	if err := s.d.Q(ctx).Create(&pay).Error; err != nil {
		return Payment{}, 0, taken(err)
	}
	row := Transaction{CustomerID: n.CustomerID, Day: n.Day, Type: Credit, CategoryID: CategoryPayment, Comment: pay.Comment, Quantity: 1000,
		Price: n.Amount, Total: n.Amount, Currency: n.Currency, PaymentID: pay.ID, Source: or(n.Source, SourceManual),
		LedgerTransactionID: ledgerID, CreatedAt: pay.CreatedAt}
	if n.Amount < 0 {
		row.Type, row.CategoryID, row.Price, row.Total, row.Remaining = Debit, CategoryRefund, -n.Amount, -n.Amount, -n.Amount
	}
	err = s.d.Q(ctx).Create(&row).Error
	return pay, row.ID, err
}

// settle allocates a new payment.
func (s *Store) settle(ctx context.Context, n NewPayment, pay Payment) error {
	var targets []target
	open := pay.Amount
	if n.FeeID != 0 {
		fee, err := db.From[Transaction](s.d.Q(ctx)).Where("id = ? AND customer_id = ? AND currency = ?", n.FeeID, n.CustomerID, n.Currency).Take()
		if err != nil {
			return db.Found(err)
		}
		b := s.book(n.CustomerID, n.Day)
		open -= b.take(&source{kind: FromPayment, id: pay.ID, open: open}, &target{transactionID: fee.ID, open: fee.Remaining}, fee.Remaining)
		if err := b.write(ctx); err != nil {
			return err
		}
	}
	switch {
	case n.ProformaID != 0:
		var err error
		if targets, err = s.payProforma(ctx, n); err != nil {
			return err
		}
	case len(n.InvoiceIDs) > 0:
		rows, err := db.From[Invoice](s.d.Q(ctx)).Where("id IN ? AND customer_id = ? AND currency = ?", n.InvoiceIDs, n.CustomerID, n.Currency).Find()
		if err != nil {
			return err
		}
		byID := map[int64]Invoice{}
		for _, r := range rows {
			byID[r.ID] = r
		}
		for _, id := range n.InvoiceIDs {
			inv, ok := byID[id]
			if !ok {
				return db.ErrNotFound
			}
			targets = append(targets, target{invoiceID: id, open: inv.Due})
			inv.Due = 0 // an id given twice is paid once
			byID[id] = inv
		}
	case !n.KeepAsCredit:
		var err error
		if targets, err = s.equal(ctx, n, open); err != nil {
			return err
		}
		if len(targets) > 0 {
			break
		}
		if targets, err = s.wanting(ctx, n.CustomerID, n.Currency); err != nil {
			return err
		}
	}
	b := s.book(n.CustomerID, n.Day)
	b.takeAll([]source{{kind: FromPayment, id: pay.ID, open: open}}, targets)
	return b.write(ctx)
}

// equal is the one open invoice that wants exactly what a payment brings, where the partner has such a pair linked (§3.4);
// nothing when there are several.
func (s *Store) equal(ctx context.Context, n NewPayment, amount int64) ([]target, error) {
	how, err := s.Manner(ctx, n.PartnerID)
	if err != nil || n.Oldest || !how.LinkRecurring && !how.LinkPrepaid {
		return nil, err
	}
	var billing string
	if err := s.d.Q(ctx).Raw(`SELECT billing_type FROM customers WHERE id = ?`, n.CustomerID).Scan(&billing).Error; err != nil {
		return nil, err
	}
	if linked := billing == "recurring" && how.LinkRecurring || billing != "recurring" && how.LinkPrepaid; !linked {
		return nil, nil
	}
	rows, err := db.From[Invoice](s.d.Q(ctx)).Where("customer_id = ? AND currency = ? AND due = ? AND status <> ?", n.CustomerID, n.Currency, amount, StatusDeleted).Limit(2).Find()
	if err != nil || len(rows) != 1 {
		return nil, err
	}
	return []target{{invoiceID: rows[0].ID, open: rows[0].Due}}, nil
}
