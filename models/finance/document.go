package finance

import (
	"context"
	"slices"

	"myisp/models/db"
)

// open begins the writing of a document: it locks the customer's money and claims the key. A document whose key is known
// already is not fresh, and its ledger transaction leads to the first result.
func (s *Store) open(ctx context.Context, p Party, kind, key string, day db.Day) (Posted, error) {
	if err := s.lockCustomer(ctx, p); err != nil {
		return Posted{}, err
	}
	return s.claim(ctx, Posting{Key: keyed(kind, key, s), Kind: kind, Day: day})
}

func keyed(kind, key string, s *Store) string {
	if key == "" {
		key = s.randomKey()
	}
	return kind + ":" + key
}

// checkKey leaves room for the prefix that keeps the keys of different kinds apart.
func checkKey(key string, bad db.Invalid) {
	if len(key) > 80 {
		bad["key"] = "finance.error.key"
	}
}

func checkDays(bad db.Invalid, field string, day db.Day, required bool) {
	if day == "" && !required {
		return
	}
	if d, err := db.ParseDay(string(day)); err != nil || d != day {
		bad[field] = "finance.error.day"
	}
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// taken turns a number that is in use into the error that says so.
func taken(err error) error {
	if db.IsDuplicate(err) {
		return &db.Error{Kind: db.Conflict, Key: "finance.error.number_taken", Cause: err}
	}
	return err
}

// byLedger finds the document that a ledger transaction was written for. Somebody else's is a Conflict: one key was used
// for two customers.
func byLedger[T any](ctx context.Context, s *Store, ledgerID, customerID int64, column string) (T, error) {
	var doc T
	var row struct{ ID, CustomerID int64 }
	err := s.d.Q(ctx).Raw(`SELECT `+column+` AS id, customer_id FROM transactions WHERE ledger_transaction_id = ? ORDER BY id LIMIT 1`, ledgerID).Scan(&row).Error
	if err != nil {
		return doc, err
	}
	if row.CustomerID != customerID || row.ID == 0 {
		return doc, db.Fail(db.Conflict, "finance.error.key_used")
	}
	doc, err = db.From[T](s.d.Q(ctx)).Where("id = ?", row.ID).Take()
	return doc, err
}

func (s *Store) numberFor(ctx context.Context, table, column, number, pattern, standard string, f Facts) (string, error) {
	if number != "" {
		return number, nil
	}
	if pattern == "" {
		var err error
		if pattern, err = s.pattern(ctx, table, f.PartnerID); err != nil {
			return "", err
		}
	}
	return s.number(ctx, table, column, or(pattern, standard), f)
}

func (s *Store) items(ctx context.Context, kind DocumentKind, id, customerID int64, lines []DocumentItem) error {
	rows := slices.Clone(lines)
	for i := range rows {
		rows[i].DocumentKind, rows[i].DocumentID, rows[i].CustomerID = kind, id, customerID
	}
	return s.d.Q(ctx).CreateInBatches(&rows, 500).Error
}

// movements are the transactions of a document's lines.
func (s *Store) movements(p Party, day db.Day, typ TransactionType, items []Item, lines []DocumentItem, source Source, ledgerID int64) []Transaction {
	now := s.d.Now()
	rows := make([]Transaction, 0, len(lines))
	for i, l := range lines {
		category := items[i].CategoryID
		if category == 0 && l.Total < 0 {
			category = CategoryDiscount
		}
		rows = append(rows, Transaction{CustomerID: p.CustomerID, Day: day, Type: typ, CategoryID: or(category, CategoryService),
			Description: l.Description, Quantity: l.Quantity, Unit: l.Unit, Price: l.Price, Tax: l.Tax, Total: l.Total, Currency: p.Currency,
			TaxID: l.TaxID, TaxRatePPM: l.TaxRatePPM, PeriodFrom: l.PeriodFrom, PeriodTo: l.PeriodTo, ServiceID: l.ServiceID,
			Source: source, LedgerTransactionID: ledgerID, CreatedAt: now})
	}
	return rows
}

// sale are the ledger entries of a document's lines: sign −1 charges the customer, +1 gives back.
func (p Party) sale(lines []DocumentItem, sign int64) []Entry {
	var entries []Entry
	for _, l := range lines {
		entries = append(entries, Entry{p.account(), sign * l.Total}, Entry{p.other(AccountRevenue, 0), -sign * l.Net})
		if l.Tax != 0 {
			entries = append(entries, Entry{p.other(AccountTax, l.TaxID), -sign * l.Tax})
		}
	}
	return entries
}

func (s *Store) enterMerged(ctx context.Context, ledgerID int64, entries []Entry) error {
	merged, err := merge(entries)
	if err != nil {
		return err
	}
	return s.enter(ctx, ledgerID, merged)
}
