package audit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"myisp/models/db"
)

// Entry is one line of the chained log. Its hash is an HMAC over everything else in it and the hash of the line before,
// with a key that is not in the database: who can write to the database only can neither alter nor remove a line unseen.
type Entry struct {
	Seq        int64     `gorm:"primaryKey;autoIncrement:false;index:audit_entries_actor,priority:3;index:audit_entries_action,priority:2;index:audit_entries_object,priority:2;index:audit_entries_customer,priority:2"` // 1, 2, 3 … without gaps
	At         time.Time `gorm:"not null;index"`
	ActorKind  Kind      `gorm:"size:16;not null;index:audit_entries_actor,priority:1"`
	ActorID    int64     `gorm:"not null;index:audit_entries_actor,priority:2"`
	ActorName  string    `gorm:"size:200;not null"`
	IP         string    `gorm:"size:64;not null"`
	Action     Action    `gorm:"size:64;not null;index:audit_entries_action,priority:1"`
	Object     string    `gorm:"size:32;not null;index:audit_entries_object,priority:1"` // what it was done to: "setting", "customer", "brand" …
	ObjectID   string    `gorm:"size:200;not null"`                                      // its id or key
	ObjectName string    `gorm:"size:200;not null"`                                      // as a person knows it, at that time
	CustomerID *int64    `gorm:"index:audit_entries_customer,priority:1"`
	PartnerID  *int64    `gorm:""`
	Before     string    `gorm:"not null"` // JSON object of what changed; "" when there is nothing to tell
	After      string    `gorm:"not null"`
	Prev       string    `gorm:"size:64;not null"`
	Hash       string    `gorm:"size:64;not null"`
}

// TableName names the table.
func (Entry) TableName() string { return "audit_entries" }

// Head is the end of the chain; its row is the lock under which the chain grows.
type Head struct {
	ID   int64  `gorm:"primaryKey;autoIncrement:false"` // always 1
	Seq  int64  `gorm:"not null"`
	Hash string `gorm:"size:64;not null"`
}

// TableName names the table.
func (Head) TableName() string { return "audit_heads" }

// Store is the log.
type Store struct {
	d   *db.DB
	key []byte
}

// New returns the log on d; key authenticates the chain (32 bytes).
func New(d *db.DB, key []byte) *Store { return &Store{d, key} }

// Change is what to enter into the log. Before and After are structs, maps or nil; only what differs between them is
// kept. Secrets do not belong in them.
type Change struct {
	Action     Action
	Object     string
	ObjectID   string
	ObjectName string
	CustomerID int64 // 0 is nobody
	PartnerID  int64 // 0 is no partner
	Before     any
	After      any
}

// Record enters a change, done by the actor of ctx, into the log. Inside a transaction the entry commits with what it
// tells of, or not at all.
func (s *Store) Record(ctx context.Context, c Change) error {
	before, after := difference(fields(c.Before), fields(c.After))
	a := By(ctx)
	e := Entry{At: s.d.Now(), ActorKind: a.Kind, ActorID: a.ID, ActorName: short(a.Name, 200), IP: short(a.IP, 64), Action: c.Action, Object: c.Object,
		ObjectID: short(c.ObjectID, 200), ObjectName: short(c.ObjectName, 200), CustomerID: optional(c.CustomerID), PartnerID: optional(c.PartnerID),
		Before: before, After: after}
	return s.d.BeforeCommit(ctx, func(ctx context.Context) error { return s.chain(ctx, e) })
}

func (s *Store) chain(ctx context.Context, e Entry) error {
	q := s.d.Q(ctx)
	err := q.Raw(`INSERT INTO audit_heads (id, seq, hash) VALUES (1, 1, '') ON CONFLICT (id) DO UPDATE SET seq = audit_heads.seq + 1 RETURNING seq`).Scan(&e.Seq).Error
	if err != nil {
		return err
	}
	if err := q.Raw(`SELECT hash FROM audit_heads WHERE id = 1`).Scan(&e.Prev).Error; err != nil {
		return err
	}
	e.Hash = s.hash(e)
	if err := q.Create(&e).Error; err != nil {
		return err
	}
	return q.Model(&Head{}).Where("id = 1").Update("hash", e.Hash).Error
}

func (s *Store) hash(e Entry) string {
	e.Hash, e.At = "", db.Time(e.At)
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // strings, numbers and a time
	}
	mac := hmac.New(sha256.New, s.key)
	mac.Write(text)
	return hex.EncodeToString(mac.Sum(nil))
}

// Report is what Verify found.
type Report struct {
	Entries int64
	// Broken is the first line that is missing or was altered; 0 when the chain holds.
	Broken int64
	Hash   string // of the last line; written down elsewhere, it proves this very log later
}

// Verify walks the whole chain.
func (s *Store) Verify(ctx context.Context) (Report, error) {
	var r Report
	var head Head
	if err := s.d.Q(ctx).Where("id = 1").Find(&head).Error; err != nil {
		return r, err
	}
	const batch = 1000
	for {
		var list []Entry
		if err := s.d.Q(ctx).Where("seq > ? AND seq <= ?", r.Entries, head.Seq).Order("seq").Limit(batch).Find(&list).Error; err != nil {
			return r, err
		}
		for _, e := range list {
			if e.Seq != r.Entries+1 || e.Prev != r.Hash || !hmac.Equal([]byte(e.Hash), []byte(s.hash(e))) {
				r.Broken = r.Entries + 1
				return r, nil
			}
			r.Entries, r.Hash = e.Seq, e.Hash
		}
		if len(list) < batch {
			break
		}
	}
	if r.Entries != head.Seq || r.Hash != head.Hash {
		r.Broken = r.Entries + 1
	}
	return r, nil
}

// fields turns a struct or map into its JSON members.
func fields(v any) map[string]any {
	m := map[string]any{}
	if v == nil {
		return m
	}
	text, err := json.Marshal(v)
	if err != nil || json.Unmarshal(text, &m) != nil {
		return map[string]any{"value": v}
	}
	return m
}

// difference keeps of two objects what is not the same in both, as JSON; "" for nothing.
func difference(before, after map[string]any) (string, string) {
	b, a := map[string]any{}, map[string]any{}
	for k, v := range before {
		if w, ok := after[k]; !ok || !reflect.DeepEqual(v, w) {
			b[k] = v
		}
	}
	for k, w := range after {
		if v, ok := before[k]; !ok || !reflect.DeepEqual(v, w) {
			a[k] = w
		}
	}
	return text(b), text(a)
}

func text(m map[string]any) string {
	if len(m) == 0 {
		return ""
	}
	t, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	return string(t)
}

func optional(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// short cuts what comes from outside to its column, at a whole character.
func short(s string, most int) string {
	s = strings.ToValidUTF8(s, "")
	for len(s) > most {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
