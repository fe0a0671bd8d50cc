package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
)

// DailyTotal is what one day brought one partner in one currency, by documents' days. What was deleted is left out.
// MethodID is 0 for documents, which have no method; Paid and Refunded are by method. Amounts are minor units, none below zero.
type DailyTotal struct {
	Day       db.Day
	PartnerID int64
	Currency  money.Currency
	MethodID  int64
	Invoiced  int64
	Paid      int64
	Refunded  int64
	Credited  int64
	Open      int64 // of Invoiced, what is still to be paid today
}

// maxDailyDays bounds the period of daily totals: a year and a day.
const maxDailyDays = 366

const dailySQL = `SELECT x.day, x.partner_id, x.currency, x.method_id, CAST(SUM(x.invoiced) AS BIGINT), CAST(SUM(x.paid) AS BIGINT), CAST(SUM(x.refunded) AS BIGINT),
		CAST(SUM(x.credited) AS BIGINT), CAST(SUM(x.due) AS BIGINT) FROM (
	SELECT day, partner_id, currency, 0 AS method_id, SUM(total) AS invoiced, 0 AS paid, 0 AS refunded, 0 AS credited, SUM(due) AS due
		FROM invoices WHERE day >= ? AND day <= ? AND status <> 'deleted' GROUP BY day, partner_id, currency
	UNION ALL SELECT day, partner_id, currency, 0, 0, 0, 0, SUM(total), 0
		FROM credit_notes WHERE day >= ? AND day <= ? AND status <> 'deleted' GROUP BY day, partner_id, currency
	UNION ALL SELECT day, partner_id, currency, method_id, 0, SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END), SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END), 0, 0
		FROM payments WHERE day >= ? AND day <= ? AND deleted_day = '' GROUP BY day, partner_id, currency, method_id) x
	WHERE ? = 0 OR x.partner_id = ?
	GROUP BY x.day, x.partner_id, x.currency, x.method_id ORDER BY x.day DESC, x.partner_id, x.currency, x.method_id`

// Daily reads the totals of each day of a period, newest first; partner 0 is all. Days that do not exist, in the wrong order
// or more than a year apart are db.Invalid.
func (s *Store) Daily(ctx context.Context, from, to db.Day, partner int64) ([]DailyTotal, error) {
	bad := db.Invalid{}
	checkDays(bad, "from", from, true)
	checkDays(bad, "to", to, true)
	if len(bad) == 0 && (to < from || from.DaysUntil(to) > maxDailyDays) {
		bad["to"] = "finance.error.period"
	}
	if err := bad.Or(); err != nil {
		return nil, err
	}
	var rows []DailyTotal
	err := db.Rows(s.d.R(ctx).Raw(dailySQL, from, to, from, to, from, to, partner, partner), func(scan func(into ...any) error) error {
		var r DailyTotal
		err := scan(&r.Day, &r.PartnerID, &r.Currency, &r.MethodID, &r.Invoiced, &r.Paid, &r.Refunded, &r.Credited, &r.Open)
		rows = append(rows, r)
		return err
	})
	return rows, err
}

// SumDaily adds totals up by partner and currency, over all days and methods, in the order in which they first appear.
func SumDaily(rows []DailyTotal) []DailyTotal {
	type key struct {
		partner  int64
		currency money.Currency
	}
	at := map[key]int{}
	var sums []DailyTotal
	for _, r := range rows {
		k := key{r.PartnerID, r.Currency}
		i, ok := at[k]
		if !ok {
			i, at[k] = len(sums), len(sums)
			sums = append(sums, DailyTotal{PartnerID: r.PartnerID, Currency: r.Currency})
		}
		t := &sums[i]
		t.Invoiced, t.Paid, t.Refunded, t.Credited, t.Open = t.Invoiced+r.Invoiced, t.Paid+r.Paid, t.Refunded+r.Refunded, t.Credited+r.Credited, t.Open+r.Open
	}
	return sums
}

// BooksTrusted reports whether money may move by itself: not after a verification of the books has found something wrong,
// until one finds everything right. Books that were never verified are trusted.
func (s *Store) BooksTrusted(ctx context.Context) (bool, error) {
	var bad int64
	err := s.d.Q(ctx).Raw(`SELECT COUNT(*) FROM system_records WHERE kind = 'books_check' AND good = ?`, false).Scan(&bad).Error
	return bad == 0, err
}
