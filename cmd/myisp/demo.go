package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"myisp/models"
	"myisp/models/seed"
)

type demoCmd struct {
	Addr  string `env:"MYISP_ADDR" default:"127.0.0.1:8080" help:"Where to listen."`
	Reset bool   `help:"Throw the demo's data away and make it anew."`
}

// Run makes the pretend provider's data unless they are there, and serves until the process is told to stop. Mail and SMS
// are kept for /admin/outbox.
func (cmd *demoCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	if err := free(ctx, cmd.Addr); err != nil {
		return err
	}
	m, err := cmd.open(ctx, env, s)
	if err != nil {
		return err
	}
	defer m.Close()
	couriers, err := env.couriers(m, true)
	if err != nil {
		return err
	}
	return serve(ctx, m, env, couriers, cmd.Addr, true, func(addr net.Addr) {
		warn(s.Err, addr)
		welcome(s.Out, addr)
	})
}

// warn says loudly that others can reach a demo. Its host comes from each request, because it has no MYISP_BASE_URL: a link
// in its mail may name any host.
func warn(errs io.Writer, addr net.Addr) {
	host, _, _ := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return
	}
	const line = "********************************************************************************"
	fmt.Fprintf(errs, "\n%s\n  WARNING: this demo listens on %s, where others can reach it.\n\n"+
		"  Everybody knows its passwords, staff's too. Everybody who logs in as staff\n"+
		"  reads its mail, reset codes and all. Links in that mail lead to whatever host\n"+
		"  the asking browser named. Keep it to people you trust, never put real data\n"+
		"  into it, and run \"myisp serve\" for anything else.\n%s\n", line, addr, line)
}

// free reports a port in use before anything is made or thrown away; serve listens later.
func free(ctx context.Context, addr string) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w\n  is another demo running? --addr 127.0.0.1:8081 takes another port", addr, err)
	}
	return l.Close()
}

// open opens the demo's database and fills it when it is empty.
func (cmd *demoCmd) open(ctx context.Context, env *Environment, s Streams) (*models.Models, error) {
	own := env.DatabaseURL == ""
	path := filepath.Join(env.DataDir, "demo.db")
	if own {
		env.DatabaseURL = "sqlite:" + path
		if cmd.Reset {
			if err := remove(path); err != nil {
				return nil, err
			}
		}
	}
	m, err := env.open(ctx)
	if err != nil {
		return nil, err
	}
	if err = m.Migrate(ctx); err == nil && cmd.Reset && !own {
		err = cmd.empty(ctx, m)
	}
	if err == nil {
		err = fill(ctx, m, s.Err)
	}
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// remove deletes the demo's database file with what SQLite keeps beside it.
func remove(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// empty empties a database that DATABASE_URL names. It must be a demo's: the URL may be that of a real installation.
func (cmd *demoCmd) empty(ctx context.Context, m *models.Models) error {
	filled, err := seed.Filled(ctx, m)
	if err != nil {
		return err
	}
	if n, err := m.DB.Rows(ctx, "customers"); err != nil || n > 0 && !filled {
		return errors.Join(err, errors.New("--reset empties demo databases only, and DATABASE_URL names another: nothing was changed"))
	}
	if err := seed.Empty(ctx, m); err != nil {
		return err
	}
	return m.Migrate(ctx) // which makes the Default partner again
}

func fill(ctx context.Context, m *models.Models, errs io.Writer) error {
	filled, err := seed.Filled(ctx, m)
	if err != nil || filled {
		return err
	}
	fmt.Fprintln(errs, "Making the pretend provider …")
	err = seed.Demo(ctx, m, m.DB.Now())
	if errors.Is(err, seed.ErrNotEmpty) {
		return fmt.Errorf("%w\n  give the demo a database of its own, or leave DATABASE_URL empty", err)
	}
	return err
}

// reachable is host and port at which this machine reaches a listener.
func reachable(addr net.Addr) string {
	host, port, _ := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// welcome says where to go and as whom.
func welcome(out io.Writer, addr net.Addr) {
	here := reachable(addr)
	_, port, _ := net.SplitHostPort(here)
	fmt.Fprintf(out, "\nMyISP demo\n\n  Portal        http://%s/\n  Second brand  http://%s/\n  Staff         http://%s/admin/login\n  Mail and SMS  http://%s/admin/outbox\n\n",
		here, net.JoinHostPort(seed.HarborHost, port), here, here)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  Who\tLogin\tE-mail\tPassword\tWhere\tShows")
	for _, l := range seed.Logins() {
		where := "portal"
		switch {
		case l.Staff:
			where = "staff"
		case l.Host != "":
			where = "both brands"
		}
		fmt.Fprintln(t, "  "+strings.Join([]string{l.Who, l.Login, l.Email, seed.Password, where, l.Shows}, "\t"))
	}
	t.Flush()
	fmt.Fprint(out, "\nCtrl-C stops it; the data stay. --reset makes them anew.\n\n")
}
