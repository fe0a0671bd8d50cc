package customer

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func select3(t AttributeType) Attribute {
	return Attribute{Type: t, Options: `[{"key":"morning","label":"Morning"},{"key":"noon","label":"Noon"},{"key":"night","label":"Night","retired":true}]`}
}

// TestRead (spec §3.7): what each type takes, in canonical form, and why it refuses what it refuses.
func TestRead(t *testing.T) {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	l := Locale{Zone: vienna, Region: "US"}
	text := func(typ AttributeType) Attribute { return Attribute{Type: typ} }
	bound := func(typ AttributeType, least, most string) Attribute {
		return Attribute{Type: typ, Least: least, Most: most}
	}
	for _, c := range []struct {
		a            Attribute
		in           string
		want, reason string
	}{
		{text(AttrString), "  Ada  ", "Ada", ""},
		{text(AttrString), "  ", "", ""},
		{text(AttrString), "a\nb", "", badValue},
		{text(AttrString), "<script>alert(1)</script>", "<script>alert(1)</script>", ""}, // a text like any other; pages escape it
		{text(AttrString), strings.Repeat("é", 250), strings.Repeat("é", 250), ""},
		{text(AttrString), strings.Repeat("é", 251), "", badLong},
		{text(AttrString), strings.Repeat("A", 1<<20), "", badLong},
		{text(AttrString), "a\x00b", "", badLong},
		{text(AttrString), "\xff", "", badLong},
		{bound(AttrString, "3", "5"), "ab", "ab", badShort},
		{bound(AttrString, "3", "5"), "abcdef", "abcdef", badLong},
		{text(AttrTextarea), "a\r\nb\rc", "a\nb\nc", ""},
		{text(AttrTextarea), "a\x1bb", "", badValue},
		{text(AttrInteger), "007", "7", ""},
		{text(AttrInteger), "-0", "0", ""},
		{text(AttrInteger), "٤٢", "42", ""},
		{text(AttrInteger), "4.0", "4", ""},
		{text(AttrInteger), "4.5", "", badWhole},
		{text(AttrInteger), "1,000", "", badNumber},
		{text(AttrInteger), "NaN", "", badNumber},
		{text(AttrInteger), "1e9", "", badNumber},
		{text(AttrInteger), "99999999999999999999999999", "", badNumber},
		{text(AttrInteger), "9999999999999999999", "", badLarge},
		{bound(AttrInteger, "-5", "10"), "-6", "-6", badSmall},
		{bound(AttrInteger, "-5", "10"), "11", "11", badLarge},
		{bound(AttrInteger, "-5", "10"), "9", "9", ""},
		{text(AttrDecimal), "3,50", "3.5", ""},
		{text(AttrDecimal), "3.505", "", badPlaces},
		{text(AttrDecimal), "1,000", "", badNumber},
		{text(AttrDecimal), "1.000", "1", ""},
		{text(AttrNumeric), "0.0000000001", "0.0000000001", ""},
		{text(AttrNumeric), "0.00000000001", "", badPlaces},
		{text(AttrNumeric), "−12٫5", "-12.5", ""},
		{text(AttrDate), "2026-11-22", "2026-11-22", ""},
		{text(AttrDate), "2026-02-30", "", badDate},
		{text(AttrDate), "22.11.2026", "", badDate},
		{text(AttrDate), "0001-01-01", "", badDate},
		{bound(AttrDate, "2026-01-01", "2026-12-31"), "2025-12-31", "2025-12-31", badEarly},
		{bound(AttrDate, "2026-01-01", "2026-12-31"), "2027-01-01", "2027-01-01", badLate},
		{text(AttrDatetime), "2026-11-22T14:05", "2026-11-22T13:05Z", ""},
		{text(AttrDatetime), "2026-07-22T14:05:30", "2026-07-22T12:05Z", ""},
		{text(AttrDatetime), "2026-11-22T13:05Z", "2026-11-22T13:05Z", ""},
		{text(AttrDatetime), "yesterday", "", badTime},
		{text(AttrBoolean), "true", "true", ""},
		{text(AttrBoolean), "", "false", ""},
		{text(AttrBoolean), "maybe", "", badChoice},
		{select3(AttrSelect), "noon", "noon", ""},
		{select3(AttrSelect), "dusk", "", badChoice},
		{select3(AttrSelect), "night", "night", badChoice},
		{select3(AttrSelectMultiple), "noon,morning", "morning,noon", ""},
		{select3(AttrSelectMultiple), "noon,dusk", "", badChoice},
		{select3(AttrSelectMultiple), "night", "night", badChoice},
		{text(AttrEmail), "Ada@Example.COM", "ada@example.com", ""},
		{text(AttrEmail), "Ada <ada@example.com>", "", badEmail},
		{text(AttrEmail), "ada@localhost", "", badEmail},
		{text(AttrEmail), "a@b.c, d@e.f", "", badEmail},
		{text(AttrPhone), "(415) 555-2671", "+14155552671", ""},
		{text(AttrPhone), "12", "", badPhone},
		{text(AttrURL), "https://example.com/a?b=c", "https://example.com/a?b=c", ""},
		{text(AttrURL), "javascript:alert(1)", "", badURL},
		{text(AttrURL), "https://user:pw@example.com", "", badURL},
		{text(AttrURL), "example.com", "", badURL},
		{text(AttrIP), "2001:DB8::0001", "2001:db8::1", ""},
		{text(AttrIP), "192.0.2.300", "", badIP},
		{text(AttrIP), "fe80::1%eth0", "", badIP},
		{text(AttrPassword), " s3cret ", " s3cret ", ""},
		{bound(AttrPassword, "8", ""), "short", "short", badShort},
	} {
		if got, reason := c.a.Read([]string{c.in}, l); got != c.want || reason != c.reason {
			t.Errorf("%s %.30q: %q %q, want %q %q", c.a.Type, c.in, got, reason, c.want, c.reason)
		}
	}
	two := Attribute{Type: AttrSelectMultiple, Most: "1", Options: select3(AttrSelect).Options}
	if _, reason := two.Read([]string{"", "morning", "noon"}, l); reason != badMany {
		t.Errorf("two of at most one: %q", reason)
	}
	if _, reason := (Attribute{Type: AttrSelectMultiple, Least: "2", Options: two.Options}).Read([]string{"", "noon"}, l); reason != badFew {
		t.Errorf("one of at least two: %q", reason)
	}
	if got, _ := two.Read([]string{""}, l); got != "" {
		t.Errorf("nothing chosen: %q", got)
	}
	if got, reason := text(AttrBoolean).Read(nil, l); got != "" || reason != "" {
		t.Errorf("a box that the form does not have: %q %q", got, reason)
	}
}

// FuzzRead: whatever is entered, reading ends, and reading its canonical form again changes nothing.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "a", "1,5", "2026-11-22", "2026-11-22T10:00", "true", "noon,morning", "a@b.cd", "+14155552671", "https://a.b/c", "::1", "\u202e", "٣٫٥"} {
		for i := range AttributeTypes {
			f.Add(s, uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, s string, i uint8) {
		a := select3(AttributeTypes[int(i)%len(AttributeTypes)])
		got, reason := a.Read([]string{s}, Locale{Region: "US"})
		if reason != "" {
			return
		}
		if !utf8.ValidString(got) || len(a.folded(got)) > 1000 {
			t.Fatalf("%s %q: %q", a.Type, s, got)
		}
		if again, reason := a.Read([]string{got}, Locale{Region: "US"}); again != got || reason != "" {
			t.Fatalf("%s %q: %q, and again %q %q", a.Type, s, got, again, reason)
		}
	})
}
