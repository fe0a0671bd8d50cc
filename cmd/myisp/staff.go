package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"myisp/models"
	"myisp/models/db"
	"myisp/models/staff"
	"myisp/views/i18n"
)

type staffCmd struct {
	Add    staffAddCmd    `cmd:"" help:"Add a member of staff; the password is read from standard input."`
	Passwd staffPasswdCmd `cmd:"" help:"Give a member of staff a new password, read from standard input."`
	List   staffListCmd   `cmd:"" help:"List the staff."`

	TotpReset staffTotpResetCmd `cmd:"" help:"Take a member's second factor away, when authenticator and recovery codes are lost."`
}

type staffAddCmd struct {
	Login string `arg:"" help:"What they log in with."`
	Email string `required:"" help:"Their e-mail address."`
	Name  string `help:"Their name; the login when left out."`
	Role  string `default:"administrator" help:"administrator, finance, support, read_only, or a role of your own."`
}

// Run adds the member.
func (cmd *staffAddCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	password, err := readPassword(s)
	if err != nil {
		return err
	}
	if cmd.Name == "" {
		cmd.Name = cmd.Login
	}
	return env.opened(ctx, func(m *models.Models) error {
		member := staff.Member{Login: cmd.Login, Email: cmd.Email, Name: cmd.Name, Role: cmd.Role}
		if err := m.Staff.Add(ctx, &member, password); err != nil {
			return inWords(ctx, err)
		}
		fmt.Fprintf(s.Out, "Added %s (%s). They log in at /admin/login.\n", member.Login, member.Role)
		return nil
	})
}

type staffPasswdCmd struct {
	Login string `arg:"" help:"Whose password."`
}

// Run changes the password.
func (cmd *staffPasswdCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	password, err := readPassword(s)
	if err != nil {
		return err
	}
	return env.opened(ctx, func(m *models.Models) error {
		if err := m.Staff.SetPassword(ctx, cmd.Login, password); err != nil {
			return inWords(ctx, err)
		}
		fmt.Fprintf(s.Out, "%s has a new password and is logged out everywhere.\n", cmd.Login)
		return nil
	})
}

type staffTotpResetCmd struct {
	Login string `arg:"" help:"Whose second factor."`
}

// Run takes the second factor away; it is entered into the audit log.
func (cmd *staffTotpResetCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	return env.opened(ctx, func(m *models.Models) error {
		if err := m.Staff.ResetFactor(ctx, cmd.Login); err != nil {
			return inWords(ctx, err)
		}
		fmt.Fprintf(s.Out, "%s logs in with the password alone now, and sets up a new second factor at /admin/security.\n", cmd.Login)
		return nil
	})
}

type staffListCmd struct{}

// Run lists the staff.
func (staffListCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	return env.opened(ctx, func(m *models.Models) error {
		list, err := m.Staff.All(ctx)
		for _, member := range list {
			state := ""
			if member.HasFactor() {
				state = " (second factor)"
			}
			if member.Disabled {
				state += " (disabled)"
			}
			fmt.Fprintf(s.Out, "%-20s %-14s %-30s %s%s\n", member.Login, member.Role, member.Email, member.Name, state)
		}
		return err
	})
}

type customerCmd struct {
	Passwd customerPasswdCmd `cmd:"" help:"Give a customer a password, read from standard input."`
}

type customerPasswdCmd struct {
	Login string `arg:"" help:"The customer's login."`
}

// Run gives the password; nobody is notified.
func (cmd *customerPasswdCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	password, err := readPassword(s)
	if err != nil {
		return err
	}
	return env.opened(ctx, func(m *models.Models) error {
		c, err := m.Customers.ByLogin(ctx, cmd.Login)
		if err != nil {
			return inWords(ctx, err)
		}
		if err := m.Customers.SetPassword(ctx, c.ID, password); err != nil {
			return inWords(ctx, err)
		}
		fmt.Fprintf(s.Out, "%s (%s) can log in with the new password.\n", c.Login, c.Name)
		return nil
	})
}

// readPassword takes one line of standard input: a password on the command line would stand in the process list.
func readPassword(s Streams) (string, error) {
	fmt.Fprint(s.Err, "Password: ")
	line, err := bufio.NewReader(io.LimitReader(s.In, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", usagef("the password is read from standard input, and there was none")
	}
	return line, nil
}

// inWords turns an error of models into the sentences that a person would read in the portal.
func inWords(ctx context.Context, err error) error {
	var invalid db.Invalid
	if errors.As(err, &invalid) {
		var parts []string
		for field, key := range invalid {
			parts = append(parts, field+": "+i18n.T(ctx, key))
		}
		return errors.New(strings.Join(parts, "; "))
	}
	var e *db.Error
	if errors.As(err, &e) && e.Kind != db.Internal {
		return errors.New(i18n.T(ctx, e.Key))
	}
	return err
}
