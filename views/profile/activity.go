package profile

import (
	"context"
	"regexp"
	"strings"

	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Activity is what was done in the customer's portal (AUTH-4), newest first.
type Activity struct {
	Shell  ui.Shell
	Events []audit.Event
	Titles map[string]string // of additional attributes in the reader's language, by customer.AttributeField
	Next   string            // URL of "Show more"; "" at the end
}

// activityDay is the events of one day.
type activityDay struct {
	name   string
	events []audit.Event
}

func (p Activity) days(ctx context.Context) []activityDay {
	var days []activityDay
	for _, e := range p.Events {
		name := format.Date(ctx, e.At)
		if len(days) == 0 || days[len(days)-1].name != name {
			days = append(days, activityDay{name: name})
		}
		last := &days[len(days)-1]
		last.events = append(last.events, e)
	}
	return days
}

var notWord = regexp.MustCompile(`[^a-z]+`)

// ActivityKey is the message that says in plain words what an operation of the portal log is: activity.op.post_profile.
func ActivityKey(operation string) string {
	return "activity.op." + strings.Trim(notWord.ReplaceAllString(strings.ToLower(operation), "_"), "_")
}

// title says what was done; what has no words of its own is a change in the portal.
func (p Activity) title(ctx context.Context, e audit.Event) string {
	if key := ActivityKey(e.Operation); i18n.Has(key) {
		return i18n.T(ctx, key)
	}
	return i18n.T(ctx, "activity.something")
}

// text says what changed, when and from where, and who it was when it was not the customer.
func (p Activity) text(ctx context.Context, e audit.Event) string {
	var parts []string
	if changed := p.changed(ctx, e); changed != "" {
		parts = append(parts, changed)
	}
	if e.ActorKind != audit.Customer {
		parts = append(parts, i18n.T(ctx, "activity.by_staff", "brand", p.Shell.Brand.Title))
	}
	parts = append(parts, format.Time(ctx, e.At))
	if e.IP != "" && e.ActorKind == audit.Customer {
		parts = append(parts, i18n.T(ctx, "activity.from", "ip", e.IP))
	}
	return strings.Join(parts, " · ")
}

// changed names the fields that a change of the profile was of.
func (p Activity) changed(ctx context.Context, e audit.Event) string {
	if e.Operation != "POST /profile" || e.Result != audit.Done || e.Details == "" || strings.HasPrefix(e.Details, "/") {
		return ""
	}
	var names []string
	for _, f := range strings.Split(e.Details, ",") {
		if name := p.field(ctx, f); name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, i18n.T(ctx, "attributes.field.comma")+" ")
}

func (p Activity) field(ctx context.Context, f string) string {
	switch f {
	case string(customer.ProfilePassword):
		return i18n.T(ctx, "auth.password")
	case string(customer.ProfileLogin), string(customer.ProfileName), string(customer.ProfileEmail), string(customer.ProfileBillingEmail), string(customer.ProfilePhone),
		string(customer.ProfileStreet), string(customer.ProfileZip), string(customer.ProfileCity), string(customer.ProfilePaymentMethod):
		return i18n.T(ctx, "profile."+f)
	}
	return p.Titles[f]
}

func (p Activity) icon(e audit.Event) string {
	switch {
	case e.Operation == audit.OpLogIn:
		return "key-round"
	case e.Operation == audit.OpLogOut || e.Operation == "POST /logout":
		return "log-out"
	case e.ActorKind != audit.Customer:
		return "life-buoy"
	case e.Operation == "POST /profile":
		return "user"
	}
	return "pen-line"
}
