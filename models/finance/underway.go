package finance

import (
	"context"
	"errors"
	"time"

	"myisp/internal/money"
	"myisp/models/db"
)

// errPaying says that a document is being paid already.
var errPaying = db.Fail(db.Conflict, "pay.error.in_flight")

// IsUnderway reports whether an error of BeginAttempt says that another attempt stands in the way.
func IsUnderway(err error) bool { return errors.Is(err, errPaying) }

// Two kinds of attempts are underway. Money is on its way: accepted, held, or a charge of a kept method whose answer is not
// known. It counts as paid, so that nobody pays it twice and the rest can be paid. Or a checkout was begun after a time (the
// first value), which stands in the way as a whole. Those that somebody began with a pay link are in the way of other links only
// (the second value): whoever has a link shall not hold up the customer, and money that comes twice stays as credit (FIN-3).
const (
	onItsWay = `(a.state IN ('pending', 'held') OR a.state = 'new' AND a.saved_method_id <> 0)`
	begun    = `(a.saved_method_id = 0 AND a.state IN ('new', 'open') AND a.created_at > ? AND (a.pay_link_id = 0 OR ?))`
)

// attempts begins a query for the customer's attempts; kind and ids narrow it to those that pay one of the documents, by name or
// with all that is owed.
func (m Mine) attempts(ctx context.Context, kind DocumentKind, ids []int64) db.Query[Attempt] {
	q := db.From[Attempt](m.s.d.Q(ctx).Table("payment_attempts AS a")).Where("a.customer_id = ?", m.id).Order("a.id").Limit(10)
	if len(ids) > 0 {
		q = q.Where(`(a.purpose = 'all' OR EXISTS (SELECT 1 FROM payment_attempt_documents d WHERE d.attempt_id = a.id AND d.kind = ? AND d.document_id IN ?))`, kind, ids)
	}
	return q
}

// checkouts lists those that stand in the way of a new attempt; of one that names no documents all that pay something owed.
func (m Mine) checkouts(ctx context.Context, n NewAttempt, kind DocumentKind, ids []int64) ([]Attempt, error) {
	q := m.attempts(ctx, kind, ids).Where(begun, m.s.d.Now().Add(-n.Open), n.PayLinkID != 0)
	if len(ids) == 0 {
		q = q.Where("a.purpose <> 'ahead'")
	}
	return q.Find()
}

// inTheWay refuses an attempt whose documents are being paid by a checkout that was begun. A proforma invoice is paid as a
// whole: money on its way for it is in the way, too.
func (n NewAttempt) inTheWay(ctx context.Context, m Mine, kind DocumentKind, ids []int64) error {
	list, err := m.checkouts(ctx, n, kind, ids)
	if err == nil && len(list) == 0 && kind == KindProforma {
		list, err = m.attempts(ctx, kind, ids).Where(onItsWay).Where("a.purpose = 'proforma'").Find()
	}
	if err == nil && len(list) > 0 {
		return errPaying
	}
	return err
}

// Left lists the customer's checkouts that stand in the way of a new attempt and that the customer may have left: the gateway
// can be told that they are over. It is empty when somebody else's is in the way too.
func (m Mine) Left(ctx context.Context, n NewAttempt) ([]Attempt, error) {
	kind := KindInvoice
	if n.Purpose == PayProforma {
		kind = KindProforma
	}
	list, err := m.checkouts(ctx, n, kind, n.DocumentIDs)
	for _, a := range list {
		if a.State != AttemptOpen || a.PayLinkID != n.PayLinkID {
			return nil, err
		}
	}
	return list, err
}

// busy reports whether anything that the customer pays is under way.
func (s *Store) busy(ctx context.Context, customer int64, open time.Duration) (bool, error) {
	list, err := s.Of(customer).attempts(ctx, "", nil).Where("("+onItsWay+" OR "+begun+")", s.d.Now().Add(-open), false).Find()
	return len(list) > 0, err
}

// coming is what money on its way pays, in minor units: of each invoice, and in all.
type coming struct {
	invoices map[int64]int64
	all      int64
}

// of is what is left of an invoice to be paid.
func (c coming) of(inv Invoice) int64 { return inv.Due - c.invoices[inv.ID] }

// coming reads what money on its way will pay of what the customer owes in a currency. An attempt pays the invoices that it
// names in their order; one for all that is owed pays what is oldest, with what is in credit.
func (m Mine) coming(ctx context.Context, currency money.Currency) (coming, error) {
	c := coming{invoices: map[int64]int64{}}
	var rows []struct {
		ID, Amount, DocumentID, Due int64
		Purpose                     Purpose
		Kind                        DocumentKind
	}
	err := m.s.d.Q(ctx).Raw(`SELECT a.id, a.amount, a.purpose, COALESCE(d.kind, '') AS kind, COALESCE(d.document_id, 0) AS document_id, COALESCE(i.due, 0) AS due
		FROM payment_attempts a LEFT JOIN payment_attempt_documents d ON d.attempt_id = a.id LEFT JOIN invoices i ON d.kind = 'invoice' AND i.id = d.document_id
		WHERE a.customer_id = ? AND a.currency = ? AND `+onItsWay+` ORDER BY a.id, d.position`, m.id, currency).Scan(&rows).Error
	var attempt, left, byAge int64
	for _, r := range rows {
		if r.ID != attempt {
			attempt, left = r.ID, r.Amount
			c.all += r.Amount
			if r.Purpose == PayAll {
				byAge += r.Amount
			}
		}
		if r.Kind == KindInvoice && r.Purpose != PayAll {
			n := min(left, max(0, r.Due-c.invoices[r.DocumentID]))
			c.invoices[r.DocumentID] += n
			left -= n
		}
	}
	if err != nil || byAge == 0 {
		return c, err
	}
	return c, m.s.spread(ctx, m.id, currency, byAge, c.invoices)
}

// spread adds to what invoices get the part of an amount for all that is owed that reaches them, the oldest first.
func (s *Store) spread(ctx context.Context, customer int64, currency money.Currency, amount int64, invoices map[int64]int64) error {
	targets, err := s.wanting(ctx, customer, currency)
	if err != nil {
		return err
	}
	sources, err := s.paying(ctx, customer, currency, true)
	for _, src := range sources {
		amount += src.open
	}
	for _, t := range targets {
		n := min(amount, max(0, t.open-invoices[t.invoiceID]))
		if t.invoiceID != 0 {
			invoices[t.invoiceID] += n
		} else {
			n = min(amount, t.open)
		}
		amount -= n
	}
	return err
}
