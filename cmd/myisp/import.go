package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"myisp/internal/csvmap"
	"myisp/models"
	"myisp/models/imports"
)

type importCmd struct {
	CSV importCSVCmd `cmd:"" name:"csv" help:"Customers, plans, services, invoices with items, or payments from a CSV file and a mapping."`
}

type importCSVCmd struct {
	Kind    string `arg:"" enum:"customers,plans,services,invoices,payments" help:"customers, plans, services, invoices (with items) or payments: what a line of the file is."`
	File    string `arg:"" help:"The CSV file, UTF-8; - is standard input."`
	Map     string `required:"" placeholder:"FILE.toml" help:"The mapping; docs/examples has some."`
	DryRun  bool   `help:"Do everything and write nothing."`
	Source  string `default:"csv" help:"Where the ids come from. Files of one system share it."`
	Partner int64  `default:"1" help:"The partner whose customers and plans these are."`
	Report  string `placeholder:"FILE" help:"Write the bad lines to this file too."`
}

// Run imports the file. Bad lines are named at the end and make the exit code 1; the others are imported.
func (cmd *importCSVCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	mapping, err := cmd.mapping()
	if err != nil {
		return err
	}
	in, size, err := cmd.file(s)
	if err != nil {
		return err
	}
	defer in.Close()
	reader, err := csvmap.NewReader(bufio.NewReaderSize(in, 1<<16), mapping)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	return env.opened(ctx, func(m *models.Models) error {
		shown := newProgress(s.Err)
		sum, err := imports.Run(ctx, m, reader, imports.Options{Source: cmd.Source, PartnerID: cmd.Partner, DryRun: cmd.DryRun, Progress: func(p imports.Progress) {
			shown.line(false, "%s%d lines · %d records · %d bad", percent(p.Bytes, size), p.Lines, p.Records, p.Failed)
		}})
		shown.line(true, "%s%d lines in %s", percent(reader.Bytes(), size), reader.Lines(), sum.Elapsed.Round(10*time.Millisecond))
		return errors.Join(cmd.report(ctx, s, sum), err)
	})
}

// mapping reads the mapping, and sees that it is of the kind that was asked for.
func (cmd *importCSVCmd) mapping() (*csvmap.Mapping, error) {
	data, err := os.ReadFile(cmd.Map)
	if err != nil {
		return nil, fmt.Errorf("the mapping cannot be read: %w", err)
	}
	m, err := csvmap.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cmd.Map, err)
	}
	kind := strings.TrimSuffix(cmd.Kind, "s")
	if m.Kind == "" {
		m.Kind = kind
	}
	if m.Kind != kind {
		return nil, usagef("%s maps %ss, not %s", cmd.Map, m.Kind, cmd.Kind)
	}
	if err := m.Check(imports.Targets()); err != nil {
		return nil, fmt.Errorf("%s: %w", cmd.Map, err)
	}
	return m, nil
}

func (cmd *importCSVCmd) file(s Streams) (io.ReadCloser, int64, error) {
	if cmd.File == "-" {
		return io.NopCloser(s.In), 0, nil
	}
	f, err := os.Open(cmd.File)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

func percent(done, of int64) string {
	if of <= 0 {
		return ""
	}
	return fmt.Sprintf("%3d %% · ", 100*done/of)
}

// report prints what became of each kind, and every line that was not imported. The error is for the exit code.
func (cmd *importCSVCmd) report(ctx context.Context, s Streams, sum imports.Summary) (err error) {
	if cmd.DryRun {
		fmt.Fprintln(s.Out, "Dry run: nothing was written.")
	}
	fmt.Fprintf(s.Out, "%-12s %9s %9s %9s %9s\n", "", "created", "updated", "unchanged", "failed")
	for _, kind := range append(slices.Clone(imports.Kinds), "line") {
		if c, ok := sum.Kinds[kind]; ok {
			fmt.Fprintf(s.Out, "%-12s %9d %9d %9d %9d\n", kind, c.Created, c.Updated, c.Unchanged, c.Failed)
		}
	}
	slices.SortStableFunc(sum.Failures, func(a, b imports.Failure) int { return cmp.Compare(a.Line, b.Line) })
	out := []io.Writer{s.Err}
	if cmd.Report != "" {
		f, e := os.Create(cmd.Report)
		if e != nil {
			return fmt.Errorf("the report cannot be written: %w", e)
		}
		buffered := bufio.NewWriter(f)
		defer func() { err = errors.Join(err, buffered.Flush(), f.Close()) }()
		out = append(out, buffered)
	}
	to := io.MultiWriter(out...)
	for _, f := range sum.Failures {
		fmt.Fprintln(to, words(ctx, f))
	}
	if n := len(sum.Failures); n > 0 {
		return fmt.Errorf("%d of %d lines could not be imported; mend them and run the same command again", n, sum.Lines)
	}
	return nil
}

// words says what is wrong with a line.
func words(ctx context.Context, f imports.Failure) string {
	var line *csvmap.LineError
	if errors.As(f.Err, &line) {
		return line.Error()
	}
	return fmt.Sprintf("line %d: %s: %v", f.Line, f.Kind, inWords(ctx, f.Err))
}
