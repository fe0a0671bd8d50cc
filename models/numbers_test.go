package models_test

import (
	"context"
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
	"myisp/models/portal"
)

// A numbering pattern that the settings take is one that the books can use, and the other way round (§3.4).
func TestNumberingPatterns(t *testing.T) {
	for _, p := range []string{"{year}{partner_id|2}{next|6}", "A-{next}", "{rand_string|8}", "{rand_number}", "{year}", "", "{next|0}", "{next|21}", "{next", "next}", "{{next}}",
		"{unknown}{next}", "{next|x}", "é{next|20}", "a\tb{next}", "{type|2}-{next|5}", "{month}{day}{location_id}{customer_id}{next}"} {
		_, books := finance.ParsePattern(p)
		_, settings := portal.Defaults().With(map[string]string{"invoice_numbers": `"` + p + `"`})
		if (books == nil) != (settings == nil) && p != "a\tb{next}" {
			t.Errorf("%q: the books say %v, the settings %v", p, books, settings)
		}
	}
}

// TestCreditNotesKeepTheirNumbers: an installation that has credit notes goes on in the series it had before new ones got another,
// one that chose a pattern keeps it, and one without any begins with the new one.
func TestCreditNotesKeepTheirNumbers(t *testing.T) {
	for what, c := range map[string]struct {
		notes       bool
		chosen, end string
	}{"new": {end: "CN2026010"}, "old": {notes: true, end: "2026010"}, "chosen": {notes: true, chosen: "K{next|3}", end: "K00"}} {
		t.Run(what, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				ctx := context.Background()
				alice := fill(t, testModels(t, d))
				note := finance.NewCreditNote{Party: finance.Party{CustomerID: alice.ID, PartnerID: 1, Currency: "EUR"}, Day: "2026-11-20", Items: []finance.Item{{Description: "x", Price: 100}}}
				if c.notes {
					_, err := testModels(t, d).Finance.IssueCreditNote(ctx, note)
					must(t, err)
				}
				if c.chosen != "" {
					must(t, testModels(t, d).Portal.Set(ctx, 1, "credit_note_numbers", c.chosen))
				}
				must(t, d.Q(ctx).Exec("DELETE FROM migrations WHERE id = '0027_credit_note_numbers'").Error)
				must(t, testModels(t, d).Migrate(ctx))
				made, err := testModels(t, d).Finance.IssueCreditNote(ctx, note)
				must(t, err)
				if len(made.Number) < len(c.end) || made.Number[:len(c.end)] != c.end {
					t.Errorf("the next credit note is %s, want %s…", made.Number, c.end)
				}
			})
		})
	}
}
