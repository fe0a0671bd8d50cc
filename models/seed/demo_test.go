package seed

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
	"myisp/models/message"
	"myisp/models/portal"
	"myisp/models/staff"
)

// opened wires models on a fresh database, with password hashes that cost nothing.
func opened(t *testing.T, d *db.DB) (context.Context, *models.Models) {
	t.Helper()
	keys, err := secret.NewKeys(strings.Repeat("k", 32))
	if err != nil {
		t.Fatal(err)
	}
	m := models.On(d, keys, secret.Params{Memory: 8, Iterations: 1, Parallelism: 1})
	ctx := context.Background()
	if err := m.Portal.Ensure(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx, m
}

// days are todays on which stories could break: a Sunday, the end of a long month, of February, of the year.
var days = []string{"2026-11-22", "2027-03-31", "2028-02-29", "2026-12-31", "2027-01-01"}

func noon(t *testing.T, day string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(12 * time.Hour)
}

// each fills a database of each kind. The days after the first differ in dates only, so SQLite alone will do for them.
func each(t *testing.T, day string, fn func(t *testing.T, ctx context.Context, m *models.Models, today db.Day)) {
	now := noon(t, day)
	clock := func() time.Time { return now }
	filled := func(t *testing.T, d *db.DB) {
		ctx, m := opened(t, d)
		if err := Demo(ctx, m, now); err != nil {
			t.Fatal(err)
		}
		fn(t, ctx, m, db.Day(day))
	}
	if day != days[0] {
		filled(t, dbtest.SQLite(t, clock))
		return
	}
	dbtest.EachAt(t, clock, filled)
}

func find(t *testing.T, ctx context.Context, m *models.Models, login string) customer.Customer {
	t.Helper()
	c, err := m.Customers.ByLogin(ctx, login)
	if err != nil {
		t.Fatalf("%s: %v", login, err)
	}
	return c
}

func verify(t *testing.T, ctx context.Context, m *models.Models) finance.Report {
	t.Helper()
	r, err := m.Finance.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Error(f)
	}
	return r
}

// The balance, the unpaid and the overdue invoice of alice are right to the cent (design/look/home.png), whatever the day.
func TestAlice(t *testing.T) {
	for _, day := range days {
		t.Run(day, func(t *testing.T) {
			each(t, day, func(t *testing.T, ctx context.Context, m *models.Models, today db.Day) {
				verify(t, ctx, m)
				c := find(t, ctx, m, "alice")
				mine := m.Finance.Of(c.ID)
				balance, err := mine.Balance(ctx)
				if err != nil || balance.Minor != -8490 || balance.Currency != "EUR" {
					t.Errorf("balance is %v %v, want -84.90 EUR", balance, err)
				}
				page, err := mine.Invoices(ctx, finance.Filter{Size: 100}, today)
				if err != nil {
					t.Fatal(err)
				}
				states := map[finance.State][]string{}
				for _, r := range page.Rows {
					states[r.State] = append(states[r.State], fmt.Sprintf("%s %d due %s", strings.Join(r.Summary, "+"), r.Due, r.DueDay))
				}
				want := "[Fiber 500+Voice+Calls beyond the allowance 4290 due " + string(today.AddDays(13)) + "]"
				if got := fmt.Sprint(states[finance.Unpaid]); got != want {
					t.Errorf("unpaid: %s, want %s", got, want)
				}
				want = "[Installation 4200 due " + string(today.AddDays(-8)) + "]"
				if got := fmt.Sprint(states[finance.Overdue]); got != want {
					t.Errorf("overdue: %s, want %s", got, want)
				}
				if n := len(states[finance.PaidFromBalance]); n != 1 {
					t.Errorf("%d invoices paid from balance, want 1", n)
				}
				if n := len(states[finance.Paid]); n != 14 {
					t.Errorf("%d paid invoices, want 14", n)
				}
				aliceReads(t, ctx, m, c, today)
			})
		})
	}
}

func aliceReads(t *testing.T, ctx context.Context, m *models.Models, c customer.Customer, today db.Day) {
	t.Helper()
	mine := m.Finance.Of(c.ID)
	notes, err := mine.CreditNotes(ctx, finance.Filter{})
	if err != nil || len(notes.Rows) != 1 || notes.Rows[0].State != finance.Closed {
		t.Errorf("credit notes: %+v %v, want one that is closed", notes.Rows, err)
	}
	pays, err := mine.Payments(ctx, finance.Filter{Size: 100})
	methods := map[int64]bool{}
	for _, p := range pays.Rows {
		methods[p.MethodID] = true
		if p.Day > today {
			t.Errorf("payment of %s is in the future", p.Day)
		}
	}
	if err != nil || len(methods) < 3 {
		t.Errorf("payments by %d methods %v, want several", len(methods), err)
	}
	if n, _ := m.Messages.Of(c.ID).Unread(ctx); n != 2 {
		t.Errorf("%d unread messages, want 2", n)
	}
	if n, _ := m.Tickets.Of(c.ID).Unread(ctx); n != 1 {
		t.Errorf("%d unread tickets, want 1", n)
	}
	list, err := m.Services.Of(c.ID).List(ctx, false)
	if err != nil || len(list) != 3 {
		t.Errorf("services: %v %v, want bundle, internet and voice", list, err)
	}
}

// The others tell the stories of design/interface.md.
func TestPeople(t *testing.T) {
	each(t, "2026-11-22", func(t *testing.T, ctx context.Context, m *models.Models, today db.Day) {
		balances := map[string]int64{"bob": 1250, "carla": -2990, "omar": 0, "northwind-shop": 0}
		for login, want := range balances {
			if b, err := m.Finance.Of(find(t, ctx, m, login).ID).Balance(ctx); err != nil || b.Minor != want {
				t.Errorf("balance of %s is %d %v, want %d", login, b.Minor, err, want)
			}
		}
		bob := find(t, ctx, m, "bob")
		asked, err := m.Finance.Of(bob.ID).ProformaInvoices(ctx, finance.Filter{State: finance.Open}, today)
		if err != nil || len(asked.Rows) != 1 || asked.Rows[0].Total != 2500 || asked.Rows[0].State != finance.Unpaid {
			t.Errorf("bob's proforma invoices: %+v %v", asked.Rows, err)
		}
		if out, err := m.Messages.OpenOutages(ctx, message.Readers{PartnerID: bob.PartnerID, LocationID: bob.LocationID}); err != nil || len(out) != 1 || out[0].ExpectedAt == nil {
			t.Errorf("bob's outages: %v %v", out, err)
		}
		carla := find(t, ctx, m, "carla")
		if b, err := m.Customers.Of(carla.ID).Billing(ctx); err != nil || b.BlockedOn == "" || carla.Status != customer.StatusBlocked || carla.Language != "es" {
			t.Errorf("carla: %+v %v", carla, err)
		}
		omarHasNothing(t, ctx, m)
		north := find(t, ctx, m, "northwind")
		for _, branch := range []string{"northwind-warehouse", "northwind-shop"} {
			if c := find(t, ctx, m, branch); c.ParentID != north.ID || c.PartnerID != north.PartnerID {
				t.Errorf("%s hangs on %d of partner %d", branch, c.ParentID, c.PartnerID)
			}
		}
		snap, err := m.Portal.Snapshot(ctx)
		if err != nil || snap.ByHost(HarborHost).Partner.ID != north.PartnerID || len(snap.ByHost(HarborHost).Brand.Icon) == 0 {
			t.Errorf("harbor's host does not lead to northwind's partner with an icon: %v", err)
		}
		if !portal.CrossPartnerLogins.Of(snap.Partner(portal.DefaultPartner).Values) {
			t.Error("northwind cannot log in at the Default partner's host")
		}
		for _, lang := range []string{"en", "es", "ar"} {
			if list, err := m.Messages.FAQ(ctx, north.PartnerID, lang); err != nil || len(list) != 4 {
				t.Errorf("%d questions in %s, %v", len(list), lang, err)
			}
		}
	})
}

func omarHasNothing(t *testing.T, ctx context.Context, m *models.Models) {
	t.Helper()
	c := find(t, ctx, m, "omar")
	readers := message.Readers{PartnerID: c.PartnerID, LocationID: c.LocationID}
	news, _ := m.Messages.LatestNews(ctx, readers)
	out, _ := m.Messages.OpenOutages(ctx, readers)
	inbox, _, _ := m.Messages.Of(c.ID).List(ctx, 0)
	services, _ := m.Services.Of(c.ID).List(ctx, true)
	tickets, _, _ := m.Tickets.Of(c.ID).List(ctx, false, 0)
	moves, err := m.Finance.Of(c.ID).Transactions(ctx, finance.Filter{})
	if n := len(news) + len(out) + len(inbox) + len(services) + len(tickets) + len(moves.Rows); n != 0 || err != nil || c.Language != "ar" {
		t.Errorf("omar has %d things, language %s, %v", n, c.Language, err)
	}
}

// Every log-in of the table works, and there is a crowd of every status around them.
func TestLogins(t *testing.T) {
	each(t, "2026-11-22", func(t *testing.T, ctx context.Context, m *models.Models, _ db.Day) {
		for _, l := range Logins() {
			var err error
			if l.Staff {
				_, _, err = m.Staff.LogIn(ctx, l.Login, Password, "192.0.2.1", "test")
			} else {
				_, err = m.Customers.LogIn(ctx, customer.Attempt{Identifier: l.Login, Password: Password, IP: "192.0.2.1"})
			}
			if err != nil {
				t.Errorf("%s cannot log in: %v", l.Login, err)
			}
		}
		if list, _ := m.Staff.All(ctx); len(list) != 2 || list[0].Role != staff.Administrator {
			t.Errorf("staff: %v", list)
		}
		for _, status := range []customer.Status{customer.StatusNew, customer.StatusActive, customer.StatusBlocked, customer.StatusDisabled} {
			var n int64
			if err := m.DB.Q(ctx).Table("customers").Where("status = ?", status).Count(&n).Error; err != nil || n < 5 {
				t.Errorf("%d customers are %s, %v", n, status, err)
			}
		}
		if n, _ := m.DB.Rows(ctx, "customers"); n != crowdSize+7 {
			t.Errorf("%d customers, want %d", n, crowdSize+7)
		}
		if n, _ := m.DB.Rows(ctx, "jobs"); n != 0 {
			t.Errorf("%d jobs: the demo must notify nobody", n)
		}
	})
}

// Filling again changes nothing; a database with other customers is left alone; what failed half-way leaves nothing.
func TestDemoTwice(t *testing.T) {
	each(t, "2026-11-22", func(t *testing.T, ctx context.Context, m *models.Models, _ db.Day) {
		before, _ := m.DB.Rows(ctx, "transactions")
		if err := Demo(ctx, m, noon(t, "2027-05-05")); err != nil {
			t.Fatal(err)
		}
		if after, _ := m.DB.Rows(ctx, "transactions"); after != before || before == 0 {
			t.Errorf("%d transactions became %d", before, after)
		}
	})
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := opened(t, d)
		c := customer.Customer{Login: "alice", Name: "Another Alice", PartnerID: portal.DefaultPartner}
		if err := m.Customers.Create(ctx, &c, customer.Billing{Currency: "EUR"}, "US"); err != nil {
			t.Fatal(err)
		}
		if err := Demo(ctx, m, d.Now()); err != ErrNotEmpty {
			t.Errorf("a database in use was filled: %v", err)
		}
	})
}

// The demo of one day is the same to the letter, so screenshots can be compared.
func TestDeterministic(t *testing.T) {
	var first string
	for range 2 {
		now := noon(t, "2026-11-22")
		ctx, m := opened(t, dbtest.SQLite(t, func() time.Time { return now }))
		if err := Demo(ctx, m, now); err != nil {
			t.Fatal(err)
		}
		var rows []string
		if err := m.DB.Q(ctx).Raw(`SELECT i.number || i.day || i.total || c.name FROM invoices i JOIN customers c ON c.id = i.customer_id ORDER BY i.id`).Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(rows, "\n"); first == "" {
			first = got
		} else if got != first {
			t.Error("two demos of one day differ")
		}
	}
}
