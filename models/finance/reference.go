package finance

import (
	"context"

	"myisp/models/db"

	"gorm.io/gorm/clause"
)

// PaymentMethod is a way in which money comes in. Kind is one of the kinds below, whose names the portal translates;
// Name is what staff wrote, and wins when it differs from the original.
type PaymentMethod struct {
	ID     int64  `gorm:"primaryKey"`
	Name   string `gorm:"size:120;not null"`
	Kind   string `gorm:"size:16;not null"`
	Active bool   `gorm:"not null"`
}

// TransactionCategory says what a transaction is for.
type TransactionCategory struct {
	ID   int64  `gorm:"primaryKey"`
	Name string `gorm:"size:120;not null"`
	Kind string `gorm:"size:16;not null"`
	// Archived hides it where staff choose; what has it keeps it.
	Archived bool `gorm:"not null"`
}

// The ids of the payment methods and categories that every installation has (§3.4: 4 was a gateway once).
const (
	MethodCash         int64 = 1
	MethodBankTransfer int64 = 2
	MethodCard         int64 = 3
	MethodOther        int64 = 5
	MethodRefillCard   int64 = 6

	CategoryService    int64 = 1
	CategoryDiscount   int64 = 2
	CategoryPayment    int64 = 3
	CategoryRefund     int64 = 4
	CategoryCorrection int64 = 5
)

// EnsureDefaults makes the payment methods and categories that the books rely on, where they are missing.
func (s *Store) EnsureDefaults(ctx context.Context) error {
	methods := []PaymentMethod{
		{MethodCash, "Cash", "cash", true}, {MethodBankTransfer, "Bank transfer", "bank_transfer", true},
		{MethodCard, "Credit card", "card", true}, {MethodOther, "Other", "other", true}, {MethodRefillCard, "Refill card", "refill_card", true},
	}
	categories := []TransactionCategory{
		{CategoryService, "Service", "service", false}, {CategoryDiscount, "Discount", "discount", false}, {CategoryPayment, "Payment", "payment", false},
		{CategoryRefund, "Refund", "refund", false}, {CategoryCorrection, "Correction", "correction", false},
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.d.Q(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&methods).Error; err != nil {
			return err
		}
		if err := s.d.Q(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&categories).Error; err != nil {
			return err
		}
		if err := s.d.SyncSequence(ctx, "payment_methods"); err != nil {
			return err
		}
		return s.d.SyncSequence(ctx, "transaction_categories")
	})
}

// PaymentMethods lists all payment methods by id, inactive ones too.
func (s *Store) PaymentMethods(ctx context.Context) ([]PaymentMethod, error) {
	return db.From[PaymentMethod](s.d.Q(ctx)).Order("id").Find()
}

// AddPaymentMethod stores a payment method and returns it with its id.
func (s *Store) AddPaymentMethod(ctx context.Context, m PaymentMethod) (PaymentMethod, error) {
	m.ID = 0
	if m.Name == "" || len([]rune(m.Name)) > 120 {
		return PaymentMethod{}, db.Invalid{"name": "finance.error.title"}
	}
	err := db.From[PaymentMethod](s.d.Q(ctx)).Create(&m)
	return m, err
}

// AddCategory stores a transaction category and returns it with its id.
func (s *Store) AddCategory(ctx context.Context, c TransactionCategory) (TransactionCategory, error) {
	c.ID = 0
	if c.Name == "" || len([]rune(c.Name)) > 120 {
		return TransactionCategory{}, db.Invalid{"name": "finance.error.title"}
	}
	err := db.From[TransactionCategory](s.d.Q(ctx)).Create(&c)
	return c, err
}
