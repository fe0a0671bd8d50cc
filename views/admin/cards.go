package admin

import (
	"context"
	"net/url"
	"strconv"

	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/views/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// CardsURL is the list of series of refill cards.
const CardsURL = "/admin/finance/refill-cards"

// SeriesURL is the address of a series, and of what is below it.
func SeriesURL(id int64, tail string) string { return CardsURL + "/" + number(id) + tail }

// Cards lists the series of refill cards (§2.8).
type Cards struct {
	Shell   ui.Shell
	Rows    []books.SeriesRow
	Next    int64            // the id after which the next page begins; 0 is the end
	Names   map[int64]string // of the partners
	MayEdit bool
}

func (p Cards) more() string {
	if p.Next == 0 {
		return ""
	}
	return CardsURL + "?" + url.Values{"after": {number(p.Next)}}.Encode()
}

func seriesText(ctx context.Context, r books.SeriesRow, names map[int64]string) string {
	until := i18n.T(ctx, "cards.for_ever")
	if r.ValidUntil != "" {
		until = i18n.T(ctx, "cards.until", "day", dayText(ctx, r.ValidUntil))
	}
	return joined(ctx, i18n.N(ctx, "cards.count", r.Count)+" × "+format.Money(ctx, r.Worth()), until, seriesPartner(ctx, r, names))
}

func seriesPartner(ctx context.Context, r books.SeriesRow, names map[int64]string) string {
	if r.PartnerID == 0 {
		return i18n.T(ctx, "cards.any_partner")
	}
	return names[r.PartnerID]
}

// seriesState is how a series stands.
func seriesState(ctx context.Context, r books.SeriesRow) (ui.Tone, string) {
	switch {
	case r.Blocked:
		return ui.Bad, i18n.T(ctx, "cards.state.blocked")
	case r.Expired > 0:
		return ui.Warn, i18n.T(ctx, "cards.state.expired")
	case r.Left == 0:
		return ui.Neutral, i18n.T(ctx, "cards.state.used_up")
	}
	return ui.Ok, i18n.T(ctx, "cards.left", "count", strconv.Itoa(r.Left))
}

// NewSeries is the form of a series; values are as typed.
type NewSeries struct {
	Shell                                          ui.Shell
	Name, Prefix, Partner, Amount, Currency, Until string
	Count, Length, Alphabet                        string
	Partners, Currencies                           []ui.Option
	Errors                                         map[string]string
}

func alphabets(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: string(books.CardLetters), Label: i18n.T(ctx, "cards.letters")}, {Value: string(books.CardDigits), Label: i18n.T(ctx, "cards.digits")}}
}

// Series is the page of one series with its cards.
type Series struct {
	Shell             ui.Shell
	Row               books.SeriesRow
	Names             map[int64]string
	Cards             books.CardPage
	Customers         map[int64]customer.Customer // who used the cards shown
	MayEdit, MayPrint bool
	Today             db.Day
}

func (p Series) terms(ctx context.Context) []ui.Term {
	r := p.Row
	until := i18n.T(ctx, "cards.for_ever")
	if r.ValidUntil != "" {
		until = dayText(ctx, r.ValidUntil)
	}
	return []ui.Term{{Label: i18n.T(ctx, "cards.worth"), Value: format.Money(ctx, r.Worth())}, {Label: i18n.T(ctx, "cards.valid_until"), Value: until},
		{Label: i18n.T(ctx, "customers.field.partner"), Value: seriesPartner(ctx, r, p.Names)}, {Label: i18n.T(ctx, "cards.made"), Value: format.DateTime(ctx, r.CreatedAt)},
		{Label: i18n.T(ctx, "cards.made_by"), Value: r.MadeBy}}
}

// tally is one line of what has become of cards.
type tally struct {
	label  string
	count  int
	amount money.Money
}

func tallies(ctx context.Context, r books.SeriesRow) []tally {
	sum := func(n int) money.Money { return money.Of(r.Amount*int64(n), r.Currency) }
	return []tally{{i18n.T(ctx, "cards.state.used"), r.Used, sum(r.Used)}, {i18n.T(ctx, "cards.state.active"), r.Left, sum(r.Left)},
		{i18n.T(ctx, "cards.state.expired"), r.Expired, sum(r.Expired)}, {i18n.T(ctx, "cards.state.blocked"), r.Blocks, sum(r.Blocks)}}
}

func (p Series) cardState(ctx context.Context, c books.Card) (ui.Tone, string) {
	switch {
	case c.State == books.CardUsed:
		return ui.Neutral, i18n.T(ctx, "cards.state.used")
	case c.State == books.CardBlocked || p.Row.Blocked:
		return ui.Bad, i18n.T(ctx, "cards.state.blocked")
	case p.Row.ExpiredOn(p.Today):
		return ui.Warn, i18n.T(ctx, "cards.state.expired")
	}
	return ui.Ok, i18n.T(ctx, "cards.state.active")
}

func (p Series) cardText(ctx context.Context, c books.Card) string {
	if c.State != books.CardUsed || c.UsedAt == nil {
		return ""
	}
	return joined(ctx, p.Customers[c.CustomerID].Name, format.DateTime(ctx, *c.UsedAt))
}

func (p Series) cardURL(c books.Card) string {
	if c.PaymentID == 0 {
		return ""
	}
	return DeskURL(c.CustomerID, books.ListPayments, number(c.PaymentID))
}

func (p Series) more() string {
	if p.Cards.Next == 0 {
		return ""
	}
	return SeriesURL(p.Row.ID, "?"+url.Values{"after": {strconv.Itoa(p.Cards.Next)}}.Encode())
}

// Sheet is what cards are printed from: the only page that shows their codes.
type Sheet struct {
	Shell ui.Shell
	Row   books.SeriesRow
	Brand string
	Cards []books.PrintedCard
	Lost  int // whose codes do not open

	Address string // of the portal in which they are entered
}

// CardStatistics tells what was made, entered and is still to come.
type CardStatistics struct {
	Shell  ui.Shell
	Sums   []books.CardSum
	Months []books.CardMonth
}

func sumRows(ctx context.Context, s books.CardSum) []tally {
	row := func(key string, n, amount int64) tally {
		return tally{i18n.T(ctx, key), int(n), money.Of(amount, s.Currency)}
	}
	return []tally{row("cards.made", s.Made, s.MadeAmount), row("cards.state.used", s.Used, s.UsedAmount), row("cards.outstanding", s.Left, s.LeftAmount),
		row("cards.state.expired", s.Expired, s.ExpiredAmount)}
}

// tallyTerms reads on the narrowest phone, as a table would not.
func tallyTerms(ctx context.Context, list []tally) (terms []ui.Term) {
	for _, t := range list {
		terms = append(terms, ui.Term{Label: t.label, Value: joined(ctx, strconv.Itoa(t.count), format.Money(ctx, t.amount))})
	}
	return terms
}

func (p CardStatistics) months(ctx context.Context) (list []tally) {
	for _, m := range p.Months {
		label := m.Month
		if d, err := db.ParseDay(m.Month + "-01"); err == nil {
			label = format.DayMonth(ctx, d.Time())
		}
		list = append(list, tally{label, m.Cards, money.Of(m.Amount, m.Currency)})
	}
	return list
}

// PayLinks are the links to a customer's documents that need no log-in. URL is the one just made.
type PayLinks struct {
	Shell    ui.Shell
	Customer customer.Customer
	Rows     []books.PayLinkRow
	Open     []ui.Option // the documents that a link can be made for
	Chosen   string
	URL      string
	Problem  string // message key
	MayEdit  bool
}

// PayLinksURL is the address of a customer's pay links.
func PayLinksURL(customerID int64, tail string) string {
	return customerURL(customerID) + "/pay-links" + tail
}

func (p PayLinks) revokeURL(r books.PayLinkRow) string {
	if !p.MayEdit {
		return ""
	}
	return PayLinksURL(p.Customer.ID, "/"+number(r.ID)+"/closure")
}

// LinkOption is a document in the form of a new link: its kind and id.
func LinkOption(ctx context.Context, kind books.DocumentKind, id int64, name string, due money.Money) ui.Option {
	return ui.Option{Value: string(kind) + "-" + number(id), Label: finance.LinkTitle(ctx, books.PayLinkRow{PayLink: books.PayLink{Kind: kind}, Document: books.LinkDocument{Number: name}}) + " · " + format.Money(ctx, due)}
}
