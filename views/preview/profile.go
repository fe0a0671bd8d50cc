package preview

import (
	"time"

	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/views/attributes"
	"myisp/views/profile"
)

// attribute makes one for pictures.
func attribute(key, title string, t customer.AttributeType, value string, edit bool) customer.Filled {
	return customer.Filled{Attribute: customer.Attribute{ID: 1, Key: key, Title: title, Type: t, PortalView: true, PortalEdit: edit,
		Options: `[{"key":"morning","label":"Morning","labels":{"es":"Mañana","ar":"صباحًا"}},{"key":"evening","label":"Evening","labels":{"es":"Tarde","ar":"مساءً"}},{"key":"night","label":"Night","retired":true}]`},
		Value: value, Set: value != "", Edit: edit}
}

// everyAttribute has one of each type.
func everyAttribute(edit bool) []customer.Filled {
	list := []customer.Filled{attribute("preferred_contact_time", "Preferred contact time", customer.AttrSelect, "evening", edit), attribute("meter_number", "Meter number", customer.AttrString, "RV-20418", edit),
		attribute("directions", "How to find the house", customer.AttrTextarea, "Behind the mill.\nGreen door.", edit), attribute("floor", "Floor", customer.AttrInteger, "3", edit),
		attribute("rent", "Monthly rent", customer.AttrDecimal, "712.5", edit), attribute("height", "Height of the mast", customer.AttrNumeric, "", edit),
		attribute("move_in", "Moved in", customer.AttrDate, "2025-09-20", edit), attribute("visit", "Next visit", customer.AttrDatetime, "2026-12-01T09:30Z", edit),
		attribute("dog", "There is a dog", customer.AttrBoolean, "true", edit), attribute("days", "Good times", customer.AttrSelectMultiple, "morning,night", edit),
		attribute("second_email", "Second address", customer.AttrEmail, "a.carter@example.com", edit), attribute("mobile", "Mobile", customer.AttrPhone, "+14155550101", edit),
		attribute("site", "Website", customer.AttrURL, "https://example.com", edit), attribute("router", "Own router", customer.AttrIP, "192.0.2.1", edit),
		attribute("alarm", "Alarm code", customer.AttrPassword, "set", edit)}
	list[1].IsRequired, list[3].Least, list[3].Most = true, "-2", "60"
	list[9].Least, list[6].Least = "1", "1990-01-01"
	return list
}

func profileForm(who customer.Customer, edit bool) profile.Form {
	f := profile.Form{Rights: map[customer.ProfileField]portal.Permission{}, Values: customer.ProfileValues(who, customer.Billing{PaymentMethodID: 3}), AskPassword: true,
		Methods: []finance.Method{{ID: 2, Kind: "bank_transfer", Name: "Bank transfer"}, {ID: 3, Kind: "card", Name: "Credit card"}}, Attributes: attributes.Form{Fields: everyAttribute(edit)}}
	for _, field := range customer.ProfileFields {
		f.Rights[field] = portal.Permission{View: true, Edit: edit && field != customer.ProfileLogin}
	}
	return f
}

// profileRefused is the form that comes back.
func profileRefused(who customer.Customer) profile.Form {
	f := profileForm(who, true)
	f.Values[customer.ProfileEmail] = "alice@"
	f.Errors = map[string]string{"email": "error.email", "password_new": "password.too_short", "current_password": "error.password_wrong", "attr.meter_number": "attributes.error.taken",
		"attr.dog": "error.required", "attr.days": "error.choice"}
	f.Attributes.Errors, f.Attributes.Entered = f.Errors, map[string][]string{"floor": {"the third"}}
	return f
}

var activity = []audit.Event{
	{ID: 5, At: now, ActorKind: audit.Customer, Operation: "POST /profile", Result: audit.Done, Details: "email,password,attr.meter_number", IP: "203.0.113.14"},
	{ID: 4, At: now.Add(-time.Hour), ActorKind: audit.Staff, ActorName: "Sam Support", Operation: "acting_started", Result: audit.Done, IP: "198.51.100.7"},
	{ID: 3, At: now.Add(-time.Hour), ActorKind: audit.Customer, Operation: "POST /profile", Result: audit.Refused, Details: "/profile", IP: "203.0.113.14"},
	{ID: 2, At: now.Add(-26 * time.Hour), ActorKind: audit.Customer, Operation: audit.OpLogIn, Result: audit.Done, IP: "203.0.113.14"},
	{ID: 1, At: now.Add(-27 * time.Hour), ActorKind: audit.Customer, Operation: "POST /something/new", Result: audit.Done, IP: "203.0.113.14"},
}
