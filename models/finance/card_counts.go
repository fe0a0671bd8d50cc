package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
)

// SeriesRow is a series with what has become of its cards. Left are those that customers can still enter; of an expired series
// what was left is Expired.
type SeriesRow struct {
	CardSeries
	Used, Blocks, Left, Expired int
}

// SeriesPage is a part of the list of series, the latest first, and the id after which the next one begins; 0 is the end.
type SeriesPage struct {
	Rows []SeriesRow
	Next int64
}

// seriesShown is how many series a page lists.
const seriesShown = 50

// CardSeriesPage lists series, the latest first, from after one on; after 0 is the first page.
func (s *Store) CardSeriesPage(ctx context.Context, after int64, today db.Day) (SeriesPage, error) {
	q := db.From[CardSeries](s.d.R(ctx)).Order("id DESC").Limit(seriesShown + 1)
	if after > 0 {
		q = q.Where("id < ?", after)
	}
	series, err := q.Find()
	if err != nil {
		return SeriesPage{}, err
	}
	var p SeriesPage
	if len(series) > seriesShown {
		series = series[:seriesShown]
		p.Next = series[seriesShown-1].ID
	}
	p.Rows, err = s.counted(ctx, series, today)
	return p, err
}

// CardSeries returns one series. Errors: db.ErrNotFound.
func (s *Store) CardSeries(ctx context.Context, id int64, today db.Day) (SeriesRow, error) {
	series, err := db.From[CardSeries](s.d.Q(ctx)).Where("id = ?", id).Find()
	if err != nil || len(series) == 0 {
		return SeriesRow{}, firstError(err, db.ErrNotFound)
	}
	rows, err := s.counted(ctx, series, today)
	if err != nil {
		return SeriesRow{}, err
	}
	return rows[0], nil
}

// talliesSQL counts cards along their index, without the cards themselves.
const talliesSQL = `SELECT series_id, COUNT(CASE WHEN state = 'used' THEN 1 END) AS used, COUNT(CASE WHEN state = 'blocked' THEN 1 END) AS blocks FROM refill_cards`

// counted tells of series what has become of their cards, with one statement.
func (s *Store) counted(ctx context.Context, series []CardSeries, today db.Day) ([]SeriesRow, error) {
	var tallies []struct {
		SeriesID     int64
		Used, Blocks int
	}
	at, ids := map[int64]int{}, []int64{0}
	rows := make([]SeriesRow, 0, len(series))
	for i, x := range series {
		at[x.ID], ids = i, append(ids, x.ID)
		rows = append(rows, SeriesRow{CardSeries: x})
	}
	err := s.d.Q(ctx).Raw(talliesSQL+" WHERE series_id IN ? GROUP BY series_id", ids).Scan(&tallies).Error
	for _, t := range tallies {
		rows[at[t.SeriesID]].Used, rows[at[t.SeriesID]].Blocks = t.Used, t.Blocks
	}
	for i := range rows {
		r := &rows[i]
		rest := r.Count - r.Used - r.Blocks
		switch {
		case r.Blocked:
			r.Blocks += rest
		case r.ExpiredOn(today):
			r.Expired = rest
		default:
			r.Left = rest
		}
	}
	return rows, err
}

// CardSum is what was made of cards in one currency, and what has become of them; amounts are minor units.
type CardSum struct {
	Currency                                          money.Currency
	Made, Used, Left, Expired                         int64
	MadeAmount, UsedAmount, LeftAmount, ExpiredAmount int64
}

// CardSums sums up every series by currency, with one statement along the index that counts cards.
func (s *Store) CardSums(ctx context.Context, today db.Day) ([]CardSum, error) {
	var sums []CardSum
	err := s.d.R(ctx).Raw(`SELECT currency, CAST(SUM(made) AS BIGINT) AS made, CAST(SUM(used) AS BIGINT) AS used, CAST(SUM(remain) AS BIGINT) AS "left", CAST(SUM(expired) AS BIGINT) AS expired,
			CAST(SUM(made * amount) AS BIGINT) AS made_amount, CAST(SUM(used * amount) AS BIGINT) AS used_amount, CAST(SUM(remain * amount) AS BIGINT) AS left_amount,
			CAST(SUM(expired * amount) AS BIGINT) AS expired_amount
		FROM (SELECT x.currency, x.amount, x.count AS made, COALESCE(t.used, 0) AS used,
				CASE WHEN x.blocked = ? OR (x.valid_until <> '' AND x.valid_until < ?) THEN 0 ELSE x.count - COALESCE(t.used, 0) - COALESCE(t.blocks, 0) END AS remain,
				CASE WHEN x.blocked = ? AND x.valid_until <> '' AND x.valid_until < ? THEN x.count - COALESCE(t.used, 0) - COALESCE(t.blocks, 0) ELSE 0 END AS expired
			FROM refill_card_series x LEFT JOIN (`+talliesSQL+` GROUP BY series_id) t ON t.series_id = x.id) s
		GROUP BY currency ORDER BY currency`, true, today, false, today).Scan(&sums).Error
	return sums, err
}

// CardMonth is what customers entered of refill cards in a month, in one currency.
type CardMonth struct {
	Month    string // "2026-11"
	Currency money.Currency
	Cards    int
	Amount   int64
}

// monthsShown is how many months CardMonths goes back, this one counted.
const monthsShown = 24

// CardMonths tells what was entered in each of the last 24 months and each currency, the latest first.
func (s *Store) CardMonths(ctx context.Context, today db.Day) ([]CardMonth, error) {
	first := today.MonthStart().AddMonths(1 - monthsShown)
	var list []CardMonth
	// A day begins at another hour at each partner, so the index is read from two days before.
	err := s.d.R(ctx).Raw(`SELECT SUBSTR(p.day, 1, 7) AS month, p.currency AS currency, COUNT(*) AS cards, CAST(SUM(p.amount) AS BIGINT) AS amount
		FROM refill_cards c JOIN payments p ON p.id = c.payment_id WHERE c.used_at >= ? AND c.state = 'used' AND p.day >= ? GROUP BY SUBSTR(p.day, 1, 7), p.currency
		ORDER BY SUBSTR(p.day, 1, 7) DESC, p.currency`, first.AddDays(-2).Time(), first).Scan(&list).Error
	return list, err
}
