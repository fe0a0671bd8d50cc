package configuration

import (
	"context"

	"myisp/models/catalog"
	"myisp/models/finance"
)

// gatewayNames tells what gateways refer to by name: files know no numbers of what staff make in the portal. A name is good for
// one that is in use; what was archived has its name in the file too, and keeps its gateway.
type gatewayNames struct {
	methods    []finance.PaymentMethod
	taxes      []catalog.Tax
	categories []finance.TransactionCategory
}

func (s *Store) gatewayNames(ctx context.Context) (n gatewayNames, err error) {
	if n.methods, err = s.m.Finance.PaymentMethods(ctx); err != nil {
		return n, err
	}
	if n.categories, err = s.m.Finance.Categories(ctx); err != nil {
		return n, err
	}
	n.taxes, _, err = s.m.Catalog.AllTaxes(ctx)
	return n, err
}

// file is a stored gateway as a file has it, without its keys.
func (n gatewayNames) file(g finance.GatewaySetup) Gateway {
	t := Gateway{Name: g.Gateway, Enabled: g.Enabled, Position: g.Position, Label: g.Label, FeePPM: g.FeePPM, FeeFixed: g.FeeFixed, Minimum: g.Minimum, Currency: g.Currency,
		Invoices: g.Invoices, Proformas: g.Proformas, Ahead: g.Ahead, FeeText: g.FeeText, WholeDebt: g.CoversDebt, Config: map[string]string{}}
	t.Method = nameOf(n.methods, g.MethodID, method)
	t.FeeTax = nameOf(n.taxes, g.FeeTaxID, tax)
	if g.FeeCategoryID != finance.CategoryService {
		t.FeeKind = nameOf(n.categories, g.FeeCategoryID, category)
	}
	t.Locations = g.Locations.List()
	for _, id := range g.PaymentMethods.List() {
		t.Methods = append(t.Methods, nameOf(n.methods, id, method))
	}
	return t
}

// named is the row of a list with a number, a name, and whether it can still be chosen.
type named struct {
	id     int64
	name   string
	active bool
}

func method(m finance.PaymentMethod) named         { return named{m.ID, m.Name, true} }
func tax(t catalog.Tax) named                      { return named{t.ID, t.Name, !t.Archived} }
func category(c finance.TransactionCategory) named { return named{c.ID, c.Name, !c.Archived} }

func nameOf[T any](list []T, id int64, as func(T) named) string {
	for _, row := range list {
		if n := as(row); n.id == id {
			return n.name
		}
	}
	return ""
}

// idOf finds the number of a name: the stored one, when it is that name's, or else the only one in use. ok is false where there
// is none, or several: which of them is meant nobody can say.
func idOf[T any](list []T, name string, stored int64, as func(T) named) (id int64, ok bool) {
	found := 0
	for _, row := range list {
		switch n := as(row); {
		case n.name != name:
		case n.id == stored:
			return n.id, true
		case n.active:
			id, found = n.id, found+1
		}
	}
	return id, found == 1
}
