package finance

import (
	"context"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"

	"myisp/internal/money"
	"myisp/internal/secret"
	"myisp/models/db"
)

// CardSeries is a batch of refill cards that are alike (§2.8): worth the same, good until the same day, at one partner or, with
// PartnerID 0, at all. A card's code is the series' name and prefix and what was drawn for the card alone.
type CardSeries struct {
	ID         int64          `gorm:"primaryKey"`
	Name       string         `gorm:"size:12;not null;uniqueIndex:refill_card_series_name,priority:1"`
	Prefix     string         `gorm:"size:10;not null;uniqueIndex:refill_card_series_name,priority:2"`
	PartnerID  int64          `gorm:"not null"`
	Amount     int64          `gorm:"not null"` // of each card, minor units
	Currency   money.Currency `gorm:"size:3;not null"`
	ValidUntil db.Day         `gorm:"size:10;not null"` // the last day; "" is for ever
	Count      int            `gorm:"not null"`
	Length     int            `gorm:"not null"` // of what is drawn, in characters
	Alphabet   CardAlphabet   `gorm:"size:16;not null"`
	Blocked    bool           `gorm:"not null"`
	MadeBy     string         `gorm:"size:200;not null"`
	CreatedAt  time.Time      `gorm:"not null"`
}

// TableName names the table.
func (CardSeries) TableName() string { return "refill_card_series" }

// Title is how staff and cards name the series: "202611-OAK".
func (s CardSeries) Title() string {
	if s.Prefix == "" {
		return s.Name
	}
	return s.Name + "-" + s.Prefix
}

// Worth is what one card is worth.
func (s CardSeries) Worth() money.Money { return money.Of(s.Amount, s.Currency) }

// ExpiredOn reports whether cards of the series are no longer taken on a day.
func (s CardSeries) ExpiredOn(today db.Day) bool { return s.ValidUntil != "" && s.ValidUntil < today }

// CardAlphabet says what codes are drawn from.
type CardAlphabet string

// The alphabets; neither has characters that are taken for one another.
const (
	CardLetters CardAlphabet = "letters" // capital letters and digits
	CardDigits  CardAlphabet = "digits"  // for telephones without letters
)

// characters leaves out what looks alike in print: 0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B, U and V.
func (a CardAlphabet) characters() string {
	if a == CardDigits {
		return "0123456789"
	}
	return "34679ACDEFGHJKMNPQRTVWXY"
}

// bounds are the lengths that leave guessing hopeless, even against ten thousand cards at once.
func (a CardAlphabet) bounds() (least, most int) {
	if a == CardDigits {
		return 14, 20
	}
	return 10, 20
}

// Card is one refill card. The code itself is not here: Hash is its keyed hash, by which it is found, and Sealed what it can be
// printed from until it is used. See docs/decisions/0020.
type Card struct {
	ID         int64      `gorm:"primaryKey"`
	SeriesID   int64      `gorm:"not null;uniqueIndex:refill_cards_number,priority:1;index:refill_cards_state,priority:1"`
	Number     int        `gorm:"not null;uniqueIndex:refill_cards_number,priority:2"` // 1, 2, 3 … as it is printed on the card
	Hash       string     `gorm:"size:64;not null;uniqueIndex"`
	Sealed     string     `gorm:"size:300;not null"`
	State      CardState  `gorm:"size:16;not null;index:refill_cards_state,priority:2"`
	CustomerID int64      `gorm:"not null;index"` // who used it
	PaymentID  int64      `gorm:"not null"`
	UsedAt     *time.Time `gorm:"index:refill_cards_used"`
}

// TableName names the table.
func (Card) TableName() string { return "refill_cards" }

// CardState is what has become of a card; that it has expired follows from its series.
type CardState string

// The states of a card.
const (
	CardActive  CardState = "active"
	CardUsed    CardState = "used"
	CardBlocked CardState = "blocked"
)

// Keyed gives the books the keys under which codes of refill cards are hashed and pay links are signed (32 bytes each).
func (s *Store) Keyed(cards, links []byte) { s.cardKey, s.linkKey = cards, links }

// maxCardCode bounds what is read as a code.
const maxCardCode = 64

// ParseCardCode reads a code as people type it: in any case, with spaces, dashes or dots anywhere, with the digits of any
// script. It returns letters A–Z and digits only; "" is no code.
func ParseCardCode(typed string) string {
	var b strings.Builder
	for i, r := range strings.ToUpper(typed) {
		switch {
		case i > 4*maxCardCode:
			return ""
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= 'Ａ' && r <= 'Ｚ':
			b.WriteRune(r - 'Ａ' + 'A')
		case unicode.Is(unicode.Nd, r):
			b.WriteByte('0' + digitOf(r))
		case unicode.IsSpace(r), unicode.Is(unicode.Dash, r), unicode.Is(unicode.Cf, r), r == '.', r == '_', r == '−':
		default:
			return ""
		}
	}
	if b.Len() < 6 || b.Len() > maxCardCode {
		return ""
	}
	return b.String()
}

// digitOf is the value of a decimal digit: each script has its ten in a row.
func digitOf(r rune) byte {
	for _, t := range unicode.Nd.R16 {
		if lo, hi := rune(t.Lo), rune(t.Hi); r >= lo && r <= hi {
			return byte((r - lo) % 10)
		}
	}
	for _, t := range unicode.Nd.R32 {
		if lo, hi := rune(t.Lo), rune(t.Hi); r >= lo && r <= hi {
			return byte((r - lo) % 10)
		}
	}
	return 0
}

func (s *Store) cardHash(code string) string {
	return hex.EncodeToString(secret.MAC(s.cardKey, code))
}

// RedeemCard is a refill card that a customer enters.
type RedeemCard struct {
	Code  string // as typed
	Party Party
	Today db.Day
	Quiet bool // as NewPayment's, for pretend data
}

// OwnCard is the error of a card that the customer has used before: its payment can be shown.
type OwnCard struct{ PaymentID int64 }

// Error says so.
func (OwnCard) Error() string { return "the customer has used this card" }

// Unwrap gives the message for the person.
func (OwnCard) Unwrap() error { return db.Invalid{"code": "refill.error.own"} }

// knownCard is a card with what its series decides.
type knownCard struct {
	Card
	Series CardSeries
}

// card finds a card by its code with one look into an index, whatever was typed, so that no answer comes sooner for a code
// that does not exist than for one that is used up. Unknown is db.Invalid{"code"}.
func (s *Store) card(ctx context.Context, typed string) (k knownCard, err error) {
	err = db.One(s.d.Q(ctx).Raw(`SELECT c.id, c.series_id, c.number, c.state, c.customer_id, c.payment_id, s.name, s.prefix, s.partner_id, s.amount, s.currency, s.valid_until, s.blocked
		FROM refill_cards c JOIN refill_card_series s ON s.id = c.series_id WHERE c.hash = ?`, s.cardHash(ParseCardCode(typed))),
		&k.ID, &k.SeriesID, &k.Number, &k.State, &k.CustomerID, &k.PaymentID, &k.Series.Name, &k.Series.Prefix, &k.Series.PartnerID, &k.Series.Amount, &k.Series.Currency,
		&k.Series.ValidUntil, &k.Series.Blocked)
	if errors.Is(err, db.ErrNotFound) {
		return k, db.Invalid{"code": "refill.error.unknown"}
	}
	return k, err
}

// refuse says why a customer cannot use a card; nil when they can.
func (k knownCard) refuse(n RedeemCard) error {
	switch {
	case k.State == CardUsed && k.CustomerID == n.Party.CustomerID:
		return OwnCard{k.PaymentID}
	case k.State == CardUsed:
		return db.Invalid{"code": "refill.error.used"}
	case k.State == CardBlocked || k.Series.Blocked:
		return db.Invalid{"code": "refill.error.blocked"}
	case k.Series.ExpiredOn(n.Today):
		return db.Invalid{"code": "refill.error.expired"}
	case k.Series.PartnerID != 0 && k.Series.PartnerID != n.Party.PartnerID:
		return db.Invalid{"code": "refill.error.partner"}
	case k.Series.Currency != n.Party.Currency:
		return db.Invalid{"code": "refill.error.currency"}
	}
	return nil
}

// Redeem uses a refill card up for the customer: one payment, which settles what is oldest (FIN-3). Errors: db.Invalid on
// "code", and OwnCard. How often a customer may try is models.RedeemCard's to say.
func (m Mine) Redeem(ctx context.Context, n RedeemCard) (Payment, error) {
	n.Party.CustomerID = m.id
	k, err := m.s.card(ctx, n.Code)
	if err == nil {
		err = k.refuse(n)
	}
	if err != nil {
		return Payment{}, err
	}
	var pay Payment
	err = m.s.d.Tx(ctx, func(ctx context.Context) error {
		if err := m.s.lockCustomer(ctx, n.Party); err != nil { // before the card, as every change of money
			return err
		}
		now := m.s.d.Now()
		if n.Quiet {
			now = n.Today.Time().Add(12 * time.Hour)
		}
		res := m.s.d.Q(ctx).Exec(`UPDATE refill_cards SET state = ?, customer_id = ?, used_at = ?, sealed = '' WHERE id = ? AND state = ?
			AND series_id IN (SELECT id FROM refill_card_series WHERE id = ? AND blocked = ?)`, CardUsed, m.id, now, k.ID, CardActive, k.SeriesID, false)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 { // somebody was faster
			again, err := m.s.card(ctx, n.Code)
			if err == nil {
				err = again.refuse(n)
			}
			return err
		}
		var err error
		if pay, err = m.s.RecordPayment(ctx, NewPayment{Key: "refill-card-" + strconv.FormatInt(k.ID, 10), Party: n.Party, MethodID: MethodRefillCard, Day: n.Today, Amount: k.Series.Amount, Quiet: n.Quiet,
			Comment: k.Series.Title() + " #" + strconv.Itoa(k.Number)}); err != nil {
			return err
		}
		return m.s.d.Q(ctx).Exec("UPDATE refill_cards SET payment_id = ? WHERE id = ?", pay.ID, k.ID).Error
	})
	return pay, err
}
