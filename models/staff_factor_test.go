package models_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"myisp/models"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/limit"
	"myisp/models/session"
	"myisp/models/staff"
)

// enrol sets a second factor up and returns the key and the recovery codes.
func enrol(t *testing.T, m *models.Models, who staff.Member) (key string, recovery []string) {
	t.Helper()
	ctx := context.Background()
	must(t, m.Staff.Of(who).BeginFactor(ctx))
	fresh, err := m.Staff.Find(ctx, who.ID)
	must(t, err)
	e, waiting, err := m.Staff.Of(fresh).Enrolment("My ISP: portal")
	must(t, err)
	key = strings.ReplaceAll(e.Secret, " ", "")
	if !waiting || len(key) != 32 || e.URL != "otpauth://totp/My%20ISP%20%20portal:"+who.Login+"?secret="+key+"&issuer=My%20ISP%20%20portal" {
		t.Fatalf("enrolment %+v", e)
	}
	if _, err := m.Staff.Of(fresh).ConfirmFactor(ctx, "000000"); db.KindOf(err) != db.Unprocess {
		t.Errorf("a wrong code confirms: %v", err)
	}
	recovery, err = m.Staff.Of(fresh).ConfirmFactor(ctx, code(t, m, key, 0))
	must(t, err)
	return key, recovery
}

func code(t *testing.T, m *models.Models, key string, shift time.Duration) string {
	t.Helper()
	c, err := totp.GenerateCode(key, m.DB.Now().Add(shift))
	must(t, err)
	return c
}

// TestSecondFactor: the password alone opens nothing; a code does, once; the code that confirmed the enrolment does not;
// recovery codes once each; nothing of it is readable in the database.
func TestSecondFactor(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		ada, _ := member(t, m, "ada", staff.Administrator)
		key, recovery := enrol(t, m, ada)
		stored, err := m.Staff.Find(ctx, ada.ID)
		must(t, err)
		if !stored.HasFactor() || strings.Contains(stored.FactorSecret, key) || stored.FactorPending != "" || len(recovery) != 10 {
			t.Fatalf("stored %+v, %d recovery codes", stored, len(recovery))
		}
		var rows []staff.RecoveryCode
		must(t, d.Q(ctx).Find(&rows).Error)
		for _, r := range rows {
			if len(r.CodeHash) != 64 || strings.Contains(strings.Join(recovery, " "), r.CodeHash) {
				t.Errorf("a recovery code is kept as %q", r.CodeHash)
			}
		}
		first := func() string {
			t.Helper()
			token, pending, err := m.Staff.LogIn(ctx, "ada", password, "192.0.2.1", "test")
			must(t, err)
			if !pending {
				t.Fatal("the password alone is enough")
			}
			if _, _, err := m.Staff.Resume(ctx, token); db.KindOf(err) != db.NotFound {
				t.Fatalf("half a log-in opens the pages: %v", err)
			}
			return token
		}
		step := func(token, code string) (string, error) {
			return m.Staff.VerifyCode(ctx, token, code, "192.0.2.1", "test")
		}
		refused := func(name, token, code string) {
			t.Helper()
			if _, err := step(token, code); db.KindOf(err) != db.Unprocess {
				t.Errorf("%s: %v", name, err)
			}
			if e := last(t, d); e.Action != audit.SecondFactorFailed || e.ActorName != "Ada" {
				t.Errorf("%s: the log ends with %s", name, e.Action)
			}
		}
		half := first()
		refused("the code that was used to enrol", half, code(t, m, key, 0))
		refused("nothing", half, "")
		now = now.Add(30 * time.Second)
		used := code(t, m, key, 0)
		token, err := step(half, " "+used[:3]+" "+used[3:])
		must(t, err)
		if who, _, err := m.Staff.Resume(ctx, token); err != nil || who.ID != ada.ID {
			t.Errorf("after both steps: %v", err)
		}
		if e := last(t, d); e.Action != audit.StaffLogIn || e.After != `{"second_factor":"authenticator"}` {
			t.Errorf("the log ends with %s %s", e.Action, e.After)
		}
		if _, err := step(half, code(t, m, key, 30*time.Second)); db.KindOf(err) != db.NotFound {
			t.Errorf("the first step counts twice: %v", err)
		}
		half = first()
		refused("a replayed code", half, used)
		_, err = step(half, strings.ToLower(strings.ReplaceAll(recovery[3], "-", " ")))
		must(t, err)
		half = first()
		refused("a recovery code again", half, recovery[3])
		if left, err := m.Staff.Of(ada).RecoveryCodesLeft(ctx); err != nil || left != 9 {
			t.Errorf("%d recovery codes are left, %v", left, err)
		}
		now = now.Add(11 * time.Minute)
		if _, err := step(half, code(t, m, key, 0)); db.KindOf(err) != db.NotFound {
			t.Errorf("a first step of eleven minutes ago: %v", err)
		}
		stored, err = m.Staff.Find(ctx, ada.ID)
		must(t, err)
		renewed, err := m.Staff.Of(stored).RenewRecoveryCodes(ctx)
		must(t, err)
		half = first()
		refused("a recovery code of before", half, recovery[4])
		_, err = step(half, renewed[4])
		must(t, err)
	})
}

// TestSecondFactorGuessing ends: after eight wrong codes in five minutes even the right one waits, and after fifty a day.
func TestSecondFactorGuessing(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		ada, _ := member(t, m, "ada", staff.Administrator)
		key, _ := enrol(t, m, ada)
		start, tries := now, 0
		for now.Sub(start) < 20*time.Hour {
			token, _, err := m.Staff.LogIn(ctx, "ada", password, "192.0.2.1", "test")
			must(t, err)
			for range 8 {
				if _, err := m.Staff.VerifyCode(ctx, token, "000000", "192.0.2.1", "test"); db.KindOf(err) == db.Unprocess {
					tries++
				}
			}
			if _, err := m.Staff.VerifyCode(ctx, token, code(t, m, key, 0), "192.0.2.1", "test"); !errors.As(err, new(limit.TooMany)) {
				t.Fatalf("after %d wrong codes: %v", tries, err)
			}
			now = now.Add(6 * time.Minute)
		}
		if tries != 50 {
			t.Errorf("%d guesses in a day", tries)
		}
	})
}

// TestFactorTakenAway: by its owner where it is not required, by a colleague, on the command line; each is in the log, and
// log-in needs the password alone again.
func TestFactorTakenAway(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		ada, _ := member(t, m, "ada", staff.Administrator)
		sam, _ := member(t, m, "sam", staff.Support)
		for name, c := range map[string]struct {
			take   func() error
			action audit.Action
		}{
			"owner": {func() error {
				who, err := m.Staff.Find(ctx, sam.ID)
				must(t, err)
				if err := m.Staff.Of(who).RemoveFactor(ctx, true); db.KindOf(err) != db.Unprocess {
					t.Errorf("a required one was removed: %v", err)
				}
				return m.Staff.Of(who).RemoveFactor(ctx, false)
			}, audit.SecondFactorRemoved},
			"colleague":    {func() error { return m.Staff.As(ada).ResetFactor(ctx, sam.ID) }, audit.SecondFactorReset},
			"command line": {func() error { return m.Staff.ResetFactor(ctx, " SAM") }, audit.SecondFactorReset},
		} {
			enrol(t, m, sam)
			must(t, c.take())
			if e := last(t, d); e.Action != c.action || e.ObjectID != "sam" {
				t.Errorf("%s: the log ends with %s", name, e.Action)
			}
			signedIn(t, m, "sam")
			if left, err := m.Staff.Of(sam).RecoveryCodesLeft(ctx); err != nil || left != 0 {
				t.Errorf("%s: %d recovery codes are left, %v", name, left, err)
			}
		}
	})
}

// TestStepUp: a session counts as fresh for a quarter of an hour after the password, and again after giving it again.
func TestStepUp(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		ada, row := member(t, m, "ada", staff.Administrator)
		now = now.Add(15 * time.Minute)
		if !m.Staff.Fresh(row) {
			t.Error("not fresh after 15 minutes")
		}
		now = now.Add(time.Second)
		if m.Staff.Fresh(row) {
			t.Error("fresh after more than 15 minutes")
		}
		if err := m.Staff.StepUp(ctx, ada, row, "wrong", "192.0.2.1"); db.KindOf(err) != db.Unprocess {
			t.Errorf("a wrong password: %v", err)
		}
		must(t, m.Staff.StepUp(ctx, ada, row, password, "192.0.2.1"))
		list, err := m.Staff.Of(ada).Sessions(ctx)
		must(t, err)
		if len(list) != 1 || !m.Staff.Fresh(list[0]) || !list[0].CreatedAt.Equal(row.CreatedAt) {
			t.Errorf("after the password: %+v", list)
		}
		for range 20 {
			err = m.Staff.StepUp(ctx, ada, row, "wrong", "192.0.2.1")
		}
		if !errors.As(err, new(limit.TooMany)) {
			t.Errorf("twenty wrong passwords: %v", err)
		}
	})
}

// TestOwnPassword: the current one is asked for, and all other sessions end, half log-ins too.
func TestOwnPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		ada, here := member(t, m, "ada", staff.Administrator)
		_, there := signedIn(t, m, "ada")
		bob, bobs := member(t, m, "bob", staff.Support)
		must(t, m.Staff.Of(ada).EndSession(ctx, bobs.ID)) // not hers: nothing happens
		if err := m.Staff.Of(ada).ChangePassword(ctx, here.ID, "wrong", "another good sentence"); err == nil || err.(db.Invalid)["password_current"] == "" {
			t.Errorf("without the current one: %v", err)
		}
		if err := m.Staff.Of(ada).ChangePassword(ctx, here.ID, password, "ada"); err == nil || err.(db.Invalid)["password_new"] == "" {
			t.Errorf("a weak one: %v", err)
		}
		must(t, m.Staff.Of(ada).ChangePassword(ctx, here.ID, password, "another good sentence"))
		ids := func(who staff.Member) (ids []int64) {
			list, err := m.Staff.Of(who).Sessions(ctx)
			must(t, err)
			for _, s := range list {
				ids = append(ids, s.ID)
			}
			return ids
		}
		if got := ids(ada); len(got) != 1 || got[0] != here.ID {
			t.Errorf("sessions %v, here %d, there %d", got, here.ID, there.ID)
		}
		if got := ids(bob); len(got) != 1 {
			t.Errorf("bob's sessions %v", got)
		}
		_, err := m.Sessions.Start(ctx, session.Staff, ada.ID, "192.0.2.1", "")
		must(t, err)
		must(t, m.Staff.Of(ada).EndOtherSessions(ctx, here.ID))
		if got := ids(ada); len(got) != 1 {
			t.Errorf("after ending the others: %v", got)
		}
	})
}
