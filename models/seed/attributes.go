package seed

import (
	"context"

	"myisp/models/customer"
)

// attributes are what the pretend provider wants to know of its customers beyond the built-in fields (§3.7): one that they
// change themselves, and one that they only see (G16).
func (i *isp) attributes(ctx context.Context) error {
	for _, e := range []customer.AttributeEdit{
		{Key: "preferred_contact_time", Title: "Preferred contact time", Titles: map[string]string{"es": "Hora preferida de contacto", "ar": "الوقت المفضل للاتصال"},
			Type: customer.AttrSelect, IsAdd: true, PortalView: true, PortalEdit: true,
			Options: []customer.OptionEdit{{Label: "Morning", Labels: map[string]string{"es": "Mañana", "ar": "صباحًا"}}, {Label: "Afternoon", Labels: map[string]string{"es": "Tarde", "ar": "بعد الظهر"}},
				{Label: "Evening", Labels: map[string]string{"es": "Noche", "ar": "مساءً"}}}},
		{Key: "meter_number", Title: "Meter number", Titles: map[string]string{"es": "Número de contador", "ar": "رقم العداد"}, Type: customer.AttrString,
			Most: "20", IsUnique: true, Searchable: true, IsAdd: true, PortalView: true},
	} {
		if _, err := i.m.Customers.Attributes().Create(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// aliceAttributes are Alice's values.
func (i *isp) aliceAttributes(ctx context.Context) error {
	alice, err := i.m.Customers.ByLogin(ctx, "alice")
	if err != nil {
		return err
	}
	return i.m.Customers.SaveAttributes(ctx, alice.ID, customer.AttributeInput{Values: map[string][]string{"preferred_contact_time": {"evening"}, "meter_number": {"RV-20418"}},
		Locale: customer.Locale{Zone: zone, Region: "IE"}})
}
