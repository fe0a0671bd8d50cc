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

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
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
