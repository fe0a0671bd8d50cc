package portal

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"gorm.io/gorm/clause"

	"myisp/internal/secret"
	"myisp/models/db"
)

// Changes are what staff have typed and not saved: they hold in a preview, and nowhere else.
type Changes struct {
	Settings map[string]string // key → value as typed or as JSON, General and Per partner alike
	Brand    *Brand            // nil is the published one
	Company  *CompanyInfo      // nil is the stored one
}

// Draft is one preview: whose portal, as which customer, with which changes.
type Draft struct {
	PartnerID  int64
	CustomerID int64 // 0 shows only what is before log-in
	Changes
}

// DraftRow is a draft as it is stored. It belongs to the one session of staff that made it; the token is in the addresses
// of the preview, only its hash is here.
type DraftRow struct {
	TokenHash  string    `gorm:"primaryKey;size:64"`
	SessionID  int64     `gorm:"not null;index"`
	PartnerID  int64     `gorm:"not null"`
	CustomerID int64     `gorm:"not null"`
	Settings   string    `gorm:"not null"` // JSON: key → value
	Brand      string    `gorm:"not null"` // JSON, "null" for none
	Company    string    `gorm:"not null"`
	UpdatedAt  time.Time `gorm:"not null"`
	ExpiresAt  time.Time `gorm:"not null;index"`
}

// TableName names the table.
func (DraftRow) TableName() string { return "preview_drafts" }

// How long a draft lasts without being changed, and how many a session keeps: the oldest make room.
const (
	draftLife = time.Hour
	draftsMax = 12
)

// SaveDraft stores a draft for a session of staff and returns its token. With the token of a draft that the session has
// already, it is changed and keeps its address. Nothing of it comes into force. Errors: db.Invalid on the key of a
// setting that is not acceptable.
func (s *Store) SaveDraft(ctx context.Context, session int64, token string, draft Draft) (string, error) {
	if _, err := Defaults().With(draft.Settings); err != nil {
		return "", err
	}
	if _, err := s.DraftOf(ctx, session, token); err != nil {
		if db.KindOf(err) != db.NotFound {
			return "", err
		}
		token = secret.Token()
	}
	now := s.d.Now()
	row := DraftRow{TokenHash: secret.SHA256Hex(token), SessionID: session, PartnerID: draft.PartnerID, CustomerID: draft.CustomerID,
		Settings: encode(draft.Settings), Brand: encode(draft.Brand), Company: encode(draft.Company), UpdatedAt: now, ExpiresAt: now.Add(draftLife)}
	return token, s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.d.Q(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return err
		}
		kept := s.d.Q(ctx).Model(&DraftRow{}).Select("token_hash").Where("session_id = ?", session).Order("updated_at DESC, token_hash").Limit(draftsMax)
		return s.d.Q(ctx).Where("session_id = ? AND token_hash NOT IN (?)", session, kept).Delete(&DraftRow{}).Error
	})
}

// DraftOf returns a session's draft by its token; db.ErrNotFound when it is unknown, over, or another session's.
func (s *Store) DraftOf(ctx context.Context, session int64, token string) (Draft, error) {
	var row DraftRow
	err := s.d.Q(ctx).Where("token_hash = ? AND session_id = ? AND expires_at > ?", secret.SHA256Hex(token), session, s.d.Now()).Take(&row).Error
	if err != nil {
		return Draft{}, db.Found(err)
	}
	d := Draft{PartnerID: row.PartnerID, CustomerID: row.CustomerID}
	for _, part := range []struct {
		text string
		into any
	}{{row.Settings, &d.Settings}, {row.Brand, &d.Brand}, {row.Company, &d.Company}} {
		if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
			return Draft{}, err
		}
	}
	return d, nil
}

// PurgeDrafts deletes the drafts that were over before t and tells how many.
func (s *Store) PurgeDrafts(ctx context.Context, t time.Time) (int64, error) {
	r := s.d.Q(ctx).Where("expires_at < ?", t).Delete(&DraftRow{})
	return r.RowsAffected, r.Error
}

// With returns the snapshot as it would be for a partner if changes were in force; the other partners stay as they are.
func (s *Snapshot) With(partner int64, c Changes) (*Snapshot, error) {
	old := s.partners[partner]
	if old == nil {
		return nil, db.ErrNotFound
	}
	v := *old
	values, err := old.Values.With(c.Settings)
	if err != nil {
		return nil, err
	}
	v.Values = values
	if c.Brand != nil {
		v.Brand = *c.Brand
	}
	if c.Company != nil {
		v.Company = *c.Company
	}
	v.BrandVersion = v.Brand.version()
	copied := &Snapshot{revision: s.revision, hosts: s.hosts, partners: maps.Clone(s.partners)}
	copied.partners[partner] = &v
	return copied, nil
}
