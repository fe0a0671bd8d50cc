package customer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"myisp/models/db"
)

// found reports whether what was typed finds the customer, as Search asks the database.
func found(c *Customer, typed string) bool {
	terms := c.Terms("IE")
	needs := Needs(typed)
	for _, n := range needs {
		if !slices.ContainsFunc(terms, func(t []byte) bool { return strings.HasPrefix(string(t), string(n)) }) {
			return false
		}
	}
	return len(needs) > 0
}

// What staff type for the people of the demo, and what must not find them.
func TestTerms(t *testing.T) {
	c := &Customer{ID: 204, Name: "Niamh O’Connor-Díaz", Login: "niamh.oc", Email: "Niamh.OC@example.com, second@firma.example", Phone: "+353 20 910 0114, 087 123 4567",
		Street: "12/4 Mill Lane", Zip: "D08 A1C3", City: "Łódź", VatID: "IE 1234567T", CompanyID: "123 456 78", ContactPerson: "王小明"}
	for typed, want := range map[string]bool{
		"204": true, "#204": true, "20": true, "0204": true, "niamh": true, "NIA": true, "oconnor": true, "o'con": true, "O’Connor": true, "connor": true, "diaz": true,
		"DÍAZ": true, "niamh diaz": true, "diaz niamh": true, "niamh.oc": true, "niamh.oc@example.com": true, "niamh.oc@ex": true, "second@": true, "@firma.example": true,
		"+353209100114": true, "00353 20 910 0114": true, "020 910 0114": true, "20 910": true, "(087) 123-4567": true, "0871234": true, "mill lane": true, "lane 12": true,
		"12/4": true, "d08 a1c3": true, "D08A1C3": true, "łódź": true, "1234567T": true, "IE1234567T": true, "12345678": true, "王小": true, "٢٠٤": true, "<niamh.oc@example.com>": true,
		"bob": false, "205": false, "niamh bob": false, "amh": false, "other@example.com": false, "9100115": false, "": false, "…": false, "@": false,
	} {
		if got := found(c, typed); got != want {
			t.Errorf("%q: found %v, want %v (needs %q)", typed, got, want, Needs(typed))
		}
	}
}

// Every beginning of at least two letters of every word of a stored field finds the customer; so do two of them together.
func TestEveryBeginningFinds(t *testing.T) {
	text := rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9áéñöŠžøŁ' .\-/]{0,30}`), rapid.StringOf(rapid.RuneFrom([]rune("абвгДєЇ мкО́ابتنم ليىनमस्ते 小明王 12٣٤ -’"))), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		c := &Customer{ID: rapid.Int64Range(1, 1<<40).Draw(t, "id"), Name: text.Draw(t, "name"), Login: text.Draw(t, "login"), Street: text.Draw(t, "street"),
			Zip: text.Draw(t, "zip"), City: text.Draw(t, "city"), Email: text.Draw(t, "email"), Phone: text.Draw(t, "phone"), VatID: text.Draw(t, "vat")}
		var begun []string
		for _, field := range []string{fmt.Sprint(c.ID), c.Name, c.Login, c.Street, c.Zip, c.City, c.Email, c.VatID} {
			for _, word := range split(db.Fold(field)) {
				for i := range word {
					if beginning := word[:i]; utf8.RuneCountInString(beginning) >= 2 && !found(c, beginning) {
						t.Fatalf("%q of %q finds nobody: needs %q of %q", beginning, word, Needs(beginning), c.Terms("IE"))
					}
				}
				if utf8.RuneCountInString(word) >= 2 && !found(c, word) {
					t.Fatalf("%q finds nobody: needs %q of %q", word, Needs(word), c.Terms("IE"))
				}
				if !digits(folded(word)) {
					begun = append(begun, word)
				}
			}
		}
		if len(begun) > 1 {
			if two := begun[0] + " " + begun[len(begun)-1]; !found(c, two) {
				t.Fatalf("%q finds nobody: needs %q of %q", two, Needs(two), c.Terms("IE"))
			}
		}
	})
}

// Whatever is typed makes a bounded search, and terms that both databases can compare.
func FuzzNeeds(f *testing.F) {
	for _, s := range []string{"alice", "a b c d e f g h", "+1 (415) 555", "\xff\x00", strings.Repeat("ж", 200), "' OR 1=1 --", "%_\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		needs := Needs(typed)
		if len(needs) > maxNeeds {
			t.Fatalf("%d needs", len(needs))
		}
		for _, n := range needs {
			if len(n) == 0 || len(n) > maxTerm || !utf8.Valid(n) || string(n) >= string(after(n)) || string(n)+"\U0010ffff" >= string(after(n)) {
				t.Fatalf("need %q of %q", n, typed)
			}
		}
	})
}

// A cursor is read as it was written, and nothing else is.
func TestCursor(t *testing.T) {
	for _, c := range []cursor{{id: 1}, {id: 1 << 50, driver: 3, term: []byte("alice@example.com")}} {
		got, ok := readCursor(c.String())
		if !ok || got.id != c.id || got.driver != c.driver || string(got.term) != string(c.term) {
			t.Errorf("%+v came back as %+v %v", c, got, ok)
		}
	}
	for _, s := range []string{"", "x", "!!!", "AAAAAAAAAAAA", cursor{id: -4}.String(), cursor{id: 4, driver: 99}.String(), strings.Repeat("A", 200)} {
		if _, ok := readCursor(s); ok {
			t.Errorf("%q was read", s)
		}
	}
}
