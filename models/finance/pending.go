package finance

import (
	"context"
	"slices"

	"myisp/models/db"
)

// markPending shows on the documents whether their money is on the way (FIN-4).
func (s *Store) markPending(ctx context.Context, a Attempt) error {
	if a.State != AttemptPending {
		return s.clearPending(ctx, a)
	}
	docs, err := s.documentsOf(ctx, a.ID)
	if err != nil {
		return err
	}
	onTheWay := s.coveredByName
	if a.Purpose == PayAll {
		onTheWay = s.coveredByAge
	}
	covered, err := onTheWay(ctx, a, docs)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if err := s.setPending(ctx, a, d, slices.Contains(covered, d.DocumentID)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) clearPending(ctx context.Context, a Attempt) error {
	docs, err := s.documentsOf(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if err := s.setPending(ctx, a, d, false); err != nil {
			return err
		}
	}
	return nil
}

// setPending marks a document or takes the mark away, unless it is another attempt's too.
func (s *Store) setPending(ctx context.Context, a Attempt, d AttemptDocument, pending bool) error {
	if !pending {
		var others int64
		err := s.d.Q(ctx).Raw(`SELECT COUNT(*) FROM payment_attempts a JOIN payment_attempt_documents d ON d.attempt_id = a.id
			WHERE d.kind = ? AND d.document_id = ? AND a.id <> ? AND a.state = 'pending'`, d.Kind, d.DocumentID, a.ID).Scan(&others).Error
		if err != nil || others > 0 {
			return err
		}
	}
	if d.Kind == KindProforma {
		return s.SetProformaPending(ctx, d.DocumentID, pending)
	}
	return s.SetInvoicePending(ctx, d.DocumentID, pending)
}

// coveredByName are those of an attempt's documents that its amount pays in full, in its order. A part on its way does not stand
// for the whole: what is left of such an invoice is owed and overdue as before.
func (s *Store) coveredByName(ctx context.Context, a Attempt, docs []AttemptDocument) ([]int64, error) {
	var ids []int64
	left := a.Amount
	for _, d := range docs {
		if d.Kind == KindInvoice {
			inv, err := db.From[Invoice](s.d.Q(ctx)).Where("id = ?", d.DocumentID).Take()
			if err != nil {
				return nil, err
			}
			if left -= inv.Due; left < 0 {
				break
			}
		}
		ids = append(ids, d.DocumentID)
	}
	return ids, nil
}

// coveredByAge are the invoices that an attempt for all that is owed will pay. It is asked anew each time, because what is owed
// may have changed since the attempt was begun.
func (s *Store) coveredByAge(ctx context.Context, a Attempt, _ []AttemptDocument) ([]int64, error) {
	return s.reached(ctx, a.party(), a.Amount)
}

// reached are the invoices that an amount for all that is owed will pay in full, together with what is in credit.
func (s *Store) reached(ctx context.Context, p Party, amount int64) ([]int64, error) {
	targets, err := s.wanting(ctx, p.CustomerID, p.Currency)
	if err != nil {
		return nil, err
	}
	sources, err := s.paying(ctx, p.CustomerID, p.Currency, true)
	for _, src := range sources {
		amount += src.open
	}
	var ids []int64
	for _, t := range targets {
		if amount -= t.open; amount < 0 {
			break
		}
		if t.invoiceID != 0 {
			ids = append(ids, t.invoiceID)
		}
	}
	return ids, err
}
