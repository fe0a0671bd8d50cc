package admin

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"myisp/models/customer"
	"myisp/models/portal"
	"myisp/views/attributes"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Customers is the page /admin/customers: one box to find anybody, filters, the list.
type Customers struct {
	Shell  ui.Shell
	Filter customer.Filter
	Rows   []customer.Listed
	// Attributes are those of the list (show_in_list), Values what each customer has of them.
	Attributes []customer.Attribute
	Values     map[int64]map[int64]string
	Next       string // the After of the following page; "" on the last
	Choices    Choices
	MayEdit    bool
}

// Choices are what customers are assigned to: partners, locations, labels, payment methods.
type Choices struct {
	Partners  []portal.Partner
	Locations []portal.Location
	Labels    []customer.Label
	Methods   []ui.Option
}

func (c Choices) partner(id int64) string {
	for _, p := range c.Partners {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}

func (c Choices) location(id int64) string {
	for _, l := range c.Locations {
		if l.ID == id {
			return l.Name
		}
	}
	return ""
}

func (c Choices) partnerOptions(first ...ui.Option) []ui.Option {
	for _, p := range c.Partners {
		first = append(first, ui.Option{Value: strconv.FormatInt(p.ID, 10), Label: p.Name})
	}
	return first
}

func (c Choices) locationOptions(first ...ui.Option) []ui.Option {
	for _, l := range c.Locations {
		first = append(first, ui.Option{Value: strconv.FormatInt(l.ID, 10), Label: l.Name})
	}
	return first
}

func (c Choices) labelOptions(first ...ui.Option) []ui.Option {
	for _, l := range c.Labels {
		first = append(first, ui.Option{Value: strconv.FormatInt(l.ID, 10), Label: l.Name})
	}
	return first
}

func anyOf(ctx context.Context) ui.Option {
	return ui.Option{Label: i18n.T(ctx, "finance.filter.all")}
}

// filtered counts the filters that are set beside the search box.
func (p Customers) filtered() int {
	return count(p.Filter.Status != "", p.Filter.PartnerID != 0, p.Filter.LocationID != 0, p.Filter.LabelID != 0)
}

func (p Customers) more() string {
	if p.Next == "" {
		return ""
	}
	q := url.Values{"after": {p.Next}}
	for name, value := range map[string]string{"q": p.Filter.Typed, "status": string(p.Filter.Status), "partner": number(p.Filter.PartnerID),
		"location": number(p.Filter.LocationID), "label": number(p.Filter.LabelID)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return "/admin/customers?" + q.Encode()
}

// number is an id as a form has it; none is empty.
func number(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// rowText is the line under a customer's name in lists.
func (p Customers) rowText(ctx context.Context, c customer.Customer) string {
	address := strings.Join(slicesOf(c.Street, c.City), ", ")
	return joined(ctx, append([]string{"#" + number(c.ID), c.Login, first(c.Email), first(c.Phone), address}, p.attributeTexts(ctx, c.ID)...)...)
}

// first is the first of a comma list.
func first(list string) string {
	one, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(one)
}

// slicesOf keeps what is not empty.
func slicesOf(parts ...string) (kept []string) {
	for _, s := range parts {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// joined sets what is there side by side; each part stays in one piece in a right-to-left line.
func joined(ctx context.Context, parts ...string) string {
	kept := slicesOf(parts...)
	for i := range kept {
		kept[i] = format.Isolate(ctx, kept[i])
	}
	line := strings.Join(kept, "\u00a0· ") // a dot never begins a line
	if line != "" && i18n.Dir(ctx) == "rtl" {
		return "\u200f" + line // the isolated parts alone would not tell <bdi> the line's direction
	}
	return line
}

// StatusName is a customer's status in words (§3.1).
func StatusName(ctx context.Context, s customer.Status) string {
	switch s {
	case customer.StatusNew:
		return i18n.T(ctx, "customers.status.new")
	case customer.StatusActive:
		return i18n.T(ctx, "customers.status.active")
	case customer.StatusBlocked:
		return i18n.T(ctx, "customers.status.blocked")
	case customer.StatusDisabled:
		return i18n.T(ctx, "customers.status.disabled")
	}
	return string(s)
}

func statusTone(s customer.Status) (ui.Tone, string) {
	switch s {
	case customer.StatusNew:
		return ui.Info, "circle-dashed"
	case customer.StatusActive:
		return ui.Ok, "check"
	case customer.StatusBlocked:
		return ui.Bad, "circle-pause"
	}
	return ui.Neutral, "circle-x"
}

func statusOptions(ctx context.Context, list []customer.Status, options ...ui.Option) []ui.Option {
	for _, s := range list {
		options = append(options, ui.Option{Value: string(s), Label: StatusName(ctx, s)})
	}
	return options
}

func categoryName(ctx context.Context, category string) string {
	switch category {
	case customer.Individual:
		return i18n.T(ctx, "customers.category.person")
	case customer.Business:
		return i18n.T(ctx, "customers.category.company")
	case customer.Lead:
		return i18n.T(ctx, "customers.category.lead")
	}
	return category
}

func categoryIcon(category string) string {
	switch category {
	case customer.Business:
		return "building-2"
	case customer.Lead:
		return "star"
	}
	return "user"
}

func billingTypeName(ctx context.Context, t string) string {
	switch t {
	case customer.Recurring:
		return i18n.T(ctx, "customers.billing_type.recurring")
	case customer.PrepaidMonth:
		return i18n.T(ctx, "customers.billing_type.prepaid_monthly")
	case customer.PrepaidDaily:
		return i18n.T(ctx, "customers.billing_type.prepaid")
	}
	return t
}

func subModeName(ctx context.Context, mode string) string {
	if mode == customer.Aggregated {
		return i18n.T(ctx, "customers.sub_mode.aggregated")
	}
	return i18n.T(ctx, "customers.sub_mode.independent")
}

// CustomerForm is the form for a new customer, or of one who is there. It posts to /admin/customers or to the customer.
type CustomerForm struct {
	Shell      ui.Shell
	CustomerID int64 // 0: new
	Name       string
	Draft      customer.Draft
	Currency   string
	Choices    Choices
	Languages  []i18n.Language
	Errors     map[string]string
	HasSubs    bool            // a main account is nobody's sub-account
	Attributes attributes.Form // additional attributes (§3.7) of the draft's category
}

func (p CustomerForm) title(ctx context.Context) string {
	if p.CustomerID == 0 {
		return i18n.T(ctx, "customers.new")
	}
	return i18n.T(ctx, "customers.edit_of", "name", p.Name)
}

func (p CustomerForm) url() string {
	if p.CustomerID == 0 {
		return "/admin/customers"
	}
	return customerURL(p.CustomerID)
}

func (p CustomerForm) back() string {
	if p.CustomerID == 0 {
		return "/admin/customers"
	}
	return customerURL(p.CustomerID)
}

func (p CustomerForm) field(ctx context.Context, name, label, value string, more ...func(*ui.Field)) ui.Field {
	f := ui.Field{Name: name, Label: label, Value: value, Error: p.Errors[name], MaxLength: 200}
	for _, set := range more {
		set(&f)
	}
	return f
}

func hint(text string) func(*ui.Field)        { return func(f *ui.Field) { f.Hint = text } }
func kind(t string) func(*ui.Field)           { return func(f *ui.Field) { f.Type = t } }
func most(n int) func(*ui.Field)              { return func(f *ui.Field) { f.MaxLength = n } }
func required(f *ui.Field)                    { f.Required = true }
func optional(f *ui.Field)                    { f.Optional = true }
func ltr(f *ui.Field)                         { f.LTR = true }
func figures(f *ui.Field)                     { f.LTR, f.InputMode, f.MaxLength = true, "decimal", 20 }
func (p CustomerForm) bad(name string) string { return p.Errors[name] }

func (p CustomerForm) languages(ctx context.Context) []ui.Option {
	options := []ui.Option{{Label: i18n.T(ctx, "customers.as_browser")}}
	for _, l := range p.Languages {
		options = append(options, ui.Option{Value: l.Code, Label: l.Native, Lang: l.Code})
	}
	return options
}

func named[T ~string](ctx context.Context, list []T, name func(context.Context, T) string) []ui.Option {
	var options []ui.Option
	for _, v := range list {
		options = append(options, ui.Option{Value: string(v), Label: name(ctx, v)})
	}
	return options
}
