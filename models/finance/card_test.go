package finance

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

func eachBook(t *testing.T, test func(t *testing.T, ctx context.Context, s *Store, me Party)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, me := books(t, d)
		s.Keyed(make([]byte, 32), make([]byte, 32))
		test(t, ctx, s, me)
	})
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func makeCards(t testing.TB, ctx context.Context, s *Store, change func(*NewCards)) (CardSeries, []PrintedCard) {
	t.Helper()
	n := NewCards{Name: "202611", Prefix: "OAK", Amount: money.Of(2_000, "EUR"), Count: 3, Length: 12, Alphabet: CardLetters, Today: "2026-11-10"}
	change(&n)
	row, err := s.MakeCards(ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	cards, lost, err := s.PrintCards(ctx, row.ID)
	if err != nil || lost != 0 || len(cards) != n.Count {
		t.Fatalf("%d cards, %d lost, %v", len(cards), lost, err)
	}
	return row, cards
}

// TestParseCardCode: people type codes as they like (§2.8).
func TestParseCardCode(t *testing.T) {
	for typed, want := range map[string]string{
		"202611-OAK-7KQ3-9ARM": "202611OAK7KQ39ARM", " 202611 oak 7kq3 9arm ": "202611OAK7KQ39ARM", "202611–oak—7kq3.9arm": "202611OAK7KQ39ARM",
		"٢٠٢٦١١oak7kq39arm": "202611OAK7KQ39ARM", "۲۰۲۶۱۱ OAK 7KQ39ARM": "202611OAK7KQ39ARM", "２０２６１１oakＡＢ": "202611OAKAB",
		"\u200f202611-oak": "202611OAK", "": "", "12345": "", "202611/oak": "", "'; DROP TABLE refill_cards; --": "", strings.Repeat("A", 65): "", strings.Repeat("-", 400) + "ABCDEF": "",
	} {
		if got := ParseCardCode(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}

// FuzzParseCardCode: whatever is typed, a code is short and of A–Z and 0–9, and reads as itself.
func FuzzParseCardCode(f *testing.F) {
	for _, s := range []string{"202611-OAK-7KQ3", "٢٠٢٦١١", "\xff\xfe", "ＡＢＣ１２３", "a\u00adb c\td-e_f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code := ParseCardCode(s)
		if code == "" {
			return
		}
		if len(code) < 6 || len(code) > maxCardCode || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
			t.Errorf("%q is %q", s, code)
		}
		if again := ParseCardCode(grouped(code)); again != code {
			t.Errorf("%q reads as %q", code, again)
		}
	})
}

// TestDrawCards: no two codes of a series are alike, each is of its alphabet, and reads as itself when it is typed.
func TestDrawCards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom([]CardAlphabet{CardLetters, CardDigits}).Draw(t, "alphabet")
		least, most := a.bounds()
		row := CardSeries{Name: rapid.StringMatching(`[A-Z0-9]{1,12}`).Draw(t, "name"), Prefix: rapid.StringMatching(`[A-Z0-9]{0,10}`).Draw(t, "prefix"),
			Count: rapid.IntRange(1, 300).Draw(t, "count"), Length: rapid.IntRange(least, most).Draw(t, "length"), Alphabet: a}
		codes, err := drawCards(row, New(nil, nil, nil, nil).rand)
		if err != nil || len(codes) != row.Count {
			t.Fatalf("%d codes, %v", len(codes), err)
		}
		seen := map[string]bool{}
		for _, code := range codes {
			plain := ParseCardCode(code)
			drawn, cut := strings.CutPrefix(plain, row.Name+row.Prefix)
			if !cut || len(drawn) != row.Length || strings.Trim(drawn, a.characters()) != "" || seen[plain] || len(plain) > maxCardCode {
				t.Fatalf("code %q", code)
			}
			seen[plain] = true
		}
	})
	for _, alike := range []string{"0O", "1I", "1L", "2Z", "5S", "8B", "UV"} {
		if c := CardLetters.characters(); strings.ContainsAny(c, alike[:1]) && strings.ContainsAny(c, alike[1:]) {
			t.Errorf("both of %s are in the alphabet", alike)
		}
	}
}

// TestRedeem: a card is one payment, however often and by whomever it is entered at once; every other end is told apart (§2.8).
func TestRedeem(t *testing.T) {
	eachBook(t, func(t *testing.T, ctx context.Context, s *Store, me Party) {
		other := customer(t, s.d, 2)
		row, cards := makeCards(t, ctx, s, func(*NewCards) {})
		var wg sync.WaitGroup
		var mu sync.Mutex
		done := 0
		for i := range 64 {
			wg.Go(func() {
				who := []Party{me, other}[i%2]
				_, err := s.Of(who.CustomerID).Redeem(ctx, RedeemCard{Code: strings.ToLower(cards[0].Code), Party: who, Today: "2026-11-11"})
				mu.Lock()
				defer mu.Unlock()
				switch key := codeError(err); {
				case err == nil:
					done++
				case key != "refill.error.used" && key != "refill.error.own":
					t.Errorf("%v", err)
				}
			})
		}
		wg.Wait()
		if n, _ := db.From[Payment](s.d.Q(ctx)).Where("method_id = ?", MethodRefillCard).Count("id"); done != 1 || n != 1 {
			t.Fatalf("%d entries were taken, %d payments", done, n)
		}
		got, err := s.CardSeries(ctx, row.ID, "2026-11-11")
		if err != nil || got.Used != 1 || got.Left != 2 {
			t.Errorf("%+v %v", got, err)
		}
		if left, _, _ := s.PrintCards(ctx, row.ID); len(left) != 2 {
			t.Errorf("%d cards can be printed", len(left))
		}
		_, old := makeCards(t, ctx, s, func(n *NewCards) { n.Prefix, n.ValidUntil = "OLD", "2026-11-10" })
		_, theirs := makeCards(t, ctx, s, func(n *NewCards) { n.Prefix, n.PartnerID = "HARBOR", 9 })
		_, dollars := makeCards(t, ctx, s, func(n *NewCards) { n.Prefix, n.Amount = "USD", money.Of(100, "USD") })
		stopped, blocked := makeCards(t, ctx, s, func(n *NewCards) { n.Prefix = "STOP" })
		ok(t, s.BlockSeries(ctx, stopped.ID, true))
		page, err := s.Cards(ctx, row.ID, 1)
		ok(t, err)
		ok(t, s.BlockCard(ctx, row.ID, page.Rows[0].ID, true))
		for name, c := range map[string]struct{ code, want string }{
			"unknown": {"202611-OAK-ACDE-FGHJ-KMNP", "unknown"}, "empty": {"", "unknown"}, "odd": {"<script>", "unknown"}, "expired": {old[0].Code, "expired"},
			"other partner": {theirs[0].Code, "partner"}, "other currency": {dollars[0].Code, "currency"}, "blocked series": {blocked[0].Code, "blocked"}, "blocked card": {cards[1].Code, "blocked"},
		} {
			if _, err := s.Of(me.CustomerID).Redeem(ctx, RedeemCard{Code: c.code, Party: me, Today: "2026-11-11"}); codeError(err) != "refill.error."+c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		ok(t, s.BlockCard(ctx, row.ID, page.Rows[0].ID, false))
		if _, err := s.Of(me.CustomerID).Redeem(ctx, RedeemCard{Code: cards[1].Code, Party: me, Today: "2026-11-11"}); err != nil {
			t.Errorf("released: %v", err)
		}
		if err := s.BlockCard(ctx, row.ID, page.Rows[0].ID, true); db.KindOf(err) != db.Conflict {
			t.Errorf("a used card was blocked: %v", err)
		}
		clean(t, ctx, s)
	})
}

func codeError(err error) string {
	var bad db.Invalid
	errors.As(err, &bad)
	return bad["code"]
}

// TestMakeCardsRefuses: a series that makes no sense, or exists, is told beside its field.
func TestMakeCardsRefuses(t *testing.T) {
	eachBook(t, func(t *testing.T, ctx context.Context, s *Store, _ Party) {
		makeCards(t, ctx, s, func(*NewCards) {})
		for field, change := range map[string]func(*NewCards){
			"count": func(n *NewCards) { n.Count = MaxCards + 1 }, "amount": func(n *NewCards) { n.Amount.Minor = 0 }, "length": func(n *NewCards) { n.Length = 9 },
			"name": func(n *NewCards) { n.Name = "É" }, "valid_until": func(n *NewCards) { n.ValidUntil = "2026-11-09" }, "alphabet": func(n *NewCards) { n.Alphabet = "runes" }, "prefix": func(*NewCards) {},
		} {
			n := NewCards{Name: "202611", Prefix: "OAK", Amount: money.Of(2_000, "EUR"), Count: 3, Length: 12, Alphabet: CardLetters, Today: "2026-11-10"}
			change(&n)
			var bad db.Invalid
			if _, err := s.MakeCards(ctx, n); !errors.As(err, &bad) || bad[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}
