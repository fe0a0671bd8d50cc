package staff

import (
	"context"
	"errors"
	"slices"
	"strings"

	"gorm.io/gorm/clause"

	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/session"
)

// Manager is what a member does about colleagues and roles. Nobody reaches beyond themselves: a colleague whose role holds
// a permission that the member lacks can be neither changed nor helped to a new password, and no role can be given, made or
// changed so that it holds one. Every refused try is in the audit log.
type Manager struct {
	s  *Store
	by Member
}

// As starts what a signed-in member, as Resume returned it, does about others.
func (s *Store) As(by Member) Manager { return Manager{s, by} }

// errBeyond refuses what would reach beyond the member's own permissions.
var errBeyond = db.Fail(db.Forbidden, "staff.error.beyond")

// AsSystem starts what the command line does about roles: whoever may run it can do anything anyway.
func (s *Store) AsSystem() Manager { return Manager{s, Member{grants: Permissions}} }

// covers reports whether the member holds every one of a list of permissions.
func (m Manager) covers(list []Permission) bool {
	return !slices.ContainsFunc(list, func(p Permission) bool { return !m.by.May(p) })
}

// reach is errBeyond for a role that holds more than the member does. The role stays as it is until the transaction ends.
func (m Manager) reach(ctx context.Context, role string) error {
	if _, fixed := builtIn[role]; !fixed && m.s.d.InTx(ctx) {
		var held []Role
		if err := m.s.d.Q(ctx).Clauses(clause.Locking{Strength: "SHARE"}).Where("key = ?", role).Find(&held).Error; err != nil {
			return err
		}
	}
	list, err := m.s.grants(ctx, role)
	if err == nil && !m.covers(list) {
		return errBeyond
	}
	return err
}

// Reaches reports whether the member may change whoever has the role.
func (m Manager) Reaches(ctx context.Context, role string) (bool, error) {
	err := m.reach(ctx, role)
	if errors.Is(err, errBeyond) {
		return false, nil
	}
	return err == nil, err
}

// change runs fn in a transaction, and enters a try to reach too far into the log after it was rolled back.
func (m Manager) change(ctx context.Context, object, id string, fn func(ctx context.Context) error) error {
	err := m.s.d.Tx(ctx, fn)
	if !errors.Is(err, errBeyond) {
		return err
	}
	return errors.Join(err, m.s.log.Record(ctx, audit.Change{Action: audit.AccessDenied, Object: object, ObjectID: id,
		After: map[string]string{"role": m.by.Role}}))
}

// within finds a colleague and locks the row; errBeyond when the colleague holds more than the member.
func (m Manager) within(ctx context.Context, id int64) (Member, error) {
	var who Member
	err := m.s.d.Q(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&who).Error
	if err != nil {
		return who, db.Found(err)
	}
	return who, m.reach(ctx, who.Role)
}

// Edit is what staff may change of a colleague.
type Edit struct {
	Name     string
	Email    string
	Role     string
	Language string // a code of views/i18n; "" is the browser's
	Disabled bool
}

// Edit changes a colleague; disabling ends their sessions. Errors: db.ErrNotFound, db.Forbidden for reaching too far,
// db.Invalid on name, email, role, disabled: the last enabled administrator stays one, and nobody disables themselves.
func (m Manager) Edit(ctx context.Context, id int64, e Edit) error {
	e.Name, e.Email = strings.TrimSpace(e.Name), foldEmail(e.Email)
	return m.change(ctx, "staff", idText(id), func(ctx context.Context) error {
		last, err := m.s.lastAdministrator(ctx, id) // first, so that the locks are taken in one order
		if err != nil {
			return err
		}
		who, err := m.within(ctx, id)
		if err != nil {
			return err
		}
		if err := m.reach(ctx, e.Role); err != nil {
			return err
		}
		bad, err := m.checkEdit(ctx, who, e, last)
		if err != nil {
			return err
		}
		if err := bad.Or(); err != nil {
			return err
		}
		before := who.logged()
		who.Name, who.Email, who.Role, who.Language, who.Disabled = e.Name, e.Email, e.Role, e.Language, e.Disabled
		if before == who.logged() {
			return nil
		}
		err = m.s.set(ctx, id, map[string]any{"name": who.Name, "email": who.Email, "role": who.Role, "language": who.Language, "disabled": who.Disabled})
		if err != nil {
			return err
		}
		if who.Disabled {
			if err := m.s.endSessions(ctx, id); err != nil {
				return err
			}
		}
		return m.s.record(ctx, audit.StaffEdited, who, before, who.logged())
	})
}

func (m Manager) checkEdit(ctx context.Context, who Member, e Edit, last bool) (db.Invalid, error) {
	bad := db.Invalid{}
	checkPerson(bad, e.Name, e.Email)
	if len(e.Language) > 16 {
		bad["language"] = "error.choice"
	}
	if ok, err := m.s.roleExists(ctx, e.Role); err != nil {
		return nil, err
	} else if !ok {
		bad["role"] = "error.choice"
	}
	if taken, err := m.s.emailTaken(ctx, e.Email, who.ID); err != nil {
		return nil, err
	} else if taken && e.Email != who.Email {
		bad["email"] = "staff.error.email_taken"
	}
	if last && e.Role != Administrator {
		bad["role"] = "staff.error.last_administrator"
	}
	switch {
	case !e.Disabled:
	case last:
		bad["disabled"] = "staff.error.last_administrator"
	case who.ID == m.by.ID:
		bad["disabled"] = "staff.error.yourself"
	}
	return bad, nil
}

// lastAdministrator reports whether a member is the only enabled administrator. It locks them all, so that of two who
// demote each other only one succeeds.
func (s *Store) lastAdministrator(ctx context.Context, id int64) (bool, error) {
	var admins []Member
	err := s.d.Q(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("role = ? AND disabled = ?", Administrator, false).Order("id").Find(&admins).Error
	return len(admins) == 1 && admins[0].ID == id, err
}

// EndSessions signs a colleague out everywhere.
func (m Manager) EndSessions(ctx context.Context, id int64) error {
	return m.change(ctx, "staff", idText(id), func(ctx context.Context) error {
		who, err := m.within(ctx, id)
		if err != nil {
			return err
		}
		if err := m.s.endSessions(ctx, id); err != nil {
			return err
		}
		return m.s.record(ctx, audit.StaffSessionsEnded, who, nil, nil)
	})
}

// ResetFactor takes a colleague's second factor away, for whom the authenticator was lost, and signs them out.
func (m Manager) ResetFactor(ctx context.Context, id int64) error {
	return m.change(ctx, "staff", idText(id), func(ctx context.Context) error {
		who, err := m.within(ctx, id)
		if err != nil {
			return err
		}
		if err := m.s.dropFactor(ctx, who, audit.SecondFactorReset); err != nil {
			return err
		}
		return m.s.endSessions(ctx, id)
	})
}

// Colleague is a member as others see them.
type Colleague struct {
	Member
	Within   bool // the asking member may change them
	Sessions []session.Session
}

// Colleague returns one member with the devices on which they are signed in.
func (m Manager) Colleague(ctx context.Context, id int64) (Colleague, error) {
	who, err := m.s.Find(ctx, id)
	if err != nil {
		return Colleague{}, err
	}
	c := Colleague{Member: who}
	if c.Within, err = m.Reaches(ctx, who.Role); err != nil {
		return c, err
	}
	c.Sessions, err = m.s.sessions.List(ctx, session.Staff, id)
	return c, err
}

// Roles lists the roles that the member may give.
func (m Manager) Roles(ctx context.Context) ([]RoleInfo, error) {
	list, err := m.s.Roles(ctx)
	return slices.DeleteFunc(list, func(r RoleInfo) bool { return !m.covers(r.Permissions) }), err
}

// AddRole makes a role. Errors: db.Forbidden for permissions that the member lacks, db.Invalid on name.
func (m Manager) AddRole(ctx context.Context, name string, permissions []Permission) (key string, err error) {
	return m.AddRoleAs(ctx, "", name, permissions)
}

// AddRoleAs is AddRole with a key of one's own; "" takes one made of the name. Errors: also db.Invalid on key.
func (m Manager) AddRoleAs(ctx context.Context, wanted, name string, permissions []Permission) (key string, err error) {
	name, permissions = strings.TrimSpace(name), Complete(permissions)
	err = m.change(ctx, "role", name, func(ctx context.Context) error {
		if !m.covers(permissions) {
			return errBeyond
		}
		if err := checkRole(name, permissions); err != nil {
			return err
		}
		if key, err = m.s.chosenKey(ctx, wanted, name); err != nil {
			return err
		}
		r := Role{Key: key, Name: name, Permissions: encodePermissions(permissions), CreatedAt: m.s.d.Now(), UpdatedAt: m.s.d.Now()}
		if err := m.s.d.Q(ctx).Create(&r).Error; err != nil {
			return err
		}
		return m.s.recordRole(ctx, audit.RoleAdded, r, nil, r.logged())
	})
	return key, err
}

// EditRole changes a role of one's own making. Errors: db.ErrNotFound (built-in roles too), db.Forbidden when the role holds
// or would hold permissions that the member lacks, db.Invalid on name.
func (m Manager) EditRole(ctx context.Context, key, name string, permissions []Permission) error {
	name, permissions = strings.TrimSpace(name), Complete(permissions)
	return m.change(ctx, "role", key, func(ctx context.Context) error {
		r, err := m.role(ctx, key)
		if err != nil {
			return err
		}
		if !m.covers(permissions) {
			return errBeyond
		}
		if err := checkRole(name, permissions); err != nil {
			return err
		}
		before := r.logged()
		r.Name, r.Permissions, r.UpdatedAt = name, encodePermissions(permissions), m.s.d.Now()
		if err := m.s.d.Q(ctx).Save(&r).Error; err != nil {
			return err
		}
		return m.s.recordRole(ctx, audit.RoleEdited, r, before, r.logged())
	})
}

// RemoveRole deletes a role that nobody has and nobody is invited to. Errors as of EditRole, db.Conflict when it is used.
func (m Manager) RemoveRole(ctx context.Context, key string) error {
	return m.change(ctx, "role", key, func(ctx context.Context) error {
		r, err := m.role(ctx, key)
		if err != nil {
			return err
		}
		members, invited, err := m.s.roleUse(ctx, key)
		if err != nil {
			return err
		}
		if members+invited > 0 {
			return db.Fail(db.Conflict, "staff.error.role_used")
		}
		if err := m.s.d.Q(ctx).Where("key = ?", key).Delete(&Role{}).Error; err != nil {
			return err
		}
		return m.s.recordRole(ctx, audit.RoleRemoved, r, r.logged(), nil)
	})
}

// role finds a role of one's own making that holds no more than the member does, and locks it.
func (m Manager) role(ctx context.Context, key string) (Role, error) {
	r, err := db.From[Role](m.s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("key = ?", key).Take()
	if err != nil {
		return r, db.Found(err)
	}
	if !m.covers(r.Grants()) {
		return r, errBeyond
	}
	return r, nil
}
