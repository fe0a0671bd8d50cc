package admin

import (
	"context"
	"strings"

	"myisp/models/customer"
	"myisp/models/service"
	"myisp/views/i18n"
	"myisp/views/services"
	"myisp/views/ui"
)

// CustomerStatus is the page on which staff give a customer another status: first which one, then what will happen.
type CustomerStatus struct {
	Shell    ui.Shell
	Customer customer.Customer
	To       customer.Status // "" while it is chosen
	Effect   service.StatusEffect
	Blocking customer.Billing
	Reason   string
	Errors   map[string]string
}

func (p CustomerStatus) url() string { return customerURL(p.Customer.ID) + "/status" }

// choiceText says in a line what a status means.
func statusText(ctx context.Context, s customer.Status) string {
	switch s {
	case customer.StatusNew:
		return i18n.T(ctx, "customers.status_text.new")
	case customer.StatusActive:
		return i18n.T(ctx, "customers.status_text.active")
	case customer.StatusBlocked:
		return i18n.T(ctx, "customers.status_text.blocked")
	}
	return i18n.T(ctx, "customers.status_text.disabled")
}

// consequences is what will happen, in words, before it does.
func (p CustomerStatus) consequences(ctx context.Context) []string {
	var list []string
	add := func(text string) { list = append(list, text) }
	switch p.To {
	case customer.StatusBlocked:
		add(i18n.T(ctx, "customers.effect.notice"))
		add(i18n.T(ctx, "customers.effect.charges"))
		add(i18n.T(ctx, "customers.effect.may_log_in"))
	case customer.StatusDisabled:
		add(i18n.T(ctx, "customers.effect.reads_only"))
		if len(p.Effect.Ends) > 0 {
			add(i18n.N(ctx, "customers.effect.ends", len(p.Effect.Ends)))
			add(i18n.T(ctx, "customers.effect.copies"))
		} else {
			add(i18n.T(ctx, "customers.effect.no_services"))
		}
	case customer.StatusActive:
		add(i18n.T(ctx, "customers.effect.works"))
		if len(p.Effect.Resumes) > 0 {
			add(i18n.N(ctx, "customers.effect.resumes", len(p.Effect.Resumes)))
		}
	case customer.StatusNew:
		add(i18n.T(ctx, "customers.effect.new"))
	}
	return append(list, i18n.T(ctx, "customers.effect.logged"))
}

func (p CustomerStatus) touched() []service.Row {
	return append(append([]service.Row{}, p.Effect.Ends...), p.Effect.Resumes...)
}

func serviceLine(ctx context.Context, r service.Row) string {
	return joined(ctx, "#"+number(r.ID), services.KindName(ctx, r.Kind), r.Login, r.IPv4, r.Phone)
}

// CustomerPassword is the page on which staff set a customer's password, or send a code for one.
type CustomerPassword struct {
	Shell    ui.Shell
	Customer customer.Customer
	Ways     []string // of customer.Customer.Ways
	Way      string
	Enabled  bool // G3: passwords can be reset in the portal at all
	Errors   map[string]string
}

func (p CustomerPassword) url(more string) string {
	return customerURL(p.Customer.ID) + "/password" + more
}

func (p CustomerPassword) wayOptions(ctx context.Context) []ui.Option {
	var options []ui.Option
	for _, w := range p.Ways {
		channel, to, _ := strings.Cut(w, ":")
		o := ui.Option{Value: w, Label: i18n.T(ctx, "customers.by_mail", "to", to), Icon: "mail"}
		if channel == customer.BySMS {
			o.Label, o.Icon = i18n.T(ctx, "customers.by_sms", "to", to), "smartphone"
		}
		options = append(options, o)
	}
	return options
}

// Labels is the page /admin/config/customer-labels: the labels that customers can have.
type Labels struct {
	Shell   ui.Shell
	Items   []customer.CountedLabel
	New     customer.Label
	MayEdit bool
	Errors  map[string]string
}

// LabelForm is the page of one label.
type LabelForm struct {
	Shell  ui.Shell
	Label  customer.Label
	Name   string // as it is stored
	Errors map[string]string
}

// LabelsURL is where labels are defined.
const LabelsURL = "/admin/config/customer-labels"

func labelURL(l customer.Label) string { return LabelsURL + "/" + number(l.ID) }

func toneName(ctx context.Context, tone string) string {
	switch ui.Tone(tone) {
	case ui.Info:
		return i18n.T(ctx, "customers.tone.info")
	case ui.Ok:
		return i18n.T(ctx, "customers.tone.ok")
	case ui.Warn:
		return i18n.T(ctx, "customers.tone.warn")
	case ui.Bad:
		return i18n.T(ctx, "customers.tone.bad")
	}
	return i18n.T(ctx, "customers.tone.neutral")
}

func toneOptions(ctx context.Context) []ui.Option {
	return named(ctx, customer.LabelTones, toneName)
}

func labelUse(ctx context.Context, n int64) string { return i18n.N(ctx, "customers.label_use", int(n)) }

func confirmText(ctx context.Context, to customer.Status) string {
	switch to {
	case customer.StatusActive:
		return i18n.T(ctx, "customers.confirm.active")
	case customer.StatusBlocked:
		return i18n.T(ctx, "customers.confirm.blocked")
	case customer.StatusDisabled:
		return i18n.T(ctx, "customers.confirm.disabled")
	}
	return i18n.T(ctx, "customers.confirm.new")
}
