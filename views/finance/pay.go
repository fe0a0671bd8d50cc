package finance

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"myisp/internal/money"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/service"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/pdf"
	"myisp/views/ui"
)

// Pay is the page /pay: what is asked for (Payable.Order), how to pay it, and the documents that make it up.
type Pay struct {
	books.Payable
	Shell       ui.Shell
	Menu        Menu
	Today       db.Day
	CustomerID  int64
	Company     portal.CompanyInfo
	PartTyped   string            // the part as it was asked for
	Pretend     bool              // the pretend gateway is enabled: what is paid with it is no money
	Checkout    Checkout          // how to pay through a gateway
	Adds        bool              // money can be added
	AddTyped    string            // how much, as it was asked for
	AddCurrency money.Currency    // the partner's
	Nothing     bool              // invoices were to be chosen, and none was
	Standing    *service.Standing // what happens when nothing is paid; nil where it is not told
	Refused     *service.Offer    // a promise that was not taken
	Autopay     books.Autopay
	Next        books.NextCharge // of Autopay, where something is owed
}

// Amount is what the page asks for, never below zero.
func (p Pay) Amount() money.Money { return p.Order.Amount() }

func (p Pay) invoice() *books.Ordered  { return p.Order.Only(books.KindInvoice) }
func (p Pay) proforma() *books.Ordered { return p.Order.Only(books.KindProforma) }

// reference names what the transfer pays: the one document that the page is about, or else the customer.
func (p Pay) reference() books.Reference {
	switch {
	case p.invoice() != nil:
		return books.Reference{Kind: books.RefInvoice, ID: p.invoice().ID}
	case p.proforma() != nil:
		return books.Reference{Kind: books.RefProforma, ID: p.proforma().ID}
	case len(p.Order.Documents) == 0 && len(p.Open) == 1 && p.Open[0].Due == p.Summary.Owed.Minor:
		return books.Reference{Kind: books.RefInvoice, ID: p.Open[0].ID}
	}
	return books.Reference{Kind: books.RefCustomer, ID: p.CustomerID}
}

// Reference is what the customer writes into the transfer, so that the money is found: the document's as its PDF has it, or
// the customer's when the money is for several. It is the same every time.
func (p Pay) Reference() string { return p.reference().String() }

// holder is whose account it is.
func (p Pay) holder() string {
	if p.Company.BankHolder != "" {
		return p.Company.BankHolder
	}
	return p.Company.Name
}

// ByBank reports whether the provider has said where to transfer to.
func (p Pay) ByBank() bool { return strings.TrimSpace(p.Company.BankAccount) != "" }

// transfer is a line of the transfer form: as it reads, and as it is copied.
type transfer struct{ label, shown, copied string }

func (p Pay) transfers(ctx context.Context) []transfer {
	c := p.Company
	account := strings.ReplaceAll(c.BankAccount, " ", "")
	label, shown := i18n.T(ctx, "pay.account"), c.BankAccount
	if iban.MatchString(account) {
		label, shown = i18n.T(ctx, "pay.iban"), inFours(account)
	}
	var kept []transfer
	for _, t := range []transfer{
		{i18n.T(ctx, "pay.beneficiary"), p.holder(), p.holder()}, {label, shown, account}, {i18n.T(ctx, "pay.bic"), c.BankCode, c.BankCode},
		{i18n.T(ctx, "pay.bank"), c.BankName, ""}, {i18n.T(ctx, "pay.amount"), format.Money(ctx, p.Amount()), p.Amount().Decimal()},
		{i18n.T(ctx, "pay.reference"), p.reference().Grouped(), p.Reference()},
	} {
		if t.shown != "" {
			kept = append(kept, t)
		}
	}
	return kept
}

// iban is the shape of an international account number; whether its check digits are right decides over the code alone.
var iban = regexp.MustCompile(`^[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}$`)

// inFours sets an IBAN in groups, as people read it.
func inFours(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// difference is what the balance knows besides the open invoices: credit that lessens them, or charges on no invoice.
func (p Pay) difference() money.Money { return p.Summary.Owed.Sub(p.Summary.OpenDue) }

// fromBalance reports whether there is credit that can pay the invoice, or begin to.
func (p Pay) fromBalance() bool {
	return p.invoice() != nil && !p.Order.Part.Positive() && p.difference().Negative()
}

// Wrong reports whether something that was asked for cannot be.
func (p Pay) Wrong() bool { return p.Order.Wrong != "" || p.AddError != "" || p.Nothing }

// narrowed reports whether the page is about something else than all that is owed.
func (p Pay) narrowed() bool {
	return len(p.Order.Documents) > 0 || p.Order.Part.Positive() || p.Order.Purpose == books.PayAhead
}

// asked reports whether proforma invoices ask for something.
func (p Pay) asked() bool { return len(p.Proformas) > 0 && p.Menu.Has("proforma_invoices") }

// sums say how the amount to pay comes of what is owed.
func (p Pay) sums(ctx context.Context) (list []string) {
	if p.Order.Part.Positive() {
		list = append(list, i18n.T(ctx, "pay.part_of", "amount", format.Money(ctx, p.Order.Whole)))
	}
	if p.Order.Coming.Positive() {
		list = append(list, i18n.T(ctx, "pay.less_coming", "amount", format.Money(ctx, p.Order.Coming)))
	}
	return list
}

// picked reports whether an invoice is among those the page is about.
func (p Pay) picked(id int64) bool {
	return len(p.Order.Documents) == 0 || slices.ContainsFunc(p.Order.Documents, func(d books.Ordered) bool { return d.ID == id })
}

func (p Pay) title(ctx context.Context) string {
	switch {
	case p.invoice() != nil:
		return i18n.T(ctx, "finance.document.invoice", "number", format.Isolate(ctx, p.invoice().Number))
	case p.proforma() != nil:
		return i18n.T(ctx, "finance.document.proforma", "number", format.Isolate(ctx, p.proforma().Number))
	case len(p.Order.Documents) > 0:
		return i18n.N(ctx, "pay.chosen", len(p.Order.Documents))
	}
	switch {
	case p.Order.Purpose == books.PayAhead:
		return i18n.T(ctx, "pay.add_money")
	case p.Order.Part.Positive() || p.Order.Coming.Positive():
		return i18n.T(ctx, "pay.you_pay")
	}
	return i18n.T(ctx, "pay.owed")
}

// Underway tells of money that is on its way, so that nobody pays twice.
func Underway(ctx context.Context, s books.Summary) ui.Notice {
	return ui.Notice{Tone: ui.Info, Icon: "clock", Title: i18n.T(ctx, "pay.underway", "amount", format.Money(ctx, s.Underway)), Text: i18n.T(ctx, "pay.underway_text"),
		URL: "/pay/attempts/" + strconv.FormatInt(s.UnderwayID, 10)}
}

// Checked tells of a payment that we look into.
func Checked(ctx context.Context, s books.Summary) ui.Notice {
	return ui.Notice{Tone: ui.Warn, Icon: "clock", Title: i18n.T(ctx, "pay.checked", "amount", format.Money(ctx, s.Checked)), Text: i18n.T(ctx, "pay.underway_text"),
		URL: "/pay/attempts/" + strconv.FormatInt(s.CheckedID, 10)}
}

// AutopayNotice tells what autopay charges next of what is owed, so that nobody pays it twice out of care.
func AutopayNotice(ctx context.Context, n books.NextCharge, a books.Autopay, today db.Day) ui.Notice {
	tone := ui.Info
	if n.TooMuch || n.Stuck != "" {
		tone = ui.Warn
	}
	return ui.Notice{Tone: tone, Icon: "refresh-cw", Title: NextText(ctx, n, a, today), URL: "/finance/autopay"}
}

// settledTitle says that there is nothing to pay; of who never owed anything not that it is paid.
func (p Pay) settledTitle(ctx context.Context) string {
	if p.Order.Coming.Positive() {
		return i18n.T(ctx, "pay.on_its_way")
	}
	return i18n.T(ctx, "pay.settled")
}

// settledText says why there is nothing to pay.
func (p Pay) settledText(ctx context.Context) string {
	switch {
	case p.Order.Coming.Positive():
		return i18n.T(ctx, "pay.all_coming")
	case p.Order.Single():
		return i18n.T(ctx, "pay.document_settled")
	case p.Summary.Credit.Positive():
		return i18n.T(ctx, "pay.credit", "amount", format.Money(ctx, p.Summary.Credit))
	}
	if p.Summary.LastPaymentDay == "" {
		return i18n.T(ctx, "pay.never_text")
	}
	return i18n.T(ctx, "pay.settled_text")
}

// phoneLink is a number as a telephone dials it.
func phoneLink(s string) string {
	return "tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, s)
}

// qr is the payment as a bank's app reads it; none where the money is not euro or the account no IBAN.
func (p Pay) qr() string {
	return pdf.EPC(p.holder(), p.Company.BankAccount, p.Company.BankCode, p.Amount(), p.Reference())
}
