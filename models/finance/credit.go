package finance

import (
	"context"

	"myisp/models/db"
)

// NewCreditNote is a credit note to issue, optionally for one invoice of the customer, whose open amount it pays first.
type NewCreditNote struct {
	Key string
	Party
	Number, Pattern string
	InvoiceID       int64
	Day             db.Day
	Items           []Item // prices above zero give money back
	Rounding        Rounding
	Note, Memo      string
	Source          Source
	NoMail          bool // as in NewInvoice
}

// IssueCreditNote stores a credit note with its items and credit transactions. What its invoice does not need remains:
// refund due, until it is refunded or used.
func (s *Store) IssueCreditNote(ctx context.Context, n NewCreditNote) (CreditNote, error) {
	bad := db.Invalid{}
	n.Party.check(bad)
	checkKey(n.Key, bad)
	checkNumber(n.Number, bad)
	checkDays(bad, "day", n.Day, true)
	lines, sum, err := Lines(n.Items, n.Rounding)
	if err != nil {
		return CreditNote{}, err
	}
	if sum.Total <= 0 {
		bad["items"] = "finance.error.total_zero"
	}
	if err := bad.Or(); err != nil {
		return CreditNote{}, err
	}
	var doc CreditNote
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		ledger, err := s.open(ctx, n.Party, "credit_note", n.Key, n.Day)
		if err != nil {
			return err
		}
		if !ledger.Fresh {
			doc, err = byLedger[CreditNote](ctx, s, ledger.ID, n.CustomerID, "credit_note_id")
			return err
		}
		number, err := s.numberFor(ctx, "credit_notes", "number", n.Number, n.Pattern, DefaultCreditNotePattern, Facts{Party: n.Party, Day: n.Day})
		if err != nil {
			return err
		}
		now := s.d.Now()
		doc = CreditNote{CustomerID: n.CustomerID, PartnerID: n.PartnerID, Number: number, InvoiceID: n.InvoiceID, Day: n.Day, Currency: n.Currency,
			Net: sum.Net, Tax: sum.Tax, Total: sum.Total, Remaining: sum.Total, Status: StatusNotRefunded, Note: cut(n.Note, 2000), Memo: cut(n.Memo, 2000), CreatedAt: now, UpdatedAt: now}
		if err := s.d.Q(ctx).Create(&doc).Error; err != nil {
			return taken(err)
		}
		if err := s.items(ctx, KindCreditNote, doc.ID, n.CustomerID, lines); err != nil {
			return err
		}
		rows := s.movements(n.Party, n.Day, Credit, n.Items, lines, or(n.Source, SourceManual), ledger.ID)
		for i := range rows {
			rows[i].CreditNoteID = doc.ID
		}
		if err := s.d.Q(ctx).CreateInBatches(&rows, 500).Error; err != nil {
			return err
		}
		if err := s.creditInvoice(ctx, &doc); err != nil {
			return err
		}
		return s.enterMerged(ctx, ledger.ID, n.Party.sale(lines, +1))
	})
	return doc, err
}

// creditInvoice uses a new credit note on the invoice it was made for.
func (s *Store) creditInvoice(ctx context.Context, doc *CreditNote) error {
	if doc.InvoiceID == 0 {
		return nil
	}
	inv, err := db.From[Invoice](s.d.Q(ctx)).Where("id = ? AND customer_id = ? AND currency = ?", doc.InvoiceID, doc.CustomerID, doc.Currency).Take()
	if err != nil {
		return db.Found(err)
	}
	b := s.book(doc.CustomerID, doc.Day)
	b.take(&source{kind: FromCreditNote, id: doc.ID, open: doc.Remaining}, &target{invoiceID: inv.ID, open: inv.Due}, doc.Remaining)
	if err := b.write(ctx); err != nil {
		return err
	}
	*doc, err = db.From[CreditNote](s.d.Q(ctx)).Where("id = ?", doc.ID).Take()
	return err
}

// refreshCreditNote brings Remaining, Status and PaidDay in line with the allocations.
func (s *Store) refreshCreditNote(ctx context.Context, id int64) error {
	doc, err := db.From[CreditNote](s.d.Q(ctx)).Where("id = ?", id).Take()
	if err != nil {
		return err
	}
	used, err := s.used(ctx, FromCreditNote, id)
	if err != nil {
		return err
	}
	doc.Remaining = doc.Total - used.Amount
	if doc.PaidDay = ""; doc.Remaining == 0 {
		doc.PaidDay = db.Day(used.Day)
	}
	if doc.Status != StatusDeleted {
		doc.Status = StatusNotRefunded
		if doc.Remaining == 0 && used.Refunded > 0 {
			doc.Status = StatusRefunded
		}
	}
	return s.d.Q(ctx).Exec(`UPDATE credit_notes SET remaining = ?, paid_day = ?, status = ?, updated_at = ? WHERE id = ?`,
		doc.Remaining, doc.PaidDay, doc.Status, s.d.Now(), id).Error
}
