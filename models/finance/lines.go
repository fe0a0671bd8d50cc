package finance

import (
	"strconv"

	"myisp/internal/money"
	"myisp/models/db"

	"github.com/shopspring/decimal"
)

// Rounding says where a document rounds its tax (X7, "finance rounding").
type Rounding string

// The two ways: each line by itself, or once on the total of a rate, which the lines then share.
const (
	RoundLines Rounding = "" // per transaction, the default
	RoundTotal Rounding = "total"
)

// Item is one line of a new document. Quantity is in thousandths, 0 meaning one; Price is per unit in minor units and may
// be negative (FIN-5); TaxIncluded says that Price holds the tax already.
type Item struct {
	Description string
	Quantity    int64
	Unit        string
	Price       int64
	TaxIncluded bool
	TaxID       int64
	TaxName     string
	TaxRatePPM  int64
	PeriodFrom  db.Day
	PeriodTo    db.Day
	ServiceID   int64
	CategoryID  int64 // category of the transaction; 0 is Service, or Discount below zero
}

// Totals are the sums of a document's lines.
type Totals struct{ Net, Tax, Total int64 }

// Lines computes the lines of a document and their sums. Halves round away from zero, so a charge and its credit note
// cancel to the last unit. Impossible items are db.Invalid, with fields such as "items.0.price".
func Lines(items []Item, rounding Rounding) ([]DocumentItem, Totals, error) {
	bad := db.Invalid{}
	if len(items) == 0 || len(items) > 1000 {
		bad["items"] = "finance.error.items"
		return nil, Totals{}, bad
	}
	lines := make([]DocumentItem, 0, len(items))
	for i, it := range items {
		lines = append(lines, it.line(i, bad))
	}
	if err := bad.Or(); err != nil {
		return nil, Totals{}, err
	}
	if err := taxLines(lines, items, rounding); err != nil {
		return nil, Totals{}, db.Invalid{"items": "finance.error.amount"}
	}
	var sum Totals
	for i := range lines {
		l := &lines[i]
		if items[i].TaxIncluded {
			l.Net = l.Total - l.Tax
		} else {
			l.Net, l.Total = l.Total, l.Total+l.Tax
		}
		sum.Net, sum.Tax, sum.Total = sum.Net+l.Net, sum.Tax+l.Tax, sum.Total+l.Total
	}
	if tooBig(sum.Total) || tooBig(sum.Net) {
		return nil, Totals{}, db.Invalid{"items": "finance.error.amount"}
	}
	return lines, sum, nil
}

// taxGroup is what is taxed together when a document rounds on its total.
type taxGroup struct {
	id, rate int64
	included bool
	line     int // each line is a group of its own when lines are rounded
}

// taxLines sets the tax of lines whose Total is still their price.
func taxLines(lines []DocumentItem, items []Item, rounding Rounding) error {
	groups := map[taxGroup][]int{}
	for i, l := range lines {
		g := taxGroup{id: l.TaxID, rate: l.TaxRatePPM, included: items[i].TaxIncluded}
		if rounding != RoundTotal {
			g.line = i
		}
		groups[g] = append(groups[g], i)
	}
	for g, members := range groups {
		prices := make([]money.Money, 0, len(members))
		for _, i := range members {
			prices = append(prices, money.Of(lines[i].Total, ""))
		}
		taxes, err := money.Taxes(prices, decimal.New(g.rate, -4), g.included, money.HalfUp)
		if err != nil {
			return err
		}
		for n, i := range members {
			lines[i].Tax = taxes[n].Minor
		}
	}
	return nil
}

// line is the item with Total still its price times quantity.
func (it Item) line(i int, bad db.Invalid) DocumentItem {
	at := func(field string) string { return "items." + strconv.Itoa(i) + "." + field }
	if it.Quantity == 0 {
		it.Quantity = 1000
	}
	if it.Description == "" {
		bad[at("description")] = "finance.error.description"
	}
	if it.Quantity < 0 || it.Quantity > 1_000_000_000_000 {
		bad[at("quantity")] = "finance.error.quantity"
	}
	if it.TaxRatePPM < 0 || it.TaxRatePPM > 1_000_000 {
		bad[at("tax")] = "finance.error.tax_rate"
	}
	base, err := money.MulDecimal(money.Of(it.Price, ""), decimal.New(it.Quantity, -3))
	if err != nil || tooBig(base.Minor) || tooBig(it.Price) {
		bad[at("price")] = "finance.error.amount"
		base = money.Money{}
	}
	return DocumentItem{
		Position: i + 1, Description: cut(it.Description, 255), Quantity: it.Quantity, Unit: cut(it.Unit, 16), Price: it.Price,
		TaxID: it.TaxID, TaxName: cut(it.TaxName, 120), TaxRatePPM: it.TaxRatePPM, Total: base.Minor,
		PeriodFrom: it.PeriodFrom, PeriodTo: it.PeriodTo, ServiceID: it.ServiceID,
	}
}

// TaxLine is the tax of one rate on a document, for the summary under its items.
type TaxLine struct {
	Name          string
	RatePPM       int64
	Net, Tax, All int64
}

// TaxLines sums a document's items by tax, in the order in which the taxes first appear; lines without tax are left out.
func TaxLines(items []DocumentItem) []TaxLine {
	var lines []TaxLine
	at := map[taxGroup]int{}
	for _, it := range items {
		if it.TaxRatePPM == 0 && it.Tax == 0 {
			continue
		}
		g := taxGroup{id: it.TaxID, rate: it.TaxRatePPM}
		i, ok := at[g]
		if !ok {
			i, at[g] = len(lines), len(lines)
			lines = append(lines, TaxLine{Name: it.TaxName, RatePPM: it.TaxRatePPM})
		}
		lines[i].Net, lines[i].Tax, lines[i].All = lines[i].Net+it.Net, lines[i].Tax+it.Tax, lines[i].All+it.Total
	}
	return lines
}
