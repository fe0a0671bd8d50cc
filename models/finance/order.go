package finance

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"myisp/internal/money"
	"myisp/models/db"
)

// Wanted is what a form or a query asks to pay, as it was typed: some invoices, or one proforma invoice, or money ahead, or
// without any of them all that is owed. Part asks for less than is due, Amount how much money is added.
type Wanted struct {
	Invoices []string
	Proforma string
	Ahead    bool
	Amount   string
	Part     string
	Currency money.Currency // of money ahead: the partner's
	Most     int64          // of money ahead, in minor units; 0 sets no bound
	// Read reads an amount as the partner's customers write it; nil is money.Parse.
	Read func(text string, c money.Currency) (money.Money, error)
}

func (w Wanted) read(text string, c money.Currency) (money.Money, error) {
	if w.Read == nil {
		return money.Parse(text, c)
	}
	return w.Read(text, c)
}

// maxDocuments is how many documents one payment names at most.
const maxDocuments = 100

// Ordered is a document of an order. Due is what it wants in minor units; a proforma invoice is paid in whole.
type Ordered struct {
	Kind   DocumentKind
	ID     int64
	Number string
	Due    int64
}

// Order is what is asked for, as the books have it: the page that shows it and the form that pays it read the same one.
type Order struct {
	Purpose   Purpose
	Documents []Ordered   // in the order in which they are paid
	Whole     money.Money // what is due on it
	Part      money.Money // less than that; zero is the whole
	Coming    money.Money // what is on its way already, and not asked for again
	Wrong     string      // message key of what is wrong with the part that was asked for; then it is the whole
	Settled   bool        // a document of it wants no money any more, or nothing is owed
}

// Amount is what an order asks for, never below zero; of what is settled nothing.
func (o Order) Amount() money.Money {
	switch {
	case o.Settled:
		return money.Of(0, o.Whole.Currency)
	case o.Part.Positive():
		return o.Part
	}
	return o.Whole
}

// Only is the one document of a kind that the order is about; nil when it is about something else.
func (o Order) Only(kind DocumentKind) *Ordered {
	if len(o.Documents) != 1 || o.Documents[0].Kind != kind {
		return nil
	}
	return &o.Documents[0]
}

// Single reports whether the order is about one document.
func (o Order) Single() bool { return len(o.Documents) == 1 }

// IDs are those of its documents of a kind.
func (o Order) IDs(kind DocumentKind) (ids []int64) {
	for _, d := range o.Documents {
		if d.Kind == kind {
			ids = append(ids, d.ID)
		}
	}
	return ids
}

// Into makes the order an attempt's. Whether its documents are still open is decided by BeginAttempt under the lock, because
// a form that is sent again is the attempt that it began. Errors: db.Invalid on "part", a Conflict when nothing is owed.
func (o Order) Into(n *NewAttempt) error {
	switch {
	case o.Settled && o.Coming.Positive():
		return errPaying
	case o.Purpose == PayAll && o.Settled:
		return db.Fail(db.Conflict, "pay.error.settled")
	}
	if o.Wrong != "" {
		return db.Invalid{"part": o.Wrong}
	}
	amount := o.Whole
	if o.Part.Positive() {
		amount = o.Part
	}
	n.Purpose, n.Amount, n.Party.Currency, n.DocumentIDs = o.Purpose, amount.Minor, amount.Currency, nil
	for _, d := range o.Documents {
		n.DocumentIDs = append(n.DocumentIDs, d.ID)
	}
	return nil
}

// Order reads what is asked for with one statement at most. Somebody else's document is db.ErrNotFound; an amount that is
// none is db.Invalid on "amount", too many documents on "documents".
func (m Mine) Order(ctx context.Context, w Wanted, today db.Day) (Order, error) {
	return m.order(ctx, w, today, nil)
}

// order is Order; known is the summary where it has been read already, and nil elsewhere.
func (m Mine) order(ctx context.Context, w Wanted, today db.Day, known *Summary) (o Order, err error) {
	switch {
	case len(w.Invoices) > 0:
		o, err = m.orderInvoices(ctx, w.Invoices, known)
	case w.Proforma != "":
		o, err = m.orderProforma(ctx, w.Proforma)
	case w.Ahead:
		return w.ahead()
	default:
		if known == nil {
			known = new(Summary)
			*known, err = m.Summary(ctx, today)
		}
		o = orderAll(*known)
	}
	if err == nil && o.Purpose != PayProforma {
		o.Part, o.Wrong = w.partOf(o.Whole)
	}
	return o, err
}

// ahead asks for money to be added.
func (w Wanted) ahead() (Order, error) {
	amount, err := w.read(w.Amount, w.Currency)
	switch {
	case err != nil || !amount.Positive():
		return Order{}, db.Invalid{"amount": "finance.error.amount"}
	case w.Most > 0 && amount.Minor > w.Most:
		return Order{}, db.Invalid{"amount": "pay.error.most"}
	}
	return Order{Purpose: PayAhead, Whole: amount}, nil
}

// orderAll asks for what is owed and not on its way yet.
func orderAll(sum Summary) Order {
	o := Order{Purpose: PayAll, Coming: sum.Underway.Add(sum.Checked)}
	o.Whole = sum.ToPay()
	o.Settled = !o.Whole.Positive()
	if !sum.Owed.Positive() {
		o.Coming.Minor = 0
	}
	return o
}

func (m Mine) orderInvoices(ctx context.Context, texts []string, known *Summary) (Order, error) {
	o := Order{Purpose: PayInvoices}
	if len(texts) > maxDocuments {
		return o, db.Invalid{"documents": "error.choice"}
	}
	var ids []int64
	for _, text := range texts {
		id, err := documentID(text)
		if err != nil {
			return o, err
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	rows, err := db.From[Invoice](m.s.d.Q(ctx)).Where("id IN ? AND customer_id = ?", ids, m.id).Find()
	if err != nil {
		return o, err
	}
	if len(rows) == 0 {
		return o, db.ErrNotFound
	}
	var c coming
	if known == nil || known.Balance.Currency != rows[0].Currency || known.UnderwayID+known.CheckedID != 0 {
		if c, err = m.coming(ctx, rows[0].Currency); err != nil {
			return o, err
		}
	}
	for _, id := range ids {
		i := slices.IndexFunc(rows, func(r Invoice) bool { return r.ID == id })
		if i < 0 || rows[i].Currency != rows[0].Currency {
			return o, db.ErrNotFound
		}
		d := Ordered{Kind: KindInvoice, ID: id, Number: rows[i].Number, Due: max(0, c.of(rows[i]))}
		o.Coming = money.Of(o.Coming.Minor+c.invoices[id], rows[i].Currency)
		if rows[i].Status == StatusDeleted {
			d.Due = 0
		}
		o.Documents, o.Settled = append(o.Documents, d), o.Settled || d.Due <= 0
		o.Whole = money.Of(o.Whole.Minor+d.Due, rows[i].Currency)
	}
	return o, nil
}

func (m Mine) orderProforma(ctx context.Context, text string) (Order, error) {
	id, err := documentID(text)
	if err != nil {
		return Order{}, err
	}
	doc, err := find[ProformaInvoice](ctx, m, id)
	return Order{Purpose: PayProforma, Documents: []Ordered{{KindProforma, id, doc.Number, doc.Total}}, Whole: money.Of(doc.Total, doc.Currency),
		Settled: doc.Status != StatusNotPaid && doc.Status != StatusPending}, err
}

// Order is what a link asks for: its document in whole.
func (r PayLinkRow) Order() Order {
	o := Order{Purpose: PayInvoices, Documents: []Ordered{{r.Kind, r.DocumentID, r.Document.Number, r.Document.Due}}, Whole: money.Of(r.Document.Due, r.Document.Currency),
		Settled: r.Document.Due <= 0}
	if r.Kind == KindProforma {
		o.Purpose = PayProforma
	}
	return o
}

// documentID reads the id of a document from a form or query; what is no number is not found.
func documentID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, db.ErrNotFound
	}
	return id, nil
}

// partOf reads an amount that is less than the whole; "" and the whole itself are no part.
func (w Wanted) partOf(whole money.Money) (money.Money, string) {
	none := money.Of(0, whole.Currency)
	if strings.TrimSpace(w.Part) == "" {
		return none, ""
	}
	amount, err := w.read(w.Part, whole.Currency)
	switch {
	case err != nil || !amount.Positive():
		return none, "finance.error.amount"
	case amount.Cmp(whole) > 0:
		return none, "pay.error.too_much"
	case amount.Cmp(whole) == 0:
		return none, ""
	}
	return amount, ""
}

// Payable is an order beside all that is open: what the pay page shows.
type Payable struct {
	Order     Order
	Summary   Summary
	AddError  string        // message key of what is wrong with the amount that was to be added
	Open      []InvoiceRow  // the invoices that want money, the oldest first as payments settle them (FIN-3); not for a single document
	Proformas []ProformaRow // the open proforma invoices, the oldest first
}

// Payable reads what is asked for and what else is open, with five statements at most whatever the number of rows. All open
// invoices by name are the same as none: then other credit counts too. Of several, one that is not open is db.ErrNotFound;
// other errors are those of Order.
func (m Mine) Payable(ctx context.Context, w Wanted, today db.Day) (Payable, error) {
	var p Payable
	var err error
	if p.Summary, err = m.Summary(ctx, today); err != nil {
		return p, err
	}
	if len(w.Invoices) != 1 && (w.Proforma == "" || len(w.Invoices) > 0) {
		if err := m.open(ctx, &p, today); err != nil {
			return p, err
		}
	}
	var bad db.Invalid
	if p.Order, err = m.order(ctx, w, today, &p.Summary); w.Ahead && errors.As(err, &bad) {
		w.Ahead, p.AddError = false, bad["amount"]
		p.Order, err = m.order(ctx, w, today, &p.Summary)
	}
	if err != nil {
		return p, err
	}
	switch n := len(p.Order.Documents); {
	case n == 1:
		p.Open, p.Proformas = nil, nil
	case n > 1 && p.Order.Settled:
		return p, db.ErrNotFound
	case n > 1 && n == len(p.Open):
		w.Invoices, w.Proforma, w.Ahead = nil, "", false
		p.Order, err = m.order(ctx, w, today, &p.Summary)
	}
	return p, err
}

// open reads the documents that want money.
func (m Mine) open(ctx context.Context, p *Payable, today db.Day) error {
	f := Filter{State: Open, Size: maxDocuments}
	invoices, err := m.invoiceRows(ctx, f, today)
	if err != nil {
		return err
	}
	proformas, err := m.proformaRows(ctx, f, today)
	if err != nil {
		return err
	}
	p.Open, p.Proformas = invoices.Rows, proformas.Rows
	slices.Reverse(p.Open)
	slices.Reverse(p.Proformas)
	texts, err := m.descriptionsOf(ctx, map[DocumentKind][]int64{
		KindInvoice:  idsOf(p.Open, func(r InvoiceRow) int64 { return r.ID }),
		KindProforma: idsOf(p.Proformas, func(r ProformaRow) int64 { return r.ID }),
	})
	for i := range p.Open {
		p.Open[i].Summary = texts[document{KindInvoice, p.Open[i].ID}]
	}
	for i := range p.Proformas {
		p.Proformas[i].Summary = texts[document{KindProforma, p.Proformas[i].ID}]
	}
	return err
}
