package cashier

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestDescriptionsFit: however many invoices are paid at once, providers get a description that they take, ended at a word.
func TestDescriptionsFit(t *testing.T) {
	for _, text := range []string{"", "MyISP 202611000042", strings.Repeat("x", 127), "MyISP" + strings.Repeat(" 202611000042", 20), strings.Repeat("ش", 300), strings.Repeat("ش ", 300)} {
		got := short(text)
		if n := utf8.RuneCountInString(got); n > descriptionLength || n < min(utf8.RuneCountInString(text), 100) || !utf8.ValidString(got) {
			t.Errorf("%d characters of %q", n, text)
		}
		if utf8.RuneCountInString(text) <= descriptionLength && got != text {
			t.Errorf("%q became %q", text, got)
		}
		if words := strings.Fields(got); len(words) > 2 && words[len(words)-1] == "…" && words[1] != words[len(words)-2] && words[1] == "202611000042" {
			t.Errorf("a number is cut: %q", got)
		}
	}
}
