package finance

import (
	"context"

	"myisp/models/audit"
	"myisp/models/db"
)

// Imported is the import that a transfer came with: its file, how many transfers it brought, and whether it can be taken back,
// which is so while nobody has done anything with any of them.
type Imported struct {
	File  string
	Lines int
	Free  bool
}

// sameImport finds what came with an incoming payment: one import writes all of its lines at one moment.
const sameImport = `partner_id = (SELECT o.partner_id FROM incoming_payments o WHERE o.id = ?) AND statement = (SELECT o.statement FROM incoming_payments o WHERE o.id = ?)
	AND created_at = (SELECT o.created_at FROM incoming_payments o WHERE o.id = ?)`

// ImportOf tells of the import that an incoming payment came with.
func (s *Store) ImportOf(ctx context.Context, p IncomingPayment) (Imported, error) {
	m := Imported{File: p.Statement}
	var touched int
	err := db.One(s.d.Q(ctx).Raw(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN state <> ? OR round <> 0 THEN 1 ELSE 0 END), 0) FROM incoming_payments WHERE `+sameImport, IncomingOpen, p.ID, p.ID, p.ID),
		&m.Lines, &touched)
	m.Free = touched == 0
	return m, err
}

// TakeBackImport removes all transfers that came with one, so that their file can be read otherwise and imported anew: without
// the bank's ids, lines that are read otherwise would be other transfers, and count twice. It says how many went. Once one of
// them was booked or laid aside it is a Conflict. Errors: db.ErrNotFound.
func (s *Store) TakeBackImport(ctx context.Context, id int64) (gone int, err error) {
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		p, err := s.Incoming(ctx, id)
		if err != nil {
			return err
		}
		// Who books a line locks it; here all are locked, so that none is booked meanwhile.
		if err := s.d.Q(ctx).Exec(`UPDATE incoming_payments SET updated_at = updated_at WHERE `+sameImport, id, id, id).Error; err != nil {
			return err
		}
		m, err := s.ImportOf(ctx, p)
		if err != nil {
			return err
		}
		if !m.Free {
			return db.Fail(db.Conflict, "incoming.error.touched")
		}
		r := s.d.Q(ctx).Exec(`DELETE FROM incoming_payments WHERE `+sameImport, id, id, id)
		if gone = int(r.RowsAffected); r.Error != nil {
			return r.Error
		}
		return s.log.Record(ctx, audit.Change{Action: audit.StatementTakenBack, Object: "statement", ObjectName: p.Statement, PartnerID: p.PartnerID, Before: map[string]any{"lines_new": gone}})
	})
	return gone, err
}
