package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/backup"
)

// passphraseName is the variable that seals archives. It is no flag: flags stand in the process list.
const passphraseName = "MYISP_BACKUP_PASSPHRASE"

// uploads is the folder of uploaded files in the data directory.
func (e *Environment) uploads() string { return filepath.Join(e.DataDir, "uploads") }

func (e *Environment) archive(s Streams) backup.Options {
	shown := newProgress(s.Err)
	return backup.Options{Uploads: e.uploads(), Passphrase: os.Getenv(passphraseName), Program: version(),
		Progress: func(table string, rows int64) { shown.line(false, "%s: %d rows", table, rows) }}
}

type backupCmd struct {
	File string `arg:"" help:"The archive to make. It must not exist."`
}

// Run writes everything into one file: the database as of one moment, uploads, and which MYISP_SECRET belongs to it.
func (cmd *backupCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	m, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer m.Close()
	o := env.archive(s)
	man, err := backup.Save(ctx, m, cmd.File, o)
	if err != nil {
		return err
	}
	info, err := os.Stat(cmd.File)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "Backed up %d rows of %d tables and %d files into %s (%d bytes).\n", man.Rows(), len(man.Tables), len(man.Files), cmd.File, info.Size())
	fmt.Fprintln(s.Out, "MYISP_SECRET is not in it. Keep it too, elsewhere: without it nobody's second factor opens and the audit log does not verify.")
	if o.Passphrase == "" {
		fmt.Fprintf(s.Err, "WARNING: the archive holds customers' data for everybody who gets the file. Set %s to seal it.\n", passphraseName)
	}
	return nil
}

type restoreCmd struct {
	File string `arg:"" type:"existingfile" help:"An archive that \"myisp backup\" made."`
}

// Run fills an empty database of either kind with an archive, and brings the schema up to date.
func (cmd *restoreCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	m, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer m.Close()
	r, err := backup.Restore(ctx, m, cmd.File, env.archive(s))
	switch {
	case errors.Is(err, secret.ErrPassphrase):
		return fmt.Errorf("%w\n  %s must be what it was when the archive was made", err, passphraseName)
	case errors.Is(err, backup.ErrNotEmpty), errors.Is(err, backup.ErrSchema):
		return fmt.Errorf("%w\n  name another with DATABASE_URL or --data-dir", err)
	case err != nil:
		return err
	}
	if err := m.Migrate(ctx); err != nil {
		return fmt.Errorf("the rows are restored, the schema is not up to date: %w\n  run \"myisp migrate up\"", err)
	}
	err = m.SetRecord(ctx, models.RecordRestore, true, models.BackupDetails{File: filepath.Base(cmd.File), Rows: r.Manifest.Rows(), CreatedAt: r.Manifest.CreatedAt})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "Restored %d rows of %d tables and %d files, as of %s.\n", r.Manifest.Rows(), len(r.Manifest.Tables), len(r.Manifest.Files), r.Manifest.CreatedAt.Format("2006-01-02 15:04:05 MST"))
	if r.OtherSecret {
		fmt.Fprintln(s.Err, "WARNING: MYISP_SECRET is not the one of the installation that was backed up. Everybody has to log in again, mail and SMS that\n"+
			"were waiting cannot be sent, second factors do not open, and the audit log does not verify. Start with the old secret to keep them.")
	}
	fmt.Fprintln(s.Out, "Run \"myisp doctor\" to check the books and the audit log.")
	return nil
}
