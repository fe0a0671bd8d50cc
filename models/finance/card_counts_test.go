package finance

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myisp/internal/money"
	"myisp/models/db"
)

// What has become of cards is summed up by currency; what was entered is told for two years in each currency (§2.8).
func TestCardSums(t *testing.T) {
	eachBook(t, func(t *testing.T, ctx context.Context, s *Store, me Party) {
		row, cards := makeCards(t, ctx, s, func(n *NewCards) { n.Count = 30 })
		_, dollars := makeCards(t, ctx, s, func(n *NewCards) { n.Prefix, n.Amount, n.Count = "USD", money.Of(500, "USD"), 30 })
		old, over := makeCards(t, ctx, s, func(n *NewCards) { n.Prefix, n.ValidUntil = "OLD", "2026-11-20" })
		stopped, _ := makeCards(t, ctx, s, func(n *NewCards) { n.Prefix, n.ValidUntil = "STOP", "2026-11-20" })
		redeem := func(currency money.Currency, code string, day db.Day) {
			who := me
			if currency == "USD" {
				who = Party{CustomerID: 2, PartnerID: 1, Currency: "USD"}
			}
			_, err := s.Of(who.CustomerID).Redeem(ctx, RedeemCard{Code: code, Party: who, Today: day})
			ok(t, err)
		}
		customer(t, s.d, 2)
		for i := range 26 { // two months more than are told of
			day := db.Day("2026-11-15").AddMonths(-i)
			redeem("EUR", cards[i].Code, day)
			redeem("USD", dollars[i].Code, day)
		}
		redeem("EUR", over[0].Code, "2026-11-15")
		page, err := s.Cards(ctx, row.ID, 28)
		ok(t, err)
		ok(t, s.BlockCard(ctx, row.ID, page.Rows[0].ID, true))
		ok(t, s.BlockSeries(ctx, stopped.ID, true))

		sums, err := s.CardSums(ctx, "2026-11-30")
		ok(t, err)
		want := []CardSum{{Currency: "EUR", Made: 36, Used: 27, Left: 3, Expired: 2, MadeAmount: 72_000, UsedAmount: 54_000, LeftAmount: 6_000, ExpiredAmount: 4_000},
			{Currency: "USD", Made: 30, Used: 26, Left: 4, MadeAmount: 15_000, UsedAmount: 13_000, LeftAmount: 2_000}}
		if d := cmp.Diff(want, sums); d != "" {
			t.Error(d)
		}
		var added [3]int64
		for _, id := range []int64{row.ID, old.ID, stopped.ID} {
			r, err := s.CardSeries(ctx, id, "2026-11-30")
			ok(t, err)
			added[0], added[1], added[2] = added[0]+int64(r.Used), added[1]+int64(r.Left), added[2]+int64(r.Expired)
		}
		if added != [3]int64{sums[0].Used, sums[0].Left, sums[0].Expired} {
			t.Errorf("the series one by one say %v", added)
		}

		months, err := s.CardMonths(ctx, "2026-11-30")
		ok(t, err)
		if len(months) != 48 || cmp.Diff(CardMonth{"2026-11", "EUR", 2, 4_000}, months[0]) != "" || cmp.Diff(CardMonth{"2024-12", "USD", 1, 500}, months[47]) != "" {
			t.Errorf("%d lines, the first %+v, the last %+v", len(months), months[0], months[len(months)-1])
		}
	})
}

// The list of series comes in pages; series and cards are counted along indexes, without reading the cards.
func TestCardsAreCountedAlongIndexes(t *testing.T) {
	eachBook(t, func(t *testing.T, ctx context.Context, s *Store, _ Party) {
		for i := range seriesShown + 5 {
			makeCards(t, ctx, s, func(n *NewCards) { n.Prefix, n.Count = fmt.Sprint("P", i), 1 })
		}
		var c db.Counter
		counted := db.WithCounter(ctx, &c)
		first, err := s.CardSeriesPage(counted, 0, "2026-11-30")
		ok(t, err)
		rest, err := s.CardSeriesPage(counted, first.Next, "2026-11-30")
		ok(t, err)
		if len(first.Rows) != seriesShown || len(rest.Rows) != 5 || rest.Next != 0 || rest.Rows[0].ID != first.Rows[seriesShown-1].ID-1 || rest.Rows[4].Left != 1 {
			t.Errorf("%d series, then %d, then %d: %+v", len(first.Rows), len(rest.Rows), rest.Next, rest.Rows)
		}
		_, err = s.CardMonths(counted, "2026-11-30")
		ok(t, err)
		if n := len(c.Statements()); n != 5 {
			t.Errorf("%d statements", n)
		}
		for _, sql := range c.Statements() {
			if plan := badPlan(t, s.d, sql); plan != "" {
				t.Errorf("%s reads a whole table:\n%s", sql, plan)
			}
		}
		var sums db.Counter
		_, err = s.CardSums(db.WithCounter(ctx, &sums), "2026-11-30")
		ok(t, err)
		if plan := badPlan(t, s.d, sums.Statements()[0]); s.d.Kind() == db.SQLite && !strings.Contains(plan, "COVERING INDEX refill_cards_state") {
			t.Errorf("the sums read the cards themselves: %s", plan)
		}
	})
}
