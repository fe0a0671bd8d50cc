package finance

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"myisp/internal/money"
	"myisp/models/db"
)

// Proposal is whose payment an incoming payment seems to be. It is Certain when the text names a document or a customer and
// the amount is exactly what is due; everything else a person has to look at.
type Proposal struct {
	Target
	Name    string // the customer's
	Number  string // the document's; "" for the oldest ones
	Certain bool
}

// named is what the text of one line names.
type named struct {
	refs  []Reference
	words []string // as they stand, and in capitals
}

// candidate is a document or a customer that a line may pay.
type candidate struct {
	Target
	Number, Name string
	Login        string
	PartnerID    int64
	Currency     money.Currency
	Due          int64
}

// Propose finds the customers and documents that lines name, with a constant number of statements. A line that names none, or
// several, has no proposal; customers of another partner than the line's count for none.
func (s *Store) Propose(ctx context.Context, lines []IncomingPayment) (map[int64]Proposal, error) {
	texts := map[int64]named{}
	ids := map[ReferenceKind][]int64{}
	var words []string
	for _, l := range lines {
		n := named{ParseReferences(l.Text + " " + l.Payer), wordsOf(l.Text)}
		if len(n.refs) == 0 { // a bank may have put it somewhere else
			n.refs = ParseReferences(l.BankID)
		}
		texts[l.ID] = n
		words = append(words, n.words...)
		for _, r := range n.refs {
			ids[r.Kind] = append(ids[r.Kind], r.ID)
		}
		for _, w := range n.words {
			if id, ok := customerNumber(w); ok {
				ids[RefCustomer] = append(ids[RefCustomer], id)
			}
		}
	}
	all, err := s.candidates(ctx, ids, words)
	if err != nil {
		return nil, err
	}
	proposals := map[int64]Proposal{}
	for _, l := range lines {
		if p, ok := decide(l, texts[l.ID], all); ok && l.State == IncomingOpen {
			proposals[l.ID] = p
		}
	}
	return proposals, nil
}

// wordsOf are the words of a text, at most 40, which may be a number or a login.
func wordsOf(text string) []string {
	var words []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:|\"'()<>", r) }) {
		w = strings.Trim(w, ".#*!?+")
		if len(w) < 2 || len(w) > 64 || len(words) >= 80 {
			continue
		}
		for _, form := range []string{w, strings.ToUpper(w)} {
			if !slices.Contains(words, form) {
				words = append(words, form)
			}
		}
	}
	return words
}

// customerNumber reads C1042, as pages and letters call a customer.
func customerNumber(word string) (int64, bool) {
	digits, ok := strings.CutPrefix(word, "C")
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, ok && err == nil && id > 0 && digits[0] != '0'
}

// found is what the words and references of all lines name.
type found struct {
	documents []candidate
	customers []candidate
	open      map[int64][]candidate // by customer: the invoices that want money
}

func (s *Store) candidates(ctx context.Context, ids map[ReferenceKind][]int64, words []string) (found, error) {
	f := found{open: map[int64][]candidate{}}
	upper, folded := []string{""}, []string{""}
	for _, w := range words {
		upper, folded = append(upper, w), append(folded, db.Fold(w))
	}
	load := func(sql string, args ...any) ([]candidate, error) {
		var rows []candidate
		err := s.d.R(ctx).Raw(sql, args...).Scan(&rows).Error
		return rows, err
	}
	some := func(list []int64) []int64 { return append([]int64{0}, list...) }
	var err error
	// The partner is the customer's as it is now: a document keeps the one that it was written for.
	if f.documents, err = load(`SELECT i.id AS invoice_id, i.customer_id, i.number, c.partner_id, i.currency, i.due, c.name FROM invoices i JOIN customers c ON c.id = i.customer_id
		WHERE i.status <> 'deleted' AND (i.id IN ? OR i.number IN ?)`, some(ids[RefInvoice]), upper); err != nil {
		return f, err
	}
	proformas, err := load(`SELECT i.id AS proforma_id, i.customer_id, i.number, c.partner_id, i.currency, CASE WHEN i.status IN ('not_paid', 'pending') AND i.invoice_id = 0 THEN i.total ELSE 0 END AS due, c.name
		FROM proforma_invoices i JOIN customers c ON c.id = i.customer_id WHERE i.status <> 'deleted' AND (i.id IN ? OR i.number IN ?)`, some(ids[RefProforma]), upper)
	if err != nil {
		return f, err
	}
	f.documents = append(f.documents, proformas...)
	if f.customers, err = load(`SELECT c.id AS customer_id, c.name, c.login_folded AS login, c.partner_id, a.currency, -a.balance AS due FROM customers c
		LEFT JOIN ledger_accounts a ON a.kind = 'customer' AND a.owner_id = c.id AND a.partner_id = c.partner_id WHERE c.id IN ? OR c.login_folded IN ?`, some(ids[RefCustomer]), folded); err != nil {
		return f, err
	}
	who := []int64{0}
	for _, c := range f.customers {
		who = append(who, c.CustomerID)
	}
	open, err := load(`SELECT id AS invoice_id, customer_id, number, partner_id, currency, due FROM invoices WHERE customer_id IN ? AND due > 0 AND status IN ('not_paid', 'pending')`, who)
	for _, o := range open {
		f.open[o.CustomerID] = append(f.open[o.CustomerID], o)
	}
	return f, err
}

// decide picks what one line pays: a document that it names, else a customer that it names. Several are a person's to choose from.
func decide(l IncomingPayment, n named, f found) (Proposal, bool) {
	of := func(c candidate) bool {
		return c.PartnerID == l.PartnerID && (c.Currency == l.Currency || c.Currency == "")
	}
	refers := func(kind ReferenceKind, id int64) bool {
		return id != 0 && slices.Contains(n.refs, Reference{kind, id})
	}
	var docs []candidate
	for _, c := range f.documents {
		if of(c) && (refers(RefInvoice, c.InvoiceID) || refers(RefProforma, c.ProformaID) || slices.Contains(n.words, c.Number)) {
			docs = append(docs, c)
		}
	}
	if len(docs) == 1 {
		d := docs[0]
		if d.Due <= 0 { // it is paid already: credit for the customer, if a person says so
			return Proposal{Target: Target{CustomerID: d.CustomerID}, Name: d.Name}, true
		}
		return Proposal{d.Target, d.Name, d.Number, d.Due == l.Amount}, true
	}
	if len(docs) > 1 {
		return Proposal{}, false
	}
	var who []candidate
	for _, c := range f.customers {
		byLogin := slices.ContainsFunc(n.words, func(w string) bool {
			id, ok := customerNumber(w)
			return ok && id == c.CustomerID || db.Fold(w) == c.Login
		})
		if of(c) && (refers(RefCustomer, c.CustomerID) || byLogin) {
			who = append(who, c)
		}
	}
	if len(who) != 1 {
		return Proposal{}, false
	}
	p := Proposal{Target: Target{CustomerID: who[0].CustomerID}, Name: who[0].Name, Certain: who[0].Due == l.Amount}
	if !p.Certain {
		exact := slices.DeleteFunc(slices.Clone(f.open[p.CustomerID]), func(o candidate) bool { return o.Currency != l.Currency || o.Due != l.Amount })
		if len(exact) == 1 {
			p.InvoiceID, p.Number, p.Certain = exact[0].InvoiceID, exact[0].Number, true
		}
	}
	return p, true
}

// Payable are the open invoices that a customer's transfer may be meant for, the oldest first.
func (s *Store) Payable(ctx context.Context, customer int64, c money.Currency) ([]Invoice, error) {
	return db.From[Invoice](s.d.Q(ctx)).Where("customer_id = ? AND currency = ? AND due > 0 AND status IN ?", customer, c, []Status{StatusNotPaid, StatusPending}).Order("day, id").Limit(50).Find()
}
