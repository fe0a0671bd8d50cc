package admin

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/staff"
	"myisp/views/format"
	"myisp/views/i18n"
)

// ActionName is an action in words; its own key for one that this program no longer knows.
func ActionName(ctx context.Context, a audit.Action) string {
	return wordsOr(ctx, "audit.action."+string(a), string(a))
}

func objectName(ctx context.Context, object string) string {
	return wordsOr(ctx, "audit.object."+object, object)
}

// wordsOr is the message of a key, or the fallback in readable form: "credit_limit" is "Credit limit".
func wordsOr(ctx context.Context, key, fallback string) string {
	if i18n.Has(key) {
		return i18n.T(ctx, key)
	}
	words := strings.Join(strings.FieldsFunc(fallback, func(r rune) bool { return r == '_' || r == '.' }), " ")
	if words == "" {
		return fallback
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// target is what an entry is about, as a person knows it.
func target(ctx context.Context, e audit.Entry) string {
	switch {
	case e.Object == "setting":
		return wordsOr(ctx, "setting."+e.ObjectID+".name", e.ObjectID)
	case e.Object == "route":
		return e.ObjectID
	case e.Object == "role" && e.ObjectName != "":
		return e.ObjectName
	case e.ObjectName != "" && e.ObjectID != "" && !strings.EqualFold(e.ObjectName, e.ObjectID):
		return e.ObjectName + " (" + e.ObjectID + ")"
	case e.ObjectName != "":
		return e.ObjectName
	}
	return e.ObjectID
}

// actorName is who did it; the portal itself has a word in each language.
func actorName(ctx context.Context, kind audit.Kind, name string) string {
	if kind == audit.System && (name == "" || name == "system") {
		return i18n.T(ctx, "audit.system")
	}
	return name
}

// change is one line of what an entry altered. Lists show what went and what came.
type change struct {
	Label       string
	Gone, Came  []string
	Added, Lost bool // one side was not there at all
}

func changes(ctx context.Context, e audit.Entry, roles ...staff.RoleInfo) (list []change) {
	for _, d := range e.Differences() {
		c := change{Label: fieldName(ctx, e, d.Name), Added: d.Before == nil, Lost: d.After == nil}
		before, was := texts(d.Before)
		after, is := texts(d.After)
		if was && is {
			for _, s := range before {
				if !slices.Contains(after, s) {
					c.Gone = append(c.Gone, wordOf(ctx, d.Name, s, roles))
				}
			}
			for _, s := range after {
				if !slices.Contains(before, s) {
					c.Came = append(c.Came, wordOf(ctx, d.Name, s, roles))
				}
			}
		} else {
			c.Gone, c.Came = valueText(ctx, d.Name, d.Before, roles), valueText(ctx, d.Name, d.After, roles)
		}
		list = append(list, c)
	}
	return list
}

func fieldName(ctx context.Context, e audit.Entry, name string) string {
	if e.Object == "setting" && name == "value" {
		return i18n.T(ctx, "audit.field.value")
	}
	return wordsOr(ctx, "audit.field."+name, name)
}

// texts reads a JSON list of texts.
func texts(raw json.RawMessage) (list []string, ok bool) {
	return list, raw != nil && json.Unmarshal(raw, &list) == nil && list != nil
}

// valueText is one side of a change in words; nil when it was not there.
func valueText(ctx context.Context, field string, raw json.RawMessage, roles []staff.RoleInfo) []string {
	if raw == nil {
		return nil
	}
	if list, ok := texts(raw); ok {
		for i := range list {
			list[i] = wordOf(ctx, field, list[i], roles)
		}
		if len(list) == 0 {
			return []string{i18n.T(ctx, "audit.empty")}
		}
		return list
	}
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return []string{string(raw)}
	}
	switch v := v.(type) {
	case nil:
		return []string{i18n.T(ctx, "audit.empty")}
	case bool:
		if v {
			return []string{i18n.T(ctx, "audit.yes")}
		}
		return []string{i18n.T(ctx, "audit.no")}
	case string:
		if v == "" {
			return []string{i18n.T(ctx, "audit.empty")}
		}
		return []string{wordOf(ctx, field, v, roles)}
	}
	return []string{string(raw)}
}

// wordOf is a stored text as a person reads it: roles and permissions by their names, times in the reader's zone.
func wordOf(ctx context.Context, field, s string, roles []staff.RoleInfo) string {
	switch field {
	case "permission", "permissions":
		if slices.Contains(staff.Permissions, staff.Permission(s)) {
			return PermissionName(ctx, staff.Permission(s))
		}
	case "role":
		return RoleName(ctx, s, roles)
	case "offered_locations", "offered_methods":
		if s == "" { // whoever has none
			return i18n.T(ctx, map[string]string{"offered_locations": "gateways.without_location", "offered_methods": "gateways.without_method"}[field])
		}
	case "status":
		return StatusName(ctx, customer.Status(s))
	case "category":
		return categoryName(ctx, s)
	case "billing_type":
		return billingTypeName(ctx, s)
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil && len(s) >= len("2006-01-02T15:04:05Z") {
		return format.DateTime(ctx, t)
	}
	return s
}
