package finance

import (
	"context"
	"fmt"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/job"
)

// JobMethodNotice tells a customer of what became of a method or of autopay; its payload is MethodNotice.
const JobMethodNotice = "method.notice"

// The kinds of notices. The last two are also what a method remembers of its end having been told.
const (
	NoticeDeclined = "declined" // autopay was declined
	NoticeTooMuch  = "too_much" // autopay did not charge, because it is above the customer's bound
	NoticeStuck    = "stuck"    // autopay could not charge for a day, and not for the customer's want of money
	NoticeEnded    = "ended"    // autopay has ended
	NoticeSoon     = "soon"     // a method expires within 30 days
	NoticeOver     = "over"     // a method has expired

	// Whoever can take money, or is to be let, is the customer's to know at once: somebody else may have done it.
	NoticeAdded    = "added"    // a method was added
	NoticeReplaced = "replaced" // a method took another one's place
	NoticeRemoved  = "removed"  // a method was removed; when autopay ended with it, NoticeEnded says both
	NoticeOn       = "on"       // autopay was switched on
	NoticeChanged  = "changed"  // autopay charges otherwise from now on
	NoticeOff      = "off"      // the customer stopped autopay
)

// MethodNotice is what a letter says. Minor is minor units of Currency, fee included.
type MethodNotice struct {
	CustomerID int64
	Kind       string
	MethodID   int64
	Minor      int64
	Currency   money.Currency
	Day        db.Day // of the next try, the last day of a method, or the first of autopay; "" is none
	Reason     string // of a decline, or why autopay ended

	OldID int64       // the method that was replaced
	Rule  AutopayRule // of autopay that is on, whose bound is Minor
	Days  int
}

func (c AutopayCharge) notice(ap Autopay, kind string) MethodNotice {
	return MethodNotice{CustomerID: c.CustomerID, Kind: kind, MethodID: ap.MethodID, Minor: c.Amount + c.Fee, Currency: c.Currency, Day: c.NextOn, Reason: c.Reason}
}

// tellMethod has a letter written, once for a key.
func (s *Store) tellMethod(ctx context.Context, n MethodNotice, key string) error {
	return s.jobs.Enqueue(ctx, JobMethodNotice, n, job.Unique(fmt.Sprintf("method:%d:%s", n.CustomerID, key)))
}

// tellAutopay tells that autopay is on, or charges otherwise than before: it is asked by what the customer agreed to.
func (s *Store) tellAutopay(ctx context.Context, was, is Autopay) error {
	kind := NoticeOn
	if was.On() {
		if kind = NoticeChanged; was.MethodID == is.MethodID && was.Rule == is.Rule && was.Days == is.Days && was.MostMinor == is.MostMinor {
			return nil
		}
	}
	return s.tellMethod(ctx, MethodNotice{CustomerID: is.CustomerID, Kind: kind, MethodID: is.MethodID, Minor: is.MostMinor, Currency: is.Currency, Day: is.StartsOn, Rule: is.Rule, Days: is.Days},
		fmt.Sprintf("consent:%d", is.ConsentID))
}

// WarnOfExpiry tells customers of their methods that expire within 30 days or have expired, each once; autopay ends with
// its method. today is a day at the partner. It looks at up to limit methods above an id, and returns the last it looked at
// and whether there may be more.
func (s *Store) WarnOfExpiry(ctx context.Context, partner int64, today db.Day, after int64, limit int) (last int64, more bool, err error) {
	soon := today.AddDays(warnDays).Time()
	rows, err := db.From[SavedMethod](s.d.Q(ctx)).Where("partner_id = ? AND id > ? AND state = ? AND expiry_year > 0 AND told <> ? AND expiry_year * 12 + expiry_month <= ?",
		partner, after, SavedActive, NoticeOver, soon.Year()*12+int(soon.Month())).Order("id").Limit(limit).Find()
	if err != nil || len(rows) == 0 {
		return after, false, err
	}
	for _, m := range rows {
		if err := s.warnOf(ctx, m, today); err != nil {
			return after, false, err
		}
	}
	return rows[len(rows)-1].ID, len(rows) == limit, nil
}

func (s *Store) warnOf(ctx context.Context, m SavedMethod, today db.Day) error {
	told := ""
	switch {
	case m.Expired(today):
		told = NoticeOver
	case m.Expiring(today) && m.Told == "":
		told = NoticeSoon
	}
	if told == "" {
		return nil
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		r := s.d.Q(ctx).Model(&SavedMethod{}).Where("id = ? AND told = ? AND state = ?", m.ID, m.Told, SavedActive).Update("told", told)
		if r.Error != nil || r.RowsAffected == 0 {
			return r.Error
		}
		ap, err := s.Of(m.CustomerID).Autopay(ctx)
		if err != nil && db.KindOf(err) != db.NotFound {
			return err
		}
		if told == NoticeOver && ap.On() && ap.MethodID == m.ID {
			return s.endAutopay(ctx, ap, EndExpired) // its letter says both
		}
		return s.tellMethod(ctx, MethodNotice{CustomerID: m.CustomerID, Kind: told, MethodID: m.ID, Day: m.LastDay()}, fmt.Sprintf("expiry:%d:%s", m.ID, told))
	})
}
