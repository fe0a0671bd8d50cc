// Package catalog knows what the provider sells: plans of the five kinds with their prices, and the taxes on them.
package catalog

import (
	"context"
	"slices"
	"strings"
	"time"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/db"

	"gorm.io/gorm/clause"
)

// Kind is the kind of a plan and of the services made from it.
type Kind string

// The five kinds; Recurring is the "Custom" of older installations (spec §0).
const (
	Internet  Kind = "internet"
	Voice     Kind = "voice"
	Recurring Kind = "recurring"
	Bundle    Kind = "bundle"
	OneTime   Kind = "one_time"
)

// Kinds lists all kinds in the order in which people see them.
var Kinds = []Kind{Internet, Voice, Recurring, Bundle, OneTime}

// Valid reports whether k is one of Kinds.
func (k Kind) Valid() bool { return slices.Contains(Kinds, k) }

// MaxPrice is the highest price of a plan in minor units: far above any real one, far below what sums could overflow.
const MaxPrice = 1_000_000_000_000

// Plan is what a service is made from. Price is in minor units of Currency per billing period (once for OneTime) and holds
// the tax already when TaxIncluded (spec: with_vat). Speeds are kbit/s, zero for kinds without.
type Plan struct {
	ID          int64          `gorm:"primaryKey"`
	Kind        Kind           `gorm:"size:16;not null"`
	Title       string         `gorm:"size:200;not null"`
	ServiceName string         `gorm:"size:255;not null"`
	Price       int64          `gorm:"not null"`
	Currency    money.Currency `gorm:"size:3;not null"`
	TaxIncluded bool           `gorm:"not null"`
	TaxID       int64          `gorm:"not null"`
	DownKbps    int64          `gorm:"not null"`
	UpKbps      int64          `gorm:"not null"`
	Archived    bool           `gorm:"not null"`
	CreatedAt   time.Time      `gorm:"not null"`
}

// Cost is the plan's price as money.
func (p Plan) Cost() money.Money { return money.Of(p.Price, p.Currency) }

// Name is what customers call the plan: its service name, or its title where it has none.
func (p Plan) Name() string {
	if p.ServiceName != "" {
		return p.ServiceName
	}
	return p.Title
}

// PlanPartner says that a partner sells a plan.
type PlanPartner struct {
	PlanID    int64 `gorm:"primaryKey;autoIncrement:false"`
	PartnerID int64 `gorm:"primaryKey;autoIncrement:false"`
}

// Store is the catalogue for staff, jobs, seed and import.
type Store struct {
	d   *db.DB
	log *audit.Store
}

// New returns the catalogue of a database; log is told of changes by staff.
func New(d *db.DB, log *audit.Store) *Store { return &Store{d: d, log: log} }

// AddPlan stores a plan and the partners that sell it, and returns it with its id. A plan that makes no sense is db.Invalid.
func (s *Store) AddPlan(ctx context.Context, p Plan, partnerIDs ...int64) (Plan, error) {
	p.Title, p.ServiceName = strings.TrimSpace(p.Title), strings.TrimSpace(p.ServiceName)
	if err := p.check(); err != nil {
		return Plan{}, err
	}
	p.CreatedAt = s.d.Now()
	err := s.d.Tx(ctx, func(ctx context.Context) error {
		p.ID = 0
		if err := db.From[Plan](s.d.Q(ctx)).Create(&p); err != nil {
			return err
		}
		return s.sell(ctx, p.ID, partnerIDs)
	})
	return p, err
}

// UpdatePlan writes a plan anew; services that were made from it stay as they are. A plan that makes no sense is db.Invalid.
func (s *Store) UpdatePlan(ctx context.Context, p Plan) error {
	p.Title, p.ServiceName = strings.TrimSpace(p.Title), strings.TrimSpace(p.ServiceName)
	if err := p.check(); err != nil {
		return err
	}
	return s.d.Q(ctx).Select("*").Where("id = ?", p.ID).Updates(&p).Error
}

func (p Plan) check() error {
	bad := db.Invalid{}
	if !p.Kind.Valid() {
		bad["kind"] = "finance.error.kind"
	}
	if p.Title == "" || len([]rune(p.Title)) > 200 {
		bad["title"] = "finance.error.title"
	}
	if len([]rune(p.ServiceName)) > 255 {
		bad["service_name"] = "finance.error.too_long"
	}
	if p.Price < 0 || p.Price > MaxPrice {
		bad["price"] = "finance.error.amount"
	}
	if !p.Currency.Valid() {
		bad["currency"] = "finance.error.currency"
	}
	if p.DownKbps < 0 || p.UpKbps < 0 {
		bad["speed"] = "finance.error.speed"
	}
	return bad.Or()
}

// SetPartners replaces the partners that sell a plan.
func (s *Store) SetPartners(ctx context.Context, planID int64, partnerIDs ...int64) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if _, err := db.From[PlanPartner](s.d.Q(ctx)).Where("plan_id = ?", planID).Delete(); err != nil {
			return err
		}
		return s.sell(ctx, planID, partnerIDs)
	})
}

func (s *Store) sell(ctx context.Context, planID int64, partnerIDs []int64) error {
	if len(partnerIDs) == 0 {
		return nil
	}
	var rows []PlanPartner
	for _, id := range partnerIDs {
		rows = append(rows, PlanPartner{PlanID: planID, PartnerID: id})
	}
	return s.d.Q(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error
}

// Plan returns a plan by id, archived ones too; db.ErrNotFound when there is none.
func (s *Store) Plan(ctx context.Context, id int64) (Plan, error) {
	p, err := db.From[Plan](s.d.Q(ctx)).Where("id = ?", id).Take()
	return p, db.Found(err)
}

// PlanFilter narrows Plans; the zero value finds every plan that is not archived.
type PlanFilter struct {
	Kind      Kind
	PartnerID int64
	Title     string // exactly this title
	Archived  bool   // archived ones too
}

// Plans lists plans by kind and title.
func (s *Store) Plans(ctx context.Context, f PlanFilter) ([]Plan, error) {
	q := s.d.Q(ctx).Order("kind, title, id")
	if f.Kind != "" {
		q = q.Where("kind = ?", f.Kind)
	}
	if f.PartnerID != 0 {
		q = q.Where("EXISTS (SELECT 1 FROM plan_partners pp WHERE pp.plan_id = plans.id AND pp.partner_id = ?)", f.PartnerID)
	}
	if f.Title != "" {
		q = q.Where("title = ?", f.Title)
	}
	if !f.Archived {
		q = q.Where("archived = ?", false)
	}
	var plans []Plan
	err := q.Find(&plans).Error
	return plans, err
}
