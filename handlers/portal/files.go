package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/limit"
	"myisp/views/errs"
	"myisp/views/export"
	"myisp/views/ui"
)

// filesPerCustomer is more than somebody needs who saves the invoices of some years one by one, and less than would keep a
// core busy: a PDF takes some 60 ms, the longest list a quarter of a second.
var filesPerCustomer = limit.Rule{Name: "files:customer", Max: 60, Window: 10 * time.Minute}

// fileOf is the format of the file that a request asks for: "pdf" by its path, and "pdf", "csv" or "xlsx" by ?format= or
// by Accept. It is "" for a page.
func fileOf(c echo.Context) string {
	if strings.HasSuffix(c.Request().URL.Path, ".pdf") {
		return "pdf"
	}
	switch format := c.QueryParam("format"); format {
	case "pdf", "csv", "xlsx":
		return format
	case "":
		return export.Accepted(c.Request().Header.Get("Accept"))
	}
	return ""
}

const deskKey = "desk"

// Files wraps a handler that makes files besides its page: files are made at the desk, and counted for each customer.
func (h *Handlers) Files(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if fileOf(c) == "" {
			return next(c)
		}
		me, shell := web.From(c).Me(), func() (ui.Shell, error) { return h.shell(c, "", "finance") }
		count := func(ctx context.Context) error {
			return h.m.Limits.Take(ctx, filesPerCustomer, strconv.FormatInt(me, 10))
		}
		return noFile(c, h.atDesk(c, visitor{customer: me}, count, next), shell)
	}
}

// atDesk makes a file at the desk, once it is counted.
func (h *Handlers) atDesk(c echo.Context, who visitor, count func(context.Context) error, next echo.HandlerFunc) error {
	ctx := c.Request().Context()
	leave, err := h.desk.enter(ctx, who)
	if err != nil {
		return err
	}
	defer leave()
	if err := count(ctx); err != nil {
		return err
	}
	c.Set(deskKey, leave)
	return next(c)
}

// made gives the place at the desk to the next: a file that is made may take its reader a minute to receive.
func made(c echo.Context) {
	if leave, ok := c.Get(deskKey).(func()); ok {
		leave()
	}
}

// desk is where files are made: some at once, the others wait their turn, and who would wait too long is sent away. So a
// crowd of PDFs neither slows the pages nor takes more memory than there is.
type desk struct {
	places chan struct{}
	line   int // how many may be at the desk, those that wait included
	mu     sync.Mutex
	all    int
	each   map[visitor]int
}

// visitor is who waits at the desk: a customer, or whoever has a pay link, who takes no place of its customer's.
type visitor struct{ customer, link int64 }

const (
	linePerPlace = 16 // a second or two, for the last in it
	linePerHead  = 4  // nobody fills the line alone
)

// newDesk makes a desk with a place for every other core, so that pages have the rest.
func newDesk(cores int) *desk {
	places := max(1, cores/2)
	return &desk{places: make(chan struct{}, places), line: places * (1 + linePerPlace), each: map[visitor]int{}}
}

func deskOfThisMachine() *desk { return newDesk(runtime.GOMAXPROCS(0)) }

// errFull says that the line at the desk is too long.
var errFull = errors.New("too many files are being made")

// enter waits for a place, as long as ctx lasts; leave gives it back and may be called again. Errors: errFull,
// limit.TooMany when the visitor has others in the line, and that of ctx.
func (d *desk) enter(ctx context.Context, who visitor) (leave func(), err error) {
	d.mu.Lock()
	switch {
	case d.each[who] >= linePerHead:
		err = limit.TooMany{RetryAfter: 2 * time.Second}
	case d.all >= d.line:
		err = errFull
	default:
		d.all++
		d.each[who]++
	}
	d.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case d.places <- struct{}{}:
		return sync.OnceFunc(func() { <-d.places; d.out(who) }), nil
	case <-ctx.Done():
		d.out(who)
		return nil, ctx.Err()
	}
}

func (d *desk) out(who visitor) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all--
	if d.each[who]--; d.each[who] == 0 {
		delete(d.each, who)
	}
}

// errTooLong says that a list has more rows than a file may hold.
var errTooLong = errors.New("too many rows for one file")

// noFile tells the person why there is no file, and what to do, in the frame of their pages; errors that are not about files go on.
func noFile(c echo.Context, err error, shell func() (ui.Shell, error)) error {
	page := errs.Error{RequestID: c.Response().Header().Get(echo.HeaderXRequestID)}
	switch {
	case errors.As(err, new(limit.TooMany)):
		page.Status, page.TextKey, page.Retry = http.StatusTooManyRequests, "finance.file.many_text", again(c)
		web.SetRetryAfter(c, err)
	case errors.Is(err, errFull), errors.Is(err, context.Canceled):
		page.Status, page.TitleKey, page.TextKey, page.Retry = http.StatusServiceUnavailable, "finance.file.busy", "finance.file.busy_text", again(c)
		c.Response().Header().Set("Retry-After", "5")
	case errors.Is(err, errTooLong):
		page.Status, page.TitleKey, page.TextKey, page.Back = http.StatusUnprocessableEntity, "finance.file.long", "finance.file.long_text", withoutFormat(c)
	default:
		return err
	}
	if page.Shell, err = shell(); err != nil {
		return err
	}
	return web.Render(c, page.Status, errs.ErrorPage(page))
}

// again is the address that was asked for.
func again(c echo.Context) string { return web.SafeNext(c.Request().URL.RequestURI()) }

// withoutFormat is the page of the list whose file was asked for, with its filter.
func withoutFormat(c echo.Context) string {
	q := c.Request().URL.Query()
	q.Del("format")
	return web.SafeNext((&url.URL{Path: c.Request().URL.Path, RawQuery: q.Encode()}).String())
}
