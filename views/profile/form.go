package profile

import (
	"context"
	"strconv"

	"myisp/models/customer"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/views/attributes"
	money "myisp/views/finance"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Form is the customer's own data (spec §2.13): what the partner shows of it, and of that what the customer may change. It
// posts to /profile.
type Form struct {
	Rights      map[customer.ProfileField]portal.Permission // P12–P21
	Values      map[customer.ProfileField]string            // stored, or what a refused form held
	Methods     []finance.Method                            // to choose from, the customer's own included
	Attributes  attributes.Form                             // G16
	AskPassword bool                                        // P11
	Errors      map[string]string                           // message keys by field name; "form" is about the whole
}

// Empty reports whether there is nothing to show.
func (f Form) Empty() bool {
	for _, p := range f.Rights {
		if p.Shown() {
			return false
		}
	}
	return len(f.Attributes.Fields) == 0
}

// changes reports whether anything can be changed.
func (f Form) changes() bool {
	for _, p := range f.Rights {
		if p.Edit {
			return true
		}
	}
	for _, a := range f.Attributes.Fields {
		if a.Edit {
			return true
		}
	}
	return false
}

// fields are the text fields, in the order of P12–P19.
func (f Form) fields(ctx context.Context) []ui.Field {
	var list []ui.Field
	add := func(key customer.ProfileField, u ui.Field) {
		p := f.Rights[key]
		if !p.Shown() {
			return
		}
		u.Name, u.Value, u.Error, u.Disabled = string(key), f.Values[key], f.Errors[string(key)], !p.Edit
		if u.Disabled {
			u.Required, u.Optional = false, false
			if u.Value == "" {
				u.Value, u.LTR = i18n.T(ctx, "profile.none"), false
			}
		}
		list = append(list, u)
	}
	add(customer.ProfileLogin, ui.Field{Label: i18n.T(ctx, "profile.login"), Autocomplete: "username", Required: true, MaxLength: 200})
	add(customer.ProfileName, ui.Field{Label: i18n.T(ctx, "profile.name"), Autocomplete: "name", Required: true, MaxLength: 200})
	add(customer.ProfileEmail, ui.Field{Label: i18n.T(ctx, "profile.email"), InputMode: "email", Autocomplete: "email", LTR: true, MaxLength: 1000,
		Hint: f.hint(ctx, customer.ProfileEmail, "profile.email_hint")})
	add(customer.ProfileBillingEmail, ui.Field{Label: i18n.T(ctx, "profile.billing_email"), InputMode: "email", LTR: true, Optional: true, MaxLength: 1000,
		Hint: i18n.T(ctx, "profile.billing_email_hint")})
	add(customer.ProfilePhone, ui.Field{Label: i18n.T(ctx, "profile.phone"), InputMode: "tel", Autocomplete: "tel", LTR: true, Optional: true, MaxLength: 500,
		Hint: f.hint(ctx, customer.ProfilePhone, "profile.phone_hint")})
	add(customer.ProfileStreet, ui.Field{Label: i18n.T(ctx, "profile.street"), Autocomplete: "street-address", Optional: true, MaxLength: 200})
	add(customer.ProfileZip, ui.Field{Label: i18n.T(ctx, "profile.zip"), Autocomplete: "postal-code", Optional: true, MaxLength: 32})
	add(customer.ProfileCity, ui.Field{Label: i18n.T(ctx, "profile.city"), Autocomplete: "address-level2", Optional: true, MaxLength: 120})
	return list
}

// hint explains a field to whoever may fill it in.
func (f Form) hint(ctx context.Context, key customer.ProfileField, message string) string {
	if !f.Rights[key].Edit {
		return ""
	}
	return i18n.T(ctx, message)
}

func (f Form) shows(key customer.ProfileField) bool { return f.Rights[key].Shown() }

// method is the choice of a way to pay (P20).
func (f Form) method(ctx context.Context) ui.Select {
	p, value := f.Rights[customer.ProfilePaymentMethod], f.Values[customer.ProfilePaymentMethod]
	s := ui.Select{Name: string(customer.ProfilePaymentMethod), Label: i18n.T(ctx, "profile.payment_method"), Value: value,
		Error: f.Errors[string(customer.ProfilePaymentMethod)], Disabled: !p.Edit}
	if value == "" || value == "0" {
		s.Value = "0"
		s.Options = append(s.Options, ui.Option{Value: "0", Label: i18n.T(ctx, "profile.none")})
	}
	for _, m := range f.Methods {
		s.Options = append(s.Options, ui.Option{Value: strconv.FormatInt(m.ID, 10), Label: money.MethodText(ctx, m)})
	}
	return s
}

func (f Form) newPassword(ctx context.Context) ui.Field {
	return ui.Field{Name: "password_new", Label: i18n.T(ctx, "auth.new_password"), Hint: i18n.T(ctx, "profile.password_hint"), Autocomplete: "new-password", Error: f.Errors["password_new"]}
}

func (f Form) repeatPassword(ctx context.Context) ui.Field {
	return ui.Field{Name: "password_repeat", Label: i18n.T(ctx, "auth.confirm_password"), Autocomplete: "new-password", Error: f.Errors["password_repeat"]}
}

func (f Form) currentPassword(ctx context.Context) ui.Field {
	return ui.Field{Name: "current_password", Label: i18n.T(ctx, "profile.current_password"), Hint: i18n.T(ctx, "profile.current_password_hint"), Autocomplete: "current-password",
		Error: f.Errors["current_password"]}
}
