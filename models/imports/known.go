package imports

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"myisp/internal/csvmap"
	"myisp/internal/money"
	"myisp/models/catalog"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/service"
)

// refKey names a record in its old home.
type refKey struct{ kind, id string }

// held is a customer with how they are billed.
type held struct {
	customer.Customer
	billing customer.Billing
}

func (h held) party() finance.Party {
	return finance.Party{CustomerID: h.ID, PartnerID: h.PartnerID, LocationID: h.LocationID, Currency: money.Currency(h.billing.Currency)}
}

// known is what a batch has read or made; it is never older than the transaction, so nothing here can be stale.
type known struct {
	refs      map[refKey]int64 // 0: looked for, and not there
	fresh     []refKey         // made in this batch, to be written at its end
	customers map[int64]held
	services  map[int64]service.Service
	plans     []catalog.Plan // nil: not read yet
	taxByRate map[int64]catalog.Tax
	locations map[string]int64
	methods   []finance.PaymentMethod
}

// forget drops everything that is known.
func (im *importer) forget() { im.known = known{refs: map[refKey]int64{}}; im.forgetRows() }

func (im *importer) forgetRows() {
	im.customers, im.services = map[int64]held{}, map[int64]service.Service{}
	im.plans, im.locations, im.methods = nil, nil, nil
	im.taxByRate = map[int64]catalog.Tax{}
}

// forgetSince drops what a failed unit had made; rows are read again when they are needed.
func (im *importer) forgetSince(mark int) {
	for _, k := range im.fresh[mark:] {
		im.refs[k] = 0
	}
	im.fresh = im.fresh[:mark]
	im.forgetRows()
}

// refFields are the fields that name records of other kinds.
var refFields = map[string]map[string]string{
	Customer: {"id": Customer, "parent": Customer}, Plan: {"id": Plan}, Service: {"id": Service, "customer": Customer, "plan": Plan},
	Invoice: {"id": Invoice, "customer": Customer}, Item: {"service": Service}, Payment: {"id": Payment, "customer": Customer},
	Transaction: {"id": Transaction, "customer": Customer},
}

// prefetch reads what a batch refers to in a few statements.
func (im *importer) prefetch(ctx context.Context, units []unit) error {
	wanted := map[string][]string{}
	for _, u := range units {
		for _, rec := range u.records {
			for field, kind := range refFields[rec.Kind] {
				k := refKey{kind, rec.Text(field)}
				if k.id == "" {
					continue
				}
				if _, seen := im.refs[k]; !seen {
					im.refs[k] = 0
					wanted[kind] = append(wanted[kind], k.id)
				}
			}
		}
	}
	ids := map[string][]int64{}
	for kind, list := range wanted {
		for some := range slices.Chunk(list, batchSize) {
			var rows []struct {
				ExternalID string
				LocalID    int64
			}
			err := im.m.DB.Q(ctx).Table("external_refs").Where("source = ? AND kind = ? AND external_id IN ?", im.o.Source, kind, some).Find(&rows).Error
			if err != nil {
				return err
			}
			for _, r := range rows {
				im.refs[refKey{kind, r.ExternalID}] = r.LocalID
				ids[kind] = append(ids[kind], r.LocalID)
			}
		}
	}
	if err := im.holdCustomers(ctx, ids[Customer]); err != nil {
		return err
	}
	for some := range slices.Chunk(ids[Service], batchSize) {
		var rows []service.Service
		if err := im.m.DB.Q(ctx).Where("id IN ?", some).Find(&rows).Error; err != nil {
			return err
		}
		for _, s := range rows {
			im.services[s.ID] = s
		}
	}
	return nil
}

func (im *importer) holdCustomers(ctx context.Context, ids []int64) error {
	for some := range slices.Chunk(ids, batchSize) {
		var rows []customer.Customer
		var bills []customer.Billing
		if err := im.m.DB.Q(ctx).Where("id IN ?", some).Find(&rows).Error; err != nil {
			return err
		}
		if err := im.m.DB.Q(ctx).Where("customer_id IN ?", some).Find(&bills).Error; err != nil {
			return err
		}
		for _, c := range rows {
			im.customers[c.ID] = held{Customer: c}
		}
		for _, b := range bills {
			h := im.customers[b.CustomerID]
			h.billing = b
			im.customers[b.CustomerID] = h
		}
	}
	return nil
}

// local finds the row that an external id became; 0 when it is new.
func (im *importer) local(ctx context.Context, kind, id string) (int64, error) {
	k := refKey{kind, id}
	if n, seen := im.refs[k]; seen {
		return n, nil
	}
	var ids []int64
	err := im.m.DB.Q(ctx).Table("external_refs").Where("source = ? AND kind = ? AND external_id = ?", im.o.Source, kind, id).Limit(1).Pluck("local_id", &ids).Error
	if err != nil {
		return 0, err
	}
	im.refs[k] = 0
	if len(ids) > 0 {
		im.refs[k] = ids[0]
	}
	return im.refs[k], nil
}

// remember notes what an external id has become; writeRefs stores it.
func (im *importer) remember(kind, id string, local int64) {
	k := refKey{kind, id}
	im.refs[k] = local
	im.fresh = append(im.fresh, k)
}

func (im *importer) writeRefs(ctx context.Context) error {
	for some := range slices.Chunk(im.fresh, batchSize) {
		sql := "INSERT INTO external_refs (source, kind, external_id, local_id) VALUES " + strings.TrimSuffix(strings.Repeat("(?,?,?,?),", len(some)), ",")
		args := make([]any, 0, 4*len(some))
		for _, k := range some {
			args = append(args, im.o.Source, k.kind, k.id, im.refs[k])
		}
		if err := im.m.DB.Q(ctx).Exec(sql, args...).Error; err != nil {
			return err
		}
	}
	return nil
}

// externalID is a record's own id, from one of the fields.
func externalID(rec csvmap.Record, fields ...string) (string, error) {
	for _, f := range fields {
		if id := rec.Text(f); id != "" {
			if len(id) > 200 {
				return "", rec.Bad(f, "is longer than 200 bytes")
			}
			return id, nil
		}
	}
	return "", rec.Bad(fields[0], "is empty")
}

// holder is a customer by id.
func (im *importer) holder(ctx context.Context, id int64) (held, error) {
	if h, ok := im.customers[id]; ok {
		return h, nil
	}
	if err := im.holdCustomers(ctx, []int64{id}); err != nil {
		return held{}, err
	}
	h, ok := im.customers[id]
	if !ok {
		return held{}, db.ErrNotFound
	}
	return h, nil
}

// whose is the customer that a field names, by external id or by login.
func (im *importer) whose(ctx context.Context, rec csvmap.Record, field string) (held, error) {
	name := rec.Text(field)
	if name == "" {
		return held{}, rec.Bad(field, "is empty")
	}
	id, err := im.local(ctx, Customer, name)
	if err != nil {
		return held{}, err
	}
	if id == 0 {
		c, err := im.m.Customers.ByLogin(ctx, name)
		if db.KindOf(err) == db.NotFound && err != nil {
			return held{}, rec.Bad(field, "there is no customer "+short(name))
		}
		if err != nil {
			return held{}, err
		}
		id = c.ID
	}
	h, err := im.holder(ctx, id)
	if err == nil && h.PartnerID != im.o.PartnerID {
		return held{}, rec.Bad(field, short(name)+" is a customer of another partner")
	}
	return h, err
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return strconv.Quote(s)
}

// tax finds or adds the tax of a record's tax_rate, in percent; none without one.
func (im *importer) tax(ctx context.Context, rec csvmap.Record) (catalog.Tax, error) {
	if !rec.Has("tax_rate") {
		return catalog.Tax{}, nil
	}
	percent, err := rec.Decimal("tax_rate")
	if err != nil {
		return catalog.Tax{}, err
	}
	ppm := percent.Mul(decimal.NewFromInt(10_000))
	if !ppm.IsInteger() || ppm.IsNegative() || ppm.GreaterThan(decimal.NewFromInt(1_000_000)) {
		return catalog.Tax{}, rec.Bad("tax_rate", "must be a percentage from 0 to 100 with at most 4 decimals")
	}
	rate := ppm.IntPart()
	if t, ok := im.taxByRate[rate]; ok || rate == 0 {
		return t, nil
	}
	t, err := im.m.Catalog.TaxFor(ctx, or(rec.Text("tax_name"), "Tax "+percent.String()+" %"), rate)
	if err != nil {
		return t, err
	}
	im.taxByRate[rate] = t
	return t, nil
}

// place finds or adds a location by name.
func (im *importer) place(ctx context.Context, name string) (int64, error) {
	if im.locations == nil {
		var rows []portal.Location
		if err := im.m.DB.Q(ctx).Order("id DESC").Find(&rows).Error; err != nil {
			return 0, err
		}
		im.locations = map[string]int64{}
		for _, l := range rows {
			im.locations[db.Fold(l.Name)] = l.ID
		}
	}
	if id, ok := im.locations[db.Fold(name)]; ok {
		return id, nil
	}
	l := portal.Location{Name: name}
	if err := im.m.Portal.AddLocation(ctx, &l); err != nil {
		return 0, err
	}
	im.locations[db.Fold(name)] = l.ID
	return l.ID, nil
}

// method finds a payment method by name, kind or id.
func (im *importer) method(ctx context.Context, rec csvmap.Record, field string) (id int64, err error) {
	if im.methods == nil {
		if im.methods, err = im.m.Finance.PaymentMethods(ctx); err != nil {
			return 0, err
		}
	}
	name := db.Fold(rec.Text(field))
	var names []string
	for _, p := range im.methods {
		if name == db.Fold(p.Name) || name == p.Kind || name == strconv.FormatInt(p.ID, 10) {
			return p.ID, nil
		}
		names = append(names, p.Name)
	}
	return 0, rec.Bad(field, short(rec.Text(field))+" is no payment method; there are "+strings.Join(names, ", "))
}
