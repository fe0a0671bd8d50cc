// Package pdf draws invoices, proforma invoices, credit notes, payment receipts and statements as A4 PDFs. The same input
// gives the same bytes, so a document can be drawn again whenever it is asked for and need not be kept.
//
// The fonts (Go Regular and Go Bold, in the binary) write Latin, Greek and Cyrillic. The PDF library shapes no Arabic or
// Indic script: for such languages, and for names in such scripts, the functions return ErrScript, and the caller sends the
// reader to the HTML page of the document, whose print stylesheet makes the PDF in the browser.
package pdf

import (
	"context"
	"errors"
	"strings"
	"time"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
)

// ErrScript says that a text needs a script that these PDFs cannot write: print the HTML page instead.
var ErrScript = errors.New("pdf: the text needs a script that cannot be written")

// Supported reports whether documents in a language (BCP 47) can be drawn at all.
func Supported(lang string) bool {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	switch base {
	case "ar", "fa", "ur", "ps", "sd", "ug", "he", "yi", "hi", "mr", "ne", "bn", "pa", "gu", "ta", "te", "kn", "ml", "si", "th", "lo", "my", "km",
		"zh", "ja", "ko", "ka", "hy", "am", "vi":
		return false
	}
	return true
}

// Words says things in the reader's language and the partner's format.
type Words interface {
	Lang() string
	T(key string, args ...any) string
	Money(m money.Money) string           // with its symbol
	Amount(m money.Money) string          // without
	Day(d db.Day) string                  // "" for no day
	Quantity(thousandths int64) string    // 1500 is "1.5"
	Percent(partsPerMillion int64) string // 200000 is "20 %"
}

// Speak gives the words of a request's context, as views/i18n and views/format hold them.
func Speak(ctx context.Context) Words { return words{ctx} }

type words struct{ ctx context.Context }

func (w words) Lang() string                     { return i18n.Lang(w.ctx) }
func (w words) T(key string, args ...any) string { return i18n.T(w.ctx, key, args...) }
func (w words) Money(m money.Money) string       { return format.Money(w.ctx, m) }
func (w words) Amount(m money.Money) string      { return format.Amount(w.ctx, m) }
func (w words) Day(d db.Day) string              { return format.Day(w.ctx, d.Time()) }
func (w words) Quantity(n int64) string          { return w.decimal(n, 3) }
func (w words) Percent(ppm int64) string         { return w.decimal(ppm, 4) + "\u00a0%" }

func (w words) decimal(n int64, decimals int) string {
	s := strings.TrimRight(strings.TrimRight(money.FormatMinor(n, decimals), "0"), ".")
	if s == "" || s == "-" {
		s = "0"
	}
	return strings.Replace(s, ".", format.From(w.ctx).DecimalSep, 1)
}

// Head is what stands on every document: whose it is, and for whom.
type Head struct {
	Brand    Brand
	Company  Company
	Customer Customer
	// PayURL is where an open document can be paid; it becomes the QR code where a bank transfer code cannot be made.
	PayURL string
}

// Brand is the partner's look. Logo is a PNG, best at least 300 pixels high; Color is #rrggbb.
type Brand struct {
	Name  string
	Color string
	Logo  []byte
}

// Company is the partner's company information (X14), field by field portal.CompanyInfo, so that one converts to the other.
type Company struct {
	PartnerID   int64
	Name        string
	Street      string
	Zip         string
	City        string
	Country     string
	Email       string
	Phone       string
	Website     string
	CompanyID   string
	VatID       string
	BankName    string
	BankAccount string
	BankCode    string
	BankHolder  string
	BankText    string
}

// Customer is whom a document is for.
type Customer struct {
	ID        int64
	Name      string
	Street    string
	Zip       string
	City      string
	CompanyID string
	VatID     string
}

// Invoice draws an invoice.
func Invoice(w Words, h Head, d finance.InvoiceDetail) ([]byte, error) {
	doc := document{kind: finance.KindInvoice, number: d.Number, reference: finance.Reference{Kind: finance.RefInvoice, ID: d.ID}, day: d.Day, dueDay: d.DueDay, paidDay: d.PaidDay, state: d.State, currency: d.Currency,
		items: d.Items, taxes: d.TaxLines, net: d.Net, tax: d.Tax, total: d.Total, due: d.Due, note: d.Note, payers: d.Payers}
	return render(w, h, d.UpdatedAt, doc.draw)
}

// Proforma draws a proforma invoice.
func Proforma(w Words, h Head, d finance.ProformaDetail) ([]byte, error) {
	doc := document{kind: finance.KindProforma, number: d.Number, reference: finance.Reference{Kind: finance.RefProforma, ID: d.ID}, day: d.Day, dueDay: d.DueDay, paidDay: d.PaidDay, state: d.State, currency: d.Currency,
		items: d.Items, taxes: d.TaxLines, net: d.Net, tax: d.Tax, total: d.Total, note: d.Note}
	if d.State.Open() {
		doc.due = d.Total
	}
	return render(w, h, d.UpdatedAt, doc.draw)
}

// CreditNote draws a credit note.
func CreditNote(w Words, h Head, d finance.CreditNoteDetail) ([]byte, error) {
	doc := document{kind: finance.KindCreditNote, number: d.Number, day: d.Day, paidDay: d.PaidDay, state: d.State, currency: d.Currency,
		items: d.Items, taxes: d.TaxLines, net: d.Net, tax: d.Tax, total: d.Total, note: d.Note, invoice: d.InvoiceNumber}
	return render(w, h, d.UpdatedAt, doc.draw)
}

// Receipt draws the receipt of a payment, or of a refund.
func Receipt(w Words, h Head, p finance.PaymentRow) ([]byte, error) {
	return render(w, h, p.CreatedAt, func(s *sheet) { receipt(s, p) })
}

// Statement draws an account statement.
func Statement(w Words, h Head, st finance.Statement) ([]byte, error) {
	return render(w, h, st.To.Time(), func(s *sheet) { statement(s, st) })
}

// render draws once to learn the number of pages, and once more where "page 1 of 1" would be wrong.
func render(w Words, h Head, made time.Time, draw func(*sheet)) ([]byte, error) {
	if !Supported(w.Lang()) {
		return nil, ErrScript
	}
	s := newSheet(w, h, made, 1)
	draw(s)
	if n := s.f.PageNo(); n > 1 && s.err == nil {
		s = newSheet(w, h, made, n)
		draw(s)
	}
	return s.bytes()
}
