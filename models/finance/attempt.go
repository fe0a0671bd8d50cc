package finance

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"myisp/internal/money"
	"myisp/internal/secret"
	"myisp/models/db"

	"gorm.io/gorm/clause"
)

// AttemptState is how far a payment attempt has come.
type AttemptState string

// The states of an attempt. The last five are ends, but money that a gateway reports later is booked from every state.
const (
	AttemptNew       AttemptState = "new"       // written, the gateway does not know of it yet
	AttemptOpen      AttemptState = "open"      // the customer is at the gateway
	AttemptPending   AttemptState = "pending"   // accepted, the money comes later (FIN-4)
	AttemptPaid      AttemptState = "paid"      // booked
	AttemptReturned  AttemptState = "returned"  // booked, and all of it went back: refunded or charged back
	AttemptHeld      AttemptState = "held"      // the gateway tells of another amount than was asked for: staff decide
	AttemptDeclined  AttemptState = "declined"  // the gateway said no
	AttemptCancelled AttemptState = "cancelled" // the customer went away
	AttemptFailed    AttemptState = "failed"    // the gateway could not be reached to begin
)

// Attempt is one try to pay through a gateway (FIN-7: the payment statement record). It exists before anybody leaves for
// the gateway, and its key goes with them. Amounts are minor units of Currency; Received, Returned and Reinstated are what
// the gateway has told of in sum, and what is booked: they only grow.
type Attempt struct {
	ID          int64          `gorm:"primaryKey;index:payment_attempts_state,priority:2;index:payment_attempts_more,where:reason = 'more'"`
	Key         string         `gorm:"size:64;not null;uniqueIndex"`
	CustomerID  int64          `gorm:"not null;index:payment_attempts_customer,priority:1"`
	PartnerID   int64          `gorm:"not null"`
	Gateway     string         `gorm:"size:32;not null;uniqueIndex:payment_attempts_external,priority:1"`
	ExternalID  *string        `gorm:"size:200;uniqueIndex:payment_attempts_external,priority:2"`
	MethodID    int64          `gorm:"not null"` // the payment method that its payments are booked under
	State       AttemptState   `gorm:"size:16;not null;index:payment_attempts_state,priority:1"`
	Reason      string         `gorm:"size:32;not null"` // why it was declined: a message key's last part, never the gateway's words
	Amount      int64          `gorm:"not null"`         // for the documents or the balance
	Fee         int64          `gorm:"not null"`         // on top
	Currency    money.Currency `gorm:"size:3;not null"`
	Purpose     Purpose        `gorm:"size:16;not null"`
	RedirectURL string         `gorm:"size:2000;not null"`
	Received    int64          `gorm:"not null"`
	Returned    int64          `gorm:"not null"`
	Reinstated  int64          `gorm:"not null"`
	PaymentID   int64          `gorm:"not null;index"`    // the first that it brought; all of them name the attempt
	Method      string         `gorm:"size:100;not null"` // as the customer knows it: "Visa •••• 4242"
	Checks      int            `gorm:"not null"`
	CheckAt     *time.Time     `gorm:"index"` // when to ask the gateway next; nil is never
	CreatedAt   time.Time      `gorm:"not null"`
	UpdatedAt   time.Time      `gorm:"not null"`
	SettledAt   *time.Time     `gorm:""`

	// Told is what the gateway says has come, of an attempt that is held, and Note what staff made of it.
	Told         int64          `gorm:"not null"`
	ToldCurrency money.Currency `gorm:"size:3;not null"`
	Note         string         `gorm:"size:500;not null"`

	SaveMethod    bool   `gorm:"not null"`          // the customer wants the method to be kept
	SavedMethodID int64  `gorm:"not null"`          // the kept method that is charged; 0 is a checkout
	Description   string `gorm:"size:200;not null"` // as it was told to the gateway, which wants it the same when it is asked again
	PayLinkID     int64  `gorm:"not null"`          // the pay link it was begun with; 0 is the customer's own

	// PendingSince is when its money was first on its way; nil when it never was.
	PendingSince *time.Time `gorm:""`

	// LostAt is when its money bounced on the way, or was last charged back; LostSeenAt when the customer put the notice of that
	// away. TakenBack is what was charged back in all: of Returned, what nobody here had asked for.
	LostAt     *time.Time `gorm:""`
	LostSeenAt *time.Time `gorm:""`
	TakenBack  int64      `gorm:"not null"`

	Asked int64 `gorm:"not null"` // the amount and the fee as they were asked for, whatever came and was booked
}

// TableName names the table.
func (Attempt) TableName() string { return "payment_attempts" }

// Total is what the customer is asked for: the amount and the fee.
func (a Attempt) Total() money.Money { return money.Of(a.Amount+a.Fee, a.Currency) }

// AskedFor is what the customer was asked for in all, whatever came and was booked.
func (a Attempt) AskedFor() money.Money { return money.Of(a.Asked, a.Currency) }

// InFlight reports whether the attempt may still bring money by itself, so that another one would pay twice.
func (a Attempt) InFlight() bool {
	return a.State == AttemptNew || a.State == AttemptOpen || a.State == AttemptPending
}

func (a Attempt) party() Party {
	return Party{CustomerID: a.CustomerID, PartnerID: a.PartnerID, Currency: a.Currency}
}

// Purpose says what an attempt pays.
type Purpose string

// The purposes: named invoices, a proforma invoice, all that is owed, or money ahead. The last two settle what is oldest
// (FIN-3); paying all uses up other credit too, so that no invoice stays open while nothing is owed. It names the invoices
// that it will pay, for people to see (FIN-4); what it pays in the end is what is oldest then.
const (
	PayAll      Purpose = "all"
	PayInvoices Purpose = "invoices"
	PayProforma Purpose = "proforma"
	PayAhead    Purpose = "ahead"
)

// AttemptDocument is one document that an attempt pays, in order; see Purpose.
type AttemptDocument struct {
	AttemptID  int64        `gorm:"primaryKey;autoIncrement:false"`
	Kind       DocumentKind `gorm:"primaryKey;size:16;index:payment_attempt_documents_document,priority:1"`
	DocumentID int64        `gorm:"primaryKey;autoIncrement:false;index:payment_attempt_documents_document,priority:2"`
	Position   int          `gorm:"not null"`
}

// TableName names the table.
func (AttemptDocument) TableName() string { return "payment_attempt_documents" }

// NewAttempt asks to pay through a gateway. Key comes with the form: the same key is the same attempt, however often it is
// sent. Amount is in minor units; for invoices it may be less than is due, but not more.
type NewAttempt struct {
	Key      string
	Party    Party
	Gateway  string
	MethodID int64
	Purpose  Purpose
	// DocumentIDs are the invoices in the order in which they are paid, or the one proforma invoice.
	DocumentIDs []int64
	Amount      int64
	Fee         int64
	// SaveMethod asks to keep the method; SavedMethodID is one of the customer's that is charged instead of a checkout.
	SaveMethod    bool
	SavedMethodID int64
	Description   string
	PayLinkID     int64 // the pay link that it is begun with
	// Open is how long a checkout that was begun stands in the way of another one for the same document.
	Open time.Duration
	// May is asked before an attempt that is new and fits is written, and its error refuses it; nil allows it. It counts who
	// begins too many.
	May func(context.Context) error
}

// BeginAttempt writes an attempt, or returns the one that has the key. Somebody else's document is db.ErrNotFound; one that
// is paid, or being paid by another attempt, is a Conflict; an amount that does not fit is db.Invalid{"amount"}, and a gateway that is
// not for this customer, or takes only more than this, db.Invalid{"gateway"}.
func (m Mine) BeginAttempt(ctx context.Context, n NewAttempt) (Attempt, error) {
	n.Party.CustomerID = m.id
	if err := n.check(); err != nil {
		return Attempt{}, err
	}
	var a Attempt
	err := m.s.d.Tx(ctx, func(ctx context.Context) error {
		if err := m.s.lockCustomer(ctx, n.Party); err != nil {
			return err
		}
		err := m.s.d.Q(ctx).Where("key = ?", n.Key).Take(&a).Error
		if err == nil && a.CustomerID == m.id {
			return nil
		}
		if err == nil {
			return db.ErrNotFound // somebody else's
		}
		if db.KindOf(db.Found(err)) != db.NotFound {
			return err
		}
		setup, err := m.mayUse(ctx, n.Party.PartnerID, n.Gateway)
		if err == nil {
			err = m.coversDebt(ctx, setup, n)
		}
		if err != nil {
			return err
		}
		if err := m.fits(ctx, n); err != nil {
			return err
		}
		if n.May != nil {
			if err := n.May(ctx); err != nil {
				return err
			}
		}
		now := m.s.d.Now()
		a = Attempt{Key: n.Key, CustomerID: m.id, PartnerID: n.Party.PartnerID, Gateway: n.Gateway, MethodID: n.MethodID, State: AttemptNew, Amount: n.Amount, Fee: n.Fee,
			Currency: n.Party.Currency, Purpose: n.Purpose, CheckAt: nextCheck(AttemptNew, 0, now), CreatedAt: now, UpdatedAt: now,
			SaveMethod: n.SaveMethod, SavedMethodID: n.SavedMethodID, Description: cut(n.Description, 200), PayLinkID: n.PayLinkID, Asked: n.Amount + n.Fee}
		if err := m.s.d.Q(ctx).Create(&a).Error; err != nil {
			return err
		}
		if n.Purpose == PayAll {
			if n.DocumentIDs, err = m.s.reached(ctx, n.Party, n.Amount); err != nil {
				return err
			}
		}
		return m.s.nameDocuments(ctx, a, n.DocumentIDs)
	})
	return a, err
}

// ByKey finds the customer's attempt that a key has begun; its ID is 0 when there is none.
func (m Mine) ByKey(ctx context.Context, key string) (Attempt, error) {
	rows, err := db.From[Attempt](m.s.d.Q(ctx)).Where("key = ? AND customer_id = ?", key, m.id).Find()
	return first(rows), err
}

// FormKey makes the key of an attempt or a method from that of a customer's form: a form can name neither another customer's
// nor one that the portal makes up itself, such as autopay's. What is no key stays none.
func (m Mine) FormKey(form string) string {
	if !keyShaped(form) {
		return form
	}
	return base64.RawURLEncoding.EncodeToString(secret.MAC(m.s.linkKey, "form-key", strconv.FormatInt(m.id, 10), form))
}

func keyShaped(key string) bool {
	return len(key) >= 16 && len(key) <= 64 && strings.Trim(key, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == ""
}

func (n NewAttempt) check() error {
	bad := db.Invalid{}
	n.Party.check(bad)
	if !keyShaped(n.Key) {
		bad["key"] = "finance.error.key"
	}
	if n.Amount <= 0 || tooBig(n.Amount) || n.Fee < 0 || tooBig(n.Fee) {
		bad["amount"] = "finance.error.amount"
	}
	if n.Gateway == "" || n.MethodID <= 0 {
		bad["gateway"] = "error.choice"
	}
	documents := map[Purpose]bool{PayInvoices: len(n.DocumentIDs) > 0 && len(n.DocumentIDs) <= maxDocuments, PayProforma: len(n.DocumentIDs) == 1, PayAhead: len(n.DocumentIDs) == 0, PayAll: len(n.DocumentIDs) == 0}
	if !documents[n.Purpose] {
		bad["documents"] = "error.choice"
	}
	return bad.Or()
}

// fits holds a new attempt to the documents as they are now, under the customer's lock.
func (m Mine) fits(ctx context.Context, n NewAttempt) error {
	switch n.Purpose {
	case PayAhead:
		return nil
	case PayAll:
		return m.fitsAll(ctx, n)
	}
	kind, open := KindInvoice, int64(0)
	ids := slices.Compact(slices.Sorted(slices.Values(n.DocumentIDs)))
	if len(ids) != len(n.DocumentIDs) {
		return db.Invalid{"documents": "error.choice"}
	}
	if n.Purpose == PayProforma {
		kind = KindProforma
		doc, err := db.From[ProformaInvoice](m.s.d.Q(ctx)).Where("id = ? AND customer_id = ? AND currency = ?", ids[0], m.id, n.Party.Currency).Take()
		if err != nil {
			return db.Found(err)
		}
		if doc.Status != StatusNotPaid || doc.InvoiceID != 0 {
			return db.Fail(db.Conflict, "pay.error.settled")
		}
		if open = doc.Total; n.Amount != open {
			return db.Invalid{"amount": "pay.error.whole"}
		}
	} else {
		rows, err := db.From[Invoice](m.s.d.Q(ctx)).Where("id IN ? AND customer_id = ? AND currency = ?", ids, m.id, n.Party.Currency).Find()
		if err != nil {
			return err
		}
		if len(rows) != len(ids) {
			return db.ErrNotFound
		}
		c, err := m.coming(ctx, n.Party.Currency)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Due <= 0 || r.Status == StatusDeleted {
				return db.Fail(db.Conflict, "pay.error.settled")
			}
			if c.of(r) <= 0 {
				return errPaying
			}
			open += c.of(r)
		}
		if n.Amount > open {
			return db.Invalid{"amount": "pay.error.too_much"}
		}
	}
	return n.inTheWay(ctx, m, kind, ids)
}

func (m Mine) fitsAll(ctx context.Context, n NewAttempt) error {
	balance, err := m.Balance(ctx)
	if err != nil {
		return err
	}
	c, err := m.coming(ctx, n.Party.Currency)
	if err != nil {
		return err
	}
	switch {
	case !balance.Negative() || balance.Currency != n.Party.Currency:
		return db.Fail(db.Conflict, "pay.error.settled")
	case c.all >= -balance.Minor:
		return errPaying
	case n.Amount > -balance.Minor-c.all:
		return db.Invalid{"amount": "pay.error.too_much"}
	}
	return n.inTheWay(ctx, m, "", nil)
}

func (s *Store) nameDocuments(ctx context.Context, a Attempt, ids []int64) error {
	kind := KindInvoice
	if a.Purpose == PayProforma {
		kind = KindProforma
	}
	var rows []AttemptDocument
	for i, id := range ids {
		rows = append(rows, AttemptDocument{AttemptID: a.ID, Kind: kind, DocumentID: id, Position: i})
	}
	if len(rows) == 0 {
		return nil
	}
	return s.d.Q(ctx).Create(&rows).Error
}

// Attempt returns one of the customer's attempts, with the documents it pays.
func (m Mine) Attempt(ctx context.Context, id int64) (Attempt, []AttemptDocument, error) {
	a, err := db.From[Attempt](m.s.d.Q(ctx)).Where("id = ? AND customer_id = ?", id, m.id).Take()
	if err != nil {
		return a, nil, db.Found(err)
	}
	docs, err := m.s.documentsOf(ctx, a.ID)
	return a, docs, err
}

func (s *Store) documentsOf(ctx context.Context, attempt int64) ([]AttemptDocument, error) {
	return db.From[AttemptDocument](s.d.Q(ctx)).Where("attempt_id = ?", attempt).Order("position").Find()
}

// Numbers are those of the customer's documents that an attempt pays, in its order.
func (m Mine) Numbers(ctx context.Context, docs []AttemptDocument) (list []string, err error) {
	for _, d := range docs {
		if d.Kind == KindProforma {
			known, err := m.numbers(ctx, "proforma_invoices", []int64{d.DocumentID})
			return []string{known[d.DocumentID]}, err // it is the only one
		}
	}
	known, err := m.numbers(ctx, "invoices", idsOf(docs, func(d AttemptDocument) int64 { return d.DocumentID }))
	for _, d := range docs {
		list = append(list, known[d.DocumentID])
	}
	return list, err
}

// Started notes what the gateway answered to the beginning of a checkout: its own id, and where the customer goes on.
func (s *Store) Started(ctx context.Context, attempt int64, externalID, redirectURL string) error {
	now := s.d.Now()
	return s.d.Q(ctx).Model(&Attempt{}).Where("id = ? AND state = ?", attempt, AttemptNew).Updates(map[string]any{"external_id": externalID, "redirect_url": redirectURL,
		"state": AttemptOpen, "check_at": nextCheck(AttemptOpen, 0, now), "updated_at": now}).Error
}

// NotStarted notes that the gateway could not begin, or never heard of a charge; nothing was charged.
func (s *Store) NotStarted(ctx context.Context, attempt int64) error {
	return s.d.Q(ctx).Model(&Attempt{}).Where("id = ? AND (state = ? OR state = ? AND reason = ?)", attempt, AttemptNew, AttemptHeld, ReasonUnanswered).
		Updates(map[string]any{"state": AttemptFailed, "reason": "unavailable", "check_at": nil, "updated_at": s.d.Now()}).Error
}

// Heard notes a gateway's notice and reports whether it is the first time. What follows from it belongs in the same
// transaction: a notice whose effect was rolled back was not heard.
func (s *Store) Heard(ctx context.Context, gateway, noticeID, subject string) (first bool, err error) {
	r := s.d.Q(ctx).Clauses(clause.OnConflict{DoNothing: true}).
		Create(&Notice{Gateway: gateway, NoticeID: noticeID, Subject: subject, ReceivedAt: s.d.Now()})
	return r.RowsAffected > 0, r.Error
}

// Notice is an event of a gateway that has been heard.
type Notice struct {
	Gateway    string    `gorm:"primaryKey;size:32"`
	NoticeID   string    `gorm:"primaryKey;size:200"`
	Subject    string    `gorm:"size:200;not null"` // the gateway's id of what it is about
	ReceivedAt time.Time `gorm:"not null;index"`
}

// TableName names the table.
func (Notice) TableName() string { return "gateway_notices" }
