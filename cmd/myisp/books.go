package main

import (
	"context"
	"errors"
	"fmt"
)

type booksCmd struct {
	Verify booksVerifyCmd `cmd:"" help:"Prove that every balance follows from the ledger; fails when one does not."`
}

type booksVerifyCmd struct{}

// errBooks is the answer of a verification that found something.
var errBooks = errors.New("the books do not agree; automatic payments stand still until a verification finds everything right (docs/operating.md, “When the books do not agree”)")

// Run verifies the books and keeps the outcome, as the nightly job does: one that finds everything right clears the alarm.
func (booksVerifyCmd) Run(ctx context.Context, env *Environment, s Streams) error {
	m, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer m.Close()
	steps, err := m.MigrationStatus(ctx)
	if err != nil {
		return err
	}
	if n := len(waitingSteps(steps)); n > 0 { // it only reads, and an empty database is more often the wrong one
		return fmt.Errorf("%d of %d steps of the schema are missing\n  check MYISP_DATA_DIR and DATABASE_URL; if this is the right database, run \"myisp migrate up\"", n, len(steps))
	}
	r, err := m.VerifyBooks(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "%d ledger transactions, %d entries, %d accounts, %d invoices, %d payments.\n", r.Transactions, r.Entries, r.Accounts, r.Invoices, r.Payments)
	for _, f := range r.Findings {
		fmt.Fprintln(s.Out, f)
	}
	if !r.OK() {
		return errBooks
	}
	fmt.Fprintln(s.Out, "The books agree.")
	return nil
}
