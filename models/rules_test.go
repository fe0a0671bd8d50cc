package models

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"myisp/models/db"
	"myisp/models/portal"
	"myisp/models/service"
)

// TestRulesFromSettings: each setting of blocking and promises (B60–B71, X7 holidays) changes its own rule and no other, both
// ways. What the rules then do is for the tests of models/service.
func TestRulesFromSettings(t *testing.T) {
	ctx := t.Context()
	m, err := Open(ctx, Config{DB: db.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "myisp.db")}, Secret: "0123456789abcdef0123456789abcdef"})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	now := func() service.Rules {
		t.Helper()
		r, err := m.rules(ctx, portal.DefaultPartner)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	before := now()
	for _, c := range []struct {
		key, value string
		change     func(*service.Rules)
	}{
		{"block_unpaid", "on", func(r *service.Rules) { r.On = true }},
		{"block_one_time", "on", func(r *service.Rules) { r.OneTime = true }},
		{"block_weekend", "saturday_sunday", func(r *service.Rules) { r.Weekend = []time.Weekday{time.Saturday, time.Sunday} }},
		{"block_weekend", "friday_saturday", func(r *service.Rules) { r.Weekend = []time.Weekday{time.Friday, time.Saturday} }},
		{"holidays", "2026-12-25", func(r *service.Rules) { r.Holidays = portal.HolidayList("2026-12-25") }},
		{"remind_unpaid", "on", func(r *service.Rules) { r.Remind = true }},
		{"remind_first", "21", func(r *service.Rules) { r.RemindAfter[0] = 21 }},
		{"remind_second", "22", func(r *service.Rules) { r.RemindAfter[1] = 22 }},
		{"remind_third", "23", func(r *service.Rules) { r.RemindAfter[2] = 23 }},
		{"promises", "on", func(r *service.Rules) { r.Promise.Allowed = true }},
		{"promise_days", "4", func(r *service.Rules) { r.Promise.Days = 4 }},
		{"promise_every", "31", func(r *service.Rules) { r.Promise.Every = 31 }},
		{"promise_broken_wait", "32", func(r *service.Rules) { r.Promise.Wait = 32 }},
		{"promise_most", "33", func(r *service.Rules) { r.Promise.Most = 3300 }},
	} {
		if err := m.Portal.Set(ctx, portal.DefaultPartner, c.key, c.value); err != nil {
			t.Fatal(c.key, err)
		}
		want := before
		c.change(&want)
		if got := now(); !reflect.DeepEqual(got, want) || reflect.DeepEqual(got, before) {
			t.Errorf("%s = %s: %+v, want %+v", c.key, c.value, got, want)
		}
		if err := m.Portal.Reset(ctx, portal.DefaultPartner, c.key); err != nil {
			t.Fatal(c.key, err)
		}
		if got := now(); !reflect.DeepEqual(got, before) {
			t.Errorf("%s reset: %+v, want %+v", c.key, got, before)
		}
	}
}
