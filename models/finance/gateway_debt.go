package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
)

// errWholeDebt says that a gateway takes all that is owed and nothing less; errNotOffered says it to a stranger.
var errWholeDebt = db.Invalid{"gateway": "pay.error.whole_debt"}

// Debt is what the customer owes in a currency and what is not on its way: what paying all asks for, never below zero.
func (m Mine) Debt(ctx context.Context, c money.Currency) (money.Money, error) {
	debt := money.Of(0, c)
	var balance int64
	err := m.s.d.Q(ctx).Raw(`SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM ledger_accounts WHERE kind = 'customer' AND owner_id = ? AND currency = ?`, m.id, c).Scan(&balance).Error
	if err != nil || balance >= 0 {
		return debt, err
	}
	coming, err := m.coming(ctx, c)
	debt.Minor = max(0, -balance-coming.all)
	return debt, err
}

// Covers reports whether a gateway may take an amount for a purpose while something is owed, both in minor units of one currency. One
// that takes the whole debt alone takes no less. What is paid for a proforma invoice waits for its tax invoice and covers nothing that
// is owed.
func (g GatewaySetup) Covers(p Purpose, amount, debt int64) bool {
	return !g.CoversDebt || debt <= 0 || p != PayProforma && amount >= debt
}

// coversDebt refuses an attempt that leaves something owed, where its gateway takes all or nothing. It is asked under the lock of the
// customer's account: what the page knew may be old. Whoever has a pay link is not told that more is owed.
func (m Mine) coversDebt(ctx context.Context, g GatewaySetup, n NewAttempt) error {
	if !g.CoversDebt {
		return nil
	}
	debt, err := m.Debt(ctx, n.Party.Currency)
	switch {
	case err != nil || g.Covers(n.Purpose, n.Amount, debt.Minor):
		return err
	case n.PayLinkID != 0:
		return errNotOffered
	}
	return errWholeDebt
}
