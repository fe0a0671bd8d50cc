package finance

import (
	"context"

	"myisp/models/audit"
	"myisp/models/db"
)

// told is what the log keeps of a document.
func told(total int64, p Party, day, due db.Day, lines []DocumentItem, note, memo string) map[string]any {
	items := make([]string, len(lines))
	for i, l := range lines {
		items[i] = l.Description + ": " + amountOf(l.Total, p.Currency)
	}
	return map[string]any{"amount": amountOf(total, p.Currency), "day": day, "due_day": due, "items": items, "note": note, "memo": memo}
}

func (d Desk) itemsOf(ctx context.Context, kind DocumentKind, id int64) ([]DocumentItem, error) {
	return db.From[DocumentItem](d.s.d.Q(ctx)).Where("document_kind = ? AND document_id = ? AND customer_id = ?", kind, id, d.id).Order("position, id").Find()
}

// IssueInvoice issues an invoice that staff wrote; see Store.IssueInvoice.
func (d Desk) IssueInvoice(ctx context.Context, n NewInvoice) (inv Invoice, err error) {
	n.Source, n.Key = SourceManual, d.key(ctx, n.Key, "invoice", 0)
	err = d.once(ctx, n.Party, "invoice", n.Key, func(ctx context.Context, fresh bool) error {
		if inv, err = d.s.IssueInvoice(ctx, n); err != nil || !fresh {
			return err
		}
		return d.issued(ctx, inv, n.NoMail)
	})
	return inv, err
}

// issued is what follows from an invoice that staff made.
func (d Desk) issued(ctx context.Context, inv Invoice, quiet bool) error {
	if err := d.tell(ctx, KindInvoice, inv.ID, inv.PartnerID, quiet); err != nil {
		return err
	}
	return d.noteInvoice(ctx, audit.InvoiceIssued, inv, nil)
}

func (d Desk) noteInvoice(ctx context.Context, action audit.Action, inv Invoice, before any) error {
	items, err := d.itemsOf(ctx, KindInvoice, inv.ID)
	if err != nil {
		return err
	}
	return d.note(ctx, action, "invoice", inv.ID, inv.Number, inv.PartnerID, before, told(inv.Total, inv.party(), inv.Day, inv.DueDay, items, inv.Note, inv.Memo))
}

// CorrectInvoice writes other contents under an invoice's number: what it charged is reversed and posted anew, and
// what paid it stays. A total below what is paid already is db.Invalid{"items"}; an invoice that is deleted, or
// whose money is on the way, is a Conflict. The document keeps its own day: on is the day of the correction.
func (d Desk) CorrectInvoice(ctx context.Context, id int64, n NewInvoice, on db.Day) (inv Invoice, err error) {
	bad := db.Invalid{}
	checkDays(bad, "day", on, true)
	checkDays(bad, "due_day", n.DueDay, false)
	lines, sum, err := Lines(n.Items, n.Rounding)
	if err != nil {
		return inv, err
	}
	if sum.Total < 0 {
		bad["items"] = "finance.error.total_negative"
	}
	if err := bad.Or(); err != nil {
		return inv, err
	}
	if inv, err = own[Invoice](ctx, d, id); err != nil {
		return inv, err
	}
	if n.Currency != inv.Currency {
		return inv, db.Invalid{"currency": "finance.error.currency"}
	}
	err = d.locked(ctx, inv.party(), func(ctx context.Context) error {
		if inv, err = own[Invoice](ctx, d, id); err != nil {
			return err
		}
		if inv.Status == StatusDeleted || inv.Status == StatusPending {
			return db.Fail(db.Conflict, "finance.error.not_correctable")
		}
		old, err := d.itemsOf(ctx, KindInvoice, id)
		if err != nil {
			return err
		}
		was := inv
		if sum.Total < inv.Total-inv.Due {
			return db.Invalid{"items": "finance.error.below_paid"}
		}
		if err := d.repost(ctx, &inv, n, lines, sum, on); err != nil {
			return err
		}
		if err := d.tellCorrected(ctx, was, inv, old, n.NoMail); err != nil {
			return err
		}
		return d.noteInvoice(ctx, audit.InvoiceCorrected, inv, told(was.Total, was.party(), was.Day, was.DueDay, old, was.Note, was.Memo))
	})
	return inv, err
}

// repost takes an invoice's charge back and charges it anew.
func (d Desk) repost(ctx context.Context, inv *Invoice, n NewInvoice, lines []DocumentItem, sum Totals, on db.Day) error {
	s := d.s
	ledger, err := s.standing(ctx, "invoice_id", inv.ID)
	if err != nil {
		return err
	}
	if _, err := s.reverse(ctx, ledger, keyed("reverse", "", s), on); err != nil {
		return err
	}
	if _, err := db.From[DocumentItem](s.d.Q(ctx)).Where("document_kind = ? AND document_id = ? AND customer_id = ?", KindInvoice, inv.ID, d.id).Delete(); err != nil {
		return err
	}
	posted, err := s.claim(ctx, Posting{Key: keyed("invoice", "", s), Kind: "invoice", Day: on})
	if err != nil {
		return err
	}
	if err := s.items(ctx, KindInvoice, inv.ID, d.id, lines); err != nil {
		return err
	}
	rows := s.movements(inv.party(), on, Debit, n.Items, lines, SourceManual, posted.ID)
	for i := range rows {
		rows[i].InvoiceID = inv.ID
	}
	if err := s.d.Q(ctx).CreateInBatches(&rows, 500).Error; err != nil {
		return err
	}
	inv.DueDay, inv.Net, inv.Tax, inv.Total, inv.Note, inv.Memo = n.DueDay, sum.Net, sum.Tax, sum.Total, cut(n.Note, 2000), cut(n.Memo, 2000)
	err = s.d.Q(ctx).Exec(`UPDATE invoices SET due_day = ?, net = ?, tax = ?, total = ?, note = ?, memo = ? WHERE id = ?`,
		inv.DueDay, inv.Net, inv.Tax, inv.Total, inv.Note, inv.Memo, inv.ID).Error
	if err != nil {
		return err
	}
	if inv.Status = StatusNotPaid; inv.Total == 0 {
		inv.Status = StatusPaid
	}
	if err := s.refreshInvoice(ctx, inv); err != nil {
		return err
	}
	return s.enterMerged(ctx, posted.ID, inv.party().sale(lines, -1))
}

// DeleteInvoice takes an unpaid invoice back; see Store.DeleteInvoice. What waited for an invoice waits again (§3.4).
func (d Desk) DeleteInvoice(ctx context.Context, id int64, r Reversal) error {
	if err := r.check(); err != nil {
		return err
	}
	inv, err := own[Invoice](ctx, d, id)
	if err != nil {
		return err
	}
	return d.locked(ctx, inv.party(), func(ctx context.Context) error {
		if inv, err = own[Invoice](ctx, d, id); err != nil || inv.Status == StatusDeleted {
			return err
		}
		if err := d.s.DeleteInvoice(ctx, id, "", r.Day); err != nil {
			return err
		}
		err := d.s.d.Q(ctx).Exec(`UPDATE proforma_invoices SET invoice_id = 0, updated_at = ? WHERE invoice_id = ? AND customer_id = ?`, d.s.d.Now(), id, d.id).Error
		if err != nil {
			return err
		}
		return d.note(ctx, audit.InvoiceDeleted, "invoice", id, inv.Number, inv.PartnerID,
			map[string]any{"amount": amountOf(inv.Total, inv.Currency), "status": inv.Status}, map[string]any{"status": StatusDeleted, "reason": r.Reason})
	})
}

// ReleaseInvoice takes all payments off an invoice: their money is credit on the balance again, and the invoice is open.
func (d Desk) ReleaseInvoice(ctx context.Context, id int64, day db.Day) error {
	inv, err := own[Invoice](ctx, d, id)
	if err != nil {
		return err
	}
	return d.locked(ctx, inv.party(), func(ctx context.Context) error {
		if inv, err = own[Invoice](ctx, d, id); err != nil || inv.Due == inv.Total || inv.Status == StatusDeleted {
			return err
		}
		b := d.s.book(d.id, day)
		if err := d.s.releaseTarget(ctx, b, "invoice_id", id); err != nil {
			return err
		}
		if err := b.write(ctx); err != nil {
			return err
		}
		return d.note(ctx, audit.InvoiceReleased, "invoice", id, inv.Number, inv.PartnerID,
			map[string]any{"due": amountOf(inv.Due, inv.Currency)}, map[string]any{"due": amountOf(inv.Total, inv.Currency)})
	})
}

// PayFromBalance pays an invoice from what the customer has in credit; see Store.PayFromBalance.
func (d Desk) PayFromBalance(ctx context.Context, id int64, day db.Day) error {
	inv, err := own[Invoice](ctx, d, id)
	if err != nil {
		return err
	}
	return d.locked(ctx, inv.party(), func(ctx context.Context) error {
		if inv, err = own[Invoice](ctx, d, id); err != nil {
			return err
		}
		paid, err := d.s.PayFromBalance(ctx, id, day)
		if err != nil {
			return err
		}
		return d.note(ctx, audit.InvoiceFromBalance, "invoice", id, inv.Number, inv.PartnerID,
			map[string]any{"due": amountOf(inv.Due, inv.Currency)}, map[string]any{"due": amountOf(paid.Due, paid.Currency)})
	})
}

func (p ProformaInvoice) party() Party {
	return Party{CustomerID: p.CustomerID, PartnerID: p.PartnerID, Currency: p.Currency}
}

// IssueProforma issues a proforma invoice that staff wrote; see Store.IssueProforma. A key that is known makes no second one:
// the answer is empty then.
func (d Desk) IssueProforma(ctx context.Context, key string, n NewProforma) (doc ProformaInvoice, err error) {
	key = d.key(ctx, key, "proforma", 0)
	err = d.once(ctx, n.Party, "proforma", key, func(ctx context.Context, fresh bool) error {
		if !fresh {
			doc, _, err = remembered[ProformaInvoice](ctx, d, "proforma", key)
			return err
		}
		if doc, err = d.s.IssueProforma(ctx, n); err != nil {
			return err
		}
		if err := d.remember(ctx, "proforma", key, "proforma", doc.ID); err != nil {
			return err
		}
		if err := d.tell(ctx, KindProforma, doc.ID, doc.PartnerID, n.NoMail); err != nil {
			return err
		}
		items, err := d.itemsOf(ctx, KindProforma, doc.ID)
		if err != nil {
			return err
		}
		return d.note(ctx, audit.ProformaIssued, "proforma_invoice", doc.ID, doc.Number, doc.PartnerID, nil, told(doc.Total, doc.party(), doc.Day, doc.DueDay, items, doc.Note, doc.Memo))
	})
	return doc, err
}

// DeleteProforma marks a proforma invoice deleted that nobody has paid; the books never held it.
func (d Desk) DeleteProforma(ctx context.Context, id int64, r Reversal) error {
	if err := r.check(); err != nil {
		return err
	}
	doc, err := own[ProformaInvoice](ctx, d, id)
	if err != nil {
		return err
	}
	return d.locked(ctx, doc.party(), func(ctx context.Context) error {
		if doc, err = own[ProformaInvoice](ctx, d, id); err != nil || doc.Status == StatusDeleted {
			return err
		}
		if doc.Status != StatusNotPaid {
			return db.Fail(db.Conflict, "finance.error.invoice_has_payments")
		}
		if err := d.s.d.Q(ctx).Exec(`UPDATE proforma_invoices SET status = ?, updated_at = ? WHERE id = ?`, StatusDeleted, d.s.d.Now(), id).Error; err != nil {
			return err
		}
		return d.note(ctx, audit.ProformaDeleted, "proforma_invoice", id, doc.Number, doc.PartnerID, map[string]any{"status": doc.Status}, map[string]any{"status": StatusDeleted, "reason": r.Reason})
	})
}

// InvoiceProforma makes the tax invoice of a proforma invoice that has been paid, with its items, and pays it with what came
// for it (§3.4). It is made once: asked again, the first is returned. One that is not paid is a Conflict.
func (d Desk) InvoiceProforma(ctx context.Context, id int64, day, due db.Day, rounding Rounding) (inv Invoice, err error) {
	doc, err := own[ProformaInvoice](ctx, d, id)
	if err != nil {
		return inv, err
	}
	err = d.locked(ctx, doc.party(), func(ctx context.Context) error {
		if doc, err = own[ProformaInvoice](ctx, d, id); err != nil {
			return err
		}
		if doc.InvoiceID != 0 {
			inv, err = own[Invoice](ctx, d, doc.InvoiceID)
			return err
		}
		if doc.Status != StatusPaid || doc.PaymentID == 0 {
			return db.Fail(db.Conflict, "finance.error.proforma_unpaid")
		}
		lines, err := d.itemsOf(ctx, KindProforma, id)
		if err != nil {
			return err
		}
		n := NewInvoice{Party: doc.party(), Day: day, DueDay: due, Items: again(lines), Rounding: rounding, Note: doc.Note, Memo: doc.Memo, Source: SourceManual}
		if inv, err = d.s.IssueInvoice(ctx, n); err != nil {
			return err
		}
		paid, err := db.From[Payment](d.s.d.Q(ctx)).Where("customer_id = ? AND proforma_id = ? AND unallocated > 0", d.id, id).Order("id").Find()
		if err != nil {
			return err
		}
		b, asks := d.s.book(d.id, day), &target{invoiceID: inv.ID, open: inv.Due}
		for _, p := range paid {
			b.take(&source{kind: FromPayment, id: p.ID, open: p.Unallocated}, asks, asks.open)
		}
		if err := b.write(ctx); err != nil {
			return err
		}
		if inv, err = own[Invoice](ctx, d, inv.ID); err != nil {
			return err
		}
		if err := d.s.d.Q(ctx).Exec(`UPDATE proforma_invoices SET invoice_id = ?, updated_at = ? WHERE id = ?`, inv.ID, d.s.d.Now(), id).Error; err != nil {
			return err
		}
		return d.issued(ctx, inv, false)
	})
	return inv, err
}

// again makes items of a document's lines. Whether a price held its tax follows from the line: net or total is price times quantity.
func again(lines []DocumentItem) []Item {
	items := make([]Item, len(lines))
	for i, l := range lines {
		items[i] = Item{Description: l.Description, Quantity: l.Quantity, Unit: l.Unit, Price: l.Price, TaxID: l.TaxID, TaxName: l.TaxName, TaxRatePPM: l.TaxRatePPM,
			PeriodFrom: l.PeriodFrom, PeriodTo: l.PeriodTo, ServiceID: l.ServiceID, TaxIncluded: l.TaxIncluded()}
	}
	return items
}

// TaxIncluded reports whether a line's price holds its tax: then price times quantity is its total, else its net.
func (l DocumentItem) TaxIncluded() bool {
	bare, err := Item{Description: "x", Quantity: l.Quantity, Price: l.Price}.price()
	return err == nil && l.Tax != 0 && bare == l.Total
}

func (c CreditNote) party() Party {
	return Party{CustomerID: c.CustomerID, PartnerID: c.PartnerID, Currency: c.Currency}
}

// IssueCreditNote issues a credit note that staff wrote, against an invoice of the customer or free; see Store.IssueCreditNote.
func (d Desk) IssueCreditNote(ctx context.Context, n NewCreditNote) (doc CreditNote, err error) {
	n.Source, n.Key = SourceManual, d.key(ctx, n.Key, "credit_note", 0)
	err = d.once(ctx, n.Party, "credit_note", n.Key, func(ctx context.Context, fresh bool) error {
		if doc, err = d.s.IssueCreditNote(ctx, n); err != nil || !fresh {
			return err
		}
		if err := d.tell(ctx, KindCreditNote, doc.ID, doc.PartnerID, n.NoMail); err != nil {
			return err
		}
		items, err := d.itemsOf(ctx, KindCreditNote, doc.ID)
		if err != nil {
			return err
		}
		return d.note(ctx, audit.CreditNoteIssued, "credit_note", doc.ID, doc.Number, doc.PartnerID, nil, told(doc.Total, doc.party(), doc.Day, "", items, doc.Note, doc.Memo))
	})
	return doc, err
}

// DeleteCreditNote takes a credit note back: what it paid is open again. One that was refunded is a Conflict until the refund
// is deleted.
func (d Desk) DeleteCreditNote(ctx context.Context, id int64, r Reversal) error {
	if err := r.check(); err != nil {
		return err
	}
	doc, err := own[CreditNote](ctx, d, id)
	if err != nil {
		return err
	}
	return d.locked(ctx, doc.party(), func(ctx context.Context) error {
		if doc, err = own[CreditNote](ctx, d, id); err != nil || doc.Status == StatusDeleted {
			return err
		}
		b, src := d.s.book(d.id, r.Day), &source{kind: FromCreditNote, id: id, open: doc.Remaining}
		if err := d.s.release(ctx, b, src, doc.Total-doc.Remaining); err != nil {
			return err
		}
		if src.open != doc.Total {
			return db.Fail(db.Conflict, "finance.error.note_refunded")
		}
		if err := b.write(ctx); err != nil {
			return err
		}
		if err := d.s.d.Q(ctx).Exec(`UPDATE credit_notes SET status = ?, updated_at = ? WHERE id = ?`, StatusDeleted, d.s.d.Now(), id).Error; err != nil {
			return err
		}
		ledger, err := d.s.standing(ctx, "credit_note_id", id)
		if err != nil {
			return err
		}
		if _, err := d.s.reverse(ctx, ledger, keyed("reverse", "", d.s), r.Day); err != nil {
			return err
		}
		return d.note(ctx, audit.CreditNoteDeleted, "credit_note", id, doc.Number, doc.PartnerID,
			map[string]any{"amount": amountOf(doc.Total, doc.Currency), "status": doc.Status}, map[string]any{"status": StatusDeleted, "reason": r.Reason})
	})
}
