package admin

import (
	"context"
	"strconv"

	"myisp/views/i18n"
	"myisp/views/ui"
)

// Acting asks a member of staff how and why they want to act as a customer (AUTH-4). It posts to its own address: mode
// ("reading" or "writing") and reason.
type Acting struct {
	Shell      ui.Shell
	CustomerID int64
	Customer   string // the name
	MayWrite   bool
	Writes     bool
	Reason     string
	Errors     map[string]string
}

// ActingURL is where Acting lives, for the customer's card.
func ActingURL(customerID int64) string {
	return "/admin/customers/" + strconv.FormatInt(customerID, 10) + "/acting"
}

func (p Acting) customerURL() string {
	return "/admin/customers/" + strconv.FormatInt(p.CustomerID, 10)
}

func (p Acting) modes(ctx context.Context) ui.Choice {
	c := ui.Choice{Name: "mode", Legend: i18n.T(ctx, "acting.mode"), Value: "reading", Options: []ui.Option{
		{Value: "reading", Label: i18n.T(ctx, "acting.mode_reading"), Icon: "eye"}, {Value: "writing", Label: i18n.T(ctx, "acting.mode_writing"), Icon: "pencil"}}}
	if p.Writes {
		c.Value = "writing"
	}
	return c
}

func (p Acting) reason(ctx context.Context) ui.Field {
	f := ui.Field{Name: "reason", Label: i18n.T(ctx, "acting.reason"), Value: p.Reason, Error: p.Errors["reason"], MaxLength: 300, Rows: 2, Hint: i18n.T(ctx, "acting.reason_hint")}
	f.Optional = !p.MayWrite
	return f
}
