package message

import (
	"context"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"myisp/models/db"
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

	Files []CapturedFile `gorm:"-"` // without their bytes
}

// CapturedFile is what was attached to a mail that was kept.
type CapturedFile struct {
	ID        int64  `gorm:"primaryKey"`
	MessageID int64  `gorm:"not null;index"`
	Name      string `gorm:"size:255;not null"`
	Data      []byte `gorm:"not null"`
}

// Capture keeps a mail or SMS; it is the sink of the capture couriers. What has an id is kept once.
func (s *Store) Capture(ctx context.Context, id, kind, from, to, subject, text, html string, files map[string][]byte) error {
	var parcel *string
	if id != "" {
		parcel = &id
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		m := CapturedMessage{ParcelID: parcel, Kind: kind, Sender: from, Recipient: to, Subject: subject, Text: text, HTML: html, CreatedAt: s.d.Now()}
		r := s.d.Q(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&m)
		if r.Error != nil || r.RowsAffected == 0 {
			return r.Error
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if err := s.d.Q(ctx).Create(&CapturedFile{MessageID: m.ID, Name: name, Data: files[name]}).Error; err != nil {
				return err
			}
		}
		return nil
	})
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
	if err := q.Order("id DESC").Limit(n).Find(&list).Error; err != nil || len(list) == 0 {
		return nil, err
	}
	var files []CapturedFile
	at := map[int64]int{}
	for i, m := range list {
		at[m.ID] = i
	}
	if err := s.d.Q(ctx).Select("id, message_id, name").Where("message_id IN ?", slices.Collect(maps.Keys(at))).Order("id").Find(&files).Error; err != nil {
		return nil, err
	}
	for _, f := range files {
		m := &list[at[f.MessageID]]
		m.Files = append(m.Files, f)
	}
	return list, nil
}

// CapturedFile returns what was attached to a kept mail. Errors: db.ErrNotFound.
func (s *Store) CapturedFile(ctx context.Context, id int64) (CapturedFile, error) {
	f, err := db.From[CapturedFile](s.d.Q(ctx)).Where("id = ?", id).Take()
	return f, db.Found(err)
}

// CountCaptured counts the kept mails and SMS.
func (s *Store) CountCaptured(ctx context.Context) (n int64, err error) {
	err = s.d.Q(ctx).Model(&CapturedMessage{}).Count(&n).Error
	return n, err
}
