package finance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"myisp/internal/money"
	"myisp/models/db"

	"gorm.io/gorm/clause"
)

// AccountKind says what a ledger account is for, and with it whose id OwnerID is.
type AccountKind string

// The accounts of a partner. Customer accounts belong to a customer, tax accounts to a tax, cash accounts to a payment
// method; of the others there is one (owner 0) per partner and currency.
const (
	AccountCustomer AccountKind = "customer"
	AccountRevenue  AccountKind = "revenue"
	AccountTax      AccountKind = "tax"
	AccountCash     AccountKind = "cash"
	AccountOpening  AccountKind = "opening" // what was before the books began, and corrections by hand
)

// LedgerAccount is an account with its projection: Balance is the sum of its entries in minor units.
type LedgerAccount struct {
	ID         int64          `gorm:"primaryKey"`
	PartnerID  int64          `gorm:"not null;uniqueIndex:ledger_accounts_what,priority:3"`
	Kind       AccountKind    `gorm:"size:16;not null;uniqueIndex:ledger_accounts_what,priority:1"`
	OwnerID    int64          `gorm:"not null;uniqueIndex:ledger_accounts_what,priority:2"`
	Currency   money.Currency `gorm:"size:3;not null;uniqueIndex:ledger_accounts_what,priority:4"`
	Balance    int64          `gorm:"not null"`
	EntryCount int64          `gorm:"not null"`
	CreatedAt  time.Time      `gorm:"not null"`
}

// LedgerTransaction is one posting; the database refuses to change or delete it.
type LedgerTransaction struct {
	ID         int64     `gorm:"primaryKey"`
	Key        string    `gorm:"size:100;not null;uniqueIndex"`
	Kind       string    `gorm:"size:24;not null"`
	Day        db.Day    `gorm:"size:10;not null"`
	ReversesID int64     `gorm:"not null;index"`
	PostedAt   time.Time `gorm:"not null"`
}

// LedgerEntry moves Amount on one account: above zero credits it, below zero debits it. Append-only as well.
type LedgerEntry struct {
	ID            int64 `gorm:"primaryKey"`
	TransactionID int64 `gorm:"not null;index"`
	AccountID     int64 `gorm:"not null;index"`
	Amount        int64 `gorm:"not null"`
}

// Account names a ledger account; it is made when first used.
type Account struct {
	PartnerID int64
	Kind      AccountKind
	OwnerID   int64
	Currency  money.Currency
}

// Entry is one side of a posting, in minor units of its account's currency.
type Entry struct {
	Account Account
	Amount  int64
}

// Posting is the head of a ledger transaction. Key names the event for ever (at most 100 bytes): the same key never writes twice.
type Posting struct {
	Key        string
	Kind       string
	Day        db.Day
	ReversesID int64
}

// Posted is a ledger transaction, and whether this call wrote it.
type Posted struct {
	ID    int64
	Fresh bool
}

// The reasons for which a posting is refused; a caller that meets one is wrong, whatever the data.
var (
	ErrUnbalanced = errors.New("finance: posting does not sum to zero")
	ErrCurrencies = errors.New("finance: posting mixes currencies")
	ErrKey        = errors.New("finance: posting without a key of 1 to 100 bytes")
)

// claim writes the head of a ledger transaction, or finds the one that has this key. A second claim of a key waits for
// the first one's transaction to end.
func (s *Store) claim(ctx context.Context, p Posting) (Posted, error) {
	if p.Key == "" || len(p.Key) > 100 {
		return Posted{}, ErrKey
	}
	row := LedgerTransaction{Key: p.Key, Kind: p.Kind, Day: p.Day, ReversesID: p.ReversesID, PostedAt: s.d.Now()}
	r := s.d.Q(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "key"}}, DoNothing: true}).Create(&row)
	if r.Error != nil {
		return Posted{}, r.Error
	}
	if r.RowsAffected == 1 && row.ID != 0 {
		return Posted{ID: row.ID, Fresh: true}, nil
	}
	first, err := db.From[LedgerTransaction](s.d.Q(ctx)).Where("key = ?", p.Key).Take()
	return Posted{ID: first.ID}, err
}

// merge folds entries of one account into one, checks that they sum to zero in one currency, and sorts them into the
// order in which accounts are locked everywhere: customers first, then the provider's.
func merge(in []Entry) ([]Entry, error) {
	var out []Entry
	var sum int64
	for _, e := range in {
		if e.Account.Currency != in[0].Account.Currency {
			return nil, ErrCurrencies
		}
		var ok bool
		if sum, ok = add(sum, e.Amount); !ok {
			return nil, money.ErrOverflow
		}
		i := slices.IndexFunc(out, func(o Entry) bool { return o.Account == e.Account })
		if i < 0 {
			out = append(out, e)
			continue
		}
		if out[i].Amount, ok = add(out[i].Amount, e.Amount); !ok {
			return nil, money.ErrOverflow
		}
	}
	if sum != 0 {
		return nil, fmt.Errorf("%w: %d left", ErrUnbalanced, sum)
	}
	// A customer's entry stays even when it is zero, so that a free invoice is in the ledger too.
	return slices.DeleteFunc(out, func(e Entry) bool { return e.Amount == 0 && e.Account.Kind != AccountCustomer }), nil
}

func add(a, b int64) (int64, bool) {
	if b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b {
		return 0, false
	}
	return a + b, true
}

// enter locks the accounts, then writes the entries and the new balances.
func (s *Store) enter(ctx context.Context, transactionID int64, entries []Entry) error {
	type side struct {
		LedgerAccount
		amount int64
	}
	var sides []side
	for _, e := range entries {
		a, err := s.account(ctx, e.Account)
		if err != nil {
			return err
		}
		sides = append(sides, side{a, e.Amount})
	}
	slices.SortFunc(sides, func(a, b side) int {
		return cmp.Or(cmp.Compare(lockRank(a.Kind), lockRank(b.Kind)), cmp.Compare(a.ID, b.ID))
	})
	rows := make([]LedgerEntry, 0, len(sides))
	for _, a := range sides {
		locked, err := s.lock(ctx, a.ID)
		if err != nil {
			return err
		}
		if _, ok := add(locked.Balance, a.amount); !ok {
			return money.ErrOverflow
		}
		if err := s.d.Q(ctx).Exec(`UPDATE ledger_accounts SET balance = balance + ?, entry_count = entry_count + 1 WHERE id = ?`, a.amount, a.ID).Error; err != nil {
			return err
		}
		rows = append(rows, LedgerEntry{TransactionID: transactionID, AccountID: a.ID, Amount: a.amount})
	}
	if len(rows) == 0 {
		return nil
	}
	return s.d.Q(ctx).Create(&rows).Error
}

func lockRank(k AccountKind) int {
	if k == AccountCustomer {
		return 0
	}
	return 1
}

// account finds an account or makes it.
func (s *Store) account(ctx context.Context, a Account) (LedgerAccount, error) {
	find := func() ([]LedgerAccount, error) {
		return db.From[LedgerAccount](s.d.Q(ctx)).
			Where("kind = ? AND owner_id = ? AND partner_id = ? AND currency = ?", a.Kind, a.OwnerID, a.PartnerID, a.Currency).Find()
	}
	rows, err := find()
	if err != nil || len(rows) == 1 {
		return first(rows), err
	}
	row := LedgerAccount{PartnerID: a.PartnerID, Kind: a.Kind, OwnerID: a.OwnerID, Currency: a.Currency, CreatedAt: s.d.Now()}
	if err := s.d.Q(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return LedgerAccount{}, err
	}
	if rows, err = find(); err == nil && len(rows) == 0 {
		err = fmt.Errorf("finance: account %v vanished", a)
	}
	return first(rows), err
}

func first[T any](rows []T) (t T) {
	if len(rows) > 0 {
		return rows[0]
	}
	return t
}

// lock holds an account's row until the transaction ends. SQLite has one writer at a time and needs no lock.
func (s *Store) lock(ctx context.Context, id int64) (LedgerAccount, error) {
	return db.From[LedgerAccount](s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take()
}

// lockCustomer opens every change of a customer's money: what follows sees, and alone changes, this customer's documents.
// It holds all accounts of the customer, so a change at another partner or in another currency waits too.
func (s *Store) lockCustomer(ctx context.Context, p Party) error {
	if _, err := s.account(ctx, p.account()); err != nil {
		return err
	}
	_, err := db.From[LedgerAccount](s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).
		Where("kind = ? AND owner_id = ?", AccountCustomer, p.CustomerID).Order("id").Find()
	return err
}

func (p Party) account() Account {
	return Account{PartnerID: p.PartnerID, Kind: AccountCustomer, OwnerID: p.CustomerID, Currency: p.Currency}
}

func (p Party) other(kind AccountKind, owner int64) Account {
	return Account{PartnerID: p.PartnerID, Kind: kind, OwnerID: owner, Currency: p.Currency}
}
