package finance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"myisp/internal/secret"
	"myisp/models/db"
)

// SavedState is where a kept payment method stands.
type SavedState string

// The states of a saved method. What is removed still has its token until the gateway has forgotten it.
const (
	SavedSetup     SavedState = "setup"     // the customer is at the gateway to give it
	SavedActive    SavedState = "active"    // it can be charged
	SavedRemoved   SavedState = "removed"   // never charged again; the gateway is still to forget it
	SavedForgotten SavedState = "forgotten" // nobody has it any more
)

// SavedMethod is a customer's card, bank account or mandate at a gateway (§2.8). Its token is sealed as the gateways' keys
// are and never leaves the books but to the gateway itself.
type SavedMethod struct {
	ID          int64      `gorm:"primaryKey"`
	Key         string     `gorm:"size:64;not null;uniqueIndex" json:"-"`
	CustomerID  int64      `gorm:"not null;index:saved_methods_customer,priority:1"`
	PartnerID   int64      `gorm:"not null"`
	Gateway     string     `gorm:"size:32;not null;index:saved_methods_external,priority:1"`
	ExternalID  string     `gorm:"size:200;not null;index:saved_methods_external,priority:2" json:"-"` // of its setup
	State       SavedState `gorm:"size:16;not null;index:saved_methods_customer,priority:2"`
	Kind        string     `gorm:"size:16;not null"` // card, bank, wallet
	Brand       string     `gorm:"size:60;not null"`
	Last4       string     `gorm:"size:8;not null"`
	ExpiryYear  int        `gorm:"not null"` // 0 when it does not expire
	ExpiryMonth int        `gorm:"not null"`
	Mandate     string     `gorm:"size:100;not null"`
	Label       string     `gorm:"size:60;not null"`
	IsDefault   bool       `gorm:"not null"`
	ReplacesID  int64      `gorm:"not null"`
	RedirectURL string     `gorm:"size:2000;not null" json:"-"`
	Token       string     `gorm:"not null" json:"-"`
	TokenHash   *string    `gorm:"size:64;uniqueIndex" json:"-"` // so that a gateway's method is kept once
	Told        string     `gorm:"size:8;not null" json:"-"`     // which warning of its expiry was sent: soon, over
	CreatedAt   time.Time  `gorm:"not null"`
	UpdatedAt   time.Time  `gorm:"not null" json:"-"`
	RemovedAt   *time.Time `gorm:""`
}

// TableName names the table.
func (SavedMethod) TableName() string { return "saved_methods" }

// LastDay is the last day on which the method works, "" when it does not expire.
func (m SavedMethod) LastDay() db.Day {
	if m.ExpiryYear == 0 {
		return ""
	}
	return db.Day(fmt.Sprintf("%04d-%02d-01", m.ExpiryYear, m.ExpiryMonth)).MonthEnd()
}

// Expired reports whether the method has stopped working by a day.
func (m SavedMethod) Expired(today db.Day) bool { return m.ExpiryYear != 0 && today > m.LastDay() }

// warnDays is how long before its end a method's expiry is warned of.
const warnDays = 30

// Expiring reports whether the method works and ends within 30 days.
func (m SavedMethod) Expiring(today db.Day) bool {
	return m.ExpiryYear != 0 && !m.Expired(today) && m.LastDay() <= today.AddDays(warnDays)
}

// SavedFacts are what a gateway tells of a method that it keeps.
type SavedFacts struct {
	Token, CustomerToken    string
	Kind, Brand, Last4      string
	ExpiryYear, ExpiryMonth int
	Mandate                 string
	// Quiet keeps it without a word to the customer (pretend data).
	Quiet bool
}

func (m SavedMethod) place() string { return fmt.Sprintf("method/%d/%d", m.CustomerID, m.ID) }

// SavedSecrets opens what the gateway knows a method by: its token and the customer's. The error is ErrSealed.
func (s *Store) SavedSecrets(m SavedMethod) (token, customer string, err error) {
	plain, err := s.box.OpenText(m.Token, m.place())
	if errors.Is(err, secret.ErrBox) {
		return "", "", ErrSealed
	}
	var pair [2]string
	if err == nil {
		err = json.Unmarshal([]byte(plain), &pair)
	}
	return pair[0], pair[1], err
}

// SavedMethods lists the customer's methods that can be charged, the default first.
func (m Mine) SavedMethods(ctx context.Context) ([]SavedMethod, error) {
	return db.From[SavedMethod](m.s.d.Q(ctx)).Where("customer_id = ? AND state = ?", m.id, SavedActive).Order("is_default DESC, id").Find()
}

// SavedMethod returns one of the customer's methods, whatever its state.
func (m Mine) SavedMethod(ctx context.Context, id int64) (SavedMethod, error) {
	row, err := db.From[SavedMethod](m.s.d.Q(ctx)).Where("id = ? AND customer_id = ?", id, m.id).Take()
	return row, db.Found(err)
}

// ActiveMethod returns one of the customer's methods that can be charged.
func (m Mine) ActiveMethod(ctx context.Context, id int64) (SavedMethod, error) {
	row, err := m.SavedMethod(ctx, id)
	if err == nil && row.State != SavedActive {
		err = db.ErrNotFound
	}
	return row, err
}

// NewMethod asks to keep a method; Key comes with the form, so that sending it twice begins once. Replaces is the method
// that goes when the new one is there; 0 is none.
type NewMethod struct {
	Key       string
	PartnerID int64
	Gateway   string
	Replaces  int64
}

// BeginMethod writes down that a method is to be given, or returns the one that has the key. A gateway that is not for this customer
// is db.Invalid on "gateway".
func (m Mine) BeginMethod(ctx context.Context, n NewMethod) (SavedMethod, error) {
	if _, err := m.mayUse(ctx, n.PartnerID, n.Gateway); err != nil {
		return SavedMethod{}, err
	}
	return m.beginMethod(ctx, n)
}

func (m Mine) beginMethod(ctx context.Context, n NewMethod) (SavedMethod, error) {
	if !keyShaped(n.Key) {
		return SavedMethod{}, db.Invalid{"key": "finance.error.key"}
	}
	if n.Replaces != 0 {
		if _, err := m.ActiveMethod(ctx, n.Replaces); err != nil {
			return SavedMethod{}, err
		}
	}
	now := m.s.d.Now()
	row := SavedMethod{Key: n.Key, CustomerID: m.id, PartnerID: n.PartnerID, Gateway: n.Gateway, State: SavedSetup, ReplacesID: n.Replaces, CreatedAt: now, UpdatedAt: now}
	err := m.s.d.Q(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "key"}}, DoNothing: true}).Create(&row).Error
	if err != nil {
		return row, err
	}
	row, err = db.From[SavedMethod](m.s.d.Q(ctx)).Where("key = ? AND customer_id = ?", n.Key, m.id).Take()
	return row, db.Found(err)
}

// MethodStarted notes where the customer gives the method, and the gateway's id of that.
func (s *Store) MethodStarted(ctx context.Context, id int64, externalID, url string) error {
	return s.d.Q(ctx).Model(&SavedMethod{}).Where("id = ? AND state = ?", id, SavedSetup).
		Updates(map[string]any{"external_id": externalID, "redirect_url": url, "updated_at": s.d.Now()}).Error
}

// MethodBy finds a method that is being given, by the gateway's id or else by our key: each has an index of its own, which one
// condition for both would hide. Errors: db.ErrNotFound.
func (s *Store) MethodBy(ctx context.Context, gateway, externalID, key string) (SavedMethod, error) {
	for _, by := range []struct{ column, value string }{{"external_id", externalID}, {"key", key}} {
		if by.value == "" {
			continue
		}
		row, err := db.From[SavedMethod](s.d.Q(ctx)).Where("gateway = ? AND "+by.column+" = ?", gateway, by.value).Order("id").Take()
		if err = db.Found(err); err == nil || db.KindOf(err) != db.NotFound {
			return row, err
		}
	}
	return SavedMethod{}, db.ErrNotFound
}

// SavedByID returns any customer's method, for jobs.
func (s *Store) SavedByID(ctx context.Context, id int64) (SavedMethod, error) {
	row, err := db.From[SavedMethod](s.d.Q(ctx)).Where("id = ?", id).Take()
	return row, db.Found(err)
}

// lockMethods makes whoever changes a customer's methods take turns, and reads them all.
func (s *Store) lockMethods(ctx context.Context, customer int64) ([]SavedMethod, error) {
	return db.From[SavedMethod](s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("customer_id = ?", customer).Order("id").Find()
}

// KeepMethod makes a method of what its setup has brought; asked again it changes nothing. The first one becomes the default.
// What it replaces is removed, and autopay and the default move along. A method that the customer has already is not kept
// twice: that one is returned.
func (s *Store) KeepMethod(ctx context.Context, id int64, f SavedFacts) (SavedMethod, error) {
	var kept SavedMethod
	if f.Token == "" {
		return kept, db.Invalid{"token": "error.required"}
	}
	err := s.d.Tx(ctx, func(ctx context.Context) error {
		row, err := s.SavedByID(ctx, id)
		if err != nil {
			return err
		}
		all, err := s.lockMethods(ctx, row.CustomerID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(m SavedMethod) bool { return m.ID == id })
		if kept = all[i]; kept.State != SavedSetup {
			return nil
		}
		hash := secret.SHA256Hex(fmt.Sprintf("%d/%s/%d/%s", kept.PartnerID, kept.Gateway, kept.CustomerID, f.Token))
		if same := slices.IndexFunc(all, func(m SavedMethod) bool { return m.TokenHash != nil && *m.TokenHash == hash }); same >= 0 {
			kept.State = SavedForgotten // the setup brought nothing new
			if err := s.d.Q(ctx).Save(&kept).Error; err != nil {
				return err
			}
			kept = all[same]
			return nil
		}
		if err := s.fillMethod(&kept, f, hash); err != nil {
			return err
		}
		active := func(m SavedMethod) bool { return m.State == SavedActive }
		kept.IsDefault = !slices.ContainsFunc(all, active)
		old := slices.IndexFunc(all, func(m SavedMethod) bool { return m.ID == kept.ReplacesID && active(m) })
		if old >= 0 {
			kept.IsDefault = all[old].IsDefault
			if kept.Label == "" {
				kept.Label = all[old].Label
			}
		}
		if err := s.d.Q(ctx).Save(&kept).Error; err != nil {
			return err
		}
		if !f.Quiet {
			n := MethodNotice{CustomerID: kept.CustomerID, Kind: NoticeAdded, MethodID: kept.ID}
			if old >= 0 {
				n.Kind, n.OldID = NoticeReplaced, all[old].ID
			}
			if err := s.tellMethod(ctx, n, fmt.Sprintf("kept:%d", kept.ID)); err != nil {
				return err
			}
		}
		if old < 0 {
			return nil
		}
		err = s.d.Q(ctx).Model(&Autopay{}).Where("customer_id = ? AND method_id = ?", kept.CustomerID, all[old].ID).
			Updates(map[string]any{"method_id": kept.ID, "updated_at": s.d.Now()}).Error
		if err != nil {
			return err
		}
		return s.removeLocked(ctx, all[old])
	})
	return kept, err
}

func (s *Store) fillMethod(m *SavedMethod, f SavedFacts, hash string) error {
	pair, err := json.Marshal([2]string{f.Token, f.CustomerToken})
	if err != nil {
		return err
	}
	if m.Token, err = s.box.SealText(string(pair), m.place()); err != nil {
		return err
	}
	m.TokenHash, m.State, m.RedirectURL = &hash, SavedActive, ""
	m.Kind, m.Brand, m.Last4, m.Mandate = cut(f.Kind, 16), cut(f.Brand, 60), cut(f.Last4, 8), cut(f.Mandate, 100)
	if f.ExpiryYear > 0 && f.ExpiryMonth >= 1 && f.ExpiryMonth <= 12 {
		m.ExpiryYear, m.ExpiryMonth = f.ExpiryYear, f.ExpiryMonth
	}
	m.UpdatedAt = s.d.Now()
	return nil
}

// KeepFromAttempt keeps the method with which an attempt was paid, where the customer asked for that. Whom its gateway is for was
// asked when the attempt was begun: what has begun is finished as it was.
func (s *Store) KeepFromAttempt(ctx context.Context, a Attempt, f SavedFacts) error {
	if !a.SaveMethod || f.Token == "" || a.Received == 0 {
		return nil
	}
	row, err := s.Of(a.CustomerID).beginMethod(ctx, NewMethod{Key: fmt.Sprintf("method-of-attempt-%d", a.ID), PartnerID: a.PartnerID, Gateway: a.Gateway})
	if err == nil && row.State == SavedSetup {
		_, err = s.KeepMethod(ctx, row.ID, f)
	}
	return err
}

// DescribeMethod sets the customer's own name of a method, and makes it the default if asked to.
func (m Mine) DescribeMethod(ctx context.Context, id int64, label string, makeDefault bool) error {
	label = strings.TrimSpace(label)
	if len([]rune(label)) > 60 {
		return db.Invalid{"label": "error.too_long"}
	}
	return m.s.d.Tx(ctx, func(ctx context.Context) error {
		if _, err := m.s.lockMethods(ctx, m.id); err != nil {
			return err
		}
		if _, err := m.ActiveMethod(ctx, id); err != nil {
			return err
		}
		q := func() *gorm.DB { return m.s.d.Q(ctx).Model(&SavedMethod{}).Where("customer_id = ?", m.id) }
		if makeDefault {
			if err := q().Where("id <> ?", id).Update("is_default", false).Error; err != nil {
				return err
			}
			if err := q().Where("id = ?", id).Update("is_default", true).Error; err != nil {
				return err
			}
		}
		return q().Where("id = ?", id).Updates(map[string]any{"label": label, "updated_at": m.s.d.Now()}).Error
	})
}

// JobForget has a gateway forget a method that was removed; its payload is MethodNamed.
const JobForget = "method.forget"

// MethodNamed names a saved method, for jobs.
type MethodNamed struct{ MethodID int64 }

// RemoveMethod takes a method away: it is never charged again from now on, autopay with it ends, and a job has the gateway
// forget it. The oldest of the others becomes the default.
func (m Mine) RemoveMethod(ctx context.Context, id int64) error {
	return m.s.d.Tx(ctx, func(ctx context.Context) error {
		if _, err := m.s.lockMethods(ctx, m.id); err != nil {
			return err
		}
		row, err := m.ActiveMethod(ctx, id)
		if err != nil {
			return err
		}
		ap, err := m.Autopay(ctx)
		if err == nil && ap.State == AutopayOn && ap.MethodID == id {
			err = m.s.endAutopay(ctx, ap, EndRemoved)
		} else if err == nil || db.KindOf(err) == db.NotFound {
			err = m.s.tellMethod(ctx, MethodNotice{CustomerID: m.id, Kind: NoticeRemoved, MethodID: id}, fmt.Sprintf("removed:%d", id))
		}
		if err != nil {
			return err
		}
		return m.s.removeLocked(ctx, row)
	})
}

func (s *Store) removeLocked(ctx context.Context, m SavedMethod) error {
	now := s.d.Now()
	err := s.d.Q(ctx).Model(&SavedMethod{}).Where("id = ?", m.ID).
		Updates(map[string]any{"state": SavedRemoved, "is_default": false, "token_hash": nil, "removed_at": now, "updated_at": now}).Error
	if err != nil {
		return err
	}
	if m.IsDefault {
		err := s.d.Q(ctx).Exec(`UPDATE saved_methods SET is_default = ? WHERE id = (SELECT MIN(id) FROM saved_methods WHERE customer_id = ? AND state = 'active')
			AND NOT EXISTS (SELECT 1 FROM saved_methods d WHERE d.customer_id = ? AND d.state = 'active' AND d.is_default = ?)`, true, m.CustomerID, m.CustomerID, true).Error
		if err != nil {
			return err
		}
	}
	return s.jobs.Enqueue(ctx, JobForget, MethodNamed{m.ID})
}

// Forgotten notes that the gateway has forgotten a removed method; its token goes too.
func (s *Store) Forgotten(ctx context.Context, id int64) error {
	return s.d.Q(ctx).Model(&SavedMethod{}).Where("id = ? AND state = ?", id, SavedRemoved).
		Updates(map[string]any{"state": SavedForgotten, "token": "", "updated_at": s.d.Now()}).Error
}

// PurgeSetups deletes what customers began to give before t and never gave.
func (s *Store) PurgeSetups(ctx context.Context, t time.Time) (int64, error) {
	r := s.d.Q(ctx).Where("state = ? AND created_at < ?", SavedSetup, t).Delete(&SavedMethod{})
	return r.RowsAffected, r.Error
}
