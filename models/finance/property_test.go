package finance

import (
	"errors"
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"

	"pgregory.net/rapid"
)

// Whatever happens in whatever order, the books agree and the balance is what a pocket calculator says (quality.md, money).
func TestBooksAlwaysBalance(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		next := int64(1)
		rapid.Check(t, func(rt *rapid.T) {
			next++
			c := customer(t, d, next)
			var expect int64
			var invoices, payments, notes, ledgers []int64
			day := db.Day("2026-01-01")
			amount := func() int64 { return rapid.Int64Range(1, 500).Draw(rt, "amount") }
			pick := func(ids []int64) int64 {
				if len(ids) == 0 {
					rt.Skip("nothing there yet")
				}
				return rapid.SampledFrom(ids).Draw(rt, "id")
			}
			// A refusal is an answer; only a 5xx is a fault.
			fine := func(err error) bool {
				if err != nil && db.KindOf(err) == db.Internal && !errors.Is(err, ErrDocument) {
					rt.Fatal(err)
				}
				return err == nil
			}
			key := func() string { return rapid.StringMatching(`[a-z]`).Draw(rt, "key") + money16(next) }
			seen := map[string]bool{}
			rt.Repeat(map[string]func(*rapid.T){
				"issue": func(*rapid.T) {
					k := key()
					inv, err := s.IssueInvoice(ctx, NewInvoice{Key: k, Party: c, Day: day, DueDay: day.AddDays(14), FromBalance: rapid.Bool().Draw(rt, "from"),
						Items: []Item{{Description: "a", Price: amount(), TaxRatePPM: 210_000, TaxID: 1, TaxIncluded: rapid.Bool().Draw(rt, "inc")}, item("b", rapid.Int64Range(-300, 300).Draw(rt, "b"))}})
					if fine(err) && !seen["i"+k] {
						seen["i"+k], expect, invoices = true, expect-inv.Total, append(invoices, inv.ID)
					}
				},
				"pay": func(*rapid.T) {
					k, n := key(), amount()
					p := NewPayment{Key: k, Party: c, MethodID: 1, Day: day, Amount: n, KeepAsCredit: rapid.Bool().Draw(rt, "keep")}
					if len(invoices) > 0 && rapid.Bool().Draw(rt, "aimed") {
						p.InvoiceIDs = []int64{pick(invoices), pick(invoices)}
					}
					pay, err := s.RecordPayment(ctx, p)
					if fine(err) && !seen["p"+k] {
						seen["p"+k], expect, payments = true, expect+n, append(payments, pay.ID)
					}
				},
				"credit": func(*rapid.T) {
					n := NewCreditNote{Party: c, Day: day, Items: []Item{item("back", amount())}}
					if len(invoices) > 0 && rapid.Bool().Draw(rt, "linked") {
						n.InvoiceID = pick(invoices)
					}
					if cn, err := s.IssueCreditNote(ctx, n); fine(err) {
						expect, notes = expect+cn.Total, append(notes, cn.ID)
					}
				},
				"debit or credit": func(*rapid.T) {
					typ := rapid.SampledFrom([]TransactionType{Debit, Credit}).Draw(rt, "type")
					if tr, err := s.AddTransaction(ctx, NewTransaction{Party: c, Day: day, Type: typ, Item: item("hand", amount())}); fine(err) {
						expect, ledgers = expect+tr.Movement().Minor, append(ledgers, tr.LedgerTransactionID)
					}
				},
				"allocate": func(*rapid.T) {
					kind, from := FromPayment, payments
					if rapid.Bool().Draw(rt, "note") {
						kind, from = FromCreditNote, notes
					}
					_, err := s.Allocate(ctx, kind, pick(from), pick(invoices), rapid.Int64Range(0, 200).Draw(rt, "n"), day)
					fine(err)
				},
				"from balance": func(*rapid.T) {
					_, err := s.Of(next).PayFromBalance(ctx, pick(invoices), day)
					fine(err)
				},
				"refund": func(*rapid.T) {
					n := NewRefund{Day: day, MethodID: 1, Amount: amount()}
					switch rapid.IntRange(0, 2).Draw(rt, "of") {
					case 0:
						n.PaymentID = pick(payments)
					case 1:
						n.CreditNoteID = pick(notes)
					default:
						n.Party, n.AllowDebt = c, rapid.Bool().Draw(rt, "debt")
					}
					if p, err := s.Refund(ctx, n); fine(err) {
						expect += p.Amount
					}
				},
				"delete": func(*rapid.T) {
					id := pick(invoices)
					inv := must(find[Invoice](ctx, s.Of(next), id))(t)
					if fine(s.DeleteInvoice(ctx, id, "", day)) && inv.Status != StatusDeleted {
						expect += inv.Total
					}
				},
				"pending": func(*rapid.T) { fine(s.SetInvoicePending(ctx, pick(invoices), rapid.Bool().Draw(rt, "pending"))) },
				"reverse": func(*rapid.T) {
					before := balance(t, ctx, s, next)
					if _, err := s.Reverse(ctx, pick(ledgers), "", day); fine(err) {
						expect += balance(t, ctx, s, next) - before
					}
				},
				"": func(rt *rapid.T) {
					day = day.AddDays(1)
					if got := balance(t, ctx, s, next); got != expect {
						rt.Fatalf("balance %d, expected %d", got, expect)
					}
				},
			})
			r, err := s.Verify(ctx)
			if err != nil || !r.OK() {
				rt.Fatalf("%v %v", r.Findings, err)
			}
			to := day.AddDays(1)
			for _, k := range []StatementKind{ByDocuments, ByTransactions} {
				if st, err := s.Of(next).Statement(ctx, "2026-01-01", to, k); err != nil || st.Closing.Minor != -expect {
					rt.Fatalf("FIN-6: statement closes at %v, expected %d, %v", st.Closing, -expect, err)
				}
			}
		})
	})
}

func money16(n int64) string {
	const hex = "0123456789abcdef"
	return string([]byte{hex[n>>12&15], hex[n>>8&15], hex[n>>4&15], hex[n&15]})
}
