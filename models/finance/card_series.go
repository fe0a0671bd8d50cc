package finance

import (
	"context"
	"encoding/csv"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"myisp/internal/money"
	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
)

// MaxCards is how many cards one series has at most.
const MaxCards = 10_000

// NewCards asks for a series of refill cards. Name "" takes the month; case does not matter.
type NewCards struct {
	Name, Prefix string
	PartnerID    int64 // 0 is any
	Amount       money.Money
	ValidUntil   db.Day
	Count        int
	Length       int
	Alphabet     CardAlphabet
	Today        db.Day
}

var cardName = regexp.MustCompile(`^[A-Z0-9]{1,12}$`)

func (n *NewCards) check() error {
	bad := db.Invalid{}
	n.Name, n.Prefix = strings.ToUpper(strings.TrimSpace(n.Name)), strings.ToUpper(strings.TrimSpace(n.Prefix))
	if n.Name == "" && len(n.Today) >= 7 {
		n.Name = string(n.Today[:4] + n.Today[5:7])
	}
	if !cardName.MatchString(n.Name) {
		bad["name"] = "refill.error.name"
	}
	if n.Prefix != "" && (len(n.Prefix) > 10 || !cardName.MatchString(n.Prefix)) {
		bad["prefix"] = "refill.error.name"
	}
	if !n.Amount.Positive() || tooBig(n.Amount.Minor) || !n.Amount.Currency.Valid() {
		bad["amount"] = "finance.error.amount"
	}
	checkDays(bad, "valid_until", n.ValidUntil, false)
	if n.ValidUntil != "" && n.ValidUntil < n.Today && bad["valid_until"] == "" {
		bad["valid_until"] = "refill.error.past"
	}
	if n.Count < 1 || n.Count > MaxCards {
		bad["count"] = "refill.error.count"
	}
	if n.Alphabet != CardLetters && n.Alphabet != CardDigits {
		bad["alphabet"] = "error.choice"
	} else if least, most := n.Alphabet.bounds(); n.Length < least || n.Length > most {
		bad["length"] = "refill.error.length_" + string(n.Alphabet)
	}
	return bad.Or()
}

// MakeCards draws a series of cards. Errors: db.Invalid by field; a name and prefix that exist are one on "prefix".
func (s *Store) MakeCards(ctx context.Context, n NewCards) (CardSeries, error) {
	if err := n.check(); err != nil {
		return CardSeries{}, err
	}
	row := CardSeries{Name: n.Name, Prefix: n.Prefix, PartnerID: n.PartnerID, Amount: n.Amount.Minor, Currency: n.Amount.Currency, ValidUntil: n.ValidUntil, Count: n.Count,
		Length: n.Length, Alphabet: n.Alphabet, MadeBy: audit.By(ctx).Name, CreatedAt: s.d.Now()}
	codes, err := drawCards(row, s.rand)
	if err != nil {
		return CardSeries{}, err
	}
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		row.ID = 0
		if err := s.d.Q(ctx).Create(&row).Error; db.IsDuplicate(err) {
			return db.Invalid{"prefix": "refill.error.taken"}
		} else if err != nil {
			return err
		}
		const batch = 500
		for from := 0; from < len(codes); from += batch {
			var cards []Card
			for i, code := range codes[from:min(from+batch, len(codes))] {
				hash := s.cardHash(ParseCardCode(code))
				sealed, err := s.box.SealText(code, cardPlace(hash))
				if err != nil {
					return err
				}
				cards = append(cards, Card{SeriesID: row.ID, Number: from + i + 1, Hash: hash, Sealed: sealed, State: CardActive})
			}
			if err := s.d.Q(ctx).Create(&cards).Error; err != nil {
				return err
			}
		}
		return s.log.Record(ctx, audit.Change{Action: audit.CardsMade, Object: "refill_cards", ObjectID: strconv.FormatInt(row.ID, 10), ObjectName: row.Title(), PartnerID: row.PartnerID,
			After: map[string]any{"count": row.Count, "amount": money.Of(row.Amount, row.Currency).Decimal(), "currency": row.Currency, "valid_until": row.ValidUntil}})
	})
	return row, err
}

// cardPlace binds a sealed code to its card.
func cardPlace(hash string) string { return "refill_card/" + hash }

// drawCards draws the codes of a series as they are printed: "202611-OAK-7KQ3-9ARM-XW4D". No two are alike.
func drawCards(row CardSeries, random io.Reader) ([]string, error) {
	seen := make(map[string]bool, row.Count)
	codes := make([]string, 0, row.Count)
	for len(codes) < row.Count {
		code, err := secret.Code(row.Alphabet.characters(), row.Length, random)
		if err != nil {
			return nil, err
		}
		if seen[code] {
			continue
		}
		seen[code] = true
		codes = append(codes, row.Title()+"-"+grouped(code))
	}
	return codes, nil
}

// grouped sets a code in groups of four, as it is read and typed; a last group of one joins the one before.
func grouped(code string) string {
	var b strings.Builder
	for i := range len(code) {
		if i > 0 && i%4 == 0 && i < len(code)-1 {
			b.WriteByte('-')
		}
		b.WriteByte(code[i])
	}
	return b.String()
}

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

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
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

// CardPage is a part of a series' cards, and the number after which the next one begins; 0 is the end.
type CardPage struct {
	Rows []Card
	Next int
}

// Holders are the customers who used the cards, each once.
func (p CardPage) Holders() (ids []int64) {
	for _, c := range p.Rows {
		if c.CustomerID != 0 && !slices.Contains(ids, c.CustomerID) {
			ids = append(ids, c.CustomerID)
		}
	}
	return ids
}

// Cards lists cards of a series by their numbers, from after one on.
func (s *Store) Cards(ctx context.Context, series int64, after int) (CardPage, error) {
	const size = 50
	rows, err := db.From[Card](s.d.Q(ctx)).Where("series_id = ? AND number > ?", series, after).Order("number").Limit(size + 1).Find()
	p := CardPage{Rows: rows}
	if len(rows) > size {
		p.Rows, p.Next = rows[:size], rows[size-1].Number
	}
	return p, err
}

// PrintedCard is a card with its code, as it is printed.
type PrintedCard struct {
	Number int
	Code   string
}

// PrintCards opens the codes of a series' active cards, and enters into the log that somebody has seen them. Cards whose code
// does not open (sealed with another MYISP_SECRET) are left out, and counted.
func (s *Store) PrintCards(ctx context.Context, series int64) (cards []PrintedCard, lost int, err error) {
	row, err := db.From[CardSeries](s.d.Q(ctx)).Where("id = ?", series).Take()
	if err != nil {
		return nil, 0, db.Found(err)
	}
	if row.Blocked {
		return nil, 0, db.Fail(db.Conflict, "refill.error.series_blocked")
	}
	rows, err := db.From[Card](s.d.Q(ctx)).Where("series_id = ? AND state = ?", series, CardActive).Order("number").Find()
	if err != nil {
		return nil, 0, err
	}
	for _, c := range rows {
		code, err := s.box.OpenText(c.Sealed, cardPlace(c.Hash))
		if err != nil {
			lost++
			continue
		}
		cards = append(cards, PrintedCard{c.Number, code})
	}
	return cards, lost, s.log.Record(ctx, audit.Change{Action: audit.CardsPrinted, Object: "refill_cards", ObjectID: strconv.FormatInt(series, 10), ObjectName: row.Title(),
		PartnerID: row.PartnerID, After: map[string]any{"count": len(cards)}})
}

// WriteCards writes cards as CSV, for a printer's shop.
func WriteCards(w io.Writer, row CardSeries, cards []PrintedCard) error {
	out := csv.NewWriter(w)
	lines := [][]string{{"series", "number", "code", "amount", "currency", "valid_until"}}
	for _, c := range cards {
		lines = append(lines, []string{row.Title(), strconv.Itoa(c.Number), c.Code, row.Worth().Decimal(), string(row.Currency), string(row.ValidUntil)})
	}
	return out.WriteAll(lines)
}

// BlockSeries stops every unused card of a series, or lets them be used again.
func (s *Store) BlockSeries(ctx context.Context, id int64, blocked bool) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		row, err := db.From[CardSeries](s.d.Q(ctx)).Where("id = ?", id).Take()
		if err != nil || row.Blocked == blocked {
			return db.Found(err)
		}
		if err := s.d.Q(ctx).Model(&CardSeries{}).Where("id = ?", id).Update("blocked", blocked).Error; err != nil {
			return err
		}
		return s.blocking(ctx, blocked, strconv.FormatInt(id, 10), row.Title(), row.PartnerID)
	})
}

// BlockCard stops one card, or lets it be used again. One that is used is a Conflict.
func (s *Store) BlockCard(ctx context.Context, series, id int64, blocked bool) error {
	from, to := CardActive, CardBlocked
	if !blocked {
		from, to = to, from
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		row, err := db.From[CardSeries](s.d.Q(ctx)).Where("id = ?", series).Take()
		if err != nil {
			return db.Found(err)
		}
		c, err := db.From[Card](s.d.Q(ctx)).Where("id = ? AND series_id = ?", id, series).Take()
		if err != nil || c.State == to {
			return db.Found(err)
		}
		res := s.d.Q(ctx).Model(&Card{}).Where("id = ? AND state = ?", id, from).Update("state", to)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return db.Fail(db.Conflict, "refill.error.used_staff")
		}
		return s.blocking(ctx, blocked, strconv.FormatInt(series, 10), row.Title()+" #"+strconv.Itoa(c.Number), row.PartnerID)
	})
}

func (s *Store) blocking(ctx context.Context, blocked bool, id, name string, partner int64) error {
	action := audit.CardsBlocked
	if !blocked {
		action = audit.CardsReleased
	}
	return s.log.Record(ctx, audit.Change{Action: action, Object: "refill_cards", ObjectID: id, ObjectName: name, PartnerID: partner})
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
