package message

import (
	"context"
	"time"

	"gorm.io/gorm/clause"
)

// CapturedMessage is a mail or SMS that was kept instead of sent, for staff to read at /admin/outbox (demo mode).
type CapturedMessage struct {
	ID        int64     `gorm:"primaryKey"`
	Kind      string    `gorm:"size:8;not null"`
	Sender    string    `gorm:"size:254;not null"`
	Recipient string    `gorm:"size:1000;not null"`
	Subject   string    `gorm:"size:500;not null"`
	Text      string    `gorm:"not null"`
	HTML      string    `gorm:"not null"`
	CreatedAt time.Time `gorm:"not null"`
	ParcelID  *string   `gorm:"size:200;uniqueIndex:captured_messages_parcel_id"` // the same at every attempt of one job
}

// Capture keeps a mail or SMS; it is the sink of the capture couriers. What has an id is kept once.
func (s *Store) Capture(ctx context.Context, id, kind, from, to, subject, text, html string) error {
	var parcel *string
	if id != "" {
		parcel = &id
	}
	return s.d.Q(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&CapturedMessage{ParcelID: parcel, Kind: kind, Sender: from, Recipient: to, Subject: subject, Text: text, HTML: html, CreatedAt: s.d.Now()}).Error
}

// Captured lists the newest kept mails and SMS.
func (s *Store) Captured(ctx context.Context, n int) ([]CapturedMessage, error) {
	return s.CapturedBefore(ctx, 0, n)
}

// CapturedBefore goes on before the message with an id; 0 begins at the newest.
func (s *Store) CapturedBefore(ctx context.Context, id int64, n int) ([]CapturedMessage, error) {
	q := s.d.Q(ctx)
	if id > 0 {
		q = q.Where("id < ?", id)
	}
	var list []CapturedMessage
	err := q.Order("id DESC").Limit(n).Find(&list).Error
	return list, err
}

// CountCaptured counts the kept mails and SMS.
func (s *Store) CountCaptured(ctx context.Context) (n int64, err error) {
	err = s.d.Q(ctx).Model(&CapturedMessage{}).Count(&n).Error
	return n, err
}
