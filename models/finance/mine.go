package finance

import (
	"context"
	"errors"

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

// Foremost orders a customer's accounts in several currencies by which one counts: one that is owed on first, so that no
// debt is hidden by a newer account, then the newest. It is for ORDER BY over ledger_accounts grouped by currency.
const Foremost = `CASE WHEN SUM(balance) < 0 THEN 0 ELSE 1 END, MAX(id) DESC`

// Balance is the account balance: above zero in credit, below zero owed; nothing in no currency before the first movement.
// Of accounts in several currencies it is the Foremost.
func (m Mine) Balance(ctx context.Context) (money.Money, error) {
	var b money.Money
	err := db.One(m.s.d.Q(ctx).Raw(`SELECT currency, CAST(SUM(balance) AS BIGINT) FROM ledger_accounts
		WHERE kind = 'customer' AND owner_id = ? GROUP BY currency ORDER BY `+Foremost+` LIMIT 1`, m.id), &b.Currency, &b.Minor)
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return b, err
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

	ProformaDue money.Money // what the unpaid proforma invoice asks for that is due first
	ProformaDay db.Day      // until when; "" for no day
	ProformaID  int64       // 0 is none

	Underway   money.Money // asked for by attempts whose money is on its way, fees left out (FIN-4)
	UnderwayID int64       // the latest of those attempts; 0 is none
	Checked    money.Money // asked for by attempts that staff or we look into: another amount has come, or nobody knows yet
	CheckedID  int64       // the latest of those attempts; 0 is none

	Autopay bool // bills are charged by themselves

	LostID int64 // the latest attempt whose money bounced or was charged back, until the notice is put away or 14 days old; 0 is none

	Ending bool // a saved payment method has expired, or may within 30 days
}

// ToPay is what of the owed is neither on its way nor being looked into.
func (s Summary) ToPay() money.Money {
	return money.Of(max(0, s.Owed.Minor-s.Underway.Minor-s.Checked.Minor), s.Owed.Currency)
}

// summarySQL reads a whole Summary. Accounts in several currencies: see Balance.
const summarySQL = `WITH account AS (SELECT currency, CAST(SUM(balance) AS BIGINT) AS balance FROM ledger_accounts
		WHERE kind = 'customer' AND owner_id = ? GROUP BY currency ORDER BY ` + Foremost + ` LIMIT 1),
	open AS (SELECT due_day, due, status FROM invoices WHERE customer_id = ? AND due > 0 AND currency = (SELECT currency FROM account)),
	sums AS (SELECT COUNT(*) AS n, COUNT(CASE WHEN status <> 'pending' THEN 1 END) AS unpaid, SUM(due) AS due,
		SUM(CASE WHEN due_day < ? AND due_day <> '' THEN due END) AS overdue, MIN(CASE WHEN due_day < ? AND due_day <> '' THEN due_day END) AS overdue_from,
		MIN(CASE WHEN due_day >= ? THEN due_day END) AS next_day FROM open),
	paid AS (SELECT amount, day, currency FROM payments WHERE customer_id = ? AND amount > 0 AND deleted_day = '' ORDER BY day DESC, id DESC LIMIT 1),
	flying AS (SELECT CAST(COALESCE(SUM(CASE WHEN state = 'pending' THEN amount END), 0) AS BIGINT) AS amount, COALESCE(MAX(CASE WHEN state = 'pending' THEN id END), 0) AS id,
		CAST(COALESCE(SUM(CASE WHEN state <> 'pending' THEN amount END), 0) AS BIGINT) AS checked, COALESCE(MAX(CASE WHEN state <> 'pending' THEN id END), 0) AS checked_id
		FROM payment_attempts WHERE customer_id = ? AND currency = (SELECT currency FROM account) AND (state IN ('pending', 'held') OR state = 'new' AND saved_method_id <> 0)),
	asked AS (SELECT id, total, currency, due_day FROM proforma_invoices WHERE customer_id = ? AND status = 'not_paid' AND invoice_id = 0 ORDER BY CASE WHEN due_day = '' THEN 1 ELSE 0 END, due_day, id LIMIT 1)
	SELECT COALESCE(a.currency, ''), COALESCE(a.balance, 0), ` + lostSQL + `, s.n, s.unpaid, CAST(COALESCE(s.due, 0) AS BIGINT),
		CAST(COALESCE(s.overdue, 0) AS BIGINT), COALESCE(s.overdue_from, ''),
		(SELECT CAST(COALESCE(SUM(due), 0) AS BIGINT) FROM open WHERE due_day = s.next_day), COALESCE(s.next_day, ''),
		(SELECT COUNT(*) FROM proforma_invoices WHERE customer_id = ? AND status = 'not_paid' AND invoice_id = 0),
		COALESCE(paid.amount, 0), COALESCE(paid.currency, ''), COALESCE(paid.day, ''), f.amount, f.id, f.checked, f.checked_id,
		COALESCE(asked.id, 0), COALESCE(asked.total, 0), COALESCE(asked.currency, ''), COALESCE(asked.due_day, ''), (SELECT COUNT(*) FROM autopays WHERE customer_id = ? AND state = 'on'),
		(SELECT COUNT(*) FROM saved_methods WHERE customer_id = ? AND state = 'active' AND expiry_year > 0 AND expiry_year * 12 + expiry_month <= ?)
	FROM sums s LEFT JOIN account a ON 1 = 1 LEFT JOIN paid ON 1 = 1 LEFT JOIN asked ON 1 = 1 CROSS JOIN flying f`

// Summary reads the whole of it with one statement.
func (m Mine) Summary(ctx context.Context, today db.Day) (Summary, error) {
	var sum Summary
	var balance, open, overdue, next, paid, underway, checked, asked, autopay, ending int64
	soon := today.AddDays(warnDays).Time()
	var currency, paidIn, askedIn money.Currency
	err := db.One(m.s.d.Q(ctx).Raw(summarySQL, m.id, m.id, today, today, today, m.id, m.id, m.id, m.id, m.s.d.Now().AddDate(0, 0, -lostDays), m.id, m.id, m.id, soon.Year()*12+int(soon.Month())),
		&currency, &balance, &sum.LostID, &sum.OpenInvoices, &sum.UnpaidInvoices, &open, &overdue, &sum.OverdueFrom, &next, &sum.NextDueDay,
		&sum.UnpaidProforma, &paid, &paidIn, &sum.LastPaymentDay, &underway, &sum.UnderwayID, &checked, &sum.CheckedID,
		&sum.ProformaID, &asked, &askedIn, &sum.ProformaDay, &autopay, &ending)
	in := func(n int64) money.Money { return money.Of(n, currency) }
	sum.Balance, sum.Owed, sum.Credit = in(balance), in(max(0, -balance)), in(max(0, balance))
	sum.OpenDue, sum.Overdue, sum.NextDue, sum.LastPayment = in(open), in(overdue), in(next), money.Of(paid, paidIn)
	sum.Underway, sum.Checked, sum.Ending, sum.Autopay = in(underway), in(checked), ending > 0, autopay > 0
	sum.ProformaDue = money.Of(asked, askedIn)
	return sum, err
}

// PayFromBalance pays one of the customer's invoices from what is in credit; see Store.PayFromBalance.
func (m Mine) PayFromBalance(ctx context.Context, invoiceID int64, day db.Day) (Invoice, error) {
	if _, err := find[Invoice](ctx, m, invoiceID); err != nil {
		return Invoice{}, err
	}
	return m.s.PayFromBalance(ctx, invoiceID, day)
}
