package finance

import (
	"context"
	"encoding/json"
	"slices"

	"myisp/models/db"
)

// IDs is a list of ids as a column keeps it: JSON in order, or "" for none. As a limit none limits nothing, and 0 among them means
// whoever has no such thing.
type IDs string

// IDsOf makes a list of ids, each of them once.
func IDsOf(ids ...int64) IDs {
	if len(ids) == 0 {
		return ""
	}
	text, err := json.Marshal(slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		panic(err) // whole numbers
	}
	return IDs(text)
}

// List returns the ids. What is no list lists none, and so admits nobody.
func (l IDs) List() (ids []int64) {
	_ = json.Unmarshal([]byte(l), &ids)
	return ids
}

// Admits reports whether a limit lets something pass.
func (l IDs) Admits(id int64) bool { return l == "" || slices.Contains(l.List(), id) }

// whereabouts is what the limits of gateways ask of a customer: where they are, and how their bills are paid. 0 is nowhere.
type whereabouts struct{ LocationID, PaymentMethodID int64 }

// limited reports whether the gateway is for some customers alone.
func (g GatewaySetup) limited() bool { return g.Locations != "" || g.PaymentMethods != "" }

func (g GatewaySetup) admits(w whereabouts) bool {
	return g.Locations.Admits(w.LocationID) && g.PaymentMethods.Admits(w.PaymentMethodID)
}

func (s *Store) whereabouts(ctx context.Context, customer int64) (w whereabouts, err error) {
	err = db.One(s.d.Q(ctx).Raw(`SELECT c.location_id, COALESCE(b.payment_method_id, 0) FROM customers c LEFT JOIN customer_billings b ON b.customer_id = c.id WHERE c.id = ?`,
		customer), &w.LocationID, &w.PaymentMethodID)
	return w, err
}

// admitted reports whether a gateway is for a customer; only where it has limits that costs a statement.
func (s *Store) admitted(ctx context.Context, g GatewaySetup, customer int64) (bool, error) {
	if !g.limited() {
		return true, nil
	}
	w, err := s.whereabouts(ctx, customer)
	return err == nil && g.admits(w), err
}

// errNotOffered says that a way of paying is not there, whatever the reason.
var errNotOffered = db.Invalid{"gateway": "pay.error.choose"}

// mayUse refuses a gateway that is not for the customer. One that nobody has set up has no limits: whoever calls knows that it is there.
func (m Mine) mayUse(ctx context.Context, partner int64, gateway string) (GatewaySetup, error) {
	g, err := m.s.Gateway(ctx, partner, gateway)
	if err != nil && db.KindOf(err) == db.NotFound {
		return GatewaySetup{}, nil
	}
	if err != nil {
		return g, err
	}
	ok, err := m.s.admitted(ctx, g, m.id)
	if err == nil && !ok {
		err = errNotOffered
	}
	return g, err
}

// Gateways lists those of a partner's gateways that are for this customer, in the order of the customer's choice.
func (m Mine) Gateways(ctx context.Context, partner int64) ([]GatewaySetup, error) {
	list, err := m.s.Gateways(ctx, partner)
	if err != nil || !slices.ContainsFunc(list, GatewaySetup.limited) {
		return list, err
	}
	w, err := m.s.whereabouts(ctx, m.id)
	return slices.DeleteFunc(list, func(g GatewaySetup) bool { return !g.admits(w) }), err
}

// checkLimits holds a gateway's limits to the locations and payment methods that there are.
func (s *Store) checkLimits(ctx context.Context, g GatewaySetup) error {
	bad := db.Invalid{}
	for _, l := range []struct {
		field, table string
		ids          IDs
	}{{"locations", "locations", g.Locations}, {"payment_methods", "payment_methods", g.PaymentMethods}} {
		names, err := s.namesOf(ctx, l.table, l.ids)
		if err != nil {
			return err
		}
		if ids := l.ids.List(); l.ids != IDsOf(ids...) || len(names) != len(ids) {
			bad[l.field] = "error.choice"
		}
	}
	return bad.Or()
}

// namesOf are the names of a limit's rows, as far as there are such; "" stands for having none.
func (s *Store) namesOf(ctx context.Context, table string, l IDs) (names []string, err error) {
	ids := l.List()
	if slices.Contains(ids, 0) {
		names = append(names, "")
	}
	var found []string
	err = s.d.Q(ctx).Table(table).Where("id IN ?", append(ids, 0)).Order("id").Pluck("name", &found).Error
	return append(names, found...), err
}

// LimitedTo counts the gateways that are limited to each location: one that they name is in use.
func (s *Store) LimitedTo(ctx context.Context) (map[int64]int64, error) {
	var lists []IDs
	if err := s.d.Q(ctx).Model(&GatewaySetup{}).Where("locations <> ''").Pluck("locations", &lists).Error; err != nil {
		return nil, err
	}
	uses := map[int64]int64{}
	for _, l := range lists {
		for _, id := range l.List() {
			uses[id]++
		}
	}
	return uses, nil
}
