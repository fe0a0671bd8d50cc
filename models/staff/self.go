package staff

import (
	"context"
	"slices"

	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/session"
)

// Self is what a member does about themselves.
type Self struct {
	s *Store
	m Member
}

// Of starts what a signed-in member does about themselves.
func (s *Store) Of(m Member) Self { return Self{s, m} }

// Sessions lists the devices on which the member is signed in, last used first.
func (o Self) Sessions(ctx context.Context) ([]session.Session, error) {
	return o.s.sessions.List(ctx, session.Staff, o.m.ID)
}

// EndSession signs one device of the member out; another's is left alone.
func (o Self) EndSession(ctx context.Context, id int64) error {
	return o.s.d.Tx(ctx, func(ctx context.Context) error {
		own, err := o.Sessions(ctx)
		if err != nil || !slices.ContainsFunc(own, func(row session.Session) bool { return row.ID == id }) {
			return err
		}
		if err := o.s.endActings(ctx, id); err != nil {
			return err
		}
		if err := o.s.sessions.End(ctx, session.Staff, o.m.ID, id); err != nil {
			return err
		}
		return o.s.record(ctx, audit.StaffSessionsEnded, o.m, nil, map[string]any{"sessions": 1})
	})
}

// EndOtherSessions signs the member out everywhere but here.
func (o Self) EndOtherSessions(ctx context.Context, this int64) error {
	return o.s.d.Tx(ctx, func(ctx context.Context) error {
		if err := o.s.endActingsBut(ctx, o.m.ID, this); err != nil {
			return err
		}
		n, err := o.s.sessions.EndOthers(ctx, session.Staff, o.m.ID, this)
		if err != nil || n == 0 {
			return err
		}
		return o.s.record(ctx, audit.StaffSessionsEnded, o.m, nil, map[string]any{"sessions": n})
	})
}

// SetLanguage has every page and mail speak a language to the member; "" is the browser's. Errors: db.Invalid on "language".
func (o Self) SetLanguage(ctx context.Context, code string) error {
	if len(code) > 16 {
		return db.Invalid{"language": "error.choice"}
	}
	if code == o.m.Language {
		return nil
	}
	return o.s.d.Tx(ctx, func(ctx context.Context) error {
		if err := o.s.set(ctx, o.m.ID, map[string]any{"language": code}); err != nil {
			return err
		}
		after := o.m
		after.Language = code
		return o.s.record(ctx, audit.StaffEdited, o.m, o.m.logged(), after.logged())
	})
}

// ChangePassword replaces the password by another and signs the member out everywhere but here. Errors: db.Invalid on
// "password_current" and "password_new", limit.TooMany.
func (o Self) ChangePassword(ctx context.Context, this int64, current, next string) error {
	if err := o.s.confirm(ctx, o.m, current, audit.By(ctx).IP, "password_current"); err != nil {
		return err
	}
	hash, err := o.s.checkedHash(ctx, o.m, next)
	if err != nil {
		return err
	}
	return o.s.d.Tx(ctx, func(ctx context.Context) error {
		if err := o.s.storeHash(ctx, o.m, hash); err != nil {
			return err
		}
		if err := o.s.endActingsBut(ctx, o.m.ID, this); err != nil {
			return err
		}
		if _, err := o.s.sessions.EndOthers(ctx, session.Staff, o.m.ID, this); err != nil {
			return err
		}
		if err := o.s.sessions.EndAll(ctx, session.StaffPending, o.m.ID); err != nil {
			return err
		}
		return o.s.sessions.Prove(ctx, this)
	})
}
