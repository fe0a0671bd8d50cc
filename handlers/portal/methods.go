package portal

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"myisp/handlers/cashier"
	"myisp/handlers/web"
	"myisp/internal/secret"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/limit"
	"myisp/models/portal"
	views "myisp/views/finance"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// methodsPath is the page of the customer's saved payment methods.
const methodsPath = "/finance/payment-methods"

// methodsPage gathers what the pages of methods share.
func (h *Handlers) methodsPage(c echo.Context) (views.Methods, error) {
	r, ctx := web.From(c), c.Request().Context()
	me := h.m.Finance.Of(r.Me())
	p := views.Methods{Menu: financeMenu(r, views.MethodsItem), Today: today(r), Key: secret.Token(), Removal: portal.MethodRemoval.Of(r.View.Values)}
	var err error
	if p.Rows, err = me.SavedMethods(ctx); err != nil {
		return p, err
	}
	ways, err := h.cashier.WaysFor(ctx, r.View.Partner.ID, r.Me())
	if err != nil {
		return p, err
	}
	p.Gateways, p.Pretend = ways.Savers(currencyOf(r)), ways.Pretends()
	web.LetFormsLeadTo(c, ways.Redirects())
	ap, err := me.Autopay(ctx)
	if err == nil {
		p.Autopay = &ap
		p.Next, err = me.NextCharge(ctx, p.Today, h.cashier.Takes)
	}
	if err != nil && db.KindOf(err) != db.NotFound {
		return p, err
	}
	p.Shell, err = h.financeShell(c, i18n.T(ctx, "methods.title"), "/finance")
	return p, err
}

// Methods is GET /finance/payment-methods.
func (h *Handlers) Methods(c echo.Context) error {
	p, err := h.methodsPage(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.MethodsPage(p))
}

// AddMethod is POST /finance/payment-methods: it leads to the page of a gateway on which a method is given.
func (h *Handlers) AddMethod(c echo.Context) error {
	row, err := h.beginMethod(c, 0)
	if err == nil {
		return goOn(c, row)
	}
	problem, failed := problemOf(err)
	if failed != nil {
		return failed
	}
	p, failed := h.methodsPage(c)
	if failed != nil {
		return failed
	}
	p.Problem = problem
	return web.Render(c, web.Status(err), views.MethodsPage(p))
}

func goOn(c echo.Context, row finance.SavedMethod) error {
	if row.State == finance.SavedSetup && row.RedirectURL != "" {
		return web.SeeOther(c, row.RedirectURL)
	}
	return web.SeeOther(c, cashier.MethodPath(row.ID))
}

// problemOf is what a customer reads of an error; others are returned as they are.
func problemOf(err error) (string, error) {
	if fields, ok := web.Fields(err); ok {
		for _, key := range []string{"gateway", "form"} {
			if fields[key] != "" {
				return fields[key], nil
			}
		}
		return "error.invalid", nil
	}
	var said *db.Error
	if !errors.As(err, &said) || said.Kind == db.NotFound || said.Kind == db.Internal || errors.As(err, new(limit.TooMany)) {
		return "", err
	}
	return said.Key, nil
}

func (h *Handlers) beginMethod(c echo.Context, replaces int64) (finance.SavedMethod, error) {
	r := web.From(c)
	if err := h.m.GivesMethod(c.Request().Context(), r.Me()); err != nil {
		return finance.SavedMethod{}, err
	}
	who := cashier.CustomerFor(*r.Customer)
	return h.cashier.BeginSaving(c.Request().Context(), cashier.Saving{Currency: currencyOf(r), Customer: who, BaseURL: r.Origin(), Language: r.Lang,
		Method: finance.NewMethod{Key: h.m.Finance.Of(r.Me()).FormKey(c.FormValue("key")), PartnerID: r.View.Partner.ID, Gateway: c.FormValue("gateway"), Replaces: replaces}})
}

// MethodResult is GET /finance/payment-methods/:id/result: where gateways send the customer back to. It asks the gateway, so
// it tells the truth whatever the address says.
func (h *Handlers) MethodResult(c echo.Context) error {
	ctx := c.Request().Context()
	row, err := h.ownMethod(c)
	if err != nil {
		return err
	}
	p := views.MethodResult{Method: row}
	if p.Method, p.State, err = h.cashier.AskMethod(ctx, row); err != nil {
		p.Method, p.Unsettled = row, true
	}
	if p.Shell, err = h.financeShell(c, i18n.T(ctx, "methods.title"), methodsPath); err != nil {
		return err
	}
	return web.OK(c, views.MethodResultPage(p))
}

func (h *Handlers) ownMethod(c echo.Context) (finance.SavedMethod, error) {
	id, err := documentID(c.Param("id"))
	if err != nil {
		return finance.SavedMethod{}, err
	}
	return h.m.Finance.Of(web.From(c).Me()).SavedMethod(c.Request().Context(), id)
}

// methodPage gathers the page of one method that can be charged.
func (h *Handlers) methodPage(c echo.Context) (views.SavedMethod, error) {
	row, err := h.ownMethod(c)
	if err != nil {
		return views.SavedMethod{}, err
	}
	if row.State != finance.SavedActive {
		return views.SavedMethod{}, db.ErrNotFound
	}
	p := views.SavedMethod{Method: row, Typed: row.Label}
	if p.Methods, err = h.methodsPage(c); err == nil {
		p.Shell.BackURL = methodsPath
	}
	return p, err
}

// Method is GET /finance/payment-methods/:id.
func (h *Handlers) Method(c echo.Context) error {
	p, err := h.methodPage(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.SavedMethodPage(p))
}

// SaveMethod is POST /finance/payment-methods/:id: the customer's own name of a method, and whether it is the default.
func (h *Handlers) SaveMethod(c echo.Context) error {
	p, err := h.methodPage(c)
	if err != nil {
		return err
	}
	err = h.m.Finance.Of(web.From(c).Me()).DescribeMethod(c.Request().Context(), p.Method.ID, c.FormValue("label"), c.FormValue("default") != "")
	if fields, ok := web.Fields(err); ok {
		p.Typed, p.Errors = c.FormValue("label"), fields
		return web.Again(c, views.SavedMethodPage(p))
	}
	if err != nil {
		return err
	}
	return h.flash(c, ui.Ok, "methods.flash_saved", methodsPath)
}

// ReplaceMethod is POST /finance/payment-methods/:id/replacement: another is given, then this one goes. It is always allowed.
func (h *Handlers) ReplaceMethod(c echo.Context) error {
	p, err := h.methodPage(c)
	if err != nil {
		return err
	}
	row, err := h.beginMethod(c, p.Method.ID)
	if err == nil {
		return goOn(c, row)
	}
	problem, failed := problemOf(err)
	if failed != nil {
		return failed
	}
	p.Problem = problem
	return web.Render(c, web.Status(err), views.SavedMethodPage(p))
}

// RemoveMethod is POST /finance/payment-methods/:id/removal, where the provider's policy allows it.
func (h *Handlers) RemoveMethod(c echo.Context) error {
	p, err := h.methodPage(c)
	if err != nil {
		return err
	}
	if p.Removal != portal.RemovalFree {
		p.Problem = "methods.error." + p.Removal
		return web.Render(c, http.StatusConflict, views.SavedMethodPage(p))
	}
	if err := h.m.Finance.Of(web.From(c).Me()).RemoveMethod(c.Request().Context(), p.Method.ID); err != nil {
		return err
	}
	return h.flash(c, ui.Ok, "methods.flash_removed", methodsPath)
}
