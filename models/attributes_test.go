package models_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myisp/models"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

func onBoth(t *testing.T, test func(t *testing.T, ctx context.Context, m *models.Models)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := audit.With(context.Background(), audit.Actor{Kind: audit.Staff, ID: 1, Name: "Ada Admin"})
		test(t, ctx, testModels(t, d))
	})
}

func someone(t testing.TB, m *models.Models, login, category string) customer.Customer {
	t.Helper()
	c := customer.Customer{PartnerID: 1, Login: login, Name: login + " Carter", Email: login + "@example.com", Category: category, Status: customer.StatusActive}
	must(t, m.Customers.Create(context.Background(), &c, customer.Billing{Currency: "EUR"}, "US"))
	return c
}

func wrong(t testing.TB, err error, field, reason string) {
	t.Helper()
	v, ok := err.(db.Invalid)
	if !ok || v[field] != reason || len(v) != 1 {
		t.Errorf("got %v, want %s=%s", err, field, reason)
	}
}

func input(pairs ...string) customer.AttributeInput {
	in := customer.AttributeInput{Values: map[string][]string{}, Clear: map[string]bool{}, Locale: customer.Locale{Region: "US"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		in.Values[pairs[i]] = append(in.Values[pairs[i]], pairs[i+1])
	}
	return in
}

func held(t testing.TB, m *models.Models, id int64) map[string]string {
	t.Helper()
	form, err := m.Customers.AttributeForm(context.Background(), id, "")
	must(t, err)
	values := map[string]string{}
	for _, f := range form {
		if f.Set {
			values[f.Key] = f.Value
		}
	}
	return values
}

// TestAttributeFlags (spec §3.7): what each flag of a definition does to the values.
func TestAttributeFlags(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, m *models.Models) {
		defs, cs := m.Customers.Attributes(), m.Customers
		alice, bob := someone(t, m, "alice", customer.Individual), someone(t, m, "bob", customer.Business)
		make1 := func(e customer.AttributeEdit) customer.Attribute {
			t.Helper()
			if e.Title == "" {
				e.Title = e.Key
			}
			a, err := defs.Create(ctx, e)
			must(t, err)
			return a
		}
		meter := make1(customer.AttributeEdit{Key: "meter", Type: customer.AttrString, IsUnique: true})
		make1(customer.AttributeEdit{Key: "floor", Type: customer.AttrInteger, IsRequired: true, Category: customer.Individual})
		lock := make1(customer.AttributeEdit{Key: "lock", Type: customer.AttrString, ReadOnly: true, Default: []string{"new"}})
		make1(customer.AttributeEdit{Key: "away", Type: customer.AttrString, Disabled: true})
		make1(customer.AttributeEdit{Key: "secret", Type: customer.AttrString, Hidden: true})

		wrong(t, cs.SaveAttributes(ctx, alice.ID, input("meter", "A-1")), "attr.floor", "error.required")
		must(t, cs.SaveAttributes(ctx, alice.ID, input("meter", "A-1", "floor", "3")))
		must(t, cs.SaveAttributes(ctx, bob.ID, input("meter", "B-1", "floor", "3"))) // no floor for companies
		wrong(t, cs.SaveAttributes(ctx, bob.ID, input("meter", " a-1 ")), "attr.meter", "attributes.error.taken")
		must(t, cs.SaveAttributes(ctx, bob.ID, input("lock", "x", "away", "x", "secret", "x", "nothing", "x")))
		if diff := cmp.Diff(map[string]string{"meter": "A-1", "floor": "3"}, held(t, m, alice.ID)); diff != "" {
			t.Errorf("alice: -want +got\n%s", diff)
		}
		if diff := cmp.Diff(map[string]string{"meter": "B-1"}, held(t, m, bob.ID)); diff != "" {
			t.Errorf("bob: -want +got\n%s", diff)
		}
		carla := someone(t, m, "carla", customer.Individual)
		if got := held(t, m, carla.ID); got["lock"] != "new" || len(got) != 1 {
			t.Errorf("a new customer has %v", got)
		}

		// The default for those who were there already, once.
		e := lock.Edit()
		e.FillExisting = true
		_, err := defs.Change(ctx, lock.ID, e)
		must(t, err)
		if got := held(t, m, alice.ID)["lock"]; got != "new" {
			t.Errorf("an existing customer has lock %q", got)
		}
		if n, err := defs.Without(ctx, lock); err != nil || n != 0 {
			t.Errorf("%d without (%v)", n, err)
		}

		// Uniqueness comes and goes with the flag; the database holds it.
		e = meter.Edit()
		e.IsUnique = false
		meter, err = defs.Change(ctx, meter.ID, e)
		must(t, err)
		must(t, cs.SaveAttributes(ctx, bob.ID, input("meter", "a-1")))
		e.IsUnique = true
		_, err = defs.Change(ctx, meter.ID, e)
		wrong(t, err, "is_unique", "attributes.error.shared")
		must(t, cs.SaveAttributes(ctx, bob.ID, input("meter", "")))
		_, err = defs.Change(ctx, meter.ID, e)
		must(t, err)
		if err := m.DB.Q(ctx).Exec("INSERT INTO attribute_values (attribute_id, owner_id, value, folded, unique_key, updated_at) VALUES (?, ?, 'A-1', 'a-1', 'a-1', ?)",
			meter.ID, bob.ID, m.DB.Now()).Error; !db.IsDuplicate(err) {
			t.Errorf("the database took a value twice: %v", err)
		}
	})
}

// TestAttributePassword: a password is sealed for its place, and nobody gets to see it; an empty field keeps it.
func TestAttributePassword(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, m *models.Models) {
		a, err := m.Customers.Attributes().Create(ctx, customer.AttributeEdit{Key: "alarm", Title: "Alarm code", Type: customer.AttrPassword, PortalEdit: true})
		must(t, err)
		alice := someone(t, m, "alice", customer.Individual)
		must(t, m.Customers.SaveAttributes(ctx, alice.ID, input("alarm", "open sesame")))
		stored := func() string {
			var v string
			must(t, m.DB.Q(ctx).Raw("SELECT value FROM attribute_values WHERE attribute_id = ?", a.ID).Scan(&v).Error)
			return v
		}
		sealed := stored()
		if plain, err := m.Keys.Box().OpenText(sealed, fmt.Sprintf("attribute/%d/%d", a.ID, alice.ID)); err != nil || plain != "open sesame" {
			t.Errorf("sealed is %q (%v)", plain, err)
		}
		must(t, m.Customers.SaveAttributes(ctx, alice.ID, input("alarm", "")))
		if stored() != sealed {
			t.Error("an empty field changed the password")
		}
		for _, read := range []func() ([]customer.Filled, error){
			func() ([]customer.Filled, error) {
				return m.Customers.AttributeForm(ctx, alice.ID, customer.Individual)
			},
			func() ([]customer.Filled, error) {
				return m.Customers.Of(alice.ID).Attributes(ctx, customer.Individual)
			},
		} {
			form, err := read()
			must(t, err)
			if len(form) != 1 || form[0].Value != "" || !form[0].Set {
				t.Errorf("shown: %+v", form)
			}
		}
		gone := input("alarm", "")
		gone.Clear["alarm"] = true
		must(t, m.Customers.SaveAttributes(ctx, alice.ID, gone))
		if got := held(t, m, alice.ID); len(got) != 0 {
			t.Errorf("still there: %v", got)
		}
		var log string
		must(t, m.DB.Q(ctx).Raw("SELECT before || after FROM audit_entries WHERE action = ? ORDER BY seq LIMIT 1", audit.CustomerAttributesChanged).Scan(&log).Error)
		if strings.Contains(log, "sesame") || strings.Contains(log, sealed) || !strings.Contains(log, "attr.alarm") {
			t.Errorf("logged: %s", log)
		}
	})
}

// TestAttributeOptions: options keep their keys, one that somebody has is retired instead of deleted, and forged keys are
// never stored.
func TestAttributeOptions(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, m *models.Models) {
		defs := m.Customers.Attributes()
		e := customer.AttributeEdit{Key: "time", Title: "Time", Type: customer.AttrSelectMultiple,
			Options: []customer.OptionEdit{{Label: "Morning", Labels: map[string]string{"es": "Mañana"}}, {Label: "Noon"}, {Key: "x,y", Label: "مساء"}, {Label: " "}}}
		a, err := defs.Create(ctx, e)
		must(t, err)
		keys := func() (list []string) {
			a, err = defs.Find(ctx, a.ID)
			must(t, err)
			for _, o := range a.Choices() {
				if o.Retired {
					o.Key += "!"
				}
				list = append(list, o.Key)
			}
			return list
		}
		if got := keys(); !reflect.DeepEqual(got, []string{"morning", "noon", "option"}) {
			t.Fatalf("keys %v", got)
		}
		if o, _ := a.Choice("morning"); o.In("es") != "Mañana" || o.In("ar") != "Morning" {
			t.Errorf("labels %+v", o)
		}
		alice := someone(t, m, "alice", customer.Individual)
		must(t, m.Customers.SaveAttributes(ctx, alice.ID, input("time", "", "time", "noon", "time", "option")))
		e = a.Edit()
		e.Options[0].Remove, e.Options[1].Remove = true, true
		e.Options = e.Options[:2] // and the third is not in the form at all
		_, err = defs.Change(ctx, a.ID, e)
		wrong(t, err, "options", "attributes.error.options")
		e.Options = append(e.Options, customer.OptionEdit{Label: "Evening"})
		_, err = defs.Change(ctx, a.ID, e)
		must(t, err)
		if got := keys(); !reflect.DeepEqual(got, []string{"noon!", "evening", "option!"}) {
			t.Errorf("keys %v", got)
		}
		must(t, m.Customers.SaveAttributes(ctx, alice.ID, input("time", "noon,option"))) // whoever has it keeps it
		wrong(t, m.Customers.SaveAttributes(ctx, alice.ID, input("time", "noon")), "attr.time", "error.choice")
		must(t, m.Customers.SaveAttributes(ctx, alice.ID, input("time", "evening")))
	})
}

// TestAttributeDefinitions: what a definition refuses, and the way of one through its life, all of it in the log.
func TestAttributeDefinitions(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, m *models.Models) {
		defs := m.Customers.Attributes()
		for name, c := range map[string]struct {
			e             customer.AttributeEdit
			field, reason string
		}{
			"no title":       {customer.AttributeEdit{Key: "k", Type: customer.AttrString}, "title", "error.required"},
			"long title":     {customer.AttributeEdit{Key: "k", Title: strings.Repeat("x", 101), Type: customer.AttrString}, "title", "error.too_long"},
			"key":            {customer.AttributeEdit{Key: "A b", Title: "T", Type: customer.AttrString}, "key", "attributes.error.key"},
			"type":           {customer.AttributeEdit{Key: "k", Title: "T", Type: "file"}, "type", "error.choice"},
			"category":       {customer.AttributeEdit{Key: "k", Title: "T", Type: customer.AttrString, Category: "lead"}, "category", "error.choice"},
			"position":       {customer.AttributeEdit{Key: "k", Title: "T", Type: customer.AttrString, Position: "-1"}, "position", "error.number"},
			"bounds":         {customer.AttributeEdit{Key: "k", Title: "T", Type: customer.AttrInteger, Least: "5", Most: "4"}, "max", "attributes.error.bounds"},
			"a bound":        {customer.AttributeEdit{Key: "k", Title: "T", Type: customer.AttrString, Most: "1000"}, "max", "error.number"},
			"default":        {customer.AttributeEdit{Key: "k", Title: "T", Type: customer.AttrInteger, Default: []string{"x"}}, "default", "error.number"},
			"default bound":  {customer.AttributeEdit{Key: "k", Title: "T", Type: customer.AttrInteger, Most: "4", Default: []string{"5"}}, "default", "attributes.error.large"},
			"unique default": {customer.AttributeEdit{Key: "k", Title: "T", Type: customer.AttrInteger, IsUnique: true, Default: []string{"5"}}, "default", "attributes.error.default_unique"},
			"no options":     {customer.AttributeEdit{Key: "k", Title: "T", Type: customer.AttrSelect}, "options", "attributes.error.options"},
			"option twice":   {customer.AttributeEdit{Key: "k", Title: "T", Type: customer.AttrSelect, Options: []customer.OptionEdit{{Label: "A"}, {Label: "a"}}}, "option.1", "attributes.error.option_twice"},
		} {
			_, err := defs.Create(ctx, c.e)
			if v, ok := err.(db.Invalid); !ok || v[c.field] != c.reason {
				t.Errorf("%s: %v", name, err)
			}
		}
		a, err := defs.Create(ctx, customer.AttributeEdit{Key: "k", Title: "T", Type: customer.AttrBoolean, IsUnique: true, Searchable: true})
		must(t, err)
		if a.IsUnique || a.Searchable {
			t.Error("a box can be unique")
		}
		_, err = defs.Create(ctx, customer.AttributeEdit{Key: "k", Title: "T", Type: customer.AttrString})
		wrong(t, err, "key", "attributes.error.key_taken")

		alice := someone(t, m, "alice", customer.Individual)
		must(t, m.Customers.SaveAttributes(ctx, alice.ID, input("k", "true")))
		must(t, defs.SetPortalPermission(ctx, a.ID, true, false))
		if rows, err := defs.PortalRows(ctx); err != nil || len(rows) != 1 || !rows[0].View || rows[0].Edit {
			t.Errorf("G16: %+v (%v)", rows, err)
		}
		must(t, defs.Archive(ctx, a.ID))
		if got := held(t, m, alice.ID); len(got) != 0 {
			t.Errorf("archived, and %v", got)
		}
		must(t, defs.Restore(ctx, a.ID))
		if got := held(t, m, alice.ID)["k"]; got != "true" {
			t.Errorf("restored, and %q", got)
		}
		wrong(t, defs.Delete(ctx, a.ID, false), "confirm", "attributes.error.confirm")
		must(t, defs.Delete(ctx, a.ID, true))
		if n, err := m.DB.Rows(ctx, "attribute_values"); n != 0 {
			t.Errorf("%d values left (%v)", n, err)
		}
		if _, err := defs.Find(ctx, a.ID); db.KindOf(err) != db.NotFound {
			t.Errorf("found %v", err)
		}
		var actions []string
		must(t, m.DB.Q(ctx).Raw("SELECT action FROM audit_entries ORDER BY seq").Scan(&actions).Error)
		if diff := cmp.Diff([]string{"attribute_created", "customer_attributes_changed", "attribute_changed", "attribute_archived", "attribute_restored", "attribute_deleted"}, actions); diff != "" {
			t.Errorf("the log: -want +got\n%s", diff)
		}
	})
}
