package models_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"myisp/models"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/session"
	"myisp/models/staff"
)

// member adds somebody and returns them as they are after log-in, with their permissions and their session.
func member(t *testing.T, m *models.Models, login, role string) (staff.Member, session.Session) {
	t.Helper()
	ctx := context.Background()
	must(t, m.Staff.Add(ctx, &staff.Member{Login: login, Name: strings.ToUpper(login[:1]) + login[1:], Email: login + "@example.com", Role: role}, password))
	return signedIn(t, m, login)
}

func signedIn(t *testing.T, m *models.Models, login string) (staff.Member, session.Session) {
	t.Helper()
	ctx := context.Background()
	token, pending, err := m.Staff.LogIn(ctx, login, password, "192.0.2.1", "test")
	must(t, err)
	if pending {
		t.Fatalf("%s has a second factor", login)
	}
	who, row, err := m.Staff.Resume(ctx, token)
	must(t, err)
	return who, row
}

func last(t *testing.T, d *db.DB) audit.Entry {
	t.Helper()
	var e audit.Entry
	must(t, d.Q(context.Background()).Order("seq DESC").First(&e).Error)
	return e
}

// TestStaffEscalation: nobody gives, makes, edits or touches what holds a permission that they lack; every try is refused
// and in the log, and nothing is changed by it.
func TestStaffEscalation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		admin, _ := member(t, m, "admin", staff.Administrator)
		boss := m.Staff.As(admin)
		hr, err := boss.AddRole(ctx, "Human resources", []staff.Permission{staff.EditStaff, staff.ViewCustomers})
		must(t, err)
		money, err := boss.AddRole(ctx, "Money", []staff.Permission{staff.EditFinance})
		must(t, err)
		clerk, err := boss.AddRole(ctx, "Clerk", []staff.Permission{staff.ViewCustomers})
		must(t, err)
		eve, _ := member(t, m, "eve", hr)
		fin, _ := member(t, m, "fin", money)
		cler, _ := member(t, m, "cler", clerk)
		toAdmin, err := boss.Invite(ctx, staff.Invitation{Name: "New Admin", Email: "new@example.com", Role: staff.Administrator}, "http://x")
		must(t, err)
		by := m.Staff.As(eve)
		edit := func(w staff.Member, role string) staff.Edit {
			return staff.Edit{Name: w.Name, Email: w.Email, Role: role}
		}
		for name, try := range map[string]func() error{
			"promote oneself":                 func() error { return by.Edit(ctx, eve.ID, edit(eve, staff.Administrator)) },
			"promote oneself to another role": func() error { return by.Edit(ctx, eve.ID, edit(eve, money)) },
			"promote a colleague":             func() error { return by.Edit(ctx, cler.ID, edit(cler, staff.Support)) },
			"demote an administrator":         func() error { return by.Edit(ctx, admin.ID, edit(admin, clerk)) },
			"rename an administrator":         func() error { return by.Edit(ctx, admin.ID, edit(admin, staff.Administrator)) },
			"take over by e-mail":             func() error { e := edit(fin, money); e.Email = "eve2@example.com"; return by.Edit(ctx, fin.ID, e) },
			"disable a stronger one":          func() error { e := edit(fin, clerk); e.Disabled = true; return by.Edit(ctx, fin.ID, e) },
			"send a stronger one a link":      func() error { return by.SendPasswordLink(ctx, fin.ID, "http://x") },
			"reset a stronger one's factor":   func() error { return by.ResetFactor(ctx, admin.ID) },
			"end a stronger one's sessions":   func() error { return by.EndSessions(ctx, admin.ID) },
			"invite an administrator": func() error {
				_, err := by.Invite(ctx, staff.Invitation{Name: "X", Email: "x@example.com", Role: staff.Administrator}, "")
				return err
			},
			"invite to a stronger role": func() error {
				_, err := by.Invite(ctx, staff.Invitation{Name: "X", Email: "x@example.com", Role: money}, "")
				return err
			},
			"resend a stronger invitation": func() error { return by.Resend(ctx, toAdmin.ID, "http://x") },
			"revoke a stronger invitation": func() error { return by.Revoke(ctx, toAdmin.ID) },
			"make a stronger role":         func() error { _, err := by.AddRole(ctx, "Root", []staff.Permission{staff.EditSettings}); return err },
			"make a role that needs more":  func() error { _, err := by.AddRole(ctx, "Root", []staff.Permission{staff.ActWriting}); return err },
			"widen one's own role": func() error {
				return by.EditRole(ctx, hr, "HR", []staff.Permission{staff.EditStaff, staff.EditSettings})
			},
			"widen a weak role": func() error {
				return by.EditRole(ctx, clerk, "Clerk", []staff.Permission{staff.ViewCustomers, staff.EditFinance})
			},
			"narrow a stronger role": func() error { return by.EditRole(ctx, money, "Money", []staff.Permission{staff.ViewCustomers}) },
			"delete a stronger role": func() error { return by.RemoveRole(ctx, money) },
			"rename a stronger role unchanged": func() error {
				return by.EditRole(ctx, money, "M", []staff.Permission{staff.ViewFinance, staff.EditFinance})
			},
		} {
			before := counts(t, d)
			if err := try(); db.KindOf(err) != db.Forbidden {
				t.Errorf("%s: %v", name, err)
			}
			after := counts(t, d)
			if e := last(t, d); e.Action != audit.AccessDenied || after["audit_entries"] != before["audit_entries"]+1 {
				t.Errorf("%s: the log ends with %s, %d entries more", name, e.Action, after["audit_entries"]-before["audit_entries"])
			}
			for table := range after {
				if table != "audit_entries" && after[table] != before[table] {
					t.Errorf("%s changed %s", name, table)
				}
			}
		}
		// What is within their own permissions they may do.
		for name, try := range map[string]func() error{
			"rename a clerk":   func() error { e := edit(cler, clerk); e.Name = "Clara"; return by.Edit(ctx, cler.ID, e) },
			"promote to equal": func() error { return by.Edit(ctx, cler.ID, edit(cler, hr)) },
			"invite a clerk": func() error {
				_, err := by.Invite(ctx, staff.Invitation{Name: "X", Email: "x@example.com", Role: clerk}, "")
				return err
			},
			"make a weak role": func() error {
				_, err := by.AddRole(ctx, "Reception", []staff.Permission{staff.ViewCustomers})
				return err
			},
		} {
			if err := try(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got, err := m.Staff.Find(ctx, admin.ID); err != nil || got.Role != staff.Administrator || got.Disabled {
			t.Errorf("the administrator: %+v, %v", got, err)
		}
		for _, key := range staff.BuiltIn {
			if err := boss.EditRole(ctx, key, "x", staff.Permissions); db.KindOf(err) != db.NotFound {
				t.Errorf("built-in role %s was edited: %v", key, err)
			}
			if err := boss.RemoveRole(ctx, key); db.KindOf(err) != db.NotFound {
				t.Errorf("built-in role %s was deleted: %v", key, err)
			}
		}
	})
}

// TestLastAdministrator: the last enabled administrator stays, also when two demote each other in the same moment.
func TestLastAdministrator(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		ada, _ := member(t, m, "ada", staff.Administrator)
		off, _ := member(t, m, "off", staff.Administrator)
		must(t, m.Staff.As(ada).Edit(ctx, off.ID, staff.Edit{Name: "Off", Email: off.Email, Role: staff.Administrator, Disabled: true}))
		refused := func(e staff.Edit, field string) {
			t.Helper()
			bad, _ := m.Staff.As(ada).Edit(ctx, ada.ID, e).(db.Invalid)
			if bad[field] != "staff.error.last_administrator" {
				t.Errorf("%+v: %v", e, bad)
			}
		}
		refused(staff.Edit{Name: "Ada", Email: ada.Email, Role: staff.Support}, "role")
		refused(staff.Edit{Name: "Ada", Email: ada.Email, Role: staff.Administrator, Disabled: true}, "disabled")
		bob, _ := member(t, m, "bob", staff.Administrator)
		if bad, _ := m.Staff.As(ada).Edit(ctx, ada.ID, staff.Edit{Name: "Ada", Email: ada.Email, Role: staff.Administrator, Disabled: true}).(db.Invalid); bad["disabled"] != "staff.error.yourself" {
			t.Errorf("disabling oneself: %v", bad)
		}
		var wg sync.WaitGroup
		for _, c := range []struct{ by, whom staff.Member }{{ada, bob}, {bob, ada}} {
			wg.Go(func() {
				_ = m.Staff.As(c.by).Edit(ctx, c.whom.ID, staff.Edit{Name: c.whom.Name, Email: c.whom.Email, Role: staff.Support})
			})
		}
		wg.Wait()
		all, err := m.Staff.All(ctx)
		must(t, err)
		n := len(slices.DeleteFunc(all, func(w staff.Member) bool { return w.Role != staff.Administrator || w.Disabled }))
		if n != 1 {
			t.Errorf("%d administrators are left", n)
		}
	})
}

// TestDisabling ends sessions, and a disabled member comes in no more.
func TestDisabling(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		ada, _ := member(t, m, "ada", staff.Administrator)
		sam, _ := member(t, m, "sam", staff.Support)
		token, _, err := m.Staff.LogIn(ctx, "sam", password, "192.0.2.1", "test")
		must(t, err)
		must(t, m.Staff.As(ada).Edit(ctx, sam.ID, staff.Edit{Name: "Sam", Email: "sam@example.com", Role: staff.Support, Disabled: true}))
		if _, _, err := m.Staff.Resume(ctx, token); db.KindOf(err) != db.NotFound {
			t.Errorf("the session goes on: %v", err)
		}
		if _, _, err := m.Staff.LogIn(ctx, "sam", password, "192.0.2.1", "test"); db.KindOf(err) != db.Unprocess {
			t.Errorf("log-in: %v", err)
		}
		e := last(t, d)
		if e.Action != audit.StaffEdited || e.Before != `{"disabled":false}` || e.After != `{"disabled":true}` {
			t.Errorf("entry: %s %s %s", e.Action, e.Before, e.After)
		}
	})
}

// TestRoles: permissions come with what they need, in order; a role is deleted only when nobody has it; before and after
// are in the log.
func TestRoles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		ada, _ := member(t, m, "ada", staff.Administrator)
		by := m.Staff.As(ada)
		key, err := by.AddRole(ctx, "  Field Crew!  ", []staff.Permission{staff.ActWriting, "nonsense", staff.ActWriting})
		must(t, err)
		r, err := m.Staff.Role(ctx, key)
		must(t, err)
		if key != "field_crew" || r.Name != "Field Crew!" || fmt.Sprint(r.Permissions) != "[customers.view customers.act_as customers.act_as_writing]" {
			t.Errorf("%s %+v", key, r)
		}
		second, err := by.AddRole(ctx, "Field crew", []staff.Permission{staff.ViewAudit})
		must(t, err)
		third, err := by.AddRole(ctx, "طاقم", []staff.Permission{staff.ViewAudit})
		must(t, err)
		fourth, err := by.AddRole(ctx, "New", []staff.Permission{staff.ViewAudit})
		must(t, err)
		if second != "field_crew_2" || third != "role" || fourth == "new" {
			t.Errorf("keys %s, %s, %s", second, third, fourth)
		}
		if _, err := by.AddRole(ctx, "", nil); db.KindOf(err) != db.Unprocess {
			t.Errorf("a role of nothing: %v", err)
		}
		must(t, by.EditRole(ctx, key, "Field crew", []staff.Permission{staff.ViewCustomers}))
		if e := last(t, d); e.Action != audit.RoleEdited || !strings.Contains(e.Before, "act_as") || strings.Contains(e.After, "act_as") {
			t.Errorf("entry: %s %s → %s", e.Action, e.Before, e.After)
		}
		sam, _ := member(t, m, "sam", key)
		if !sam.May(staff.ViewCustomers) || sam.May(staff.ActAsCustomer) {
			t.Error("the member's permissions are not the role's")
		}
		if err := by.RemoveRole(ctx, key); db.KindOf(err) != db.Conflict {
			t.Errorf("a role in use was deleted: %v", err)
		}
		must(t, by.Edit(ctx, sam.ID, staff.Edit{Name: "Sam", Email: "sam@example.com", Role: staff.Support}))
		i, err := by.Invite(ctx, staff.Invitation{Name: "N", Email: "n@example.com", Role: key}, "")
		must(t, err)
		if err := by.RemoveRole(ctx, key); db.KindOf(err) != db.Conflict {
			t.Errorf("a role with an invitation was deleted: %v", err)
		}
		must(t, by.Revoke(ctx, i.ID))
		must(t, by.RemoveRole(ctx, key))
		if _, err := m.Staff.Role(ctx, key); db.KindOf(err) != db.NotFound {
			t.Errorf("the role is still there: %v", err)
		}
	})
}

// linkIn claims the next job and returns the token of the link that it sends.
func linkIn(t *testing.T, m *models.Models) (l staff.Link, token string) {
	t.Helper()
	j, err := m.Jobs.Claim(context.Background(), time.Minute)
	must(t, err)
	if j == nil || j.Kind != staff.JobLink {
		t.Fatalf("the next job is %+v", j)
	}
	must(t, m.Jobs.Decode(j, &l))
	must(t, m.Jobs.Finish(context.Background(), j))
	return l, l.URL[strings.LastIndex(l.URL, "/")+1:]
}

// TestInvitation: the link works once, within 72 hours, dies with resending and revoking, and is kept as a hash only.
func TestInvitation(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		ctx, m := context.Background(), testModels(t, d)
		ada, _ := member(t, m, "ada", staff.Administrator)
		by := m.Staff.As(ada)
		i, err := by.Invite(ctx, staff.Invitation{Name: "Nora", Email: " Nora@Example.com ", Role: staff.Support, Language: "es"}, "https://my.example.net")
		must(t, err)
		l, first := linkIn(t, m)
		if l.To != "nora@example.com" || l.URL != "https://my.example.net/admin/invitation/"+first || len(first) < 40 || i.TokenHash == first {
			t.Errorf("link %+v", l)
		}
		for field, i := range map[string]staff.Invitation{"email": {Name: "A", Email: "nora@example.com", Role: staff.Support}, "name": {Email: "z@example.com", Role: staff.Support},
			"role": {Name: "A", Email: "z@example.com", Role: "nothing"}} {
			if _, err := by.Invite(ctx, i, ""); err == nil || err.(db.Invalid)[field] == "" {
				t.Errorf("%+v was invited: %v", i, err)
			}
		}
		if _, err := by.Invite(ctx, staff.Invitation{Name: "A", Email: "ADA@example.com", Role: staff.Support}, ""); err == nil {
			t.Error("a colleague's address was invited")
		}
		must(t, by.Resend(ctx, i.ID, "https://my.example.net"))
		_, token := linkIn(t, m)
		accept := func(token, login, pw string) error {
			_, err := m.Staff.Accept(ctx, token, staff.Acceptance{Login: login, Name: "Nora New", Language: "ar", Password: pw, IP: "192.0.2.9"})
			return err
		}
		if err := accept(first, "nora", password); db.KindOf(err) != db.NotFound {
			t.Errorf("the link of before: %v", err)
		}
		now = now.Add(72*time.Hour - time.Second)
		for _, c := range []struct{ login, pw, field string }{{"", password, "login"}, {"ada", password, "login"}, {"nora", "short", "password_new"}, {"nora", "nora@example.com", "password_new"}} {
			if err := accept(token, c.login, c.pw); err == nil || err.(db.Invalid)[c.field] == "" {
				t.Errorf("%+v: %v", c, err)
			}
		}
		must(t, accept(token, "nora", password))
		if err := accept(token, "nora2", password); db.KindOf(err) != db.NotFound {
			t.Errorf("the link works twice: %v", err)
		}
		nora, _ := signedIn(t, m, "nora")
		if nora.Role != staff.Support || nora.Email != "nora@example.com" || nora.Language != "ar" {
			t.Errorf("%+v", nora)
		}
		late, err := by.Invite(ctx, staff.Invitation{Name: "Late", Email: "late@example.com", Role: staff.Support}, "")
		must(t, err)
		_, token = linkIn(t, m)
		now = now.Add(72*time.Hour + time.Second)
		if err := accept(token, "late", password); db.KindOf(err) != db.NotFound {
			t.Errorf("after 72 hours: %v", err)
		}
		must(t, by.Resend(ctx, late.ID, ""))
		_, token = linkIn(t, m)
		must(t, by.Revoke(ctx, late.ID))
		if err := accept(token, "late", password); db.KindOf(err) != db.NotFound {
			t.Errorf("after revoking: %v", err)
		}
		if err := by.Resend(ctx, late.ID, ""); db.KindOf(err) != db.NotFound {
			t.Errorf("a revoked one was sent: %v", err)
		}
	})
}

// TestPasswordLink: once, within an hour, the last one only; it ends sessions and says so in the log.
func TestPasswordLink(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		ada, _ := member(t, m, "ada", staff.Administrator)
		sam, _ := member(t, m, "sam", staff.Support)
		by := m.Staff.As(ada)
		must(t, by.SendPasswordLink(ctx, sam.ID, "https://x"))
		_, old := linkIn(t, m)
		must(t, by.SendPasswordLink(ctx, sam.ID, "https://x"))
		_, token := linkIn(t, m)
		session, _, err := m.Staff.LogIn(ctx, "sam", password, "192.0.2.1", "test")
		must(t, err)
		const next = "another good sentence"
		if err := m.Staff.UsePasswordLink(ctx, old, next, "192.0.2.1", ""); db.KindOf(err) != db.NotFound {
			t.Errorf("the link of before: %v", err)
		}
		if err := m.Staff.UsePasswordLink(ctx, token, "sam", "192.0.2.1", ""); db.KindOf(err) != db.Unprocess {
			t.Errorf("a weak password: %v", err)
		}
		must(t, m.Staff.UsePasswordLink(ctx, token, next, "192.0.2.1", ""))
		if err := m.Staff.UsePasswordLink(ctx, token, next, "192.0.2.1", ""); db.KindOf(err) != db.NotFound {
			t.Errorf("twice: %v", err)
		}
		if _, _, err := m.Staff.Resume(ctx, session); db.KindOf(err) != db.NotFound {
			t.Errorf("the session goes on: %v", err)
		}
		_, _, err = m.Staff.LogIn(ctx, "sam", next, "192.0.2.1", "test")
		must(t, err)
		must(t, by.SendPasswordLink(ctx, sam.ID, "https://x"))
		_, token = linkIn(t, m)
		now = now.Add(time.Hour + time.Second)
		if err := m.Staff.UsePasswordLink(ctx, token, next, "192.0.2.1", ""); db.KindOf(err) != db.NotFound {
			t.Errorf("after an hour: %v", err)
		}
	})
}
