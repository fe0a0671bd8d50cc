package models_test

import (
	"context"
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// TestUpgradeAttemptPayments: a database from before payments named their attempts says it of each payment afterwards, and an
// attempt that named the payment of its latest reinstatement names its first again.
func TestUpgradeAttemptPayments(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		m := testModels(t, d)
		c := fill(t, m)
		a, err := m.Finance.Of(c.ID).BeginAttempt(ctx, finance.NewAttempt{Key: "key-of-an-attempt-1", Party: finance.Party{CustomerID: c.ID, PartnerID: 1, Currency: "EUR"}, Gateway: "sandbox",
			MethodID: finance.MethodCard, Purpose: finance.PayAhead, Amount: 500})
		must(t, err)
		a, err = m.Finance.Settle(ctx, a.ID, finance.Outcome{State: finance.AttemptPaid, Currency: "EUR", Received: 500, Returned: 300, Reinstated: 200, Day: "2026-11-03"}, finance.Item{})
		must(t, err)
		for _, sql := range []string{"UPDATE payment_attempts SET payment_id = (SELECT MAX(id) FROM payments WHERE amount = 200)", "ALTER TABLE payments DROP COLUMN attempt_id",
			"DELETE FROM migrations WHERE id LIKE '%_attempt_payments'"} {
			must(t, d.Q(ctx).Exec(sql).Error)
		}
		must(t, m.Migrate(ctx))
		var rows []struct{ Amount, AttemptID int64 }
		must(t, d.Q(ctx).Raw("SELECT amount, attempt_id FROM payments ORDER BY id").Scan(&rows).Error)
		want := map[int64]int64{1000: 0, 500: a.ID, -300: a.ID, 200: a.ID}
		if len(rows) != len(want) {
			t.Fatalf("payments: %v", rows)
		}
		for _, r := range rows {
			if r.AttemptID != want[r.Amount] {
				t.Errorf("the payment of %d names attempt %d, not %d", r.Amount, r.AttemptID, want[r.Amount])
			}
		}
		if again, err := m.Finance.AttemptByID(ctx, a.ID); err != nil || again.PaymentID != a.PaymentID {
			t.Errorf("the attempt names payment %d, not %d: %v", again.PaymentID, a.PaymentID, err)
		}
	})
}

// TestUpgradeProformaMoney: proforma invoices that stayed paid without their money, or unpaid with all of it, are put right, so
// that the books of an older database agree from the first day.
func TestUpgradeProformaMoney(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		m := testModels(t, d)
		c := fill(t, m)
		party := finance.Party{CustomerID: c.ID, PartnerID: 1, Currency: "EUR"}
		var docs []finance.ProformaInvoice
		for _, pays := range [][]int64{{1000}, {400, 600}, {1000}, {}} {
			doc, err := m.Finance.IssueProforma(ctx, finance.NewProforma{Party: party, Day: "2026-11-01", Items: []finance.Item{{Description: "Fiber", Price: 1000}}})
			must(t, err)
			docs = append(docs, doc)
			for _, amount := range pays {
				_, err := m.Finance.RecordPayment(ctx, finance.NewPayment{Quiet: true, Party: party, MethodID: finance.MethodCash, Day: "2026-11-02", Amount: amount, ProformaID: doc.ID})
				must(t, err)
			}
		}
		look, err := m.Finance.Of(c.ID).ProformaInvoice(ctx, docs[0].ID, "2026-11-03")
		must(t, err)
		_, err = m.Finance.Refund(ctx, finance.NewRefund{PaymentID: look.PaymentID, Day: "2026-11-03", Amount: 1000})
		must(t, err)
		for _, sql := range []string{"UPDATE proforma_invoices SET status = CASE WHEN status = 'paid' AND id <> ? THEN 'not_paid' ELSE 'paid' END", "DELETE FROM migrations WHERE id LIKE '%_proforma_money' AND ? <> 0"} {
			must(t, d.Q(ctx).Exec(sql, docs[2].ID).Error)
		}
		if r, err := m.Finance.Verify(ctx); err != nil || len(r.Findings) != 3 {
			t.Fatalf("before: %v %v", r.Findings, err)
		}
		must(t, m.Migrate(ctx))
		if r, err := m.Finance.Verify(ctx); err != nil || !r.OK() {
			t.Errorf("after: %v %v", r.Findings, err)
		}
		for i, want := range []finance.Status{finance.StatusNotPaid, finance.StatusPaid, finance.StatusPaid, finance.StatusNotPaid} {
			doc, err := m.Finance.Of(c.ID).ProformaInvoice(ctx, docs[i].ID, "2026-11-03")
			if err != nil || doc.Status != want || (doc.PaymentID != 0) != (want == finance.StatusPaid) {
				t.Errorf("%d: %s, payment %d, %v", i, doc.Status, doc.PaymentID, err)
			}
		}
	})
}

// TestUpgradeFormKeys: the keys of forms that the ledger held without entries leave it, nothing else does, and the ledger refuses
// changes afterwards as before.
func TestUpgradeFormKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		m := testModels(t, d)
		fill(t, m)
		had, err := m.DB.Rows(ctx, "ledger_transactions")
		must(t, err)
		for _, sql := range []string{
			"INSERT INTO ledger_transactions (key, kind, day, reverses_id, posted_at) SELECT 'proforma:desk-a', 'proforma', day, 0, posted_at FROM ledger_transactions LIMIT 1",
			"INSERT INTO ledger_transactions (key, kind, day, reverses_id, posted_at) SELECT 'transaction:desk-b', 'future', day, 0, posted_at FROM ledger_transactions LIMIT 1",
			"DROP TABLE form_keys", "ALTER TABLE payments DROP COLUMN memo", "DELETE FROM migrations WHERE id LIKE '%_form_keys'"} {
			must(t, d.Q(ctx).Exec(sql).Error)
		}
		if r, err := m.Finance.Verify(ctx); err != nil || len(r.Findings) != 2 {
			t.Fatalf("before: %v %v", r.Findings, err)
		}
		must(t, m.Migrate(ctx))
		if r, err := m.Finance.Verify(ctx); err != nil || !r.OK() || r.Transactions != had {
			t.Errorf("after: %d transactions of %d, %v %v", r.Transactions, had, r.Findings, err)
		}
		var kept []finance.FormKey
		must(t, d.Q(ctx).Order("key").Find(&kept).Error)
		if len(kept) != 2 || kept[0].Key != "proforma:desk-a" || kept[1].Object != "future" || kept[1].CreatedAt.IsZero() {
			t.Errorf("kept: %+v", kept)
		}
		for _, sql := range []string{"DELETE FROM ledger_transactions", "UPDATE ledger_transactions SET kind = 'x'"} {
			if err := d.Q(ctx).Exec(sql).Error; err == nil {
				t.Errorf("the ledger allows %s", sql)
			}
		}
	})
}
