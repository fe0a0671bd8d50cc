package finance

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/db"
)

// IncomingState is what staff have made of an incoming payment.
type IncomingState string

// The states of incoming payments.
const (
	IncomingOpen    IncomingState = "open"
	IncomingBooked  IncomingState = "booked"
	IncomingIgnored IncomingState = "ignored" // is no customer's payment; Reason says what it is
)

// IncomingStates lists them in the order of the desk.
var IncomingStates = []IncomingState{IncomingOpen, IncomingBooked, IncomingIgnored}

// IncomingPayment is money that a bank statement tells of. Hash is what its line says, so that a line imported again is the
// same; Round counts the times it was booked and taken back, so that each booking has a key of its own.
type IncomingPayment struct {
	ID         int64          `gorm:"primaryKey"`
	PartnerID  int64          `gorm:"not null;uniqueIndex:incoming_payments_hash,priority:1;index:incoming_payments_state,priority:1"`
	Hash       string         `gorm:"size:64;not null;uniqueIndex:incoming_payments_hash,priority:2"`
	State      IncomingState  `gorm:"size:16;not null;index:incoming_payments_state,priority:2"`
	Day        db.Day         `gorm:"size:10;not null;index:incoming_payments_state,priority:3"`
	Amount     int64          `gorm:"not null"` // minor units, above zero
	Currency   money.Currency `gorm:"size:3;not null"`
	Payer      string         `gorm:"size:140;not null"`
	Account    string         `gorm:"size:64;not null"`
	Text       string         `gorm:"size:500;not null"`
	BankID     string         `gorm:"size:100;not null"`
	Statement  string         `gorm:"size:200;not null"` // the file's name
	Line       int            `gorm:"not null"`
	Round      int            `gorm:"not null"`
	CustomerID int64          `gorm:"not null;index"` // whose payment it was booked as
	InvoiceID  int64          `gorm:"not null"`       // that it was meant for; 0 pays the oldest
	PaymentID  int64          `gorm:"not null"`
	Reason     string         `gorm:"size:200;not null"`
	CreatedAt  time.Time      `gorm:"not null"`
	UpdatedAt  time.Time      `gorm:"not null"`
}

// Money is the amount with its currency.
func (p IncomingPayment) Money() money.Money { return money.Of(p.Amount, p.Currency) }

func encodeID(id int64) string { return strconv.FormatInt(id, 10) }

// IncomingPage lists a partner's incoming payments of a state, newest first, and counts all states.
func (s *Store) IncomingPage(ctx context.Context, partner int64, state IncomingState, f Filter) (Page[IncomingPayment], error) {
	q := s.d.R(ctx).Table("incoming_payments p").Where("p.partner_id = ? AND p.state = ?", partner, state)
	q = f.search(q, "p.payer", "p.text", "p.account")
	var rows []IncomingPayment
	if err := f.keyset(q, "p").Find(&rows).Error; err != nil {
		return Page[IncomingPayment]{}, err
	}
	same := func(p IncomingPayment) IncomingPayment { return p }
	return paged(f, rows, func(p IncomingPayment) (db.Day, int64) { return p.Day, p.ID }, same), nil
}

// incomingCounted is how far the desk counts; it shows more than 99 as 99+.
const incomingCounted = 100

// IncomingCounts counts a partner's incoming payments by state, each to 100 at most, with one statement along an index: those
// that are dealt with only become more.
func (s *Store) IncomingCounts(ctx context.Context, partner int64) (map[IncomingState]int, error) {
	var parts []string
	var args []any
	for _, state := range IncomingStates {
		parts = append(parts, "SELECT CAST(? AS VARCHAR(16)) AS state, COUNT(*) AS n FROM (SELECT 1 AS one FROM incoming_payments WHERE partner_id = ? AND state = ? LIMIT ?) x")
		args = append(args, state, partner, state, incomingCounted)
	}
	var rows []struct {
		State IncomingState
		N     int
	}
	err := s.d.R(ctx).Raw(strings.Join(parts, " UNION ALL "), args...).Scan(&rows).Error
	counts := map[IncomingState]int{}
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, err
}

// Incoming returns an incoming payment. Errors: db.ErrNotFound.
func (s *Store) Incoming(ctx context.Context, id int64) (IncomingPayment, error) {
	p, err := db.From[IncomingPayment](s.d.Q(ctx)).Where("id = ?", id).Take()
	return p, db.Found(err)
}

// Target is whose payment an incoming payment is, and which invoice or proforma invoice it pays; without one it settles what is
// oldest (FIN-3).
type Target struct {
	CustomerID, InvoiceID, ProformaID int64
}

// BookIncoming records the payment that a bank statement tells of. It is booked once, whoever presses how often: pressed again
// for the same target it returns the first payment, for another one it is a Conflict. Errors: db.ErrNotFound, db.Invalid on
// "customer" or "invoice", Conflict.
func (s *Store) BookIncoming(ctx context.Context, id int64, t Target) (Payment, error) {
	var pay Payment
	err := s.changeIncoming(ctx, id, func(ctx context.Context, p *IncomingPayment) (audit.Change, error) {
		if p.State == IncomingBooked && p.CustomerID == t.CustomerID && p.InvoiceID == t.InvoiceID {
			var err error
			if pay, err = s.PaymentByID(ctx, p.PaymentID); err == nil && pay.ProformaID != t.ProformaID {
				err = db.Fail(db.Conflict, "incoming.error.done")
			}
			return audit.Change{}, err
		}
		if p.State != IncomingOpen {
			return audit.Change{}, db.Fail(db.Conflict, "incoming.error.done")
		}
		party, name, err := s.payerOf(ctx, t.CustomerID, *p)
		if err != nil {
			return audit.Change{}, err
		}
		n := NewPayment{Key: fmt.Sprintf("incoming:%d:%d", p.ID, p.Round), Party: party, MethodID: MethodBankTransfer, Day: p.Day, Amount: p.Amount,
			Comment: strings.TrimSpace(p.Payer + " " + p.Text), Source: SourceManual, ProformaID: t.ProformaID}
		if t.InvoiceID != 0 {
			n.InvoiceIDs = []int64{t.InvoiceID}
		}
		pay, err = s.RecordPayment(ctx, n)
		if db.KindOf(err) == db.NotFound {
			return audit.Change{}, db.Invalid{"invoice": "incoming.error.invoice"}
		}
		if err != nil {
			return audit.Change{}, err
		}
		p.State, p.CustomerID, p.InvoiceID, p.PaymentID = IncomingBooked, t.CustomerID, t.InvoiceID, pay.ID
		return audit.Change{Action: audit.IncomingBooked, CustomerID: t.CustomerID, ObjectName: name,
			After: map[string]any{"amount": p.Money().String(), "receipt_number": pay.ReceiptNumber, "day": p.Day}}, nil
	})
	return pay, err
}

// payerOf is the customer that an incoming payment is booked for: one of the partner whose account it came into, in its currency.
// Another partner is another merchant, whose books the money is not in. Errors: db.Invalid on "customer".
func (s *Store) payerOf(ctx context.Context, customer int64, p IncomingPayment) (Party, string, error) {
	var rows []struct {
		PartnerID, LocationID int64
		Name                  string
		Currency              money.Currency
	}
	err := s.d.Q(ctx).Raw(`SELECT c.partner_id, c.location_id, c.name, COALESCE(b.currency, '') AS currency FROM customers c
		LEFT JOIN customer_billings b ON b.customer_id = c.id WHERE c.id = ?`, customer).Scan(&rows).Error
	switch {
	case err != nil:
		return Party{}, "", err
	case len(rows) == 0:
		return Party{}, "", db.Invalid{"customer": "incoming.error.customer"}
	case rows[0].PartnerID != p.PartnerID:
		return Party{}, "", db.Invalid{"customer": "incoming.error.partner"}
	case rows[0].Currency != "" && rows[0].Currency != p.Currency:
		return Party{}, "", db.Invalid{"customer": "incoming.error.currency"}
	}
	return Party{CustomerID: customer, PartnerID: rows[0].PartnerID, LocationID: rows[0].LocationID, Currency: p.Currency}, rows[0].Name, nil
}

// UndoIncoming takes a booking back: the payment is deleted with a reversing entry, what it paid is open again, and so is the
// line. Of a payment whose money was refunded since, the refund has to go first: a Conflict. Errors: db.ErrNotFound.
func (s *Store) UndoIncoming(ctx context.Context, id int64, day db.Day) error {
	return s.changeIncoming(ctx, id, func(ctx context.Context, p *IncomingPayment) (audit.Change, error) {
		if p.State != IncomingBooked {
			return audit.Change{}, db.Fail(db.Conflict, "incoming.error.not_booked")
		}
		return s.unbook(ctx, p, Reversal{Day: day, Reason: fmt.Sprintf("%s:%d", p.Statement, p.Line)})
	})
}

// unbook deletes the payment of a booked line and opens the line, which is locked.
func (s *Store) unbook(ctx context.Context, p *IncomingPayment, r Reversal) (audit.Change, error) {
	pay, err := s.PaymentByID(ctx, p.PaymentID)
	if err != nil {
		return audit.Change{}, err
	}
	if err := r.check(); err != nil {
		return audit.Change{}, err
	}
	if err := s.Desk(pay.CustomerID).deletePayment(ctx, pay, r); err != nil {
		return audit.Change{}, err
	}
	change := audit.Change{Action: audit.IncomingUndone, CustomerID: p.CustomerID, Before: map[string]any{"amount": p.Money().String(), "receipt_number": pay.ReceiptNumber}}
	p.State, p.CustomerID, p.InvoiceID, p.PaymentID, p.Round = IncomingOpen, 0, 0, 0, p.Round+1
	return change, nil
}

// IgnoreIncoming lays an incoming payment aside that is no customer's. Errors: db.ErrNotFound, db.Invalid on "reason", Conflict.
func (s *Store) IgnoreIncoming(ctx context.Context, id int64, reason string) error {
	reason = strings.Join(strings.Fields(reason), " ")
	switch {
	case reason == "":
		return db.Invalid{"reason": "error.required"}
	case len([]rune(reason)) > 200:
		return db.Invalid{"reason": "error.too_long"}
	}
	return s.changeIncoming(ctx, id, func(_ context.Context, p *IncomingPayment) (audit.Change, error) {
		if p.State != IncomingOpen {
			return audit.Change{}, db.Fail(db.Conflict, "incoming.error.done")
		}
		p.State, p.Reason = IncomingIgnored, reason
		return audit.Change{Action: audit.IncomingIgnored, After: map[string]any{"amount": p.Money().String(), "reason": reason}}, nil
	})
}

// ReopenIncoming takes an incoming payment that was laid aside up again. Errors: db.ErrNotFound, Conflict.
func (s *Store) ReopenIncoming(ctx context.Context, id int64) error {
	return s.changeIncoming(ctx, id, func(_ context.Context, p *IncomingPayment) (audit.Change, error) {
		if p.State != IncomingIgnored {
			return audit.Change{}, db.Fail(db.Conflict, "incoming.error.done")
		}
		change := audit.Change{Action: audit.IncomingReopened, Before: map[string]any{"reason": p.Reason}}
		p.State, p.Reason = IncomingOpen, ""
		return change, nil
	})
}

// changeIncoming changes a line under its lock, which is taken before any customer's. A change without an action writes nothing.
func (s *Store) changeIncoming(ctx context.Context, id int64, do func(context.Context, *IncomingPayment) (audit.Change, error)) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		p, err := db.From[IncomingPayment](s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take()
		if err != nil {
			return db.Found(err)
		}
		change, err := do(ctx, &p)
		if err != nil || change.Action == "" {
			return err
		}
		p.UpdatedAt = s.d.Now()
		if err := s.d.Q(ctx).Save(&p).Error; err != nil {
			return err
		}
		change.Object, change.ObjectID, change.PartnerID = "incoming", encodeID(p.ID), p.PartnerID
		if change.ObjectName == "" {
			change.ObjectName = p.Payer
		}
		return s.log.Record(ctx, change)
	})
}
