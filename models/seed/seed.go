// Package seed makes the pretend provider of the demo, and synthetic customers in bulk for benchmarks.
//
// The pretend provider is the same in the demo, tests and screenshots (design idea 10): Alice, Bob, Carla, Omar and
// Northwind, whose stories begin relative to today, so that the demo is always fresh. Everything goes through the
// functions that real events go through, so the books agree (finance.Verify).
package seed

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"myisp/models"
	"myisp/models/catalog"
	"myisp/models/db"
	"myisp/models/portal"
)

// Password is the password of every demo log-in.
const Password = "myisp-demo"

// ErrNotEmpty says that a database holds customers that are not the demo's: the demo is for databases of its own.
var ErrNotEmpty = errors.New("seed: the database holds customers already, and not the demo's")

// Login is one row of the demo's table of log-ins (design/interface.md).
type Login struct {
	Who, Login, Email, Shows string
	Staff                    bool
	Host                     string // of the partner, when it has one of its own
}

// HarborHost is the host name of the second partner's brand.
const HarborHost = "harbor.localhost"

// Logins lists the demo's log-ins.
func Logins() []Login {
	return []Login{
		{Who: "Alice Carter", Login: "alice", Email: "alice@example.com", Shows: "recurring; one unpaid and one overdue invoice, ticket reply"},
		{Who: "Bob Novak", Login: "bob", Email: "bob@example.com", Shows: "prepaid; proforma invoice, refill card, outage"},
		{Who: "Carla Díaz", Login: "carla", Email: "carla@example.com", Shows: "blocked for non-payment, Spanish"},
		{Who: "Omar Haddad", Login: "omar", Email: "omar@example.com", Shows: "new, nothing yet, Arabic"},
		{Who: "Northwind Ltd", Login: "northwind", Email: "office@northwind.example", Shows: "business with sub-accounts, second brand", Host: HarborHost},
		{Who: "Ada Admin", Login: "admin", Email: "admin@example.com", Shows: "administrator", Staff: true},
		{Who: "Sam Support", Login: "support", Email: "support@example.com", Shows: "support agent", Staff: true},
	}
}

// Demo fills an empty migrated database with the pretend provider as of now. It is one transaction, so there is never half
// a demo; filling a filled database does nothing. A database with other customers in it is ErrNotEmpty.
func Demo(ctx context.Context, m *models.Models, now time.Time) error {
	done, err := Filled(ctx, m)
	if err != nil || done {
		return err
	}
	n, err := m.DB.Rows(ctx, "customers")
	if err != nil {
		return err
	}
	if n > 0 {
		return ErrNotEmpty
	}
	return m.DB.Tx(ctx, func(ctx context.Context) error {
		i := newISP(m, now)
		for _, step := range []func(context.Context) error{
			m.Finance.EnsureDefaults, i.partners, i.settings, i.help, i.offer, i.gateways, i.staff,
			i.attributes, i.alice, i.aliceAttributes, i.bob, i.carla, i.omar, i.northwind, i.labels, i.crowd, i.live, i.announce, i.transfers, i.mark,
		} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// mark is the row that says that the demo is complete; it commits with everything else.
const markSource, markKind, markID = "myisp", "seed", "demo"

// Filled reports whether the database holds the demo.
func Filled(ctx context.Context, m *models.Models) (bool, error) {
	var n int64
	err := m.DB.Q(ctx).Table("external_refs").Where("source = ? AND kind = ? AND external_id = ?", markSource, markKind, markID).Count(&n).Error
	return n > 0, err
}

func (i *isp) mark(ctx context.Context) error {
	return i.m.DB.Q(ctx).Exec(`INSERT INTO external_refs (source, kind, external_id, local_id) VALUES (?, ?, ?, 1)`, markSource, markKind, markID).Error
}

// isp is the pretend provider while it is made.
type isp struct {
	m     *models.Models
	now   time.Time
	today db.Day
	// rand has a fixed seed: two demos of one day are the same to the letter.
	rand   *rand.Rand
	harbor int64 // the second partner

	riverside, oldTown, hillcrest, harborside int64 // locations
	vat, btw                                  catalog.Tax
	plans                                     map[string]catalog.Plan // by title
	diary                                     []event
}

// zone is where the Default partner's days begin.
var zone = orUTC(time.LoadLocation("Europe/Dublin"))

func orUTC(z *time.Location, err error) *time.Location {
	if err != nil {
		return time.UTC // a machine without zone data still gets a demo
	}
	return z
}

func newISP(m *models.Models, now time.Time) *isp {
	return &isp{m: m, now: db.Time(now), today: db.DayOf(now, zone), rand: rand.New(rand.NewPCG(2026, 11)), plans: map[string]catalog.Plan{}}
}

// ago is a moment before now.
func (i *isp) ago(d time.Duration) time.Time { return db.Time(i.now.Add(-d)) }

const day = 24 * time.Hour

// partnerOf is the partner that sells at a location: the second one serves the harbour.
func (i *isp) partnerOf(location int64) int64 {
	if location == i.harborside {
		return i.harbor
	}
	return portal.DefaultPartner
}
