package customer

import (
	"context"
	"slices"
	"strings"

	"myisp/models/db"
)

// follows are the statuses that staff may give a customer of a status (§3.1). Who was deactivated comes back as active
// before anything else, because the services that stopped go on then.
var follows = map[Status][]Status{
	StatusNew:      {StatusActive, StatusBlocked, StatusDisabled},
	StatusActive:   {StatusNew, StatusBlocked, StatusDisabled},
	StatusBlocked:  {StatusActive, StatusNew, StatusDisabled},
	StatusDisabled: {StatusActive},
}

// Next lists the statuses that may follow this one.
func (s Status) Next() []Status { return follows[s] }

// maxReason bounds the reason of a change, in characters.
const maxReason = 500

// SetStatus gives a customer another status, with the reason that staff wrote, and notes since when; a blocked one is noted
// as blocked on today, any other as not blocked. Expected is the status that staff saw. What becomes of the services and of
// the log is service.Store.ChangeCustomerStatus's business, which calls this. Errors: db.ErrNotFound, db.Invalid on
// "status" and "reason", a Conflict when the customer has another status by now.
func (s *Store) SetStatus(ctx context.Context, id int64, expected, to Status, reason string, today db.Day) (before, after Customer, err error) {
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		if before, err = s.locked(ctx, id); err != nil {
			return err
		}
		if before.Status != expected && slices.Contains(Statuses, to) {
			return db.Fail(db.Conflict, "error.conflict")
		}
		bad := db.Invalid{}
		if !slices.Contains(before.Status.Next(), to) {
			bad["status"] = "error.choice"
		}
		if reason = strings.TrimSpace(reason); len([]rune(reason)) > maxReason {
			bad["reason"] = "error.too_long"
		}
		if err := bad.Or(); err != nil {
			return err
		}
		now := s.d.Now()
		after = before
		after.Status, after.StatusSince, after.StatusReason, after.UpdatedAt = to, &now, reason, now
		err := s.d.Q(ctx).Model(&Customer{}).Where("id = ?", id).
			Updates(map[string]any{"status": to, "status_since": now, "status_reason": reason, "updated_at": now}).Error
		if err != nil {
			return err
		}
		marks := map[string]any{"blocked_on": db.Day(""), "blocks_on": db.Day("")}
		if to == StatusBlocked {
			marks["blocked_on"], marks["blocks_on"] = today, today
		}
		return s.d.Q(ctx).Model(&Billing{}).Where("customer_id = ?", id).Updates(marks).Error
	})
	return before, after, err
}
