package finance

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The check digits are those of ISO 11649 (its own example is RF18539007547034), and every id comes back.
func TestReference(t *testing.T) {
	if got := mod97("539007547034RF18"); got != 1 {
		t.Errorf("the standard's example leaves %d", got)
	}
	for want, r := range map[string]Reference{
		"":               {RefCustomer, 0},
		"RF42C000001042": {RefCustomer, 1042},
		"RF63I000001042": {RefInvoice, 1042},
	} {
		if got := r.String(); got != want {
			t.Errorf("%c%d: %s, want %s", r.Kind, r.ID, got, want)
		}
	}
	if (Reference{'X', 5}).String() != "" || (Reference{RefInvoice, -5}).String() != "" || (Reference{RefInvoice, longID}).String() != "" {
		t.Error("a reference to nothing")
	}
	for _, wrong := range []string{"", "RF", "RF42C000001043", "RF00C000001042", "RF42C00000104", "RF42D000001042", "INV-1042", "RF18539007547034"} {
		if got := ParseReferences(wrong); len(got) > 0 {
			t.Errorf("%q is read as %v", wrong, got)
		}
	}
}

var references = rapid.Custom(func(t *rapid.T) Reference {
	id := rapid.OneOf(rapid.Int64Range(1, shortID-1), rapid.Int64Range(shortID, longID-1)).Draw(t, "id")
	return Reference{rapid.SampledFrom([]ReferenceKind{RefCustomer, RefInvoice, RefProforma}).Draw(t, "kind"), id}
})

// What a person and two banks make of a reference is still that reference and no other.
func TestReferenceInText(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := references.Draw(rt, "reference")
		text := r.String()
		if mod97(text[4:]+text[:4]) != 1 {
			rt.Fatalf("%s has wrong check digits", text)
		}
		var noisy strings.Builder
		noisy.WriteString(rapid.SampledFrom([]string{"", "REF: ", "/RFB/", "Invoice ", "rf ", "+49 ", "SCOR/"}).Draw(rt, "before"))
		for _, c := range text {
			if rapid.Bool().Draw(rt, "small") {
				c = []rune(strings.ToLower(string(c)))[0]
			}
			noisy.WriteRune(c)
			noisy.WriteString(rapid.SampledFrom([]string{"", "", "", " ", "-", "\n", ".", "\u00a0"}).Draw(rt, "gap"))
		}
		noisy.WriteString(rapid.SampledFrom([]string{"", " thank you", " 2026-11-22", "0", "99"}).Draw(rt, "behind"))
		if got := ParseReferences(noisy.String()); !slices.Equal(got, []Reference{r}) {
			rt.Fatalf("%q is read as %v, not %v", noisy.String(), got, r)
		}
		if got := ParseReferences(r.Grouped()); !slices.Equal(got, []Reference{r}) {
			rt.Fatalf("%q is read as %v", r.Grouped(), got)
		}
	})
}

// One wrong character, or two neighbours swapped, is never another reference.
func TestReferenceSlips(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := []byte(references.Draw(rt, "reference").String())
		i := rapid.IntRange(2, len(text)-2).Draw(rt, "at")
		slip := slices.Clone(text)
		if rapid.Bool().Draw(rt, "swap") {
			slip[i], slip[i+1] = slip[i+1], slip[i]
		} else if i != 4 {
			slip[i] = byte('0' + rapid.IntRange(0, 9).Draw(rt, "digit"))
		}
		if string(slip) != string(text) && len(ParseReferences(string(slip))) > 0 {
			rt.Fatalf("%s is read although it was %s", slip, text)
		}
	})
}

func FuzzParseReferences(f *testing.F) {
	for _, s := range []string{"RF42C000001042", "ref rf42 c000 0010 42 thanks", "RF", "RFRF42C000001042", strings.Repeat("RF", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range ParseReferences(s) {
			if again := ParseReferences(r.String()); len(again) != 1 || again[0] != r || r.ID <= 0 {
				t.Errorf("%q holds %v, which reads as %v", s, r, again)
			}
		}
	})
}
