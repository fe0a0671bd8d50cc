package phone

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ raw, region, want string }{
		{"(415) 555-2671", "US", "+14155552671"},
		{"415.555.2671", "us", "+14155552671"},
		{"1 415 555 2671", "US", "+14155552671"},
		{"+1 415-555-2671 ext. 12", "US", "+14155552671"},
		{"+1 (415) 555 2671", "", "+14155552671"},
		{"tel:+1-415-555-2671", "US", "+14155552671"},
		{"030 123456", "DE", "+4930123456"},
		{"0049 30 123456", "DE", "+4930123456"},
		{"+49 30 123456", "US", "+4930123456"},
		{"06 1234 5678", "IT", "+390612345678"}, // Italy keeps its zero
		{"٠١٠١٢٣٤٥٦٧٨", "EG", "+201012345678"},
		{"+２０１０１２３４５６７８", "", "+201012345678"},
		{"415 555 2671", "", ""}, {"415 555 2671", "XX", ""}, {"", "US", ""}, {"+", "US", ""}, {"alice", "US", ""}, {"12", "US", ""},
		{"+1415555267112345678", "US", ""}, {"+999 123456789", "US", ""}, {strings.Repeat("1", 65), "US", ""},
		{"4155552671\x00", "US", ""}, {"4155552671\r\nX: y", "US", ""}, {"\xff4155552671", "US", ""},
	} {
		got, err := Normalize(c.raw, c.region)
		if got != c.want || (err != nil) != (c.want == "") || err != nil && !errors.Is(err, ErrNumber) {
			t.Errorf("%q in %q: %q, %v; want %q", c.raw, c.region, got, err, c.want)
		}
	}
}

func TestEqualAndContains(t *testing.T) { // AUTH-3
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"(415) 555-2671", "+14155552671", true}, {"+14155552671", "+14155552672", false}, {"x", "x", false}, {"", "", false}, {"+14155552671", "", false},
	} {
		if Equal(c.a, c.b, "US") != c.want || Equal(c.b, c.a, "US") != c.want {
			t.Errorf("%q = %q: %v", c.a, c.b, !c.want)
		}
	}
	if !Contains("030 1234, (415) 555-2671", "+1 415 555 2671", "US") || Contains("4155552672,", "4155552671", "US") || Contains("", "", "US") {
		t.Error("Contains")
	}
}

func TestSplit(t *testing.T) {
	for in, want := range map[string][]string{
		"": nil, " , ;": nil, "1": {"1"}, "1, 2;3\r\n4": {"1", "2", "3", "4"}, "+1 (415) 555-2671,": {"+1 (415) 555-2671"}, "١،٢": {"١", "٢"},
	} {
		if d := cmp.Diff(want, Split(in)); d != "" {
			t.Errorf("%q: %s", in, d)
		}
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"+14155552671": "+1•••••2671", "+4930123456": "+49•••••3456", "+390612345678": "+39•••••5678", "+35312345678": "+353•••••5678",
		"+12345678": "•••••78", "4155552671": "•••••71", "(415) 555-2671": "•••••71", "+1 415 555 2671": "•••••71", "12345": "•••••", "": "•••••", "alice": "•••••",
	} {
		if got := Mask(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestMaskHides sees that a mask never shows more than a country's code and four digits.
func TestMaskHides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(rapid.String(), rapid.StringMatching(`\+?[0-9]{0,16}`)).Draw(t, "in")
		out := Mask(in)
		if shown := len(strings.ReplaceAll(out, dots, "")); shown > 8 || !strings.Contains(out, dots) {
			t.Fatalf("%q shows %q", in, out)
		}
	})
}

func FuzzNormalize(f *testing.F) {
	f.Add("(415) 555-2671", "US")
	f.Add("+39 06 1234;ext=5", "")
	f.Add("1-800-FLOWERS", "us")
	f.Fuzz(func(t *testing.T, raw, region string) {
		got, err := Normalize(raw, region)
		if err != nil {
			return
		}
		if again, err := Normalize(got, ""); err != nil || again != got {
			t.Errorf("%q in %q is %q, and that is %q, %v", raw, region, got, again, err)
		}
		if len(got) > 16 || got[0] != '+' || strings.Trim(got[1:], "0123456789") != "" {
			t.Errorf("%q is not E.164", got)
		}
	})
}
