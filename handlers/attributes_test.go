package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/models/audit"
	"myisp/models/customer"
)

const attributesPath = "/admin/config/attributes"

// TestDefineAttributes (§3.7): a member who may edit settings defines an attribute of each type, sees it on the list, changes
// it, puts it aside and deletes it, told before what goes with it; who may only read finds nothing to press.
func TestDefineAttributes(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", "administrator")
		s.Staff("reader", "read_only")
		who := s.Customer(customer.Customer{Login: "alice"})
		admin, reader := s.LogInStaff("admin"), s.LogInStaff("reader")
		if p := admin.Get(attributesPath); !p.Link(attributesPath+"/new") || !strings.Contains(p.Text(".empty"), "No attributes yet") {
			t.Error("the empty list does not lead on")
		}
		types := admin.Get(attributesPath + "/new")
		for i, kind := range customer.AttributeTypes {
			way := attributesPath + "/new?type=" + string(kind)
			if !types.Link(way) {
				t.Errorf("%s cannot be chosen", kind)
			}
			form := url.Values{"type": {string(kind)}, "key": {string(kind)}, "title": {"My " + string(kind)}, "title.es": {"Mi " + string(kind)}, "portal_view": {"1"}}
			page := admin.Get(way)
			for _, name := range []string{"key", "title", "category", "position", "is_required", "readonly", "disabled", "hidden", "is_add", "portal_view", "portal_edit"} {
				f := page.Find(`[name="` + name + `"]`)
				if f.Length() != 1 || page.Find(`label[for="`+f.AttrOr("id", "")+`"]`).Length() != 1 {
					t.Errorf("%s: %d fields %s, or no label", kind, f.Length(), name)
				}
			}
			if kind.HasOptions() {
				if p := admin.Do(http.MethodPost, attributesPath, form); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text(".notice"), "at least one option") {
					t.Errorf("%s without options: %d", kind, p.Status)
				}
				form.Set("option.0.label", "Morning")
				form.Set("option.1.label", "Evening")
				form.Set("option.1.es", "Tarde")
			}
			if p := admin.Do(http.MethodPost, attributesPath, form); p.Status != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", kind, p.Status, p.Text(".field-error"))
			}
			if got := admin.Get(attributesPath).Find(".row").Length(); got != i+1 {
				t.Errorf("%d rows after %s", got, kind)
			}
		}
		list, err := s.M.Customers.Attributes().List(s.Context)
		must(t, err)
		meter := list[0]
		path := fmt.Sprintf("%s/%d", attributesPath, meter.ID)
		must(t, s.M.Customers.SaveAttributes(s.Context, who.ID, customer.AttributeInput{Values: map[string][]string{"string": {"RV-1"}}}))
		if p := admin.Post(attributesPath, "type", "string", "key", "string", "title", "Again"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text("#f-key-error"), "has this key") {
			t.Errorf("the key again: %d %q", p.Status, p.Text(".field-error"))
		}
		if p := admin.Post(attributesPath, "type", "file", "key", "x", "title", "X"); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("an unknown type: %d", p.Status)
		}
		p := admin.Post(path, "type", "string", "title", "", "position", "x", "min", "9", "max", "3")
		for _, f := range []string{"title", "position", "max"} {
			if !p.Has("#f-" + f + "-error") {
				t.Errorf("%s is not told to be wrong", f)
			}
		}
		if p := admin.Post(path, "type", "integer", "title", "Meter", "position", "5", "is_unique", "1", "searchable", "1", "max", "20"); p.Status != http.StatusSeeOther {
			t.Errorf("changed: %d %s", p.Status, p.Text(".field-error"))
		}
		a, err := s.M.Customers.Attributes().Find(s.Context, meter.ID)
		must(t, err)
		if a.Type != customer.AttrString || a.Key != "string" || a.Title != "Meter" || !a.IsUnique || !a.Searchable || a.PortalView || a.Most != "20" {
			t.Errorf("changed to %+v", a)
		}

		// Who only reads sees everything greyed.
		for _, page := range []string{attributesPath, path} {
			if p := reader.Get(page); p.Status != http.StatusOK || p.Link(attributesPath+"/new") || p.Has("main form button") || p.Has(`main form [name="title"]:not([disabled])`) {
				t.Errorf("a reader at %s: %d, or something to press", page, p.Status)
			}
		}
		if p := reader.Get(path + "/deletion"); p.Status != http.StatusForbidden {
			t.Errorf("a reader deletes: %d", p.Status)
		}

		admin.Post(path + "/archival")
		if p := admin.Get(attributesPath); !strings.Contains(p.Text(".section"), "Meter") {
			t.Error("archived and not under Archived")
		}
		admin.Post(path + "/restoration")
		if p := admin.Get(attributesPath); p.Has(".section") {
			t.Error("restored and still under Archived")
		}
		if p := admin.Get(path + "/deletion"); !strings.Contains(p.Text("main"), "value of 1 customer is erased") {
			t.Errorf("deleting says %q", p.Text("main"))
		}
		if p := admin.Post(path + "/deletion"); p.Status != http.StatusUnprocessableEntity || !p.Has("#f-confirm-error") {
			t.Errorf("deleted unconfirmed: %d", p.Status)
		}
		if p := admin.Post(path+"/deletion", "confirm", "1"); p.Status != http.StatusSeeOther || admin.Get(path).Status != http.StatusNotFound {
			t.Errorf("deleted: %d", p.Status)
		}
		var actions []string
		must(t, s.M.DB.Q(s.Context).Raw("SELECT action FROM audit_entries WHERE object = 'attribute' AND actor_name = 'admin' ORDER BY seq DESC").Limit(4).Scan(&actions).Error)
		if got := strings.Join(actions[:4], " "); got != strings.Join([]string{string(audit.AttributeDeleted), string(audit.AttributeRestored), string(audit.AttributeArchived), string(audit.AttributeChanged)}, " ") {
			t.Errorf("the log: %s", got)
		}
	})
}

// TestAttributeFormNonsense feeds every field of the definition's form nonsense: never a 5xx, never written as it is.
func TestAttributeFormNonsense(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", "administrator")
		admin := s.LogInStaff("admin")
		a, err := s.M.Customers.Attributes().Create(s.Context, customer.AttributeEdit{Key: "k", Title: "K", Type: customer.AttrSelect, Options: []customer.OptionEdit{{Label: "A"}}})
		must(t, err)
		for _, path := range []string{attributesPath, fmt.Sprintf("%s/%d", attributesPath, a.ID)} {
			for what, v := range nasty() {
				for _, kind := range []string{"select", "integer", "date", v} {
					form := url.Values{"type": {kind}}
					for _, f := range []string{"key", "title", "title.es", "category", "position", "min", "max", "attr.default", "option.0.key", "option.0.label", "option.0.ar", "option.0.remove", "fill_existing"} {
						form.Set(f, v)
					}
					p := admin.Do(http.MethodPost, path, form)
					if p.Status >= 500 || strings.Contains(p.Body, "<script>alert") {
						t.Errorf("%s with %s: %d", path, what, p.Status)
					}
				}
			}
		}
		a, err = s.M.Customers.Attributes().Find(s.Context, a.ID)
		must(t, err)
		for _, o := range a.Choices() {
			if strings.ContainsAny(o.Key, ", '<\n") {
				t.Errorf("an option's key is %q", o.Key)
			}
		}
	})
}
