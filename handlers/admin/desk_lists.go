package admin

import (
	"bytes"
	"context"
	"iter"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/catalog"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	views "myisp/views/admin"
	"myisp/views/export"
	financeviews "myisp/views/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// mostExported bounds the rows of a file across customers.
const mostExported = 100_000

// errTooMany says that a file would lack rows, which looks like one that does not.
var errTooMany = db.Fail(db.Unprocess, "desk.too_many")

func (h *Handlers) partnerOptions(c echo.Context) ([]ui.Option, map[int64]string) {
	ctx := c.Request().Context()
	options, names := []ui.Option{{Value: "0", Label: i18n.T(ctx, "desk.any")}}, map[int64]string{}
	for _, v := range web.From(c).Partners() {
		options = append(options, ui.Option{Value: text(v.Partner.ID), Label: v.Partner.Name})
		names[v.Partner.ID] = v.Partner.Name
	}
	return options, names
}

func queried(c echo.Context, name string) int64 {
	n, err := strconv.ParseInt(c.QueryParam(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// DeskList is GET /admin/finance/LIST: documents across all customers, as a page or with ?format= as a file.
func (h *Handlers) DeskList(kind finance.ListKind) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, ctx := web.From(c), c.Request().Context()
		p := views.DeskList{Kind: kind, Filter: finance.DeskFilter{Filter: finance.ParseFilter(c.QueryParam), PartnerID: queried(c, "partner"), MethodID: queried(c, "method")}}
		as := c.QueryParam("format")
		if as == "csv" || as == "xlsx" {
			p.Filter.After, p.Filter.Size = "", mostExported
		}
		today := db.DayOf(r.Now(), r.Partner(portal.DefaultPartner).Values.Zone())
		page, err := h.m.Finance.List(ctx, kind, p.Filter, today)
		if err != nil {
			return err
		}
		p.Partners, _ = h.partnerOptions(c)
		if as == "csv" || as == "xlsx" {
			if page.Next != "" {
				return errTooMany
			}
			_, names := h.partnerOptions(c)
			return sendDesk(c, as, views.ListPath(kind), deskFile(ctx, kind, page.Rows, names))
		}
		methods, err := h.methods(ctx)
		if err != nil {
			return err
		}
		if p.Filter.Narrowed() {
			if p.Sums, err = h.m.Finance.ListSums(ctx, kind, p.Filter, today); err != nil {
				return err
			}
		}
		p.Shell, p.Rows, p.Next = h.shell(c, financeviews.Label(ctx, string(kind))), page.Rows, page.Next
		p.Methods = append([]ui.Option{{Value: "0", Label: i18n.T(ctx, "desk.any")}}, methods...)
		p.Query = url.Values{"q": {p.Filter.Search}, "partner": {text(p.Filter.PartnerID)}, "method": {text(p.Filter.MethodID)}, "state": {string(p.Filter.State)},
			"from": {string(p.Filter.From)}, "to": {string(p.Filter.To)}}.Encode()
		return web.OK(c, views.DeskListPage(p))
	}
}

func sendDesk(c echo.Context, as, name string, t export.Table) error {
	var b bytes.Buffer
	if as == "xlsx" {
		if err := export.XLSX(&b, t); err != nil {
			return err
		}
		return web.SendFile(c, export.TypeXLSX, name+".xlsx", b.Bytes(), false)
	}
	if err := export.CSV(&b, t, export.Options{BOM: true, Comma: financeviews.Separator(c.Request().Context())}); err != nil {
		return err
	}
	return web.SendFile(c, export.TypeCSV, name+".csv", b.Bytes(), false)
}

func columns(titles ...string) (list []export.Column) {
	for _, t := range titles {
		list = append(list, export.Column{Title: t})
	}
	return list
}

func deskFile(ctx context.Context, kind finance.ListKind, rows []finance.DeskRow, partners map[int64]string) export.Table {
	return export.Table{Name: financeviews.Label(ctx, string(kind)), Columns: columns(i18n.T(ctx, "finance.column.number"), i18n.T(ctx, "finance.column.date"), i18n.T(ctx, "finance.column.due_date"),
		i18n.T(ctx, "desk.customer"), i18n.T(ctx, "customers.number"), i18n.T(ctx, "customers.field.partner"), i18n.T(ctx, "finance.column.total"), i18n.T(ctx, "finance.column.open"),
		i18n.T(ctx, "finance.column.currency"), i18n.T(ctx, "finance.column.state"), i18n.T(ctx, "finance.column.method"), i18n.T(ctx, "desk.category"), i18n.T(ctx, "finance.column.comment")),
		Rows: iter.Seq[[]any](func(yield func([]any) bool) {
			for _, r := range rows {
				state, method, category := "", "", ""
				if r.State != "" {
					state = financeviews.StateText(ctx, r.State)
				}
				if r.Waits {
					state = i18n.T(ctx, "desk.waits")
				}
				if r.Method.ID != 0 {
					method = financeviews.MethodText(ctx, r.Method)
				}
				if r.Category.ID != 0 {
					category = financeviews.CategoryText(ctx, r.Category)
				}
				if r.Cancels {
					r.Text = financeviews.CancelText(ctx, r.Type(), r.Receipt)
				}
				if !yield([]any{r.Number, r.Day, r.DueDay, r.Customer, r.CustomerID, partners[r.PartnerID], money.Of(r.Total, r.Currency), money.Of(r.Open, r.Currency), string(r.Currency),
					state, method, category, r.Text}) {
					return
				}
			}
		})}
}

// FinanceHome is GET /admin/finance: what today brought.
func (h *Handlers) FinanceHome(c echo.Context) error { return h.daily(c, true) }

// Daily is GET /admin/finance/daily: the totals of each day of a period, as a page to print or with ?format=csv as a file.
func (h *Handlers) Daily(c echo.Context) error { return h.daily(c, false) }

func (h *Handlers) daily(c echo.Context, one bool) error {
	r, ctx := web.From(c), c.Request().Context()
	today := db.DayOf(r.Now(), r.Partner(portal.DefaultPartner).Values.Zone())
	p := views.DeskDaily{One: one, From: string(today.AddDays(-30)), To: string(today), Partner: text(queried(c, "partner"))}
	if one {
		p.From, p.Partner = p.To, "0"
	} else {
		if v := c.QueryParam("from"); v != "" {
			p.From = v
		}
		if v := c.QueryParam("to"); v != "" {
			p.To = v
		}
	}
	p.Partners, p.Names = h.partnerOptions(c)
	partner, _ := strconv.ParseInt(p.Partner, 10, 64)
	var err error
	if p.Held, err = h.m.Finance.HeldAttempts(ctx); err != nil {
		return err
	}
	if p.Trusted, err = h.m.Finance.BooksTrusted(ctx); err != nil {
		return err
	}
	methods, err := h.methods(ctx)
	if err != nil {
		return err
	}
	p.Methods = map[int64]string{}
	for _, o := range methods {
		id, _ := strconv.ParseInt(o.Value, 10, 64)
		p.Methods[id] = o.Label
	}
	title := i18n.T(ctx, "desk.daily")
	if one {
		title = i18n.T(ctx, "nav.finance")
	}
	p.Shell = h.shell(c, title)
	p.Rows, err = h.m.Finance.Daily(ctx, db.Day(p.From), db.Day(p.To), partner)
	if bad, ok := web.Fields(err); ok {
		p.Errors = bad
		return web.Again(c, views.DeskDailyPage(p))
	}
	if err != nil {
		return err
	}
	if !one && c.QueryParam("format") == "csv" {
		return sendDesk(c, "csv", "daily-totals-"+p.From+"-"+p.To, dailyFile(ctx, p))
	}
	p.Sums = finance.SumDaily(p.Rows)
	return web.OK(c, views.DeskDailyPage(p))
}

func dailyFile(ctx context.Context, p views.DeskDaily) export.Table {
	titles := append([]string{i18n.T(ctx, "finance.column.date"), i18n.T(ctx, "customers.field.partner"), i18n.T(ctx, "finance.column.currency"), i18n.T(ctx, "finance.column.method")}, views.DailyColumns(ctx)...)
	return export.Table{Name: i18n.T(ctx, "desk.daily"), Columns: columns(titles...), Rows: func(yield func([]any) bool) {
		for _, t := range p.Rows {
			row := []any{t.Day, p.Names[t.PartnerID], string(t.Currency), p.Methods[t.MethodID]}
			for _, m := range views.DailyAmounts(t) {
				row = append(row, m)
			}
			if !yield(row) {
				return
			}
		}
	}}
}

func (h *Handlers) reference(c echo.Context) (p views.DeskReference, err error) {
	ctx := c.Request().Context()
	p = views.DeskReference{Shell: h.shell(c, i18n.T(ctx, "desk.reference")), MayEdit: mayEditFinance(c)}
	if p.Methods, err = h.m.Finance.PaymentMethods(ctx); err != nil {
		return p, err
	}
	if p.Categories, err = h.m.Finance.Categories(ctx); err != nil {
		return p, err
	}
	taxes, groups, err := h.m.Catalog.AllTaxes(ctx)
	for _, t := range taxes {
		p.Taxes = append(p.Taxes, views.TaxRow{ID: t.ID, Name: t.Name, Rate: format.Percent(ctx, float64(t.RatePPM)/10_000), Archived: t.Archived, Group: groups[t.ID]})
	}
	return p, err
}

// Reference is GET /admin/finance/reference: payment methods, transaction categories and taxes.
func (h *Handlers) Reference(c echo.Context) error {
	p, err := h.reference(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.DeskReferencePage(p))
}

// SaveReference is POST /admin/finance/{payment-methods,categories,taxes}: a new one, or a new name or the archive for one.
func (h *Handlers) SaveReference(which string) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, err := h.reference(c)
		if err != nil {
			return err
		}
		ctx := c.Request().Context()
		id, err := strconv.ParseInt(c.FormValue("id"), 10, 64)
		if c.FormValue("id") != "" && (err != nil || id < 1) {
			return db.ErrNotFound
		}
		p.Which, p.ID, p.Name, p.Rate = which, id, c.FormValue("name"), c.FormValue("rate")
		archived := c.FormValue("archived") != ""
		for i := range p.Labels {
			p.Labels[i] = c.FormValue("label_" + strconv.Itoa(i+1))
		}
		switch which {
		case "payment-methods":
			err = h.m.Finance.SavePaymentMethod(ctx, finance.PaymentMethod{ID: id, Name: p.Name, Active: !archived, Labels: finance.FiveOf(p.Labels)})
		case "categories":
			err = h.m.Finance.SaveCategory(ctx, finance.TransactionCategory{ID: id, Name: p.Name, Archived: archived})
		default:
			err = h.saveTax(c, catalog.Tax{ID: id, Name: p.Name, Archived: archived}, p.Rate)
		}
		var ok bool
		if p.Errors, ok = web.Fields(err); ok {
			return web.Again(c, views.DeskReferencePage(p))
		}
		if err != nil {
			return err
		}
		return h.done(c, views.FinanceURL+"/reference", "customers.saved")
	}
}

func (h *Handlers) saveTax(c echo.Context, t catalog.Tax, rate string) error {
	var members []catalog.TaxMember
	if t.ID == 0 {
		for _, id := range ids(c, "member") {
			members = append(members, catalog.TaxMember{TaxID: id, OnPrevious: c.FormValue("compound") != ""})
		}
		bad := db.Invalid{}
		if len(members) == 0 {
			if t.RatePPM = scaled(c.Request().Context(), rate, 4, -1, "rate", "finance.error.tax_rate", bad); t.RatePPM < 0 {
				bad["rate"] = "finance.error.tax_rate"
			}
		}
		if err := bad.Or(); err != nil {
			return err
		}
	}
	return h.m.Catalog.SaveTax(c.Request().Context(), t, members)
}
