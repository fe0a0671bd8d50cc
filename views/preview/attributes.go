package preview

import (
	"time"

	"myisp/models/customer"
	"myisp/views/admin"
)

// attributePages are the definitions of additional attributes.
func attributePages() []Page {
	var list []customer.Attribute
	for i, f := range everyAttribute(true) {
		a := f.Attribute
		a.ID, a.PortalView, a.PortalEdit = int64(i+1), i < 2, i == 0
		list = append(list, a)
	}
	old := list[13]
	old.ArchivedAt = new(time.Time)
	list[5].Hidden, list[6].ReadOnly, list[7].Disabled, list[1].IsUnique, list[8].Category = true, true, true, true, customer.Business
	form := func(a customer.Attribute) admin.AttributeForm {
		return admin.AttributeForm{Shell: staff("Attributes"), Attribute: a, Edit: a.Edit(), MayEdit: true, Uses: 12, Without: 193, Chosen: map[string]int{"evening": 7, "night": 1}}
	}
	refused := form(customer.Attribute{Type: customer.AttrSelect})
	refused.Errors = map[string]string{"title": "error.required", "key": "attributes.error.key", "options": "attributes.error.options", "option.0": "error.too_long", "position": "error.number"}
	reading := form(list[0])
	reading.MayEdit = false
	return []Page{
		{"admin/attributes", admin.AttributesPage(admin.Attributes{Shell: staff("Attributes"), Items: append(list, old), Uses: map[int64]int{1: 12, 2: 1}, MayEdit: true})},
		{"admin/attributes-empty", admin.AttributesPage(admin.Attributes{Shell: staff("Attributes"), MayEdit: true})},
		{"admin/attributes-none", admin.AttributesPage(admin.Attributes{Shell: staff("Attributes")})},
		{"admin/attribute-types", admin.AttributeTypesPage(admin.AttributeTypes{Shell: staff("Attributes")})},
		{"admin/attribute-select", admin.AttributeFormPage(form(list[0]))},
		{"admin/attribute-number", admin.AttributeFormPage(form(list[3]))},
		{"admin/attribute-date", admin.AttributeFormPage(form(list[6]))},
		{"admin/attribute-password", admin.AttributeFormPage(form(list[14]))},
		{"admin/attribute-refused", admin.AttributeFormPage(refused)},
		{"admin/attribute-reading", admin.AttributeFormPage(reading)},
		{"admin/attribute-archived", admin.AttributeFormPage(form(old))},
		{"admin/attribute-deletion", admin.AttributeDeletionPage(admin.AttributeDeletion{Shell: staff("Attributes"), Attribute: list[0], Uses: 12, Errors: map[string]string{"confirm": "attributes.error.confirm"}})},
		{"admin/attribute-deletion-unused", admin.AttributeDeletionPage(admin.AttributeDeletion{Shell: staff("Attributes"), Attribute: list[0]})},
	}
}
