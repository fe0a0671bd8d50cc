package jobs

import (
	"context"
	"fmt"

	"myisp/handlers/cashier"
	"myisp/internal/courier"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/portal"
	views "myisp/views/finance"
	"myisp/views/mail"
)

// The jobs of kept methods and autopay: kindAutopay looks every hour for whom there is something to charge and writes a
// kindCharge for each, kindExpiry warns once a day of methods that end.
const (
	kindAutopay = "autopay.round"
	kindCharge  = "autopay.charge"
	kindExpiry  = "method.expiry"
)

// charging is the payload of kindCharge.
type charging struct{ CustomerID int64 }

// methodBatch is how many rows one look takes.
const methodBatch = 200

// methods gives the worker the jobs of kept methods.
func (w *Worker) methods(till *cashier.Cashier) {
	w.kinds[kindAutopay] = w.autopayRound
	w.kinds[kindCharge] = func(ctx context.Context, j *job.Job) error {
		var p charging
		if err := w.m.Jobs.Decode(j, &p); err != nil {
			return courier.Lasting(err)
		}
		return till.Autopay(ctx, p.CustomerID)
	}
	named := func(do func(context.Context, int64) error) func(context.Context, *job.Job) error {
		return func(ctx context.Context, j *job.Job) error {
			var p finance.MethodNamed
			if err := w.m.Jobs.Decode(j, &p); err != nil {
				return courier.Lasting(err)
			}
			return do(ctx, p.MethodID)
		}
	}
	w.kinds[finance.JobForget] = named(till.Forget)
	w.kinds[cashier.JobAskMethod] = named(func(ctx context.Context, id int64) error {
		m, err := w.m.Finance.SavedByID(ctx, id)
		if err == nil {
			_, _, err = till.AskMethod(ctx, m)
		}
		if err != nil && db.KindOf(err) == db.NotFound {
			return nil
		}
		return err
	})
	w.kinds[kindExpiry] = w.expiry
	w.schedules = append(w.schedules, schedule{kindAutopay, "2006-01-02T15"}, schedule{kindExpiry, "2006-01-02"})
}

// autopayRound writes a job for everybody whose autopay may have to do something. The hour is in its key, so two rounds of
// one hour charge nobody twice; that a day is charged once is the books' own promise.
func (w *Worker) autopayRound(ctx context.Context, _ *job.Job) error {
	hour := w.m.DB.Now().Format("2006-01-02T15")
	for after := int64(0); ; {
		ids, err := w.m.Finance.AutopayCandidates(ctx, after, methodBatch)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := w.m.Jobs.Enqueue(ctx, kindCharge, charging{id}, job.Unique(fmt.Sprintf("%s:%d:%s", kindCharge, id, hour))); err != nil {
				return err
			}
		}
		if len(ids) < methodBatch {
			return nil
		}
		after = ids[len(ids)-1]
	}
}

// expiry warns of methods that end, by each partner's calendar.
func (w *Worker) expiry(ctx context.Context, _ *job.Job) error {
	snap, err := w.m.Portal.Snapshot(ctx)
	if err != nil {
		return err
	}
	for _, id := range snap.Partners() {
		v := snap.Partner(id)
		today := db.DayOf(w.m.DB.Now(), v.Values.Zone())
		for after, more := int64(0), true; more; {
			if after, more, err = w.m.Finance.WarnOfExpiry(ctx, id, today, after, methodBatch); err != nil {
				return err
			}
		}
	}
	return nil
}

// methodNotice mails what became of a method or of autopay to where finance mail goes.
func (w *Worker) methodNotice(ctx context.Context, j *job.Job) error {
	var n finance.MethodNotice
	if err := w.m.Jobs.Decode(j, &n); err != nil {
		return courier.Lasting(err)
	}
	ctx, who, err := w.payer(ctx, n.CustomerID)
	if err != nil || who.to == "" {
		return err
	}
	method, err := w.m.Finance.Of(who.ID).SavedMethod(ctx, n.MethodID)
	if err != nil && db.KindOf(err) != db.NotFound {
		return err
	}
	letter := mail.Method{Name: who.Name, Brand: portal.PortalTitle.Of(who.view.Values), Color: who.view.Brand.Color, Kind: n.Kind, Reason: n.Reason, Method: views.SavedName(ctx, method),
		Amount: money.Of(n.Minor, n.Currency), Day: n.Day, Contact: contact(who.view)}
	if n.Rule != "" {
		letter.Rule, letter.Most = views.AutopayTerms(ctx, finance.Autopay{Rule: n.Rule, Days: n.Days, MostMinor: n.Minor, Currency: n.Currency})
	}
	if n.OldID != 0 {
		old, err := w.m.Finance.Of(who.ID).SavedMethod(ctx, n.OldID)
		if err != nil && db.KindOf(err) != db.NotFound {
			return err
		}
		letter.Old = views.SavedName(ctx, old)
	}
	if letter.Ways, err = w.methodWays(ctx, n, who); err != nil {
		return err
	}
	return w.sendMail(ctx, j, who.view, who.to, letter.Subject(ctx), letter.Text(ctx), letter)
}

// methodWays leads to the method that a letter is about, or to autopay; and to paying, where autopay left something to pay.
func (w *Worker) methodWays(ctx context.Context, n finance.MethodNotice, who payer) ([]mail.Way, error) {
	autopay := w.way(who, "", "/finance/autopay", "autopay")
	switch n.Kind {
	case finance.NoticeAdded, finance.NoticeReplaced, finance.NoticeSoon, finance.NoticeOver:
		return w.way(who, "", fmt.Sprintf("/finance/payment-methods/%d", n.MethodID), "method"), nil
	case finance.NoticeRemoved:
		return w.way(who, "", "/finance/payment-methods", "methods"), nil
	case finance.NoticeDeclined, finance.NoticeTooMuch, finance.NoticeStuck:
		owed, err := w.owed(ctx, who)
		return append(w.payWay(who, owed), autopay...), err
	}
	return autopay, nil
}
