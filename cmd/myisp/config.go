package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"myisp/models"
	"myisp/models/db"
	"myisp/models/portal"
	"myisp/views/i18n"
)

type configCmd struct {
	Set   configSetCmd   `cmd:"" help:"Set one setting."`
	Reset configResetCmd `cmd:"" help:"Take a setting back to what it inherits."`
	List  configListCmd  `cmd:"" help:"List all settings with their values."`

	Export   configExportCmd   `cmd:"" help:"Write settings, partners, brands, roles and the like as TOML files."`
	Validate configValidateCmd `cmd:"" help:"Check such files; writes nothing."`
	Diff     configDiffCmd     `cmd:"" help:"Show what applying such files would change."`
	Apply    configApplyCmd    `cmd:"" help:"Make the installation what such files say, all or nothing."`
}

// scopeFlag chooses whose value a command is about; General settings take none.
type scopeFlag struct {
	Partner int64 `default:"1" help:"The partner, for Per partner settings."`
}

func (f scopeFlag) of(name string) (int64, error) {
	d := portal.Lookup(name)
	if d == nil {
		return 0, usagef("there is no setting %q (myisp config list names them)", name)
	}
	if d.Scope == portal.General {
		return 0, nil
	}
	return f.Partner, nil
}

type configSetCmd struct {
	scopeFlag
	Setting string `arg:"" help:"Key or id, such as authentication_field or G2."`
	Value   string `arg:"" help:"on, off, a number, a text, or a comma list."`
}

// Run stores the value.
func (cmd *configSetCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	partner, err := cmd.of(cmd.Setting)
	if err != nil {
		return err
	}
	return env.opened(ctx, func(m *models.Models) error {
		if err := m.Portal.Set(ctx, partner, cmd.Setting, cmd.Value); err != nil {
			return told(ctx, err)
		}
		return show(ctx, m, s, max(partner, portal.DefaultPartner), portal.Lookup(cmd.Setting))
	})
}

type configResetCmd struct {
	scopeFlag
	Setting string `arg:"" help:"Key or id."`
}

// Run removes the value.
func (cmd *configResetCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	partner, err := cmd.of(cmd.Setting)
	if err != nil {
		return err
	}
	return env.opened(ctx, func(m *models.Models) error {
		if err := m.Portal.Reset(ctx, partner, cmd.Setting); err != nil {
			return told(ctx, err)
		}
		return show(ctx, m, s, max(partner, portal.DefaultPartner), portal.Lookup(cmd.Setting))
	})
}

// told says in words what is wrong with a value, or what is missing.
func told(ctx context.Context, err error) error {
	var bad db.Invalid
	var other *db.Error
	switch {
	case errors.As(err, &bad):
		var lines []string
		for _, key := range slices.Sorted(maps.Keys(bad)) {
			d := portal.Lookup(key)
			lines = append(lines, fmt.Sprintf("%s (%s): %s", key, d.ID, i18n.T(ctx, bad[key], d.Explain()...)))
		}
		return errors.New(strings.Join(lines, "; "))
	case errors.As(err, &other) && other.Cause != nil:
		return other.Cause
	}
	return err
}

type configListCmd struct{ scopeFlag }

// Run lists the settings as the partner has them; a * marks its own values.
func (cmd *configListCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	return env.opened(ctx, func(m *models.Models) error {
		for _, d := range portal.Declarations() {
			if err := show(ctx, m, s, cmd.Partner, d); err != nil {
				return err
			}
		}
		return nil
	})
}

func show(ctx context.Context, m *models.Models, s Streams, partner int64, d *portal.Declaration) error {
	snap, err := m.Portal.Snapshot(ctx)
	if err != nil {
		return err
	}
	view := snap.Partner(partner)
	if view == nil {
		return usagef("there is no partner %d", partner)
	}
	mark := " "
	if view.Values.Own(d) {
		mark = "*"
	}
	fmt.Fprintf(s.Out, "%-4s%s %-32s %s\n", d.ID, mark, d.Key, view.Values.JSON(d))
	return nil
}
