package finance

import (
	"fmt"
	"strconv"
	"strings"
)

// ReferenceKind says what a payment reference names.
type ReferenceKind byte

// What references name.
const (
	RefCustomer ReferenceKind = 'C'
	RefInvoice  ReferenceKind = 'I'
	RefProforma ReferenceKind = 'P'
)

// Reference is what a customer writes into a bank transfer so that the money is found. It is written as a creditor reference
// (ISO 11649): "RF", two check digits, the kind, and the id in nine digits, so that it ends where it ends even when a bank
// takes the spaces out of the text around it. Ids beyond nine digits have eighteen, and the next letter of the alphabet.
type Reference struct {
	Kind ReferenceKind
	ID   int64
}

const (
	shortID = 1_000_000_000
	longID  = shortID * shortID
)

// String is the reference without spaces; "" where there is nothing to name.
func (r Reference) String() string {
	if r.ID <= 0 || r.ID >= longID || r.Kind != RefCustomer && r.Kind != RefInvoice && r.Kind != RefProforma {
		return ""
	}
	body := fmt.Sprintf("%c%09d", r.Kind, r.ID)
	if r.ID >= shortID {
		body = fmt.Sprintf("%c%018d", r.Kind+1, r.ID)
	}
	return fmt.Sprintf("RF%02d%s", 98-mod97(body+"RF00"), body)
}

// Grouped is the reference in groups of four, as people read and type it.
func (r Reference) Grouped() string {
	var b strings.Builder
	for i, c := range r.String() {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// mod97 is the remainder of ISO 7064: digits as they are, letters as 10 to 35.
func mod97(s string) int {
	rest := 0
	for _, c := range []byte(s) {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest
}

// ParseReferences finds the references in the text of a transfer, each once and in its order, whatever a bank or a person has
// made of it: spaces anywhere, small letters, words and marks before and behind. A wrong check digit is no reference.
func ParseReferences(text string) []Reference {
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, text)
	var found []Reference
	seen := map[Reference]bool{}
	for i := 0; i+14 <= len(s); i++ {
		if r, ok := referenceAt(s[i:]); ok && !seen[r] {
			seen[r] = true
			found = append(found, r)
		}
	}
	return found
}

// referenceAt reads the reference that s, of at least 14 capitals and digits, begins with.
func referenceAt(s string) (Reference, bool) {
	if !strings.HasPrefix(s, "RF") {
		return Reference{}, false
	}
	r, length := Reference{Kind: ReferenceKind(s[4])}, 14
	if s[4] == byte(RefCustomer)+1 || s[4] == byte(RefInvoice)+1 || s[4] == byte(RefProforma)+1 {
		r.Kind, length = r.Kind-1, 23
	}
	if len(s) < length || strings.Trim(s[5:length], "0123456789") != "" {
		return Reference{}, false
	}
	r.ID, _ = strconv.ParseInt(s[5:length], 10, 64)
	return r, r.String() == s[:length]
}
