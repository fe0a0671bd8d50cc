package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
)

func speak(lang string) Words {
	f := format.Default("EUR")
	return Speak(format.With(i18n.With(context.Background(), lang), f))
}

func logo() []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 512, 512))
	for y := range 512 {
		for x := range 512 {
			img.Set(x, y, color.NRGBA{31, 94, 255, 255})
			if (x-256)*(x-256)+(y-256)*(y-256) < 140*140 {
				img.Set(x, y, color.NRGBA{255, 255, 255, 255})
			}
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img)
	return b.Bytes()
}

func head() Head {
	return Head{
		Brand: Brand{Name: "Harbor Fiber", Color: "#1f5eff", Logo: logo()},
		Company: Company{Name: "Harbor Fiber s.r.o.", Street: "Přístavní 1248/12", Zip: "170 00", City: "Praha 7", Country: "Česko", Email: "hello@harbor.example",
			Phone: "+420 222 333 444", Website: "harbor.example", CompanyID: "12345678", VatID: "CZ12345678", BankName: "Fio banka",
			BankAccount: "DE89370400440532013000", BankCode: "COBADEFFXXX"},
		Customer: Customer{ID: 77, Name: "Žofie Černá-Řeháková", Street: "Nádražní 5", Zip: "110 00", City: "Praha 1"},
		PayURL:   "https://portal.harbor.example/pay/abc",
	}
}

func invoice() finance.InvoiceDetail {
	made := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	items, sum, err := finance.Lines([]finance.Item{
		{Description: "Fiber 500 (500/100 Mbit/s)", Price: 3990, TaxIncluded: true, TaxID: 1, TaxName: "VAT", TaxRatePPM: 210_000, PeriodFrom: "2026-11-01", PeriodTo: "2026-11-30"},
		{Description: "Voice, calls to mobile phones within the European Union", Quantity: 12500, Unit: "min", Price: 24, TaxID: 1, TaxName: "VAT", TaxRatePPM: 210_000},
		{Description: "Paperless discount", Price: -100, TaxIncluded: true, TaxID: 1, TaxName: "VAT", TaxRatePPM: 210_000},
	}, finance.RoundLines)
	if err != nil {
		panic(err)
	}
	return finance.InvoiceDetail{
		Invoice: finance.Invoice{ID: 9, CustomerID: 77, Number: "202601000412", Day: "2026-11-01", DueDay: "2026-11-15", Currency: "EUR", Net: sum.Net, Tax: sum.Tax,
			Total: sum.Total, Due: sum.Total - 1000, Status: finance.StatusNotPaid, Note: "Thank you for being with us. Questions? Write to us or call; we answer within a day.", CreatedAt: made, UpdatedAt: made},
		State: finance.PartiallyPaid, Items: items, TaxLines: finance.TaxLines(items),
		Payers: []finance.Payer{{Kind: finance.FromPayment, Number: "2026-02-00001", Day: "2026-11-03", Amount: money.Of(1000, "EUR"), Method: finance.Method{ID: 2, Name: "Bank transfer", Kind: "bank_transfer"}}},
	}
}

func statementOf(n int) finance.Statement {
	eur := func(n int64) money.Money { return money.Of(n, "EUR") }
	st := finance.Statement{Kind: finance.ByDocuments, From: "2026-01-01", To: "2026-11-30", Opening: eur(5700), Charged: eur(0), Paid: eur(0)}
	owed, day := int64(5700), db.Day("2026-01-01")
	for i := range n {
		number := fmt.Sprintf("2026010%05d", i+1)
		st.Rows = append(st.Rows, finance.StatementRow{Day: day, Kind: finance.RowInvoice, Number: number, DueDay: day.AddDays(14), Charge: eur(3990), Payment: eur(0), Owed: eur(owed + 3990)},
			finance.StatementRow{Day: day.AddDays(3), Kind: finance.RowPayment, Method: finance.Method{Name: "Cash", Kind: "cash"}, ForInvoices: []string{number}, Charge: eur(0), Payment: eur(4500), Owed: eur(owed - 510)})
		owed, day = owed-510, day.AddDays(9)
		st.Charged, st.Paid = st.Charged.Add(eur(3990)), st.Paid.Add(eur(4500))
	}
	st.Closing = eur(owed)
	return st
}

func samples() map[string]func(Words, Head) ([]byte, error) {
	inv, made := invoice(), time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	long := invoice()
	for len(long.Items) < 60 {
		long.Items = append(long.Items, inv.Items...)
	}
	return map[string]func(Words, Head) ([]byte, error){
		"invoice":      func(w Words, h Head) ([]byte, error) { return Invoice(w, h, inv) },
		"invoice-long": func(w Words, h Head) ([]byte, error) { return Invoice(w, h, long) },
		"invoice-paid": func(w Words, h Head) ([]byte, error) {
			paid := invoice()
			paid.Due, paid.State, paid.PaidDay, paid.Status = 0, finance.Paid, "2026-11-03", finance.StatusPaid
			return Invoice(w, h, paid)
		},
		"proforma": func(w Words, h Head) ([]byte, error) {
			h.Company.BankAccount = "000123-4567890/2010"
			return Proforma(w, h, finance.ProformaDetail{ProformaInvoice: finance.ProformaInvoice{Number: "2026000006", Day: "2026-11-01", DueDay: "2026-11-15", Currency: "EUR",
				Net: inv.Net, Tax: inv.Tax, Total: inv.Total, CreatedAt: made, UpdatedAt: made}, State: finance.Unpaid, Items: inv.Items, TaxLines: inv.TaxLines})
		},
		"credit-note": func(w Words, h Head) ([]byte, error) {
			return CreditNote(w, h, finance.CreditNoteDetail{CreditNoteRow: finance.CreditNoteRow{CreditNote: finance.CreditNote{Number: "202601000003", Day: "2026-11-05", Currency: "EUR",
				Net: inv.Net, Tax: inv.Tax, Total: inv.Total, CreatedAt: made, UpdatedAt: made}, State: finance.RefundDue, InvoiceNumber: inv.Number}, Items: inv.Items, TaxLines: inv.TaxLines})
		},
		"receipt": func(w Words, h Head) ([]byte, error) {
			return Receipt(w, h, finance.PaymentRow{Payment: finance.Payment{ReceiptNumber: "2026-02-00215", Day: "2026-11-03", Amount: 6000, Unallocated: 1647, Currency: "EUR", CreatedAt: made, Comment: "Visa •••• 4242"},
				Method: finance.Method{ID: 2, Name: "Bank transfer", Kind: "bank_transfer"}, Covers: []finance.Covered{{InvoiceID: 9, Number: inv.Number, Amount: money.Of(4353, "EUR")}}})
		},
		"receipt-cancelled": func(w Words, h Head) ([]byte, error) {
			return Receipt(w, h, finance.PaymentRow{Payment: finance.Payment{ReceiptNumber: "2026-01-00216", Day: "2026-11-03", Amount: 99_999_999_900, Unallocated: 0, Currency: "EUR", CreatedAt: made,
				DeletedDay: "2026-11-04", DeletedReason: "typed twice"}, Method: finance.Method{ID: 1, Name: "Cash", Kind: "cash"}})
		},
		"statement": func(w Words, h Head) ([]byte, error) { return Statement(w, h, statementOf(36)) },
		"empty":     func(w Words, h Head) ([]byte, error) { return Statement(w, h, statementOf(0)) },
	}
}

// quality.md and issue 2: the same document is the same bytes, in every language that can be drawn.
func TestSameBytesTwice(t *testing.T) {
	dir := os.Getenv("MYISP_PDF_SAMPLES") // to look at them
	for name, draw := range samples() {
		for _, lang := range []string{"en", "es"} {
			a, err := draw(speak(lang), head())
			if err != nil {
				t.Fatal(name, err)
			}
			for range 5 {
				if b, _ := draw(speak(lang), head()); !bytes.Equal(a, b) {
					t.Fatalf("%s %s: drawn twice, two different files", name, lang)
				}
			}
			if len(a) > 200_000 {
				t.Errorf("%s: %d bytes", name, len(a))
			}
			if dir != "" {
				_ = os.WriteFile(filepath.Join(dir, name+"-"+lang+".pdf"), a, 0o600)
			}
		}
	}
}

func TestWhatIsOnThem(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext (poppler-utils) is not installed")
	}
	for name, want := range map[string][]string{
		"invoice": {"Invoice", "202601000412", "Žofie Černá-Řeháková", "Přístavní 1248/12", "CZ12345678", "Fiber 500 (500/100 Mbit/s)", "12.5 min", "21 %",
			"DE89 3704 0044 0532 0130 00", "COBADEFFXXX", "Partially paid", "Page 1 of 1", "Bank transfer", "Amount due"},
		"invoice-long":      {"Page 1 of 4", "Page 4 of 4"},
		"invoice-paid":      {"Paid on"},
		"proforma":          {"Proforma invoice", "2026000006", "not a tax invoice", "Scan the code to pay online"},
		"credit-note":       {"Credit note", "For invoice", "202601000412", "Refund due"},
		"receipt":           {"Payment receipt", "2026-02-00215", "Invoice 202601000412", "Kept as credit", "Comment: Visa •••• 4242"},
		"receipt-cancelled": {"Payment receipt", "2026-01-00216", "Cancelled on 4 Nov 2026", "proves no payment"},
		"statement":         {"Account statement", "Opening balance", "Closing balance", "Payment: Cash", "For 202601000001", "Page 2 of"},
		"empty":             {"No movements in this period."},
	} {
		b, err := samples()[name](speak("en"), head())
		if err != nil {
			t.Fatal(name, err)
		}
		path := filepath.Join(t.TempDir(), "x.pdf")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
		if err != nil {
			t.Fatal(name, err)
		}
		text := strings.Join(strings.Fields(string(out)), " ")
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", name, w, out)
			}
		}
	}
}

// Arabic cannot be shaped: the caller is told, in place of a page of boxes.
func TestScriptsThatCannotBeWritten(t *testing.T) {
	draw := samples()["invoice"]
	if _, err := draw(speak("ar"), head()); !errors.Is(err, ErrScript) || Supported("ar-SA") || !Supported("es-MX") {
		t.Errorf("an Arabic invoice: %v", err)
	}
	h := head()
	h.Customer.Name = "عمر حداد"
	if _, err := draw(speak("en"), h); !errors.Is(err, ErrScript) {
		t.Errorf("an Arabic name: %v", err)
	}
	for _, name := range []string{"Ελένη Παπαδοπούλου", "Александр Щукин", "Łukasz Żółć", "Ñuñez 🚀 \x00\xff", strings.Repeat("Long ", 200)} {
		h.Customer.Name = name
		if _, err := draw(speak("en"), h); err != nil {
			t.Errorf("%.20s: %v", name, err)
		}
	}
	h.Brand.Logo = []byte("not a PNG")
	h.Customer.Name = "x"
	if _, err := draw(speak("en"), h); err != nil {
		t.Errorf("a broken logo: %v", err)
	}
}

func TestEPC(t *testing.T) {
	got := EPC("Red Cross", "BE72 0000 0000 1616", "", money.Of(100, "EUR"), "Urgency fund")
	if got != "BCD\n002\n1\nSCT\n\nRed Cross\nBE72000000001616\nEUR1.00\n\n\nUrgency fund" {
		t.Errorf("%q", got)
	}
	if got := EPC("Red Cross", "BE72 0000 0000 1616", "", money.Of(100, "EUR"), "RF42C000001042"); got != "BCD\n002\n1\nSCT\n\nRed Cross\nBE72000000001616\nEUR1.00\n\nRF42C000001042" {
		t.Errorf("a creditor reference has a line of its own: %q", got)
	}
	for name, code := range map[string]string{
		"dollars":      EPC("x", "DE89370400440532013000", "", money.Of(100, "USD"), "r"),
		"wrong digits": EPC("x", "DE88370400440532013000", "", money.Of(100, "EUR"), "r"),
		"no account":   EPC("x", "", "", money.Of(100, "EUR"), "r"),
		"nothing due":  EPC("x", "DE89370400440532013000", "", money.Of(0, "EUR"), "r"),
		"letters":      EPC("x", "DEé9370400440532013000", "", money.Of(1, "EUR"), "r"),
	} {
		if code != "" {
			t.Errorf("%s: %q", name, code)
		}
	}
}
