package finance

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"myisp/models/db"

	"gorm.io/gorm"
)

// PageSize is how many rows a page of a list has.
const PageSize = 20

// Filter narrows a list and says where a page begins. The zero value is the first page of everything.
type Filter struct {
	State    State  // documents: this state, or Open for all that want money
	From, To db.Day // by document date, both inclusive; "" is open
	Search   string // part of a number or description
	After    string // the Next of the page before
	Size     int    // rows; 0 is PageSize. Exports ask for more.
	Methods  bool   // invoices: also how each was paid, which files say
}

// Open filters for every document that still wants money.
const Open State = "open"

var states = []State{Open, Unpaid, Paid, PaidFromBalance, PartiallyPaid, Pending, Overdue, PendingOverdue, Deleted, RefundDue, Refunded, Closed, Invoiced}

// ParseFilter reads a filter from a request's query (state, from, to, q, after). What makes no sense is left out: an old
// or mistyped link shows the list, not an error.
func ParseFilter(get func(name string) string) Filter {
	var f Filter
	if s := State(get("state")); slices.Contains(states, s) {
		f.State = s
	}
	f.From, _ = db.ParseDay(get("from"))
	f.To, _ = db.ParseDay(get("to"))
	f.Search = strings.TrimSpace(cut(strings.ToValidUTF8(strings.ReplaceAll(get("q"), "\x00", ""), ""), 64))
	if _, _, ok := decode(get("after")); ok {
		f.After = get("after")
	}
	return f
}

// Page is a part of a list, newest first. Next is the After of the following page, "" on the last.
type Page[T any] struct {
	Rows []T
	Next string
}

func encode(day db.Day, id int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(string(day) + strconv.FormatInt(id, 36)))
}

func decode(s string) (db.Day, int64, bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 11 || len(b) > 24 {
		return "", 0, false
	}
	day, err := db.ParseDay(string(b[:10]))
	if err != nil {
		return "", 0, false
	}
	id, err := strconv.ParseInt(string(b[10:]), 36, 64)
	return day, id, err == nil && id > 0
}

// keyset narrows q to the filter's days and page, newest first. Table is the alias whose day and id order the list.
func (f Filter) keyset(q *gorm.DB, alias string) *gorm.DB {
	q = f.days(q, alias)
	if day, id, ok := decode(f.After); ok {
		q = q.Where("("+alias+".day, "+alias+".id) < (?, ?)", day, id)
	}
	return q.Order(alias + ".day DESC, " + alias + ".id DESC").Limit(f.size() + 1)
}

// days narrows q to the filter's days.
func (f Filter) days(q *gorm.DB, alias string) *gorm.DB {
	if f.From != "" {
		q = q.Where(alias+".day >= ?", f.From)
	}
	if f.To != "" {
		q = q.Where(alias+".day <= ?", f.To)
	}
	return q
}

func (f Filter) size() int {
	if f.Size <= 0 {
		return PageSize
	}
	return f.Size
}

// search adds a LIKE on columns that are not folded: numbers are ASCII, and descriptions match in either case of A–Z.
func (f Filter) search(q *gorm.DB, columns ...string) *gorm.DB {
	if f.Search == "" {
		return q
	}
	pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(f.Search)) + "%"
	var or []string
	var args []any
	for _, c := range columns {
		or = append(or, "LOWER("+c+`) LIKE ? ESCAPE '\'`)
		args = append(args, pattern)
	}
	return q.Where("("+strings.Join(or, " OR ")+")", args...)
}

// paged cuts the row too many that keyset asked for, and says where the next page begins.
func paged[R, T any](f Filter, rows []R, at func(R) (db.Day, int64), show func(R) T) Page[T] {
	var p Page[T]
	if len(rows) > f.size() {
		rows = rows[:f.size()]
		p.Next = encode(at(rows[len(rows)-1]))
	}
	for _, r := range rows {
		p.Rows = append(p.Rows, show(r))
	}
	return p
}

// find reads one of the customer's own records; anybody else's is db.ErrNotFound.
func find[T any](ctx context.Context, m Mine, id int64) (T, error) {
	row, err := db.From[T](m.s.d.Q(ctx)).Where("id = ? AND customer_id = ?", id, m.id).Take()
	return row, db.Found(err)
}
