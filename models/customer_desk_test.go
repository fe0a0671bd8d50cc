package models_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myisp/models"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/limit"
	"myisp/models/service"
	"myisp/models/session"
)

// asStaff is a context in which a member of staff works.
func asStaff() context.Context {
	return audit.With(context.Background(), audit.Actor{Kind: audit.Staff, ID: 7, Name: "Sam Support", IP: "192.0.2.9"})
}

func ireland() customer.Home { return customer.Home{Region: "IE", Currency: "EUR"} }

// logged returns what the log has of an action, newest last.
func logged(t *testing.T, m *models.Models, action audit.Action) []audit.Entry {
	t.Helper()
	var list []audit.Entry
	must(t, m.DB.Q(context.Background()).Where("action = ?", action).Order("seq").Find(&list).Error)
	return list
}

// TestAddCustomer: §3.1 from the form, §2.13 lists, AUTH-6 login; what was done and by whom is in the log.
func TestAddCustomer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := asStaff(), testModels(t, d)
		draft := customer.NewDraft(1)
		draft.Name, draft.Category, draft.Email, draft.Phone = "Dora Byrne", customer.Business, "Dora@Example.com;second@firma.example , dora@example.com", "020 910 0114, +1 415 555 0101"
		draft.Birthday, draft.GPS, draft.MinBalance, draft.PartnerPercent, draft.Passport = "1980-02-29", "53.35, -6.26", "-12,50", "12.5", "PA1234567"
		draft.NeverBlock, draft.GracePeriod, draft.Period = "1", "30", "3"
		c, err := m.Customers.Add(ctx, draft, ireland())
		must(t, err)
		got, err := m.Customers.Find(ctx, c.ID)
		must(t, err)
		b, err := m.Customers.Of(c.ID).Billing(ctx)
		must(t, err)
		if len(got.Login) != 8 || strings.Trim(got.Login, "0123456789") != "" {
			t.Errorf("the login is %q, want eight digits", got.Login)
		}
		if got.Email != "dora@example.com, second@firma.example" || got.Phone != "+353 20 910 0114, +1 415-555-0101" {
			t.Errorf("lists are %q and %q", got.Email, got.Phone)
		}
		if got.AddedBy != customer.AddedByStaff || got.AddedByID != 7 || got.Birthday != "1980-02-29" || got.Status != customer.StatusNew || got.PasswordHash != "" {
			t.Errorf("stored %+v", got)
		}
		if b.MinBalance != -1250 || b.PartnerPPM != 125_000 || b.BlockingPeriod != customer.Never || b.GracePeriod != 30 || b.Period != 3 || b.SubMode != customer.Independent {
			t.Errorf("billing %+v", b)
		}
		if names, _ := found(t, m, customer.Filter{Typed: "dora@example.com"}); len(names) != 1 {
			t.Errorf("found %v", names)
		}
		e := logged(t, m, audit.CustomerAdded)
		if len(e) != 1 || e[0].ActorName != "Sam Support" || *e[0].CustomerID != c.ID || !strings.Contains(e[0].After, `"name":"Dora Byrne"`) {
			t.Fatalf("log: %+v", e)
		}
		if strings.Contains(e[0].After, "PA1234567") {
			t.Error("the log holds the passport's number")
		}
		// The form shows what is stored, and storing that changes nothing.
		again := got.Draft(b, "")
		if again.MinBalance != "-12.50" || again.PartnerPercent != "12.5" || again.NeverBlock != "1" {
			t.Errorf("the form shows %+v", again)
		}
		must(t, m.Customers.Edit(ctx, c.ID, again, ireland()))
		if n := len(logged(t, m, audit.CustomerChanged)); n != 0 {
			t.Errorf("saving the form as it came made %d entries", n)
		}
	})
}

// TestCustomerDraft: every field is refused with a reason of its own.
func TestCustomerDraft(t *testing.T) {
	ctx, m := asStaff(), testModels(t, dbtest.SQLite(t, nil))
	alice := fill(t, m)
	sub := customer.Customer{PartnerID: 1, Login: "sub", Name: "Sub", ParentID: alice.ID}
	must(t, m.Customers.Create(ctx, &sub, customer.Billing{Currency: "EUR"}, ""))
	for name, c := range map[string]struct {
		change func(*customer.Draft)
		want   db.Invalid
	}{
		"fine":          {func(*customer.Draft) {}, nil},
		"no name":       {func(d *customer.Draft) { d.Name = "" }, db.Invalid{"name": "error.required"}},
		"long name":     {func(d *customer.Draft) { d.Name = strings.Repeat("n", 201) }, db.Invalid{"name": "error.too_long"}},
		"login taken":   {func(d *customer.Draft) { d.Login = "ALICE" }, db.Invalid{"login": "profile.error.login_taken"}},
		"bad e-mail":    {func(d *customer.Draft) { d.Email = "a@example.com, b" }, db.Invalid{"email": "error.email"}},
		"named e-mail":  {func(d *customer.Draft) { d.BillingEmail = "A <a@example.com>" }, db.Invalid{"billing_email": "error.email"}},
		"bad phone":     {func(d *customer.Draft) { d.Phone = "12" }, db.Invalid{"phone": "error.phone"}},
		"bad birthday":  {func(d *customer.Draft) { d.Birthday = "1981-02-29" }, db.Invalid{"birthday": "error.date"}},
		"bad position":  {func(d *customer.Draft) { d.GPS = "91, 0" }, db.Invalid{"gps": "customers.error.gps"}},
		"day 29":        {func(d *customer.Draft) { d.BillingDay = "29" }, db.Invalid{"billing_day": "customers.error.day"}},
		"due on 0":      {func(d *customer.Draft) { d.DueDay = "0" }, db.Invalid{"due_day": "customers.error.day"}},
		"blocking 100":  {func(d *customer.Draft) { d.BlockingPeriod = "100" }, db.Invalid{"blocking_period": "customers.error.days"}},
		"grace 0":       {func(d *customer.Draft) { d.GracePeriod = "0" }, db.Invalid{"grace_period": "customers.error.grace"}},
		"13 months":     {func(d *customer.Draft) { d.Period = "13" }, db.Invalid{"period": "customers.error.period"}},
		"101 percent":   {func(d *customer.Draft) { d.PartnerPercent = "101" }, db.Invalid{"partner_percent": "customers.error.percent"}},
		"odd balance":   {func(d *customer.Draft) { d.MinBalance = "1.234" }, db.Invalid{"min_balance": "error.amount"}},
		"no partner":    {func(d *customer.Draft) { d.PartnerID = "99" }, db.Invalid{"partner_id": "error.choice"}},
		"no place":      {func(d *customer.Draft) { d.LocationID = "x" }, db.Invalid{"location_id": "error.choice"}},
		"no method":     {func(d *customer.Draft) { d.PaymentMethod = "99" }, db.Invalid{"payment_method": "error.choice"}},
		"born disabled": {func(d *customer.Draft) { d.Status = "disabled" }, db.Invalid{"status": "error.choice"}},
		"odd choices":   {func(d *customer.Draft) { d.Category, d.BillingType, d.SubMode = "x", "y", "z" }, db.Invalid{"category": "error.choice", "billing_type": "error.choice", "sub_mode": "error.choice"}},
		"unknown main":  {func(d *customer.Draft) { d.MainAccount = "nobody" }, db.Invalid{"main_account": "customers.error.no_such_account"}},
		"two levels":    {func(d *customer.Draft) { d.MainAccount = "sub" }, db.Invalid{"main_account": "customers.error.main_is_sub"}},
	} {
		d := customer.NewDraft(1)
		d.Name, d.Login = "Bob", "bob-"+strings.ReplaceAll(name, " ", "-")
		c.change(&d)
		_, err := m.Customers.Add(ctx, d, ireland())
		var bad db.Invalid
		errors.As(err, &bad)
		if diff := cmp.Diff(c.want, bad); diff != "" || err != nil && bad == nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	edit := func(c customer.Customer, main string) error {
		c, err := m.Customers.Find(ctx, c.ID)
		must(t, err)
		b, err := m.Customers.Of(c.ID).Billing(ctx)
		must(t, err)
		b.BillingDay, b.DueDay, b.GracePeriod, b.SubMode = 1, 15, 10, customer.Independent
		d := c.Draft(b, main)
		return m.Customers.Edit(ctx, c.ID, d, ireland())
	}
	for main, want := range map[string]string{"alice": "customers.error.own_main", "sub": "customers.error.main_is_sub"} {
		if err := edit(alice, main); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("alice below %s: %v", main, err)
		}
	}
	if err := edit(sub, "alice"); err != nil {
		t.Errorf("a sub-account stays one: %v", err)
	}
	other := customer.Customer{PartnerID: 1, Login: "other", Name: "Other"}
	must(t, m.Customers.Create(ctx, &other, customer.Billing{Currency: "EUR"}, ""))
	if err := edit(alice, "other"); err == nil || !strings.Contains(err.Error(), "customers.error.has_subs") {
		t.Errorf("a main account below another: %v", err)
	}
}

// TestNoCircleOfAccounts: two changes at once, each making one the main account of the other, do not both come through.
func TestNoCircleOfAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := asStaff(), testModels(t, d)
		var two [2]customer.Customer
		for i := range two {
			draft := customer.NewDraft(1)
			draft.Name, draft.Login = fmt.Sprint("Twin ", i), fmt.Sprint("twin", i)
			var err error
			two[i], err = m.Customers.Add(ctx, draft, ireland())
			must(t, err)
		}
		done := make(chan error)
		for i := range two {
			c, err := m.Customers.Find(ctx, two[i].ID)
			must(t, err)
			b, err := m.Customers.Of(c.ID).Billing(ctx)
			must(t, err)
			go func() { done <- m.Customers.Edit(ctx, c.ID, c.Draft(b, two[1-i].Login), ireland()) }()
		}
		failed := 0
		for range two {
			if <-done != nil {
				failed++
			}
		}
		if failed != 1 {
			t.Errorf("%d of two changes failed, want one", failed)
		}
	})
}

// TestEditedMeanwhile: what somebody else changed since the form was made is not overwritten unseen.
func TestEditedMeanwhile(t *testing.T) {
	ctx, m := asStaff(), testModels(t, dbtest.SQLite(t, nil))
	c, err := m.Customers.Add(ctx, func() customer.Draft { d := customer.NewDraft(1); d.Name = "Eve"; return d }(), ireland())
	must(t, err)
	b, err := m.Customers.Of(c.ID).Billing(ctx)
	must(t, err)
	first, second := c.Draft(b, ""), c.Draft(b, "")
	first.Name = "Eve Byrne"
	must(t, m.Customers.Edit(ctx, c.ID, first, ireland()))
	second.City = "Old Town"
	err = m.Customers.Edit(ctx, c.ID, second, ireland())
	if diff := cmp.Diff(error(db.Invalid{"version": "customers.error.changed_meanwhile"}), err); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if e := logged(t, m, audit.CustomerChanged); len(e) != 1 || e[0].Before != `{"name":"Eve"}` || e[0].After != `{"name":"Eve Byrne"}` {
		t.Errorf("log: %+v", e)
	}
}

// TestStatusEffects: §3.1 and SVC-4: blocking leaves services as they are; deactivating ends the active ones today, each
// with a stopped copy, bundles with their parts; the copies go on from the day of activation, and no day is had twice.
func TestStatusEffects(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := asStaff(), testModels(t, d)
		c := fill(t, m)
		bundle := service.Service{CustomerID: c.ID, Kind: service.Bundle, Description: "Bundle", UnitPrice: 4000, Currency: "EUR", Status: service.Active, StartsOn: "2026-01-01", InvoicedUntil: "2026-11-30"}
		must(t, m.Services.Add(ctx, &bundle))
		part := service.Service{CustomerID: c.ID, Kind: service.Voice, BundleServiceID: bundle.ID, Description: "Voice", Currency: "EUR", Status: service.Active, StartsOn: "2026-01-01"}
		must(t, m.Services.Add(ctx, &part))
		resting := service.Service{CustomerID: c.ID, Kind: service.Recurring, Description: "Rests", Currency: "EUR", Status: service.Stopped}
		must(t, m.Services.Add(ctx, &resting))
		change := func(from, to customer.Status, today db.Day, reason string) error {
			return m.Services.ChangeCustomerStatus(ctx, service.StatusChange{CustomerID: c.ID, From: from, To: to, Reason: reason, Today: today})
		}
		list := func() (lines []string) {
			all, err := m.Services.Of(c.ID).Everything(ctx)
			must(t, err)
			for _, r := range all {
				copyOf := ""
				if r.CopyOf != 0 {
					copyOf = " copy"
				}
				lines = append(lines, strings.Join(strings.Fields(fmt.Sprint(r.Description, " ", r.Status, " ", r.StartsOn, "–", r.EndsOn, copyOf)), " "))
			}
			return lines
		}
		before := list()
		must(t, change(customer.StatusActive, customer.StatusBlocked, "2026-11-20", "Unpaid since October"))
		if diff := cmp.Diff(before, list()); diff != "" {
			t.Errorf("blocking changed services:\n%s", diff)
		}
		b, err := m.Customers.Of(c.ID).Billing(ctx)
		must(t, err)
		who, err := m.Customers.Find(ctx, c.ID)
		must(t, err)
		if b.BlockedOn != "2026-11-20" || who.StatusReason != "Unpaid since October" || who.StatusSince == nil {
			t.Errorf("blocked: %+v %+v", b, who)
		}
		must(t, change(customer.StatusBlocked, customer.StatusDisabled, "2026-11-22", "Moved away"))
		want := []string{"Fiber 500 disabled –2026-11-22", "Fiber 500 stopped – copy", "Voice disabled 2026-01-01–2026-11-22", "Voice stopped – copy", "Rests stopped –",
			"Bundle disabled 2026-01-01–2026-11-22", "Bundle stopped – copy"}
		if diff := cmp.Diff(want, list()); diff != "" {
			t.Errorf("deactivated: -want +got\n%s", diff)
		}
		effect, err := m.Services.EffectOf(ctx, c.ID, customer.StatusActive)
		must(t, err)
		if len(effect.Resumes) != 3 || len(effect.Ends) != 0 {
			t.Errorf("foreseen: %+v", effect)
		}
		must(t, change(customer.StatusDisabled, customer.StatusActive, "2026-11-22", ""))
		want = []string{"Fiber 500 disabled –2026-11-22", "Fiber 500 active 2026-11-23–", "Voice disabled 2026-01-01–2026-11-22", "Voice active 2026-11-23–", "Rests stopped –",
			"Bundle disabled 2026-01-01–2026-11-22", "Bundle active 2026-11-23–"}
		if diff := cmp.Diff(want, list()); diff != "" {
			t.Errorf("active again: -want +got\n%s", diff)
		}
		all, err := m.Services.Of(c.ID).Everything(ctx)
		must(t, err)
		if all[3].BundleServiceID != all[6].ID || all[6].InvoicedUntil != "2026-11-30" {
			t.Errorf("the new voice hangs on %d, want %d; invoiced until %s", all[3].BundleServiceID, all[6].ID, all[6].InvoicedUntil)
		}
		if b, _ := m.Customers.Of(c.ID).Billing(ctx); b.BlockedOn != "" || b.BlocksOn != "" {
			t.Errorf("still marked as blocked: %+v", b)
		}
		entries := logged(t, m, audit.CustomerStatus)
		if len(entries) != 3 || !strings.Contains(entries[1].Before, `"status":"blocked"`) || !strings.Contains(entries[1].After, `"services_ended":["Fiber 500 #`) {
			t.Errorf("log: %+v", entries)
		}
		for _, bad := range []error{change(customer.StatusBlocked, customer.StatusDisabled, "2026-11-22", ""), change(customer.StatusActive, customer.StatusActive, "2026-11-22", ""),
			change(customer.StatusActive, "free", "2026-11-22", ""), change(customer.StatusActive, customer.StatusBlocked, "2026-11-22", strings.Repeat("r", 501))} {
			if k := db.KindOf(bad); k != db.Conflict && k != db.Unprocess {
				t.Errorf("an impossible change gave %v", bad)
			}
		}
	})
}

// codeSent takes the next code out of the queue, in which other work may wait before it; nil when there is none.
func codeSent(t *testing.T, m *models.Models) *customer.ResetCode {
	t.Helper()
	ctx := context.Background()
	for {
		j, err := m.Jobs.Claim(ctx, time.Minute)
		must(t, err)
		if j == nil {
			return nil
		}
		if j.Kind == customer.JobResetCode {
			var p customer.ResetCode
			must(t, m.Jobs.Decode(j, &p))
			return &p
		}
	}
}

// TestGivenPassword: AUTH-7: staff set a password that nobody can read; sessions and codes under way end with the old one.
func TestGivenPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := asStaff(), testModels(t, d)
		c := fill(t, m)
		way := c.Ways("US")[0]
		must(t, m.Customers.SendCode(ctx, c.ID, customer.Invitation{Way: way, Region: "US", Alphabet: "0-9", Length: 8, Language: "en", Origin: "http://portal.test"}))
		code := codeSent(t, m)
		for _, bad := range [][2]string{{"", ""}, {"password", "password"}, {"alice@example.com", "alice@example.com"}, {"long enough 1", "long enough 2"}, {"short", "short"}} {
			if err := m.Customers.GivePassword(ctx, c.ID, bad[0], bad[1]); db.KindOf(err) != db.Unprocess {
				t.Errorf("%q and %q: %v", bad[0], bad[1], err)
			}
		}
		must(t, m.Customers.GivePassword(ctx, c.ID, "brand new password", "brand new password"))
		if list, _ := m.Sessions.List(ctx, session.Customer, c.ID); len(list) != 0 {
			t.Errorf("%d sessions live on", len(list))
		}
		if _, err := m.Customers.LogIn(ctx, customer.Attempt{Identifier: "alice", Password: "brand new password", IP: "192.0.2.1"}); err != nil {
			t.Error(err)
		}
		if err := m.Customers.ConfirmReset(ctx, code.Request, code.Code, "another password", "192.0.2.1"); !refusedCode(err) {
			t.Errorf("a code from before still works: %v", err)
		}
		e := logged(t, m, audit.CustomerPassword)
		if len(e) != 1 || e[0].Before+e[0].After != "" || e[0].ActorID != 7 {
			t.Errorf("log: %+v", e)
		}
	})
}

// TestSentCode: the code staff send opens with its request, once, and goes only where the customer can be reached.
func TestSentCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := asStaff(), testModels(t, d)
		c := fill(t, m)
		if diff := cmp.Diff([]string{"email:alice@example.com", "email:a2@example.com", "sms:+14155550101"}, c.Ways("US")); diff != "" {
			t.Errorf("ways: -want +got\n%s", diff)
		}
		invite := customer.Invitation{Way: "sms:+14155550101", Region: "US", Alphabet: "0-9", Length: 8, Language: "en", Origin: "http://portal.test"}
		elsewhere := invite
		elsewhere.Way = "email:mallory@example.com"
		if err := m.Customers.SendCode(ctx, c.ID, elsewhere); db.KindOf(err) != db.Unprocess {
			t.Errorf("a code to somebody else: %v", err)
		}
		must(t, m.Customers.SendCode(ctx, c.ID, invite))
		p := codeSent(t, m)
		if p == nil || p.To != "+14155550101" || p.Request == "" || p.Channel != customer.BySMS {
			t.Fatalf("sent %+v", p)
		}
		must(t, m.Customers.ConfirmReset(ctx, p.Request, p.Code, "brand new password", "192.0.2.1"))
		if err := m.Customers.ConfirmReset(ctx, p.Request, p.Code, "another password", "192.0.2.1"); !refusedCode(err) {
			t.Errorf("the code works twice: %v", err)
		}
		e := logged(t, m, audit.CustomerPasswordSent)
		if len(e) != 1 || strings.Contains(e[0].After, p.Code) || strings.Contains(e[0].After, "4155550101") {
			t.Errorf("log: %+v", e)
		}
		var err error
		for range 20 {
			if err = m.Customers.SendCode(ctx, c.ID, invite); err != nil {
				break
			}
		}
		if !errors.As(err, new(limit.TooMany)) {
			t.Errorf("codes without end: %v", err)
		}
	})
}

// TestEndCustomerSessions: one device, or all of them, each entered into the log; nobody else's.
func TestEndCustomerSessions(t *testing.T) {
	ctx, m := asStaff(), testModels(t, dbtest.SQLite(t, nil))
	c := fill(t, m)
	_, err := m.Sessions.Start(ctx, session.Customer, c.ID, "192.0.2.2", "phone")
	must(t, err)
	_, err = m.Sessions.Start(ctx, session.Customer, c.ID+1, "192.0.2.3", "somebody else")
	must(t, err)
	others, _ := m.Sessions.List(ctx, session.Customer, c.ID+1)
	if err := m.Customers.EndSessions(ctx, c.ID, others[0].ID); db.KindOf(err) != db.NotFound {
		t.Errorf("ending somebody else's session: %v", err)
	}
	mine, _ := m.Sessions.List(ctx, session.Customer, c.ID)
	must(t, m.Customers.EndSessions(ctx, c.ID, mine[0].ID))
	if left, _ := m.Sessions.List(ctx, session.Customer, c.ID); len(left) != 1 {
		t.Errorf("%d sessions left, want 1", len(left))
	}
	must(t, m.Customers.EndSessions(ctx, c.ID, 0))
	left, _ := m.Sessions.List(ctx, session.Customer, c.ID)
	others, _ = m.Sessions.List(ctx, session.Customer, c.ID+1)
	if len(left) != 0 || len(others) != 1 || len(logged(t, m, audit.CustomerSessionsEnded)) != 2 {
		t.Errorf("left %d, others %d", len(left), len(others))
	}
}

// TestLabels: names are unique whatever their case, tones are a closed set, deleting one takes it off everybody.
func TestLabels(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := asStaff(), testModels(t, d)
		c := fill(t, m)
		vip, err := m.Customers.SaveLabel(ctx, customer.Label{Name: " VIP ", Tone: "info"})
		must(t, err)
		for _, bad := range []customer.Label{{Name: "vip", Tone: "ok"}, {Name: "", Tone: "ok"}, {Name: "x", Tone: "pink"}, {Name: strings.Repeat("x", 61), Tone: "ok"}} {
			if _, err := m.Customers.SaveLabel(ctx, bad); db.KindOf(err) != db.Unprocess {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		late, err := m.Customers.SaveLabel(ctx, customer.Label{Name: "Pays late", Tone: "warn"})
		must(t, err)
		must(t, m.Customers.SetLabels(ctx, c.ID, []int64{vip.ID, late.ID, 999}))
		must(t, m.Customers.SetLabels(ctx, c.ID, []int64{late.ID, vip.ID}))
		if e := logged(t, m, audit.CustomerLabels); len(e) != 1 || e[0].After != `{"labels":["Pays late","VIP"]}` {
			t.Errorf("log: %+v", e)
		}
		counted, err := m.Customers.CountedLabels(ctx)
		must(t, err)
		if len(counted) != 2 || counted[0].Name != "Pays late" || counted[0].Customers != 1 {
			t.Errorf("counted %+v", counted)
		}
		must(t, m.Customers.RemoveLabel(ctx, late.ID))
		if mine, _ := m.Customers.Of(c.ID).Labels(ctx); len(mine) != 1 || mine[0].Name != "VIP" {
			t.Errorf("left %+v", mine)
		}
		if err := m.Customers.RemoveLabel(ctx, late.ID); db.KindOf(err) != db.NotFound {
			t.Errorf("removing it again: %v", err)
		}
	})
}
