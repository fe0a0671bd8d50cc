package staff

import (
	"context"
	"strconv"
	"strings"
	"time"

	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/session"
)

// ActAs is what a member says who wants to act as a customer (AUTH-4).
type ActAs struct {
	CustomerID   int64
	CustomerName string
	PartnerID    int64
	// Writes asks for more than to look; it needs ActWriting, and a reason.
	Writes bool
	Reason string
}

// Acting is a member who acts as a customer.
type Acting struct {
	Member Member
	Writes bool
	Until  time.Time
}

const maxReason = 300

// Act starts a session in which the member of the staff session by sees the portal as a customer does, and returns its
// token. It ends by itself (session.ActingLife), and at once when the member logs out, is disabled or loses the permission.
// The start is in the audit log with its reason, and in the portal log, where the customer sees it.
// Errors: db.Invalid on "reason"; Forbidden, which is logged too.
func (s *Store) Act(ctx context.Context, m Member, by session.Session, a ActAs, ip, userAgent string) (token string, err error) {
	a.Reason = strings.TrimSpace(a.Reason)
	if needs := needed(a.Writes); !m.May(needs) {
		err := s.log.Record(ctx, audit.Change{Action: audit.AccessDenied, Object: "customer", ObjectID: strconv.FormatInt(a.CustomerID, 10), ObjectName: a.CustomerName,
			CustomerID: a.CustomerID, PartnerID: a.PartnerID, After: map[string]string{"role": m.Role, "permission": string(needs)}})
		if err != nil {
			return "", err
		}
		return "", db.Fail(db.Forbidden, "error.forbidden")
	}
	switch {
	case a.Writes && a.Reason == "":
		return "", db.Invalid{"reason": "error.required"}
	case len(a.Reason) > maxReason:
		return "", db.Invalid{"reason": "error.too_long"}
	}
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.endActings(ctx, by.ID); err != nil { // one browser has one place for a customer
			return err
		}
		var row session.Session
		if token, row, err = s.sessions.StartActing(ctx, a.CustomerID, by, a.Writes, ip, userAgent); err != nil {
			return err
		}
		after := map[string]string{"mode": mode(a.Writes), "until": row.ExpiresAt.Format(time.RFC3339)}
		if a.Reason != "" {
			after["reason"] = a.Reason
		}
		if err := s.log.Note(ctx, a.CustomerID, audit.OpActing, audit.Done, mode(a.Writes)); err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.ActingStarted, Object: "customer", ObjectID: strconv.FormatInt(a.CustomerID, 10),
			ObjectName: a.CustomerName, CustomerID: a.CustomerID, PartnerID: a.PartnerID, After: after})
	})
	return token, err
}

func needed(writes bool) Permission {
	if writes {
		return ActWriting
	}
	return ActAsCustomer
}

func mode(writes bool) string {
	if writes {
		return "writing"
	}
	return "reading"
}

// Acting returns who acts in a customer's session that is a member's; db.ErrNotFound when the member may no longer: their
// own session is over, they are disabled, or their role has lost the permission.
func (s *Store) Acting(ctx context.Context, row session.Session) (Acting, error) {
	m, err := db.From[Member](s.d.Q(ctx)).Where("id = ? AND disabled = ?", row.ActorID, false).Take()
	if err != nil {
		return Acting{}, db.Found(err)
	}
	if m.grants, err = s.grants(ctx, m.Role); err != nil {
		return Acting{}, err
	}
	lives, err := s.sessions.Lives(ctx, session.Staff, row.ActorID, row.ActorSessionID)
	if err != nil {
		return Acting{}, err
	}
	if !lives || !m.May(ActAsCustomer) || row.ActorWrites && !m.May(ActWriting) {
		return Acting{}, db.ErrNotFound
	}
	return Acting{Member: m, Writes: row.ActorWrites, Until: row.ExpiresAt}, nil
}

// EndActing ends one session in which a member acts as a customer.
func (s *Store) EndActing(ctx context.Context, row session.Session, customerName string) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.sessions.End(ctx, session.Customer, row.SubjectID, row.ID); err != nil {
			return err
		}
		if err := s.log.Note(ctx, row.SubjectID, audit.OpActingEnd, audit.Done, mode(row.ActorWrites)); err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.ActingEnded, Object: "customer", ObjectID: strconv.FormatInt(row.SubjectID, 10),
			ObjectName: customerName, CustomerID: row.SubjectID})
	})
}

// endActingsBut ends what a member does as customers out of all their sessions but one, because those end.
func (s *Store) endActingsBut(ctx context.Context, member, kept int64) error {
	rows, err := s.sessions.List(ctx, session.Staff, member)
	for _, row := range rows {
		if row.ID == kept {
			continue
		}
		if err := s.endActings(ctx, row.ID); err != nil {
			return err
		}
	}
	return err
}

// endActings ends whatever the holder of a staff session does as customers, because that session ends or begins anew.
func (s *Store) endActings(ctx context.Context, staffSession int64) error {
	rows, err := s.sessions.ActingOf(ctx, staffSession)
	for _, row := range rows {
		if err := s.EndActing(ctx, row, ""); err != nil {
			return err
		}
	}
	return err
}
