package admin

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/staff"
	"myisp/views/export"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Audit is the page /admin/audit: the chained log, newest first. Its filter lives in the URL.
type Audit struct {
	Shell         ui.Shell
	Filter        AuditFilter
	Members       []staff.Member
	Roles         []staff.RoleInfo
	Objects       []string
	Page          audit.Page
	State         audit.Head
	Continued     db.Day // the day in which the rows stopped that these are appended to
	LinkCustomers bool   // the member may see customers
}

// AuditFilter is the filter's form as it was sent.
type AuditFilter struct {
	Who      string // "system", "customer", or a member: "staff-7"; "" is everybody
	Action   string
	Object   string
	Customer string // id or login
	From, To db.Day
	Text     string
}

// Verification is the page /admin/audit/verification.
type Verification struct {
	Shell  ui.Shell
	Report audit.Report
	At     time.Time
}

// ParseAuditFilter reads the filter from a request's query; what makes no sense is left out.
func ParseAuditFilter(get func(name string) string) AuditFilter {
	f := AuditFilter{Who: plainText(get("who"), 40), Action: plainText(get("action"), 64), Object: plainText(get("object"), 32),
		Customer: plainText(get("customer"), 200), Text: plainText(get("q"), 64)}
	f.From, _ = db.ParseDay(get("from"))
	f.To, _ = db.ParseDay(get("to"))
	return f
}

// plainText cuts what comes from a URL to something that a database can be asked for.
func plainText(s string, most int) string {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""))
	if r := []rune(s); len(r) > most {
		s = string(r[:most])
	}
	return s
}

// Query is the filter as it is asked of the log, days being those of the reader's zone; customer is the id that Customer
// names, −1 when it names nobody.
func (f AuditFilter) Query(ctx context.Context, customer int64) audit.Filter {
	q := audit.Filter{Action: audit.Action(f.Action), Object: f.Object, CustomerID: customer, Text: f.Text,
		From: startOf(ctx, f.From), To: startOf(ctx, dayAfter(f.To))}
	kind, id, _ := strings.Cut(f.Who, "-")
	switch audit.Kind(kind) {
	case audit.System, audit.Customer:
		q.ActorKind = audit.Kind(kind)
	case audit.Staff:
		q.ActorKind = audit.Staff
		q.ActorID, _ = strconv.ParseInt(id, 10, 64) // not a number is any of the staff
	}
	return q
}

// startOf is when a day begins in the reader's zone; the zero time for "".
func startOf(ctx context.Context, d db.Day) time.Time {
	if d == "" {
		return time.Time{}
	}
	return d.In(zoneOf(ctx)).UTC()
}

func zoneOf(ctx context.Context) *time.Location {
	if zone := format.From(ctx).Zone; zone != nil {
		return zone
	}
	return time.UTC
}

func dayAfter(d db.Day) db.Day {
	if d == "" {
		return ""
	}
	return d.AddDays(1)
}

func (f AuditFilter) values() url.Values {
	return filled("who", f.Who, "action", f.Action, "object", f.Object, "customer", f.Customer, "from", string(f.From), "to", string(f.To), "q", f.Text)
}

// filled makes a query of the pairs that have a value.
func filled(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

func withQuery(path string, q url.Values, more ...string) string {
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// next is the address of the rows after these.
func (p Audit) next(ctx context.Context) string {
	if p.Page.Next == 0 {
		return ""
	}
	day := p.Continued
	if n := len(p.Page.Entries); n > 0 {
		day = localDay(ctx, p.Page.Entries[n-1].At)
	}
	return withQuery("/admin/audit", p.Filter.values(), "before", strconv.FormatInt(p.Page.Next, 10), "day", string(day))
}

func localDay(ctx context.Context, t time.Time) db.Day { return db.DayOf(t, zoneOf(ctx)) }

// daily is the entries of one day.
type daily[T any] struct {
	Day  db.Day
	Rows []T
}

func byDay[T any](ctx context.Context, rows []T, at func(T) time.Time) (days []daily[T]) {
	for _, r := range rows {
		d := localDay(ctx, at(r))
		if n := len(days); n == 0 || days[n-1].Day != d {
			days = append(days, daily[T]{Day: d})
		}
		days[len(days)-1].Rows = append(days[len(days)-1].Rows, r)
	}
	return days
}

func (p Audit) whoOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "audit.filter.anybody")}, {Value: "system", Label: i18n.T(ctx, "audit.system")},
		{Value: "customer", Label: i18n.T(ctx, "audit.filter.customers")}, {Value: "staff", Label: i18n.T(ctx, "audit.filter.staff")}}
	for _, m := range p.Members {
		list = append(list, ui.Option{Value: "staff-" + strconv.FormatInt(m.ID, 10), Label: m.Name + " (" + m.Login + ")"})
	}
	return list
}

func actionOptions(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, a := range audit.Actions {
		list = append(list, ui.Option{Value: string(a), Label: ActionName(ctx, a)})
	}
	slices.SortFunc(list, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return append([]ui.Option{{Label: i18n.T(ctx, "finance.filter.all")}}, list...)
}

func (p Audit) objectOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "finance.filter.all")}}
	for _, o := range p.Objects {
		list = append(list, ui.Option{Value: o, Label: objectName(ctx, o)})
	}
	return list
}

func shortHash(h string) string { return h[:min(12, len(h))] }

// AuditFile is what the filter lets through as a file; rows end early when reading fails, and failed then holds why.
func AuditFile(ctx context.Context, entries func(yield func(audit.Entry, error) bool), failed *error) export.Table {
	columns := []export.Column{{Title: "#"}, {Title: i18n.T(ctx, "audit.time")}, {Title: i18n.T(ctx, "audit.kind")}, {Title: i18n.T(ctx, "audit.who")}, {Title: "IP"},
		{Title: i18n.T(ctx, "audit.what")}, {Title: i18n.T(ctx, "audit.filter.object")}, {Title: "ID"}, {Title: i18n.T(ctx, "audit.name")},
		{Title: i18n.T(ctx, "audit.filter.customer")}, {Title: i18n.T(ctx, "audit.before")}, {Title: i18n.T(ctx, "audit.after")}, {Title: i18n.T(ctx, "audit.hash_label")}}
	zone := zoneOf(ctx)
	return export.Table{Name: i18n.T(ctx, "admin.menu.audit"), Columns: columns, Rows: func(yield func([]any) bool) {
		for e, err := range entries {
			if err != nil {
				*failed = err
				return
			}
			var customer any
			if e.CustomerID != nil {
				customer = *e.CustomerID
			}
			if !yield([]any{e.Seq, e.At.In(zone), string(e.ActorKind), actorName(ctx, e.ActorKind, e.ActorName), e.IP, ActionName(ctx, e.Action), e.Object, e.ObjectID,
				e.ObjectName, customer, e.Before, e.After, e.Hash}) {
				return
			}
		}
	}}
}

func (p Audit) filtered() int {
	f := p.Filter
	return count(f.Who != "", f.Action != "", f.Object != "", f.Customer != "", f.From != "" || f.To != "", f.Text != "")
}
