package finance

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// §3.4: the standard patterns give the examples that the reference shows.
func TestPatterns(t *testing.T) {
	facts := Facts{Party: Party{CustomerID: 77, PartnerID: 1, LocationID: 3}, Day: "2022-03-09", Type: 1}
	for _, c := range []struct {
		pattern string
		next    int64
		want    string
	}{
		{DefaultInvoicePattern, 409, "202201000409"},
		{DefaultProformaPattern, 6, "2022000006"},
		{DefaultReceiptPattern, 215, "2022-01-00215"},
		{"{customer_id|5}/{location_id}/{month}{day}-{next}", 12, "00077/3/0309-12"},
		{"{next|3}", 123456, "123456"},
		{"INV {rand_number|4} {rand_string|3}", 1, "INV 1111 BBB"},
		{"{year|2}{next}", 1, "20221"},
	} {
		p, err := ParsePattern(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got, err := p.Render(facts, c.next, bytes.NewReader(bytes.Repeat([]byte{1}, 64))); err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.pattern, got, err, c.want)
		}
	}
}

func TestBadPatterns(t *testing.T) {
	for _, p := range []string{"", "no token", "{year}", "{next", "next}", "{{next}}", "{nope}{next}", "{next|0}", "{next|21}", "{next|-1}",
		"{next|x}", "{next|}", "{next}\n", strings.Repeat("x", 201) + "{next}"} {
		if _, err := ParsePattern(p); !errors.Is(err, ErrPattern) {
			t.Errorf("%q: %v", p, err)
		}
	}
	p, _ := ParsePattern(strings.Repeat("x", 64) + "{next}")
	if _, err := p.Render(Facts{}, 1, nil); !errors.Is(err, ErrPattern) {
		t.Errorf("a number of 65 characters: %v", err)
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{DefaultInvoicePattern, DefaultReceiptPattern, "{rand_string|20}", "{", "}", "{|}", "{next|99999999999999999999}", "é{next}"} {
		f.Add(s, int64(1))
	}
	f.Fuzz(func(t *testing.T, s string, next int64) {
		p, err := ParsePattern(s)
		if err != nil {
			return
		}
		facts := Facts{Party: Party{CustomerID: 1, PartnerID: 1}, Day: "2026-11-22"}
		n, err := p.Render(facts, next, bytes.NewReader(make([]byte, 4096)))
		if err == nil && (n == "" || utf8.RuneCountInString(n) > 64) {
			t.Errorf("%q renders %q", s, n)
		}
		if first := p.Series(facts); first != p.Series(facts) {
			t.Errorf("%q has no steady series", s)
		}
	})
}

// Numbers have no gaps, start anew with the year, and go past those that an import brought.
func TestNumbersAreGapless(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		issue := func(day db.Day, number string, price int64) (string, error) {
			inv, err := s.IssueInvoice(ctx, NewInvoice{Party: c, Day: day, Number: number, Items: []Item{item("x", price)}})
			return inv.Number, err
		}
		want := func(got string, err error) func(string) {
			return func(want string) {
				t.Helper()
				if err != nil || got != want {
					t.Errorf("%q, %v; want %q", got, err, want)
				}
			}
		}
		want(issue("2026-12-31", "", 1))("202601000001")
		want(issue("2026-12-31", "202601000002", 1))("202601000002")
		if _, err := issue("2026-12-31", "", -1); err == nil {
			t.Error("FIN-5: a total below zero was issued")
		}
		want(issue("2026-12-31", "", 1))("202601000003")
		want(issue("2027-01-01", "", 1))("202701000001")
		if _, err := issue("2027-01-01", "202701000001", 1); db.KindOf(err) != db.Conflict {
			t.Errorf("a number twice: %v", err)
		}
		want(issue("2027-01-01", "", 1))("202701000002")
		clean(t, ctx, s)
	})
}
