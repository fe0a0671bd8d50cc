package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
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

// TestAttributesOfCustomers: attributes are filled in with the rest of a customer's form, are told beside their fields when
// wrong, stand on the card and in the list, and customers are found by them.
func TestAttributesOfCustomers(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", "administrator")
		admin := s.LogInStaff("admin")
		defs := s.M.Customers.Attributes()
		for _, e := range []customer.AttributeEdit{
			{Key: "meter", Title: "Meter number", Type: customer.AttrString, IsUnique: true, IsAdd: true, ShowInList: true, Searchable: true},
			{Key: "tier", Title: "Tier", Type: customer.AttrString, Default: []string{"bronze"}},
			{Key: "floor", Title: "Floor", Type: customer.AttrInteger, IsRequired: true, Category: customer.Individual},
			{Key: "fleet", Title: "Fleet", Type: customer.AttrInteger, Category: customer.Business},
			{Key: "old", Title: "Old number", Type: customer.AttrString, Disabled: true},
			{Key: "ghost", Title: "Ghost", Type: customer.AttrString, Hidden: true},
		} {
			_, err := defs.Create(s.Context, e)
			must(t, err)
		}
		fields := func(p handlerstest.Page) string {
			var names []string
			for _, n := range p.Find(`form [name^="attr."]:not([type="hidden"])`).Nodes {
				name, off := "", ""
				for _, a := range n.Attr {
					if a.Key == "name" {
						name = a.Val
					}
					if a.Key == "disabled" {
						off = "(off)"
					}
				}
				names = append(names, name+off)
			}
			return strings.Join(names, " ")
		}
		fresh := admin.Get("/admin/customers/new")
		if got := fields(fresh); got != "attr.meter attr.floor" {
			t.Errorf("a new customer is asked for %s", got)
		}
		form := url.Values{}
		for _, f := range fresh.Find("main form [name]:not([disabled])").Nodes {
			name, value := "", ""
			for _, a := range f.Attr {
				switch a.Key {
				case "name":
					name = a.Val
				case "value":
					value = a.Val
				}
			}
			if f.Data == "select" {
				value = fresh.Find(`[name="`+name+`"] option[selected]`).AttrOr("value", "")
			}
			form.Set(name, value)
		}
		form.Del("never_block")
		form.Del("never_disable")
		form.Set("name", "Iris Moor")
		form.Set("attr.floor", "third")
		if p := admin.Do(http.MethodPost, "/admin/customers", form); p.Status != http.StatusUnprocessableEntity || !p.Has("#f-attr-floor-error") || p.Find(`[name="attr.floor"]`).AttrOr("value", "") != "third" {
			t.Fatalf("a wrong floor: %d %s", p.Status, p.Text(".field-error"))
		}
		form.Set("attr.floor", "3")
		form.Set("attr.meter", "RV/20418")
		p := admin.Do(http.MethodPost, "/admin/customers", form)
		if p.Status != http.StatusSeeOther {
			t.Fatalf("added: %d %s", p.Status, p.Text(".field-error"))
		}
		path := p.Location
		if card := admin.Get(path).Text("main"); !strings.Contains(card, "Meter numberRV/20418") || !strings.Contains(card, "Tierbronze") || !strings.Contains(card, "Floor3") ||
			!strings.Contains(card, "Old number") || strings.Contains(card, "Fleet") || strings.Contains(card, "Ghost") {
			t.Errorf("the card: %s", card)
		}
		edit := admin.Get(path + "/edit")
		if got := fields(edit); got != "attr.meter attr.tier attr.floor attr.old(off)" {
			t.Errorf("the form has %s", got)
		}
		for _, q := range []string{"RV/20418", "rv20418", "20418", "bronze"} {
			if found := strings.Contains(admin.Get("/admin/customers?q="+url.QueryEscape(q)).Text(".list"), "Iris Moor"); found != (q != "bronze") {
				t.Errorf("searched for %s: found %v", q, found)
			}
		}
		if row := admin.Get("/admin/customers").Text(".row"); !strings.Contains(row, "Meter number: RV/20418") || strings.Contains(row, "bronze") {
			t.Errorf("the list: %s", row)
		}
		form.Set("version", edit.Find(`[name="version"]`).AttrOr("value", ""))
		form.Set("login", edit.Find(`[name="login"]`).AttrOr("value", ""))
		form.Set("attr.meter", "RV/30000")
		form.Set("attr.tier", "")
		form.Set("attr.old", "x")
		if p := admin.Do(http.MethodPost, path, form); p.Status != http.StatusSeeOther {
			t.Fatalf("edited: %d %s %s", p.Status, p.Text(".notice"), p.Text(".field-error"))
		}
		if card := admin.Get(path).Text("main"); !strings.Contains(card, "Meter numberRV/30000") || strings.Contains(card, "bronze") || strings.Contains(card, "Old numberx") {
			t.Errorf("the card after it: %s", card)
		}
		if admin.Get("/admin/customers?q=20418").Has(".list") || !admin.Get("/admin/customers?q=30000").Has(".list") {
			t.Error("the words of the search are old ones")
		}
		var logged string
		must(t, s.M.DB.Q(s.Context).Raw("SELECT after FROM audit_entries WHERE action = ? ORDER BY seq DESC LIMIT 1", audit.CustomerAttributesChanged).Scan(&logged).Error)
		if !strings.Contains(logged, "RV/30000") {
			t.Errorf("logged: %s", logged)
		}
	})
}

// TestAttributeFoundLater: an attribute that becomes searchable finds those who have a value already, once the queue has
// done its work, and no longer when it ceases to be.
func TestAttributeFoundLater(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		who := s.Customer(customer.Customer{Login: "alice"})
		defs := s.M.Customers.Attributes()
		a, err := defs.Create(s.Context, customer.AttributeEdit{Key: "meter", Title: "Meter", Type: customer.AttrString})
		must(t, err)
		must(t, s.M.Customers.SaveAttributes(s.Context, who.ID, customer.AttributeInput{Values: map[string][]string{"meter": {"RV-20418"}}}))
		worker := jobs.New(s.M, jobs.Couriers{})
		found := func() bool {
			for worker.Once(s.Context) {
			}
			list, err := s.M.Customers.Search(s.Context, customer.Filter{Typed: "rv-20418"})
			must(t, err)
			return len(list.Rows) == 1
		}
		if found() {
			t.Error("found by what is not searchable")
		}
		e := a.Edit()
		for _, on := range []bool{true, false} {
			e.Searchable = on
			_, err = defs.Change(s.Context, a.ID, e)
			must(t, err)
			if found() != on {
				t.Errorf("searchable %v, found %v", on, !on)
			}
		}
		e.Searchable = true
		_, err = defs.Change(s.Context, a.ID, e)
		must(t, err)
		for _, step := range []struct {
			do   func() error
			want bool
		}{{func() error { return defs.Archive(s.Context, a.ID) }, false}, {func() error { return defs.Restore(s.Context, a.ID) }, true}, {func() error { return defs.Delete(s.Context, a.ID, true) }, false}} {
			must(t, step.do())
			if got := found(); got != step.want {
				t.Errorf("found %v, want %v", got, step.want)
			}
		}
	})
}

// TestConfigAttributes (G16): the rows stand on Config → Main → Portal, General, are saved there, and open the profile.
func TestConfigAttributes(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", "administrator")
		s.Staff("reader", "read_only")
		s.Customer(customer.Customer{Login: "alice"})
		admin, alice := s.LogInStaff("admin"), s.LogIn("alice")
		const page, save = "/admin/config/main/portal", "/admin/config/main/portal/additional-attributes"
		if p := admin.Get(page); !strings.Contains(p.Text("#section-attributes"), "No attributes are defined yet") {
			t.Error("nothing is said where there is none")
		}
		a, err := s.M.Customers.Attributes().Create(s.Context, customer.AttributeEdit{Key: "meter", Title: "Meter number", Type: customer.AttrString})
		must(t, err)
		id := fmt.Sprint(a.ID)
		for _, c := range []struct {
			fields      []string
			shown, open bool
		}{{[]string{"view." + id, "1"}, true, false}, {[]string{"edit." + id, "1"}, true, true}, {nil, false, false}} {
			if p := admin.Post(save, append([]string{"attribute", id}, c.fields...)...); p.Status != http.StatusSeeOther {
				t.Fatalf("%v: %d", c.fields, p.Status)
			}
			p := admin.Get(page)
			if p.Has(`[name="view.`+id+`"]:checked`) != (c.shown && !c.open) || p.Has(`[name="edit.`+id+`"]:checked`) != c.open {
				t.Errorf("%v: the page shows otherwise", c.fields)
			}
			mine := alice.Get("/profile")
			if mine.Has(`[name="attr.meter"]`) != c.shown || mine.Has(`[name="attr.meter"]:not([disabled])`) != c.open {
				t.Errorf("%v: the profile shows otherwise", c.fields)
			}
		}
		if p := admin.Get(page + "?partner=1"); !p.Has("#section-attributes[hidden]") {
			t.Error("it stands on a partner's tab too")
		}
		for q, want := range map[string]bool{"G16": true, "meter": true, "portal title": false} {
			if got := admin.Get(page + "?q=" + url.QueryEscape(q)).Has("#section-attributes"); got != want {
				t.Errorf("a search for %q finds it: %v", q, got)
			}
		}
		reader := s.LogInStaff("reader")
		if p := reader.Get(page); p.Has("#section-attributes button") || p.Has("#section-attributes input[type=checkbox]:not([disabled])") {
			t.Error("a reader can press something")
		}
		if p := reader.Post(save, "attribute", id, "edit."+id, "1"); p.Status != http.StatusForbidden {
			t.Errorf("a reader saves: %d", p.Status)
		}
		if p := admin.Post(save, "attribute", "99"); p.Status != http.StatusNotFound {
			t.Errorf("an unknown attribute: %d", p.Status)
		}
	})
}
