package finance

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"

	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
)

// Desk is what staff do with one customer's money. Every query of it holds the customer's id, so the number of somebody
// else's document is db.ErrNotFound and nothing is written; every change is entered into the audit log with it.
type Desk struct {
	s  *Store
	id int64
}

// Desk is the books of a customer as staff change them.
func (s *Store) Desk(customerID int64) Desk { return Desk{s, customerID} }

// NewKey returns a fresh key for a form: sent twice, it is done once.
func (s *Store) NewKey() string { return s.randomKey() }

// Reversal is how staff take something back: on which day, and why. Reason is required, at most 500 characters.
type Reversal struct {
	Day    db.Day
	Reason string
}

func (r *Reversal) check() error {
	bad := db.Invalid{}
	checkDays(bad, "day", r.Day, true)
	if r.Reason = strings.TrimSpace(r.Reason); r.Reason == "" {
		bad["reason"] = "finance.error.reason"
	} else if len([]rune(r.Reason)) > 500 {
		bad["reason"] = "error.too_long"
	}
	return bad.Or()
}

// locked runs fn alone with the customer's money.
func (d Desk) locked(ctx context.Context, p Party, fn func(ctx context.Context) error) error {
	return d.s.d.Tx(ctx, func(ctx context.Context) error {
		if err := d.s.lockCustomer(ctx, p); err != nil {
			return err
		}
		return fn(ctx)
	})
}

// key makes the key of what a form makes once: the form's own counts for this customer, the member of staff at work, the kind of
// thing and what it is about alone. So a form can name neither what another form made nor what the portal books by itself, such
// as an attempt's money. What is no key stays as it is.
func (d Desk) key(ctx context.Context, form, kind string, about int64) string {
	bad := db.Invalid{}
	if checkKey(form, bad); form == "" || len(bad) > 0 {
		return form
	}
	by := audit.By(ctx)
	mac := secret.MAC(d.s.linkKey, "desk-key", strconv.FormatInt(d.id, 10), string(by.Kind), strconv.FormatInt(by.ID, 10), kind, strconv.FormatInt(about, 10), form)
	return "desk-" + base64.RawURLEncoding.EncodeToString(mac)
}

// once is locked for what is made of a form: of a key that is known already, fn returns the first result and logs nothing.
func (d Desk) once(ctx context.Context, p Party, kind, key string, fn func(ctx context.Context, fresh bool) error) error {
	bad := db.Invalid{}
	if p.check(bad); p.CustomerID != d.id {
		bad["customer_id"] = "finance.error.customer"
	}
	checkKey(key, bad)
	if err := bad.Or(); err != nil {
		return err
	}
	return d.locked(ctx, p, func(ctx context.Context) error {
		known, err := d.known(ctx, kind, key)
		if err != nil {
			return err
		}
		return fn(ctx, !known)
	})
}

// note enters a change of a document into the audit log.
func (d Desk) note(ctx context.Context, action audit.Action, object string, id int64, number string, partner int64, before, after any) error {
	return d.s.log.Record(ctx, audit.Change{Action: action, Object: object, ObjectID: strconv.FormatInt(id, 10), ObjectName: number, CustomerID: d.id, PartnerID: partner,
		Before: before, After: after})
}

// own reads a document of the customer.
func own[T any](ctx context.Context, d Desk, id int64) (T, error) {
	row, err := db.From[T](d.s.d.Q(ctx)).Where("id = ? AND customer_id = ?", id, d.id).Take()
	return row, db.Found(err)
}

// standing is the ledger transaction that a document rests on now: the newest that nothing has taken back. column is what
// its transactions name it by; that it is not 0 tells the database that the index, which leaves 0 out, will do.
func (s *Store) standing(ctx context.Context, column string, id int64) (int64, error) {
	var ledger int64
	err := s.d.Q(ctx).Raw(`SELECT l.id FROM transactions t JOIN ledger_transactions l ON l.id = t.ledger_transaction_id
		WHERE t.`+column+` = ? AND t.`+column+` <> 0 AND l.kind <> 'reverse' AND NOT EXISTS (SELECT 1 FROM ledger_transactions r WHERE r.reverses_id = l.id)
		ORDER BY l.id DESC LIMIT 1`, id).Scan(&ledger).Error
	if err == nil && ledger == 0 {
		err = db.Fail(db.Conflict, "finance.error.reversed")
	}
	return ledger, err
}

// releaseTarget takes back all that pays a debit, or an invoice, so that its sources are free again.
func (s *Store) releaseTarget(ctx context.Context, b *book, column string, id int64) error {
	var rows []struct {
		SourceKind SourceKind
		SourceID   int64
		Amount     int64
	}
	err := s.d.Q(ctx).Raw(`SELECT source_kind, source_id, CAST(SUM(amount) AS BIGINT) AS amount FROM allocations WHERE `+column+` = ?
		GROUP BY source_kind, source_id HAVING SUM(amount) <> 0 ORDER BY 1, 2`, id).Scan(&rows).Error
	for _, r := range rows {
		t := &target{invoiceID: id}
		if column == "transaction_id" {
			t = &target{transactionID: id}
		}
		b.add(r.SourceKind, r.SourceID, t, -r.Amount)
	}
	return err
}
