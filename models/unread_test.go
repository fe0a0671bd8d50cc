package models_test

import (
	"context"
	"testing"

	"myisp/models"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/message"
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
			got, err := m.Unread(ctx, who[i].ID)
			must(t, err)
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
