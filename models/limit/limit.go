// Package limit counts attempts in the database, so that log-in and reset limits hold across all instances.
package limit

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"myisp/internal/secret"
	"myisp/models/db"
)

// RateLimit counts the events of one key in the current window. Keys are hashed: the table tells nobody who tried.
type RateLimit struct {
	Key         string    `gorm:"primaryKey;size:64"`
	WindowStart time.Time `gorm:"not null;index"`
	Count       int       `gorm:"not null"`
}

// Longest is the longest window a rule may have: what began before that counts for nothing and may be purged.
const Longest = 24 * time.Hour

// Rule allows Max events in each Window, which is no longer than Longest.
type Rule struct {
	Name   string
	Max    int
	Window time.Duration
}

// Store is the table of counters.
type Store struct{ d *db.DB }

// New returns the counters on d.
func New(d *db.DB) *Store { return &Store{d} }

// TooMany is the error of an exhausted rule, with the time after which trying again makes sense.
type TooMany struct{ RetryAfter time.Duration }

// Error says that a limit was reached.
func (TooMany) Error() string { return "too many attempts" }

// Unwrap gives the kind and the message for the person.
func (TooMany) Unwrap() error { return db.Fail(db.TooMany, "error.too_many_attempts") }

func key(r Rule, subject string) string { return secret.SHA256Hex(r.Name + "\x00" + subject) }

// Take counts one event of subject, and returns TooMany once the rule's number in the window is exceeded.
func (s *Store) Take(ctx context.Context, r Rule, subject string) error {
	if r.Window > Longest {
		return fmt.Errorf("limit: the window of %s is longer than counters are kept", r.Name)
	}
	now := s.d.Now()
	fresh := db.Time(now.Add(-r.Window))
	row := RateLimit{Key: key(r, subject), WindowStart: now, Count: 1}
	// One statement, so that parallel attempts cannot slip between a read and a write.
	err := s.d.Q(ctx).Clauses(
		clause.OnConflict{
			Columns: []clause.Column{{Name: "key"}},
			DoUpdates: clause.Assignments(map[string]any{
				"count":        gorm.Expr("CASE WHEN rate_limits.window_start <= ? THEN 1 ELSE rate_limits.count + 1 END", fresh),
				"window_start": gorm.Expr("CASE WHEN rate_limits.window_start <= ? THEN ? ELSE rate_limits.window_start END", fresh, now),
			}),
		},
		clause.Returning{Columns: []clause.Column{{Name: "count"}, {Name: "window_start"}}},
	).Create(&row).Error
	if err != nil {
		return err
	}
	return verdict(r, row, now)
}

// Source is the subject of a limit by address: an IPv4 address as it is, but of IPv6 the /64, which one connection is given
// whole and may change its address in with every request.
func Source(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if addr = addr.Unmap().WithZone(""); addr.Is4() {
		return addr.String()
	}
	network, _ := addr.Prefix(64) // every IPv6 address has one
	return network.String()
}

// Claim is one event to count: of whom, by which rule.
type Claim struct {
	Rule    Rule
	Subject string
}

// TakeAll takes one claim after the other until one is refused. What was refused by a narrow rule does not count for the
// wider ones after it: else a stranger could use up what an account has everywhere from a single address.
func (s *Store) TakeAll(ctx context.Context, claims ...Claim) error {
	for _, c := range claims {
		if err := s.Take(ctx, c.Rule, c.Subject); err != nil {
			return err
		}
	}
	return nil
}

// Check tells whether a further event would be refused, without counting one.
func (s *Store) Check(ctx context.Context, r Rule, subject string) error {
	now := s.d.Now()
	var row RateLimit
	err := s.d.Q(ctx).Where("key = ? AND window_start > ?", key(r, subject), db.Time(now.Add(-r.Window))).Limit(1).Find(&row).Error
	if err != nil {
		return err
	}
	row.Count++
	return verdict(r, row, now)
}

func verdict(r Rule, row RateLimit, now time.Time) error {
	if row.Count > r.Max {
		return TooMany{RetryAfter: max(time.Second, row.WindowStart.Add(r.Window).Sub(now))}
	}
	return nil
}

// Clear forgets a subject's attempts, after a success.
func (s *Store) Clear(ctx context.Context, r Rule, subject string) error {
	return s.d.Q(ctx).Where("key = ?", key(r, subject)).Delete(&RateLimit{}).Error
}

// Purge deletes windows that began before t, which should be Longest ago or more.
func (s *Store) Purge(ctx context.Context, t time.Time) (int64, error) {
	res := s.d.Q(ctx).Where("window_start < ?", t).Delete(&RateLimit{})
	return res.RowsAffected, res.Error
}
