package models_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"myisp/models"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/message"
	"myisp/models/session"
	"myisp/models/ticket"
)

// DASH-2: the frame counts what the modules count, and only this customer's.
func TestUnread(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := testModels(t, d), context.Background()
		var who [2]customer.Customer
		for i, login := range []string{"alice", "mallory"} {
			who[i] = customer.Customer{PartnerID: 1, Login: login, Name: login}
			must(t, m.Customers.Create(ctx, &who[i], customer.Billing{Currency: "EUR"}, "US"))
		}
		now := d.Now()
		for i, c := range []int64{who[0].ID, who[0].ID, who[0].ID, who[1].ID} {
			msg := message.Message{CustomerID: c, Subject: "Hello", CreatedAt: now}
			must(t, m.Messages.Send(ctx, &msg))
			if i == 0 {
				must(t, m.Messages.Of(c).MarkRead(ctx, msg.ID))
			}
			thread := []ticket.Message{{Author: ticket.ByAgent, Kind: ticket.KindMessage, CreatedAt: now}}
			must(t, m.Tickets.Add(ctx, &ticket.Ticket{CustomerID: c, UnreadByCustomer: i != 1, Hidden: i == 2, CreatedAt: now, UpdatedAt: now}, thread))
		}
		for i, want := range []models.Unread{{Messages: 2, Tickets: 1}, {Messages: 1, Tickets: 1}} {
			token, err := m.Sessions.Start(ctx, session.Customer, who[i].ID, "192.0.2.1", "")
			must(t, err)
			a, err := m.Arrive(ctx, token)
			must(t, err)
			got := a.Unread
			messages, err := m.Messages.Of(who[i].ID).Unread(ctx)
			must(t, err)
			tickets, err := m.Tickets.Of(who[i].ID).Unread(ctx)
			must(t, err)
			if got != want || got != (models.Unread{Messages: messages, Tickets: tickets}) {
				t.Errorf("%s: %+v in one statement, %d and %d in two, want %+v", who[i].Login, got, messages, tickets, want)
			}
		}
	})
}

// left are the columns of a customer that no page of theirs needs.
var left = map[string]bool{"PasswordHash": true, "Search": true, "ContactPerson": true, "Birthday": true, "Passport": true, "GPS": true,
	"AddedBy": true, "AddedByID": true, "StatusReason": true}

// What Arrive reads column by column is the customer that a query reads whole.
func TestArrivalIsTheCustomer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := testModels(t, d), context.Background()
		since := d.Now().Add(-time.Hour)
		c := customer.Customer{PartnerID: 1, LocationID: 2, ParentID: 3, BillingType: customer.PrepaidMonth, Status: customer.StatusBlocked, StatusSince: &since,
			Category: customer.Business, Login: "Alice", Name: "Alice", Email: "a@example.com", BillingEmail: "b@example.com", Phone: "+14155550101", Street: "1 Main St",
			Zip: "94016", City: "Riverside", CompanyID: "C1", VatID: "V1", Language: "es", Theme: "dark", LastOnlineAt: &since, PasswordChangedAt: &since}
		must(t, m.Customers.Create(ctx, &c, customer.Billing{Currency: "EUR", BlockedOn: "2026-11-20", BlocksOn: "2026-12-01"}, "US"))
		token, err := m.Sessions.Start(ctx, session.Customer, c.ID, "192.0.2.1", "")
		must(t, err)
		a, err := m.Arrive(ctx, token)
		must(t, err)
		whole, err := m.Customers.Find(ctx, c.ID)
		must(t, err)
		is, came := reflect.ValueOf(whole), reflect.ValueOf(a.Customer)
		for i := range is.NumField() {
			switch name := is.Type().Field(i).Name; {
			case left[name]:
			case is.Field(i).IsZero():
				t.Errorf("read %s in customer/resume.go and set it in this test, or name it in left", name)
			case !reflect.DeepEqual(is.Field(i).Interface(), came.Field(i).Interface()):
				t.Errorf("%s is %v, arrived %v", name, is.Field(i), came.Field(i))
			}
		}
		look, err := m.Look(ctx, c.ID)
		must(t, err)
		if a.Session.SubjectID != c.ID || a.Session.LastSeenAt.IsZero() {
			t.Errorf("the session: %+v", a.Session)
		}
		if a.Session = (session.Session{}); !reflect.DeepEqual(look, a) {
			t.Errorf("looks like %+v, arrived %+v", look, a)
		}
		if a.BlockedOn != "2026-11-20" || a.BlocksOn != "2026-12-01" {
			t.Errorf("%+v", a)
		}
	})
}
