package admin

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// cardDay is the day by which staff see cards expire: the Default partner's. Customers' own partners decide over their cards.
func cardDay(r *web.Request) db.Day {
	return db.DayOf(r.Now(), r.Partner(portal.DefaultPartner).Values.Zone())
}

func partnerNames(r *web.Request) map[int64]string {
	names := map[int64]string{}
	for _, v := range r.Partners() {
		names[v.Partner.ID] = v.Partner.Name
	}
	return names
}

// Cards is GET /admin/finance/refill-cards.
func (h *Handlers) Cards(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	page, err := h.m.Finance.CardSeriesPage(ctx, queried(c, "after"), cardDay(r))
	if err != nil {
		return err
	}
	return web.OK(c, views.CardsPage(views.Cards{Shell: h.shell(c, i18n.T(ctx, "cards.title")), Rows: page.Rows, Next: page.Next, Names: partnerNames(r), MayEdit: r.Staff.May(staff.EditCards)}))
}

// CardStatistics is GET /admin/finance/refill-cards/statistics.
func (h *Handlers) CardStatistics(c echo.Context) error {
	ctx, today := c.Request().Context(), cardDay(web.From(c))
	p := views.CardStatistics{Shell: h.shell(c, i18n.T(ctx, "cards.title"))}
	var err error
	if p.Sums, err = h.m.Finance.CardSums(ctx, today); err != nil {
		return err
	}
	if p.Months, err = h.m.Finance.CardMonths(ctx, today); err != nil {
		return err
	}
	return web.OK(c, views.CardStatisticsPage(p))
}

func (h *Handlers) newSeries(c echo.Context) views.NewSeries {
	r, ctx := web.From(c), c.Request().Context()
	p := views.NewSeries{Shell: h.shell(c, i18n.T(ctx, "cards.new")), Count: "100", Length: "12", Alphabet: string(finance.CardLetters), Partner: "0",
		Partners: []ui.Option{{Value: "0", Label: i18n.T(ctx, "cards.any_partner")}}}
	p.Name = strings.ReplaceAll(string(cardDay(r))[:7], "-", "")
	for _, v := range r.Partners() {
		p.Partners = append(p.Partners, ui.Option{Value: v.Partner.Key(), Label: v.Partner.Name})
		currency := portal.Currency.Of(v.Values)
		if p.Currency == "" {
			p.Currency = currency
		}
		if !slices.ContainsFunc(p.Currencies, func(o ui.Option) bool { return o.Value == currency }) {
			p.Currencies = append(p.Currencies, ui.Option{Value: currency, Label: currency})
		}
	}
	return p
}

// NewCards is GET /admin/finance/refill-cards/new.
func (h *Handlers) NewCards(c echo.Context) error {
	return web.OK(c, views.NewSeriesPage(h.newSeries(c)))
}

// MakeCards is POST /admin/finance/refill-cards.
func (h *Handlers) MakeCards(c echo.Context) error {
	p, r := h.newSeries(c), web.From(c)
	f := c.FormValue
	p.Name, p.Prefix, p.Partner, p.Amount, p.Until, p.Count, p.Length, p.Alphabet = f("name"), f("prefix"), f("partner"), f("amount"), f("valid_until"), f("count"), f("length"), f("alphabet")
	bad := db.Invalid{}
	for _, o := range p.Currencies {
		if o.Value == f("currency") {
			p.Currency = o.Value
		}
	}
	if p.Partner == "" {
		p.Partner = "0"
	}
	if f("currency") != p.Currency {
		bad["currency"] = "error.choice"
	}
	n := finance.NewCards{Name: p.Name, Prefix: p.Prefix, ValidUntil: db.Day(p.Until), Alphabet: finance.CardAlphabet(p.Alphabet), Today: cardDay(r)}
	var err error
	if n.Amount, err = format.ReadMoney(c.Request().Context(), p.Amount, money.Currency(p.Currency)); err != nil {
		bad["amount"] = "finance.error.amount"
	}
	n.Count, _ = strconv.Atoi(strings.TrimSpace(p.Count))
	n.Length, _ = strconv.Atoi(strings.TrimSpace(p.Length))
	n.PartnerID, err = strconv.ParseInt(p.Partner, 10, 64)
	if err != nil || n.PartnerID != 0 && r.Partner(n.PartnerID) == nil {
		return db.ErrNotFound
	}
	var row finance.CardSeries
	if err = bad.Or(); err == nil {
		row, err = h.m.Finance.MakeCards(c.Request().Context(), n)
	}
	var ok bool
	if p.Errors, ok = web.Fields(err); ok {
		return web.Again(c, views.NewSeriesPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, views.SeriesURL(row.ID, ""), "cards.made_now")
}

// CardSeries is GET /admin/finance/refill-cards/:id.
func (h *Handlers) CardSeries(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	r, ctx := web.From(c), c.Request().Context()
	p := views.Series{Names: partnerNames(r), MayEdit: r.Staff.May(staff.EditCards), MayPrint: r.Staff.May(staff.PrintCards), Today: cardDay(r)}
	if p.Row, err = h.m.Finance.CardSeries(ctx, id, p.Today); err != nil {
		return err
	}
	if p.Cards, err = h.m.Finance.Cards(ctx, id, int(queried(c, "after"))); err != nil {
		return err
	}
	if p.Customers, err = h.m.Customers.ByIDs(ctx, p.Cards.Holders()...); err != nil {
		return err
	}
	p.Shell = h.shell(c, p.Row.Title())
	return web.OK(c, views.SeriesPage(p))
}

// PrintCards is POST /admin/finance/refill-cards/:id/sheet: the codes, as a page to print or as a file. Each time is entered
// into the log, which is why it is no GET.
func (h *Handlers) PrintCards(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	r, ctx := web.From(c), c.Request().Context()
	p := views.Sheet{}
	if p.Row, err = h.m.Finance.CardSeries(ctx, id, cardDay(r)); err != nil {
		return err
	}
	if p.Cards, p.Lost, err = h.m.Finance.PrintCards(ctx, id); err != nil {
		return err
	}
	if c.FormValue("format") == "csv" {
		var out bytes.Buffer
		if err := finance.WriteCards(&out, p.Row.CardSeries, p.Cards); err != nil {
			return err
		}
		return web.SendFile(c, "text/csv; charset=utf-8", "refill-cards-"+p.Row.Title()+".csv", out.Bytes(), false)
	}
	v := r.Partner(p.Row.PartnerID)
	if v == nil {
		v = r.Partner(portal.DefaultPartner)
	}
	p.Brand, p.Shell = portal.PortalTitle.Of(v.Values), h.shell(c, p.Row.Title())
	_, p.Address, _ = strings.Cut(r.OriginOf(v), "://")
	return web.OK(c, views.SheetPage(p))
}

// BlockCards is POST /admin/finance/refill-cards/:id/blocking: it stops a series, or lets it go on.
func (h *Handlers) BlockCards(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	blocked := c.FormValue("blocked") != ""
	if err := h.m.Finance.BlockSeries(c.Request().Context(), id, blocked); err != nil {
		return err
	}
	return h.done(c, views.SeriesURL(id, ""), blockedKey(blocked))
}

// BlockCard is POST /admin/finance/refill-cards/:id/cards/:card/blocking.
func (h *Handlers) BlockCard(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	card, err := paramID(c, "card")
	if err != nil {
		return err
	}
	blocked := c.FormValue("blocked") != ""
	if err := h.m.Finance.BlockCard(c.Request().Context(), id, card, blocked); err != nil {
		return err
	}
	return h.done(c, views.SeriesURL(id, ""), blockedKey(blocked))
}

func blockedKey(blocked bool) string {
	if blocked {
		return "cards.blocked_now"
	}
	return "cards.released_now"
}
