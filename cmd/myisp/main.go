// Command myisp is the customer portal of an internet provider: server, demo and tools in one binary.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes (design: 0 done, 1 failed, 2 wrong usage).
const (
	exitFailed = 1
	exitUsage  = 2
)

// program is the command line. Flags win over the environment, the environment over defaults.
type program struct {
	Environment

	Demo     demoCmd     `cmd:"" help:"Make a pretend provider with data, and start the portal on it. Needs nothing else."`
	Serve    serveCmd    `cmd:"" help:"Bring the schema up to date and start the portal."`
	Migrate  migrateCmd  `cmd:"" help:"The database schema by itself."`
	Seed     seedCmd     `cmd:"" help:"Fill the database with synthetic customers, for benchmarks."`
	Staff    staffCmd    `cmd:"" help:"Staff accounts; the first administrator of a new installation."`
	Customer customerCmd `cmd:"" help:"Customers' passwords."`
	Config   configCmd   `cmd:"" help:"Settings of Config → Main → Portal."`
	Books    booksCmd    `cmd:"" help:"The ledger: prove that it agrees."`
	Import   importCmd   `cmd:"" help:"Bring data from elsewhere in."`
	Doctor   doctorCmd   `cmd:"" help:"Check the installation, and say how to mend what is wrong."`
	Backup   backupCmd   `cmd:"" help:"Everything into one file."`
	Restore  restoreCmd  `cmd:"" help:"Everything from one file into an empty database."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Streams are the standard streams, so that tests can run the whole program.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// run is the whole program; it returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	var p program
	exit := -1
	parser, err := kong.New(&p, kong.Name("myisp"), kong.Description("The customer portal of an internet provider."), kong.UsageOnError(),
		kong.Writers(out, errs), kong.Exit(func(code int) { exit = code }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(errs, "myisp:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 {
		return exit // --help has been printed
	}
	if err != nil {
		fmt.Fprintf(errs, "myisp: %v (myisp --help lists the commands)\n", err)
		return exitUsage
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: p.LogLevel})))
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(&p.Environment, Streams{In: in, Out: out, Err: errs})
	var usage usageError
	switch {
	case err == nil, errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(errs, "myisp: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(errs, "myisp: %v\n", err)
	return exitFailed
}

// usageError is a mistake in how the command was called.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }
