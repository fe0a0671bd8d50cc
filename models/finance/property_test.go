package finance

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/db/dbtest"

	"pgregory.net/rapid"
)

// world is one customer's books under random hands, and what a pocket calculator says of their balance. Its acts are all the
// ways by which the books move, as staff, customers, gateways and the bank may take them.
type world struct {
	t      *testing.T
	rt     *rapid.T
	ctx    context.Context
	d      *db.DB
	s      *Store
	c      Party
	day    db.Day
	expect int64

	invoices, proformas, notes, payments, transactions, lines []int64

	attempts []*story
	cards    []string
	made     map[string]int64 // what each form made when it was first sent
	sent     map[string]NewInvoice
}

func (w *world) desk() Desk { return w.s.Desk(w.c.CustomerID) }
func (w *world) mine() Mine { return w.s.Of(w.c.CustomerID) }

func (w *world) chance(what string) bool { return rapid.Bool().Draw(w.rt, what) }

func (w *world) between(from, to int64, what string) int64 {
	return rapid.Int64Range(from, to).Draw(w.rt, what)
}

func (w *world) amount() int64 { return w.between(1, 500, "amount") }

// pick takes one of the documents there are, and has one made where there is none.
func pick[T any](w *world, list *[]T, make func()) T {
	if len(*list) == 0 {
		make()
	}
	if len(*list) == 0 {
		w.rt.Skip("none was made")
	}
	return rapid.SampledFrom(*list).Draw(w.rt, "which")
}

func (w *world) anInvoice() Invoice { return row[Invoice](w, pick(w, &w.invoices, w.issue)) }
func (w *world) aProforma() ProformaInvoice {
	return row[ProformaInvoice](w, pick(w, &w.proformas, w.proforma))
}
func (w *world) aNote() CreditNote { return row[CreditNote](w, pick(w, &w.notes, w.credit)) }
func (w *world) aPayment() Payment { return row[Payment](w, pick(w, &w.payments, w.pay)) }

// key is that of a form: few of them, so that forms are sent again; now and then none.
func (w *world) key(form string) string {
	key := rapid.SampledFrom([]string{"", "a", "b", "c", "d"}).Draw(w.rt, "key")
	if key == "" {
		return ""
	}
	return form + "-" + key + "-" + strconv.FormatInt(w.c.CustomerID, 10)
}

// fine reports whether something was done. A refusal is an answer; what nobody can answer to is a fault.
func (w *world) fine(err error) bool {
	if err != nil && db.KindOf(err) == db.Internal {
		w.rt.Fatal(err)
	}
	return err == nil
}

// fresh reports whether a form has made something now; sent again, it has to answer with what it made first.
func (w *world) fresh(key string, id int64) bool {
	first, again := w.made[key]
	if key == "" || !again {
		w.made[key] = id
		return true
	}
	if id != first {
		w.rt.Fatalf("the form %s made %d, and %d when it was sent again", key, first, id)
	}
	return false
}

func row[T any](w *world, id int64) T {
	r, err := find[T](w.ctx, w.mine(), id)
	if err != nil {
		w.rt.Fatal(err)
	}
	return r
}

func (w *world) count(sql string, values ...any) (n int64) {
	if err := w.d.Q(w.ctx).Raw(sql, values...).Scan(&n).Error; err != nil {
		w.rt.Fatal(err)
	}
	return n
}

// TestBooksAlwaysBalance: whatever happens in whatever order, the books agree, the balance is what a pocket calculator says, and
// no document is paid by money that has gone (quality.md, money; FIN-3, FIN-5, FIN-6, FIN-7).
func TestBooksAlwaysBalance(t *testing.T) {
	set := func(name, value string) string {
		before := flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
		return before
	}
	// Trouble needs a history; fewer, longer ones find more than many short ones in the same time. What is asked for by hand holds.
	if flag.Lookup("rapid.steps").Value.String() == flag.Lookup("rapid.steps").DefValue {
		steps, checks := set("rapid.steps", "50"), set("rapid.checks", "60")
		t.Cleanup(func() { set("rapid.steps", steps); set("rapid.checks", checks) })
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		s.Keyed(make([]byte, 32), make([]byte, 32))
		taxed := GatewaySetup{PartnerID: 1, Gateway: "taxed", Enabled: true, MethodID: MethodCard, FeeTaxID: taxOf(t, d, "VAT", 210_000, false), FeeText: "With tax"}
		whole := GatewaySetup{PartnerID: 1, Gateway: "whole", Enabled: true, MethodID: MethodCard, CoversDebt: true}
		for _, g := range []GatewaySetup{taxed, whole} {
			if err := s.SetUpGateway(ctx, g, nil); err != nil {
				t.Fatal(err)
			}
		}
		next := int64(1)
		rapid.Check(t, func(rt *rapid.T) {
			next++
			w := &world{t: t, rt: rt, ctx: ctx, d: d, s: s, c: customer(t, d, next), day: "2026-01-01", made: map[string]int64{}, sent: map[string]NewInvoice{}}
			rt.Repeat(w.acts())
			w.prove()
		})
		provenNumbers(t, d)
	})
}

// acts are what may happen, by name; the one without a name is checked after each.
func (w *world) acts() map[string]func(*rapid.T) {
	acts := map[string]func(){
		"issue": w.issue, "correct": w.correct, "release": w.release, "delete invoice": w.deleteInvoice, "from balance": w.fromBalance,
		"proforma": w.proforma, "invoice proforma": w.invoiceProforma, "delete proforma": w.deleteProforma,
		"credit": w.credit, "delete credit": w.deleteCredit, "move": w.move, "delete move": w.deleteMove,
		"pay": w.pay, "refund": w.refund, "delete payment": w.deletePayment, "card": w.card,
		"begin": w.begin, "proforma and fee": w.proformaAndFee, "tell": w.tell, "go on": w.goOn, "decide": w.decide,
		"line": w.line, "book line": w.bookLine, "undo line": w.undoLine,
		"": w.calculator,
	}
	out := map[string]func(*rapid.T){}
	for name, act := range acts {
		out[name] = func(*rapid.T) { act() }
	}
	return out
}

func (w *world) calculator() {
	w.day = w.day.AddDays(1)
	if got := balance(w.t, w.ctx, w.s, w.c.CustomerID); got != w.expect {
		w.rt.Fatalf("balance %d, expected %d", got, w.expect)
	}
}

// prove holds the books to what has to be true in the end.
func (w *world) prove() {
	r, err := w.s.Verify(w.ctx)
	if err != nil || !r.OK() {
		w.rt.Fatalf("%v %v", r.Findings, err)
	}
	for _, k := range []StatementKind{ByDocuments, ByTransactions} {
		if st, err := w.mine().Statement(w.ctx, "2026-01-01", w.day, k); err != nil || st.Closing.Minor != -w.expect {
			w.rt.Fatalf("FIN-6: statement closes at %v, expected %d, %v", st.Closing, -w.expect, err)
		}
	}
	for _, a := range w.attempts {
		w.proveAttempt(a.id)
	}
	for what, sql := range map[string]string{
		"documents paid by a payment that was deleted": `SELECT COUNT(*) FROM (SELECT a.source_id FROM allocations a JOIN payments p ON p.id = a.source_id WHERE a.source_kind = 'payment' AND p.deleted_day <> ''
			AND a.customer_id = ? GROUP BY a.source_id, a.invoice_id HAVING a.invoice_id <> 0 AND SUM(a.amount) <> 0) x`,
		"documents paid by a credit note that was deleted": `SELECT COUNT(*) FROM (SELECT a.source_id FROM allocations a JOIN credit_notes n ON n.id = a.source_id WHERE a.source_kind = 'credit_note' AND n.status = 'deleted'
			AND a.customer_id = ? GROUP BY a.source_id, a.invoice_id HAVING SUM(a.amount) <> 0) x`,
		"invoices shown as pending that nothing pays": `SELECT COUNT(*) FROM invoices i WHERE i.customer_id = ? AND i.status = 'pending' AND NOT EXISTS (SELECT 1 FROM payment_attempts a
			JOIN payment_attempt_documents d ON d.attempt_id = a.id WHERE d.kind = 'invoice' AND d.document_id = i.id AND a.state IN ('pending', 'held'))`,
		"proforma invoices shown as pending that nothing pays": `SELECT COUNT(*) FROM proforma_invoices i WHERE i.customer_id = ? AND i.status = 'pending' AND NOT EXISTS (SELECT 1 FROM payment_attempts a
			JOIN payment_attempt_documents d ON d.attempt_id = a.id WHERE d.kind = 'proforma' AND d.document_id = i.id AND a.state IN ('pending', 'held'))`,
		"future items of no invoice in force": `SELECT COUNT(*) FROM transactions t WHERE t.customer_id = ? AND t.ledger_transaction_id = 0 AND t.invoice_id <> 0
			AND NOT EXISTS (SELECT 1 FROM invoices i WHERE i.id = t.invoice_id AND i.status <> 'deleted')`,
	} {
		if n := w.count(sql, w.c.CustomerID); n != 0 {
			w.rt.Fatalf("%d %s", n, what)
		}
	}
}

// proveAttempt: one payment for what came in and one for each sum that was won back; what is left of them is never more than what
// the gateway has not taken back.
func (w *world) proveAttempt(id int64) {
	a, err := w.s.AttemptByID(w.ctx, id)
	if err != nil {
		w.rt.Fatal(err)
	}
	in := w.count("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM payments WHERE attempt_id = ? AND amount > 0", id)
	out := w.count("SELECT CAST(COALESCE(SUM(-amount), 0) AS BIGINT) FROM payments WHERE attempt_id = ? AND amount < 0", id)
	first := w.count("SELECT COUNT(*) FROM ledger_transactions WHERE key = ?", fmt.Sprintf("payment:attempt:%d:in", id))
	gone := w.count(`SELECT CAST(COALESCE(SUM(x.amount), 0) AS BIGINT) FROM allocations x JOIN payments p ON p.id = x.source_id JOIN transactions t ON t.id = x.transaction_id
		WHERE x.source_kind = 'payment' AND p.attempt_id = ? AND p.amount > 0 AND t.payment_id <> 0`, id)
	if in != a.Received+a.Reinstated || out != a.Returned || (first == 1) != (a.Received > 0) || a.Received > 0 && row[Payment](w, a.PaymentID).Amount != a.Received {
		w.rt.Fatalf("attempt %d: %d came in and %d went out, but %d, %d and %d were told", id, in, out, a.Received, a.Returned, a.Reinstated)
	}
	tax := int64(0)
	if a.Gateway == "taxed" && a.Received > 0 {
		tax = (a.Fee*21 + 60) / 121 // 21 within 121, halves up
	}
	if booked := w.count(`SELECT CAST(COALESCE(SUM(tax), 0) AS BIGINT) FROM transactions WHERE ledger_transaction_id = (SELECT id FROM ledger_transactions WHERE key = ?)`,
		fmt.Sprintf("transaction:attempt:%d:fee", id)); booked != tax {
		w.rt.Fatalf("attempt %d: %d of tax is booked within a fee of %d, not %d", id, booked, a.Fee, tax)
	}
	if left := a.Received - a.Returned + a.Reinstated; in-gone > left {
		w.rt.Fatalf("attempt %d: its payments hold %d, the gateway %d", id, in-gone, left)
	}
}

// provenNumbers: the numbers of each series are unique and without a gap.
func provenNumbers(t *testing.T, d *db.DB) {
	t.Helper()
	for table, column := range map[string]string{"invoices": "number", "proforma_invoices": "number", "credit_notes": "number", "payments": "receipt_number"} {
		var numbers []string
		if err := d.Q(context.Background()).Raw("SELECT " + column + " FROM " + table).Scan(&numbers).Error; err != nil {
			t.Fatal(err)
		}
		series := map[string][]int{}
		for _, n := range numbers {
			cut := len(n) - map[string]int{"payments": 5}[table]
			if table != "payments" {
				cut = len(n) - 6
			}
			count, err := strconv.Atoi(n[cut:])
			if err != nil {
				t.Fatal(err)
			}
			series[n[:cut]] = append(series[n[:cut]], count)
		}
		if len(numbers) == 0 {
			t.Errorf("no %s at all", table)
		}
		for name, list := range series {
			slices.Sort(list)
			for i, n := range list {
				if n != i+1 {
					t.Fatalf("%s %s: %d stands where %d should", table, name, n, i+1)
				}
			}
		}
	}
}

func euros(minor int64) string { return strings.TrimSpace(money.FormatMinor(minor, 2)) }
