// Package service holds what a customer has bought: the running, stopped and ended services of all kinds.
package service

import (
	"context"
	"time"

	"gorm.io/gorm"

	"myisp/models/db"
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

// Store holds all services.
type Store struct{ d *db.DB }

// New returns the services on d.
func New(d *db.DB) *Store { return &Store{d} }

// Mine is one customer's services; every query of it carries the customer's id.
type Mine struct {
	s        *Store
	customer int64
}

// Of starts everything a signed-in customer does with services.
func (s *Store) Of(customerID int64) Mine { return Mine{s, customerID} }

// List returns the services that a customer sees (SVC-3): all but stopped, disabled and archived ones, or with all also
// those that are stopped or disabled (P41). Archived services are never listed.
func (m Mine) List(ctx context.Context, all bool) ([]Service, error) {
	seen := []Status{Active, Pending}
	if all {
		seen = append(seen, Stopped, Disabled)
	}
	var list []Service
	err := m.s.d.R(ctx).Where("customer_id = ? AND status IN ?", m.customer, seen).Order("id").Find(&list).Error
	return list, err
}

// Get returns one service that is not archived.
func (m Mine) Get(ctx context.Context, id int64) (Service, error) {
	sv, err := gorm.G[Service](m.s.d.Q(ctx)).Where("customer_id = ? AND id = ? AND status <> ?", m.customer, id, Archived).Take(ctx)
	return sv, db.Found(err)
}

// MonthlyTotal sums the prices of active services in minor units (SVC-1). Parts of a bundle are in the bundle's price.
func MonthlyTotal(list []Service) int64 {
	var sum int64
	for _, s := range list {
		if s.Status == Active && s.BundleServiceID == 0 {
			sum += s.Price()
		}
	}
	return sum
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
