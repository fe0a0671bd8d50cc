package admin

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"myisp/internal/money"
	"myisp/models/catalog"
	"myisp/models/customer"
	books "myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// FinanceURL is where staff's money across all customers begins.
const FinanceURL = "/admin/finance"

// ListPath is a list's part of an address: "credit-notes".
func ListPath(k books.ListKind) string { return strings.ReplaceAll(string(k), "_", "-") }

// DeskURL is the address of a customer's documents of a kind, and of what is below it.
func DeskURL(customerID int64, k books.ListKind, more ...string) string {
	return customerURL(customerID) + "/" + strings.Join(append([]string{ListPath(k)}, more...), "/")
}

// DeskTitle names what a form makes, or the document it is about.
func DeskTitle(ctx context.Context, k books.ListKind, number string) string {
	if number == "" {
		switch k {
		case books.ListInvoices:
			return i18n.T(ctx, "desk.new.invoice")
		case books.ListProforma:
			return i18n.T(ctx, "desk.new.proforma")
		case books.ListCreditNotes:
			return i18n.T(ctx, "desk.new.credit_note")
		case books.ListPayments:
			return i18n.T(ctx, "desk.new.payment")
		}
		return i18n.T(ctx, "desk.new.transaction")
	}
	switch k {
	case books.ListInvoices:
		return i18n.T(ctx, "desk.one.invoice", "number", number)
	case books.ListProforma:
		return i18n.T(ctx, "desk.one.proforma", "number", number)
	case books.ListCreditNotes:
		return i18n.T(ctx, "desk.one.credit_note", "number", number)
	case books.ListPayments:
		return i18n.T(ctx, "desk.one.payment", "number", number)
	}
	return i18n.T(ctx, "desk.one.transaction", "number", number)
}

// DeskHead is what every form about a customer's money has around it. Key makes a form that is sent twice count once.
type DeskHead struct {
	Shell    ui.Shell
	Customer customer.Customer
	Kind     books.ListKind
	Currency money.Currency
	Key      string
	Errors   map[string]string
}

func (p DeskHead) bad(field string) string { return p.Errors[field] }

func (p DeskHead) back() string {
	return customerURL(p.Customer.ID) + "/finance?list=" + string(p.Kind)
}

// step is the smallest amount of the currency, which says in a hint how amounts are written.
func (p DeskHead) amountHint(ctx context.Context) string {
	return i18n.T(ctx, "desk.amount_hint", "currency", string(p.Currency), "example", format.Typed(ctx, money.Of(1234567, p.Currency)))
}

// TypedQuantity is a quantity of thousandths for a field, without decimals where it has none.
func TypedQuantity(ctx context.Context, thousandths int64) string {
	if thousandths%1000 == 0 {
		return format.TypedDecimal(ctx, thousandths/1000, 0)
	}
	return format.TypedDecimal(ctx, thousandths, 3)
}

// others are errors that belong to no field that the form shows.
func (p DeskHead) others(shown ...string) (keys []string) {
	for field, key := range p.Errors {
		if !slices.Contains(shown, field) && !strings.HasPrefix(field, "line") && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// doubt is what staff are asked.
func (p DeskHead) doubt(ctx context.Context, d books.Doubt) string {
	if d.Reason == books.DoubtMore {
		return i18n.T(ctx, "desk.doubt.more", "amount", format.Money(ctx, amount(d.More, p.Currency)))
	}
	return i18n.T(ctx, "desk.doubt.large", "amount", format.Money(ctx, amount(d.Amount, p.Currency)))
}

// DeskLine is one line of a document as it was typed.
type DeskLine struct{ Description, Quantity, Unit, Price, Discount, Tax string }

// DeskDocument is the form of an invoice, a proforma invoice or a credit note. ID 0 is a new one.
type DeskDocument struct {
	DeskHead
	ID                       int64
	Number                   string
	Day, DueDay, Note, Memo  string
	TaxIncluded, FromBalance bool
	Tells, Mail              bool // the partner tells customers of such documents by mail, and of this one
	Lines                    []DeskLine
	Taxes                    catalog.TaxChoice
	Waiting                  []books.Transaction
	Chosen                   map[int64]bool
	Invoices                 []ui.Option
	InvoiceID                string
	Reckoned                 *DeskReckoned // what would be issued; nil before staff asked
}

func (p DeskDocument) url() string {
	if p.ID != 0 {
		return DeskURL(p.Customer.ID, p.Kind, strconv.FormatInt(p.ID, 10))
	}
	return DeskURL(p.Customer.ID, p.Kind)
}

// taxOptions are the taxes to choose from for a line: those of the customer and the partner first.
func taxOptions(ctx context.Context, c catalog.TaxChoice) (options []ui.Option) {
	add := func(list []catalog.Tax) {
		for _, t := range list {
			name := t.Name
			if !strings.Contains(name, "%") { // else it says the rate
				name += " (" + format.Percent(ctx, float64(t.RatePPM)/10_000) + ")"
			}
			options = append(options, ui.Option{Value: strconv.FormatInt(t.ID, 10), Label: name})
		}
	}
	add(c.Own)
	options = append(options, ui.Option{Value: "0", Label: i18n.T(ctx, "desk.no_tax")})
	add(c.Others)
	return options
}

func (p DeskDocument) lineError(i int, field string) string {
	return p.Errors["line."+strconv.Itoa(i)+"."+field]
}

func lineName(i int, field string) string { return "line." + strconv.Itoa(i) + "." + field }

func (p DeskDocument) save(ctx context.Context) string {
	total := format.Money(ctx, amount(p.Reckoned.Total, p.Currency))
	if p.ID != 0 {
		return i18n.T(ctx, "desk.correct_to", "amount", total)
	}
	return i18n.T(ctx, "desk.issue_over", "amount", total)
}

// DeskPayment is the form that records a payment. For names what it pays: "oldest", "ahead", "invoices" or "proforma".
type DeskPayment struct {
	DeskHead
	Amount, Day, Method, Receipt, Comment string
	Send, Issue                           bool
	For                                   string
	Methods                               []ui.Option
	Open                                  []books.InvoiceRow
	Proforma                              []ui.Option
	ProformaID                            string
	Chosen                                map[int64]bool
	Owed                                  money.Money
	Doubt                                 *books.Doubt // what staff are asked before it is recorded
	Note, Memo                            string
	// Labelled are the methods in use that name what staff note of a payment; Fields is what was typed for the chosen one.
	Labelled []books.PaymentMethod
	Fields   [5]string
}

// MethodField is the name of the input for the field of a payment method, counted from 0.
func MethodField(method string, i int) string {
	return "field." + method + "." + strconv.Itoa(i+1)
}

func (p DeskPayment) field(method string, i int) string {
	if method == p.Method {
		return p.Fields[i]
	}
	return ""
}

func (p DeskPayment) purposes(ctx context.Context) []ui.Option {
	list := []ui.Option{{Value: "oldest", Label: i18n.T(ctx, "desk.for.oldest")}}
	if len(p.Open) > 0 {
		list = append(list, ui.Option{Value: "invoices", Label: i18n.T(ctx, "desk.for.invoices")})
	}
	if len(p.Proforma) > 0 {
		list = append(list, ui.Option{Value: "proforma", Label: i18n.T(ctx, "desk.for.proforma")})
	}
	return append(list, ui.Option{Value: "ahead", Label: i18n.T(ctx, "desk.for.ahead")})
}

// DeskTransaction is the form of a debit or credit.
type DeskTransaction struct {
	DeskHead
	Type, Category, Description, Quantity, Price, Tax, Day, Comment string
	TaxIncluded, Waits, MayWait                                     bool
	Categories                                                      []ui.Option
	Taxes                                                           catalog.TaxChoice
	Reckoned                                                        *DeskReckoned // what would be booked; nil before staff asked
}

func (p DeskTransaction) url() string { return DeskURL(p.Customer.ID, p.Kind) }

func (p DeskTransaction) save(ctx context.Context) string {
	total := format.Money(ctx, amount(p.Reckoned.Total, p.Currency))
	if p.Type == string(books.Credit) {
		return i18n.T(ctx, "desk.credit_with", "amount", total)
	}
	return i18n.T(ctx, "desk.debit_with", "amount", total)
}

// DeskReckoned is what a form would write, as the books work it out.
type DeskReckoned struct {
	books.Reckoning
	Currency money.Currency
	Changed  bool // the form was changed after staff had seen another total
}

// seen is the total as the form sends it back: only what staff have seen is written.
func (p DeskReckoned) seen() string { return strconv.FormatInt(p.Total, 10) }

func (p DeskReckoned) columns(ctx context.Context) []ui.Column {
	return heads(i18n.T(ctx, "desk.said"), i18n.T(ctx, "desk.price")+">", i18n.T(ctx, "finance.document.net")+">", i18n.T(ctx, "desk.tax")+">", i18n.T(ctx, "finance.column.total")+">")
}

func transactionTypes(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: string(books.Debit), Label: i18n.T(ctx, "desk.debit")}, {Value: string(books.Credit), Label: i18n.T(ctx, "desk.credit")}}
}

// DeskPage is one document as staff see it, with what can be done with it.
type DeskPage struct {
	DeskHead
	ID                                 int64
	Number                             string
	State                              books.State
	Facts                              []ui.Term
	Items                              []books.DocumentItem
	Totals                             books.Totals
	Taxes                              []books.TaxLine
	Payers                             []books.Payer
	Covers                             []books.Covered
	Payment                            books.PaymentRow // of a payment's page
	PDF                                string
	MayEdit                            bool
	Correct, Balance, Release, Invoice bool // what the document's state lets staff do
	Delete, Refund                     bool
	Gateway                            string // the refund goes back through it
	Transfer                           int64  // that the payment was booked from, and that is open again when it is deleted; 0 is none
	Day, Reason, Amount, Method        string
	Comment                            string
	Asked                              bool              // a refund is to be confirmed
	Opens                              []books.Reopened  // what it opens again
	Sure                               string            // the amount that it is confirmed for, in minor units
	Opened                             []books.GivenBack // refunds that opened an invoice again
	Methods                            []ui.Option
	Made                               int64 // the invoice made of a proforma invoice
}

func (p DeskPage) url(more ...string) string {
	return DeskURL(p.Customer.ID, p.Kind, append([]string{strconv.FormatInt(p.ID, 10)}, more...)...)
}

func (p DeskPage) payerTitle(ctx context.Context, x books.Payer) (title, url string) {
	switch x.Kind {
	case books.FromPayment:
		return x.Number, DeskURL(p.Customer.ID, books.ListPayments, strconv.FormatInt(x.ID, 10))
	case books.FromCreditNote:
		return x.Number, DeskURL(p.Customer.ID, books.ListCreditNotes, strconv.FormatInt(x.ID, 10))
	}
	return i18n.T(ctx, "desk.one.transaction", "number", number(x.ID)), DeskURL(p.Customer.ID, books.ListTransactions, strconv.FormatInt(x.ID, 10))
}

func (p DeskPage) money(minor int64) money.Money { return money.Of(minor, p.Currency) }

// quantity is how many of what, as "1.5 h".
func quantity(it books.DocumentItem) string {
	text := strings.TrimRight(strings.TrimRight(money.FormatMinor(it.Quantity, 3), "0"), ".")
	return strings.TrimSpace(text + " " + it.Unit)
}

// itemText is what stands under a line: how many at which price, and the tax.
func (p DeskPage) itemText(ctx context.Context, it books.DocumentItem) string {
	parts := []string{quantity(it) + " × " + format.Money(ctx, p.money(it.Price))}
	if it.TaxName != "" {
		parts = append(parts, it.TaxName+": "+format.Money(ctx, p.money(it.Tax)))
	}
	return joined(ctx, parts...)
}
