package customer

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"myisp/models/db"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// PageSize is how many customers a page of a search shows.
const PageSize = 20

// Filter narrows the list of customers and says where a page begins. The zero value is the first page of everybody.
type Filter struct {
	Typed      string // the search box: beginnings of words, a number, an address; see Needs
	Status     Status
	PartnerID  int64
	LocationID int64
	LabelID    int64
	After      string // the Next of the page before
}

// ParseFilter reads a filter from a request's query (q, status, partner, location, label, after). What makes no sense is
// left out: an old or mistyped link shows the list, not an error.
func ParseFilter(get func(name string) string) Filter {
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(get(name), 10, 64)
		return max(0, n)
	}
	f := Filter{PartnerID: number("partner"), LocationID: number("location"), LabelID: number("label")}
	f.Typed = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(get("q"), "\x00", ""), ""))
	if r := []rune(f.Typed); len(r) > 100 {
		f.Typed = string(r[:100])
	}
	if s := Status(get("status")); slices.Contains(Statuses, s) {
		f.Status = s
	}
	if _, ok := readCursor(get("after")); ok {
		f.After = get("after")
	}
	return f
}

// Found is a page of a search: newest customers first, or, where words were typed, those whose word is nearest to what was
// typed first. Next is the After of the following page, "" on the last.
type Found struct {
	Rows []Listed
	Next string
}

// Listed is a customer in a list, with labels.
type Listed struct {
	Customer
	Labels []Label
}

// cursor is where a page ended: at a customer, and in a search at the term under which it was found. Driver is the word of
// the search that leads the reading, which must not change from page to page.
type cursor struct {
	id     int64
	driver int
	term   []byte
}

func (c cursor) String() string {
	b := binary.BigEndian.AppendUint64(nil, uint64(c.id))
	return base64.RawURLEncoding.EncodeToString(append(append(b, byte(c.driver)), c.term...))
}

func readCursor(s string) (cursor, bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 9 || len(b) > 9+maxTerm || b[8] >= maxNeeds {
		return cursor{}, false
	}
	c := cursor{id: int64(binary.BigEndian.Uint64(b)), driver: int(b[8]), term: b[9:]}
	return c, c.id > 0
}

// Search finds customers for staff with a constant number of statements. Every one of them reads an index from where the
// page begins, however many customers there are.
func (s *Store) Search(ctx context.Context, f Filter) (Found, error) {
	needs := Needs(f.Typed)
	if f.Typed != "" && len(needs) == 0 {
		return Found{}, nil // signs only: nobody's name has any
	}
	at, _ := readCursor(f.After)
	var rows []struct {
		Customer
		Term []byte
	}
	q := s.filtered(ctx, f).Limit(PageSize + 1)
	if len(needs) == 0 {
		newest := "c.id"
		if f.LabelID != 0 {
			newest = "l.customer_id" // the label's index leads
		}
		if at.id > 0 {
			q = q.Where(newest+" < ?", at.id)
		}
		q = q.Select("c.*").Order(newest + " DESC")
	} else {
		if f.After == "" {
			driver, err := s.rarest(ctx, needs)
			if err != nil {
				return Found{}, err
			}
			at.driver = driver
		}
		q = matching(q, needs, at)
	}
	if err := q.Find(&rows).Error; err != nil {
		return Found{}, err
	}
	var found Found
	if len(rows) > PageSize {
		rows = rows[:PageSize]
		last := rows[PageSize-1]
		found.Next = cursor{last.ID, at.driver, last.Term}.String()
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		found.Rows = append(found.Rows, Listed{Customer: r.Customer})
	}
	labels, err := s.labelsOf(ctx, ids...)
	for i := range found.Rows {
		found.Rows[i].Labels = labels[found.Rows[i].ID]
	}
	return found, err
}

// filtered begins a search with what the filters leave.
func (s *Store) filtered(ctx context.Context, f Filter) *gorm.DB {
	q := s.d.R(ctx).Table("customers c")
	if f.LabelID != 0 {
		q = s.d.R(ctx).Table("customer_label_links l").Joins("JOIN customers c ON c.id = l.customer_id").Where("l.label_id = ?", f.LabelID)
	}
	if f.Status != "" {
		q = q.Where("c.status = ?", f.Status)
	}
	if f.PartnerID != 0 {
		q = q.Where("c.partner_id = ?", f.PartnerID)
	}
	if f.LocationID != 0 {
		q = q.Where("c.location_id = ?", f.LocationID)
	}
	return q
}

// matching adds the words of a search: the driver's terms are read in their order, each with its newest customer first;
// the other words are looked up for every customer met. A customer with several terms under the driver's beginning counts
// at the first of them.
func matching(q *gorm.DB, needs [][]byte, at cursor) *gorm.DB {
	if at.driver >= len(needs) {
		at.driver = 0
	}
	low, high := needs[at.driver], after(needs[at.driver])
	q = q.Joins("JOIN customer_terms t ON t.customer_id = c.id").Select("c.*, t.term").Order("t.term, t.customer_id DESC")
	from := low
	if at.id > 0 && string(at.term) > string(low) {
		from = at.term
	}
	q = q.Where("t.term >= ? AND t.term < ?", from, high)
	if at.id > 0 {
		q = q.Where("(t.term > ? OR t.customer_id < ?)", from, at.id)
	}
	q = q.Where("NOT EXISTS (SELECT 1 FROM customer_terms d WHERE d.customer_id = t.customer_id AND d.term >= ? AND d.term < t.term)", low)
	for i, n := range needs {
		if i != at.driver {
			q = q.Where("EXISTS (SELECT 1 FROM customer_terms o WHERE o.customer_id = t.customer_id AND o.term >= ? AND o.term < ?)", n, after(n))
		}
	}
	return q
}

// common is how many terms make a word too common to be counted further.
const common = 500

// rarest picks the word with the fewest terms to lead a search, with one statement that reads a bounded part of the index.
func (s *Store) rarest(ctx context.Context, needs [][]byte) (int, error) {
	if len(needs) == 1 {
		return 0, nil
	}
	var parts []string
	var args []any
	for i, n := range needs {
		parts = append(parts, "SELECT "+strconv.Itoa(i)+" AS word, COUNT(*) AS n FROM (SELECT 1 AS one FROM customer_terms WHERE term >= ? AND term < ? LIMIT "+strconv.Itoa(common)+") x")
		args = append(args, n, after(n))
	}
	var counts []struct{ Word, N int }
	if err := s.d.R(ctx).Raw(strings.Join(parts, " UNION ALL "), args...).Scan(&counts).Error; err != nil {
		return 0, err
	}
	best := slices.MinFunc(counts, func(a, b struct{ Word, N int }) int { return a.N - b.N })
	return best.Word, nil
}

// Named is SQL that selects the ids of all customers whom a search box's words name, with its values; "" when they name
// nobody. Other floors search with it for what belongs to customers.
func Named(typed string) (sql string, values []any) {
	needs := Needs(typed)
	if len(needs) == 0 {
		return "", nil
	}
	longest := slices.MaxFunc(needs, func(a, b []byte) int { return len(a) - len(b) }) // it names the fewest
	sql, values = "SELECT t.customer_id FROM customer_terms t WHERE t.term >= ? AND t.term < ?", []any{longest, after(longest)}
	for _, n := range needs {
		if string(n) != string(longest) {
			sql += " AND EXISTS (SELECT 1 FROM customer_terms o WHERE o.customer_id = t.customer_id AND o.term >= ? AND o.term < ?)"
			values = append(values, n, after(n))
		}
	}
	return sql, values
}

// ByIDs returns customers by id, for lists that name a few of them.
func (s *Store) ByIDs(ctx context.Context, ids ...int64) (map[int64]Customer, error) {
	all := make(map[int64]Customer, len(ids))
	for some := range slices.Chunk(ids, 500) {
		rows, err := db.From[Customer](s.d.Q(ctx)).Where("id IN ?", some).Find()
		if err != nil {
			return nil, err
		}
		for _, c := range rows {
			all[c.ID] = c
		}
	}
	return all, nil
}
