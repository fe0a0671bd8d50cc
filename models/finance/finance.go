// Package finance keeps the books: a double-entry ledger that only grows, and on it the documents that people see:
// invoices, proforma invoices, credit notes, payments and the transactions of the account.
//
// Signs. A customer's account balance is positive when the customer is in credit and negative when the customer owes
// (spec §3.4): a debit transaction lowers it, a credit transaction raises it. A ledger entry above zero credits its account,
// one below zero debits it, so the balance of the ledger's customer account is the account balance that the portal shows.
//
// Every change of money is one database transaction that first locks the customer's ledger account, then a number sequence,
// then the provider's accounts; in that order two changes can wait for each other but not in a circle.
package finance

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"

	"myisp/internal/money"
	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/job"
)

// Store is the books for staff, jobs, seed and import; customers' reads hang on Of.
type Store struct {
	d    *db.DB
	log  *audit.Store
	box  *secret.Box
	jobs *job.Store
	rand io.Reader

	manner func(ctx context.Context, partner int64) (Manner, error)

	cardKey, linkKey []byte // see Keyed
}

// Manner is how a partner writes its documents: the numbering patterns ("" is the default of §3.4), where tax is rounded
// (X7), whether prices that staff enter hold the tax already, of which documents customers are told by mail (§3.5), and whose
// payments are linked to the one invoice that wants as much (§3.4).
type Manner struct {
	Invoice, Proforma, CreditNote, Receipt string
	Rounding                               Rounding
	TaxIncluded                            bool
	Mailed                                 map[DocumentKind]bool
	LinkRecurring, LinkPrepaid             bool
}

// Configured tells the books how to learn a partner's Manner; without it every partner has the defaults.
func (s *Store) Configured(manner func(ctx context.Context, partner int64) (Manner, error)) {
	s.manner = manner
}

// Manner is how a partner writes its documents.
func (s *Store) Manner(ctx context.Context, partner int64) (Manner, error) {
	if s.manner == nil {
		return Manner{}, nil
	}
	return s.manner(ctx, partner)
}

// pattern is the partner's numbering pattern for the documents of a table.
func (s *Store) pattern(ctx context.Context, table string, partner int64) (string, error) {
	m, err := s.Manner(ctx, partner)
	return map[string]string{"invoices": m.Invoice, "proforma_invoices": m.Proforma, "credit_notes": m.CreditNote, "payments": m.Receipt}[table], err
}

// New returns the books of a database. What staff change goes into log, what follows from a payment into jobs; box seals the
// gateways' keys.
func New(d *db.DB, log *audit.Store, box *secret.Box, jobs *job.Store) *Store {
	return &Store{d: d, log: log, box: box, jobs: jobs, rand: rand.Reader}
}

// Party is what the books need to know of a customer: whose account, at which partner, in which currency.
type Party struct {
	CustomerID int64
	PartnerID  int64
	LocationID int64 // for numbering patterns only
	Currency   money.Currency
}

func (p Party) check(bad db.Invalid) {
	if p.CustomerID <= 0 || p.PartnerID <= 0 {
		bad["customer_id"] = "finance.error.customer"
	}
	if !p.Currency.Valid() {
		bad["currency"] = "finance.error.currency"
	}
}

// maxMinor bounds one amount: far above any real document, far below what sums could overflow.
const maxMinor = 1_000_000_000_000_000

func tooBig(n int64) bool { return n > maxMinor || n < -maxMinor }

func (s *Store) randomKey() string {
	var b [16]byte
	if _, err := io.ReadFull(s.rand, b[:]); err != nil {
		panic(err) // crypto/rand does not fail on a working system
	}
	return hex.EncodeToString(b[:])
}

// cut shortens text to what its column holds, in characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
