package customer

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"myisp/models/audit"
	"myisp/models/db"
)

// Label is a mark that staff put on customers to find them together. Its tone is one of LabelTones.
type Label struct {
	ID        int64     `gorm:"primaryKey"`
	Name      string    `gorm:"size:60;not null"`
	Folded    string    `gorm:"size:120;not null;uniqueIndex"`
	Tone      string    `gorm:"size:8;not null"`
	CreatedAt time.Time `gorm:"not null"`
	UpdatedAt time.Time `gorm:"not null"`
}

// TableName names the table.
func (Label) TableName() string { return "customer_labels" }

// LabelLink says that a customer has a label.
type LabelLink struct {
	LabelID    int64 `gorm:"primaryKey;autoIncrement:false"`
	CustomerID int64 `gorm:"primaryKey;autoIncrement:false;index"`
}

// TableName names the table.
func (LabelLink) TableName() string { return "customer_label_links" }

// LabelTones is the closed set of colours of labels; each is readable in light and dark.
var LabelTones = []string{"neutral", "info", "ok", "warn", "bad"}

// maxLabels bounds how many labels an installation has: more than anybody can tell apart, few enough for one page.
const maxLabels = 100

// CountedLabel is a label with how many customers have it.
type CountedLabel struct {
	Label
	Customers int64
}

// Labels lists all labels by name.
func (s *Store) Labels(ctx context.Context) ([]Label, error) {
	return db.From[Label](s.d.Q(ctx)).Order("folded, id").Find()
}

// CountedLabels lists all labels by name, with how many customers have each.
func (s *Store) CountedLabels(ctx context.Context) ([]CountedLabel, error) {
	var list []CountedLabel
	err := s.d.Q(ctx).Table("customer_labels b").Select("b.*, (SELECT COUNT(*) FROM customer_label_links l WHERE l.label_id = b.id) AS customers").
		Order("b.folded, b.id").Find(&list).Error
	return list, err
}

// Label returns one; db.ErrNotFound when there is none.
func (s *Store) Label(ctx context.Context, id int64) (Label, error) {
	l, err := db.From[Label](s.d.Q(ctx)).Where("id = ?", id).Take()
	return l, db.Found(err)
}

// labelsOf reads the labels of some customers with one statement.
func (s *Store) labelsOf(ctx context.Context, ids ...int64) (map[int64][]Label, error) {
	all := map[int64][]Label{}
	if len(ids) == 0 {
		return all, nil
	}
	var rows []struct {
		Label
		CustomerID int64
	}
	err := s.d.R(ctx).Table("customer_label_links l").Joins("JOIN customer_labels b ON b.id = l.label_id").Select("b.*, l.customer_id").
		Where("l.customer_id IN ?", ids).Order("b.folded, b.id").Find(&rows).Error
	for _, r := range rows {
		all[r.CustomerID] = append(all[r.CustomerID], r.Label)
	}
	return all, err
}

// Labels lists the customer's labels by name.
func (m Me) Labels(ctx context.Context) ([]Label, error) {
	all, err := m.s.labelsOf(ctx, m.id)
	return all[m.id], err
}

// labelFacts are what the log keeps of a label.
type labelFacts struct {
	Name string `json:"name"`
	Tone string `json:"tone"`
}

func (l *Label) check() error {
	bad := db.Invalid{}
	l.Name = strings.Join(strings.Fields(l.Name), " ")
	l.Folded = db.Fold(l.Name)
	switch {
	case l.Folded == "":
		bad["name"] = "error.required"
	case len([]rune(l.Name)) > 60 || len([]rune(l.Folded)) > 120:
		bad["name"] = "error.too_long"
	}
	if !slices.Contains(LabelTones, l.Tone) {
		bad["tone"] = "error.choice"
	}
	return bad.Or()
}

// SaveLabel adds a label (id 0) or writes one anew, for staff. Errors: db.Invalid on name and tone, db.ErrNotFound.
func (s *Store) SaveLabel(ctx context.Context, l Label) (Label, error) {
	if err := l.check(); err != nil {
		return l, err
	}
	err := s.d.Tx(ctx, func(ctx context.Context) error {
		now := s.d.Now()
		change := audit.Change{Action: audit.LabelSaved, Object: "label", ObjectName: l.Name, After: labelFacts{l.Name, l.Tone}}
		l.UpdatedAt = now
		if l.ID == 0 {
			if n, err := db.From[Label](s.d.Q(ctx)).Count("id"); err != nil || n >= maxLabels {
				return or(err, db.Invalid{"name": "customers.error.too_many_labels"})
			}
			l.CreatedAt = now
			if err := s.d.Q(ctx).Create(&l).Error; err != nil {
				return labelTaken(err)
			}
		} else {
			old, err := s.Label(ctx, l.ID)
			if err != nil {
				return err
			}
			l.CreatedAt = old.CreatedAt
			if err := s.d.Q(ctx).Save(&l).Error; err != nil {
				return labelTaken(err)
			}
			change.Before = labelFacts{old.Name, old.Tone}
			if old.Name == l.Name && old.Tone == l.Tone {
				return nil
			}
		}
		change.ObjectID = strconv.FormatInt(l.ID, 10)
		return s.log.Record(ctx, change)
	})
	return l, err
}

func labelTaken(err error) error {
	if db.IsDuplicate(err) {
		return db.Invalid{"name": "customers.error.label_taken"}
	}
	return err
}

func or(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// RemoveLabel deletes a label and takes it off all customers, for staff; db.ErrNotFound when there is none.
func (s *Store) RemoveLabel(ctx context.Context, id int64) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		l, err := s.Label(ctx, id)
		if err != nil {
			return err
		}
		r := s.d.Q(ctx).Where("label_id = ?", id).Delete(&LabelLink{})
		if r.Error != nil {
			return r.Error
		}
		if err := s.d.Q(ctx).Where("id = ?", id).Delete(&Label{}).Error; err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.LabelRemoved, Object: "label", ObjectID: strconv.FormatInt(id, 10), ObjectName: l.Name,
			Before: map[string]any{"name": l.Name, "tone": l.Tone, "customers": r.RowsAffected}})
	})
}

// SetLabels gives a customer these labels and no others, for staff; ids that are no labels are left out.
func (s *Store) SetLabels(ctx context.Context, customerID int64, ids []int64) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		c, err := s.Find(ctx, customerID)
		if err != nil {
			return err
		}
		all, err := s.Labels(ctx)
		if err != nil {
			return err
		}
		had, err := s.Of(customerID).Labels(ctx)
		if err != nil {
			return err
		}
		var links []LabelLink
		var after []string
		for _, l := range all {
			if slices.Contains(ids, l.ID) {
				links, after = append(links, LabelLink{l.ID, customerID}), append(after, l.Name)
			}
		}
		before := names(had)
		if slices.Equal(before, after) {
			return nil
		}
		if err := s.d.Q(ctx).Where("customer_id = ?", customerID).Delete(&LabelLink{}).Error; err != nil {
			return err
		}
		if len(links) > 0 {
			if err := s.d.Q(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&links).Error; err != nil {
				return err
			}
		}
		change := changeOf(audit.CustomerLabels, c)
		change.Before, change.After = map[string]any{"labels": before}, map[string]any{"labels": after}
		return s.log.Record(ctx, change)
	})
}

func names(labels []Label) []string {
	var list []string
	for _, l := range labels {
		list = append(list, l.Name)
	}
	return list
}
