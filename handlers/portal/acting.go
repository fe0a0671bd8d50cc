package portal

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/session"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// EndActing is POST /acting/closure: the member of staff who acted as a customer (AUTH-4) is back at the customer's card.
// For customers themselves there is nothing to end.
func (h *Handlers) EndActing(c echo.Context) error {
	r := web.From(c)
	if r.Acting == nil {
		return web.SeeOther(c, "/")
	}
	if err := h.m.Staff.EndActing(c.Request().Context(), r.Session, r.Customer.Name); err != nil {
		return err
	}
	if err := h.kit.SignOut(c, session.Customer); err != nil {
		return err
	}
	if err := h.kit.SetFlash(c, session.Staff, ui.Ok, "acting.ended", "name", r.Customer.Name); err != nil {
		return err
	}
	return web.SeeOther(c, "/admin/customers/"+strconv.FormatInt(r.Me(), 10))
}

// actingBanner tells a member of staff on every page as whom they act, what they may do and until when, in their own
// language: the page around it is in the customer's.
func actingBanner(c echo.Context, r *web.Request) *ui.Banner {
	ctx := c.Request().Context()
	if own := r.Acting.Member.Language; own != "" {
		ctx = i18n.With(ctx, own)
	}
	key, icon := "acting.reading", "eye"
	if r.Acting.Writes {
		key, icon = "acting.writing", "pencil"
	}
	return &ui.Banner{Tone: ui.Warn, Icon: icon, Lang: i18n.Lang(ctx), ActionURL: "/acting/closure", ActionLabel: i18n.T(ctx, "acting.end"),
		Text: i18n.T(ctx, key, "name", r.Customer.Name, "time", format.Time(ctx, r.Acting.Until))}
}
