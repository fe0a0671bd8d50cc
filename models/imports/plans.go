package imports

import (
	"context"

	"myisp/internal/csvmap"
	"myisp/internal/money"
	"myisp/models/catalog"
	"myisp/models/portal"
)

// plan adds a plan of the partner, or brings one up to date. A plan of the same title and kind that no import has named
// yet is taken over: services may have made it before.
func (im *importer) plan(ctx context.Context, rec csvmap.Record) (outcome, error) {
	ext, err := externalID(rec, "id", "title")
	if err != nil {
		return 0, err
	}
	id, err := im.local(ctx, Plan, ext)
	if err != nil {
		return 0, err
	}
	p, err := im.planWas(ctx, rec, id)
	if err != nil {
		return 0, err
	}
	was := p
	if err := im.planFields(ctx, rec, &p); err != nil {
		return 0, err
	}
	if p.ID != 0 {
		if id == 0 {
			im.remember(Plan, ext, p.ID)
		}
		if p == was {
			return unchanged, nil
		}
		im.plans = nil
		return updated, im.m.Catalog.UpdatePlan(ctx, p)
	}
	if p, err = im.m.Catalog.AddPlan(ctx, p, im.o.PartnerID); err != nil {
		return 0, err
	}
	im.plans = append(im.plans, p)
	im.remember(Plan, ext, p.ID)
	return created, nil
}

// planWas is the plan before the mapping's fields.
func (im *importer) planWas(ctx context.Context, rec csvmap.Record, id int64) (catalog.Plan, error) {
	if id != 0 {
		return im.m.Catalog.Plan(ctx, id)
	}
	kind := string(catalog.Internet)
	if err := choice(rec, "kind", &kind, planKinds()...); err != nil {
		return catalog.Plan{}, err
	}
	list, err := im.offered(ctx)
	if err != nil {
		return catalog.Plan{}, err
	}
	for _, p := range list {
		if p.Title == rec.Text("title") && string(p.Kind) == kind {
			return p, nil
		}
	}
	return catalog.Plan{Kind: catalog.Kind(kind), Currency: money.Currency(or(rec.Text("currency"), portal.Currency.Of(im.view.Values)))}, nil
}

func (im *importer) planFields(ctx context.Context, rec csvmap.Record, p *catalog.Plan) error {
	kind, currency := string(p.Kind), string(p.Currency)
	if err := choice(rec, "kind", &kind, planKinds()...); err != nil {
		return err
	}
	currency = or(rec.Text("currency"), currency)
	if !money.Currency(currency).Valid() {
		return rec.Bad("currency", "must be an ISO 4217 code such as EUR")
	}
	p.Kind, p.Currency = catalog.Kind(kind), money.Currency(currency)
	p.Title, p.ServiceName = or(rec.Text("title"), p.Title), or(rec.Text("service_name"), p.ServiceName)
	if rec.Has("price") {
		price, err := rec.Money("price", p.Currency)
		if err != nil {
			return err
		}
		p.Price = price.Minor
	}
	if rec.Has("tax_rate") {
		t, err := im.tax(ctx, rec)
		if err != nil {
			return err
		}
		p.TaxID = t.ID
	}
	for field, to := range map[string]*bool{"tax_included": &p.TaxIncluded, "archived": &p.Archived} {
		if err := yes(rec, field, to); err != nil {
			return err
		}
	}
	for field, to := range map[string]*int64{"down_kbps": &p.DownKbps, "up_kbps": &p.UpKbps} {
		if !rec.Has(field) {
			continue
		}
		n, err := rec.Int(field)
		if err != nil {
			return err
		}
		*to = n
	}
	return nil
}

func yes(rec csvmap.Record, field string, to *bool) (err error) {
	if rec.Has(field) {
		*to, err = rec.Bool(field)
	}
	return err
}

func planKinds() (list []string) {
	for _, k := range catalog.Kinds {
		list = append(list, string(k))
	}
	return list
}

// offered are the partner's plans, archived ones too.
func (im *importer) offered(ctx context.Context) (list []catalog.Plan, err error) {
	if im.plans == nil {
		im.plans, err = im.m.Catalog.Plans(ctx, catalog.PlanFilter{PartnerID: im.o.PartnerID, Archived: true})
	}
	return im.plans, err
}
