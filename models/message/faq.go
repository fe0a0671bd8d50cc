package message

import (
	"context"
)

// FAQItem is a question with its answer, written by the provider. Partner 0 is every partner; an empty language is every
// language.
type FAQItem struct {
	ID        int64  `gorm:"primaryKey"`
	PartnerID int64  `gorm:"not null;index"`
	Language  string `gorm:"size:16;not null"`
	Position  int    `gorm:"not null"`
	Question  string `gorm:"size:300;not null"`
	Answer    string `gorm:"not null"`
}

// TableName names the table.
func (FAQItem) TableName() string { return "faq_items" }

// FAQ lists a partner's questions in a language, in their order.
func (s *Store) FAQ(ctx context.Context, partner int64, language string) ([]FAQItem, error) {
	var list []FAQItem
	err := s.d.R(ctx).Where("partner_id IN ? AND language IN ?", []int64{0, partner}, []string{"", language}).Order("position, id").Limit(200).Find(&list).Error
	return list, err
}

// AddFAQ adds a question.
func (s *Store) AddFAQ(ctx context.Context, item *FAQItem) error {
	return s.d.Q(ctx).Create(item).Error
}
