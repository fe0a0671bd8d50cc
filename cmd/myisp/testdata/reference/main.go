// Command reference is the yardstick of the quality bars: a bare Echo + templ program that answers with a page of the size
// of home after four batched, indexed queries through pgx over the same rows. It knows no sessions, settings or languages.
//
//	reference ADDRESS DATABASE_URL PAGE CUSTOMERS
//
// PAGE is a file with home's HTML. Its markup stands as templ would have it in the program, and its texts are escaped anew
// for each answer, as templ does with values.
package main

import (
	"context"
	"html"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/a-h/templ"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

var queries = []string{
	"SELECT id, name FROM customers WHERE id = $1",
	"SELECT balance, currency FROM ledger_accounts WHERE kind = 'customer' AND owner_id = $1",
	"SELECT due, number FROM invoices WHERE customer_id = $1 ORDER BY day DESC, id DESC LIMIT 5",
	"SELECT unit_price, description FROM services WHERE customer_id = $1 ORDER BY id LIMIT 5",
}

func main() {
	address, database, file := os.Args[1], os.Args[2], os.Args[3]
	customers, err := strconv.ParseInt(os.Args[4], 10, 64)
	check(err)
	pool, err := pgxpool.New(context.Background(), database)
	check(err)
	raw, err := os.ReadFile(file)
	check(err)
	body := page(string(raw))
	var turn atomic.Int64
	e := echo.New()
	e.Use(middleware.GzipWithConfig(middleware.GzipConfig{Level: 1}))
	e.GET("/", func(c echo.Context) error {
		if err := read(c.Request().Context(), pool, turn.Add(1)%customers+1); err != nil {
			return err
		}
		c.Response().Header().Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
		return body.Render(c.Request().Context(), c.Response())
	})
	check(http.ListenAndServe(address, e))
}

func read(ctx context.Context, pool *pgxpool.Pool, customer int64) error {
	batch := &pgx.Batch{}
	for _, q := range queries {
		batch.Queue(q, customer)
	}
	results := pool.SendBatch(ctx, batch)
	for range queries {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		var n int64
		var text string
		if _, err := pgx.ForEachRow(rows, []any{&n, &text}, func() error { return nil }); err != nil {
			return err
		}
	}
	return results.Close()
}

// page cuts HTML into markup and texts.
func page(s string) templ.Component {
	var pieces []string // markup and text in turns
	for s != "" {
		i := strings.IndexByte(s, '>') + 1
		if i == 0 {
			i = len(s)
		}
		j := strings.IndexByte(s[i:], '<')
		if j < 0 {
			j = len(s) - i
		}
		pieces, s = append(pieces, s[:i], html.UnescapeString(s[i:i+j])), s[i+j:]
	}
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		b := templ.GetBuffer()
		defer templ.ReleaseBuffer(b)
		for i, p := range pieces {
			if i%2 == 1 {
				p = templ.EscapeString(p)
			}
			b.WriteString(p)
		}
		_, err := w.Write(b.Bytes())
		return err
	})
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
