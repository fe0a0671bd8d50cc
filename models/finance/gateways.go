package finance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"myisp/internal/money"
	"myisp/internal/secret"
	"myisp/models/db"
)

// GatewaySetup is one gateway as one partner has set it up. Partners share none: each is a merchant of its own. FeePPM is
// the fee in millionths of the amount, FeeFixed and Minimum are minor units of Currency: the partner's when they were set.
type GatewaySetup struct {
	PartnerID int64     `gorm:"primaryKey;autoIncrement:false"`
	Gateway   string    `gorm:"primaryKey;size:32"`
	Enabled   bool      `gorm:"not null"`
	Position  int       `gorm:"not null"`         // of the customer's choice
	Label     string    `gorm:"size:60;not null"` // as customers read it; "" takes the gateway's own name
	MethodID  int64     `gorm:"not null"`         // the payment method that its payments are booked under
	FeePPM    int64     `gorm:"not null"`
	FeeFixed  int64     `gorm:"not null"`
	Minimum   int64     `gorm:"not null"`
	Invoices  bool      `gorm:"not null"` // may pay invoices
	Proformas bool      `gorm:"not null"` // may pay proforma invoices
	Ahead     bool      `gorm:"not null"` // may add money
	Config    string    `gorm:"not null" json:"-"`
	UpdatedAt time.Time `gorm:"not null" json:"-"`

	Currency money.Currency `gorm:"size:3;not null"` // of FeeFixed and Minimum; "" where both are 0

	// The line that the fee becomes: its tax, which the fee contains (0 is none), its category, and its words ("" takes the portal's).
	FeeTaxID      int64  `gorm:"not null"`
	FeeCategoryID int64  `gorm:"not null"`
	FeeText       string `gorm:"size:100;not null"`

	// Whom it is for: customers at one of the locations whose bills are paid by one of the payment methods; "" is all.
	Locations      IDs `gorm:"not null"`
	PaymentMethods IDs `gorm:"not null"`

	CoversDebt bool `gorm:"not null"` // takes all that is owed and nothing less; see Covers
}

// Prices reports whether the fee and the minimum say what a payment in a currency costs: a share is one of every currency, sums
// are of their own alone. What it does not is not offered, because 30 cents are no 30 fils.
func (g GatewaySetup) Prices(c money.Currency) bool {
	return g.FeeFixed == 0 && g.Minimum == 0 || g.Currency == c
}

// Serves reports whether the gateway may be used for a purpose.
func (g GatewaySetup) Serves(p Purpose) bool {
	return map[Purpose]bool{PayAll: g.Invoices, PayInvoices: g.Invoices, PayProforma: g.Proformas, PayAhead: g.Ahead}[p]
}

// Fee is what paying an amount costs on top, rounded half up to a minor unit.
func (g GatewaySetup) Fee(amount int64) int64 {
	// At most 10^15 × 10^6 would overflow; the whole and the rest are reckoned apart.
	whole, rest := amount/1_000_000, amount%1_000_000
	return whole*g.FeePPM + (rest*g.FeePPM+500_000)/1_000_000 + g.FeeFixed
}

// maxFeePPM bounds a fee at a quarter of the amount: more is a slip of the pen.
const maxFeePPM = 250_000

func (g GatewaySetup) check() error {
	bad := db.Invalid{}
	if len([]rune(g.Label)) > 60 {
		bad["label"] = "error.too_long"
	}
	if g.FeePPM < 0 || g.FeePPM > maxFeePPM {
		bad["fee_percent"] = "gateway.error.fee"
	}
	if g.FeeFixed < 0 || g.FeeFixed > 1_000_000 {
		bad["fee_fixed"] = "gateway.error.fee"
	}
	if g.Minimum < 0 || tooBig(g.Minimum) {
		bad["minimum"] = "finance.error.amount"
	}
	if (g.FeeFixed != 0 || g.Minimum != 0) && !g.Currency.Valid() {
		bad["currency"] = "finance.error.currency"
	}
	if g.MethodID <= 0 {
		bad["method_id"] = "finance.error.method"
	}
	if len([]rune(g.FeeText)) > maxFeeText {
		bad["fee_text"] = "error.too_long"
	}
	return bad.Or()
}

// ErrSealed says that a gateway's configuration was sealed with another MYISP_SECRET.
var ErrSealed = errors.New("finance: the gateway's configuration does not open with this MYISP_SECRET")

// Gateways lists a partner's gateways in the order of the customer's choice.
func (s *Store) Gateways(ctx context.Context, partner int64) ([]GatewaySetup, error) {
	return db.From[GatewaySetup](s.d.Q(ctx)).Where("partner_id = ?", partner).Order("position, gateway").Find()
}

// Gateway returns one gateway of a partner; db.ErrNotFound when it is not set up.
func (s *Store) Gateway(ctx context.Context, partner int64, name string) (GatewaySetup, error) {
	g, err := db.From[GatewaySetup](s.d.Q(ctx)).Where("partner_id = ? AND gateway = ?", partner, name).Take()
	return g, db.Found(err)
}

// GatewayPartners lists the partners that have a gateway, enabled or not: a notice does not say whose it is.
func (s *Store) GatewayPartners(ctx context.Context, name string) ([]GatewaySetup, error) {
	return db.From[GatewaySetup](s.d.Q(ctx)).Where("gateway = ?", name).Order("partner_id").Find()
}

// Secrets opens a gateway's configuration. The error is ErrSealed.
func (s *Store) Secrets(g GatewaySetup) (map[string]string, error) {
	config := map[string]string{}
	if g.Config == "" {
		return config, nil
	}
	plain, err := s.box.OpenText(g.Config, g.place())
	if errors.Is(err, secret.ErrBox) {
		return nil, ErrSealed
	}
	if err != nil {
		return nil, err
	}
	return config, json.Unmarshal([]byte(plain), &config)
}

func (g GatewaySetup) place() string { return fmt.Sprintf("gateway/%d/%s", g.PartnerID, g.Gateway) }

// SetUpGateway stores a partner's gateway. Of config, what is empty keeps its value: secrets are written and never shown, so
// the form cannot send them back; what drop names is removed, and with another address what is not given with it. Only the names
// of what changed in it are logged, and a new address.
func (s *Store) SetUpGateway(ctx context.Context, g GatewaySetup, config map[string]string, drop ...string) error {
	g.Label, g.FeeText, g.FeeCategoryID = strings.TrimSpace(g.Label), strings.Join(strings.Fields(g.FeeText), " "), or(g.FeeCategoryID, CategoryService)
	if err := g.check(); err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		old, err := s.Gateway(ctx, g.PartnerID, g.Gateway)
		if err != nil && db.KindOf(err) != db.NotFound {
			return err
		}
		if err := s.checkFeeLine(ctx, g, old); err != nil {
			return err
		}
		if err := s.checkLimits(ctx, g); err != nil {
			return err
		}
		known, err := s.Secrets(old)
		if err != nil && !errors.Is(err, ErrSealed) {
			return err
		}
		if known == nil {
			known = map[string]string{}
		}
		changed := []string{}
		if Readdressed(known, config, drop) {
			changed = without(known, config)
		}
		for key, value := range config {
			if value = strings.TrimSpace(value); value != "" && value != known[key] {
				known[key] = value
				changed = append(changed, key)
			}
		}
		for _, key := range drop {
			if _, ok := known[key]; ok && strings.TrimSpace(config[key]) == "" {
				delete(known, key)
				changed = append(changed, key)
			}
		}
		slices.Sort(changed)
		plain, err := json.Marshal(known)
		if err != nil {
			return err
		}
		if g.Config, err = s.box.SealText(string(plain), g.place()); err != nil {
			return err
		}
		g.UpdatedAt = s.d.Now()
		if err := s.d.Q(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&g).Error; err != nil {
			return err
		}
		return s.noteGateway(ctx, old, g, changed, known[ConfigAddress])
	})
}

// Choice is a gateway that a customer may pay something with.
type Choice struct {
	GatewaySetup
	Fee money.Money
}

// Choices lists those of a partner's gateways that are enabled for a purpose and an amount (minor units of c), with their fees; those
// whose sums are of another currency are none.
func Choices(setups []GatewaySetup, p Purpose, amount int64, c money.Currency) (list []Choice) {
	for _, g := range setups {
		if g.Enabled && g.Serves(p) && g.Prices(c) && amount >= g.Minimum {
			list = append(list, Choice{g, money.Of(g.Fee(amount), c)})
		}
	}
	return list
}
