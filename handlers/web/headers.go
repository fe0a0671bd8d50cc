package web

import (
	"strings"

	"github.com/labstack/echo/v4"
)

// contentPolicy lists where a page may load from and send to: this host only, no inline script or style.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Headers sets the security headers of every answer. Private pages are stored by nobody; static files set their own.
func (k *Kit) Headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if k.Secure(c) {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		if !strings.HasPrefix(c.Request().URL.Path, "/static/") {
			h.Set("Cache-Control", "no-store")
			h.Add("Vary", "HX-Request")
		}
		return next(c)
	}
}

// LetFormsLeadTo lets this page's forms lead on to other hosts: browsers hold the whole way of a form to the policy, redirects
// included, so a payment gateway's page has to be named.
func LetFormsLeadTo(c echo.Context, hosts []string) {
	if len(hosts) == 0 {
		return
	}
	h := c.Response().Header()
	policy := h.Get("Content-Security-Policy")
	h.Set("Content-Security-Policy", strings.Replace(policy, "form-action 'self'", "form-action 'self' https://"+strings.Join(hosts, " https://"), 1))
}
