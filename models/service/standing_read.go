package service

import (
	"context"
	"strconv"
	"strings"

	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
)

// standSQL reads what blocking rests on, of any number of customers with one statement. The invoice is one text, the due
// day first, so that the smallest is the one that is due first.
const standSQL = `SELECT c.id, c.partner_id, c.status, c.status_reason, COALESCE(b.blocking_period, 0), COALESCE(b.grace_period, 10), COALESCE(b.min_balance, 0),
	COALESCE(b.blocked_on, ''), COALESCE(b.blocks_on, ''), COALESCE(b.currency, ''),
	COALESCE((SELECT CAST(SUM(balance) AS BIGINT) FROM ledger_accounts WHERE kind = 'customer' AND owner_id = c.id GROUP BY currency ORDER BY ` + finance.Foremost + ` LIMIT 1), 0),
	COALESCE((SELECT CAST(SUM(t.amount) AS BIGINT) FROM payment_attempts t WHERE t.customer_id = c.id AND t.state IN ('pending', 'held') AND NOT ` + bounced + ` AND t.currency =
		(SELECT currency FROM ledger_accounts WHERE kind = 'customer' AND owner_id = c.id GROUP BY currency ORDER BY ` + finance.Foremost + ` LIMIT 1)), 0),
	COALESCE((SELECT MIN(i.due_day || ' ' || i.day || ' ' || i.id) FROM invoices i WHERE ` + counts + `), ''),
	COALESCE((SELECT CAST(SUM(i.due) AS BIGINT) FROM invoices i WHERE ` + counts + ` AND i.due_day < ?), 0),
	COALESCE(p.id, 0), COALESCE(p.amount, 0), COALESCE(p.currency, ''), COALESCE(p.made_on, ''), COALESCE(p.until, ''), COALESCE(p.restored, FALSE)
	FROM customers c LEFT JOIN customer_billings b ON b.customer_id = c.id LEFT JOIN payment_promises p ON p.open_for = c.id`

// counts are the invoices that one is blocked for: open, not handed to a payment processor, and one-time ones only where
// the partner says so (§3.1).
const counts = `i.customer_id = c.id AND i.due > 0 AND i.due_day <> '' AND (i.status <> 'pending' OR ` + bounced + `) AND (i.kind <> 'one_time' OR ?)`

// bounced says that a payment of the customer was on its way and did not come, or came and was taken back, not long ago. Money
// on its way counts for nothing then until it is here: else a debit that bounces each time would keep somebody from ever being
// blocked.
const bounced = `EXISTS (SELECT 1 FROM payment_attempts q WHERE q.customer_id = c.id AND q.pending_since IS NOT NULL AND q.state IN ('declined', 'returned') AND q.updated_at > ?)`

// bouncedFor is how many days a payment that bounced is remembered.
const bouncedFor = 60

// stands reads customers; where says which, with its values.
func (s *Store) stands(ctx context.Context, r Rules, today db.Day, where string, values ...any) (list []Stand, err error) {
	since := s.d.Now().AddDate(0, 0, -bouncedFor)
	args := append([]any{since, since, r.OneTime, since, r.OneTime, today}, values...)
	err = db.Rows(s.d.Q(ctx).Raw(standSQL+where, args...), func(scan func(into ...any) error) error {
		var st Stand
		var p Promise
		var invoice string
		if err := scan(&st.ID, &st.PartnerID, &st.Status, &st.Reason, &st.Blocking, &st.Grace, &st.MinBalance, &st.BlockedOn, &st.BlocksOn, &st.Currency, &st.Balance, &st.Underway,
			&invoice, &st.Overdue, &p.ID, &p.Amount, &p.Currency, &p.MadeOn, &p.Until, &p.Restored); err != nil {
			return err
		}
		if part := strings.Fields(invoice); len(part) == 3 {
			st.Due, st.Issued = db.Day(part[0]), db.Day(part[1])
			st.InvoiceID, _ = strconv.ParseInt(part[2], 10, 64) // the database wrote it
		}
		if p.ID != 0 {
			p.CustomerID, p.PartnerID, p.State, p.OpenFor = st.ID, st.PartnerID, PromiseOpen, &st.ID
			st.Open = &p
		}
		list = append(list, st)
		return nil
	})
	return list, err
}

func (s *Store) stand(ctx context.Context, r Rules, customerID int64, today db.Day) (Stand, error) {
	list, err := s.stands(ctx, r, today, " WHERE c.id = ?", customerID)
	if err != nil {
		return Stand{}, err
	}
	if len(list) == 0 {
		return Stand{}, db.ErrNotFound
	}
	return list[0], nil
}

// Standing is how a customer stands with paying: the dated steps, the promises, and whether another is taken.
type Standing struct {
	Stand Stand
	Rules Rules
	Today db.Day // in the partner's zone
	Steps []Step
	Offer Offer
}

// Near reports whether the customer is blocked, or will be soon.
func (s Standing) Near() bool {
	day := s.Rules.foreseen(s.Stand)
	return s.Stand.Status == customer.StatusBlocked || day != "" && s.Today.DaysUntil(day) <= warnDays
}

// Back reports whether the customer's balance brings the services back that were suspended for money; they are within
// minutes, when the queue has come to it.
func (s Standing) Back() bool { return s.Stand.forMoney() && s.Stand.Balance >= s.Stand.MinBalance }

// EndsOn is the day on which the services of a blocked customer end; "" is never.
func (s Standing) EndsOn() db.Day {
	for _, step := range s.Steps {
		if step.Kind == StepDisabled {
			return step.Day
		}
	}
	return ""
}

// promisesShown is how many promises are read: of those that bear on a new one there are far fewer.
const promisesShown = 50

// Standing reads how the customer of a partner stands today, with one statement; with one more where a promise may be offered,
// which depends on those that were made before.
func (m Mine) Standing(ctx context.Context, partner int64) (Standing, error) {
	var st Standing
	var err error
	if st.Rules, err = m.s.rules(ctx, partner); err != nil {
		return st, err
	}
	st.Today = db.DayOf(m.s.d.Now(), st.Rules.Zone)
	if st.Stand, err = m.s.stand(ctx, st.Rules, m.customer, st.Today); err != nil {
		return st, err
	}
	st.Steps = st.Rules.Timeline(st.Stand, st.Today)
	if st.Offer = st.Rules.OfferOf(st.Stand, nil, st.Today); st.Offer.Refusal != "" {
		return st, nil
	}
	past, err := m.Promises(ctx)
	st.Offer = st.Rules.OfferOf(st.Stand, past, st.Today)
	return st, err
}

// Promises lists the customer's promises, the latest first.
func (m Mine) Promises(ctx context.Context) ([]Promise, error) {
	return db.From[Promise](m.s.d.Q(ctx)).Where("customer_id = ?", m.customer).Order("id DESC").Limit(promisesShown).Find()
}
