package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"myisp/models/migrations"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply every step the database has not had."`
	Status migrateStatusCmd `cmd:"" help:"List the steps."`
}

type migrateUpCmd struct{}

// Run migrates.
func (migrateUpCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	m, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer m.Close()
	if err := m.Migrate(ctx); err != nil {
		return err
	}
	fmt.Fprintln(s.Out, "The schema is up to date.")
	return nil
}

type migrateStatusCmd struct{}

// Run lists the steps.
func (migrateStatusCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	m, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer m.Close()
	steps, err := m.MigrationStatus(ctx)
	for _, step := range steps {
		mark := "waiting"
		if step.Applied {
			mark = "applied"
		}
		fmt.Fprintf(s.Out, "%-8s %s\n", mark, step.ID)
	}
	return err
}

func waitingSteps(steps []migrations.Step) (ids []string) {
	for _, s := range steps {
		if !s.Applied {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

type versionCmd struct{}

// Run prints the version that the Go toolchain recorded.
func (versionCmd) Run(s Streams) error {
	fmt.Fprintln(s.Out, "myisp", version())
	return nil
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development"
}

// revision is the commit that the program was built from and when, as far as the toolchain recorded them.
func revision() (commit string, at time.Time) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", at
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))] + commit
		case "vcs.time":
			at, _ = time.Parse(time.RFC3339, s.Value)
		case "vcs.modified":
			if s.Value == "true" {
				commit += "+"
			}
		}
	}
	return commit, at
}
