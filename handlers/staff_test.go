package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/handlers/web"
	"myisp/internal/courier/capture"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/message"
	"myisp/models/staff"
)

// noon is when the clock of these tests starts.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// entries are the lines of the audit log of an action, oldest first.
func entries(t testing.TB, s *handlerstest.Site, action audit.Action) (list []audit.Entry) {
	t.Helper()
	must(t, s.M.DB.Q(s.Context).Where("action = ?", action).Order("seq").Find(&list).Error)
	return list
}

// mails does the queue's work and returns the last mail that was captured.
func mails(t testing.TB, s *handlerstest.Site) message.CapturedMessage {
	t.Helper()
	worker := jobs.New(s.M, jobs.Couriers{Mail: capture.Mailer(s.M.Messages), Sender: "portal@example.com"})
	for worker.Once(s.Context) {
	}
	list, err := s.M.Messages.Captured(s.Context, 1)
	must(t, err)
	if len(list) == 0 {
		t.Fatal("no mail was sent")
	}
	return list[0]
}

// linkOf is the path of the link in a mail's text.
func linkOf(t testing.TB, s *handlerstest.Site, text string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, s.URL)
	if !found {
		t.Fatalf("no link in %q", text)
	}
	return strings.Fields(rest)[0]
}

// setUp enrols a member of staff through the pages, and returns the key and the recovery codes.
func setUp(t testing.TB, c *handlerstest.Client, now time.Time) (key string, recovery []string) {
	t.Helper()
	if p := c.Post("/admin/security/factor"); p.Location != "/admin/security/factor" {
		t.Fatalf("beginning: %d %s", p.Status, p.Location)
	}
	p := c.Get("/admin/security/factor")
	if !p.Has("figure.qr path") {
		t.Error("there is no QR code")
	}
	key = strings.ReplaceAll(p.Text(".terms dd bdi"), " ", "")
	if p := c.Post("/admin/security/factor/confirmation", "code", "000000"); p.Status != http.StatusUnprocessableEntity || !p.Has("#f-code[aria-invalid]") {
		t.Errorf("a wrong code: %d", p.Status)
	}
	code, err := totp.GenerateCode(key, now)
	must(t, err)
	p = c.Post("/admin/security/factor/confirmation", "code", code)
	for _, e := range p.Find(".recovery-codes code").EachIter() {
		recovery = append(recovery, e.Text())
	}
	if p.Status != http.StatusOK || len(recovery) != 10 {
		t.Fatalf("confirming: %d, %d recovery codes", p.Status, len(recovery))
	}
	if body := c.Get("/admin/security").Body + c.Get("/admin/security/factor").Body; strings.Contains(body, recovery[0]) || strings.Contains(body, key) {
		t.Error("what is shown once is shown again")
	}
	return key, recovery
}

// TestTwoSteps: with a second factor the password leads to the question for the code, which leads where the person wanted;
// half a log-in opens nothing.
func TestTwoSteps(t *testing.T) {
	now := noon
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		now = noon
		s := handlerstest.New(t, d)
		s.Staff("admin", staff.Administrator)
		key, recovery := setUp(t, s.LogInStaff("admin"), now)
		now = now.Add(time.Minute)
		c := s.Client()
		if p := c.Get("/admin/login/code"); p.Location != "/admin/login" {
			t.Errorf("the second step without the first: %d %s", p.Status, p.Location)
		}
		p := c.Post("/admin/login", "login", "admin", "password", handlerstest.Password, "next", "/admin/staff")
		if p.Location != "/admin/login/code?next=%2Fadmin%2Fstaff" {
			t.Fatalf("after the password: %d %s", p.Status, p.Location)
		}
		if p := c.Get("/admin/staff"); p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Location, "/admin/login") {
			t.Fatalf("half a log-in opens /admin/staff: %d", p.Status)
		}
		if p := c.Get(p.Location); p.Status != http.StatusOK || p.Find(`input[name="next"]`).AttrOr("value", "") != "/admin/staff" {
			t.Errorf("the second step: %d", p.Status)
		}
		code, err := totp.GenerateCode(key, now)
		must(t, err)
		if p := c.Post("/admin/login/code", "code", "12345", "next", "/admin/staff"); p.Status != http.StatusUnprocessableEntity || !p.Has("#f-code[aria-invalid]") {
			t.Errorf("a wrong code: %d", p.Status)
		}
		if p := c.Post("/admin/login/code", "code", code, "next", "/admin/staff"); p.Location != "/admin/staff" {
			t.Fatalf("the code: %d %s", p.Status, p.Location)
		}
		if p := c.Get("/admin/staff"); p.Status != http.StatusOK {
			t.Errorf("after both steps: %d", p.Status)
		}
		again := s.Client()
		again.Post("/admin/login", "login", "admin", "password", handlerstest.Password)
		if p := again.Post("/admin/login/code", "code", code); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("the same code again: %d", p.Status)
		}
		if p := again.Post("/admin/login/code", "code", recovery[0], "next", "//evil.example"); p.Location != "/admin" {
			t.Errorf("a recovery code: %d %s", p.Status, p.Location)
		}
		storm := s.Client()
		storm.Post("/admin/login", "login", "admin", "password", handlerstest.Password)
		for range 9 {
			p = storm.Post("/admin/login/code", "code", "000000")
		}
		if p.Status != http.StatusTooManyRequests || p.Header.Get("Retry-After") == "" || !p.Has(`input[name="code"]`) {
			t.Errorf("the ninth wrong code: %d", p.Status)
		}
	})
}

// TestRequiredFactor: where the setting requires a second factor, whoever has none is led to set one up before anything
// else, and then goes on; switched off again nobody is.
func TestRequiredFactor(t *testing.T) {
	now := noon
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		now = noon
		s := handlerstest.New(t, d)
		c := newCast(t, s)
		s.Set("staff_second_factor", "required")
		admin := s.LogInStaff("admin")
		for _, rt := range s.Server.Routes() {
			if rt.Guard != web.Staff || rt.Enrolling {
				continue
			}
			path, _ := fill(t, rt, c.alice)
			before := snapshot(t, d)
			if p := admin.Do(rt.Method, path, map[string][]string{}); p.Status != http.StatusSeeOther || p.Location != "/admin/security" {
				t.Errorf("%s %s without a second factor: %d %s", rt.Method, path, p.Status, p.Location)
			}
			if tables := changed(before, snapshot(t, d)); len(tables) > 0 {
				t.Errorf("%s %s changed %v", rt.Method, path, tables)
			}
		}
		if p := admin.Get("/admin/security"); p.Status != http.StatusOK || !p.Has(".notice.tone-warn") {
			t.Errorf("the page that sets it up: %d", p.Status)
		}
		setUp(t, admin, now)
		if p := admin.Get("/admin/staff"); p.Status != http.StatusOK {
			t.Errorf("afterwards: %d", p.Status)
		}
		if p := admin.Post("/admin/security/factor/removal"); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("removing a required one: %d", p.Status)
		}
		s.Set("staff_second_factor", "off")
		if p := s.LogInStaff("support").Get("/admin"); p.Status != http.StatusOK {
			t.Errorf("switched off: %d", p.Status)
		}
		if p := admin.Post("/admin/security/factor/removal"); p.Location != "/admin/security" {
			t.Errorf("removing one that is not required: %d", p.Status)
		}
	})
}

// TestStepUpAsks: what needs a fresh password asks for it after a quarter of an hour, keeps what was entered, and goes on
// with the right one; nothing is changed before.
func TestStepUpAsks(t *testing.T) {
	now := noon
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		now = noon
		s := handlerstest.New(t, d)
		c := newCast(t, s)
		admin := s.LogInStaff("admin")
		now = now.Add(16 * time.Minute)
		before := snapshot(t, d)
		n := 0
		for _, rt := range s.Server.Routes() {
			if !rt.Fresh || rt.Guard != web.Staff {
				continue
			}
			n++
			path, _ := fill(t, rt, c.alice)
			if p := admin.Post(path, "name", "kept"); p.Status != http.StatusUnprocessableEntity || !p.Has(`input[name="step_up_password"]`) ||
				p.Find(`input[type="hidden"][name="name"]`).AttrOr("value", "") != "kept" {
				t.Errorf("POST %s with an old session: %d", path, p.Status)
			}
		}
		if tables := changed(before, snapshot(t, d)); len(tables) > 1 || len(tables) == 1 && tables[0] != "sessions" { // last seen
			t.Errorf("changed %v", tables)
		}
		if n < 10 {
			t.Errorf("only %d routes ask for a fresh password", n)
		}
		form := []string{"name", "Field crew", "permission", "customers.view", "permission", "audit.view"}
		p := admin.Post("/admin/roles", form...)
		var sent []string
		for _, e := range p.Find(`form[action="/admin/roles"] input[type="hidden"]`).EachIter() {
			sent = append(sent, e.AttrOr("name", ""), e.AttrOr("value", ""))
		}
		if p := admin.Post("/admin/roles", append(sent, "step_up_password", "wrong")...); p.Status != http.StatusUnprocessableEntity || !p.Has("#f-step_up_password[aria-invalid]") ||
			strings.Contains(p.Body, `value="wrong"`) {
			t.Errorf("a wrong password: %d", p.Status)
		}
		if p := admin.Post("/admin/roles", append(sent, "step_up_password", handlerstest.Password)...); p.Location != "/admin/roles" {
			t.Errorf("the right password: %d", p.Status)
		}
		role, err := s.M.Staff.Role(s.Context, "field_crew")
		must(t, err)
		if len(role.Permissions) != 2 {
			t.Errorf("role %+v", role)
		}
		if p := admin.Post("/admin/roles", "name", "Another", "permission", "customers.view"); p.Location != "/admin/roles" {
			t.Errorf("right after it: %d", p.Status)
		}
	})
}

// TestInvitationFlow: from the form over the mail to the first page of the new colleague, in their language.
func TestInvitationFlow(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", staff.Administrator)
		admin := s.LogInStaff("admin")
		if p := admin.Post("/admin/staff/invitations", "name", "Nora New", "email", "nowhere", "role", "support", "language", "es"); p.Status != http.StatusUnprocessableEntity ||
			p.Find("#f-name").AttrOr("value", "") != "Nora New" || !p.Has("#f-email[aria-invalid]") {
			t.Errorf("a bad address: %d", p.Status)
		}
		if p := admin.Post("/admin/staff/invitations", "name", "Nora New", "email", "nora@example.com", "role", "support", "language", "es"); p.Location != "/admin/staff" {
			t.Fatalf("inviting: %d", p.Status)
		}
		if p := admin.Get("/admin/staff"); !strings.Contains(p.Body, "Nora New") || !p.Has(".toast") {
			t.Error("the invitation is not listed")
		}
		mail := mails(t, s)
		if mail.Recipient != "nora@example.com" || !strings.Contains(mail.Text, "Hola, Nora New") {
			t.Errorf("mail %+v", mail)
		}
		path, c := linkOf(t, s, mail.Text), s.Client()
		p := c.Get(path)
		if p.Status != http.StatusOK || p.Find("html").AttrOr("lang", "") != "es" || !strings.Contains(p.Text("body"), "nora@example.com") {
			t.Fatalf("the invitation's page: %d in %s", p.Status, p.Find("html").AttrOr("lang", ""))
		}
		form := []string{"name", "Nora Neu", "login", "nora", "language", "en", "password", handlerstest.Password, "confirm", handlerstest.Password}
		if p := c.Post(path, append(form[:8:8], "confirm", "other")...); p.Status != http.StatusUnprocessableEntity || p.Find("#f-login").AttrOr("value", "") != "nora" {
			t.Errorf("two passwords: %d", p.Status)
		}
		if p := c.Post(path, form...); p.Location != "/admin" {
			t.Fatalf("accepting: %d", p.Status)
		}
		if p := c.Get("/admin"); p.Status != http.StatusOK || !strings.Contains(p.Body, "Nora Neu") {
			t.Errorf("the new colleague's first page: %d", p.Status)
		}
		if p := c.Get("/admin/staff"); p.Status != http.StatusForbidden {
			t.Errorf("support reads staff: %d", p.Status)
		}
		if p := s.Client().Post(path, form...); p.Status != http.StatusNotFound {
			t.Errorf("the link works twice: %d", p.Status)
		}
		who, err := s.M.Staff.All(s.Context)
		must(t, err)
		for _, m := range who {
			if m.Login != "nora" {
				continue
			}
			if p := admin.Post(memberPath(m) + "/password-link"); p.Location != memberPath(m) {
				t.Errorf("a link for a new password: %d", p.Status)
			}
		}
		path = linkOf(t, s, mails(t, s).Text)
		if p := s.Client().Get(path); p.Status != http.StatusOK {
			t.Errorf("its page: %d", p.Status)
		}
		if p := s.Client().Post(path, "password", "another good one", "confirm", "another good one"); p.Status != http.StatusOK {
			t.Errorf("the new password: %d", p.Status)
		}
		if p := c.Get("/admin"); p.Status != http.StatusSeeOther {
			t.Errorf("the old session: %d", p.Status)
		}
		if p := s.Client().Post("/admin/login", "login", "NORA@example.com", "password", "another good one"); p.Location != "/admin" {
			t.Errorf("log-in by e-mail: %d", p.Status)
		}
	})
}

func memberPath(m staff.Member) string { return "/admin/staff/" + itoa(m.ID) }

// TestEscalationOverHTTP: what the forms do not offer is refused all the same, logged, and shown as a 403.
func TestEscalationOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		admin := s.Staff("admin", staff.Administrator)
		boss := s.LogInStaff("admin")
		boss.Post("/admin/roles", "name", "HR", "permission", "staff.edit")
		eve := s.Staff("eve", "hr")
		c := s.LogInStaff("eve")
		if p := c.Get(memberPath(admin)); p.Status != http.StatusOK || p.Has(`main form`) {
			t.Errorf("an administrator's page: %d, with a form: %v", p.Status, p.Has("main form"))
		}
		if p := c.Get("/admin/staff/invitations/new"); p.Find(`option[value="administrator"]`).Length() > 0 {
			t.Error("the form offers a role beyond one's own")
		}
		for _, try := range [][]string{
			{memberPath(eve), "name", "Eve", "email", "eve@example.com", "role", "administrator"},
			{memberPath(admin), "name", "Admin", "email", "eve2@example.com", "role", "administrator"},
			{memberPath(admin) + "/password-link"}, {memberPath(admin) + "/factor/removal"}, {memberPath(admin) + "/sessions/closure"},
			{"/admin/staff/invitations", "name", "E", "email", "e@example.com", "role", "administrator"},
			{"/admin/roles", "name", "Root", "permission", "settings.edit"},
			{"/admin/roles/hr", "name", "HR", "permission", "staff.edit", "permission", "audit.view"},
		} {
			n := len(entries(t, s, audit.AccessDenied))
			if p := c.Post(try[0], try[1:]...); p.Status != http.StatusForbidden {
				t.Errorf("%v: %d", try, p.Status)
			}
			denied := entries(t, s, audit.AccessDenied)
			if len(denied) != n+1 || denied[n].ActorID != eve.ID {
				t.Errorf("%v: %d entries", try, len(denied)-n)
			}
		}
	})
}

// TestEveryDenialIsLogged: each route that a role does not reach refuses it, and the try is in the log with role and permission.
func TestEveryDenialIsLogged(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		for role, login := range map[string]string{staff.Administrator: "admin", staff.Finance: "finance", staff.Support: "support", staff.ReadOnly: "reader"} {
			client := s.LogInStaff(login)
			for _, rt := range s.Server.Routes() {
				if rt.Guard != web.Staff || staff.BuiltInMay(role, rt.Permission) {
					continue
				}
				path, _ := fill(t, rt, c.alice)
				if p := client.Do(rt.Method, path, map[string][]string{}); p.Status != http.StatusForbidden {
					t.Errorf("%s %s as %s: %d", rt.Method, path, role, p.Status)
				}
				denied := entries(t, s, audit.AccessDenied)
				last := audit.Entry{}
				if len(denied) > 0 {
					last = denied[len(denied)-1]
				}
				if last.ObjectID != rt.Method+" "+rt.Path || last.ObjectName != path || last.ActorName != login || last.IP == "" ||
					last.After != `{"permission":"`+string(rt.Permission)+`","role":"`+role+`"}` {
					t.Errorf("%s %s as %s: the log ends with %+v", rt.Method, path, role, last)
				}
			}
		}
	})
}

// TestOwnSessions: a member sees where they are signed in, and ends one or all others.
func TestOwnSessions(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", staff.Administrator)
		here, there, third := s.LogInStaff("admin"), s.LogInStaff("admin"), s.LogInStaff("admin")
		p := here.Get("/admin/security")
		action, ok := p.Find(`form[action^="/admin/security/sessions/"][action$="/closure"]`).First().Attr("action")
		if n := p.Find(`form[action^="/admin/security/sessions/"]`).Length(); n != 3 || !ok { // two others, and all others
			t.Fatalf("%d forms that end sessions", n)
		}
		if p := here.Post(action); p.Location != "/admin/security" {
			t.Errorf("ending one: %d", p.Status)
		}
		alive := func() (n int) {
			for _, c := range []*handlerstest.Client{here, there, third} {
				if c.Get("/admin").Status == http.StatusOK {
					n++
				}
			}
			return n
		}
		if n := alive(); n != 2 {
			t.Errorf("%d sessions are alive", n)
		}
		here.Post("/admin/security/sessions/closure")
		if n := alive(); n != 1 || here.Get("/admin").Status != http.StatusOK {
			t.Errorf("%d sessions are alive", n)
		}
		if p := here.Post("/admin/security/password", "password_current", "wrong", "password_new", "another good one", "confirm", "another good one"); p.Status != http.StatusUnprocessableEntity ||
			!p.Has("#f-password_current[aria-invalid]") {
			t.Errorf("without the current password: %d", p.Status)
		}
		if p := here.Post("/admin/security/password", "password_current", handlerstest.Password, "password_new", "another good one", "confirm", "another good one"); p.Location != "/admin/security" {
			t.Errorf("changing the password: %d", p.Status)
		}
	})
}
