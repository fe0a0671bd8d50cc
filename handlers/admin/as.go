package admin

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/portal"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Preview as customer: a form posts what has been typed and not saved, keepDraft keeps it for this session of staff for
// an hour, and ui.PhoneFrame shows the customer's real pages below /admin/as/TOKEN/THEME with it. What is shown only reads
// (web.Pages). A topic with a form of its own (settings, branding) does three things:
//
//	token, err := h.keepDraft(c, c.FormValue("draft"), portal.Draft{PartnerID: …, CustomerID: …, Changes: …})
//	return web.SeeOther(c, draftPage(token))         // the page with the frame, for those without script
//	<form data-preview="/admin/TOPIC/preview"> …     // with script: js/admin/phone.js posts the form as it changes

// previewThemes are what the phone may be set to.
var previewThemes = []string{"light", "dark", "auto"}

// draftPage is the page that shows a draft in a frame.
func draftPage(token string) string { return "/admin/as/" + token }

// mayPreview reports whether a member may look at customers' pages: they hold what the member must be allowed to see, what
// the customer owes included.
func mayPreview(m *staff.Member) bool {
	return m.May(staff.ViewSettings) && m.May(staff.ViewCustomers) && m.May(staff.ViewFinance)
}

// keepDraft stores a draft for this session and returns its token; with the token of a draft that the session has, it
// changes that one. The customer, if any, must be the partner's.
func (h *Handlers) keepDraft(c echo.Context, token string, d portal.Draft) (string, error) {
	r := web.From(c)
	if !mayPreview(r.Staff) {
		return "", db.Fail(db.Forbidden, "error.forbidden")
	}
	if d.CustomerID != 0 {
		if _, err := h.customerOf(c.Request().Context(), d.PartnerID, d.CustomerID); err != nil {
			return "", err
		}
	}
	return h.m.Portal.SaveDraft(c.Request().Context(), r.Session.ID, token, d)
}

// previewCustomer finds whom to preview a partner's portal as: by login, or with "" somebody who is active. Without any
// customer it is nobody, and only what is before log-in can be seen. Errors: db.Invalid on "as".
func (h *Handlers) previewCustomer(ctx context.Context, partner int64, login string) (customer.Customer, error) {
	if login == "" {
		list, err := h.m.Customers.Sample(ctx, partner, 1)
		if err != nil || len(list) == 0 {
			return customer.Customer{}, err
		}
		return list[0], nil
	}
	who, err := h.m.Customers.ByLogin(ctx, login)
	if db.KindOf(err) == db.NotFound || err == nil && who.PartnerID != partner {
		return customer.Customer{}, db.Invalid{"as": "config.preview_nobody"}
	}
	return who, err
}

func (h *Handlers) customerOf(ctx context.Context, partner, id int64) (*customer.Customer, error) {
	who, err := h.m.Customers.Find(ctx, id)
	if err == nil && who.PartnerID != partner {
		err = db.ErrNotFound
	}
	return &who, err
}

// AsCustomer is GET /admin/as/:draft/:theme/*: a customer's page, as the draft of this session would have it.
func (h *Handlers) AsCustomer(c echo.Context) error {
	ctx := c.Request().Context()
	d, err := h.draft(c)
	if err != nil {
		return err
	}
	as := web.As{Prefix: draftPage(c.Param("draft")) + "/" + c.Param("theme"), Path: "/" + c.Param("*"), Changes: d.Changes,
		Partner: d.PartnerID, Theme: c.Param("theme")}
	if !slices.Contains(previewThemes, as.Theme) {
		return db.ErrNotFound
	}
	if d.CustomerID != 0 {
		if as.Customer, err = h.customerOf(ctx, d.PartnerID, d.CustomerID); err != nil {
			return err
		}
	}
	if err := h.kit.Pages.Show(c, as); !errors.Is(err, web.ErrNoPage) {
		return err
	}
	return h.previewOnly(c)
}

// draft is the draft that the address names, if it is this session's and the member may look.
func (h *Handlers) draft(c echo.Context) (portal.Draft, error) {
	r := web.From(c)
	if !mayPreview(r.Staff) {
		return portal.Draft{}, db.Fail(db.Forbidden, "error.forbidden")
	}
	return h.m.Portal.DraftOf(c.Request().Context(), r.Session.ID, c.Param("draft"))
}

// ChangeAsCustomer is POST /admin/as/:draft/:theme/*: a form in a preview was sent. It says that nothing is changed.
func (h *Handlers) ChangeAsCustomer(c echo.Context) error { return h.previewOnly(c) }

func (h *Handlers) previewOnly(c echo.Context) error {
	web.FramedBySelf(c)
	ctx := c.Request().Context()
	back := draftPage(c.Param("draft")) + "/" + c.Param("theme") + "/"
	s := ui.Shell{Title: i18n.T(ctx, "config.preview_only"), Theme: "auto", Brand: h.shell(c, "").Brand}
	return web.Render(c, http.StatusForbidden, views.PreviewOnlyPage(views.PreviewOnly{Shell: s, BackURL: back}))
}

// DraftPage is GET /admin/as/:draft: the frame with a draft, for those without script.
func (h *Handlers) DraftPage(c echo.Context) error {
	d, err := h.draft(c)
	if err != nil {
		return err
	}
	phone, err := h.phone(c, c.Param("draft"), d)
	if err != nil {
		return err
	}
	web.HoldsFrame(c)
	title := i18n.T(c.Request().Context(), "config.preview")
	return web.OK(c, views.DraftPage(views.Draft{Shell: h.shell(c, title), Phone: phone}))
}

// phone is the frame with a draft.
func (h *Handlers) phone(c echo.Context, token string, d portal.Draft) (ui.Phone, error) {
	ctx := c.Request().Context()
	p := ui.Phone{Base: draftPage(token), Token: token}
	v := web.From(c).Partner(d.PartnerID)
	if v == nil {
		return p, db.ErrNotFound
	}
	if d.CustomerID == 0 {
		p.Caption, p.Path = i18n.T(ctx, "config.preview_public", "partner", v.Partner.Name), "/login"
		return p, nil
	}
	who, err := h.customerOf(ctx, d.PartnerID, d.CustomerID)
	if err != nil {
		return p, err
	}
	p.Caption = i18n.T(ctx, "config.preview_caption", "customer", who.Name, "partner", v.Partner.Name)
	return p, nil
}
