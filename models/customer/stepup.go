package customer

import (
	"context"
	"time"

	"myisp/models/db"
	"myisp/models/session"
)

// StepUpAfter is how long after giving the password a customer may change how money is taken without giving it again: a
// phone left on a table is not enough for that (beyond.md, 5).
const StepUpAfter = 15 * time.Minute

// Fresh reports whether the session's owner gave the password lately enough for what needs it.
func (s *Store) Fresh(row session.Session) bool { return s.d.Now().Sub(row.Proved()) <= StepUpAfter }

// StepUp takes the customer's password again, and notes in the session that it did. Errors: db.Invalid on "password",
// limit.TooMany.
func (m Me) StepUp(ctx context.Context, row session.Session, password string) error {
	who, err := m.Get(ctx)
	if err != nil {
		return err
	}
	bad := db.Invalid{}
	if err := m.checkCurrent(ctx, who, password, bad); err != nil {
		return err
	}
	if wrong := bad["current_password"]; wrong != "" {
		return db.Invalid{"password": wrong}
	}
	return m.s.sessions.Prove(ctx, row.ID)
}
