package finance

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"myisp/internal/money"
	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"

	"gorm.io/gorm/clause"
)

// PayLink lets whoever holds it pay one document without logging in. The token is not here, only its hash.
type PayLink struct {
	ID         int64        `gorm:"primaryKey"`
	Hash       string       `gorm:"size:64;not null;uniqueIndex"`
	CustomerID int64        `gorm:"not null;index:pay_links_document,priority:1"`
	Kind       DocumentKind `gorm:"size:16;not null;index:pay_links_document,priority:2"`
	DocumentID int64        `gorm:"not null;index:pay_links_document,priority:3"`
	MadeBy     audit.Kind   `gorm:"size:16;not null"`
	MakerName  string       `gorm:"size:200;not null"`
	ExpiresAt  time.Time    `gorm:"not null;index"`
	RevokedAt  *time.Time   `gorm:""`
	CreatedAt  time.Time    `gorm:"not null"`
}

// TableName names the table.
func (PayLink) TableName() string { return "pay_links" }

// LinkState is what a pay link is good for.
type LinkState string

// The states of a link. Paid says that nothing is left to pay on the document.
const (
	LinkLive    LinkState = "live"
	LinkPaid    LinkState = "paid"
	LinkExpired LinkState = "expired"
	LinkRevoked LinkState = "revoked"
)

// maxLinks bounds the live links of one document.
const maxLinks = 10

const (
	linkRandom = 24 // bytes that are drawn
	linkMAC    = 8  // bytes that sign them
)

func (s *Store) newLinkToken() string {
	b := make([]byte, linkRandom)
	if _, err := io.ReadFull(s.rand, b); err != nil {
		panic(err) // crypto/rand does not fail on a working system
	}
	return s.linkToken(b)
}

func (s *Store) linkToken(random []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(slices.Clone(random), s.signLink(random)...))
}

func (s *Store) signLink(random []byte) []byte {
	return secret.MAC(s.linkKey, "pay-link", string(random))[:linkMAC]
}

// signed reports whether a token was made here: what somebody made up is refused before the database is asked.
func (s *Store) signed(token string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	return err == nil && len(b) == linkRandom+linkMAC && secret.Equal(s.signLink(b[:linkRandom]), b[linkRandom:])
}

// LinkDocument is what a link pays, as it is now.
type LinkDocument struct {
	Number   string
	Total    int64
	Due      int64 // what is asked for; 0 when nothing is
	Currency money.Currency
	Day      db.Day
	DueDay   db.Day
}

// LinkDocument reads what a link to one of the customer's documents would pay. Errors: db.ErrNotFound, for one that was deleted
// and for what nobody pays too.
func (m Mine) LinkDocument(ctx context.Context, kind DocumentKind, id int64) (LinkDocument, error) {
	return m.linkDocument(ctx, kind, id)
}

func (m Mine) linkDocument(ctx context.Context, kind DocumentKind, id int64, clauses ...clause.Expression) (LinkDocument, error) {
	list, err := m.linkDocuments(ctx, kind, []int64{id}, clauses...)
	d, ok := list[id]
	if err == nil && !ok {
		err = db.ErrNotFound
	}
	return d, err
}

// linkDocuments reads documents of the customer's of one kind, those that are deleted left out; without ids it asks for nothing.
func (m Mine) linkDocuments(ctx context.Context, kind DocumentKind, ids []int64, clauses ...clause.Expression) (map[int64]LinkDocument, error) {
	list := map[int64]LinkDocument{}
	if len(ids) == 0 {
		return list, nil
	}
	q := m.s.d.Q(ctx).Where("id IN ? AND customer_id = ? AND status <> ?", ids, m.id, StatusDeleted)
	switch kind {
	case KindInvoice:
		rows, err := db.From[Invoice](q, clauses...).Find()
		for _, r := range rows {
			list[r.ID] = LinkDocument{Number: r.Number, Total: r.Total, Due: r.Due, Currency: r.Currency, Day: r.Day, DueDay: r.DueDay}
		}
		return list, err
	case KindProforma:
		rows, err := db.From[ProformaInvoice](q, clauses...).Find()
		for _, r := range rows {
			d := LinkDocument{Number: r.Number, Total: r.Total, Currency: r.Currency, Day: r.Day, DueDay: r.DueDay}
			if r.Status == StatusNotPaid && r.InvoiceID == 0 {
				d.Due = r.Total
			}
			list[r.ID] = d
		}
		return list, err
	}
	return list, nil
}

// MakePayLink makes a link for one of the customer's documents, good for life. The token is returned this once. Errors:
// db.ErrNotFound; a Conflict when nothing is due, or the document has too many links already.
func (m Mine) MakePayLink(ctx context.Context, kind DocumentKind, id int64, life time.Duration) (token string, l PayLink, err error) {
	token = m.s.newLinkToken()
	err = m.s.d.Tx(ctx, func(ctx context.Context) error {
		l, err = m.makePayLink(ctx, kind, id, token, life)
		return err
	})
	return token, l, err
}

func (m Mine) makePayLink(ctx context.Context, kind DocumentKind, id int64, token string, life time.Duration) (l PayLink, err error) {
	doc, err := m.linkDocument(ctx, kind, id, clause.Locking{Strength: "UPDATE"}) // its links are counted alone
	if err != nil {
		return l, err
	}
	if doc.Due <= 0 {
		return l, db.Fail(db.Conflict, "pay.error.settled")
	}
	now := m.s.d.Now()
	live, err := db.From[PayLink](m.s.d.Q(ctx)).Where("customer_id = ? AND kind = ? AND document_id = ? AND revoked_at IS NULL AND expires_at > ?", m.id, kind, id, now).Count("id")
	if err != nil {
		return l, err
	}
	if live >= maxLinks {
		return l, db.Fail(db.Conflict, "paylink.error.too_many")
	}
	by := audit.By(ctx)
	l = PayLink{Hash: secret.SHA256Hex(token), CustomerID: m.id, Kind: kind, DocumentID: id, MadeBy: by.Kind, MakerName: by.Name, ExpiresAt: db.Time(now.Add(life)), CreatedAt: now}
	if err := m.s.d.Q(ctx).Create(&l).Error; err != nil {
		return l, err
	}
	return l, m.s.log.Record(ctx, audit.Change{Action: audit.PayLinkMade, Object: "pay_link", ObjectID: strconv.FormatInt(l.ID, 10), ObjectName: doc.Number, CustomerID: m.id,
		After: map[string]any{"expires_at": l.ExpiresAt}})
}

// MailedPayLink is the link that a letter to the customer carries. letter names the letter among all that are ever written. The
// token is derived from that name instead of drawn: a letter that is sent again carries the same link, and its copies neither
// differ nor use up the document's links, while the database still holds the hash alone. false is that the letter goes without
// one: nothing is due, the document has as many links as it may, or this one has ended. Errors: db.ErrNotFound.
func (m Mine) MailedPayLink(ctx context.Context, kind DocumentKind, id int64, life time.Duration, letter string) (token string, l PayLink, ok bool, err error) {
	token = m.s.linkToken(secret.MAC(m.s.linkKey, "mailed-link", strconv.FormatInt(m.id, 10), string(kind), strconv.FormatInt(id, 10), letter)[:linkRandom])
	err = m.s.d.Tx(ctx, func(ctx context.Context) error {
		ok = false // the transaction may be tried again
		l, err = db.From[PayLink](m.s.d.Q(ctx)).Where("hash = ? AND customer_id = ?", secret.SHA256Hex(token), m.id).Take()
		if err == nil {
			doc, err := m.LinkDocument(ctx, kind, id)
			ok = m.s.linkState(l, doc.Due) == LinkLive
			return err
		}
		if err = db.Found(err); !errors.Is(err, db.ErrNotFound) {
			return err
		}
		l, err = m.makePayLink(ctx, kind, id, token, life)
		var said *db.Error
		if ok = err == nil; errors.As(err, &said) && said.Kind == db.Conflict {
			return nil
		}
		return err
	})
	return token, l, ok && err == nil, err
}

// PayLinkRow is a link as those see it who may revoke it.
type PayLinkRow struct {
	PayLink
	Document LinkDocument
	State    LinkState
}

func (s *Store) linkState(l PayLink, due int64) LinkState {
	switch {
	case l.RevokedAt != nil:
		return LinkRevoked
	case due <= 0:
		return LinkPaid
	case !l.ExpiresAt.After(s.d.Now()):
		return LinkExpired
	}
	return LinkLive
}

// PayLinks lists the customer's links, the latest first, those to documents that are gone left out.
func (m Mine) PayLinks(ctx context.Context) ([]PayLinkRow, error) {
	links, err := db.From[PayLink](m.s.d.Q(ctx)).Where("customer_id = ?", m.id).Order("id DESC").Limit(50).Find()
	if err != nil {
		return nil, err
	}
	ids := map[DocumentKind][]int64{}
	for _, l := range links {
		ids[l.Kind] = append(ids[l.Kind], l.DocumentID)
	}
	documents := map[DocumentKind]map[int64]LinkDocument{}
	for kind, list := range ids {
		if documents[kind], err = m.linkDocuments(ctx, kind, list); err != nil {
			return nil, err
		}
	}
	var rows []PayLinkRow
	for _, l := range links {
		if doc, ok := documents[l.Kind][l.DocumentID]; ok {
			rows = append(rows, PayLinkRow{l, doc, m.s.linkState(l, doc.Due)})
		}
	}
	return rows, nil
}

// RevokePayLink ends one of the customer's links. Errors: db.ErrNotFound.
func (m Mine) RevokePayLink(ctx context.Context, id int64) error {
	return m.s.d.Tx(ctx, func(ctx context.Context) error {
		l, err := db.From[PayLink](m.s.d.Q(ctx)).Where("id = ? AND customer_id = ?", id, m.id).Take()
		if err != nil || l.RevokedAt != nil {
			return db.Found(err)
		}
		if err := m.s.d.Q(ctx).Model(&PayLink{}).Where("id = ?", id).Update("revoked_at", m.s.d.Now()).Error; err != nil {
			return err
		}
		doc, err := m.LinkDocument(ctx, l.Kind, l.DocumentID)
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
		return m.s.log.Record(ctx, audit.Change{Action: audit.PayLinkRevoked, Object: "pay_link", ObjectID: strconv.FormatInt(id, 10), ObjectName: doc.Number, CustomerID: m.id})
	})
}

// OpenPayLink finds what a token pays, and what it is good for by now. A token that was not made here, or whose document is gone,
// is db.ErrNotFound.
func (s *Store) OpenPayLink(ctx context.Context, token string) (PayLinkRow, error) {
	if !s.signed(token) {
		return PayLinkRow{}, db.ErrNotFound
	}
	l, err := db.From[PayLink](s.d.Q(ctx)).Where("hash = ?", secret.SHA256Hex(token)).Take()
	if err != nil {
		return PayLinkRow{}, db.Found(err)
	}
	doc, err := s.Of(l.CustomerID).LinkDocument(ctx, l.Kind, l.DocumentID)
	return PayLinkRow{l, doc, s.linkState(l, doc.Due)}, err
}

// LinkKey makes the key of an attempt from that of a link's form: a link's form can name no attempt that was begun elsewhere.
func (s *Store) LinkKey(l PayLink, form string) string {
	return base64.RawURLEncoding.EncodeToString(secret.MAC(s.linkKey, "attempt-key", strconv.FormatInt(l.ID, 10), form))
}

// LinkResult names an attempt that was begun with a link, in its address. Nobody can make one up.
func (s *Store) LinkResult(l PayLink, attempt int64) string {
	id := strconv.FormatInt(attempt, 10)
	return id + "-" + base64.RawURLEncoding.EncodeToString(secret.MAC(s.linkKey, "result", strconv.FormatInt(l.ID, 10), id)[:16])
}

// LinkAttempt finds the attempt that a result's address names, if it was begun with this link and pays its document. Errors:
// db.ErrNotFound.
func (s *Store) LinkAttempt(ctx context.Context, l PayLink, result string) (Attempt, error) {
	number, _, _ := strings.Cut(result, "-")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || !secret.Equal([]byte(s.LinkResult(l, id)), []byte(result)) {
		return Attempt{}, db.ErrNotFound
	}
	a, docs, err := s.Of(l.CustomerID).Attempt(ctx, id)
	if err == nil && (len(docs) != 1 || docs[0].Kind != l.Kind || docs[0].DocumentID != l.DocumentID) {
		err = db.ErrNotFound
	}
	return a, err
}
