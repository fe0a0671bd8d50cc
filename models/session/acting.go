package session

import (
	"context"
	"time"

	"myisp/internal/secret"
)

// ActingLife is how long a member of staff may act as a customer before they have to say again why.
const ActingLife = 30 * time.Minute

// Acting reports whether the session is a member of staff's who acts as the customer.
func (s Session) Acting() bool { return s.ActorID != 0 }

// StartActing lets the member of staff of a staff session act as a customer, and returns the token for the customer's
// cookie. Nothing that is done with the session makes it last longer.
func (s *Store) StartActing(ctx context.Context, customerID int64, by Session, writes bool, ip, userAgent string) (string, Session, error) {
	token := secret.Token()
	row := s.starting(token, Customer, customerID, ip, userAgent)
	row.ExpiresAt = row.CreatedAt.Add(ActingLife)
	row.ActorID, row.ActorSessionID, row.ActorWrites = by.SubjectID, by.ID, writes
	return token, row, s.d.Q(ctx).Create(&row).Error
}

// ActingOf lists the sessions in which the holder of a staff session acts as customers just now.
func (s *Store) ActingOf(ctx context.Context, staffSession int64) ([]Session, error) {
	var rows []Session
	err := s.alive(s.d.Q(ctx).Where("actor_session_id = ?", staffSession), Customer).Order("id").Find(&rows).Error
	return rows, err
}

// Lives reports whether a session that is known by its id has not ended.
func (s *Store) Lives(ctx context.Context, realm Realm, subject, id int64) (bool, error) {
	var n int64
	err := s.alive(s.d.Q(ctx).Model(&Session{}).Where("id = ? AND subject_id = ?", id, subject), realm).Count(&n).Error
	return n > 0, err
}
