package finance

import (
	"context"
	"time"

	"myisp/models/db"

	"gorm.io/gorm/clause"
)

// Unheard says what to do about a charge of a kept method whose answer was lost and which its gateway does not know by its
// key.
type Unheard string

// What to do. A charge is repeated under its own key while the customer may still expect it; the key keeps it from being
// made twice. Then it is only asked about, because a gateway's search may lag behind, and at last it was never made.
const (
	RepeatCharge Unheard = "repeat"
	AskAboutIt   Unheard = "ask"
	NeverCharged Unheard = "never"
)

const (
	repeatFor = 15 * time.Minute
	askFor    = 2 * time.Hour
	// hopeFor is how long a gateway that does not answer at all is asked about a charge before staff are.
	hopeFor = 24 * time.Hour
)

// Unheard tells what to do about the attempt, if it is a charge of whose fate nothing is known.
func (a Attempt) Unheard(now time.Time) Unheard {
	switch age := now.Sub(a.CreatedAt); {
	case age < repeatFor:
		return RepeatCharge
	case age < askFor:
		return AskAboutIt
	}
	return NeverCharged
}

// Unknown reports whether the attempt is a charge of a kept method whose answer has not been heard.
func (a Attempt) Unknown() bool { return a.State == AttemptNew && a.SavedMethodID != 0 }

// ReasonUnanswered marks an attempt that is held because its gateway never said what became of a charge.
const ReasonUnanswered = "unanswered"

// ChargeUnknown reports whether the fate of a charge of a kept method is not known: until it is, the method's token is needed
// to ask for it.
func (s *Store) ChargeUnknown(ctx context.Context, method int64) (bool, error) {
	n, err := db.From[Attempt](s.d.Q(ctx)).Where("saved_method_id = ? AND (state = ? OR state = ? AND reason = ?) AND customer_id = (SELECT customer_id FROM saved_methods WHERE id = ?)",
		method, AttemptNew, AttemptHeld, ReasonUnanswered, method).Count("id")
	return n > 0, err
}

// Unanswered puts the next question to a gateway off, because it did not answer this one. A charge of which nothing has been
// heard for a day is held: only the gateway's own pages can tell staff what has become of it, and until then nothing else
// may be charged for the same.
func (s *Store) Unanswered(ctx context.Context, a Attempt) error {
	now := s.d.Now()
	return s.d.Tx(ctx, func(ctx context.Context) error {
		a, err := db.From[Attempt](s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("id = ?", a.ID).Take()
		if err != nil {
			return db.Found(err)
		}
		at := now.Add(min(time.Minute<<min(a.Checks, 10), 6*time.Hour))
		a.CheckAt, a.Checks = &at, a.Checks+1
		if a.Unknown() && now.Sub(a.CreatedAt) > hopeFor {
			a.State, a.Reason, a.UpdatedAt, a.Checks = AttemptHeld, ReasonUnanswered, now, 0
		}
		return s.d.Q(ctx).Model(&Attempt{}).Where("id = ?", a.ID).
			Updates(map[string]any{"check_at": a.CheckAt, "checks": a.Checks, "state": a.State, "reason": a.Reason, "updated_at": a.UpdatedAt}).Error
	})
}
