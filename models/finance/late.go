package finance

import (
	"context"
	"time"

	"myisp/models/db"
)

// StillWanted reports whether a checkout that is older than its time is still how the customer wants to pay: what it pays is
// owed as it was, and nothing was paid since, or begun that has come to anything. open is as in NewAttempt. What is approved late is
// finished only then: nobody's money is taken for what they have paid in another way meanwhile.
func (s *Store) StillWanted(ctx context.Context, a Attempt, open time.Duration) (bool, error) {
	since, err := db.From[Attempt](s.d.Q(ctx)).Where("customer_id = ? AND id > ? AND state NOT IN ?", a.CustomerID, a.ID,
		[]AttemptState{AttemptDeclined, AttemptCancelled, AttemptFailed}).Count("id")
	if err != nil || since > 0 {
		return false, err
	}
	paid, err := db.From[Payment](s.d.Q(ctx)).Where("customer_id = ? AND created_at > ? AND amount > 0", a.CustomerID, a.CreatedAt).Count("id")
	if err != nil || paid > 0 {
		return false, err
	}
	n := NewAttempt{Party: a.party(), Purpose: a.Purpose, Amount: a.Amount, PayLinkID: a.PayLinkID, Open: open}
	if a.Purpose != PayAll { // which names what it will pay for people to see
		docs, err := s.documentsOf(ctx, a.ID)
		if err != nil {
			return false, err
		}
		for _, d := range docs {
			n.DocumentIDs = append(n.DocumentIDs, d.DocumentID)
		}
	}
	if err = s.Of(a.CustomerID).fits(ctx, n); err == nil {
		return true, nil
	}
	switch db.KindOf(err) {
	case db.Conflict, db.NotFound, db.Unprocess:
		return false, nil
	}
	return false, err
}
