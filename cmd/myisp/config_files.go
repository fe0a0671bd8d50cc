package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"myisp/internal/gateway/sandbox"
	"myisp/models"
	"myisp/models/configuration"
	"myisp/views/i18n"
)

// directory is what the commands about files of the configuration share.
type directory struct {
	Dir string `arg:"" help:"The directory with the files." type:"path"`
}

// configured opens the installation and its configuration.
func (e *Environment) configured(ctx context.Context, fn func(c *configuration.Store) error) error {
	return e.opened(ctx, func(m *models.Models) error { return fn(configuration.New(m, os.LookupEnv, requiredKeys)) })
}

// requiredKeys names the keys without which a kind of gateway does not work.
func requiredKeys(name string) (keys []string) {
	for _, kind := range append(providers(false), sandbox.Definition(nil, nil)) {
		for _, f := range kind.Fields {
			if kind.Name == name && f.Required {
				keys = append(keys, f.Key)
			}
		}
	}
	return keys
}

type configExportCmd struct{ directory }

// Run writes the files. Partners' files that are no partner's any more are removed; whatever else is there stays.
func (cmd *configExportCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	return env.configured(ctx, func(c *configuration.Store) error {
		files, err := c.Export(ctx)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(cmd.Dir, "partners"), 0o755); err != nil {
			return err
		}
		stale, err := os.ReadDir(filepath.Join(cmd.Dir, "partners"))
		if err != nil {
			return err
		}
		for _, entry := range stale {
			if name := "partners/" + entry.Name(); ofPartner.MatchString(name) && files[name] == nil {
				if err := os.Remove(filepath.Join(cmd.Dir, name)); err != nil {
					return err
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if err := os.WriteFile(filepath.Join(cmd.Dir, filepath.FromSlash(name)), files[name], 0o644); err != nil {
				return err
			}
		}
		fmt.Fprintf(s.Out, "Wrote %d files to %s.\n", len(files), cmd.Dir)
		return nil
	})
}

var ofPartner = regexp.MustCompile(`^partners/[1-9][0-9]*\.(toml|png)$`)

// files reads the directory: the TOML files, and the images beside those of partners.
func (cmd directory) files() (configuration.Files, error) {
	root, err := os.OpenRoot(cmd.Dir)
	if err != nil {
		return nil, usagef("%v", err)
	}
	defer root.Close()
	files := configuration.Files{}
	for _, folder := range []string{".", "partners"} {
		entries, err := fs.ReadDir(root.FS(), folder)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			name := entry.Name()
			image := folder == "partners" && slices.Contains([]string{".png", ".svg", ".jpg", ".jpeg"}, strings.ToLower(filepath.Ext(name)))
			if entry.IsDir() || strings.HasPrefix(name, ".") || !image && filepath.Ext(name) != ".toml" {
				continue
			}
			if folder != "." {
				name = folder + "/" + name
			}
			if files[name], err = readSome(root, name); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

// mostOfFile is more than any file of a configuration has.
const mostOfFile = 8 << 20

func readSome(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostOfFile+1))
	if err == nil && len(data) > mostOfFile {
		err = fmt.Errorf("%s is too big", name)
	}
	return data, err
}

type configValidateCmd struct{ directory }

// Run tries everything and writes nothing.
func (cmd *configValidateCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	files, err := cmd.files()
	if err != nil {
		return err
	}
	return env.configured(ctx, func(c *configuration.Store) error {
		list, err := c.Diff(ctx, files)
		if err != nil {
			return problems(ctx, s, err)
		}
		changes := len(slices.DeleteFunc(list, func(c configuration.Change) bool { return c.Kept }))
		fmt.Fprintf(s.Out, "The configuration is valid; applying it would change %d things.\n", changes)
		return nil
	})
}

type configDiffCmd struct{ directory }

// Run shows what apply would change.
func (cmd *configDiffCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	return cmd.compare(ctx, env, s, (*configuration.Store).Diff, "Applying this would change %d things.\n")
}

type configApplyCmd struct{ directory }

// Run makes the installation what the files say.
func (cmd *configApplyCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	return cmd.compare(ctx, env, s, (*configuration.Store).Apply, "Changed %d things.\n")
}

func (cmd directory) compare(ctx context.Context, env *Environment, s Streams, do func(*configuration.Store, context.Context, configuration.Files) ([]configuration.Change, error), done string) error {
	files, err := cmd.files()
	if err != nil {
		return err
	}
	return env.configured(ctx, func(c *configuration.Store) error {
		list, err := do(c, ctx, files)
		if err != nil {
			return problems(ctx, s, err)
		}
		changed := 0
		for _, one := range list {
			if one.Kept {
				fmt.Fprintf(s.Out, "%s: %s stays: %s\n", one.File, one.What, one.Old)
				continue
			}
			changed++
			fmt.Fprintf(s.Out, "%s: %s: %s → %s\n", one.File, one.What, shown(one.Old), shown(one.New))
		}
		if changed == 0 {
			fmt.Fprintln(s.Out, "Nothing differs.")
			return nil
		}
		fmt.Fprintf(s.Out, done, changed)
		return nil
	})
}

func shown(value string) string {
	if value == "" {
		return "(none)"
	}
	return value
}

// problems names what is wrong with the files, a line each, and sums it up.
func problems(ctx context.Context, s Streams, err error) error {
	var list configuration.Problems
	if !errors.As(err, &list) {
		return err
	}
	for _, p := range list {
		where := p.File
		if p.Line > 0 {
			where += fmt.Sprintf(":%d", p.Line)
		}
		text := p.Text
		if p.Message != "" {
			text = i18n.T(ctx, p.Message, p.Args...)
			if p.Text != "" {
				text = p.Text + ": " + text
			}
		}
		fmt.Fprintln(s.Err, strings.Join(slices.DeleteFunc([]string{where, p.Key, text}, func(s string) bool { return s == "" }), ": "))
	}
	return fmt.Errorf("%d problems in the files; nothing was written. Mend them and try again", len(list))
}
