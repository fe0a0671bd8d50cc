package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"myisp/models"
	"myisp/models/seed"
)

type seedCmd struct {
	Customers int    `default:"1000" help:"How many customers."`
	Months    int    `default:"24" help:"How many months of invoices and payments each."`
	Seed      uint64 `default:"1" help:"The same number makes the same customers."`
}

// Run adds synthetic customers to the configured database, and shows how it goes on standard error.
func (cmd *seedCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	if cmd.Customers < 1 || cmd.Months < 0 || cmd.Months > 240 {
		return usagef("--customers must be at least 1, --months from 0 to 240")
	}
	return env.opened(ctx, func(m *models.Models) error {
		shown := newProgress(s.Err)
		r, err := seed.Bulk(ctx, m, seed.Options{Customers: cmd.Customers, Months: cmd.Months, Seed: cmd.Seed, Progress: func(p seed.Progress) {
			shown.line(p.Customers == p.Of, "%d of %d customers · %d rows · %.0f rows/s", p.Customers, p.Of, p.Rows, p.PerSecond())
		}})
		if err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "%d rows for %d customers in %s (%.0f rows/s). They log in as %s … %s with the password %s.\n", r.Rows, r.Customers,
			r.Elapsed.Round(10*time.Millisecond), r.PerSecond(), seed.BulkLogin(r.First), seed.BulkLogin(r.Last), seed.BulkPassword)
		return nil
	})
}

// progress shows one line that changes: on a terminal in place, elsewhere (a log) as a line every few seconds.
type progress struct {
	out      io.Writer
	terminal bool
	last     time.Time
}

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, last: time.Now()}
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			p.terminal = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return p
}

// line shows the line if it is time; end shows it in any case and leaves it standing.
func (p *progress) line(end bool, format string, args ...any) {
	every := 5 * time.Second
	if p.terminal {
		every = 200 * time.Millisecond
	}
	if now := time.Now(); !end && now.Sub(p.last) < every {
		return
	} else {
		p.last = now
	}
	text := fmt.Sprintf(format, args...)
	switch {
	case !p.terminal:
		fmt.Fprintln(p.out, text)
	case end:
		fmt.Fprintf(p.out, "\r\x1b[K%s\n", text)
	default:
		fmt.Fprintf(p.out, "\r\x1b[K%s", text)
	}
}
