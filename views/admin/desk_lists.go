package admin

import (
	"context"
	"strconv"

	"myisp/internal/money"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/views/finance"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// deskTabs are the pages of staff's money.
func deskTabs(ctx context.Context, active string) []ui.Chip {
	chip := func(key, label, url string) ui.Chip { return ui.Chip{Label: label, URL: url, Active: key == active} }
	chips := []ui.Chip{chip("overview", i18n.T(ctx, "admin.menu.overview"), FinanceURL)}
	for _, k := range books.ListKinds {
		chips = append(chips, chip(string(k), finance.Label(ctx, string(k)), FinanceURL+"/"+ListPath(k)))
	}
	return append(chips, chip("attempts", i18n.T(ctx, "attempts.title"), AttemptsURL), chip("daily", i18n.T(ctx, "desk.daily"), FinanceURL+"/daily"), chip("reference", i18n.T(ctx, "desk.reference"), FinanceURL+"/reference"))
}

// DeskList is a list of documents across all customers.
type DeskList struct {
	Shell    ui.Shell
	Kind     books.ListKind
	Filter   books.DeskFilter
	Rows     []books.DeskRow
	Next     string
	Sums     []books.ListSum // of all that the filter finds; none when it leaves nothing out
	Partners []ui.Option
	Methods  []ui.Option
	Query    string // the filter as a query, without the page and the format
}

// filtered counts what narrows the list; the filter is folded away on a phone where nothing does.
func (p DeskList) filtered() (n int) {
	f := p.Filter
	for _, set := range []bool{f.Search != "", f.State != "", f.PartnerID != 0, f.MethodID != 0, f.From != "", f.To != ""} {
		if set {
			n++
		}
	}
	return n
}

func (p DeskList) path() string { return FinanceURL + "/" + ListPath(p.Kind) }

func (p DeskList) more() string {
	if p.Next == "" {
		return ""
	}
	return p.path() + "?" + p.Query + "&after=" + p.Next
}

func (p DeskList) file(kind string) string { return p.path() + "?" + p.Query + "&format=" + kind }

func (p DeskList) states(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "desk.any")}}
	for _, s := range books.ListStates(p.Kind) {
		label := i18n.T(ctx, "desk.open")
		switch {
		case p.Kind == books.ListPayments && s == books.Paid:
			label = i18n.T(ctx, "desk.came")
		case p.Kind == books.ListPayments && s == books.Refunded:
			label = i18n.T(ctx, "desk.went")
		case s != books.Open:
			label = finance.StateText(ctx, s)
		}
		list = append(list, ui.Option{Value: string(s), Label: label})
	}
	return list
}

// DeskDaily is the totals of the days of a period; One is the overview, which is today alone.
type DeskDaily struct {
	Shell    ui.Shell
	One      bool
	From, To string
	Partner  string
	Partners []ui.Option
	Rows     []books.DailyTotal
	Sums     []books.DailyTotal
	Names    map[int64]string
	Methods  map[int64]string
	Trusted  bool
	Held     int64 // payments through gateways that wait for a decision
	Errors   map[string]string
}

func (p DeskDaily) tab() string {
	if p.One {
		return "overview"
	}
	return "daily"
}

func (p DeskDaily) file() string {
	return FinanceURL + "/daily?from=" + p.From + "&to=" + p.To + "&partner=" + p.Partner + "&format=csv"
}

func (p DeskDaily) columns(ctx context.Context, sums bool) (c []ui.Column) {
	if !sums {
		c = append(c, ui.Column{Label: i18n.T(ctx, "finance.column.date")})
	}
	c = append(c, ui.Column{Label: i18n.T(ctx, "customers.field.partner")})
	if !sums {
		c = append(c, ui.Column{Label: i18n.T(ctx, "finance.column.method")})
	}
	for _, key := range DailyColumns(ctx) {
		c = append(c, ui.Column{Label: key, End: true})
	}
	return c
}

// DailyColumns are the heads of the amounts of daily totals.
func DailyColumns(ctx context.Context) []string {
	return []string{i18n.T(ctx, "desk.invoiced"), i18n.T(ctx, "desk.paid"), i18n.T(ctx, "desk.refunded"), i18n.T(ctx, "desk.credited"), i18n.T(ctx, "desk.still_open")}
}

// DailyAmounts are a day's amounts in the order of DailyColumns.
func DailyAmounts(t books.DailyTotal) []money.Money {
	list := make([]money.Money, 0, 5)
	for _, n := range []int64{t.Invoiced, t.Paid, t.Refunded, t.Credited, t.Open} {
		list = append(list, money.Of(n, t.Currency))
	}
	return list
}

func (p DeskDaily) method(ctx context.Context, id int64) string {
	if id == 0 {
		return i18n.T(ctx, "desk.documents")
	}
	return p.Methods[id]
}

// DeskReference is what documents are made of: payment methods, transaction categories and taxes.
type DeskReference struct {
	Shell      ui.Shell
	MayEdit    bool
	Methods    []books.PaymentMethod
	Categories []books.TransactionCategory
	Taxes      []TaxRow
	Which      string // whose form was not accepted
	ID         int64  // of which row; 0 is the form for a new one
	Name, Rate string
	Labels     [5]string
	Errors     map[string]string
}

// TaxRow is a tax as staff see it.
type TaxRow struct {
	ID       int64
	Name     string
	Rate     string
	Archived bool
	Group    bool
}

func (p DeskReference) bad(which string, id int64, field string) string {
	if p.Which != which || p.ID != id {
		return ""
	}
	return p.Errors[field]
}

func (p DeskReference) typed(which string, id int64, stored string) string {
	if p.Which == which && p.ID == id {
		return p.Name
	}
	return stored
}

// labels are those of a payment method, as they were typed or are stored.
func (p DeskReference) labels(id int64) [5]string {
	if p.Which == "payment-methods" && p.ID == id {
		return p.Labels
	}
	for _, m := range p.Methods {
		if m.ID == id {
			return m.Labels.List()
		}
	}
	return [5]string{}
}

func refID(which string, id int64) string { return "f-" + which + "-" + strconv.FormatInt(id, 10) }

func dayValue(d db.Day) string { return string(d) }

func amount(minor int64, c money.Currency) money.Money { return money.Of(minor, c) }
