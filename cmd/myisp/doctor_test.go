package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"myisp/internal/courier"
	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/portal"
	"myisp/models/staff"
)

const goodSecret = "q7Zt-4Lr0PWm2sVb9XcKe6NfYh1Uj8Ga5Dq3Rw"

// patientOn is an installation on a fresh database that nothing is wrong with.
func patientOn(t *testing.T, d *db.DB) *patient {
	t.Helper()
	keys, err := secret.NewKeys(goodSecret)
	if err != nil {
		t.Fatal(err)
	}
	m := models.On(d, keys, secret.Params{Memory: 64, Iterations: 1, Parallelism: 1})
	if err := m.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := m.Staff.Add(t.Context(), &staff.Member{Login: "ada", Name: "Ada", Email: "ada@example.com", Role: staff.Administrator}, "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	return &patient{m: m, env: &Environment{DataDir: t.TempDir(), Secret: goodSecret, DatabaseURL: "sqlite:here"}, http: http.DefaultClient,
		dial: func(context.Context, string, string) (net.Conn, error) { a, _ := net.Pipe(); return a, nil }}
}

type server struct{ err error }

func (server) Send(context.Context, courier.Mail) error { return nil }
func (s server) Check(context.Context) error            { return s.err }

// Each check sees what it is there for, and says what to do about it.
func TestDoctorChecks(t *testing.T) {
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	exec := func(t *testing.T, p *patient, sql string, args ...any) {
		t.Helper()
		if err := p.m.DB.Q(t.Context()).Exec(sql, args...).Error; err != nil {
			t.Fatal(err)
		}
	}
	answers := func(status int, text string) func(t *testing.T, p *patient) {
		return func(t *testing.T, p *patient) {
			s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = w.Write([]byte(text)) }))
			t.Cleanup(s.Close)
			p.env.BaseURL, p.http = s.URL, s.Client()
		}
	}
	for _, c := range []struct {
		name, check string
		ill         func(t *testing.T, p *patient)
		want        level
		says        string
	}{
		{"healthy", "secret", nil, good, "38 bytes"},
		{"no secret", "secret", func(_ *testing.T, p *patient) { p.env.Secret = "" }, failure, "openssl rand"},
		{"short secret", "secret", func(_ *testing.T, p *patient) { p.env.Secret = "short" }, failure, "5 bytes"},
		{"made-up secret", "secret", func(_ *testing.T, p *patient) { p.env.Secret = strings.Repeat("abc", 20) }, warning, "3 different"},
		{"no folder", "data directory", func(_ *testing.T, p *patient) { p.env.DataDir += "/nowhere" }, warning, "does not exist"},
		{"open secret", "data directory", func(t *testing.T, p *patient) {
			_ = os.WriteFile(filepath.Join(p.env.DataDir, "secret"), nil, 0o644)
			_ = os.Chmod(filepath.Join(p.env.DataDir, "secret"), 0o644)
		}, failure, "chmod 600"},
		{"no base URL", "base URL", nil, failure, "MYISP_BASE_URL"},
		{"a path in it", "base URL", func(_ *testing.T, p *patient) { p.env.BaseURL = "https://my.example.net/portal" }, failure, "scheme and host"},
		{"no HTTPS", "base URL", func(_ *testing.T, p *patient) { p.env.BaseURL = "http://my.example.net" }, failure, "https://my.example.net"},
		{"this machine", "base URL", func(_ *testing.T, p *patient) { p.env.BaseURL = "http://localhost:8080" }, warning, "no HTTPS"},
		{"the portal answers", "base URL", answers(200, "ok\n"), good, "HTTPS in order"},
		{"something else answers", "base URL", answers(200, "<html>"), failure, "not as the portal does"},
		{"an error answers", "base URL", answers(502, "ok"), failure, "502"},
		{"nobody answers", "base URL", func(_ *testing.T, p *patient) { p.env.BaseURL = "https://127.0.0.1:1" }, warning, "does not answer"},
		{"an unknown authority", "base URL", func(t *testing.T, p *patient) {
			answers(200, "ok")(t, p)
			p.http = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{}}}
		}, failure, "certificate"},
		{"no proxies", "proxies", nil, good, "none trusted"},
		{"proxies forgotten", "proxies", func(_ *testing.T, p *patient) { p.env.BaseURL = "https://my.example.net" }, warning, "MYISP_TRUSTED_PROXIES"},
		{"proxies unreadable", "proxies", func(_ *testing.T, p *patient) { p.env.TrustedProxies = "10.0.0.1" }, failure, "10.0.0.0/8"},
		{"everybody trusted", "proxies", func(_ *testing.T, p *patient) { p.env.TrustedProxies = "127.0.0.1/32,0.0.0.0/0" }, failure, "anybody"},
		{"room", "disk", nil, good, "free"},
		{"database", "database", nil, good, ", "},
		{"no database", "database", func(_ *testing.T, p *patient) { p.m, p.env.DatabaseURL = nil, "sqlite:/nowhere/at.all" }, failure, "there is no database"},
		{"PostgreSQL away", "database", func(_ *testing.T, p *patient) { p.m, p.env.DatabaseURL = nil, "postgres://u:geheim@127.0.0.1:1/x" }, failure, "start PostgreSQL"},
		{"schema", "schema", nil, good, "up to date"},
		{"old schema", "schema", func(t *testing.T, p *patient) {
			exec(t, p, "DELETE FROM migrations WHERE id = (SELECT MAX(id) FROM migrations)")
		}, failure, "myisp migrate up"},
		{"clock", "clock", nil, good, "UTC"},
		{"staff", "staff", nil, good, "accounts: 1"},
		{"nobody administers", "staff", func(t *testing.T, p *patient) { exec(t, p, "UPDATE staff_members SET disabled = ?", true) }, failure, "myisp staff add"},
		{"no mail", "mail", nil, warning, "MYISP_SMTP_URL is empty"},
		{"captured mail", "mail", func(_ *testing.T, p *patient) { p.demo = true }, good, "/admin/outbox"},
		{"mail", "mail", func(_ *testing.T, p *patient) { p.env.SMTPURL = "smtp://x" }, good, "takes the log-in"},
		{"bad mail URL", "mail", func(_ *testing.T, p *patient) { p.env.SMTPURL, p.mail = "mail.example", mailer }, failure, "smtp://user"},
		{"mail refuses", "mail", func(_ *testing.T, p *patient) {
			p.env.SMTPURL = "smtp://x"
			p.mail = func(string) (courier.Mailer, string, error) { return server{errors.New("535 wrong")}, "", nil }
		}, failure, "535 wrong"},
		{"no SMS", "SMS", nil, warning, "MYISP_SMS_URL is empty"},
		{"SMS", "SMS", func(_ *testing.T, p *patient) {
			p.env.SMSURL = "https://user:pw@sms.example/send?to={digits}&text={text}"
		}, good, "sms.example:443"},
		{"bad SMS URL", "SMS", func(_ *testing.T, p *patient) { p.env.SMSURL = "https://sms.example/send" }, failure, "MYISP_SMS_URL"},
		{"SMS away", "SMS", func(_ *testing.T, p *patient) {
			p.env.SMSURL = "https://sms.example:8443/send?to={digits}&text={text}"
			p.dial = func(_ context.Context, _, host string) (net.Conn, error) { return nil, errors.New("no way to " + host) }
		}, failure, "no way to sms.example:8443"},
		{"icons", "icons", nil, good, "partners: 1"},
		{"a small icon", "icons", func(t *testing.T, p *patient) {
			exec(t, p, "UPDATE brands SET icon = ?", []byte("no icon"))
			p.m = models.On(p.m.DB, p.m.Keys, secret.Params{Memory: 64, Iterations: 1, Parallelism: 1}) // one that has read nothing yet
		}, failure, "192 × 192"},
		{"audit log", "audit log", nil, good, "unbroken"},
		{"a line is gone", "audit log", func(t *testing.T, p *patient) {
			if err := p.m.Portal.Set(t.Context(), portal.DefaultPartner, "P1", "X"); err != nil {
				t.Fatal(err)
			}
			exec(t, p, "UPDATE audit_heads SET seq = seq + 1")
		}, failure, "missing or was altered"},
		{"books", "books", nil, good, "agree"},
		{"queue", "queue", nil, good, "0 waiting"},
		{"late", "queue", func(t *testing.T, p *patient) {
			_ = p.m.Jobs.Enqueue(t.Context(), "test", 1)
			exec(t, p, "UPDATE jobs SET run_at = ?", old)
		}, failure, "start the portal"},
		{"failed", "queue", func(t *testing.T, p *patient) {
			_ = p.m.Jobs.Enqueue(t.Context(), "test", 1)
			exec(t, p, "UPDATE jobs SET state = 'failed'")
		}, warning, "failed jobs: 1"},
		{"no backup", "backup", nil, warning, "none yet"},
		{"old backup", "backup", func(t *testing.T, p *patient) {
			_ = p.m.SetRecord(t.Context(), models.RecordBackup, true, models.BackupDetails{})
			exec(t, p, "UPDATE system_records SET at = ?", old)
		}, warning, "2020-01-01"},
		{"backup", "backup", func(t *testing.T, p *patient) {
			_ = p.m.SetRecord(t.Context(), models.RecordBackup, true, models.BackupDetails{})
		}, good, "UTC"},
	} {
		t.Run(c.check+"/"+c.name, func(t *testing.T) {
			p := patientOn(t, dbtest.SQLite(t, nil))
			p.mail = func(string) (courier.Mailer, string, error) { return server{}, "portal@example.com", nil }
			if c.ill != nil {
				c.ill(t, p)
			}
			worst, said := good, ""
			for _, f := range checkNamed(t, c.check).run(t.Context(), p) {
				worst = max(worst, f.level)
				said += f.what + "\n" + f.mend + "\n"
				if (f.level != good) != (f.mend != "") {
					t.Errorf("a finding without what to do, or the other way round: %+v", f)
				}
			}
			if worst != c.want || !strings.Contains(said, c.says) {
				t.Errorf("%v, want %v with %q: %s", worst, c.want, c.says, said)
			}
			if strings.Contains(said, "geheim") {
				t.Errorf("a password is printed: %s", said)
			}
		})
	}
}

func checkNamed(t *testing.T, name string) check {
	t.Helper()
	for _, c := range checks {
		if c.name == name {
			return c
		}
	}
	t.Fatalf("no check %q", name)
	return check{}
}

// The doctor runs on either database without complaint.
func TestDoctorOnPostgres(t *testing.T) {
	p := patientOn(t, dbtest.Postgres(t, nil))
	for _, c := range checks {
		if c.database {
			for _, f := range c.run(t.Context(), p) {
				if f.level == failure {
					t.Errorf("%s: %+v", c.name, f)
				}
			}
		}
	}
}

// The command finds the demo by itself, makes nothing, and fails where something is wrong.
func TestDoctorCommand(t *testing.T) {
	dir := outside(t)
	code, out, errs := called(t, "", "--data-dir", dir, "doctor")
	if code != exitFailed || !strings.Contains(out, "FAIL  database") || !strings.Contains(out, "→ set MYISP_SECRET") || !strings.Contains(errs, "checks failed") {
		t.Errorf("nothing there: %d\n%s%s", code, out, errs)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("the doctor made %v", left)
	}
	_, _, stop := demo(t, "--data-dir", dir)
	stop()
	code, out, errs = called(t, "", "--data-dir", dir, "doctor")
	if code != 0 || !strings.Contains(out, "This is the demo") || strings.Contains(out, "FAIL") {
		t.Errorf("a demo: %d\n%s%s", code, out, errs)
	}
}
