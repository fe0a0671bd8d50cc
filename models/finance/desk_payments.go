package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/db"
)

// amountOf is an amount as the log keeps it: "42.90 EUR".
func amountOf(minor int64, c money.Currency) string { return money.Of(minor, c).String() }

func (p Payment) party() Party {
	return Party{CustomerID: p.CustomerID, PartnerID: p.PartnerID, Currency: p.Currency}
}

// RecordPayment stores a payment that staff took. Its method has to be one in use, and with Ask an amount that may be a slip is
// a *Doubt. Otherwise as Store.RecordPayment.
func (d Desk) RecordPayment(ctx context.Context, n NewPayment) (pay Payment, err error) {
	if err := n.check(); err != nil {
		return pay, err
	}
	method, err := d.s.methodInUse(ctx, n.MethodID)
	if err != nil {
		return pay, err
	}
	n.Source, n.Key = SourceManual, d.key(ctx, n.Key, "payment", 0)
	err = d.once(ctx, n.Party, "payment", n.Key, func(ctx context.Context, fresh bool) error {
		if pay, err = d.s.RecordPayment(ctx, n); err != nil || !fresh {
			return err
		}
		if n.Ask {
			if err := d.doubt(ctx, n, pay); err != nil {
				return err
			}
		}
		return d.note(ctx, audit.PaymentRecorded, "payment", pay.ID, pay.ReceiptNumber, pay.PartnerID, nil, map[string]any{"amount": amountOf(pay.Amount, pay.Currency),
			"day": pay.Day, "method_id": pay.MethodID, "comment": pay.Comment, "unallocated": amountOf(pay.Unallocated, pay.Currency), "receipt_sent": !n.NoReceipt,
			"note": pay.Note, "memo": pay.Memo, "labelled": pay.Fields.under(method.Labels)})
	})
	return pay, err
}

func (s *Store) methodInUse(ctx context.Context, id int64) (PaymentMethod, error) {
	rows, err := db.From[PaymentMethod](s.d.Q(ctx)).Where("id = ? AND active = ?", id, true).Find()
	if err == nil && len(rows) == 0 {
		err = db.Invalid{"method_id": "finance.error.method"}
	}
	return first(rows), err
}

// Refund gives money back in cash or by bank: of one of the customer's payments, of a credit note, or of the balance. What
// came through a gateway goes back through it; see AttemptOf.
func (d Desk) Refund(ctx context.Context, n NewRefund) (pay Payment, err error) {
	if n.PaymentID == 0 && n.CreditNoteID == 0 && n.CustomerID != d.id {
		return pay, db.ErrNotFound
	}
	src, party, method, err := d.s.refundSource(ctx, n)
	if err != nil {
		return pay, err
	}
	if party.CustomerID != d.id {
		return pay, db.ErrNotFound
	}
	if _, err := d.s.methodInUse(ctx, or(n.MethodID, method)); err != nil {
		return pay, err
	}
	n.Source, n.AllowDebt, n.Key = SourceManual, false, d.key(ctx, n.Key, "refund "+string(src.kind), src.id)
	err = d.once(ctx, party, "refund", n.Key, func(ctx context.Context, fresh bool) error {
		if src.kind == FromCreditNote {
			note, err := own[CreditNote](ctx, d, src.id)
			if err == nil && note.Status == StatusDeleted {
				err = db.Fail(db.Conflict, "finance.error.reversed")
			}
			if err != nil {
				return err
			}
		}
		if pay, err = d.s.Refund(ctx, n); err != nil || !fresh {
			return err
		}
		if err := d.tellPayment(ctx, MoneyGivenBack, pay); err != nil {
			return err
		}
		return d.note(ctx, audit.PaymentRefunded, "payment", pay.ID, pay.ReceiptNumber, pay.PartnerID, nil, map[string]any{"amount": amountOf(pay.Amount, pay.Currency),
			"day": pay.Day, "method_id": pay.MethodID, "comment": pay.Comment, "payment_id": n.PaymentID, "credit_note_id": n.CreditNoteID})
	})
	return pay, err
}

// AttemptOf is the attempt by which a payment came, or a refund went, through a gateway; with ID 0 when it was by hand.
func (d Desk) AttemptOf(ctx context.Context, payment int64) (Attempt, error) {
	rows, err := db.From[Attempt](d.s.d.Q(ctx)).Where("id = (SELECT attempt_id FROM payments WHERE id = ? AND customer_id = ?) AND customer_id = ?", payment, d.id, d.id).Find()
	return first(rows), err
}

// DeletePayment takes a payment or a refund back that was recorded by mistake. Nothing vanishes: its entry is reversed, what
// it paid is open again, a credit note whose refund goes is due again (§3.4). A payment of which money went back is a
// Conflict until the refund is deleted; so is one of a gateway, whose money did come. A bank transfer that it was booked from is
// open again: its money did come too, and is to be booked anew.
func (d Desk) DeletePayment(ctx context.Context, id int64, r Reversal) error {
	if err := r.check(); err != nil {
		return err
	}
	pay, err := own[Payment](ctx, d, id)
	if err != nil {
		return err
	}
	line, err := d.TransferOf(ctx, id)
	if err != nil {
		return err
	}
	if line == 0 {
		return d.deletePayment(ctx, pay, r)
	}
	return d.s.changeIncoming(ctx, line, func(ctx context.Context, p *IncomingPayment) (audit.Change, error) {
		if p.State != IncomingBooked || p.PaymentID != id { // undone meanwhile
			return audit.Change{}, d.deletePayment(ctx, pay, r)
		}
		return d.s.unbook(ctx, p, r)
	})
}

// TransferOf is the incoming payment that one of the customer's payments was booked from; 0 is none.
func (d Desk) TransferOf(ctx context.Context, payment int64) (id int64, err error) {
	err = d.s.d.Q(ctx).Raw(`SELECT COALESCE(MAX(id), 0) FROM incoming_payments WHERE customer_id = ? AND payment_id = ? AND state = ?`, d.id, payment, IncomingBooked).Scan(&id).Error
	return id, err
}

func (d Desk) deletePayment(ctx context.Context, pay Payment, r Reversal) error {
	id := pay.ID
	return d.locked(ctx, pay.party(), func(ctx context.Context) (err error) {
		if pay, err = own[Payment](ctx, d, id); err != nil || pay.DeletedDay != "" {
			return err
		}
		if pay.AttemptID != 0 {
			return db.Fail(db.Conflict, "finance.error.gateway_payment")
		}
		ledger, err := d.s.standing(ctx, "payment_id", id)
		if err != nil {
			return err
		}
		if err := d.s.unpay(ctx, pay, ledger, r.Day); err != nil {
			return err
		}
		if err := d.s.d.Q(ctx).Exec(`UPDATE payments SET deleted_day = ?, deleted_reason = ? WHERE id = ?`, r.Day, r.Reason, id).Error; err != nil {
			return err
		}
		// Read again: whoever mails the receipt may have done so since, and will not any more.
		if pay, err = own[Payment](ctx, d, id); err != nil {
			return err
		}
		if pay.ReceiptAt != nil {
			if err := d.tellPayment(ctx, MoneyCancelled, pay); err != nil {
				return err
			}
		}
		return d.note(ctx, audit.PaymentDeleted, "payment", id, pay.ReceiptNumber, pay.PartnerID,
			map[string]any{"amount": amountOf(pay.Amount, pay.Currency), "day": pay.Day, "method_id": pay.MethodID}, map[string]any{"reason": r.Reason, "deleted_day": r.Day})
	})
}

// unpay frees what a payment or a refund holds and reverses its posting. A payment then pays the debit that takes it back,
// as it would pay a refund, so that the allocations keep saying where its money went.
func (s *Store) unpay(ctx context.Context, pay Payment, ledger int64, day db.Day) error {
	b := s.book(pay.CustomerID, day)
	if pay.Amount > 0 {
		src := &source{kind: FromPayment, id: pay.ID, open: pay.Unallocated}
		if err := s.release(ctx, b, src, pay.Amount-src.open); err != nil {
			return err
		}
		if src.open != pay.Amount {
			return db.Fail(db.Conflict, "finance.error.payment_refunded")
		}
	} else {
		debit, err := db.From[Transaction](s.d.Q(ctx)).Where("ledger_transaction_id = ? AND payment_id = ?", ledger, pay.ID).Take()
		if err != nil {
			return err
		}
		if err := s.releaseTarget(ctx, b, "transaction_id", debit.ID); err != nil {
			return err
		}
	}
	if err := b.write(ctx); err != nil {
		return err
	}
	if pay.Amount < 0 { // a refund beyond the credit was owed in part; all of it is open now, for its reversal to pay
		if err := s.d.Q(ctx).Exec(`UPDATE transactions SET remaining = total WHERE ledger_transaction_id = ? AND payment_id = ? AND type = 'debit'`, ledger, pay.ID).Error; err != nil {
			return err
		}
	}
	posted, err := s.reverse(ctx, ledger, keyed("reverse", "", s), day)
	if err != nil || pay.Amount < 0 {
		return err
	}
	back, err := db.From[Transaction](s.d.Q(ctx)).Where("ledger_transaction_id = ?", posted.ID).Take()
	if err != nil {
		return err
	}
	b.add(FromPayment, pay.ID, &target{transactionID: back.ID}, pay.Amount)
	return b.write(ctx)
}
