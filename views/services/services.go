// Package services shows what a customer has bought: the list by kind, and each service with its facts.
package services

import (
	"context"
	"strconv"

	"myisp/models/db"
	"myisp/models/service"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// List is the page of all services.
type List struct {
	Shell   ui.Shell
	Rows    []service.Row
	Blocked bool   // the customer is suspended, so what is active does not work
	HelpURL string // where a customer without services goes; "" for nowhere
}

// Service is the page of one.
type Service struct {
	Shell   ui.Shell
	Service service.Detail
	Blocked bool
}

// group is the services of one kind.
type group struct {
	kind string
	rows []service.Row
}

// groups parts the services by kind, in the order of SVC-2; kinds without services are left out.
func (p List) groups() []group {
	var groups []group
	for _, kind := range service.Kinds {
		g := group{kind: kind}
		for _, r := range p.Rows {
			if r.Kind == kind {
				g.rows = append(g.rows, r)
			}
		}
		if len(g.rows) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// icons of the kinds.
var icons = map[string]string{service.Internet: "wifi", service.Voice: "phone", service.Recurring: "package", service.Bundle: "layers"}

// KindName is what a kind of services is called.
func KindName(ctx context.Context, kind string) string {
	switch kind {
	case service.Internet:
		return i18n.T(ctx, "services.kind.internet")
	case service.Voice:
		return i18n.T(ctx, "services.kind.voice")
	case service.Bundle:
		return i18n.T(ctx, "services.kind.bundle")
	}
	return i18n.T(ctx, "services.kind.recurring")
}

// Icon is the drawing of a kind.
func Icon(kind string) string { return icons[kind] }

// Name is what the service is called; one without a name goes by its kind.
func Name(ctx context.Context, r service.Row) string {
	if name := r.Name(); name != "" {
		return name
	}
	return KindName(ctx, r.Kind)
}

// Price is what it costs a month, and whether its tax is in that; a part of a bundle has no price of its own.
func Price(ctx context.Context, r service.Row) string {
	if r.BundleServiceID != 0 {
		return ""
	}
	price := format.Money(ctx, r.Cost())
	switch {
	case r.TaxID == 0:
		return i18n.T(ctx, "services.per_month", "price", price)
	case r.TaxIncluded:
		return i18n.T(ctx, "services.per_month_with_tax", "price", price)
	}
	return i18n.T(ctx, "services.per_month_without_tax", "price", price)
}

// Speed is what the plan promises: "500 / 500 Mbit/s"; "" when it names no speed.
func Speed(ctx context.Context, r service.Row) string {
	switch {
	case r.DownKbps == 0:
		return ""
	case r.UpKbps == 0:
		return i18n.T(ctx, "services.speed_down", "down", mbit(ctx, r.DownKbps))
	}
	return i18n.T(ctx, "services.speed", "down", mbit(ctx, r.DownKbps), "up", mbit(ctx, r.UpKbps))
}

// mbit writes kbit/s as Mbit/s, with a decimal where there is one.
func mbit(ctx context.Context, kbps int64) string {
	whole := format.Number(ctx, kbps/1000)
	if tenth := kbps % 1000 / 100; tenth > 0 && kbps < 100_000 {
		return whole + format.From(ctx).DecimalSep + strconv.FormatInt(tenth, 10)
	}
	return whole
}

// terms are the facts of a service, those that it has.
func (p Service) terms(ctx context.Context) []ui.Term {
	s := p.Service
	day := func(d db.Day) string { return format.DayLong(ctx, d.Time()) }
	terms := []ui.Term{
		{Label: i18n.T(ctx, "services.plan"), Value: s.PlanName},
		{Label: i18n.T(ctx, "services.speed_label"), Value: Speed(ctx, s.Row)},
		{Label: i18n.T(ctx, "services.price"), Value: Price(ctx, s.Row) + InBundle(ctx, s.Row)},
		{Label: i18n.T(ctx, "services.start"), Value: day(s.StartsOn)},
		{Label: i18n.T(ctx, "services.end"), Value: day(s.EndsOn)},
		{Label: i18n.T(ctx, "services.invoiced_until"), Value: day(s.InvoicedUntil)},
		{Label: i18n.T(ctx, "services.login"), Value: s.Login, Copy: true},
		{Label: i18n.T(ctx, "services.ipv4"), Value: s.IPv4, Copy: true},
		{Label: i18n.T(ctx, "services.phone"), Value: s.Phone, Copy: true},
	}
	switch s.Direction {
	case "incoming":
		terms = append(terms, ui.Term{Label: i18n.T(ctx, "services.direction"), Value: i18n.T(ctx, "services.incoming")})
	case "outgoing":
		terms = append(terms, ui.Term{Label: i18n.T(ctx, "services.direction"), Value: i18n.T(ctx, "services.outgoing")})
	}
	return terms
}

// URL is the page of a service.
func URL(r service.Row) string { return "/services/" + strconv.FormatInt(r.ID, 10) }

// rowText is the line under a service's name: its plan where the name is another, its speed or its number.
func rowText(ctx context.Context, r service.Row) string {
	text := ""
	for _, part := range []string{planBeside(r), Speed(ctx, r), r.Phone, InBundle(ctx, r)} {
		if part == "" {
			continue
		}
		if text != "" {
			text += " · "
		}
		text += format.Isolate(ctx, part)
	}
	return text
}

// InBundle says that a service is paid with its bundle; "" when it is not.
func InBundle(ctx context.Context, r service.Row) string {
	if r.BundleServiceID == 0 {
		return ""
	}
	return i18n.T(ctx, "services.in_bundle")
}

// planBeside is the plan's name where the service goes by another.
func planBeside(r service.Row) string {
	if r.PlanName == r.Name() {
		return ""
	}
	return r.PlanName
}
