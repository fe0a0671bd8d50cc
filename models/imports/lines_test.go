package imports

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

const people = `kind = "customer"
[fields]
id = {column = "id"}
login = {column = "login"}
name = {column = "name"}
email = {column = "mail"}
status = {column = "status"}
payment_method = {column = "pays"}
[[rows]]
kind = "service"
when = {column = "plan", empty = false}
[rows.fields]
id = {template = "{id}/s"}
customer = {column = "id"}
plan = {column = "plan"}
create_plan = {const = "yes"}
kind = {const = "internet"}
price = {column = "price"}
[[rows]]
kind = "transaction"
when = {column = "open", empty = false}
[rows.fields]
id = {template = "{id}/t"}
customer = {column = "id"}
amount = {column = "open"}
`

// Bad lines are named with their number and leave nothing behind; all others go in. Mended, only they change anything.
func TestBadLines(t *testing.T) {
	const file = `id,login,name,mail,status,pays,plan,price,open
1,ann,Ann,ann@example.com,,cash,Fiber,20,5
2,ann,Another Ann,,,,Fiber,20,
3,cid,Cid,not an address,,,,,
4,dora,,,,,,,
5,eve,Eve,,sleeping,,,,
6,fred,Fred,,,seashells,,,
7,gina,Gina,,,,Copper,a lot,
8,hugo,Hugo,,,,Copper,30,1.234
9,iris,Iris,,,,Copper,30,-7
10,"jan
`
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := opened(t, d)
		s := run(t, ctx, m, people, file, Options{})
		var at []int
		for _, f := range s.Failures {
			at = append(at, f.Line)
		}
		if !slices.Equal(at, []int{3, 4, 5, 6, 7, 8, 9, 11}) {
			t.Errorf("failed: %v", lines(s))
		}
		for i, part := range []string{"login_taken", "not an e-mail", "name", "status", "no payment method", "not an amount", "more decimals", ""} {
			if i < len(s.Failures) && !strings.Contains(s.Failures[i].Err.Error(), part) {
				t.Errorf("line %d: %v, want %q", s.Failures[i].Line, s.Failures[i].Err, part)
			}
		}
		if c := s.Kinds[Customer]; c.Created != 2 || c.Failed != 7 {
			t.Errorf("customers: %+v", c)
		}
		n := rows(t, ctx, m)
		// Fred's and Hugo's lines failed after something of them had been written.
		if n["customers"] != 2 || n["services"] != 2 || n["plans"] != 2 || n["transactions"] != 2 || n["external_refs"] != 6 {
			t.Errorf("rows: %v", n)
		}
		verify(t, ctx, m)
		mended := strings.NewReplacer("2,ann", "2,ben", "not an address", "cid@example.com", "4,dora,", "4,dora,Dora", "sleeping", "blocked", "seashells", "card",
			"a lot", "30", "1.234", "1.23", "10,\"jan\n", "10,jan,Jan,,,,,,\n").Replace(file)
		again := run(t, ctx, m, people, mended, Options{})
		want(t, again, map[string]Counts{Customer: {Created: 8, Unchanged: 2}, Service: {Created: 3, Unchanged: 2}, Transaction: {Created: 1, Unchanged: 2}})
		if b := balance(t, ctx, m, "iris"); b.Minor != 700 {
			t.Errorf("iris has %v, want what a debit below zero gives", b)
		}
	})
}

// What the mapping names is brought up to date; what the customer or staff changed otherwise stays.
func TestUpdate(t *testing.T) {
	const head = "id,login,name,mail,status,pays,plan,price,open\n"
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := opened(t, d)
		run(t, ctx, m, people, head+"1,ann,Ann,ann@example.com,,cash,Fiber,20,5\n", Options{})
		c := find(t, ctx, m, "ann")
		c.Phone, c.City = "+14155552671", "Elsewhere"
		if err := m.Customers.Update(ctx, &c, "US"); err != nil {
			t.Fatal(err)
		}
		if err := m.Customers.SetPassword(ctx, c.ID, "a good password"); err != nil {
			t.Fatal(err)
		}
		s := run(t, ctx, m, people, head+"1,annie,Ann Miller,,blocked,card,Fiber 2,25,6\n", Options{})
		// The books do not change, so the line fails whole.
		if len(s.Failures) != 1 || !strings.Contains(s.Failures[0].Err.Error(), "do not change") {
			t.Errorf("failures: %v", lines(s))
		}
		want(t, run(t, ctx, m, people, head+"1,annie,Ann Miller,,blocked,card,Fiber 2,25,5\n", Options{}),
			map[string]Counts{Customer: {Updated: 1}, Service: {Updated: 1}, Transaction: {Unchanged: 1}})
		now := find(t, ctx, m, "annie")
		if now.ID != c.ID || now.Name != "Ann Miller" || now.Email != "ann@example.com" || now.City != "Elsewhere" || now.Status != customer.StatusBlocked || now.PasswordHash == "" {
			t.Errorf("the customer is %+v", now)
		}
		if b, err := m.Customers.Of(c.ID).Billing(ctx); err != nil || b.PaymentMethodID != finance.MethodCard {
			t.Errorf("billing is %+v %v", b, err)
		}
		list, err := m.Services.Of(c.ID).List(ctx, true)
		if err != nil || len(list) != 1 || list[0].UnitPrice != 2500 {
			t.Errorf("services are %+v %v", list, err)
		}
	})
}

// Sources keep their ids apart, and a customer of another partner is not found by login.
func TestSources(t *testing.T) {
	const head = "id,login,name,mail,status,pays,plan,price,open\n"
	ctx, m := opened(t, dbtest.SQLite(t, nil))
	want(t, run(t, ctx, m, people, head+"1,ann,Ann,,,,,,\n", Options{Source: "a"}), map[string]Counts{Customer: {Created: 1}})
	want(t, run(t, ctx, m, people, head+"1,ben,Ben,,,,,,\n", Options{Source: "b"}), map[string]Counts{Customer: {Created: 1}})
	if _, err := newImporter(ctx, m, nil, Options{PartnerID: 99}); err == nil {
		t.Error("a partner that does not exist was accepted")
	}
}

const bills = `kind = "invoice"
[fields]
id = {column = "inv"}
customer = {column = "who"}
day = {column = "day"}
total = {column = "total"}
[[rows]]
kind = "item"
[rows.fields]
invoice = {column = "inv"}
description = {column = "what"}
price = {column = "price", required = true}
`

// Half an invoice is worse than none: beside a bad line, an invoice of several lines is left out.
func TestTornInvoices(t *testing.T) {
	const head = "inv,who,day,what,price,total\n"
	for _, c := range []struct {
		name, file string
		issued     int64
		failed     []int
	}{
		{"whole", "A,ann,2026-01-01,x,1,\nA,ann,2026-01-01,y,2,\nB,ann,2026-01-02,x,4,\n", 2, nil},
		{"torn in the middle", "A,ann,2026-01-01,x,1,\nA,ann,2026-01-01,y,,\nA,ann,2026-01-01,z,3,\nB,ann,2026-01-02,x,4,\n", 1, []int{3, 2}},
		{"torn at the end", "A,ann,2026-01-01,x,1,\nA,ann,2026-01-01,y,2,\nA,ann,2026-01-01,\"z,3,\n", 0, []int{4, 2}},
		{"bad in the middle", "A,ann,2026-01-01,x,1,\nA,ann,2026-01-01,y,a lot,\nA,ann,2026-01-01,z,3,\nB,ann,2026-01-02,x,4,\n", 1, []int{3}},
		{"behind a bad line", "A,ann,2026-01-01,x,,\nA,ann,2026-01-01,y,2,\nA,ann,2026-01-01,z,3,\n", 0, []int{2, 3}},
		{"single lines beside a bad one", "A,ann,2026-01-01,x,1,\nB,ann,2026-01-01,y,,\nC,ann,2026-01-02,x,4,\n", 2, []int{3}},
		{"another total", "A,ann,2026-01-01,x,1,3\nB,ann,2026-01-01,y,2,2\n", 1, []int{2}},
		{"not together", "A,ann,2026-01-01,x,1,\nB,ann,2026-01-02,x,4,\nA,ann,2026-01-01,y,2,\n", 2, []int{4}},
		{"another day", "A,ann,2026-01-01,x,1,\nA,ann,2026-01-03,y,2,\n", 0, []int{3}},
		{"nobody's", "A,zoe,2026-01-01,x,1,\n", 0, []int{2}},
		{"below zero", "A,ann,2026-01-01,x,-1,\n", 0, []int{2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, m := opened(t, dbtest.SQLite(t, nil))
			ann := customer.Customer{Login: "ann", Name: "Ann", PartnerID: 1}
			if err := m.Customers.Create(ctx, &ann, customer.Billing{Currency: "EUR"}, ""); err != nil {
				t.Fatal(err)
			}
			s := run(t, ctx, m, bills, head+c.file, Options{})
			var at []int
			for _, f := range s.Failures {
				at = append(at, f.Line)
			}
			if n := rows(t, ctx, m)["invoices"]; n != c.issued || !slices.Equal(at, c.failed) {
				t.Errorf("%d invoices, want %d; failed %v, want lines %v", n, c.issued, lines(s), c.failed)
			}
			verify(t, ctx, m)
		})
	}
}

// A file longer than a batch is imported as a short one is, and one bad line in a batch spoils no other.
func TestManyBatches(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,login,name,mail,status,pays,plan,price,open\n")
	const n = 3*batchSize/2 + 7
	for i := range n {
		name := "Someone"
		if i == n/2 {
			name = ""
		}
		fmt.Fprintf(&b, "%d,user%d,%s,,,,Fiber,20,%d\n", i, i, name, i%3)
	}
	ctx, m := opened(t, dbtest.SQLite(t, nil))
	var last Progress
	s := run(t, ctx, m, people, b.String(), Options{Progress: func(p Progress) { last = p }})
	if c := s.Kinds[Customer]; c.Created != n-1 || c.Failed != 1 || last.Lines != n+1 || last.Failed != 1 || last.Bytes != int64(b.Len()) {
		t.Errorf("customers: %+v, progress %+v; failures %v", c, last, lines(s))
	}
	once := rows(t, ctx, m)
	run(t, ctx, m, people, b.String(), Options{})
	if twice := rows(t, ctx, m); !maps.Equal(once, twice) {
		t.Errorf("the second run wrote: %v, before %v", twice, once)
	}
	verify(t, ctx, m)
}
