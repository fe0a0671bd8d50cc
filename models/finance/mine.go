package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
)

// Mine is the finance of one customer: every query of it holds the customer's id, so nobody else's record can come out.
type Mine struct {
	s  *Store
	id int64
}

// Of is the finance of a customer.
func (s *Store) Of(customerID int64) Mine { return Mine{s: s, id: customerID} }

// Account is a customer's account in one currency.
type balanceRow struct {
	Currency money.Currency
	Balance  int64
}

// Balance is the account balance: above zero in credit, below zero owed; nothing in no currency before the first movement.
// Should a customer have had accounts in several currencies, it is the one of the latest.
func (m Mine) Balance(ctx context.Context) (money.Money, error) {
	b, err := m.balance(ctx)
	return money.Of(b.Balance, b.Currency), err
}

func (m Mine) balance(ctx context.Context) (balanceRow, error) {
	var row balanceRow
	err := m.s.d.Q(ctx).Raw(`SELECT currency, CAST(SUM(balance) AS BIGINT) AS balance FROM ledger_accounts
		WHERE kind = 'customer' AND owner_id = ? GROUP BY currency ORDER BY MAX(id) DESC LIMIT 1`, m.id).Scan(&row).Error
	return row, err
}

// Summary is what home and the finance overview say at a glance, in the currency of the account.
type Summary struct {
	Balance money.Money // above zero in credit
	Owed    money.Money // what the account is short of, never below zero
	Credit  money.Money // what the account holds, never below zero

	Overdue     money.Money // open on overdue invoices
	OverdueFrom db.Day      // since when: the earliest due day among them
	NextDue     money.Money // open on the invoices with the next due day
	NextDueDay  db.Day      // "" when nothing falls due from today on

	OpenInvoices   int64       // invoices with something due, overdue ones too
	OpenDue        money.Money // open on all of them
	UnpaidInvoices int64       // those not handed to a payment processor
	UnpaidProforma int64

	LastPayment    money.Money
	LastPaymentDay db.Day // "" before the first payment
}

// Summary reads the whole of it with two statements.
func (m Mine) Summary(ctx context.Context, today db.Day) (Summary, error) {
	b, err := m.balance(ctx)
	if err != nil {
		return Summary{}, err
	}
	var row struct {
		Open, Unpaid, OpenDue, Overdue, NextDue, Proforma, PaidAmount int64
		OverdueFrom, NextDay, PaidDay                                 db.Day
		PaidCurrency                                                  money.Currency
	}
	err = m.s.d.Q(ctx).Raw(`WITH open AS (SELECT due_day, due, status FROM invoices WHERE customer_id = ? AND due > 0 AND currency = ?),
			next AS (SELECT MIN(due_day) AS day FROM open WHERE due_day >= ?),
			late AS (SELECT MIN(due_day) AS day FROM open WHERE due_day < ? AND due_day <> ''),
			paid AS (SELECT amount, day, currency FROM payments WHERE customer_id = ? AND amount > 0 ORDER BY day DESC, id DESC LIMIT 1)
		SELECT (SELECT COUNT(*) FROM open) AS open,
			(SELECT COUNT(*) FROM open WHERE status <> 'pending') AS unpaid,
			(SELECT CAST(COALESCE(SUM(due), 0) AS BIGINT) FROM open) AS open_due,
			(SELECT CAST(COALESCE(SUM(due), 0) AS BIGINT) FROM open WHERE due_day < ? AND due_day <> '') AS overdue,
			(SELECT CAST(COALESCE(SUM(due), 0) AS BIGINT) FROM open WHERE due_day = (SELECT day FROM next)) AS next_due,
			(SELECT COUNT(*) FROM proforma_invoices WHERE customer_id = ? AND status = 'not_paid') AS proforma,
			COALESCE((SELECT day FROM late), '') AS overdue_from, COALESCE((SELECT day FROM next), '') AS next_day,
			COALESCE((SELECT amount FROM paid), 0) AS paid_amount, COALESCE((SELECT day FROM paid), '') AS paid_day,
			COALESCE((SELECT currency FROM paid), '') AS paid_currency`,
		m.id, b.Currency, today, today, m.id, today, m.id).Scan(&row).Error
	in := func(n int64) money.Money { return money.Of(n, b.Currency) }
	return Summary{
		Balance: in(b.Balance), Owed: in(max(0, -b.Balance)), Credit: in(max(0, b.Balance)),
		Overdue: in(row.Overdue), OverdueFrom: row.OverdueFrom, NextDue: in(row.NextDue), NextDueDay: db.Day(row.NextDay),
		OpenInvoices: row.Open, OpenDue: in(row.OpenDue), UnpaidInvoices: row.Unpaid, UnpaidProforma: row.Proforma,
		LastPayment: money.Of(row.PaidAmount, row.PaidCurrency), LastPaymentDay: row.PaidDay,
	}, err
}

// PayFromBalance pays one of the customer's invoices from what is in credit; see Store.PayFromBalance.
func (m Mine) PayFromBalance(ctx context.Context, invoiceID int64, day db.Day) (Invoice, error) {
	if _, err := find[Invoice](ctx, m, invoiceID); err != nil {
		return Invoice{}, err
	}
	return m.s.PayFromBalance(ctx, invoiceID, day)
}
