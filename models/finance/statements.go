package finance

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/db"
)

// BankStatement is an uploaded statement that is not imported yet, as text in UTF-8, with the format it is read in. It goes
// when it is imported or discarded, or with the housekeeping after a day.
type BankStatement struct {
	ID        int64     `gorm:"primaryKey"`
	PartnerID int64     `gorm:"not null;index"`
	Name      string    `gorm:"size:200;not null"` // of the file
	Format    string    `gorm:"not null"`
	Data      []byte    `gorm:"not null"`
	CreatedAt time.Time `gorm:"not null;index"`
}

// BankFormatRow remembers how a partner's bank writes its statements.
type BankFormatRow struct {
	PartnerID int64     `gorm:"primaryKey;autoIncrement:false"`
	Format    string    `gorm:"not null"`
	UpdatedAt time.Time `gorm:"not null"`
}

// TableName names the table.
func (BankFormatRow) TableName() string { return "bank_formats" }

// Reads is the format that the statement is read in.
func (b BankStatement) Reads() BankFormat {
	f := BankFormat{Columns: map[string]string{}}
	_ = json.Unmarshal([]byte(b.Format), &f)
	return f
}

// StatementLife is how long an upload waits to be imported.
const StatementLife = 24 * time.Hour

// AddStatement keeps an uploaded statement until it is imported. It is read in the format of the partner's last import, or,
// where that does not fit, in one that is guessed. Errors: db.Invalid on "file".
func (s *Store) AddStatement(ctx context.Context, partner int64, name string, data []byte, c money.Currency) (BankStatement, error) {
	text := BankText(data)
	switch {
	case len(data) > MaxStatement || len(text) > 2*MaxStatement:
		return BankStatement{}, db.Invalid{"file": "incoming.error.large"}
	case strings.TrimSpace(text) == "":
		return BankStatement{}, db.Invalid{"file": "incoming.error.empty"}
	}
	row := BankStatement{PartnerID: partner, Name: cut(strings.Join(strings.Fields(name), " "), 200), Data: []byte(text), CreatedAt: s.d.Now()}
	err := s.d.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.PurgeStatements(ctx, row.CreatedAt.Add(-StatementLife)); err != nil {
			return err
		}
		remembered, err := db.From[BankFormatRow](s.d.Q(ctx)).Where("partner_id = ?", partner).Find()
		if err != nil {
			return err
		}
		format := GuessFormat(text)
		if len(remembered) == 1 {
			last := BankStatement{Format: remembered[0].Format}.Reads()
			if file, err := last.Read(text, c); err == nil && len(file.Bad) <= len(file.Lines)+file.Out {
				format = last
			}
		}
		if err := row.read(format); err != nil {
			return err
		}
		row.ID = 0
		if err := db.From[BankStatement](s.d.Q(ctx)).Create(&row); err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.StatementAdded, Object: "statement", ObjectID: encodeID(row.ID), ObjectName: row.Name, PartnerID: partner})
	})
	return row, err
}

func (b *BankStatement) read(f BankFormat) error {
	text, err := json.Marshal(f)
	b.Format = string(text)
	return err
}

// Statement returns an uploaded statement. Errors: db.ErrNotFound.
func (s *Store) Statement(ctx context.Context, id int64) (BankStatement, error) {
	b, err := db.From[BankStatement](s.d.Q(ctx)).Where("id = ?", id).Take()
	return b, db.Found(err)
}

// Statements lists a partner's uploads that wait to be imported, the newest first, without their text.
func (s *Store) Statements(ctx context.Context, partner int64) ([]BankStatement, error) {
	return db.From[BankStatement](s.d.Q(ctx)).Select("id", "partner_id", "name", "created_at").Where("partner_id = ?", partner).Order("id DESC").Find()
}

// ReadStatement reads an upload and marks the lines that were imported before. Errors: ErrBankFile, db.Invalid.
func (s *Store) ReadStatement(ctx context.Context, b BankStatement, c money.Currency) (BankFile, error) {
	format := b.Reads()
	file, err := format.Read(string(b.Data), c)
	file.Columns = BankHeader(string(b.Data), format)
	if err != nil {
		return file, err
	}
	known := map[string]bool{}
	var hashes []string
	for _, l := range file.Lines {
		hashes = append(hashes, l.hash())
	}
	for len(hashes) > 0 {
		some := hashes[:min(500, len(hashes))]
		hashes = hashes[len(some):]
		rows, err := db.From[IncomingPayment](s.d.Q(ctx)).Select("hash").Where("partner_id = ? AND hash IN ?", b.PartnerID, some).Find()
		if err != nil {
			return file, err
		}
		for _, r := range rows {
			known[r.Hash] = true
		}
	}
	for i := range file.Lines {
		file.Lines[i].Known = file.Lines[i].Known || known[file.Lines[i].hash()]
	}
	return file, nil
}

// SetStatementFormat has an upload read otherwise. Errors: db.ErrNotFound, db.Invalid by field.
func (s *Store) SetStatementFormat(ctx context.Context, id int64, f BankFormat) error {
	if err := f.Check(); err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		b, err := s.Statement(ctx, id)
		if err != nil {
			return err
		}
		before := b.Reads()
		if err := b.read(f); err != nil {
			return err
		}
		if err := s.d.Q(ctx).Model(&BankStatement{}).Where("id = ?", id).Update("format", b.Format).Error; err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.StatementFormat, Object: "statement", ObjectID: encodeID(b.ID), ObjectName: b.Name, PartnerID: b.PartnerID,
			Before: before, After: f})
	})
}

// RemoveStatement discards an upload. Errors: db.ErrNotFound.
func (s *Store) RemoveStatement(ctx context.Context, id int64) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		b, err := s.Statement(ctx, id)
		if err != nil {
			return err
		}
		if _, err := db.From[BankStatement](s.d.Q(ctx)).Where("id = ?", id).Delete(); err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.StatementRemoved, Object: "statement", ObjectID: encodeID(b.ID), ObjectName: b.Name, PartnerID: b.PartnerID})
	})
}

// ImportStatement makes incoming payments of a statement's lines and says how many are new. A line that was imported before
// stays the one it is, however often and by however many it is imported; bad lines are left out. The format is remembered for
// the partner. Errors: db.ErrNotFound, ErrBankFile, db.Invalid.
func (s *Store) ImportStatement(ctx context.Context, id int64, c money.Currency) (added int, err error) {
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		added = 0
		b, err := db.From[BankStatement](s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take()
		if err != nil {
			return db.Found(err)
		}
		file, err := b.Reads().Read(string(b.Data), c)
		if err != nil {
			return err
		}
		now := s.d.Now()
		var rows []IncomingPayment
		for _, l := range file.Lines {
			if !l.Known {
				rows = append(rows, IncomingPayment{PartnerID: b.PartnerID, Hash: l.hash(), State: IncomingOpen, Day: l.Day, Amount: l.Amount, Currency: l.Currency, Payer: l.Payer,
					Account: l.Account, Text: l.Text, BankID: l.BankID, Statement: b.Name, Line: l.Line, CreatedAt: now, UpdatedAt: now})
			}
		}
		once := clause.OnConflict{Columns: []clause.Column{{Name: "partner_id"}, {Name: "hash"}}, DoNothing: true}
		for len(rows) > 0 {
			some := rows[:min(200, len(rows))]
			rows = rows[len(some):]
			r := s.d.Q(ctx).Clauses(once).Create(&some)
			if r.Error != nil {
				return r.Error
			}
			added += int(r.RowsAffected)
		}
		if _, err := db.From[BankStatement](s.d.Q(ctx)).Where("id = ?", id).Delete(); err != nil {
			return err
		}
		remember := BankFormatRow{PartnerID: b.PartnerID, Format: b.Format, UpdatedAt: now}
		if err := s.d.Q(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&remember).Error; err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.StatementImported, Object: "statement", ObjectID: encodeID(b.ID), ObjectName: b.Name, PartnerID: b.PartnerID,
			After: map[string]any{"lines_new": added, "lines_known": len(file.Lines) - added, "lines_bad": len(file.Bad)}})
	})
	return added, err
}
