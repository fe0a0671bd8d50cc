package imports

import (
	"context"

	"github.com/shopspring/decimal"

	"myisp/internal/csvmap"
	"myisp/internal/money"
	"myisp/models/catalog"
	"myisp/models/db"
	"myisp/models/service"
)

// planOf is the plan that a service names by external id or title; with create_plan a missing one is made.
func (im *importer) planOf(ctx context.Context, rec csvmap.Record, currency money.Currency) (catalog.Plan, error) {
	name := rec.Text("plan")
	if name == "" {
		return catalog.Plan{}, rec.Bad("plan", "is empty")
	}
	id, err := im.local(ctx, Plan, name)
	if err != nil {
		return catalog.Plan{}, err
	}
	kind := ""
	if err := choice(rec, "kind", &kind, service.Kinds...); err != nil {
		return catalog.Plan{}, err
	}
	list, err := im.offered(ctx)
	if err != nil {
		return catalog.Plan{}, err
	}
	for _, p := range list {
		if p.ID == id || id == 0 && p.Title == name && (kind == "" || kind == string(p.Kind)) {
			return p, nil
		}
	}
	allowed := false
	if err := yes(rec, "create_plan", &allowed); err != nil {
		return catalog.Plan{}, err
	}
	if !allowed {
		return catalog.Plan{}, rec.Bad("plan", "there is no plan "+short(name)+" (create_plan makes it)")
	}
	if kind == "" {
		return catalog.Plan{}, rec.Bad("kind", "is empty, and there is no plan "+short(name)+" to take it from")
	}
	p := catalog.Plan{Kind: catalog.Kind(kind), Title: name, Currency: currency}
	field := "price"
	if rec.Has("plan_price") {
		field = "plan_price"
	}
	price, err := rec.Money(field, currency)
	if err != nil {
		return p, err
	}
	t, err := im.tax(ctx, rec)
	if err != nil {
		return p, err
	}
	p.Price, p.TaxID = price.Minor, t.ID
	if err := yes(rec, "tax_included", &p.TaxIncluded); err != nil {
		return p, err
	}
	if p, err = im.m.Catalog.AddPlan(ctx, p, im.o.PartnerID); err == nil {
		im.plans = append(im.plans, p)
	}
	return p, err
}

// service adds a service, or writes what the mapping names onto the one of an earlier run.
func (im *importer) service(ctx context.Context, rec csvmap.Record) (outcome, error) {
	ext, err := externalID(rec, "id")
	if err != nil {
		return 0, err
	}
	owner, err := im.whose(ctx, rec, "customer")
	if err != nil {
		return 0, err
	}
	id, err := im.local(ctx, Service, ext)
	if err != nil {
		return 0, err
	}
	currency := money.Currency(or(rec.Text("currency"), owner.billing.Currency))
	if !currency.Valid() {
		return 0, rec.Bad("currency", "must be an ISO 4217 code such as EUR")
	}
	p, err := im.planOf(ctx, rec, currency)
	if err != nil {
		return 0, err
	}
	s := service.Service{CustomerID: owner.ID, Description: p.Name(), Quantity: 1000, UnitPrice: p.Price, TaxID: p.TaxID, TaxIncluded: p.TaxIncluded, Status: service.Active}
	if id != 0 {
		if s, err = im.sold(ctx, id); err != nil {
			return 0, err
		}
		if s.CustomerID != owner.ID {
			return 0, rec.Bad("customer", "is another than before: a service does not change hands")
		}
	} else if s.StartsOn, err = im.began(rec); err != nil {
		return 0, err
	}
	was := s
	s.PlanID, s.Kind, s.Currency = p.ID, string(p.Kind), string(currency)
	if err := im.serviceFields(ctx, rec, &s, currency); err != nil {
		return 0, err
	}
	switch {
	case id == 0:
		if err := im.m.Services.Add(ctx, &s); err != nil {
			return 0, err
		}
		im.remember(Service, ext, s.ID)
		im.services[s.ID] = s
		return created, nil
	case s == was:
		return unchanged, nil
	}
	if err := im.m.Services.Update(ctx, &s); err != nil {
		return 0, err
	}
	im.services[s.ID] = s
	return updated, nil
}

func (im *importer) sold(ctx context.Context, id int64) (service.Service, error) {
	if s, ok := im.services[id]; ok {
		return s, nil
	}
	var s service.Service
	err := im.m.DB.Q(ctx).Where("id = ?", id).Take(&s).Error
	return s, db.Found(err)
}

// began is the day a new service began when no starts_on says so: some months ago, or today.
func (im *importer) began(rec csvmap.Record) (db.Day, error) {
	if !rec.Has("months") {
		return im.today, nil
	}
	n, err := rec.Int("months")
	if err != nil {
		return "", err
	}
	if n < 0 || n > 1200 {
		return "", rec.Bad("months", "is out of range")
	}
	return im.today.AddMonths(int(-n)), nil
}

func (im *importer) serviceFields(ctx context.Context, rec csvmap.Record, s *service.Service, currency money.Currency) error {
	status := string(s.Status)
	if err := choice(rec, "status", &status, "active", "pending", "stopped", "disabled", "archived"); err != nil {
		return err
	}
	s.Status = service.Status(status)
	for field, to := range map[string]*string{"description": &s.Description, "login": &s.Login, "ipv4": &s.IPv4, "phone": &s.Phone} {
		*to = or(rec.Text(field), *to)
	}
	if err := choice(rec, "direction", &s.Direction, "incoming", "outgoing"); err != nil {
		return err
	}
	for field, to := range map[string]*db.Day{"starts_on": &s.StartsOn, "ends_on": &s.EndsOn, "invoiced_until": &s.InvoicedUntil} {
		if !rec.Has(field) {
			continue
		}
		d, err := im.day(rec, field)
		if err != nil {
			return err
		}
		*to = d
	}
	if err := im.servicePrice(rec, s, currency); err != nil {
		return err
	}
	if rec.Has("tax_rate") {
		t, err := im.tax(ctx, rec)
		if err != nil {
			return err
		}
		s.TaxID = t.ID
	}
	for field, most := range map[string]int{"description": 255, "login": 200, "ipv4": 45, "phone": 64} {
		if len([]rune(rec.Text(field))) > most {
			return rec.Bad(field, "is too long")
		}
	}
	return yes(rec, "tax_included", &s.TaxIncluded)
}

// servicePrice reads price less price_minus, which is the part of it that another service has: files often know only what
// a customer pays for everything.
func (im *importer) servicePrice(rec csvmap.Record, s *service.Service, currency money.Currency) error {
	if rec.Has("price") {
		price, err := rec.Money("price", currency)
		if err != nil {
			return err
		}
		s.UnitPrice = price.Minor
		if rec.Has("price_minus") {
			part, err := rec.Money("price_minus", currency)
			if err != nil {
				return err
			}
			s.UnitPrice -= part.Minor
		}
		if s.UnitPrice < 0 || s.UnitPrice > catalog.MaxPrice {
			return rec.Bad("price", "is out of range")
		}
	}
	if !rec.Has("quantity") {
		return nil
	}
	q, err := thousandths(rec, "quantity")
	s.Quantity = q
	return err
}

// thousandths reads a quantity with at most three decimals, from 0.001 to a million.
func thousandths(rec csvmap.Record, field string) (int64, error) {
	q, err := rec.Decimal(field)
	if err != nil {
		return 0, err
	}
	n := q.Mul(decimal.NewFromInt(1000))
	if !n.IsInteger() || n.Sign() <= 0 || n.GreaterThan(decimal.NewFromInt(1_000_000_000)) {
		return 0, rec.Bad(field, "must be above zero, with at most 3 decimals")
	}
	return n.IntPart(), nil
}

// day reads a day of the partner's calendar.
func (im *importer) day(rec csvmap.Record, field string) (db.Day, error) {
	at, err := rec.Date(field, im.zone)
	if err != nil {
		return "", err
	}
	return db.DayOf(at, im.zone), nil
}
