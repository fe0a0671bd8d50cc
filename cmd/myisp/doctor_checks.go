package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"myisp/internal/courier/httpsms"
	"myisp/internal/disk"
	"myisp/internal/icons"
	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/job"
	"myisp/models/staff"
)

const makeSecret = "set MYISP_SECRET to at least 32 random bytes, for example: openssl rand -base64 48"

func checkSecret(_ context.Context, p *patient) []finding {
	key := p.key()
	switch {
	case key == "" && p.demo:
		return fail("the demo's secret is gone from the data directory: what is sealed with it cannot be read", "myisp demo --reset makes both anew")
	case p.env.Secret == "" && !p.demo:
		return fail("MYISP_SECRET is missing", makeSecret+"\nif the portal ran with one before, it must be that one")
	case len(key) < secret.MinSecret:
		return fail(fmt.Sprintf("MYISP_SECRET has %d bytes", len(key)), makeSecret)
	}
	if different := distinct(key); different < 10 {
		return worry(fmt.Sprintf("MYISP_SECRET has only %d different characters: it looks made up", different), makeSecret+"\na new one ends all sessions, and second factors must be set up again")
	}
	return fine("%d bytes", len(key))
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

func checkDataDir(_ context.Context, p *patient) []finding {
	info, err := os.Stat(p.env.DataDir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return worry(p.env.DataDir+" does not exist", "the portal makes it at the first start; MYISP_DATA_DIR or --data-dir names another")
	case err != nil:
		return fail(err.Error(), "let the portal's user into the folder")
	case !info.IsDir():
		return fail(p.env.DataDir+" is no folder", "name a folder with MYISP_DATA_DIR")
	}
	for _, name := range []string{"secret", "myisp.db", "demo.db"} {
		if f, err := os.Stat(filepath.Join(p.env.DataDir, name)); err == nil && f.Mode().Perm()&0o077 != 0 {
			return fail(fmt.Sprintf("others on this machine may read %s", filepath.Join(p.env.DataDir, name)), "chmod 600 "+filepath.Join(p.env.DataDir, name))
		}
	}
	return fine("%s", p.env.DataDir)
}

func checkBaseURL(ctx context.Context, p *patient) []finding {
	if p.env.BaseURL == "" && p.demo {
		return fine("from each request, as in every demo")
	}
	if err := (&Environment{BaseURL: p.env.BaseURL, Secret: strings.Repeat("-", secret.MinSecret)}).forServing(); err != nil {
		return fail(err.Error(), "set MYISP_BASE_URL to scheme and host that customers open, such as https://my.example.net")
	}
	u, err := url.Parse(p.env.BaseURL)
	if err != nil {
		return fail(err.Error(), "")
	}
	if u.Scheme != "https" {
		if local(u.Hostname()) {
			return worry(p.env.BaseURL+" has no HTTPS", "fine on this machine; customers need https://, or passwords travel in the clear and the app cannot be installed")
		}
		return fail(p.env.BaseURL+" has no HTTPS: passwords travel in the clear, and browsers neither keep the cookies apart nor install the app",
			"put a proxy with a certificate in front and set MYISP_BASE_URL to https://"+u.Host)
	}
	return p.reach(ctx, u)
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// reach asks the portal through its own address: the name, the certificate, the way through the proxy.
func (p *patient) reach(ctx context.Context, u *url.URL) []finding {
	res, err := get(ctx, p, u.JoinPath("healthz").String())
	var op *net.OpError
	switch {
	case err != nil && (errors.As(err, &op) || errors.Is(err, context.DeadlineExceeded)):
		return worry(fmt.Sprintf("%s does not answer: %v", p.env.BaseURL, cause(err)), "start the portal and its proxy, point the name to it, open port 443\nif only customers reach it, ask from outside: curl "+p.env.BaseURL+"/healthz")
	case err != nil:
		return fail(fmt.Sprintf("%s: %v", p.env.BaseURL, cause(err)), "give the proxy a certificate for "+u.Hostname()+" from an authority that browsers know")
	}
	defer res.Body.Close()
	text := make([]byte, 16)
	n, _ := res.Body.Read(text)
	if res.StatusCode != 200 || strings.TrimSpace(string(text[:n])) != "ok" {
		return fail(fmt.Sprintf("%s/healthz answers %s, and not as the portal does", p.env.BaseURL, res.Status), "let the proxy pass everything under this name on to the portal")
	}
	if res.TLS != nil && len(res.TLS.PeerCertificates) > 0 {
		ends := res.TLS.PeerCertificates[0].NotAfter
		if left := time.Until(ends); left < 14*24*time.Hour {
			return worry(fmt.Sprintf("the certificate ends on %s", ends.Format(time.DateOnly)), "renew it; ACME clients do so 30 days before the end, so see why yours has not")
		}
	}
	return fine("%s, HTTPS in order", p.env.BaseURL)
}

// cause drops the wrapping that repeats the address.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func checkProxies(_ context.Context, p *patient) []finding {
	list, err := p.env.proxies()
	if err != nil {
		return fail(err.Error(), "write networks with commas between, such as 127.0.0.1/32,10.0.0.0/8")
	}
	for _, n := range list {
		ones, bits := n.Mask.Size()
		if ones == 0 || bits == 32 && ones < 8 || bits == 128 && ones < 16 {
			return fail(fmt.Sprintf("%s trusts a good part of the internet: anybody in it can pretend to be anybody", n), "name your proxies only, such as 127.0.0.1/32")
		}
	}
	if len(list) == 0 && strings.HasPrefix(p.env.BaseURL, "https://") {
		return worry("no proxy is trusted, yet HTTPS ends somewhere in front: everybody behind that proxy counts as one in the limits of log-in",
			"set MYISP_TRUSTED_PROXIES to the proxy's address, such as 127.0.0.1/32")
	}
	if len(list) == 0 {
		return fine("none trusted")
	}
	return fine("%s", p.env.TrustedProxies)
}

func checkDisk(_ context.Context, p *patient) []finding {
	room, err := disk.Of(p.env.DataDir)
	switch {
	case errors.Is(err, disk.ErrUnknown), errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return worry(err.Error(), "let the portal's user into the data directory")
	case room.Scarce():
		return fail(fmt.Sprintf("%s of %s are free on the data directory's disk", byteSize(room.Free), byteSize(room.Total)), "make room, or move MYISP_DATA_DIR: an embedded database that cannot grow refuses every change")
	}
	return fine("%s of %s free", byteSize(room.Free), byteSize(room.Total))
}

// byteSize is a number of bytes for reading.
func byteSize(n int64) string {
	f, unit := float64(n), 0
	for f >= 1000 && unit < 4 {
		f, unit = f/1000, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, [...]string{"", "kB", "MB", "GB", "TB"}[unit])
}

func checkDatabase(ctx context.Context, p *patient) []finding {
	if p.m == nil {
		m, err := p.open(ctx)
		if err == nil {
			p.m = m // it came back
		} else {
			mend := "start PostgreSQL, and check the address, user and password in DATABASE_URL"
			if p.file() != "" {
				mend = "check MYISP_DATA_DIR and DATABASE_URL; a new installation gets its database from \"myisp migrate up\" or \"myisp serve\""
			}
			return fail(err.Error(), mend)
		}
	}
	f, err := p.m.DB.Facts(ctx)
	if err != nil {
		return fail(err.Error(), "check the database's own log")
	}
	wrong, err := p.m.DB.Health(ctx)
	if err != nil {
		return fail(err.Error(), "check the database's own log")
	}
	if wrong != "" {
		return fail(wrong, "stop the portal, keep a copy of the file, and restore the last backup into a new one (myisp restore)\na database file belongs on a disk of this machine, not on a network share")
	}
	return fine("%s %s, %s", f.Kind, f.Version, byteSize(f.Bytes))
}

func checkSchema(ctx context.Context, p *patient) []finding {
	steps, err := p.m.MigrationStatus(ctx)
	if err != nil {
		return fail(err.Error(), "check that the database's user may change the schema")
	}
	if waiting := waitingSteps(steps); len(waiting) > 0 {
		p.m = nil // what follows would stumble over what is missing
		return fail(fmt.Sprintf("%d of %d steps are missing: %s", len(waiting), len(steps), strings.Join(waiting, ", ")), "myisp migrate up")
	}
	return fine("up to date, %s", steps[len(steps)-1].ID)
}

func checkClock(ctx context.Context, p *patient) []finding {
	before := time.Now()
	f, err := p.m.DB.Facts(ctx)
	if err != nil {
		return fail(err.Error(), "check the database's own log")
	}
	apart := f.Clock.Sub(before.Add(time.Since(before) / 2)).Abs().Round(time.Millisecond)
	mend := "let both machines follow a time server (timedatectl set-ntp true)"
	switch {
	case apart > time.Minute:
		return fail(fmt.Sprintf("this machine and the database are %s apart: codes expire at the wrong time, and jobs are done twice or late", apart), mend)
	case apart > 2*time.Second:
		return worry(fmt.Sprintf("this machine and the database are %s apart", apart), mend)
	}
	if _, built := revision(); before.Before(built) {
		return fail(fmt.Sprintf("it is %s here, before this program was built", before.Format(time.DateTime)), mend)
	}
	return fine("%s", before.UTC().Format("2006-01-02 15:04:05 UTC"))
}

func checkStaff(ctx context.Context, p *patient) []finding {
	list, err := p.m.Staff.All(ctx)
	if err != nil {
		return fail(err.Error(), "")
	}
	if !slices.ContainsFunc(list, func(m staff.Member) bool { return m.Role == staff.Administrator && !m.Disabled }) {
		return fail("nobody can administer the portal", "myisp staff add LOGIN --email ADDRESS")
	}
	return fine("accounts: %d", len(list))
}

func checkMail(ctx context.Context, p *patient) []finding {
	if p.env.SMTPURL == "" {
		if p.demo {
			return fine("captured, see /admin/outbox")
		}
		return worry("MYISP_SMTP_URL is empty: no mail leaves, and nobody can reset a password by mail", "set it to smtp://user:password@host:587")
	}
	out, from, err := p.mail(p.env.SMTPURL)
	if err != nil {
		return fail(err.Error(), "write smtp://user:password@host:587, with special characters percent-encoded")
	}
	if try, ok := out.(interface{ Check(context.Context) error }); ok {
		ctx, cancel := context.WithTimeout(ctx, reachOut)
		defer cancel()
		if err := try.Check(ctx); err != nil {
			return fail(fmt.Sprintf("the mail server: %v", err), "check host, port, user and password in MYISP_SMTP_URL, and that this machine may reach the port")
		}
	}
	if from == "" {
		from = "each partner's own address"
	}
	return fine("the mail server takes the log-in; mail comes from %s", from)
}

func checkSMS(ctx context.Context, p *patient) []finding {
	if p.env.SMSURL == "" {
		if p.demo {
			return fine("captured, see /admin/outbox")
		}
		return worry("MYISP_SMS_URL is empty: no SMS leaves", "set it where passwords are reset by SMS; nothing to do otherwise")
	}
	if _, err := httpsms.New(p.env.SMSURL); err != nil {
		return fail(fmt.Sprintf("MYISP_SMS_URL: %v", err), "see docs/operating.md for its shape")
	}
	host := hostPort(p.env.SMSURL)
	ctx, cancel := context.WithTimeout(ctx, reachOut)
	defer cancel()
	conn, err := p.dial(ctx, "tcp", host)
	if err != nil {
		return fail(fmt.Sprintf("the SMS provider at %s: %v", host, err), "check the host in MYISP_SMS_URL, and that this machine may reach it")
	}
	_ = conn.Close()
	return fine("%s answers; nothing was sent", host)
}

// hostOf is the host of a URL, with its port if it names one. The SMS URL's placeholders make url.Parse refuse it as a whole.
func hostOf(raw string) string {
	_, rest, _ := strings.Cut(raw, "://")
	host := rest[:strings.IndexAny(rest+"/", "/?#")]
	return host[strings.LastIndexByte(host, '@')+1:]
}

// hostPort is where to dial for a URL.
func hostPort(raw string) string {
	host := hostOf(raw)
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	port := "443"
	if strings.HasPrefix(raw, "http:") {
		port = "80"
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), port)
}

func checkIcons(ctx context.Context, p *patient) (list []finding) {
	snap, err := p.m.Portal.Snapshot(ctx)
	if err != nil {
		return fail(err.Error(), "")
	}
	own := 0
	for _, id := range snap.Partners() {
		v := snap.Partner(id)
		if len(v.Brand.Icon) == 0 {
			continue // the portal's own
		}
		if _, err := icons.Decode(bytes.NewReader(v.Brand.Icon)); err != nil {
			list = append(list, finding{failure, fmt.Sprintf("%s: the icon cannot be used (%s)", v.Partner.Name, icons.Reason(err)),
				fmt.Sprintf("upload a square PNG of at least %d × %d at /admin/branding", icons.MinPixels, icons.MinPixels)})
			continue
		}
		own++
	}
	if len(list) > 0 {
		return list
	}
	return fine("partners: %d, with icons of their own: %d", len(snap.Partners()), own)
}

func checkAudit(ctx context.Context, p *patient) []finding {
	r, d, err := p.m.VerifyAudit(ctx)
	if err != nil {
		return fail(err.Error(), "")
	}
	p.keep(ctx, models.RecordAudit, d)
	if r.Broken != 0 {
		return fail(fmt.Sprintf("line %d is missing or was altered", r.Broken), "find out who can write to the database; compare with a backup from before\nafter a change of MYISP_SECRET every line looks altered: start with the old one")
	}
	return fine("%d lines, unbroken, last hash %s", r.Entries, r.Hash)
}

func checkBooks(ctx context.Context, p *patient) (list []finding) {
	r, err := p.m.Finance.Verify(ctx)
	if err != nil {
		return fail(err.Error(), "")
	}
	p.keep(ctx, models.RecordBooks, models.CheckDetails{Looked: r.Transactions, Wrong: int64(len(r.Findings))})
	const shown = 5
	for i, f := range r.Findings {
		if i == shown {
			break
		}
		list = append(list, finding{failure, f.String(), "stop changing money, keep a copy of the database, and report this with what happened before"})
	}
	if len(r.Findings) > shown {
		list = append(list, finding{failure, fmt.Sprintf("and %d more", len(r.Findings)-shown), "the first ones explain most of the rest"})
	}
	if len(list) > 0 {
		return list
	}
	return fine("%d ledger transactions, %d invoices, %d payments agree", r.Transactions, r.Invoices, r.Payments)
}

// keep notes a check for the system page. The report is what counts: a database that takes no notes is reported elsewhere.
func (p *patient) keep(ctx context.Context, kind string, d models.CheckDetails) {
	_ = p.m.SetRecord(ctx, kind, d.Wrong == 0, d)
}

func checkQueue(ctx context.Context, p *patient) []finding {
	o, err := p.m.Jobs.Overview(ctx)
	if err != nil {
		return fail(err.Error(), "")
	}
	switch {
	case o.Behind():
		return fail(fmt.Sprintf("a job has been due for %s: nobody works, or the work does not keep up", o.Late.Round(time.Minute)), "start the portal (myisp serve works on the queue too) and see its log")
	case o.Count[job.Failed] > 0:
		return worry(fmt.Sprintf("failed jobs: %d", o.Count[job.Failed]), "see why at /admin/queue?state=failed, and retry them there")
	}
	return fine("%d waiting, none late", o.Count[job.Waiting])
}

// oldBackup is when a backup is too old to rely on.
const oldBackup = 7 * 24 * time.Hour

func checkBackup(ctx context.Context, p *patient) []finding {
	if p.demo {
		return nil
	}
	records, err := p.m.Records(ctx)
	if err != nil {
		return fail(err.Error(), "")
	}
	r, ok := records[models.RecordBackup]
	mend := "run \"myisp backup FILE\" every night and copy the file elsewhere; if another program backs the database up, nothing is wrong"
	switch {
	case !ok:
		return worry("there is none yet", mend)
	case time.Since(r.At) > oldBackup:
		return worry(fmt.Sprintf("the last one is of %s", r.At.Format(time.DateOnly)), mend)
	}
	return fine("%s", r.At.Format("2006-01-02 15:04 UTC"))
}
