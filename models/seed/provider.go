package seed

import (
	"context"
	"errors"
	"maps"
	"slices"

	"myisp/models/catalog"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/staff"
	"myisp/static"
)

// partners makes the two providers: the Default partner, which Migrate has made, gets its address; Harbor Fiber gets a
// host, colours and an icon of its own.
func (i *isp) partners(ctx context.Context) error {
	company := portal.CompanyInfo{PartnerID: portal.DefaultPartner, Name: "MyISP Ltd", Street: "12 Quay Street", Zip: "D02 XY45", City: "Riverside", Country: "Ireland",
		Email: "help@myisp.example", Phone: "+353 20 910 0100", Website: "https://myisp.example", CompanyID: "IE 700123", VatID: "IE1234567T",
		BankName: "First Pretend Bank", BankAccount: "DE89370400440532013000", BankCode: "COBADEFFXXX"}
	if err := i.m.DB.Q(ctx).Save(&company).Error; err != nil {
		return err
	}
	err := i.m.DB.Q(ctx).Model(&portal.Brand{}).Where("partner_id = ? AND state = ?", portal.DefaultPartner, portal.BrandPublished).
		Updates(map[string]any{"short_name": "MyISP", "login_text": "Your internet, in your hands.", "footer_text": "MyISP · 12 Quay Street, Riverside"}).Error
	if err != nil {
		return err
	}
	icon, ok := static.File("icons/harbor-512.png")
	if !ok {
		return errors.New("seed: icons/harbor-512.png is not embedded")
	}
	p := portal.Partner{Name: "Harbor Fiber"}
	err = i.m.Portal.AddPartner(ctx, &p, []string{HarborHost},
		portal.CompanyInfo{Name: "Harbor Fiber B.V.", Street: "Havenkade 7", Zip: "1011 AB", City: "Harbor", Country: "Netherlands", Email: "hello@harbor.example",
			Phone: "+31 20 555 0100", Website: "https://harbor.example", CompanyID: "KvK 12345678", VatID: "NL001234567B01",
			BankName: "Harbor Pretend Bank", BankAccount: "NL91ABNA0417164300", BankCode: "ABNANL2A"},
		portal.Brand{ShortName: "Harbor", Color: "#0f766e", Accent: "#0f766e", Icon: icon, LoginText: "Fast lanes from the harbour.",
			FooterText: "Harbor Fiber · Havenkade 7, Harbor"})
	if err != nil {
		return err
	}
	i.harbor = p.ID
	for name, id := range map[string]*int64{"Riverside": &i.riverside, "Old Town": &i.oldTown, "Hillcrest": &i.hillcrest, "Harbor": &i.harborside} {
		l := portal.Location{Name: name}
		if err := i.m.Portal.AddLocation(ctx, &l); err != nil {
			return err
		}
		*id = l.ID
	}
	return nil
}

// settings sets what the partners want otherwise than the defaults: the zone and way of writing of each, and help.
func (i *isp) settings(ctx context.Context) error {
	all := map[int64]map[string]string{
		0: {"login_on_any_host": "on"},
		portal.DefaultPartner: {"portal_title": "MyISP", "timezone": zone.String(), "currency": string(euro), "phone_region": "IE",
			"promises": "on", "prices_include_tax": "on",
			"invoice_numbers": invoiceNumbers, "proforma_numbers": proformaNumbers, "credit_note_numbers": creditNoteNumbers, "help_phone": "+353 20 910 0100", "help_email": "help@myisp.example", "help_url": "https://myisp.example/help", "help_text": "Every day from 8 to 20."},
		i.harbor: {"portal_title": "Harbor Fiber", "timezone": "Europe/Amsterdam", "phone_region": "NL", "currency_symbol_position": "after_space",
			"decimal_separator": ",", "thousands_separator": ".", "date_format": "dmy_dot", "prices_include_tax": "off", "help_phone": "+31 20 555 0100",
			"help_email": "hello@harbor.example", "help_url": "https://harbor.example/help", "help_text": "Monday to Friday, 9:00–18:00."},
	}
	for _, partner := range slices.Sorted(maps.Keys(all)) {
		for _, key := range slices.Sorted(maps.Keys(all[partner])) {
			if err := i.m.Portal.Set(ctx, partner, key, all[partner][key]); err != nil {
				return err
			}
		}
	}
	return nil
}

// offer makes the taxes and the plans, of every kind.
func (i *isp) offer(ctx context.Context) (err error) {
	if i.vat, err = i.m.Catalog.AddTax(ctx, catalog.Tax{Name: "VAT 23 %", RatePPM: 230_000}); err != nil {
		return err
	}
	if i.btw, err = i.m.Catalog.AddTax(ctx, catalog.Tax{Name: "BTW 21 %", RatePPM: 210_000}); err != nil {
		return err
	}
	const mbit = 1000
	home := []int64{portal.DefaultPartner}
	for _, o := range []struct {
		catalog.Plan
		sellers []int64
	}{
		{catalog.Plan{Kind: catalog.Internet, Title: "Fiber 100", Price: 2490, DownKbps: 100 * mbit, UpKbps: 50 * mbit}, home},
		{catalog.Plan{Kind: catalog.Internet, Title: "Fiber 200", Price: 2990, DownKbps: 200 * mbit, UpKbps: 100 * mbit}, home},
		{catalog.Plan{Kind: catalog.Internet, Title: "Fiber 500", Price: 3990, DownKbps: 500 * mbit, UpKbps: 250 * mbit}, home},
		{catalog.Plan{Kind: catalog.Internet, Title: "Fiber 1000", Price: 5990, DownKbps: 1000 * mbit, UpKbps: 500 * mbit}, home},
		{catalog.Plan{Kind: catalog.Internet, Title: "Prepaid 100 (200 GB)", ServiceName: "Prepaid 100", Price: 2500, DownKbps: 100 * mbit, UpKbps: 50 * mbit}, home},
		{catalog.Plan{Kind: catalog.Voice, Title: "Voice", Price: 1000}, home},
		{catalog.Plan{Kind: catalog.Recurring, Title: "Public IPv4 address", Price: 300}, home},
		{catalog.Plan{Kind: catalog.Bundle, Title: "Home Bundle", ServiceName: "Home Bundle: Fiber 500 + Voice", Price: 3990}, home},
		{catalog.Plan{Kind: catalog.OneTime, Title: "Installation", Price: 4200}, home},
		{catalog.Plan{Kind: catalog.Internet, Title: "Harbor 250", Price: 2900, DownKbps: 250 * mbit, UpKbps: 250 * mbit, TaxID: i.btw.ID}, []int64{i.harbor}},
		{catalog.Plan{Kind: catalog.Internet, Title: "Business Fiber 10G", Price: 64900, DownKbps: 10_000 * mbit, UpKbps: 10_000 * mbit, TaxID: i.btw.ID}, []int64{i.harbor}},
		{catalog.Plan{Kind: catalog.Internet, Title: "Business Fiber 1000", Price: 24900, DownKbps: 1000 * mbit, UpKbps: 1000 * mbit, TaxID: i.btw.ID}, []int64{i.harbor}},
		{catalog.Plan{Kind: catalog.Voice, Title: "SIP trunk, 30 lines", Price: 8900, TaxID: i.btw.ID}, []int64{i.harbor}},
		{catalog.Plan{Kind: catalog.Recurring, Title: "Public IPv4 block /29", Price: 2400, TaxID: i.btw.ID}, []int64{i.harbor}},
		{catalog.Plan{Kind: catalog.OneTime, Title: "Site survey", Price: 15000, TaxID: i.btw.ID}, []int64{i.harbor}},
	} {
		p := o.Plan
		p.Currency = euro
		if p.TaxID == 0 { // homes see prices with the tax in them, businesses without
			p.TaxID, p.TaxIncluded = i.vat.ID, true
		}
		stored, err := i.m.Catalog.AddPlan(ctx, p, o.sellers...)
		if err != nil {
			return err
		}
		i.plans[p.Title] = stored
	}
	return nil
}

// gateways lets both partners take pretend payments: the gateway is part of the demo alone.
func (i *isp) gateways(ctx context.Context) error {
	for _, partner := range []int64{portal.DefaultPartner, i.harbor} {
		err := i.m.Finance.SetUpGateway(ctx, finance.GatewaySetup{PartnerID: partner, Gateway: "sandbox", Enabled: true, MethodID: finance.MethodCard,
			Invoices: true, Proformas: true, Ahead: true}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

func (i *isp) staff(ctx context.Context) error {
	for _, m := range []staff.Member{
		{Login: "admin", Email: "admin@example.com", Name: "Ada Admin", Role: staff.Administrator},
		{Login: "support", Email: "support@example.com", Name: "Sam Support", Role: staff.Support},
	} {
		if err := i.m.Staff.Add(ctx, &m, Password); err != nil {
			return err
		}
	}
	return nil
}
