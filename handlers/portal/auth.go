package portal

import (
	"errors"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/limit"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/views/auth"
	"myisp/views/i18n"
)

// LoginPage is GET /login (AUTH-1).
func (h *Handlers) LoginPage(c echo.Context) error {
	signedIn, err := h.kit.Identify(c)
	if err != nil {
		return err
	}
	if signedIn {
		return web.SeeOther(c, "/")
	}
	return web.OK(c, auth.LoginPage(h.loginForm(c, "", web.SafeNext(c.QueryParam("next")))))
}

func (h *Handlers) loginForm(c echo.Context, identifier, next string) auth.Login {
	r := web.From(c)
	v := r.Host.Values
	p := auth.Login{Shell: h.public(c, i18n.T(c.Request().Context(), "auth.title")), ByEmail: portal.AuthField.Of(v) == "email",
		Identifier: identifier, ResetEnabled: portal.ResetPassword.Of(v), Languages: offered(v), Text: r.Host.Brand.LoginText, Next: next}
	p.Shell.InstallHint = true
	if portal.HelpEnabled.Of(v) {
		p.Help = &auth.Help{Phone: portal.HelpPhone.Of(v), Email: portal.HelpEmail.Of(v), URL: portal.HelpURL.Of(v), Text: portal.HelpText.Of(v)}
		if *p.Help == (auth.Help{}) {
			p.Help.Phone, p.Help.Email = r.Host.Company.Phone, r.Host.Company.Email
		}
	}
	if portal.MobileApp.Of(v) {
		if id := portal.GooglePlayID.Of(v); id != "" {
			p.Stores.GooglePlayURL = "https://play.google.com/store/apps/details?id=" + id
		}
		if id := portal.AppStoreID.Of(v); id != "" {
			p.Stores.AppStoreURL = "https://apps.apple.com/app/" + id
		}
	}
	return p
}

// offered are the languages that the installation offers (G1); a single one is no choice.
func offered(v *portal.Values) []i18n.Language {
	var list []i18n.Language
	for _, l := range i18n.Languages() {
		for _, code := range portal.OfferedLanguages.Of(v) {
			if l.Code == code {
				list = append(list, l)
			}
		}
	}
	return list
}

// hostPartner is whose customers a host lets in: its partner's, or everybody's where the installation allows it.
func hostPartner(r *web.Request) int64 {
	if portal.CrossPartnerLogins.Of(r.Host.Values) {
		return 0
	}
	return r.Host.Partner.ID
}

// Login is POST /login.
func (h *Handlers) Login(c echo.Context) error {
	r := web.From(c)
	next := web.SafeNext(c.FormValue("next"))
	token, err := h.m.Customers.LogIn(c.Request().Context(), customer.Attempt{ByEmail: portal.AuthField.Of(r.Host.Values) == "email",
		Identifier: c.FormValue("identifier"), Password: c.FormValue("password"), PartnerID: hostPartner(r), IP: c.RealIP(), UserAgent: c.Request().UserAgent()})
	if err != nil {
		return h.loginAgain(c, err, next)
	}
	if err := h.kit.SignIn(c, session.Customer, token); err != nil {
		return err
	}
	if next == "" {
		next = "/"
	}
	return web.SeeOther(c, next)
}

func (h *Handlers) loginAgain(c echo.Context, err error, next string) error {
	p := h.loginForm(c, clipped(c.FormValue("identifier")), next)
	var many limit.TooMany
	if errors.As(err, &many) {
		p.Error = "error.too_many_attempts"
		return tooMany(c, err, auth.LoginPage(p))
	}
	fields, ok := web.Fields(err)
	if !ok {
		return err
	}
	p.Error = fields["password"]
	return web.Again(c, auth.LoginPage(p))
}

// tooMany answers a form with 429 and says when to come back.
func tooMany(c echo.Context, err error, page templ.Component) error {
	web.SetRetryAfter(c, err)
	return web.Render(c, http.StatusTooManyRequests, page)
}

// clipped keeps an absurdly long input from being sent back whole.
func clipped(s string) string {
	if len(s) > 300 {
		return ""
	}
	return s
}

// Logout is POST /logout.
func (h *Handlers) Logout(c echo.Context) error {
	r := web.From(c)
	if r.Acting != nil {
		return h.EndActing(c)
	}
	if err := h.m.Customers.Of(r.Me()).LogOut(c.Request().Context(), r.Session.ID); err != nil {
		return err
	}
	if err := h.kit.SignOut(c, session.Customer); err != nil {
		return err
	}
	return web.SeeOther(c, "/login")
}

// SetLanguage is POST /language: the choice on the pages before log-in.
func (h *Handlers) SetLanguage(c echo.Context) error {
	code := c.FormValue("lang")
	for _, l := range offered(web.From(c).Host.Values) {
		if l.Code == code {
			h.kit.SetLanguage(c, code)
		}
	}
	next := web.SafeNext(c.FormValue("next"))
	if next == "" {
		next = "/login"
	}
	return web.SeeOther(c, next)
}

// ResetPage is GET /reset (AUTH-3); 404 where G3 is off.
func (h *Handlers) ResetPage(c echo.Context) error {
	p, err := h.resetForm(c)
	if err != nil {
		return err
	}
	return web.OK(c, auth.ResetRequestPage(p))
}

func (h *Handlers) resetForm(c echo.Context) (auth.ResetRequest, error) {
	v := web.From(c).Host.Values
	if !portal.ResetPassword.Of(v) {
		return auth.ResetRequest{}, db.ErrNotFound
	}
	return auth.ResetRequest{Shell: h.public(c, i18n.T(c.Request().Context(), "auth.reset.title")), ByEmail: portal.AuthField.Of(v) == "email",
		BySMS: portal.ResetPasswordType.Of(v) == customer.BySMS}, nil
}

// Reset is POST /reset: it sends a code if the account exists, and says the same if it does not.
func (h *Handlers) Reset(c echo.Context) error {
	p, err := h.resetForm(c)
	if err != nil {
		return err
	}
	r, v := web.From(c), web.From(c).Host.Values
	p.Identifier, p.Contact = clipped(c.FormValue("identifier")), clipped(c.FormValue("contact"))
	if p.OneField() {
		p.Identifier = p.Contact
	}
	ask := customer.ResetAsk{ByEmail: p.ByEmail, Identifier: p.Identifier, Contact: p.Contact, Channel: portal.ResetPasswordType.Of(v),
		Region: portal.PhoneRegion.Of(v), Alphabet: portal.ResetMailAlphabet.Of(v), Length: portal.ResetMailLength.Of(v), PartnerID: hostPartner(r),
		Language: r.Lang, Host: r.Origin(), IP: c.RealIP()}
	if p.BySMS {
		ask.Alphabet, ask.Length = portal.ResetSMSAlphabet.Of(v), portal.ResetSMSLength.Of(v)
	}
	handle, err := h.m.Customers.AskReset(c.Request().Context(), ask)
	var many limit.TooMany
	if errors.As(err, &many) {
		p.Errors = map[string]string{"contact": "error.too_many_attempts"}
		return tooMany(c, err, auth.ResetRequestPage(p))
	}
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, auth.ResetRequestPage(p))
	}
	if err != nil {
		return err
	}
	if err := h.kit.SetResetHandle(c, handle); err != nil {
		return err
	}
	return web.SeeOther(c, "/reset/code")
}

// ResetCodePage is GET /reset/code. With ?request= it takes over a reset that staff have asked for: the letter's link names
// it, and opens nothing without the code beside it.
func (h *Handlers) ResetCodePage(c echo.Context) error {
	p, err := h.codeForm(c)
	if err != nil {
		return err
	}
	if handle := c.QueryParam("request"); handle != "" && len(handle) <= 64 {
		if err := h.kit.SetResetHandle(c, handle); err != nil {
			return err
		}
		return web.SeeOther(c, "/reset/code") // the address of the page does not keep it
	}
	if h.kit.ResetHandle(c) == "" {
		return web.SeeOther(c, "/reset")
	}
	return web.OK(c, auth.ResetCodePage(p))
}

func (h *Handlers) codeForm(c echo.Context) (auth.ResetCode, error) {
	p, err := h.resetForm(c)
	return auth.ResetCode{Shell: p.Shell, BySMS: p.BySMS}, err
}

// ResetConfirm is POST /reset/code: the code and the new password.
func (h *Handlers) ResetConfirm(c echo.Context) error {
	p, err := h.codeForm(c)
	if err != nil {
		return err
	}
	handle := h.kit.ResetHandle(c)
	if handle == "" {
		return web.SeeOther(c, "/reset")
	}
	if c.FormValue("password") != c.FormValue("confirm") {
		p.Errors = map[string]string{"confirm": "error.password_mismatch"}
		return web.Again(c, auth.ResetCodePage(p))
	}
	err = h.m.Customers.ConfirmReset(c.Request().Context(), handle, c.FormValue("code"), c.FormValue("password"), c.RealIP())
	var many limit.TooMany
	if errors.As(err, &many) {
		p.Errors = map[string]string{"code": "error.too_many_attempts"}
		return tooMany(c, err, auth.ResetCodePage(p))
	}
	if fields, ok := web.Fields(err); ok {
		p.Errors = map[string]string{"code": fields["code"], "password": fields["password_new"]}
		return web.Again(c, auth.ResetCodePage(p))
	}
	if err != nil {
		return err
	}
	if err := h.kit.SignOut(c, session.Customer); err != nil {
		return err
	}
	return web.OK(c, auth.ResetDonePage(auth.ResetDone{Shell: p.Shell}))
}
