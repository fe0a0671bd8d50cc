package admin

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/catalog"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/format"
	"myisp/views/ui"
)

// deskHead reads whose money a form is about.
func (h *Handlers) deskHead(c echo.Context, kind finance.ListKind, title string) (views.DeskHead, finance.Party, error) {
	id, err := paramID(c, "id")
	if err != nil {
		return views.DeskHead{}, finance.Party{}, err
	}
	r, ctx := web.From(c), c.Request().Context()
	p := views.DeskHead{Kind: kind, Key: c.FormValue("key")}
	if p.Customer, err = h.m.Customers.Find(ctx, id); err != nil {
		return p, finance.Party{}, err
	}
	v := partnerOf(r, p.Customer)
	p.Currency = money.Currency(portal.Currency.Of(v.Values))
	if p.Key == "" {
		p.Key = h.m.Finance.NewKey()
	}
	if title == "" {
		title = views.DeskTitle(ctx, kind, "")
	}
	p.Shell = h.shell(c, title)
	return p, finance.Party{CustomerID: id, PartnerID: p.Customer.PartnerID, LocationID: p.Customer.LocationID, Currency: p.Currency}, nil
}

// sameCurrency holds the form to the currency that it was shown in.
func sameCurrency(c echo.Context, p views.DeskHead) error {
	if sent := c.FormValue("currency"); sent != "" && sent != string(p.Currency) {
		return db.Invalid{"currency": "finance.error.currency"}
	}
	return nil
}

// amount reads an amount as people write it; what is no amount is an error beside the field.
func amount(ctx context.Context, text string, cur money.Currency, field, key string, bad db.Invalid) int64 {
	m, err := format.ReadMoney(ctx, text, cur)
	if err != nil {
		bad[field] = key
	}
	return m.Minor
}

// scaled reads a decimal with a number of places; "" is the default.
func scaled(ctx context.Context, text string, places int, otherwise int64, field, key string, bad db.Invalid) int64 {
	if text = strings.TrimSpace(text); text == "" {
		return otherwise
	}
	n, err := format.ReadDecimal(ctx, text, places)
	if err != nil || n < 0 {
		bad[field] = key
	}
	return n
}

// taxed gives an item the tax that was chosen for it, of those in use; "" and 0 are none.
func taxed(it *finance.Item, taxes []catalog.Tax, chosen, field string, bad db.Invalid) {
	id, err := strconv.ParseInt(chosen, 10, 64)
	if chosen == "" || id == 0 && err == nil {
		return
	}
	i := slices.IndexFunc(taxes, func(t catalog.Tax) bool { return t.ID == id })
	if err != nil || i < 0 {
		bad[field] = "error.choice"
		return
	}
	it.TaxID, it.TaxName, it.TaxRatePPM = taxes[i].ID, taxes[i].Name, taxes[i].RatePPM
}

// methodOptions are the payment methods in use.
func (h *Handlers) methodOptions(ctx context.Context) ([]ui.Option, error) {
	list, err := h.m.Finance.PaymentMethods(ctx)
	if err != nil {
		return nil, err
	}
	all, err := h.methods(ctx)
	var options []ui.Option
	for i, o := range all {
		if i < len(list) && list[i].Active {
			options = append(options, o)
		}
	}
	return options, err
}

// ids reads the ticked boxes of a name.
func ids(c echo.Context, name string) []int64 {
	var list []int64
	form, err := c.FormParams()
	if err != nil {
		return nil
	}
	for _, text := range form[name] {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 && len(list) < 200 {
			list = append(list, n)
		}
	}
	return list
}

func set(list []int64) map[int64]bool {
	m := map[int64]bool{}
	for _, n := range list {
		m[n] = true
	}
	return m
}

// refused turns what the books refuse into errors on the form; other errors go on.
func refused(err error) (map[string]string, bool) {
	if fields, ok := web.Fields(err); ok {
		return fields, true
	}
	var e *db.Error
	if kind := db.KindOf(err); (kind == db.Conflict || kind == db.Unavailable) && asError(err, &e) && e.Key != "" {
		return map[string]string{"conflict": e.Key}, true
	}
	return nil, false
}

// after leads back to a document, or says why nothing was done.
func (h *Handlers) after(c echo.Context, err error, path, key string, args ...string) error {
	if bad, ok := refused(err); ok {
		for _, text := range bad {
			if err := h.kit.SetFlash(c, session.Staff, ui.Bad, text); err != nil {
				return err
			}
			return web.SeeOther(c, path)
		}
	}
	if err != nil {
		return err
	}
	return h.done(c, path, key, args...)
}

func documentID(c echo.Context) (int64, error) { return paramID(c, "document") }

func text(id int64) string { return strconv.FormatInt(id, 10) }

func mayEditFinance(c echo.Context) bool { return web.From(c).Staff.May(staff.EditFinance) }

// reckon shows what the form would write, when staff ask for it or when it is no more what they have seen. It is nil
// when they have, and what they sent may be written.
func (h *Handlers) reckon(c echo.Context, party finance.Party, kind finance.ListKind, items []finance.Item, how finance.Manner) (*views.DeskReckoned, error) {
	seen := c.FormValue("reckoned")
	if c.FormValue("reckon") == "" && seen == "" {
		return nil, nil
	}
	r, err := h.m.Finance.Desk(party.CustomerID).Reckon(c.Request().Context(), party, kind, items, ids(c, "future"), how.Rounding)
	total := strconv.FormatInt(r.Total, 10)
	if err != nil || c.FormValue("reckon") == "" && seen == total {
		return nil, err
	}
	return &views.DeskReckoned{Reckoning: r, Currency: party.Currency, Changed: c.FormValue("reckon") == "" && seen != total}, nil
}

// sure is the amount that the member of staff has said yes to, of a form that asked; 0 is none.
func sure(c echo.Context) int64 {
	n, err := strconv.ParseInt(c.FormValue("sure"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
