package finance

import (
	"context"
	"slices"
	"strings"

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
	// Labels name what staff note of a payment by this method, such as the number of a cheque; "" asks for nothing (§3.4).
	Labels Five `gorm:"embedded;embeddedPrefix:name_"`
}

// Five are five short texts: the labels of a payment method (name_1 to name_5), or what stands under them in a payment
// (field_1 to field_5).
type Five struct {
	First  string `gorm:"column:1;size:120;not null"`
	Second string `gorm:"column:2;size:120;not null"`
	Third  string `gorm:"column:3;size:120;not null"`
	Fourth string `gorm:"column:4;size:120;not null"`
	Fifth  string `gorm:"column:5;size:120;not null"`
}

// FiveOf makes five texts, of up to 120 characters each, without spaces around them.
func FiveOf(list [5]string) Five {
	for i := range list {
		list[i] = cut(strings.TrimSpace(list[i]), 120)
	}
	return Five{list[0], list[1], list[2], list[3], list[4]}
}

// List are the five in their order.
func (f Five) List() [5]string { return [5]string{f.First, f.Second, f.Third, f.Fourth, f.Fifth} }

// Any reports whether one of them says something.
func (f Five) Any() bool { return f != Five{} }

// under lists what stands under labels, each with its label, for the log.
func (f Five) under(labels Five) []string {
	var list []string
	names := labels.List()
	for i, text := range f.List() {
		if text != "" {
			list = append(list, names[i]+": "+text)
		}
	}
	return list
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
		{ID: MethodCash, Name: "Cash", Kind: "cash", Active: true}, {ID: MethodBankTransfer, Name: "Bank transfer", Kind: "bank_transfer", Active: true},
		{ID: MethodCard, Name: "Credit card", Kind: "card", Active: true}, {ID: MethodOther, Name: "Other", Kind: "other", Active: true},
		{ID: MethodRefillCard, Name: "Refill card", Kind: "refill_card", Active: true},
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

// LabelledMethods lists the payment methods in use that name what staff note of a payment, by id.
func (s *Store) LabelledMethods(ctx context.Context) ([]PaymentMethod, error) {
	list, err := s.PaymentMethods(ctx)
	return slices.DeleteFunc(list, func(m PaymentMethod) bool { return !m.Active || !m.Labels.Any() }), err
}

// MethodLabels are what a payment method, archived or not, names its fields.
func (s *Store) MethodLabels(ctx context.Context, id int64) (Five, error) {
	rows, err := db.From[PaymentMethod](s.d.Q(ctx)).Where("id = ?", id).Find()
	return first(rows).Labels, err
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
