package admin

import (
	"context"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/models/db"
	"myisp/models/finance"
	views "myisp/views/admin"
)

// gatewayRefs reads what the rules of a gateway choose from.
func (h *Handlers) gatewayRefs(ctx context.Context) (r views.GatewayRefs, err error) {
	if r.Methods, err = h.m.Finance.PaymentMethods(ctx); err != nil {
		return r, err
	}
	if r.Categories, err = h.m.Finance.Categories(ctx); err != nil {
		return r, err
	}
	if r.Taxes, _, err = h.m.Catalog.AllTaxes(ctx); err != nil {
		return r, err
	}
	_, r.Locations, err = h.m.Portal.Places(ctx)
	return r, err
}

// readRules reads the folded part of a gateway's form; whether what it names may be chosen is decided by the books.
func readRules(c echo.Context, p *views.GatewayPage, bad db.Invalid) {
	id := func(field string) int64 {
		n, err := strconv.ParseInt(orZero(c.FormValue(field)), 10, 64)
		if err != nil {
			bad[field] = "error.choice"
		}
		return n
	}
	ids := func(name, field string) finance.IDs {
		var list []int64
		for _, text := range c.Request().PostForm[name] {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				bad[field] = "error.choice"
			}
			list = append(list, n)
		}
		return finance.IDsOf(list...)
	}
	p.Setup.CoversDebt = c.FormValue("covers_debt") != ""
	p.Setup.Locations, p.Setup.PaymentMethods = ids("location", "locations"), ids("payment_method", "payment_methods")
	p.Setup.FeeTaxID, p.Setup.FeeCategoryID, p.Setup.FeeText = id("fee_tax"), id("fee_category"), c.FormValue("fee_text")
}
