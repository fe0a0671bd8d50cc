// Package phone reads telephone numbers as people write them and keeps them as E.164 ("+14155552671"), the one form in
// which two of them can be compared.
package phone

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// ErrNumber says that a text is no telephone number, or one whose country cannot be told.
var ErrNumber = errors.New("phone: not a telephone number")

// maxRaw bounds a number as typed, in bytes.
const maxRaw = 64

// Normalize reads one number and returns it as E.164, at most 16 characters. region is the ISO 3166 country ("US",
// upper or lower case) whose way of writing national numbers is meant; with "" only international ones (+, or none)
// are understood. Extensions are dropped. It asks whether the number is possible, not whether it is assigned: number
// plans change faster than programs. The error is ErrNumber.
func Normalize(raw, region string) (string, error) {
	if len(raw) > maxRaw || !utf8.ValidString(raw) || strings.ContainsFunc(raw, unicode.IsControl) {
		return "", ErrNumber
	}
	n, err := phonenumbers.Parse(raw, strings.ToUpper(region))
	if err != nil || !phonenumbers.IsPossibleNumber(n) {
		return "", ErrNumber
	}
	e164 := phonenumbers.Format(n, phonenumbers.E164)
	// A few odd inputs would read differently a second time (a prefix within a prefix); such a text names no one line.
	if again, err := phonenumbers.Parse(e164, ""); err != nil || phonenumbers.Format(again, phonenumbers.E164) != e164 || len(e164) > 16 {
		return "", ErrNumber
	}
	return e164, nil
}

// National is an E.164 number without the code of its country, digits only ("4155552671"); "" for what is no number.
func National(e164 string) string {
	n, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return ""
	}
	return phonenumbers.GetNationalSignificantNumber(n)
}

// Written is an E.164 number as people write it to others, in groups: "+1 415-555-2671". What is no number stays as it is.
func Written(e164 string) string {
	n, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return e164
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}

// Equal reports whether two numbers, as people write them, are the same line. Two texts that are no numbers are not equal.
func Equal(a, b, region string) bool {
	x, err := Normalize(a, region)
	if err != nil {
		return false
	}
	y, err := Normalize(b, region)
	return err == nil && x == y
}

// Split takes apart a field that holds several numbers, between commas, semicolons or line breaks (a customer's phone
// may: P16), as they are written. Empty ones are left out.
func Split(list string) []string {
	var out []string
	for part := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune(",;\n\r،；", r) }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// Contains reports whether one of the numbers in a list is this one, as AUTH-3 asks before it sends a code.
func Contains(list, number, region string) bool {
	for _, part := range Split(list) {
		if Equal(part, number, region) {
			return true
		}
	}
	return false
}

// dots hide the middle of a masked number; always five, so its length stays untold.
const dots = "•••••"

// Mask shows enough of a number for its owner to know it and too little for others: "+14155552671" is "+1•••••2671".
// A number that is not E.164 keeps its last two digits, a very short one nothing.
func Mask(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	switch n := len(digits); {
	case n < 6:
		return dots
	case !strings.HasPrefix(number, "+") || len(digits)+1 != len(number) || n < 9:
		return dots + digits[n-2:]
	}
	code := ""
	if n, err := phonenumbers.Parse(number, ""); err == nil {
		code = phonenumbers.Format(n, phonenumbers.E164)
		code = code[:1+len(code)-1-len(phonenumbers.GetNationalSignificantNumber(n))]
	}
	return code + dots + digits[len(digits)-4:]
}
