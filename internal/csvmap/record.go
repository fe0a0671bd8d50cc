package csvmap

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"myisp/internal/money"
)

// Record is one record that a line stands for.
type Record struct {
	Line   int               // 1-based, the header included
	Kind   string            // "customer", "service", …
	Name   string            // of the block, if the mapping names it
	Values map[string]string // by target; those without a value are left out

	options *options
}

// Has reports whether a target has a value.
func (r Record) Has(field string) bool { return r.Values[field] != "" }

// Text is a target's value, "" without one.
func (r Record) Text(field string) string { return r.Values[field] }

// Bad makes the *LineError of a value that the importer refuses.
func (r Record) Bad(field, reason string) error { return r.bad(field, reason) }

func (r Record) bad(field, reason string) *LineError {
	return &LineError{Line: r.Line, Kind: r.Kind, Name: r.Name, Field: field, Reason: reason}
}

// value is what the typed getters read; a missing one is an error, so ask Has first where it may be.
func (r Record) value(field string) (string, error) {
	v := r.Values[field]
	if v == "" {
		return "", r.bad(field, "is empty")
	}
	return v, nil
}

// Money reads an amount with the mapping's separators. Sign and digits only: currency signs are for the mapping to
// replace. The error is a *LineError.
func (r Record) Money(field string, c money.Currency) (money.Money, error) {
	v, err := r.value(field)
	if err != nil {
		return money.Money{}, err
	}
	plain, ok := r.plain(v)
	if !ok {
		return money.Money{}, r.bad(field, quoted(v)+" is not an amount")
	}
	m, err := money.Parse(plain, c)
	switch {
	case errors.Is(err, money.ErrPrecision):
		return money.Money{}, r.bad(field, fmt.Sprintf("%s has more decimals than %s", quoted(v), c))
	case errors.Is(err, money.ErrOverflow):
		return money.Money{}, r.bad(field, quoted(v)+" is too large")
	case err != nil:
		return money.Money{}, r.bad(field, quoted(v)+" is not an amount")
	}
	return m, nil
}

// Decimal reads a number such as a tax rate with the mapping's separators. The error is a *LineError.
func (r Record) Decimal(field string) (decimal.Decimal, error) {
	v, err := r.value(field)
	if err != nil {
		return decimal.Decimal{}, err
	}
	plain, ok := r.plain(v)
	if ok && len(plain) <= 64 && strings.Trim(plain, "+-.0123456789") == "" {
		if d, err := decimal.NewFromString(plain); err == nil {
			return d, nil
		}
	}
	return decimal.Decimal{}, r.bad(field, quoted(v)+" is not a number")
}

// Int reads a whole number. The error is a *LineError.
func (r Record) Int(field string) (int64, error) {
	v, err := r.value(field)
	if err != nil {
		return 0, err
	}
	plain, ok := r.plain(v)
	if ok && strings.Trim(plain, "+-0123456789") == "" {
		if n, err := strconv.ParseInt(plain, 10, 64); err == nil {
			return n, nil
		} else if errors.Is(err, strconv.ErrRange) {
			return 0, r.bad(field, quoted(v)+" is too large")
		}
	}
	return 0, r.bad(field, quoted(v)+" is not a whole number")
}

// Bool reads one of the mapping's words for true and false. The error is a *LineError.
func (r Record) Bool(field string) (bool, error) {
	v, err := r.value(field)
	if err != nil {
		return false, err
	}
	b, ok := r.options.booleans[strings.ToLower(v)]
	if !ok {
		return false, r.bad(field, quoted(v)+" is neither true nor false")
	}
	return b, nil
}

// Date reads a date, or a time if the mapping's format has one, as it shows on the clocks of a zone; a date is its
// midnight there. The result is in that zone; store its UTC. Years are 1900 to 2199. The error is a *LineError.
func (r Record) Date(field string, zone *time.Location) (time.Time, error) {
	v, err := r.value(field)
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.ParseInLocation(r.options.layout, v, zone)
	if err != nil || t.Year() < 1900 || t.Year() > 2199 {
		return time.Time{}, r.bad(field, fmt.Sprintf("%s is not a date as %s", quoted(v), r.options.dateFormat))
	}
	return t, nil
}

// plain rewrites a number with a point and without grouping. Groups must be whole, so that "1,23" with grouping "," is
// an error and not 123.
func (r Record) plain(v string) (string, bool) {
	o := r.options
	whole, frac, found := strings.Cut(v, string(o.decimal))
	if o.decimal != '.' && strings.Contains(v, ".") && o.grouping != '.' {
		return "", false
	}
	if o.grouping != 0 {
		if strings.ContainsRune(frac, o.grouping) {
			return "", false
		}
		groups := strings.Split(whole, string(o.grouping))
		for i, g := range groups[1:] {
			last := i == len(groups)-2
			if len(g) != 3 && (last || len(g) != 2) || strings.Trim(g, "0123456789") != "" {
				return "", false
			}
		}
		if lead := strings.TrimLeft(groups[0], "+-"); len(groups) > 1 && (lead == "" || len(lead) > 3) {
			return "", false
		}
		whole = strings.Join(groups, "")
	}
	if found {
		whole += "." + frac
	}
	return whole, true
}
