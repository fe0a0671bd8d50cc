package finance

import (
	"context"
	"slices"

	"myisp/models/db"
)

// NewInvoice is an invoice to issue. Key makes it idempotent: the same key returns the first invoice. Number is given by
// imports; otherwise the number comes from Pattern (DefaultInvoicePattern when empty).
type NewInvoice struct {
	Key string
	Party
	Number, Pattern string
	Day, DueDay     db.Day // DueDay "" is never overdue
	Kind            string // "one_time" (default) or "recurring"
	Items           []Item
	Rounding        Rounding
	Note, Memo      string
	Source          Source // of its transactions; "" is SourceAuto
	// FromBalance pays the invoice at once from what the customer has in credit, as far as that goes.
	FromBalance bool
	// FutureIDs are transactions that wait for an invoice; they become its last items.
	FutureIDs []int64
	// NoMail is that staff do not want the customer told of it, whatever the partner does.
	NoMail bool
}

// IssueInvoice stores an invoice with its items, one debit transaction per item and one ledger transaction. A total below
// zero is db.Invalid{"items"} (FIN-5); an invoice of nothing is paid at once. A Number in use is a Conflict.
func (s *Store) IssueInvoice(ctx context.Context, n NewInvoice) (Invoice, error) {
	if err := n.check(); err != nil {
		return Invoice{}, err
	}
	var inv Invoice
	err := s.d.Tx(ctx, func(ctx context.Context) error {
		ledger, err := s.open(ctx, n.Party, "invoice", n.Key, n.Day)
		if err != nil {
			return err
		}
		if !ledger.Fresh {
			inv, err = byLedger[Invoice](ctx, s, ledger.ID, n.CustomerID, "invoice_id")
			return err
		}
		// Only now: of a form that is sent twice, the first invoice has taken them up.
		waiting, err := s.future(ctx, n.Party, n.FutureIDs)
		if err != nil {
			return err
		}
		items := slices.Concat(n.Items, waiting)
		lines, sum, err := Lines(items, n.Rounding)
		if err != nil {
			return err
		}
		if sum.Total < 0 {
			return db.Invalid{"items": "finance.error.total_negative"}
		}
		number, err := s.numberFor(ctx, "invoices", "number", n.Number, n.Pattern, DefaultInvoicePattern, Facts{Party: n.Party, Day: n.Day})
		if err != nil {
			return err
		}
		now := s.d.Now()
		inv = Invoice{CustomerID: n.CustomerID, PartnerID: n.PartnerID, Number: number, Day: n.Day, DueDay: n.DueDay, Currency: n.Currency,
			Net: sum.Net, Tax: sum.Tax, Total: sum.Total, Due: sum.Total, Status: StatusNotPaid, Kind: n.Kind,
			Note: cut(n.Note, 2000), Memo: cut(n.Memo, 2000), CreatedAt: now, UpdatedAt: now}
		if err := s.d.Q(ctx).Create(&inv).Error; err != nil {
			return taken(err)
		}
		if err := s.items(ctx, KindInvoice, inv.ID, n.CustomerID, lines); err != nil {
			return err
		}
		if err := s.load(ctx, inv.ID, n.CustomerID, n.FutureIDs); err != nil {
			return err
		}
		rows := s.movements(n.Party, n.Day, Debit, items, lines, or(n.Source, SourceAuto), ledger.ID)
		for i := range rows {
			rows[i].InvoiceID = inv.ID
		}
		if err := s.d.Q(ctx).CreateInBatches(&rows, 500).Error; err != nil {
			return err
		}
		switch {
		case sum.Total == 0:
			err = s.refreshInvoice(ctx, &inv)
		case n.FromBalance:
			err = s.fromBalance(ctx, &inv, n.Day)
		}
		if err != nil {
			return err
		}
		return s.enterMerged(ctx, ledger.ID, n.Party.sale(lines, -1))
	})
	return inv, err
}

func (n *NewInvoice) check() error {
	bad := db.Invalid{}
	n.Party.check(bad)
	checkKey(n.Key, bad)
	checkNumber(n.Number, bad)
	checkDays(bad, "day", n.Day, true)
	checkDays(bad, "due_day", n.DueDay, false)
	if n.Kind = or(n.Kind, "one_time"); n.Kind != "one_time" && n.Kind != "recurring" {
		bad["kind"] = "finance.error.kind"
	}
	return bad.Or()
}

// DeleteInvoice marks an unpaid invoice deleted and takes its movements back by reversing ones. An invoice with
// payments on it is a Conflict: they have to be released first (§3.4).
func (s *Store) DeleteInvoice(ctx context.Context, id int64, key string, day db.Day) error {
	bad := db.Invalid{}
	checkKey(key, bad)
	checkDays(bad, "day", day, true)
	if err := bad.Or(); err != nil {
		return err
	}
	inv, err := db.From[Invoice](s.d.Q(ctx)).Where("id = ?", id).Take()
	if err != nil {
		return db.Found(err)
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.lockCustomer(ctx, inv.party()); err != nil {
			return err
		}
		inv, err = db.From[Invoice](s.d.Q(ctx)).Where("id = ?", id).Take()
		switch {
		case err != nil:
			return err
		case inv.Status == StatusDeleted:
			return nil
		case inv.Due != inv.Total || inv.Status == StatusPending:
			return db.Fail(db.Conflict, "finance.error.invoice_has_payments")
		}
		// Marked first: refreshing sees a deleted invoice, which owes nothing.
		inv.Status = StatusDeleted
		if err := s.refreshInvoice(ctx, &inv); err != nil {
			return err
		}
		ledger, err := s.standing(ctx, "invoice_id", id)
		if err != nil {
			return err
		}
		if err := s.unload(ctx, id); err != nil {
			return err
		}
		_, err = s.reverse(ctx, ledger, keyed("reverse", key, s), day)
		return err
	})
}

// SetInvoicePending marks an unpaid invoice as handed to a payment processor, or takes the mark away (FIN-4).
func (s *Store) SetInvoicePending(ctx context.Context, id int64, pending bool) error {
	from, to := StatusPending, StatusNotPaid
	if pending {
		from, to = to, from
	}
	return s.d.Q(ctx).Exec(`UPDATE invoices SET status = ?, updated_at = ? WHERE id = ? AND status = ? AND due > 0`, to, s.d.Now(), id, from).Error
}

func (i Invoice) party() Party {
	return Party{CustomerID: i.CustomerID, PartnerID: i.PartnerID, Currency: i.Currency}
}

// refreshInvoice brings Due, PaidDay and Status in line with the allocations; nothing else writes them.
func (s *Store) refreshInvoice(ctx context.Context, inv *Invoice) error {
	var paid struct {
		Amount int64
		Day    db.Day
	}
	err := s.d.Q(ctx).Raw(`SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount, COALESCE(MAX(day), '') AS day
		FROM allocations WHERE invoice_id = ?`, inv.ID).Scan(&paid).Error
	if err != nil {
		return err
	}
	inv.Due, inv.PaidDay, inv.UpdatedAt = inv.Total-paid.Amount, "", s.d.Now()
	switch {
	case inv.Status == StatusDeleted:
		inv.Due = 0
	case inv.Due == 0:
		inv.Status, inv.PaidDay = StatusPaid, or(paid.Day, inv.Day)
	case inv.Status != StatusPending:
		inv.Status = StatusNotPaid
	}
	inv.PaidFromBalance = inv.PaidFromBalance && inv.Status == StatusPaid
	return s.d.Q(ctx).Exec(`UPDATE invoices SET due = ?, paid_day = ?, status = ?, paid_from_balance = ?, updated_at = ? WHERE id = ?`,
		inv.Due, inv.PaidDay, inv.Status, inv.PaidFromBalance, inv.UpdatedAt, inv.ID).Error
}
