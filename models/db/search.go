package db

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Fold brings text into the form of the `search` columns: lower case, accents removed, runs of spaces folded, so that
// "Díaz" is found by "diaz" on both databases without ILIKE or collations. NUL, which PostgreSQL refuses, is left out.
func Fold(parts ...string) string {
	t := transform.Chain(norm.NFD, runes.Remove(runes.Predicate(func(r rune) bool { return r == 0 || unicode.Is(unicode.Mn, r) })), norm.NFC)
	s, _, err := transform.String(t, strings.Join(parts, " "))
	if err != nil {
		s = strings.Join(parts, " ")
	}
	return strings.Join(strings.Fields(strings.ToLower(s)), " ")
}
