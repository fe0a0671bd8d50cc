package ui

import (
	"maps"
	"net/url"
	"slices"
)

// Pair is one value of a form.
type Pair struct{ Name, Value string }

// Pairs lists the values of a form in an order that does not change, without one field.
func Pairs(form url.Values, without string) (list []Pair) {
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if name == without {
			continue
		}
		for _, v := range form[name] {
			list = append(list, Pair{name, v})
		}
	}
	return list
}
