package admin

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"myisp/models/customer"
	"myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// IncomingURL is the desk of incoming transfers; StatementsURL is where statements are uploaded to.
const (
	IncomingURL   = "/admin/finance/incoming"
	StatementsURL = IncomingURL + "/statements"
)

// Incoming lists the transfers of a partner in one state, and takes statements.
type Incoming struct {
	OfPartner
	State     finance.IncomingState
	Counts    map[finance.IncomingState]int
	Search    string
	Rows      []finance.IncomingPayment
	Next      string
	Proposals map[int64]finance.Proposal
	Names     map[int64]customer.Customer // of those whose payments they were booked as
	Waiting   []finance.BankStatement
	Errors    map[string]string
}

func (p Incoming) query(more ...string) string {
	q := url.Values{"partner": {p.id()}, "state": {string(p.State)}}
	if p.Search != "" {
		q.Set("q", p.Search)
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return IncomingURL + "?" + q.Encode()
}

func (p Incoming) chips(ctx context.Context) (list []ui.Chip) {
	for _, s := range finance.IncomingStates {
		list = append(list, ui.Chip{Label: i18n.T(ctx, "incoming.state."+string(s)), URL: p.query("state", string(s)), Active: s == p.State, Count: p.Counts[s]})
	}
	return list
}

func (p Incoming) certain() (n int) {
	for _, l := range p.Rows {
		if p.Proposals[l.ID].Certain {
			n++
		}
	}
	return n
}

func (p Incoming) next() string {
	if p.Next == "" {
		return ""
	}
	return p.query("after", p.Next)
}

// IncomingPath is the address of one transfer, and of what is below it.
func IncomingPath(id int64, more string) string {
	return IncomingURL + "/" + strconv.FormatInt(id, 10) + more
}

// StatementPath is the address of an uploaded statement, and of what is below it.
func StatementPath(id int64, more string) string {
	return StatementsURL + "/" + strconv.FormatInt(id, 10) + more
}

// ChosenTarget is a proposal as the form sends it: staff book what they have seen, and nothing else.
func ChosenTarget(line int64, t finance.Target) string {
	return strings.Join([]string{strconv.FormatInt(line, 10), strconv.FormatInt(t.CustomerID, 10), documentValue(t.InvoiceID, t.ProformaID)}, ":")
}

func documentValue(invoice, proforma int64) string {
	switch {
	case invoice != 0:
		return "i" + strconv.FormatInt(invoice, 10)
	case proforma != 0:
		return "p" + strconv.FormatInt(proforma, 10)
	}
	return ""
}

func lineText(ctx context.Context, l finance.IncomingPayment) string {
	parts := []string{format.Day(ctx, l.Day.Time())}
	for _, s := range []string{l.Text, l.Reason} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

func lineTitle(ctx context.Context, l finance.IncomingPayment) string { return payerName(ctx, l.Payer) }

func payerName(ctx context.Context, payer string) string {
	if payer == "" {
		return i18n.T(ctx, "incoming.nobody")
	}
	return payer
}

// proposalText says whose a transfer seems to be.
func proposalText(ctx context.Context, p finance.Proposal) string {
	if p.Number == "" {
		return i18n.T(ctx, "incoming.for_customer", "name", p.Name)
	}
	return i18n.T(ctx, "incoming.for_document", "name", p.Name, "number", p.Number)
}

// IncomingLine is the page of one transfer: whose it is, or was booked as.
type IncomingLine struct {
	Shell     ui.Shell
	Line      finance.IncomingPayment
	Import    finance.Imported
	Proposal  finance.Proposal
	Proposed  bool
	Search    string
	Found     []customer.Listed
	Customer  *customer.Customer // chosen, proposed or booked
	Documents []finance.Invoice
	Proforma  string // value and number of a proposed proforma invoice
	Document  string // chosen
	Receipt   string
	Reason    string
	Problem   string // message key
	Errors    map[string]string
	MayEdit   bool
}

func (p IncomingLine) terms(ctx context.Context) []ui.Term {
	l := p.Line
	list := []ui.Term{{Label: i18n.T(ctx, "incoming.column.day"), Value: format.Day(ctx, l.Day.Time())}, {Label: i18n.T(ctx, "incoming.column.payer"), Value: l.Payer},
		{Label: i18n.T(ctx, "incoming.column.account"), Value: l.Account}, {Label: i18n.T(ctx, "incoming.column.text"), Value: l.Text},
		{Label: i18n.T(ctx, "incoming.column.bank_id"), Value: l.BankID},
		{Label: i18n.T(ctx, "incoming.statement"), Value: i18n.T(ctx, "incoming.from_line", "file", l.Statement, "line", strconv.Itoa(l.Line))}}
	var kept []ui.Term
	for _, t := range list {
		if t.Value != "" {
			kept = append(kept, t)
		}
	}
	return kept
}

func (p IncomingLine) choice(c customer.Listed) string {
	return IncomingPath(p.Line.ID, "?"+url.Values{"customer": {strconv.FormatInt(c.ID, 10)}}.Encode())
}

// StatementPage is the preview of an uploaded statement, with how it is read.
type StatementPage struct {
	OfPartner
	Statement finance.BankStatement
	Format    finance.BankFormat
	File      finance.BankFile
	Unfit     bool // the file does not fit its format
	Errors    map[string]string
}

// shownLines and shownBad bound what the preview lists.
const (
	shownLines = 50
	shownBad   = 100
)

func (p StatementPage) count(known bool) (n int) {
	for _, l := range p.File.Lines {
		if l.Known == known {
			n++
		}
	}
	return n
}

func (p StatementPage) summary(ctx context.Context) string {
	return i18n.T(ctx, "incoming.summary", "new", format.Number(ctx, int64(p.count(false))), "known", format.Number(ctx, int64(p.count(true))),
		"bad", format.Number(ctx, int64(len(p.File.Bad))), "out", format.Number(ctx, int64(p.File.Out)))
}

func (p StatementPage) columns(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "incoming.no_column")}}
	for _, c := range p.File.Columns {
		list = append(list, ui.Option{Value: c, Label: c})
	}
	return list
}

func badText(ctx context.Context, b finance.BadLine) string {
	return i18n.T(ctx, "incoming.bad."+b.Field, "value", b.Value)
}

func plainOptions(values []string, names map[string]string) (list []ui.Option) {
	for _, v := range values {
		label := v
		if n, ok := names[v]; ok {
			label = n
		}
		list = append(list, ui.Option{Value: v, Label: label})
	}
	return list
}

// dateNames show a date in each order instead of csvmap's words for it.
var dateNames = map[string]string{"YYYY-M-D": "2026-11-22", "D.M.YYYY": "22.11.2026", "D/M/YYYY": "22/11/2026", "M/D/YYYY": "11/22/2026", "D-M-YYYY": "22-11-2026",
	"YYYY/M/D": "2026/11/22", "D.M.YY": "22.11.26", "D/M/YY": "22/11/26", "YYYYMMDD": "20261122", "YYYY-M-D hh:mm:ss": "2026-11-22 14:05:09",
	"D.M.YYYY hh:mm": "22.11.2026 14:05", "D/M/YYYY hh:mm": "22/11/2026 14:05"}

func delimiterNames(ctx context.Context) map[string]string {
	return map[string]string{",": i18n.T(ctx, "incoming.comma"), ";": i18n.T(ctx, "incoming.semicolon"), "\t": i18n.T(ctx, "incoming.tab"), "|": i18n.T(ctx, "incoming.bar")}
}
