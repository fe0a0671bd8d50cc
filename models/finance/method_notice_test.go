package finance

import (
	"context"
	"slices"
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/job"
)

// methodsTold takes the letters about methods and autopay from the queue, in their order.
func methodsTold(t testing.TB, s *Store) (list []MethodNotice) {
	t.Helper()
	var rows []job.Job
	if err := s.d.Q(context.Background()).Where("kind = ?", JobMethodNotice).Order("id").Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	for _, j := range rows {
		var n MethodNotice
		if err := s.jobs.Decode(&j, &n); err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	forget(t, s)
	return list
}

// Whoever may take a customer's money, and how, is told to them, once: a method that was added, replaced or removed, autopay that was
// switched on, changed or stopped. What changes nothing is not worth a letter.
func TestMandatesAreTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		me := s.Of(1)
		told := func(what string, want ...MethodNotice) {
			t.Helper()
			for i := range want {
				want[i].CustomerID = 1
			}
			if got := methodsTold(t, s); !slices.Equal(got, want) {
				t.Errorf("%s: told %+v, want %+v", what, got, want)
			}
		}
		first := kept(t, s, c, "tok_1")
		must(s.KeepMethod(ctx, first.ID, SavedFacts{Token: "tok_1"}))(t)
		told("added", MethodNotice{Kind: NoticeAdded, MethodID: first.ID})
		again := must(me.BeginMethod(ctx, NewMethod{Key: "key-of-the-same-method", PartnerID: 1, Gateway: sandbox}))(t)
		must(s.KeepMethod(ctx, again.ID, SavedFacts{Token: "tok_1"}))(t)
		told("the same method again")

		terms := AutopayTerms{Party: c, MethodID: first.ID, Rule: RuleDue, Most: 5000, Version: "1", Language: "en", Text: "I agree."}
		for range 2 {
			must(me.StartAutopay(ctx, terms, "2026-11-10"))(t)
		}
		told("on", MethodNotice{Kind: NoticeOn, MethodID: first.ID, Rule: RuleDue, Minor: 5000, Currency: eur, Day: "2026-11-11"})
		terms.Rule, terms.Days = RuleBefore, 3
		must(me.StartAutopay(ctx, terms, "2026-11-12"))(t)
		told("changed", MethodNotice{Kind: NoticeChanged, MethodID: first.ID, Rule: RuleBefore, Days: 3, Minor: 5000, Currency: eur, Day: "2026-11-13"})

		row := must(me.BeginMethod(ctx, NewMethod{Key: "key-of-the-new-method", PartnerID: 1, Gateway: sandbox, Replaces: first.ID}))(t)
		second := must(s.KeepMethod(ctx, row.ID, SavedFacts{Token: "tok_2"}))(t)
		told("replaced", MethodNotice{Kind: NoticeReplaced, MethodID: second.ID, OldID: first.ID})

		if err := me.PauseAutopay(ctx, "2026-12-01", "2026-11-12"); err != nil {
			t.Fatal(err)
		}
		told("paused")
		for range 2 {
			if err := me.StopAutopay(ctx); err != nil && db.KindOf(err) != db.NotFound {
				t.Fatal(err)
			}
		}
		told("stopped", MethodNotice{Kind: NoticeOff, MethodID: second.ID})

		terms.MethodID = second.ID
		must(me.StartAutopay(ctx, terms, "2026-11-14"))(t)
		told("on again", MethodNotice{Kind: NoticeOn, MethodID: second.ID, Rule: RuleBefore, Days: 3, Minor: 5000, Currency: eur, Day: "2026-11-15"})
		for range 2 {
			if err := me.RemoveMethod(ctx, second.ID); err != nil && db.KindOf(err) != db.NotFound {
				t.Fatal(err)
			}
		}
		told("removed with autopay", MethodNotice{Kind: NoticeEnded, MethodID: second.ID, Reason: EndRemoved})
		third := kept(t, s, c, "tok_3")
		if err := me.RemoveMethod(ctx, third.ID); err != nil {
			t.Fatal(err)
		}
		told("added and removed", MethodNotice{Kind: NoticeAdded, MethodID: third.ID}, MethodNotice{Kind: NoticeRemoved, MethodID: third.ID})
		quiet := must(me.BeginMethod(ctx, NewMethod{Key: "key-of-the-pretend-one", PartnerID: 1, Gateway: sandbox}))(t)
		must(s.KeepMethod(ctx, quiet.ID, SavedFacts{Token: "tok_4", Quiet: true}))(t)
		told("pretend data")
	})
}
