package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"myisp/internal/courier"
	"myisp/models"
	"myisp/models/db"
)

// level is how bad a finding is.
type level int

const (
	good level = iota
	warning
	failure
)

func (l level) String() string { return [...]string{"ok", "warn", "FAIL"}[l] }

// finding is one thing that the doctor saw; mend says what to do about it.
type finding struct {
	level level
	what  string
	mend  string
}

func fine(format string, args ...any) []finding {
	return []finding{{level: good, what: fmt.Sprintf(format, args...)}}
}

func worry(what, mend string) []finding { return []finding{{warning, what, mend}} }

func fail(what, mend string) []finding { return []finding{{failure, what, mend}} }

// patient is the installation that is examined.
type patient struct {
	env  *Environment
	demo bool
	// m is nil when the database could not be opened.
	m *models.Models
	// what reaches out, which tests replace
	dial func(ctx context.Context, network, address string) (net.Conn, error)
	http *http.Client
	mail func(url string) (courier.Mailer, string, error)
}

// check is one examination. What needs the database is left out where there is none, which the database's check reports.
type check struct {
	name     string
	database bool
	run      func(ctx context.Context, p *patient) []finding
}

// checks are all examinations, in the order in which one thing's failure explains the next one's.
var checks = []check{
	{"secret", false, checkSecret},
	{"data directory", false, checkDataDir},
	{"base URL", false, checkBaseURL},
	{"proxies", false, checkProxies},
	{"disk", false, checkDisk},
	{"database", false, checkDatabase},
	{"schema", true, checkSchema},
	{"clock", true, checkClock},
	{"staff", true, checkStaff},
	{"mail", false, checkMail},
	{"SMS", false, checkSMS},
	{"icons", true, checkIcons},
	{"audit log", true, checkAudit},
	{"books", true, checkBooks},
	{"queue", true, checkQueue},
	{"backup", true, checkBackup},
}

// reachOut bounds a check that asks other machines; the walks through books and log take as long as they take.
const reachOut = 10 * time.Second

type doctorCmd struct{}

// Run examines the installation and reports: what is in order on one line each, and for the rest what to do. It changes
// nothing but the dates on which the system page says that log and books were checked.
func (doctorCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	p := &patient{env: env, dial: (&net.Dialer{Timeout: reachOut}).DialContext, mail: mailer,
		http: &http.Client{Timeout: reachOut, Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	p.findDemo()
	if p.demo {
		fmt.Fprintln(s.Out, "This is the demo's database: what only a real installation needs is not asked for.")
	}
	p.m, _ = p.open(ctx) // checkDatabase says why not
	if p.m != nil {
		defer p.m.Close()
	}
	worst := examine(ctx, s.Out, p)
	if worst[failure] > 0 {
		return fmt.Errorf("%d of %d checks failed: mend what is marked FAIL and run it again", worst[failure], len(checks))
	}
	return ctx.Err()
}

// examine runs the checks, prints what they find, and counts how each ended.
func examine(ctx context.Context, out io.Writer, p *patient) map[level]int {
	ended := map[level]int{}
	for _, c := range checks {
		if c.database && p.m == nil {
			continue
		}
		worst := good
		for _, f := range c.run(ctx, p) {
			worst = max(worst, f.level)
			fmt.Fprintf(out, "%-5s %-15s %s\n", f.level, c.name, f.what)
			if f.level != good {
				for _, line := range strings.Split(f.mend, "\n") {
					fmt.Fprintf(out, "%21s → %s\n", "", line)
				}
			}
		}
		ended[worst]++
	}
	return ended
}

// findDemo takes the demo's database where the data directory has no other, as after "myisp demo".
func (p *patient) findDemo() {
	if p.env.DatabaseURL != "" {
		p.demo = strings.HasSuffix(p.env.DatabaseURL, "demo.db")
		return
	}
	demo := filepath.Join(p.env.DataDir, "demo.db")
	if exists(demo) && !exists(filepath.Join(p.env.DataDir, "myisp.db")) {
		p.env.DatabaseURL, p.demo = "sqlite:"+demo, true
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// file is the path of an embedded database, "" for PostgreSQL.
func (p *patient) file() string {
	switch url := p.env.DatabaseURL; {
	case url == "":
		return filepath.Join(p.env.DataDir, "myisp.db")
	case strings.HasPrefix(url, "sqlite:"):
		return strings.TrimPrefix(url, "sqlite:")
	}
	return ""
}

// key is the secret with which to read the database, without making one.
func (p *patient) key() string {
	if p.env.Secret != "" {
		return p.env.Secret
	}
	kept, _ := os.ReadFile(filepath.Join(p.env.DataDir, "secret"))
	return strings.TrimSpace(string(kept))
}

// open opens the database; it makes neither a file nor a schema.
func (p *patient) open(ctx context.Context) (*models.Models, error) {
	if f := p.file(); f != "" && !exists(f) {
		return nil, fmt.Errorf("there is no database at %s", f)
	}
	key := p.key()
	if len(key) < 32 { // only what is sealed with it cannot be read
		key = strings.Repeat("no secret ", 5)
	}
	ctx, cancel := context.WithTimeout(ctx, reachOut)
	defer cancel()
	return models.Open(ctx, models.Config{DB: db.Config{URL: p.env.DatabaseURL, ReplicaURL: p.env.ReplicaURL, DataDir: p.env.DataDir}, Secret: key})
}

func get(ctx context.Context, p *patient, url string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return p.http.Do(r)
}
