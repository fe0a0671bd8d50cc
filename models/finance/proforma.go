package finance

import (
	"context"

	"myisp/models/db"
)

// NewProforma is a proforma invoice to issue. Number is given by imports, otherwise it comes from Pattern.
type NewProforma struct {
	Party
	Number, Pattern string
	Day, DueDay     db.Day
	Items           []Item
	Rounding        Rounding
	Note, Memo      string
	NoMail          bool // as in NewInvoice
}

// IssueProforma stores a proforma invoice with its items; the balance stays as it is (§2.8). Its total must be above zero.
func (s *Store) IssueProforma(ctx context.Context, n NewProforma) (ProformaInvoice, error) {
	bad := db.Invalid{}
	n.Party.check(bad)
	checkNumber(n.Number, bad)
	checkDays(bad, "day", n.Day, true)
	checkDays(bad, "due_day", n.DueDay, false)
	lines, sum, err := Lines(n.Items, n.Rounding)
	if err != nil {
		return ProformaInvoice{}, err
	}
	if sum.Total <= 0 {
		bad["items"] = "finance.error.total_zero"
	}
	if err := bad.Or(); err != nil {
		return ProformaInvoice{}, err
	}
	var doc ProformaInvoice
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		number, err := s.numberFor(ctx, "proforma_invoices", "number", n.Number, n.Pattern, DefaultProformaPattern, Facts{Party: n.Party, Day: n.Day})
		if err != nil {
			return err
		}
		now := s.d.Now()
		doc = ProformaInvoice{CustomerID: n.CustomerID, PartnerID: n.PartnerID, Number: number, Day: n.Day, DueDay: n.DueDay, Currency: n.Currency,
			Net: sum.Net, Tax: sum.Tax, Total: sum.Total, Status: StatusNotPaid, Note: cut(n.Note, 2000), Memo: cut(n.Memo, 2000), CreatedAt: now, UpdatedAt: now}
		if err := s.d.Q(ctx).Create(&doc).Error; err != nil {
			return taken(err)
		}
		return s.items(ctx, KindProforma, doc.ID, n.CustomerID, lines)
	})
	return doc, err
}

// SetProformaPending marks an unpaid proforma invoice as handed to a payment processor, or takes the mark away (FIN-4).
func (s *Store) SetProformaPending(ctx context.Context, id int64, pending bool) error {
	from, to := StatusPending, StatusNotPaid
	if pending {
		from, to = to, from
	}
	return s.d.Q(ctx).Exec(`UPDATE proforma_invoices SET status = ?, updated_at = ? WHERE id = ? AND status = ?`, to, s.d.Now(), id, from).Error
}

// payProforma takes note of a new payment for a proforma invoice. It stays as credit for the tax invoice to come; where that
// is made already, it is the one that asks, and gets the money.
func (s *Store) payProforma(ctx context.Context, n NewPayment) ([]target, error) {
	doc, err := db.From[ProformaInvoice](s.d.Q(ctx)).Where("id = ? AND customer_id = ? AND currency = ?", n.ProformaID, n.CustomerID, n.Currency).Take()
	if err != nil {
		return nil, db.Found(err)
	}
	if err := s.refreshProforma(ctx, doc.ID); err != nil || doc.InvoiceID == 0 {
		return nil, err
	}
	inv, err := db.From[Invoice](s.d.Q(ctx)).Where("id = ?", doc.InvoiceID).Take()
	return []target{{invoiceID: inv.ID, open: inv.Due}}, err
}

// refreshProforma brings Status, PaidDay and PaymentID in line with the money of the payments that name the proforma invoice,
// less what of it went back or was the gateway's fee; nothing else marks it paid. PaymentID is the payment that made it full.
func (s *Store) refreshProforma(ctx context.Context, id int64) error {
	doc, err := db.From[ProformaInvoice](s.d.Q(ctx)).Where("id = ?", id).Take()
	if err != nil || doc.Status == StatusDeleted {
		return err
	}
	rows, err := s.proformaMoney(ctx, doc)
	if err != nil {
		return err
	}
	if doc.Status == StatusPaid {
		doc.Status = StatusNotPaid
	}
	doc.PaidDay, doc.PaymentID = "", 0
	sum := int64(0)
	for _, r := range rows {
		if sum += r.Net; sum >= doc.Total {
			doc.Status, doc.PaidDay, doc.PaymentID = StatusPaid, r.Day, r.ID
			break
		}
	}
	return s.d.Q(ctx).Exec(`UPDATE proforma_invoices SET status = ?, paid_day = ?, payment_id = ?, updated_at = ? WHERE id = ?`,
		doc.Status, doc.PaidDay, doc.PaymentID, s.d.Now(), doc.ID).Error
}

// proformaPart is what a payment has brought for a proforma invoice: what of it neither went back nor was the gateway's fee.
type proformaPart struct {
	ID  int64
	Day db.Day
	Net int64
}

func (s *Store) proformaMoney(ctx context.Context, doc ProformaInvoice) (parts []proformaPart, err error) {
	var rows []struct {
		ID, AttemptID, Left, Fee int64
		Day                      db.Day
	}
	err = s.d.Q(ctx).Raw(`SELECT p.id, p.day, p.attempt_id, COALESCE(x.fee, 0) AS fee, CAST(p.amount - COALESCE((SELECT SUM(a.amount) FROM allocations a
			JOIN transactions t ON t.id = a.transaction_id WHERE a.source_kind = 'payment' AND a.source_id = p.id AND t.payment_id <> 0), 0) AS BIGINT) AS "left"
		FROM payments p LEFT JOIN payment_attempts x ON x.id = p.attempt_id
		WHERE p.customer_id = ? AND p.proforma_id = ? AND p.amount > 0 ORDER BY p.id`, doc.CustomerID, doc.ID).Scan(&rows).Error
	fees := map[int64]int64{}
	for _, r := range rows {
		if _, known := fees[r.AttemptID]; !known {
			fees[r.AttemptID] = r.Fee
		}
		fee := min(r.Left, fees[r.AttemptID])
		fees[r.AttemptID] -= fee
		parts = append(parts, proformaPart{r.ID, r.Day, r.Left - fee})
	}
	return parts, err
}
