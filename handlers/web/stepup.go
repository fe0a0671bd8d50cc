package web

import (
	"github.com/labstack/echo/v4"
)

// fresh asks a customer for the password again before a route that moves money by itself, where it was given too long ago.
// The page keeps what was sent and sends it once more with the password. Staff who act as a customer never come here.
func (k *Kit) fresh(c echo.Context, rt Route) error {
	r := From(c)
	if !rt.Fresh || r.Preview || k.M.Customers.Fresh(r.Session) {
		return rt.Handle(c)
	}
	form, err := c.FormParams()
	if err != nil {
		return malformed(err)
	}
	password, given := form[StepUpField]
	if !given {
		return k.CustomerStepUp(c, form, "")
	}
	err = k.M.Customers.Of(r.Me()).StepUp(c.Request().Context(), r.Session, password[0])
	if fields, ok := Fields(err); ok {
		return k.CustomerStepUp(c, form, fields["password"])
	}
	if err != nil {
		return err
	}
	return rt.Handle(c)
}
