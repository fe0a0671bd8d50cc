package portal_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/handlers/web"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
	"myisp/models/limit"
)

// Whatever route answers with a file counts it, once; pages count nothing.
func TestFilesAreCounted(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	inv := p.invoice("2026-11-02", "2026-11-16", 20000)
	ids := map[string]int64{"invoices": inv.ID, "proforma-invoices": p.proforma("2026-11-02", "2026-11-16", 100).ID, "payments": p.pay("2026-11-05", 20000, inv.ID).ID,
		"credit-notes": p.credit("2026-11-06", 100, inv.ID).ID}
	alice := s.LogIn("alice")
	counted := func() (n int64) {
		must(t, s.M.DB.Q(s.Context).Model(&limit.RateLimit{}).Select("COALESCE(SUM(count), 0)").Scan(&n).Error)
		return n
	}
	files := 0
	for _, rt := range s.Server.Routes() {
		if rt.Method != http.MethodGet || rt.Guard != web.Customer || rt.Module != "finance" {
			continue
		}
		path := rt.Path
		if folder, _, ok := strings.Cut(path, "/:id"); ok {
			path = folder + "/" + strconv.FormatInt(ids[strings.TrimPrefix(folder, "/finance/")], 10)
		}
		for _, suffix := range []string{"", ".pdf", "?format=pdf", "?format=csv", "?format=xlsx"} {
			_, err := s.M.Limits.Purge(s.Context, today.Add(time.Hour))
			must(t, err)
			got := alice.Get(path + suffix)
			file := got.Header.Get("Content-Disposition") != ""
			if file {
				files++
			}
			if n := counted(); file && n != 1 || suffix == "" && !strings.HasSuffix(path, ".pdf") && n != 0 {
				t.Errorf("GET %s: %d, a file: %v, counted %d times", path+suffix, got.Status, file, n)
			}
		}
	}
	if files < 16 {
		t.Errorf("only %d files were found among the routes", files)
	}
	alice.Header.Set("Accept", "text/csv")
	if got := alice.Get("/finance/statements"); !strings.HasPrefix(got.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("a statement asked for as CSV by Accept is %s", got.Header.Get("Content-Type"))
	}
}

// Files are limited for each customer, and the page says so; pages are not, and neither is the next customer.
func TestFilesLimit(t *testing.T) {
	now := today
	s := handlerstest.New(t, dbtest.SQLite(t, func() time.Time { return now }))
	newPurse(t, s, "alice").invoice("2026-11-02", "2026-11-16", 100)
	newPurse(t, s, "bob").invoice("2026-11-02", "2026-11-16", 100)
	bob, alice := s.LogIn("bob"), s.LogIn("alice")
	const file = "/finance/invoices?format=csv"
	for n := range 60 {
		if p := alice.Get(file); p.Status != http.StatusOK {
			t.Fatalf("file %d: %d", n+1, p.Status)
		}
	}
	p := alice.Get(file)
	wait, _ := strconv.Atoi(p.Header.Get("Retry-After"))
	if p.Status != http.StatusTooManyRequests || wait < 1 || wait > 600 || !p.Link(file) || !strings.Contains(p.Text("main"), "many files") {
		t.Errorf("the 61st file: %d, Retry-After %d, %s", p.Status, wait, p.Text("main"))
	}
	if p := alice.Get("/finance/invoices"); p.Status != http.StatusOK {
		t.Errorf("the page itself: %d", p.Status)
	}
	if p := bob.Get(file); p.Status != http.StatusOK {
		t.Errorf("another customer's file: %d", p.Status)
	}
	now = now.Add(11 * time.Minute)
	if p := alice.Get(file); p.Status != http.StatusOK {
		t.Errorf("eleven minutes later: %d", p.Status)
	}
}

// A file or a statement is whole or it is none: who asks for too much reads what to do, and finds the way back.
func TestTooMuchForOneFile(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	p.invoice("2026-11-02", "2026-11-16", 100)
	var like finance.Transaction
	must(t, s.M.DB.Q(s.Context).Take(&like).Error)
	rows := make([]finance.Transaction, 10_000)
	for i := range rows {
		rows[i] = like
		rows[i].ID, rows[i].InvoiceID, rows[i].LedgerTransactionID = 0, 0, like.LedgerTransactionID+int64(i)+1
	}
	must(t, s.M.DB.Q(s.Context).CreateInBatches(rows[1:], 200).Error)
	alice := s.LogIn("alice")
	const list = "/finance/transactions?from=2026-11-01"
	if f := alice.Get(list + "&format=csv"); f.Status != http.StatusOK || strings.Count(f.Body, "\n") != 10_001 {
		t.Errorf("10,000 rows: %d with %d lines", f.Status, strings.Count(f.Body, "\n"))
	}
	must(t, s.M.DB.Q(s.Context).Create(&rows[0]).Error)
	for _, format := range []string{"csv", "xlsx"} {
		f := alice.Get(list + "&format=" + format)
		if f.Status != http.StatusUnprocessableEntity || f.Header.Get("Content-Disposition") != "" || !f.Link(list) || !strings.Contains(f.Text("main"), "more rows than one file") {
			t.Errorf("10,001 rows as %s: %d, %q", format, f.Status, f.Text("main"))
		}
	}
	if page := alice.Get(list); page.Status != http.StatusOK || page.Find(".ledger li").Length() != finance.PageSize {
		t.Errorf("the page itself: %d", page.Status)
	}
	for _, format := range []string{"", "&format=csv", "&format=pdf"} {
		f := alice.Get("/finance/statements?period=this_month" + format)
		if f.Status != http.StatusUnprocessableEntity || !strings.Contains(f.Text("form"), "more movements than one statement") || f.Has(".ledger") {
			t.Errorf("a statement of all that%s: %d, %s", format, f.Status, f.Text("form"))
		}
	}
}
