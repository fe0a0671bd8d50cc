package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
)

// NewTransaction is a charge or a credit that is on no document: a correction by hand, or an import's opening balance.
// Against says which account of the provider takes the other side: revenue and tax when empty, else the whole against
// that account (AccountOpening for what was before the books began).
type NewTransaction struct {
	Key string
	Party
	Day     db.Day
	Type    TransactionType
	Item    // what for: description, quantity, price, tax, period, service, category
	Comment string
	Source  Source
	Against AccountKind
	// Unsettled leaves a debit open although there is credit: what pays it comes with it.
	Unsettled bool
}

// AddTransaction stores a manual debit or credit of more than zero. Debits that are on no invoice and open credits settle
// each other at once: nobody is asked to pay a debit that has no document while there is credit.
func (s *Store) AddTransaction(ctx context.Context, n NewTransaction) (Transaction, error) {
	bad := db.Invalid{}
	n.Party.check(bad)
	checkKey(n.Key, bad)
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
	var row Transaction
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		ledger, err := s.open(ctx, n.Party, "transaction", n.Key, n.Day)
		if err != nil {
			return err
		}
		if !ledger.Fresh {
			row, err = byLedger[Transaction](ctx, s, ledger.ID, n.CustomerID, "id")
			return err
		}
		row = s.movements(n.Party, n.Day, n.Type, []Item{n.Item}, lines, or(n.Source, SourceManual), ledger.ID)[0]
		row.Comment, row.Remaining = cut(n.Comment, 512), row.Total
		if err := s.d.Q(ctx).Create(&row).Error; err != nil {
			return err
		}
		if !n.Unsettled {
			if err := s.settleDebits(ctx, n.Party, n.Day); err != nil {
				return err
			}
		}
		if row, err = db.From[Transaction](s.d.Q(ctx)).Where("id = ?", row.ID).Take(); err != nil {
			return err
		}
		sign := int64(1)
		if n.Type == Debit {
			sign = -1
		}
		entries := n.Party.sale(lines, sign)
		if n.Against != "" && n.Against != AccountRevenue {
			entries = []Entry{{n.Party.account(), sign * sum.Total}, {n.Party.other(n.Against, 0), -sign * sum.Total}}
		}
		return s.enterMerged(ctx, ledger.ID, entries)
	})
	return row, err
}

// settleDebits pays debits that are on no invoice from payments and credit transactions that are free.
func (s *Store) settleDebits(ctx context.Context, p Party, day db.Day) error {
	targets, err := s.wantingDebits(ctx, p.CustomerID, p.Currency)
	if err != nil || len(targets) == 0 {
		return err
	}
	sources, err := s.paying(ctx, p.CustomerID, p.Currency, false)
	if err != nil {
		return err
	}
	b := s.book(p.CustomerID, day)
	b.takeAll(sources, targets)
	return b.write(ctx)
}

// reverse posts the opposite of a ledger transaction, and the opposite of the transactions that rest on it.
func (s *Store) reverse(ctx context.Context, id int64, key string, day db.Day) (Posted, error) {
	prior, err := db.From[LedgerTransaction](s.d.Q(ctx)).Where("reverses_id = ?", id).Find()
	if err != nil {
		return Posted{}, err
	}
	if len(prior) > 0 {
		return Posted{}, db.Fail(db.Conflict, "finance.error.reversed")
	}
	posted, err := s.claim(ctx, Posting{Key: key, Kind: "reverse", Day: day, ReversesID: id})
	if err != nil || !posted.Fresh {
		return posted, err
	}
	rows, err := db.From[Transaction](s.d.Q(ctx)).Where("ledger_transaction_id = ?", id).Order("id").Find()
	if err != nil {
		return Posted{}, err
	}
	for _, r := range rows {
		if err := s.mirror(ctx, r, posted.ID, day); err != nil {
			return Posted{}, err
		}
	}
	var sides []struct {
		PartnerID int64
		Kind      AccountKind
		OwnerID   int64
		Currency  money.Currency
		Amount    int64
	}
	err = s.d.Q(ctx).Raw(`SELECT a.partner_id, a.kind, a.owner_id, a.currency, e.amount
		FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id WHERE e.transaction_id = ? ORDER BY e.id`, id).Scan(&sides).Error
	if err != nil {
		return Posted{}, err
	}
	var entries []Entry
	for _, e := range sides {
		entries = append(entries, Entry{Account{e.PartnerID, e.Kind, e.OwnerID, e.Currency}, -e.Amount})
	}
	return posted, s.enterMerged(ctx, posted.ID, entries)
}

// mirror writes the opposite of a transaction. Where both are on no document, the credit pays the debit, so that neither
// is open.
func (s *Store) mirror(ctx context.Context, r Transaction, ledgerID int64, day db.Day) error {
	back := r
	back.ID, back.Day, back.LedgerTransactionID, back.CreatedAt = 0, day, ledgerID, s.d.Now()
	back.CategoryID, back.Source = CategoryCorrection, SourceAuto
	if back.Type = Credit; r.Type == Credit {
		back.Type = Debit
	}
	if err := s.d.Q(ctx).Create(&back).Error; err != nil || r.Remaining == 0 {
		return err
	}
	credit, debit := r, back
	if r.Type == Debit {
		credit, debit = back, r
	}
	b := s.book(r.CustomerID, day)
	b.take(&source{kind: FromTransaction, id: credit.ID, open: r.Remaining}, &target{transactionID: debit.ID, open: r.Remaining}, r.Remaining)
	return b.write(ctx)
}
