package admin

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"myisp/models/audit"
	"myisp/models/db"
	"myisp/views/export"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/profile"
	"myisp/views/ui"

	"myisp/models/session"
)

// PortalLog is the page /admin/portal-log: what customers did in the portal, newest first (AUTH-4).
type PortalLog struct {
	Shell         ui.Shell
	Filter        PortalLogFilter
	Operations    []string
	Page          audit.EventPage
	Names         map[int64]string // of the customers on the page
	Continued     db.Day
	LinkCustomers bool
}

// PortalLogFilter is the filter's form as it was sent.
type PortalLogFilter struct {
	Customer  string // id or login
	Operation string
	Result    string
	From, To  db.Day
}

var results = []audit.Result{audit.Done, audit.Refused, audit.Failed}

// ParsePortalLogFilter reads the filter from a request's query; what makes no sense is left out.
func ParsePortalLogFilter(get func(name string) string) PortalLogFilter {
	f := PortalLogFilter{Customer: plainText(get("customer"), 200), Operation: plainText(get("operation"), 100)}
	if r := get("result"); slices.Contains(results, audit.Result(r)) {
		f.Result = r
	}
	f.From, _ = db.ParseDay(get("from"))
	f.To, _ = db.ParseDay(get("to"))
	return f
}

// Query is the filter as it is asked of the log; customer as of AuditFilter.Query.
func (f PortalLogFilter) Query(ctx context.Context, customer int64) audit.EventFilter {
	return audit.EventFilter{CustomerID: customer, Operation: f.Operation, Result: audit.Result(f.Result), From: startOf(ctx, f.From), To: startOf(ctx, dayAfter(f.To))}
}

func (p PortalLog) url(more ...string) string {
	f := p.Filter
	return withQuery("/admin/portal-log", filled("customer", f.Customer, "operation", f.Operation, "result", f.Result, "from", string(f.From), "to", string(f.To)), more...)
}

func (p PortalLog) filtered() int {
	f := p.Filter
	return count(f.Customer != "", f.Operation != "", f.Result != "", f.From != "" || f.To != "")
}

// count counts what is true.
func count(parts ...bool) (n int) {
	for _, on := range parts {
		if on {
			n++
		}
	}
	return n
}

func (p PortalLog) next(ctx context.Context) string {
	n := len(p.Page.Events)
	if p.Page.Next == 0 || n == 0 {
		return ""
	}
	return p.url("before", strconv.FormatInt(p.Page.Next, 10), "day", string(localDay(ctx, p.Page.Events[n-1].At)))
}

// OperationKey is the message that names an operation of the portal log: the route's address without its numbers.
func OperationKey(operation string) string {
	method, path, route := strings.Cut(operation, " ")
	if !route {
		return "audit.operation." + operation
	}
	var words []string
	if method != "POST" {
		words = append(words, strings.ToLower(method))
	}
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if strings.HasPrefix(part, ":") {
			part = "one"
		}
		words = append(words, strings.ReplaceAll(part, "-", "_"))
	}
	return "audit.operation." + strings.Join(words, "_")
}

// OperationName is an operation in plain words; the address itself for one that has none.
func OperationName(ctx context.Context, operation string) string {
	if key := OperationKey(operation); i18n.Has(key) {
		return i18n.T(ctx, key)
	}
	return operation
}

func (p PortalLog) operationOptions(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, o := range p.Operations {
		list = append(list, ui.Option{Value: o, Label: OperationName(ctx, o)})
	}
	slices.SortFunc(list, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return append([]ui.Option{{Label: i18n.T(ctx, "finance.filter.all")}}, list...)
}

func resultName(ctx context.Context, r audit.Result) string {
	switch r {
	case audit.Done:
		return i18n.T(ctx, "audit.result.done")
	case audit.Refused:
		return i18n.T(ctx, "audit.result.refused")
	case audit.Failed:
		return i18n.T(ctx, "audit.result.failed")
	}
	return string(r)
}

func resultOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "finance.filter.all")}}
	for _, r := range results {
		list = append(list, ui.Option{Value: string(r), Label: resultName(ctx, r)})
	}
	return list
}

func resultTone(r audit.Result) (ui.Tone, string) {
	switch r {
	case audit.Done:
		return ui.Ok, ""
	case audit.Failed:
		return ui.Bad, ""
	}
	return ui.Warn, "circle-x"
}

// customerName is whose event it is; an unknown account has nobody.
func customerName(ctx context.Context, names map[int64]string, id *int64) string {
	if id == nil {
		return i18n.T(ctx, "audit.nobody")
	}
	if name := names[*id]; name != "" {
		return name
	}
	return i18n.T(ctx, "audit.customer_number", "number", *id)
}

// eventText is the line under an operation: from where, on what, and who if it was not the customer.
func (p PortalLog) eventText(ctx context.Context, e audit.Event) string {
	parts := []string{format.Time(ctx, e.At)}
	if e.ActorKind != audit.Customer {
		parts = append(parts, i18n.T(ctx, "audit.by", "name", actorName(ctx, e.ActorKind, e.ActorName)))
	}
	if e.IP != "" {
		parts = append(parts, e.IP, profile.DeviceName(ctx, session.Session{UserAgent: e.UserAgent}))
	}
	return strings.Join(parts, " · ")
}

// detailsOf says more of an event; the address of a route that names no record says nothing more than its words.
func detailsOf(e audit.Event) string {
	if _, path, _ := strings.Cut(e.Operation, " "); path == e.Details {
		return ""
	}
	return e.Details
}

func customerURL(id int64) string { return "/admin/customers/" + strconv.FormatInt(id, 10) }

// PortalLogFile is what the filter lets through as a file; failed holds why the rows ended early, if they did.
func PortalLogFile(ctx context.Context, events func(yield func(audit.Event, error) bool), failed *error) export.Table {
	columns := []export.Column{{Title: "#"}, {Title: i18n.T(ctx, "audit.time")}, {Title: i18n.T(ctx, "audit.filter.customer")}, {Title: i18n.T(ctx, "audit.filter.operation")},
		{Title: i18n.T(ctx, "audit.what")}, {Title: i18n.T(ctx, "audit.filter.result")}, {Title: i18n.T(ctx, "audit.details")}, {Title: i18n.T(ctx, "audit.kind")},
		{Title: i18n.T(ctx, "audit.who")}, {Title: "IP"}, {Title: "User agent"}}
	zone := zoneOf(ctx)
	return export.Table{Name: i18n.T(ctx, "admin.menu.portal_log"), Columns: columns, Rows: func(yield func([]any) bool) {
		for e, err := range events {
			if err != nil {
				*failed = err
				return
			}
			var customer any
			if e.CustomerID != nil {
				customer = *e.CustomerID
			}
			if !yield([]any{e.ID, e.At.In(zone), customer, e.Operation, OperationName(ctx, e.Operation), resultName(ctx, e.Result), e.Details, string(e.ActorKind),
				actorName(ctx, e.ActorKind, e.ActorName), e.IP, e.UserAgent}) {
				return
			}
		}
	}}
}
