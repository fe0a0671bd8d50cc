// Package imports brings records of somebody else's spreadsheets in (internal/csvmap reads them): customers, plans,
// services, invoices with their items, payments, and opening transactions.
//
// Every record has an id in its old home. external_refs remembers which row it became, so a second run finds it there:
// customers, plans and services are brought up to date as far as the mapping names their fields, and what is in the books
// stays as it is. Nobody is notified: no job is ever enqueued here.
package imports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"myisp/internal/csvmap"
	"myisp/models"
	"myisp/models/db"
	"myisp/models/portal"
)

// The kinds of records. Item belongs to the invoice of the same line; Transaction is what was before the books began.
const (
	Customer    = "customer"
	Plan        = "plan"
	Service     = "service"
	Invoice     = "invoice"
	Item        = "item"
	Payment     = "payment"
	Transaction = "transaction"
)

// Kinds lists them in the order in which they can be imported: what others refer to comes first.
var Kinds = []string{Customer, Plan, Service, Invoice, Item, Payment, Transaction}

// DefaultSource is the source of a file when none is named.
const DefaultSource = "csv"

// Targets are the fields of each kind that a mapping may fill; docs/examples/README.md explains them.
func Targets() map[string][]string {
	return map[string][]string{
		Customer: {"id", "login", "name", "email", "billing_email", "phone", "street", "zip", "city", "status", "category", "billing_type", "company_id",
			"vat_id", "language", "location", "parent", "created", "currency", "billing_day", "due_day", "blocking_period", "grace_period",
			"min_balance", "payment_method"},
		Plan: {"id", "title", "service_name", "kind", "price", "currency", "tax_rate", "tax_name", "tax_included", "down_kbps", "up_kbps", "archived"},
		Service: {"id", "customer", "plan", "create_plan", "plan_price", "kind", "description", "price", "price_minus", "quantity", "currency", "tax_rate",
			"tax_name", "tax_included", "status", "starts_on", "ends_on", "months", "invoiced_until", "login", "ipv4", "phone", "direction"},
		Invoice: {"id", "number", "customer", "day", "due_day", "kind", "currency", "note", "memo", "total", "from_balance"},
		Item: {"invoice", "description", "quantity", "unit", "price", "tax_rate", "tax_name", "tax_included", "period_from", "period_to",
			"service"},
		Payment: {"id", "customer", "day", "amount", "currency", "method", "receipt_number", "comment", "invoices", "note", "memo",
			"field_1", "field_2", "field_3", "field_4", "field_5"},
		Transaction: {"id", "customer", "day", "type", "amount", "currency", "description", "comment", "against"},
	}
}

// Options say how to import.
type Options struct {
	// Source names where the ids come from; files of one system share it, so that services find their customers.
	// "" is DefaultSource.
	Source string
	// PartnerID is the partner whose customers and plans these are; 0 is the Default partner.
	PartnerID int64
	// DryRun does everything and takes it back at the end. On SQLite nobody else can write meanwhile.
	DryRun bool
	// Progress is called after each batch; may be nil.
	Progress func(Progress)
}

// Progress is how far an import has come.
type Progress struct {
	Lines, Records, Failed int
	Bytes                  int64 // of the file
}

// Counts say what became of the records of a kind.
type Counts struct{ Created, Updated, Unchanged, Failed int }

// Failure is a line, or several of one invoice, that was not imported. Err is a *csvmap.LineError, db.Invalid or *db.Error.
type Failure struct {
	Line int
	Kind string
	Err  error
}

// Summary is the outcome of an import.
type Summary struct {
	Lines    int
	Kinds    map[string]Counts
	Failures []Failure
	Elapsed  time.Duration
}

var errDryRun = errors.New("imports: dry run")

// Run imports all records of a reader whose mapping has passed Check(Targets()). A line that cannot be imported is in the
// Summary and leaves nothing behind; the others are imported. The error is of the file or the database: what was committed
// before it stays, and the next run goes on from there.
func Run(ctx context.Context, m *models.Models, r *csvmap.Reader, o Options) (Summary, error) {
	began := time.Now()
	im, err := newImporter(ctx, m, r, o)
	if err != nil {
		return Summary{}, err
	}
	if o.DryRun {
		ran := false
		err = m.DB.Tx(ctx, func(ctx context.Context) error {
			if ran {
				return errors.New("imports: the database was too busy for a dry run, try again")
			}
			ran = true
			if err := im.all(ctx); err != nil {
				return err
			}
			return errDryRun
		})
		if errors.Is(err, errDryRun) {
			err = nil
		}
	} else {
		err = im.all(ctx)
	}
	im.sum.Lines, im.sum.Elapsed = r.Lines(), time.Since(began)
	return im.sum, err
}

func newImporter(ctx context.Context, m *models.Models, r *csvmap.Reader, o Options) (*importer, error) {
	if o.Source == "" {
		o.Source = DefaultSource
	}
	if len(o.Source) > 64 {
		return nil, fmt.Errorf("imports: the source's name is longer than 64 bytes")
	}
	if o.PartnerID == 0 {
		o.PartnerID = portal.DefaultPartner
	}
	snap, err := m.Portal.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	view := snap.Partner(o.PartnerID)
	if view == nil {
		return nil, fmt.Errorf("imports: there is no partner %d", o.PartnerID)
	}
	if err := m.Ensure(ctx); err != nil {
		return nil, err
	}
	im := &importer{m: m, o: o, reader: r, view: view, zone: view.Values.Zone(), today: db.DayOf(m.DB.Now(), view.Values.Zone()),
		sum: Summary{Kinds: map[string]Counts{}}}
	im.forget()
	return im, nil
}
