package message_test

import (
	"context"
	"testing"
	"time"

	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/message"
)

// What many customers read alike is asked for once a second and place; a change of this process is seen at once, one of
// another within that second.
func TestShared(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	d := dbtest.SQLite(t, func() time.Time { return now })
	here, there := message.New(d), message.New(d) // two instances on one database
	reader := message.Readers{PartnerID: 1, LocationID: 7}
	asked := func() (news, outages, statements int) {
		t.Helper()
		n := &db.Counter{}
		ctx := db.WithCounter(context.Background(), n)
		list, err := here.LatestNews(ctx, reader)
		must(t, err)
		open, err := here.OpenOutages(ctx, reader)
		must(t, err)
		return len(list), len(open), len(n.Statements())
	}
	expect := func(when string, news, outages, statements int) {
		t.Helper()
		if n, o, s := asked(); n != news || o != outages || s != statements {
			t.Errorf("%s: %d news, %d outages, %d statements; want %d, %d, %d", when, n, o, s, news, outages, statements)
		}
	}
	ctx := context.Background()
	expect("at first", 0, 0, 2)
	expect("again", 0, 0, 0)
	must(t, here.Publish(ctx, &message.NewsItem{Title: "One", PublishedAt: now}))
	must(t, here.AddOutage(ctx, &message.Outage{Kind: message.Fault, Title: "Cut", StartsAt: now}))
	expect("after a change here", 1, 1, 2)
	must(t, there.Publish(ctx, &message.NewsItem{Title: "Two", PublishedAt: now}))
	expect("after a change elsewhere", 1, 1, 0)
	now = now.Add(time.Second)
	expect("a second later", 2, 1, 2)
	must(t, d.Tx(ctx, func(ctx context.Context) error {
		return here.Publish(ctx, &message.NewsItem{Title: "Three", PublishedAt: now})
	}))
	expect("after a transaction", 3, 1, 1)
	if list, err := here.LatestNews(ctx, message.Readers{PartnerID: 2, LocationID: 8}); err != nil || len(list) != 3 {
		t.Errorf("another place: %d news, %v", len(list), err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
