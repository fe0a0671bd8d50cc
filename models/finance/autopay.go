package finance

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/db"
)

// AutopayRule says on which days autopay charges.
type AutopayRule string

// The rules: on an invoice's due day, a number of days before it, or on a day of each month.
const (
	RuleDue    AutopayRule = "due"
	RuleBefore AutopayRule = "before"
	RuleDay    AutopayRule = "day"
)

// AutopayState is whether autopay charges.
type AutopayState string

// The states of autopay. A pause is a day, not a state: it ends by itself.
const (
	AutopayOn    AutopayState = "on"
	AutopayEnded AutopayState = "ended"
)

// Why autopay ended.
const (
	EndCustomer = "customer"
	EndStaff    = "staff"
	EndRemoved  = "removed" // with its method
	EndExpired  = "expired" // its method has
	EndMoved    = "moved"   // the customer is another partner's now, who is another merchant
)

// Autopay is how a customer has what is owed charged by itself. MostMinor is the most that one charge may take, fee
// included, in minor units; 0 is no bound.
type Autopay struct {
	CustomerID  int64          `gorm:"primaryKey;autoIncrement:false"`
	PartnerID   int64          `gorm:"not null"`
	State       AutopayState   `gorm:"size:8;not null;index"`
	Reason      string         `gorm:"size:16;not null"`
	MethodID    int64          `gorm:"not null"`
	Rule        AutopayRule    `gorm:"size:8;not null"`
	Days        int            `gorm:"not null"` // before the due day, or of the month
	MostMinor   int64          `gorm:"not null"`
	Currency    money.Currency `gorm:"size:3;not null"`
	StartsOn    db.Day         `gorm:"size:10;not null"`
	PausedUntil db.Day         `gorm:"size:10;not null"` // the first day on which it charges again
	ConsentID   int64          `gorm:"not null"`
	CreatedAt   time.Time      `gorm:"not null" json:"-"`
	UpdatedAt   time.Time      `gorm:"not null" json:"-"`
}

// TableName names the table.
func (Autopay) TableName() string { return "autopays" }

// On reports whether autopay charges at all, now or after a pause.
func (a Autopay) On() bool { return a.State == AutopayOn }

// Paused reports whether autopay rests on a day.
func (a Autopay) Paused(today db.Day) bool { return a.PausedUntil > today }

// Most is the bound of one charge.
func (a Autopay) Most() money.Money { return money.Of(a.MostMinor, a.Currency) }

// AutopayConsent is the record of what a customer agreed to, word for word. It is never changed.
type AutopayConsent struct {
	ID         int64     `gorm:"primaryKey"`
	CustomerID int64     `gorm:"not null;index"`
	Version    string    `gorm:"size:32;not null"`
	Language   string    `gorm:"size:8;not null"`
	Text       string    `gorm:"not null"`
	IP         string    `gorm:"size:64;not null"`
	UserAgent  string    `gorm:"size:300;not null"`
	CreatedAt  time.Time `gorm:"not null"`
}

// TableName names the table.
func (AutopayConsent) TableName() string { return "autopay_consents" }

// AutopayTerms are what a customer asks autopay for.
type AutopayTerms struct {
	Party    Party
	MethodID int64
	Rule     AutopayRule
	Days     int
	Most     int64
	// The consent: its version, language and the words that were agreed to.
	Version, Language, Text string
}

func (t AutopayTerms) check() error {
	bad := db.Invalid{}
	t.Party.check(bad)
	switch {
	case t.Rule != RuleDue && t.Rule != RuleBefore && t.Rule != RuleDay:
		bad["rule"] = "error.choice"
	case t.Rule == RuleBefore && (t.Days < 1 || t.Days > 20):
		bad["days_before"] = "autopay.error.days_before"
	case t.Rule == RuleDay && (t.Days < 1 || t.Days > 28):
		bad["day_of_month"] = "autopay.error.day_of_month"
	}
	if t.Most < 0 || tooBig(t.Most) {
		bad["most"] = "finance.error.amount"
	}
	if t.Text == "" || t.Version == "" {
		bad["agree"] = "autopay.error.agree"
	}
	return bad.Or()
}

// Autopay returns the customer's autopay, ended or not; db.ErrNotFound before the first.
func (m Mine) Autopay(ctx context.Context) (Autopay, error) {
	a, err := db.From[Autopay](m.s.d.Q(ctx)).Where("customer_id = ?", m.id).Take()
	return a, db.Found(err)
}

// Consent returns the consent that the customer's autopay rests on.
func (m Mine) Consent(ctx context.Context, id int64) (AutopayConsent, error) {
	c, err := db.From[AutopayConsent](m.s.d.Q(ctx)).Where("id = ? AND customer_id = ?", id, m.id).Take()
	return c, db.Found(err)
}

// StartAutopay begins autopay or changes it; it charges from the next day on, so that it can be thought over. The consent is
// kept with the address it came from. Errors: db.Invalid by field; a method that is not the customer's is db.ErrNotFound.
func (m Mine) StartAutopay(ctx context.Context, t AutopayTerms, today db.Day) (Autopay, error) {
	t.Party.CustomerID = m.id
	if t.Rule == RuleDue {
		t.Days = 0
	}
	if err := t.check(); err != nil {
		return Autopay{}, err
	}
	var a Autopay
	err := m.s.d.Tx(ctx, func(ctx context.Context) error {
		if _, err := m.s.lockMethods(ctx, m.id); err != nil {
			return err
		}
		method, err := m.ActiveMethod(ctx, t.MethodID)
		if err != nil {
			return err
		}
		if method.PartnerID != t.Party.PartnerID {
			return db.Invalid{"method": "pay.error.choose"}
		}
		if method.Expired(today) {
			return db.Invalid{"method": "autopay.error.expired"}
		}
		old, err := m.Autopay(ctx)
		if err != nil && db.KindOf(err) != db.NotFound {
			return err
		}
		now, by := m.s.d.Now(), audit.By(ctx)
		consent := AutopayConsent{CustomerID: m.id, Version: t.Version, Language: t.Language, Text: t.Text, IP: by.IP, UserAgent: cut(by.UserAgent, 300), CreatedAt: now}
		if err := m.s.d.Q(ctx).Create(&consent).Error; err != nil {
			return err
		}
		a = Autopay{CustomerID: m.id, PartnerID: t.Party.PartnerID, State: AutopayOn, MethodID: t.MethodID, Rule: t.Rule, Days: t.Days, MostMinor: t.Most, Currency: t.Party.Currency,
			StartsOn: today.AddDays(1), ConsentID: consent.ID, CreatedAt: now, UpdatedAt: now}
		if old.On() && old.Paused(today) {
			a.PausedUntil = old.PausedUntil
		}
		if err := m.s.d.Q(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&a).Error; err != nil {
			return err
		}
		return m.s.tellAutopay(ctx, old, a)
	})
	return a, err
}

// longestPause is how many days ahead autopay may be paused.
const longestPause = 366

// PauseAutopay lets autopay rest until a day, on which it charges again; today or earlier is no pause.
func (m Mine) PauseAutopay(ctx context.Context, until, today db.Day) error {
	if _, err := db.ParseDay(string(until)); err != nil || until <= today || until > today.AddDays(longestPause) {
		return db.Invalid{"until": "autopay.error.until"}
	}
	return m.changeAutopay(ctx, audit.AutopayPaused, func(a *Autopay) { a.PausedUntil = until })
}

// ResumeAutopay ends a pause.
func (m Mine) ResumeAutopay(ctx context.Context) error {
	return m.changeAutopay(ctx, audit.AutopayResumed, func(a *Autopay) { a.PausedUntil = "" })
}

// StopAutopay ends autopay; a charge that is under way goes on.
func (m Mine) StopAutopay(ctx context.Context) error {
	reason := EndCustomer
	if audit.By(ctx).Kind == audit.Staff {
		reason = EndStaff
	}
	return m.changeAutopay(ctx, audit.AutopayStopped, func(a *Autopay) { a.State, a.Reason, a.PausedUntil = AutopayEnded, reason, "" })
}

func (m Mine) changeAutopay(ctx context.Context, action audit.Action, change func(*Autopay)) error {
	return m.s.d.Tx(ctx, func(ctx context.Context) error {
		was, err := db.From[Autopay](m.s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("customer_id = ? AND state = ?", m.id, AutopayOn).Take()
		if err != nil {
			return db.Found(err)
		}
		is := was
		change(&is)
		is.UpdatedAt = m.s.d.Now()
		if err := m.s.d.Q(ctx).Save(&is).Error; err != nil {
			return err
		}
		if !is.On() {
			n := MethodNotice{CustomerID: m.id, Kind: NoticeOff, MethodID: is.MethodID}
			if is.Reason == EndStaff {
				n.Kind, n.Reason = NoticeEnded, EndStaff
			}
			if err := m.s.tellMethod(ctx, n, fmt.Sprintf("ended:%d", is.UpdatedAt.UnixMicro())); err != nil {
				return err
			}
		}
		return m.s.log.Record(ctx, audit.Change{Action: action, Object: "autopay", ObjectID: fmt.Sprint(m.id), CustomerID: m.id, PartnerID: is.PartnerID, Before: was, After: is})
	})
}

// endAutopay ends autopay for a reason that the customer is told.
func (s *Store) endAutopay(ctx context.Context, a Autopay, reason string) error {
	now := s.d.Now()
	r := s.d.Q(ctx).Model(&Autopay{}).Where("customer_id = ? AND state = ?", a.CustomerID, AutopayOn).
		Updates(map[string]any{"state": AutopayEnded, "reason": reason, "paused_until": "", "updated_at": now})
	if r.Error != nil || r.RowsAffected == 0 {
		return r.Error
	}
	return s.tellMethod(ctx, MethodNotice{CustomerID: a.CustomerID, Kind: NoticeEnded, MethodID: a.MethodID, Reason: reason}, fmt.Sprintf("ended:%d", now.UnixMicro()))
}
