package admin

import (
	"context"

	"myisp/models/customer"
	"myisp/views/attributes"
	"myisp/views/i18n"
)

// attributeTexts are the values of a customer that the list shows (show_in_list), each with its title.
func (p Customers) attributeTexts(ctx context.Context, id int64) []string {
	var list []string
	for _, a := range p.Attributes {
		value := p.Values[id][a.ID]
		if text := attributes.Text(ctx, a, value, value != ""); text != "" {
			list = append(list, a.TitleIn(i18n.Lang(ctx))+": "+text)
		}
	}
	return list
}

// ConfigAttributes is the part of Config → Main → Portal about additional attributes in the profile (G16).
type ConfigAttributes struct {
	Rows   []customer.PortalRow
	Hidden bool // of the other tab
}

// ConfigAttributesPath is where it is saved.
const ConfigAttributesPath = ConfigPath + "/additional-attributes"

// The names of its fields: every attribute that is shown, and what customers may do with each.
const (
	FieldAttribute = "attribute"
	FieldView      = "view"
	FieldEdit      = "edit"
)
