package finance

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/catalog"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// taxOf adds a tax to the catalogue.
func taxOf(t testing.TB, d *db.DB, name string, ppm int64, archived bool) int64 {
	t.Helper()
	tax := must(catalog.New(d, audit.New(d, nil)).AddTax(context.Background(), catalog.Tax{Name: name, RatePPM: ppm, Archived: archived}))(t)
	return tax.ID
}

// ruled sets the sandbox up with what a test changes.
func ruled(t testing.TB, s *Store, change func(*GatewaySetup)) GatewaySetup {
	t.Helper()
	g := GatewaySetup{PartnerID: 1, Gateway: sandbox, Enabled: true, MethodID: MethodCard, Invoices: true, Proformas: true, Ahead: true}
	change(&g)
	if err := s.SetUpGateway(context.Background(), g, nil); err != nil {
		t.Fatal(err)
	}
	return must(s.Gateway(context.Background(), 1, sandbox))(t)
}

// feeDebit is the charge that an attempt's fee has become.
func feeDebit(t testing.TB, s *Store, attempt int64) Transaction {
	t.Helper()
	var row Transaction
	err := s.d.Q(context.Background()).Where("ledger_transaction_id = (SELECT id FROM ledger_transactions WHERE key = ?)", fmt.Sprintf("transaction:attempt:%d:fee", attempt)).Take(&row).Error
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// The fee's line is what the partner set for the gateway by the day it is booked (§2.8): its words, category and tax, and what nobody
// set is as it always was. Its receipt names it with the tax within.
func TestFeeLine(t *testing.T) {
	for name, c := range map[string]struct {
		change         func(g *GatewaySetup, vat, old, other int64)
		text           string
		rate, tax, net int64
		other          bool // of the other category
	}{
		"nothing set": {func(*GatewaySetup, int64, int64, int64) {}, "Card fee", 0, 0, 121, false},
		"a tax":       {func(g *GatewaySetup, vat, _, _ int64) { g.FeeTaxID = vat }, "Card fee", 210_000, 21, 100, false},
		"all of it": {func(g *GatewaySetup, vat, _, o int64) {
			g.FeeTaxID, g.FeeCategoryID, g.FeeText = vat, o, "  Card   surcharge "
		}, "Card surcharge", 210_000, 21, 100, true},
		"a category":      {func(g *GatewaySetup, _, _, o int64) { g.FeeCategoryID = o }, "Card fee", 0, 0, 121, true},
		"archived by now": {func(g *GatewaySetup, _, old, _ int64) { g.FeeTaxID = old }, "Card fee", 100_000, 11, 110, false},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				ctx, s, p := books(t, d)
				vat, old := taxOf(t, d, "VAT 21 %", 210_000, false), taxOf(t, d, "Old", 100_000, false)
				other := must(s.AddCategory(ctx, TransactionCategory{Name: "Fees", Kind: "other"}))(t)
				ruled(t, s, func(g *GatewaySetup) { c.change(g, vat, old, other.ID) })
				if err := d.Q(ctx).Exec("UPDATE taxes SET archived = ? WHERE id = ?", true, old).Error; err != nil {
					t.Fatal(err)
				}
				inv := invoiceOf(t, s, p, 4_000)
				a := begin(t, s, p, "1", NewAttempt{Purpose: PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: 4_000, Fee: 121})
				must(s.Settle(ctx, a.ID, Outcome{State: AttemptPaid, Currency: eur, Received: 4_121, Day: "2026-11-20"}, testFee))(t)
				row := feeDebit(t, s, a.ID)
				if row.Description != c.text || row.Total != 121 || row.Tax != c.tax || row.TaxRatePPM != c.rate || (row.CategoryID == other.ID) != c.other || !c.other && row.CategoryID != CategoryService {
					t.Errorf("booked: %+v", row)
				}
				pay := must(s.Of(1).Payment(ctx, must(s.AttemptByID(ctx, a.ID))(t).PaymentID))(t)
				if len(pay.Charges) != 1 || pay.Charges[0].Description != c.text || pay.Charges[0].Amount.Minor != 121 || pay.Charges[0].Tax.Tax != c.tax || c.tax != 0 && pay.Charges[0].Tax.Net != c.net {
					t.Errorf("the receipt: %+v", pay.Charges)
				}
				if got := taxHeld(t, s); got != c.tax {
					t.Errorf("the books hold %d of tax, not %d", got, c.tax)
				}
				if got := balance(t, ctx, s, 1); got != 0 {
					t.Errorf("balance %d", got)
				}
				proveBooks(t, s)
			})
		})
	}
}

// taxHeld is what the provider has taken for the tax office.
func taxHeld(t testing.TB, s *Store) (n int64) {
	t.Helper()
	err := s.d.Q(context.Background()).Raw("SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM ledger_accounts WHERE kind = ?", AccountTax).Scan(&n).Error
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A gateway that nobody has set up any more books its fee all the same, as before.
func TestFeeOfNoGateway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, p := books(t, d)
		a := begin(t, s, p, "1", NewAttempt{Purpose: PayAhead, Amount: 1_000, Fee: 10})
		must(s.Settle(ctx, a.ID, Outcome{State: AttemptPaid, Currency: eur, Received: 1_010, Day: "2026-11-20"}, testFee))(t)
		if row := feeDebit(t, s, a.ID); row.Total != 10 || row.Description != "Card fee" || row.Tax != 0 {
			t.Errorf("%+v", row)
		}
	})
}

// What was archived or never was is not chosen anew; what was chosen before it was archived stays. Words have a bound.
func TestFeeLineRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		vat, gone := taxOf(t, d, "VAT", 210_000, false), taxOf(t, d, "Gone", 100_000, true)
		fees := must(s.AddCategory(ctx, TransactionCategory{Name: "Fees", Kind: "other"}))(t)
		stored := ruled(t, s, func(g *GatewaySetup) { g.FeeTaxID, g.FeeCategoryID = vat, fees.ID })
		for field, change := range map[string]func(g *GatewaySetup){
			"fee_tax":      func(g *GatewaySetup) { g.FeeTaxID = gone },
			"fee_tax ":     func(g *GatewaySetup) { g.FeeTaxID = 999 },
			"fee_category": func(g *GatewaySetup) { g.FeeCategoryID = 999 },
			"fee_text":     func(g *GatewaySetup) { g.FeeText = strings.Repeat("é", 101) },
		} {
			g := stored
			change(&g)
			bad, _ := s.SetUpGateway(ctx, g, nil).(db.Invalid)
			if bad[strings.TrimSpace(field)] == "" {
				t.Errorf("%s: %v", field, bad)
			}
		}
		for _, sql := range []string{"UPDATE taxes SET archived = ?", "UPDATE transaction_categories SET archived = ?"} {
			if err := d.Q(ctx).Exec(sql, true).Error; err != nil {
				t.Fatal(err)
			}
		}
		stored.FeeText = strings.Repeat("é", 100)
		if err := s.SetUpGateway(ctx, stored, nil); err != nil {
			t.Errorf("what is archived by now stays: %v", err)
		}
	})
}

// Whatever a fee is and whichever tax is within it, in currencies of 0, 2 and 3 decimals: what the page shows is what is asked for and
// what is booked, net and tax are the fee to the last unit, and the tax is that of a price with tax included (§2.8, FIN-7, X7).
func TestFeeIsWhatIsShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		next := int64(100)
		rapid.Check(t, func(rt *rapid.T) {
			next++
			p := customer(t, d, next)
			p.Currency = rapid.SampledFrom([]money.Currency{"JPY", "USD", "KWD"}).Draw(rt, "currency")
			rate := rapid.SampledFrom([]int64{0, 1, 50_000, 82_500, 193_333, 210_000, 1_000_000}).Draw(rt, "rate")
			tax := taxOf(t, d, fmt.Sprint("tax ", next), rate, false)
			g := ruled(t, s, func(g *GatewaySetup) {
				g.FeePPM, g.FeeFixed, g.Currency, g.FeeTaxID = rapid.Int64Range(0, maxFeePPM).Draw(rt, "ppm"), rapid.Int64Range(1, 500).Draw(rt, "fixed"), p.Currency, tax
			})
			amount := rapid.Int64Range(1, 1_000_000).Draw(rt, "amount")
			shown := Choices([]GatewaySetup{g}, PayAhead, amount, p.Currency)[0].Fee.Minor
			a := begin(t, s, p, fmt.Sprint(next), NewAttempt{Purpose: PayAhead, Amount: amount, Fee: g.Fee(amount)})
			before := taxHeld(t, s)
			must(s.Settle(ctx, a.ID, Outcome{State: AttemptPaid, Currency: p.Currency, Received: a.Total().Minor, Day: "2026-11-20"}, testFee))(t)
			row := feeDebit(t, s, a.ID)
			want, err := money.TaxIncluded(money.Of(shown, p.Currency), decimal.New(rate, -4), money.HalfUp)
			if err != nil {
				rt.Fatal(err)
			}
			if row.Total != shown || a.Total().Minor != amount+shown || row.Tax != want.Minor || taxHeld(t, s)-before != row.Tax || row.Tax < 0 || row.Tax > shown {
				rt.Fatalf("shown %d, booked %d with %d of tax, want %d", shown, row.Total, row.Tax, want.Minor)
			}
			if got := balance(t, ctx, s, next); got != amount {
				rt.Fatalf("balance %d after adding %d", got, amount)
			}
		})
		proveBooks(t, s)
	})
}
