package finance

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"myisp/models/db"
)

// TestPayLinks: a link pays one document of one customer, ends in three ways, and cannot be made up (beyond.md, scars).
func TestPayLinks(t *testing.T) {
	eachBook(t, func(t *testing.T, ctx context.Context, s *Store, me Party) {
		other := customer(t, s.d, 2)
		inv := must(s.IssueInvoice(ctx, NewInvoice{Party: me, Day: "2026-11-01", DueDay: "2026-11-15", Items: []Item{item("Fiber", 3_990)}}))(t)
		theirs := must(s.IssueInvoice(ctx, NewInvoice{Party: other, Day: "2026-11-01", DueDay: "2026-11-15", Items: []Item{item("Fiber", 3_990)}}))(t)
		mine := s.Of(me.CustomerID)
		for _, kind := range []DocumentKind{KindInvoice, KindProforma, "payment", ""} {
			if _, _, err := mine.MakePayLink(ctx, kind, theirs.ID, time.Hour); db.KindOf(err) != db.NotFound {
				t.Errorf("a link to somebody else's %s: %v", kind, err)
			}
		}
		token, link, err := mine.MakePayLink(ctx, KindInvoice, inv.ID, time.Hour)
		ok(t, err)
		if strings.Contains(link.Hash, token) || len(token) != 43 {
			t.Errorf("token %q is stored as %q", token, link.Hash)
		}
		state := func(want LinkState) {
			t.Helper()
			got, err := s.OpenPayLink(ctx, token)
			if err != nil || got.State != want || got.Document.Number != inv.Number {
				t.Errorf("%+v %v, want %s", got, err, want)
			}
		}
		state(LinkLive)
		flipped := "A" + token[1:]
		if token[0] == 'A' {
			flipped = "B" + token[1:]
		}
		for _, forged := range []string{"", "x", flipped, token + "A", token[:42], s.newLinkToken()} {
			if _, err := s.OpenPayLink(ctx, forged); db.KindOf(err) != db.NotFound {
				t.Errorf("%q: %v", forged, err)
			}
		}
		a := must(mine.BeginAttempt(ctx, NewAttempt{Key: s.LinkKey(link, "form"), Party: me, Gateway: "sandbox", MethodID: MethodCard, Purpose: PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: 3_990, Open: time.Hour}))(t)
		result := s.LinkResult(link, a.ID)
		if got, err := s.LinkAttempt(ctx, link, result); err != nil || got.ID != a.ID {
			t.Errorf("result: %v", err)
		}
		_, second, err := mine.MakePayLink(ctx, KindInvoice, inv.ID, time.Hour)
		ok(t, err)
		for name, try := range map[string]struct {
			l    PayLink
			text string
		}{"another link's": {second, result}, "the number alone": {link, "1"}, "no number": {link, "-" + result}, "made up": {link, "1-AAAAAAAAAAAAAAAAAAAAAA"}, "empty": {link, ""}} {
			if _, err := s.LinkAttempt(ctx, try.l, try.text); db.KindOf(err) != db.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.Of(other.CustomerID).RevokePayLink(ctx, link.ID); db.KindOf(err) != db.NotFound {
			t.Errorf("somebody else revoked: %v", err)
		}
		ok(t, mine.RevokePayLink(ctx, second.ID))
		state(LinkLive)
		ok(t, s.d.Q(ctx).Model(&PayLink{}).Where("id = ?", link.ID).Update("expires_at", s.d.Now().Add(-time.Second)).Error)
		state(LinkExpired)
		ok(t, s.d.Q(ctx).Model(&PayLink{}).Where("id = ?", link.ID).Update("expires_at", s.d.Now().Add(time.Hour)).Error)
		must(s.RecordPayment(ctx, NewPayment{Quiet: true, Party: me, MethodID: MethodCash, Day: "2026-11-02", Amount: 3_990}))(t)
		state(LinkPaid)
		if _, _, err := mine.MakePayLink(ctx, KindInvoice, inv.ID, time.Hour); db.KindOf(err) != db.Conflict {
			t.Errorf("a link to a paid invoice: %v", err)
		}
		ok(t, mine.RevokePayLink(ctx, link.ID))
		state(LinkRevoked)
		rows, err := mine.PayLinks(ctx)
		if err != nil || len(rows) != 2 || rows[0].State != LinkRevoked {
			t.Errorf("%+v %v", rows, err)
		}
	})
}

// A letter's link is the same however often the letter is written, of each letter another, and no more than a document may have;
// what is over or paid gets none, and the letter is no worse for it (0020).
func TestMailedPayLink(t *testing.T) {
	eachBook(t, func(t *testing.T, ctx context.Context, s *Store, me Party) {
		other := customer(t, s.d, 2)
		inv := must(s.IssueInvoice(ctx, NewInvoice{Party: me, Day: "2026-11-01", DueDay: "2026-11-15", Items: []Item{item("Fiber", 3_990)}}))(t)
		mine := s.Of(me.CustomerID)
		mail := func(letter string) (string, PayLink, bool) {
			t.Helper()
			token, l, is, err := mine.MailedPayLink(ctx, KindInvoice, inv.ID, time.Hour, letter)
			ok(t, err)
			return token, l, is
		}
		if _, _, _, err := s.Of(other.CustomerID).MailedPayLink(ctx, KindInvoice, inv.ID, time.Hour, "1"); db.KindOf(err) != db.NotFound {
			t.Errorf("a letter to somebody else: %v", err)
		}
		token, link, is := mail("1")
		again, same, isAgain := mail("1")
		if !is || !isAgain || again != token || same.ID != link.ID {
			t.Fatalf("written again: %v %v, %q %q", is, isAgain, token, again)
		}
		if got, err := s.OpenPayLink(ctx, token); err != nil || got.State != LinkLive || got.DocumentID != inv.ID || strings.Contains(got.Hash, token) {
			t.Errorf("%+v %v", got, err)
		}
		if second, _, is := mail("2"); !is || second == token {
			t.Error("two letters carry one link")
		}
		for _, letter := range []string{"3", "4", "5", "6", "7", "8", "9", "10"} {
			if _, _, is := mail(letter); !is {
				t.Fatalf("letter %s goes without", letter)
			}
		}
		if _, _, is := mail("11"); is {
			t.Error("an eleventh link")
		}
		if _, _, is := mail("1"); !is {
			t.Error("the first letter lost its link to the bound")
		}
		ok(t, mine.RevokePayLink(ctx, link.ID))
		if _, _, is := mail("1"); is {
			t.Error("a revoked link is mailed")
		}
		if n, _ := s.d.Rows(ctx, "pay_links"); n != maxLinks {
			t.Errorf("%d links", n)
		}
		must(s.RecordPayment(ctx, NewPayment{Quiet: true, Party: me, MethodID: MethodCash, Day: "2026-11-02", Amount: 3_990}))(t)
		for _, letter := range []string{"2", "12"} {
			if _, _, is := mail(letter); is {
				t.Errorf("letter %s links to a paid invoice", letter)
			}
		}
	})
}

// Many at once make no more links of a document than it may have.
func TestPayLinksInParallel(t *testing.T) {
	eachBook(t, func(t *testing.T, ctx context.Context, s *Store, me Party) {
		inv := must(s.IssueInvoice(ctx, NewInvoice{Party: me, Day: "2026-11-01", Items: []Item{item("Fiber", 3_990)}}))(t)
		pro := must(s.IssueProforma(ctx, NewProforma{Party: me, Day: "2026-11-01", Items: []Item{item("Fiber", 3_990)}}))(t)
		for kind, id := range map[DocumentKind]int64{KindInvoice: inv.ID, KindProforma: pro.ID} {
			var wg sync.WaitGroup
			var made atomic.Int64
			for range 3 * maxLinks {
				wg.Go(func() {
					_, _, err := s.Of(me.CustomerID).MakePayLink(ctx, kind, id, time.Hour)
					if err == nil {
						made.Add(1)
					} else if db.KindOf(err) != db.Conflict {
						t.Error(err)
					}
				})
			}
			if wg.Wait(); made.Load() != maxLinks {
				t.Errorf("%d links to one %s", made.Load(), kind)
			}
		}
	})
}
