package customer

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"myisp/internal/phone"
	"myisp/models/db"
)

// Term is one folded word by which a customer is found. Words are bytes, so that both databases order them alike whatever
// their collations; the index over (term, customer) reads all customers of a word that begins with what was typed.
type Term struct {
	CustomerID int64  `gorm:"primaryKey;autoIncrement:false;uniqueIndex:customer_terms_term,priority:2,sort:desc"`
	Term       []byte `gorm:"primaryKey;uniqueIndex:customer_terms_term,priority:1"`
}

// TableName names the table.
func (Term) TableName() string { return "customer_terms" }

// termsVersion is counted up when terms are made in another way: EnsureTerms then writes everybody's anew.
const termsVersion = 1

// maxTerm bounds a term, in bytes; what is typed is cut in the same way, so that long words are found too.
const maxTerm = 48

// apostrophes stand inside a word: O’Connor is found as oconnor, and as connor.
const apostrophes = "'’ʼ`´‘"

// Terms lists the words by which the customer is found: id, and every word of name, login, addresses, numbers. Region is
// the country of phone numbers without one. Each is listed once.
func (c *Customer) Terms(region string) [][]byte {
	t := termSet{}
	t.add(strconv.FormatInt(c.ID, 10))
	for _, text := range []string{c.Name, c.Login, c.ContactPerson, c.Street, c.Zip, c.City, c.CompanyID, c.VatID} {
		t.words(text)
	}
	for _, code := range []string{c.Login, c.Zip, c.CompanyID, c.VatID} {
		t.joined(code) // "D08 A1C3" is typed without the space too
	}
	for _, e := range append(strings.Split(c.Email, ","), strings.Split(c.BillingEmail, ",")...) {
		t.add(folded(strings.TrimSpace(e)))
		t.words(e)
	}
	for _, p := range phone.Split(c.Phone) {
		t.joined(p)
		if n, err := phone.Normalize(p, region); err == nil {
			t.number(n)
		}
	}
	return t
}

// termSet collects terms without repetition; there are few, so looking through them is quickest.
type termSet [][]byte

func (t *termSet) add(word string) {
	for _, w := range []string{word, strings.TrimLeft(word, "0")} {
		if b := cutTerm(w); len(b) > 0 && !slices.ContainsFunc(*t, func(x []byte) bool { return string(x) == string(b) }) {
			*t = append(*t, b)
		}
	}
}

func (t *termSet) words(text string) {
	text = folded(text)
	for _, w := range split(strings.Map(dropApostrophe, text)) {
		t.add(w)
	}
	if strings.ContainsAny(text, apostrophes) {
		for _, w := range split(text) {
			t.add(w)
		}
	}
	for _, part := range strings.Fields(text) { // "12/4" is typed as one number
		if n := strings.Map(dropPhoneSign, part); digits(n) {
			t.add(n)
		}
	}
}

// joined adds what is left of a text without its spaces and signs.
func (t *termSet) joined(text string) { t.add(strings.Join(split(folded(text)), "")) }

// number adds an E.164 number with and without the code of its country.
func (t *termSet) number(e164 string) {
	t.add(strings.TrimPrefix(e164, "+"))
	t.add(phone.National(e164))
}

// folded is db.Fold with every digit written as 0–9, whatever keyboard it came from.
func folded(text string) string {
	return strings.Map(func(r rune) rune {
		for _, zero := range []rune{'٠', '۰', '०', '০', '０'} {
			if r >= zero && r <= zero+9 {
				return '0' + r - zero
			}
		}
		return r
	}, db.Fold(text))
}

func dropApostrophe(r rune) rune {
	if strings.ContainsRune(apostrophes, r) {
		return -1
	}
	return r
}

// split parts a folded text into words: runs of letters, marks and digits.
func split(folded string) []string {
	return strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// significant is a typed number without the zeros before it, which people write or leave out ("0871…" is 871…).
func significant(word string) string {
	if !digits(word) {
		return word
	}
	if s := strings.TrimLeft(word, "0"); s != "" {
		return s
	}
	return word
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func cutTerm(word string) []byte {
	for len(word) > maxTerm {
		_, size := utf8.DecodeLastRuneInString(word)
		word = word[:len(word)-size]
	}
	return []byte(word)
}

// maxNeeds bounds how many words of a search count.
const maxNeeds = 6

// Needs reads what was typed into the search box: the beginnings of words that a customer must all have. Digits between
// spaces and signs are one number (a phone number, an id, a postal code), what holds an @ is one address.
func Needs(typed string) [][]byte {
	typed = folded(strings.ToValidUTF8(typed, ""))
	if number := strings.Map(dropPhoneSign, typed); digits(number) {
		return [][]byte{cutTerm(significant(number))}
	}
	var needs termSet
	for _, part := range strings.Fields(typed) {
		part = strings.Trim(part, ",;<>()\"")
		words := []string{part}
		if at := strings.Index(part, "@"); at <= 0 || at == len(part)-1 {
			words = split(strings.Map(dropApostrophe, part))
		}
		for _, w := range words {
			if b := cutTerm(significant(w)); len(b) > 0 && len(needs) < maxNeeds {
				needs.needed(b)
			}
		}
	}
	return needs
}

// needed adds a beginning unless another one says it already.
func (t *termSet) needed(b []byte) {
	if !slices.ContainsFunc(*t, func(x []byte) bool { return strings.HasPrefix(string(x), string(b)) }) {
		*t = append(*t, b)
	}
}

func dropPhoneSign(r rune) rune {
	if strings.ContainsRune(" +-–.()/#", r) {
		return -1
	}
	return r
}

// after is the smallest text that is greater than every text with the prefix. UTF-8 has no byte 0xFF, so none overflows.
func after(prefix []byte) []byte {
	b := slices.Clone(prefix)
	b[len(b)-1]++
	return b
}

// writeTerms replaces the terms of one customer.
func (s *Store) writeTerms(ctx context.Context, c *Customer, region string) error {
	if err := s.d.Q(ctx).Where("customer_id = ?", c.ID).Delete(&Term{}).Error; err != nil {
		return err
	}
	return s.insertTerms(ctx, c, region)
}

func (s *Store) insertTerms(ctx context.Context, c *Customer, region string) error {
	values, err := s.searchedValues(ctx, c.ID)
	if err != nil {
		return err
	}
	terms := c.termsWith(region, values[c.ID])
	rows := make([]Term, len(terms))
	for i, t := range terms {
		rows[i] = Term{CustomerID: c.ID, Term: t}
	}
	return s.d.Q(ctx).CreateInBatches(&rows, 500).Error
}

// termsRevision is the row of revisions that says in which way the terms of this database were made.
const termsRevision = "customer_terms"

// EnsureTerms writes the terms of all customers anew when they were made in another way, or not at all: after the migration
// that brought them. It is asked for after every migration and then costs one statement. Region is a partner's country for
// phone numbers.
func (s *Store) EnsureTerms(ctx context.Context, region func(partnerID int64) string) error {
	var have int64
	if err := s.d.Q(ctx).Table("revisions").Where("name = ?", termsRevision).Select("value").Scan(&have).Error; err != nil || have == termsVersion {
		return err
	}
	for last, next := int64(-1), int64(0); next != last; {
		last = next
		if err := s.d.Tx(ctx, func(ctx context.Context) (err error) {
			next, err = s.renewTerms(ctx, last, region)
			return err
		}); err != nil {
			return err
		}
	}
	return s.d.Q(ctx).Exec(`INSERT INTO revisions (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, termsRevision, termsVersion).Error
}

// renewTerms writes the terms of some customers after one anew and returns the last of them; the same one at the end.
func (s *Store) renewTerms(ctx context.Context, last int64, region func(partnerID int64) string) (int64, error) {
	list, err := db.From[Customer](s.d.Q(ctx)).Where("id > ?", last).Order("id").Limit(500).Find()
	if err != nil || len(list) == 0 {
		return last, err
	}
	next := list[len(list)-1].ID
	if err := s.d.Q(ctx).Where("customer_id > ? AND customer_id <= ?", last, next).Delete(&Term{}).Error; err != nil {
		return last, err
	}
	ids := make([]int64, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	values, err := s.searchedValues(ctx, ids...)
	if err != nil {
		return last, err
	}
	var rows []Term
	for _, c := range list {
		for _, t := range c.termsWith(region(c.PartnerID), values[c.ID]) {
			rows = append(rows, Term{CustomerID: c.ID, Term: t})
		}
	}
	return next, s.d.Q(ctx).CreateInBatches(&rows, 1000).Error
}
