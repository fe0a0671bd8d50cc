// Package service holds what a customer has bought: the running, stopped and ended services of all kinds.
package service

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/job"
)

// The kinds of services (spec §3.2); Recurring is what older names call custom.
const (
	Internet  = "internet"
	Voice     = "voice"
	Recurring = "recurring"
	Bundle    = "bundle"
)

// Kinds lists them in the order in which customers see them (SVC-2).
var Kinds = []string{Internet, Voice, Recurring, Bundle}

// Status is where a service stands (SVC-4).
type Status string

// The statuses of a service.
const (
	Active   Status = "active"
	Pending  Status = "pending"
	Stopped  Status = "stopped"
	Disabled Status = "disabled"
	Archived Status = "archived"
)

// Service is one bought thing. UnitPrice is minor units a month before Quantity, which counts thousandths.
type Service struct {
	ID              int64     `gorm:"primaryKey"`
	CustomerID      int64     `gorm:"not null;index"`
	Kind            string    `gorm:"size:16;not null"`
	PlanID          int64     `gorm:"not null;index"`
	BundleServiceID int64     `gorm:"not null"` // the bundle it belongs to, else 0
	Description     string    `gorm:"size:255;not null"`
	Quantity        int64     `gorm:"not null"`
	UnitPrice       int64     `gorm:"not null"`
	Currency        string    `gorm:"size:3;not null"`
	TaxIncluded     bool      `gorm:"not null"`
	TaxID           int64     `gorm:"not null"`
	StartsOn        db.Day    `gorm:"size:10;not null"`
	EndsOn          db.Day    `gorm:"size:10;not null"`
	InvoicedUntil   db.Day    `gorm:"size:10;not null"`
	Status          Status    `gorm:"size:16;not null"`
	Login           string    `gorm:"size:200;not null"`
	IPv4            string    `gorm:"column:ipv4;size:45;not null"`
	Phone           string    `gorm:"size:64;not null"`
	Direction       string    `gorm:"size:16;not null"`
	CopyOf          int64     `gorm:"not null"` // the service that ended when its customer was deactivated, and that this one goes on for (SVC-4)
	CreatedAt       time.Time `gorm:"not null"`
	UpdatedAt       time.Time `gorm:"not null"`
}

// Price is what the service costs a month in minor units, half up.
func (s Service) Price() int64 {
	half := int64(500)
	if s.UnitPrice < 0 {
		half = -half
	}
	return (s.UnitPrice*s.Quantity + half) / 1000
}

// Cost is Price in its currency.
func (s Service) Cost() money.Money { return money.Of(s.Price(), money.Currency(s.Currency)) }

// Store holds all services.
type Store struct {
	d         *db.DB
	customers *customer.Store
	log       *audit.Store
	jobs      *job.Store                                              // Minding
	rules     func(ctx context.Context, partner int64) (Rules, error) // likewise
}

// New returns the services on d, of these customers; what staff change goes into log.
func New(d *db.DB, customers *customer.Store, log *audit.Store) *Store {
	return &Store{d: d, customers: customers, log: log}
}

// Mine is one customer's services; every query of it carries the customer's id.
type Mine struct {
	s        *Store
	customer int64
}

// Of starts everything a signed-in customer does with services.
func (s *Store) Of(customerID int64) Mine { return Mine{s, customerID} }

// Row is a service as its customer sees it: with what its plan says.
type Row struct {
	Service
	PlanName         string // what customers call the plan; empty without one
	DownKbps, UpKbps int64  // kbit/s, zero where the plan names none
}

// Name is what the service goes by: its own description, else its plan's.
func (r Row) Name() string {
	if r.Description != "" {
		return r.Description
	}
	return r.PlanName
}

const planColumns = "COALESCE(NULLIF(p.service_name, ''), p.title, '') AS plan_name, COALESCE(p.down_kbps, 0) AS down_kbps, COALESCE(p.up_kbps, 0) AS up_kbps"

// ordered is SVC-2.
const ordered = "CASE s.kind WHEN 'internet' THEN 0 WHEN 'voice' THEN 1 WHEN 'recurring' THEN 2 ELSE 3 END, s.id"

// rows is every service that the customer may see at all, with its plan, in the order of SVC-2; archived ones are not.
func (m Mine) rows(ctx context.Context) *gorm.DB {
	return m.s.d.R(ctx).Table("services AS s").Joins("LEFT JOIN plans p ON p.id = s.plan_id").
		Select("s.*, "+planColumns).
		Where("s.customer_id = ? AND s.status <> ?", m.customer, Archived).
		Order(ordered)
}

// List returns the services that a customer sees (SVC-3): all but stopped, disabled and archived ones, or with all also
// those that are stopped or disabled (P41). Archived services are never listed.
func (m Mine) List(ctx context.Context, all bool) ([]Row, error) {
	seen := []Status{Active, Pending}
	if all {
		seen = append(seen, Stopped, Disabled)
	}
	var list []Row
	err := m.rows(ctx).Where("s.status IN ?", seen).Find(&list).Error
	return list, err
}

// First is the beginning of List for the cards of home: n services at most, with what a card shows of them, and whether
// there are more.
func (m Mine) First(ctx context.Context, n int) (list []Row, more bool, err error) {
	q := m.s.d.R(ctx).Raw(`SELECT s.id, s.kind, s.description, s.bundle_service_id, s.quantity, s.unit_price, s.currency, s.tax_included, s.tax_id, s.status, s.phone, `+planColumns+`
		FROM services s LEFT JOIN plans p ON p.id = s.plan_id WHERE s.customer_id = ? AND s.status IN (?, ?) ORDER BY `+ordered+` LIMIT ?`,
		m.customer, Active, Pending, n+1)
	err = db.Rows(q, func(scan func(into ...any) error) error {
		r := Row{Service: Service{CustomerID: m.customer}}
		err := scan(&r.ID, &r.Kind, &r.Description, &r.BundleServiceID, &r.Quantity, &r.UnitPrice, &r.Currency, &r.TaxIncluded, &r.TaxID, &r.Status, &r.Phone,
			&r.PlanName, &r.DownKbps, &r.UpKbps)
		list = append(list, r)
		return err
	})
	if len(list) > n {
		return list[:n], true, err
	}
	return list, false, err
}

// Detail is one service with the parts that a bundle contains.
type Detail struct {
	Row
	Parts []Row
}

// Get returns one service that is not archived; db.ErrNotFound for a missing one and for somebody else's.
func (m Mine) Get(ctx context.Context, id int64) (Detail, error) {
	var d Detail
	if err := m.rows(ctx).Where("s.id = ?", id).Take(&d.Row).Error; err != nil {
		return d, db.Found(err)
	}
	if d.Kind != Bundle {
		return d, nil
	}
	err := m.rows(ctx).Where("s.bundle_service_id = ?", id).Find(&d.Parts).Error
	return d, err
}

// MonthlyTotal sums the prices of active services a month (SVC-1), one sum for each currency in the order in which they
// appear. Parts of a bundle are in the bundle's price.
func MonthlyTotal(list []Row) []money.Money {
	var sums []money.Money
	for _, s := range list {
		if s.Status != Active || s.BundleServiceID != 0 {
			continue
		}
		i := slices.IndexFunc(sums, func(m money.Money) bool { return m.Currency == s.Cost().Currency })
		if i < 0 {
			i, sums = len(sums), append(sums, money.Of(0, s.Cost().Currency))
		}
		sums[i] = sums[i].Add(s.Cost())
	}
	return sums
}

// Add stores a service as it is, for seed, import and staff; nothing is billed and nobody is told.
func (s *Store) Add(ctx context.Context, sv *Service) error {
	if sv.Quantity == 0 {
		sv.Quantity = 1000
	}
	if sv.CreatedAt.IsZero() {
		sv.CreatedAt = s.d.Now()
	}
	sv.UpdatedAt = s.d.Now()
	return s.d.Q(ctx).Create(sv).Error
}

// Update writes a service anew, for import.
func (s *Store) Update(ctx context.Context, sv *Service) error {
	sv.UpdatedAt = s.d.Now()
	return s.d.Q(ctx).Save(sv).Error
}
