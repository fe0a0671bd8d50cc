package imports

import (
	"context"
	"net/mail"
	"slices"
	"strings"

	"myisp/internal/csvmap"
	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/portal"
)

// customer adds a customer, or writes what the mapping names onto the one of an earlier run. The password, the language a
// customer has chosen and the day of joining are never touched again.
func (im *importer) customer(ctx context.Context, rec csvmap.Record) (outcome, error) {
	ext, err := externalID(rec, "id", "login")
	if err != nil {
		return 0, err
	}
	id, err := im.local(ctx, Customer, ext)
	if err != nil {
		return 0, err
	}
	var h held
	if id != 0 {
		if h, err = im.holder(ctx, id); err != nil {
			return 0, err
		}
	} else if h, err = im.newcomer(rec, ext); err != nil {
		return 0, err
	}
	was := h
	if err := im.identity(ctx, rec, &h.Customer); err != nil {
		return 0, err
	}
	if err := im.billing(ctx, rec, &h.billing); err != nil {
		return 0, err
	}
	switch {
	case id == 0:
		if err := im.m.Customers.Create(ctx, &h.Customer, h.billing, im.region()); err != nil {
			return 0, err
		}
		h.billing.CustomerID = h.ID
		im.remember(Customer, ext, h.ID)
	case h == was:
		return unchanged, nil
	default:
		if h.Customer != was.Customer {
			if h.Status != was.Status {
				now := im.m.DB.Now()
				h.StatusSince = &now
			}
			if err := im.m.Customers.Update(ctx, &h.Customer, im.region()); err != nil {
				return 0, err
			}
		}
		if h.billing != was.billing {
			if err := im.m.Customers.SetBilling(ctx, h.billing); err != nil {
				return 0, err
			}
		}
	}
	im.customers[h.ID] = h
	if id == 0 {
		return created, nil
	}
	return updated, nil
}

func (im *importer) region() string { return portal.PhoneRegion.Of(im.view.Values) }

// newcomer is a customer before the mapping's fields: active, as whoever is in a provider's books is.
func (im *importer) newcomer(rec csvmap.Record, ext string) (held, error) {
	h := held{Customer: customer.Customer{PartnerID: im.o.PartnerID, Status: customer.StatusActive, Login: ext, Language: rec.Text("language"),
		AddedBy: customer.AddedByImport},
		billing: customer.Billing{BillingDay: 1, DueDay: 15, GracePeriod: 10, Currency: or(rec.Text("currency"), portal.Currency.Of(im.view.Values))}}
	if !money.Currency(h.billing.Currency).Valid() {
		return h, rec.Bad("currency", "must be an ISO 4217 code such as EUR")
	}
	if h.Language != "" && !slices.Contains(portal.Languages, h.Language) {
		return h, rec.Bad("language", "must be one of "+strings.Join(portal.Languages, ", "))
	}
	if rec.Has("created") {
		at, err := rec.Date("created", im.zone)
		if err != nil {
			return h, err
		}
		h.CreatedAt = db.Time(at)
	}
	return h, nil
}

// identity fills what the mapping names.
func (im *importer) identity(ctx context.Context, rec csvmap.Record, c *customer.Customer) error {
	for field, to := range map[string]*string{"login": &c.Login, "name": &c.Name, "email": &c.Email, "billing_email": &c.BillingEmail, "phone": &c.Phone,
		"street": &c.Street, "zip": &c.Zip, "city": &c.City, "company_id": &c.CompanyID, "vat_id": &c.VatID} {
		if rec.Has(field) {
			*to = rec.Text(field)
		}
	}
	for _, list := range []struct{ field, value string }{{"email", rec.Text("email")}, {"billing_email", rec.Text("billing_email")}} {
		for _, e := range strings.Split(list.value, ",") {
			if a, err := mail.ParseAddress(strings.TrimSpace(e)); strings.TrimSpace(e) != "" && (err != nil || a.Address != strings.TrimSpace(e)) {
				return rec.Bad(list.field, short(e)+" is not an e-mail address")
			}
		}
	}
	status, kind := string(c.Status), c.BillingType
	for _, f := range []struct {
		field   string
		to      *string
		allowed []string
	}{{"status", &status, []string{"new", "active", "blocked", "disabled"}},
		{"category", &c.Category, []string{customer.Individual, customer.Business}},
		{"billing_type", &kind, []string{customer.Recurring, customer.PrepaidMonth, customer.PrepaidDaily}}} {
		if err := choice(rec, f.field, f.to, f.allowed...); err != nil {
			return err
		}
	}
	c.Status, c.BillingType = customer.Status(status), kind
	var err error
	if rec.Has("location") {
		if c.LocationID, err = im.place(ctx, rec.Text("location")); err != nil {
			return err
		}
	}
	if rec.Has("parent") {
		parent, err := im.whose(ctx, rec, "parent")
		if err != nil {
			return err
		}
		if parent.ID == c.ID {
			return rec.Bad("parent", "is the customer itself")
		}
		c.ParentID = parent.ID
	}
	return nil
}

func (im *importer) billing(ctx context.Context, rec csvmap.Record, b *customer.Billing) (err error) {
	if rec.Has("currency") && rec.Text("currency") != b.Currency {
		return rec.Bad("currency", "cannot change: the books are in "+b.Currency)
	}
	for _, f := range []struct {
		field       string
		to          *int
		least, most int64
	}{{"billing_day", &b.BillingDay, 1, 28}, {"due_day", &b.DueDay, 1, 28}, {"blocking_period", &b.BlockingPeriod, 0, 99}, {"grace_period", &b.GracePeriod, 1, 99}} {
		if !rec.Has(f.field) {
			continue
		}
		n, err := rec.Int(f.field)
		if err != nil {
			return err
		}
		if n < f.least || n > f.most {
			return rec.Bad(f.field, "is out of range")
		}
		*f.to = int(n)
	}
	if rec.Has("min_balance") {
		m, err := rec.Money("min_balance", money.Currency(b.Currency))
		if err != nil {
			return err
		}
		b.MinBalance = m.Minor
	}
	if rec.Has("payment_method") {
		b.PaymentMethodID, err = im.method(ctx, rec, "payment_method")
	}
	return err
}

// choice reads a field that has only some values.
func choice(rec csvmap.Record, field string, to *string, allowed ...string) error {
	v := strings.ToLower(rec.Text(field))
	if v == "" {
		return nil
	}
	if !slices.Contains(allowed, v) {
		return rec.Bad(field, short(v)+" is none of "+strings.Join(allowed, ", "))
	}
	*to = v
	return nil
}
