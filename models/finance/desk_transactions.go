package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/db"

	"github.com/shopspring/decimal"
)

// price is the item's price times its quantity.
func (it Item) price() (int64, error) {
	m, err := money.MulDecimal(money.Of(it.Price, ""), decimal.New(or(it.Quantity, 1000), -3))
	return m.Minor, err
}

// Discounted adds to an item the line that takes ppm millionths off it: a discount is a line of its own, below zero, with the
// item's tax, so that a document shows what was taken off and its taxes follow (§2.8, category Discount). What comes back is
// the item alone when there is nothing to take off. ppm outside 0 to 1 000 000 is db.Invalid{"discount"}.
func (it Item) Discounted(ppm int64, description string) ([]Item, error) {
	if ppm < 0 || ppm > 1_000_000 {
		return nil, db.Invalid{"discount": "finance.error.discount"}
	}
	if ppm == 0 {
		return []Item{it}, nil
	}
	base, err := it.price()
	if err != nil || tooBig(base) {
		return nil, db.Invalid{"price": "finance.error.amount"}
	}
	off, err := money.MulDecimal(money.Of(base, ""), decimal.New(ppm, -6))
	if err != nil {
		return nil, db.Invalid{"price": "finance.error.amount"}
	}
	less := it
	less.Description, less.Quantity, less.Unit, less.Price, less.CategoryID = cut(description, 255), 1000, "", -off.Minor, CategoryDiscount
	return []Item{it, less}, nil
}

// AddTransaction stores a debit or credit that staff wrote. With waits, a customer who is billed by invoices is not charged
// yet: it is a future item, which the next invoice takes up (§3.4); a prepaid customer's counts at once.
func (d Desk) AddTransaction(ctx context.Context, n NewTransaction, waits bool) (row Transaction, err error) {
	n.Source, n.Against, n.Unsettled, n.Key = SourceManual, "", false, d.key(ctx, n.Key, "transaction", 0)
	if n.CategoryID != 0 {
		used, err := db.From[TransactionCategory](d.s.d.Q(ctx)).Where("id = ? AND archived = ?", n.CategoryID, false).Count("id")
		if err != nil {
			return row, err
		}
		if used == 0 {
			return row, db.Invalid{"category_id": "error.choice"}
		}
	}
	err = d.once(ctx, n.Party, "transaction", n.Key, func(ctx context.Context, fresh bool) error {
		if !fresh {
			var waited bool
			if row, waited, err = remembered[Transaction](ctx, d, "transaction", n.Key); err == nil && !waited {
				row, err = d.s.AddTransaction(ctx, n)
			}
			return err
		}
		if waits {
			var billing string
			if err := d.s.d.Q(ctx).Raw(`SELECT billing_type FROM customers WHERE id = ?`, d.id).Scan(&billing).Error; err != nil {
				return err
			}
			waits = billing == "recurring"
		}
		if waits {
			row, err = d.wait(ctx, n)
		} else {
			row, err = d.s.AddTransaction(ctx, n)
		}
		if err != nil {
			return err
		}
		return d.note(ctx, audit.TransactionAdded, "transaction", row.ID, row.Description, n.PartnerID, nil, map[string]any{"amount": row.Movement().String(),
			"day": row.Day, "category_id": row.CategoryID, "comment": row.Comment, "to_invoice": waits})
	})
	return row, err
}

// wait stores a future item: it has no ledger transaction and does not count on the balance.
func (d Desk) wait(ctx context.Context, n NewTransaction) (Transaction, error) {
	bad := db.Invalid{}
	checkDays(bad, "day", n.Day, true)
	if n.Type != Debit && n.Type != Credit {
		bad["type"] = "finance.error.kind"
	}
	lines, sum, err := Lines([]Item{n.Item}, RoundLines)
	if err != nil {
		return Transaction{}, err
	}
	if sum.Total <= 0 {
		bad["items.0.price"] = "finance.error.total_zero"
	}
	if err := bad.Or(); err != nil {
		return Transaction{}, err
	}
	row := d.s.movements(n.Party, n.Day, n.Type, []Item{n.Item}, lines, SourceManual, 0)[0]
	row.Comment = cut(n.Comment, 512)
	if err := d.s.d.Q(ctx).Create(&row).Error; err != nil {
		return row, err
	}
	return row, d.remember(ctx, "transaction", n.Key, "future", row.ID)
}

// Waiting lists the transactions that wait for the customer's next invoice, oldest first.
func (m Mine) Waiting(ctx context.Context) ([]Transaction, error) {
	return db.From[Transaction](m.s.d.Q(ctx)).Where("customer_id = ? AND ledger_transaction_id = 0 AND invoice_id = 0", m.id).Order("day, id").Limit(200).Find()
}

// future turns waiting transactions of the party into items of an invoice; a credit becomes a line below zero. Somebody
// else's, or one that does not wait, is db.ErrNotFound.
func (s *Store) future(ctx context.Context, p Party, ids []int64) ([]Item, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := db.From[Transaction](s.d.Q(ctx)).Where("id IN ? AND customer_id = ? AND currency = ? AND ledger_transaction_id = 0 AND invoice_id = 0", ids, p.CustomerID, p.Currency).
		Order("day, id").Find()
	if err != nil {
		return nil, err
	}
	if len(rows) != len(unique(ids)) {
		return nil, db.ErrNotFound
	}
	names := map[int64]string{}
	var taxes []struct {
		ID   int64
		Name string
	}
	if err := s.d.Q(ctx).Raw(`SELECT id, name FROM taxes WHERE id IN ?`, idsOf(rows, func(t Transaction) int64 { return t.TaxID })).Scan(&taxes).Error; err != nil {
		return nil, err
	}
	for _, t := range taxes {
		names[t.ID] = t.Name
	}
	items := make([]Item, len(rows))
	for i, t := range rows {
		bare, err := Item{Quantity: t.Quantity, Price: t.Price}.price()
		if err != nil {
			return nil, err
		}
		items[i] = Item{Description: t.Description, Quantity: t.Quantity, Unit: t.Unit, Price: t.Price, TaxIncluded: t.Tax != 0 && bare == t.Total, TaxID: t.TaxID,
			TaxName: names[t.TaxID], TaxRatePPM: t.TaxRatePPM, PeriodFrom: t.PeriodFrom, PeriodTo: t.PeriodTo, ServiceID: t.ServiceID, CategoryID: t.CategoryID}
		if t.Type == Credit {
			items[i].Price = -t.Price
		}
	}
	return items, nil
}

// load marks future items as taken up by an invoice; from then on they only say where its lines came from.
func (s *Store) load(ctx context.Context, invoice, customerID int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	return s.d.Q(ctx).Exec(`UPDATE transactions SET invoice_id = ? WHERE id IN ? AND customer_id = ? AND ledger_transaction_id = 0`, invoice, ids, customerID).Error
}

// unload lets the future items of a deleted invoice wait again.
func (s *Store) unload(ctx context.Context, invoice int64) error {
	return s.d.Q(ctx).Exec(`UPDATE transactions SET invoice_id = 0 WHERE invoice_id = ? AND ledger_transaction_id = 0`, invoice).Error
}

// Transaction reads one of the customer's transactions; anybody else's is db.ErrNotFound.
func (d Desk) Transaction(ctx context.Context, id int64) (Transaction, error) {
	return own[Transaction](ctx, d, id)
}

// DeleteTransaction takes a transaction back that is on no document: what it paid, or what paid it, is free again, and its
// entry is reversed. A future item that no invoice has taken up was never in the books and goes. One of a document, or one
// that was taken back, is a Conflict.
func (d Desk) DeleteTransaction(ctx context.Context, id int64, r Reversal) error {
	if err := r.check(); err != nil {
		return err
	}
	row, err := own[Transaction](ctx, d, id)
	if err != nil {
		return err
	}
	var partner int64
	if err := d.s.d.Q(ctx).Raw(`SELECT partner_id FROM customers WHERE id = ?`, d.id).Scan(&partner).Error; err != nil {
		return err
	}
	return d.locked(ctx, Party{CustomerID: d.id, PartnerID: partner, Currency: row.Currency}, func(ctx context.Context) error {
		if row, err = own[Transaction](ctx, d, id); err != nil {
			return err
		}
		if row.InvoiceID != 0 || row.PaymentID != 0 || row.CreditNoteID != 0 {
			return db.Fail(db.Conflict, "finance.error.of_document")
		}
		if err := d.takeBack(ctx, row, r.Day); err != nil {
			return err
		}
		return d.note(ctx, audit.TransactionDeleted, "transaction", id, row.Description, partner,
			map[string]any{"amount": row.Movement().String(), "day": row.Day}, map[string]any{"reason": r.Reason})
	})
}

func (d Desk) takeBack(ctx context.Context, row Transaction, day db.Day) error {
	s := d.s
	if row.LedgerTransactionID == 0 {
		_, err := db.From[Transaction](s.d.Q(ctx)).Where("id = ? AND customer_id = ? AND ledger_transaction_id = 0", row.ID, d.id).Delete()
		return err
	}
	l, err := db.From[LedgerTransaction](s.d.Q(ctx)).Where("id = ?", row.LedgerTransactionID).Take()
	if err != nil {
		return err
	}
	gone, err := db.From[LedgerTransaction](s.d.Q(ctx)).Where("reverses_id = ?", l.ID).Count("id")
	if err != nil {
		return err
	}
	if l.Kind == "reverse" || gone > 0 {
		return db.Fail(db.Conflict, "finance.error.reversed")
	}
	b := s.book(d.id, day)
	if row.Type == Debit {
		err = s.releaseTarget(ctx, b, "transaction_id", row.ID)
	} else {
		src := &source{kind: FromTransaction, id: row.ID, open: row.Remaining}
		if err = s.release(ctx, b, src, row.Total-row.Remaining); err == nil && src.open != row.Total {
			err = db.Fail(db.Conflict, "finance.error.transaction_in_use")
		}
	}
	if err != nil {
		return err
	}
	if err := b.write(ctx); err != nil {
		return err
	}
	_, err = s.reverse(ctx, l.ID, keyed("reverse", "", s), day)
	return err
}

// HasCredit reports whether the customer has anything in a currency that could pay an invoice.
func (m Mine) HasCredit(ctx context.Context, c money.Currency) (bool, error) {
	sources, err := m.s.paying(ctx, m.id, c, true)
	return len(sources) > 0, err
}
