package pdf

import (
	"strings"

	"myisp/internal/money"
	"myisp/models/finance"

	"github.com/boombuler/barcode/qr"
)

// EPC is the text of a credit transfer code (EPC069-12, version 2) that a bank's app reads: who gets how much for what. It
// is "" unless the amount is in euro and the account an IBAN.
func EPC(name, iban, bic string, amount money.Money, reference string) string {
	iban = strings.ToUpper(strings.ReplaceAll(iban, " ", ""))
	bic = strings.ToUpper(strings.ReplaceAll(bic, " ", ""))
	if name == "" || amount.Currency != "EUR" || amount.Minor < 1 || amount.Minor > 99_999_999_999 || !validIBAN(iban) {
		return ""
	}
	if len(bic) != 8 && len(bic) != 11 {
		bic = ""
	}
	lines := []string{"BCD", "002", "1", "SCT", bic, first(name, 70), iban, "EUR" + amount.Decimal(), ""}
	if refs := finance.ParseReferences(reference); len(refs) == 1 && refs[0].String() == reference {
		lines = append(lines, reference) // structured: the bank's app checks its digits
	} else {
		lines = append(lines, "", first(reference, 140))
	}
	return strings.Join(lines, "\n")
}

func first(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// validIBAN checks the shape and the check digits (ISO 13616: the rearranged number is 1 modulo 97).
func validIBAN(s string) bool {
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	rest := 0
	for i, r := range s[4:] + s[:4] {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z' && i < 64:
			rest = (rest*100 + int(r-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1 && s[0] >= 'A' && s[1] >= 'A'
}

// grouped writes an IBAN in fours, as people copy it.
func grouped(account string) string {
	account = strings.ReplaceAll(account, " ", "")
	if !validIBAN(strings.ToUpper(account)) {
		return account
	}
	var b strings.Builder
	for i, r := range account {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// qr draws a QR code as vectors, size millimetres square; it reports whether the text fits into one.
func (s *sheet) qr(x, y, size float64, text string) bool {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return false
	}
	n := code.Bounds().Dx()
	m := size / float64(n)
	s.f.SetFillColor(ink.r, ink.g, ink.b)
	for row := range n {
		for from := 0; from < n; {
			if !dark(code.At(from, row).RGBA()) {
				from++
				continue
			}
			to := from
			for to < n && dark(code.At(to, row).RGBA()) {
				to++
			}
			// A hair more than the module: viewers draw the seam between two touching rectangles.
			s.f.Rect(x+float64(from)*m, y+float64(row)*m, float64(to-from)*m, m*1.02, "F")
			from = to
		}
	}
	return true
}

func dark(r, _, _, _ uint32) bool { return r < 0x8000 }
