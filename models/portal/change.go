package portal

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"gorm.io/gorm/clause"

	"myisp/models/audit"
	"myisp/models/db"
)

// Changed is one setting that got another value, or lost its own: the values in force before and after, as JSON.
type Changed struct {
	*Declaration
	Before, After string
}

// Set stores a setting's value for a partner (0 for General settings), even one that is in force already: it no longer
// follows what it inherited. The value may be JSON or as a person types it.
func (s *Store) Set(ctx context.Context, partner int64, name, raw string) error {
	d, err := s.target(ctx, partner, name)
	if err != nil {
		return err
	}
	v, err := d.parse(raw)
	if err != nil {
		return err
	}
	return s.change(ctx, func(ctx context.Context) error {
		old, err := s.stored(ctx, partner, d.Key)
		if err != nil || old == encode(v) {
			return err
		}
		return s.keepingCurrency(ctx, d, func() error { return s.write(ctx, partner, d, old, encode(v)) })
	})
}

// SetMany stores what is new among the values (key → value as in Set), all or none, and tells what changed: Per partner
// settings for the partner, General ones for the installation. A value that is in force already is left as it is, so that
// what is inherited goes on being inherited. Errors: db.Invalid on the keys of values that are not acceptable.
func (s *Store) SetMany(ctx context.Context, partner int64, values map[string]string) (list []Changed, err error) {
	parsed, bad := map[*Declaration]string{}, db.Invalid{}
	for name, raw := range values {
		d, err := s.target(ctx, scopeOf(name, partner), name)
		if err != nil {
			return nil, err
		}
		v, err := d.parse(raw)
		if err != nil {
			maps.Copy(bad, err.(db.Invalid))
			continue
		}
		parsed[d] = encode(v)
	}
	if err := bad.Or(); err != nil {
		return nil, err
	}
	err = s.change(ctx, func(ctx context.Context) error {
		list = nil
		now, err := s.load(ctx, 0)
		if err != nil {
			return err
		}
		inForce := now.partners[max(partner, DefaultPartner)].Values
		for _, d := range Declarations() {
			value, given := parsed[d]
			if before := inForce.JSON(d); given && before != value {
				if err := s.keepingCurrency(ctx, d, func() error { return s.write(ctx, scopeOf(d.Key, partner), d, before, value) }); err != nil {
					return err
				}
				list = append(list, Changed{d, before, value})
			}
		}
		return nil
	})
	return list, err
}

// scopeOf is the partner under which a setting is stored: 0 for General ones.
func scopeOf(name string, partner int64) int64 {
	if d := Lookup(name); d != nil && d.Scope == General {
		return 0
	}
	return partner
}

// write stores a value and enters it into the log.
func (s *Store) write(ctx context.Context, partner int64, d *Declaration, before, value string) error {
	row := SettingRow{PartnerID: partner, Key: d.Key, Value: value, UpdatedAt: s.d.Now()}
	if err := s.d.Q(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return err
	}
	return s.record(ctx, partner, d, audit.SettingSet, before, value)
}

// stored returns a partner's own value of a setting as JSON; "" when it inherits.
func (s *Store) stored(ctx context.Context, partner int64, key string) (string, error) {
	var row SettingRow
	err := s.d.Q(ctx).Where("partner_id = ? AND key = ?", partner, key).Limit(1).Find(&row).Error
	return row.Value, err
}

// Own returns a partner's own values (0: the General ones) of settings that this program knows: key → JSON.
func (s *Store) Own(ctx context.Context, partner int64) (map[string]string, error) {
	rows, err := db.From[SettingRow](s.d.Q(ctx)).Where("partner_id = ?", partner).Find()
	own := map[string]string{}
	for _, r := range rows {
		if d := Lookup(r.Key); d != nil && (d.Scope == General) == (partner == 0) {
			own[r.Key] = r.Value
		}
	}
	return own, err
}

func (s *Store) record(ctx context.Context, partner int64, d *Declaration, action audit.Action, before, after string) error {
	value := func(stored string) any {
		if stored == "" {
			return nil
		}
		return map[string]any{"value": json.RawMessage(stored)}
	}
	return s.log.Record(ctx, audit.Change{Action: action, Object: "setting", ObjectID: d.Key, ObjectName: d.ID, PartnerID: partner,
		Before: value(before), After: value(after)})
}

// Reset removes a partner's own value, so that the inherited one holds again.
func (s *Store) Reset(ctx context.Context, partner int64, name string) error {
	d, err := s.target(ctx, partner, name)
	if err != nil {
		return err
	}
	return s.change(ctx, func(ctx context.Context) error {
		old, err := s.stored(ctx, partner, d.Key)
		if err != nil || old == "" {
			return err
		}
		err = s.keepingCurrency(ctx, d, func() error {
			return s.d.Q(ctx).Where("partner_id = ? AND key = ?", partner, d.Key).Delete(&SettingRow{}).Error
		})
		if err != nil {
			return err
		}
		return s.record(ctx, partner, d, audit.SettingReset, old, "")
	})
}

// ResetTo is Reset for a page that stands at a partner: a General setting is the installation's. It tells what is in force
// now instead, if that is another value.
func (s *Store) ResetTo(ctx context.Context, partner int64, name string) ([]Changed, error) {
	read := func() (string, error) {
		snap, err := s.Snapshot(ctx)
		if err != nil || Lookup(name) == nil || snap.Partner(partner) == nil {
			return "", err
		}
		return snap.Partner(partner).Values.JSON(Lookup(name)), nil
	}
	before, err := read()
	if err != nil {
		return nil, err
	}
	if err := s.Reset(ctx, scopeOf(name, partner), name); err != nil {
		return nil, err
	}
	after, err := read()
	if err != nil || before == after {
		return nil, err
	}
	return []Changed{{Lookup(name), before, after}}, nil
}

// Inherited is the value (JSON) of a setting that a partner has, or would have, without one of its own.
func (s *Snapshot) Inherited(partner int64, d *Declaration) string {
	if d.Scope == General || partner == DefaultPartner {
		return d.Default()
	}
	return s.partners[DefaultPartner].Values.JSON(d)
}

// target finds the setting of a name that a partner can have a value of. Errors: db.NotFound.
func (s *Store) target(ctx context.Context, partner int64, name string) (*Declaration, error) {
	d := Lookup(name)
	if d == nil {
		return nil, missing("there is no setting %q", name)
	}
	if (d.Scope == General) != (partner == 0) {
		return nil, missing("%s is a %s setting", d.Key, d.Scope)
	}
	if partner != 0 {
		n, err := db.From[Partner](s.d.Q(ctx)).Where("id = ?", partner).Count("id")
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, missing("there is no partner %d", partner)
		}
	}
	return d, nil
}

func missing(format string, args ...any) error {
	return &db.Error{Kind: db.NotFound, Key: "error.not_found", Cause: fmt.Errorf(format, args...)}
}
