package portal

import (
	"maps"
	"time"

	"myisp/internal/money"
	"myisp/models/db"
)

// Values are all settings as one partner has them. They never change once made, and may be shared by all requests.
type Values struct {
	list []any
	own  []bool
	zone *time.Location
}

// Defaults are the values of an installation where nobody has set anything.
func Defaults() *Values {
	v := &Values{list: make([]any, len(declared)), own: make([]bool, len(declared))}
	for i, d := range declared {
		v.list[i] = d.initial
	}
	return v.finish()
}

// With returns a copy in which the given settings (key → value as typed or as JSON) are changed, for previews and tests.
func (v *Values) With(changes map[string]string) (*Values, error) {
	c, bad := v.clone(), db.Invalid{}
	for key, raw := range changes {
		d := Lookup(key)
		if d == nil {
			return nil, missing("there is no setting %q", key)
		}
		parsed, err := d.parse(raw)
		if err != nil {
			maps.Copy(bad, err.(db.Invalid))
			continue
		}
		c.list[d.index], c.own[d.index] = parsed, true
	}
	if err := bad.Or(); err != nil {
		return nil, err
	}
	return c.finish(), nil
}

// clone copies the values for a partner to lay its own over them; what is set for the installation stays marked as set.
func (v *Values) clone() *Values {
	c := &Values{list: append([]any(nil), v.list...), own: make([]bool, len(v.own))}
	for i, d := range declared {
		c.own[i] = v.own[i] && d.Scope == General
	}
	return c
}

func (v *Values) finish() *Values {
	zone, err := time.LoadLocation(Zone.Of(v))
	if err != nil {
		zone = time.UTC
	}
	v.zone = zone
	return v
}

// Own reports whether this partner has its own value of the setting, rather than the Default partner's (the `*` in the
// form); of a General setting, whether the installation has one.
func (v *Values) Own(d *Declaration) bool { return v.own[d.index] }

// JSON writes the value of a setting as it is stored.
func (v *Values) JSON(d *Declaration) string { return encode(v.list[d.index]) }

// Zone is the partner's time zone (X7): the zone of every day and time that its customers read.
func (v *Values) Zone() *time.Location { return v.zone }

// Money makes an amount of minor units in the partner's currency (X7).
func (v *Values) Money(minor int64) money.Money {
	return money.Of(minor, money.Currency(Currency.Of(v)))
}
