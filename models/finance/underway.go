package finance

import (
	"context"
	"errors"
	"time"

	"myisp/models/db"
)

// errPaying says that a document is being paid already.
var errPaying = db.Fail(db.Conflict, "pay.error.in_flight")

// IsUnderway reports whether an error of BeginAttempt says that another attempt stands in the way.
func IsUnderway(err error) bool { return errors.Is(err, errPaying) }

// underwaySQL are the attempts that stand in the way of another one for the same money: what is on its way or held, a charge
// of a kept method whose answer is not known, and a checkout begun after a time (the first value). Checkouts that somebody
// began with a pay link are in the way of other links only (the second value): whoever has a link shall not hold up the
// customer, and money that comes twice stays as credit (FIN-3).
const underwaySQL = `(a.state IN ('pending', 'held') OR a.state = 'new' AND a.saved_method_id <> 0
	OR a.state IN ('new', 'open') AND a.created_at > ? AND (a.pay_link_id = 0 OR ?))`

// inTheWay refuses an attempt for documents that another one is paying, by name or with all that is owed; without documents
// everything that the customer pays is in the way.
func (n NewAttempt) inTheWay(ctx context.Context, m Mine, kind DocumentKind, ids []int64) error {
	list, err := m.underway(ctx, n, kind, ids)
	if err == nil && len(list) > 0 {
		return errPaying
	}
	return err
}

func (m Mine) underway(ctx context.Context, n NewAttempt, kind DocumentKind, ids []int64) ([]Attempt, error) {
	q := db.From[Attempt](m.s.d.Q(ctx).Table("payment_attempts AS a")).Where("a.customer_id = ? AND "+underwaySQL, m.id, m.s.d.Now().Add(-n.Open), n.PayLinkID != 0)
	if len(ids) > 0 {
		q = q.Where(`(a.purpose = 'all' OR EXISTS (SELECT 1 FROM payment_attempt_documents d WHERE d.attempt_id = a.id AND d.kind = ? AND d.document_id IN ?))`, kind, ids)
	}
	return q.Order("a.id").Limit(10).Find()
}

// Left lists the customer's checkouts that stand in the way of a new attempt and that the customer may have left: the gateway
// can be told that they are over. It is empty when something else is in the way too, such as money on its way.
func (m Mine) Left(ctx context.Context, n NewAttempt) ([]Attempt, error) {
	kind := KindInvoice
	if n.Purpose == PayProforma {
		kind = KindProforma
	}
	list, err := m.underway(ctx, n, kind, n.DocumentIDs)
	for _, a := range list {
		if a.State != AttemptOpen || a.SavedMethodID != 0 || a.PayLinkID != n.PayLinkID {
			return nil, err
		}
	}
	return list, err
}

// busy reports whether anything that the customer pays is under way.
func (s *Store) busy(ctx context.Context, customer int64, open time.Duration) (bool, error) {
	list, err := s.Of(customer).underway(ctx, NewAttempt{Open: open}, "", nil)
	return len(list) > 0, err
}
