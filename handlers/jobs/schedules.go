package jobs

import (
	"context"
	"log/slog"
	"time"

	"myisp/models"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/limit"
)

// schedule is a job that is due once in every period; its key holds the period, so two instances never run one twice.
type schedule struct {
	kind   string
	period string // a time layout: its text changes when a new run is due
}

var schedules = []schedule{
	{kindHousekeeping, "2006-01-02"},
	{models.JobCheck, "2006-01-02"},
	{kindBlocking, "2006-01-02T15"},
}

const scheduleEvery = time.Minute

func (w *Worker) keepSchedules(ctx context.Context) {
	tick := time.NewTicker(scheduleEvery)
	defer tick.Stop()
	for {
		if err := w.Schedule(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "schedules could not be kept", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Schedule enqueues what has become due.
func (w *Worker) Schedule(ctx context.Context) error {
	now := w.m.DB.Now()
	for _, s := range w.schedules {
		if err := w.m.Jobs.Enqueue(ctx, s.kind, struct{}{}, job.Unique(s.kind+":"+now.Format(s.period))); err != nil {
			return err
		}
	}
	return nil
}

// kindHousekeeping deletes what has ended and nobody needs: sessions, reset requests, windows of limits, finished jobs,
// uploads that were not imported, old notices of gateways and pay links.
const kindHousekeeping = "system.housekeeping"

const keptAfterEnd = 30 * 24 * time.Hour

// eventsKept is how long the portal log reaches back, and with it what explains a payment.
const eventsKept = 400 * 24 * time.Hour

func (w *Worker) housekeeping(ctx context.Context, _ *job.Job) error {
	now := w.m.DB.Now()
	for _, end := range []struct {
		purge func(context.Context, time.Time) (int64, error)
		kept  time.Duration
	}{
		{w.m.Sessions.Purge, keptAfterEnd}, {w.m.Staff.PurgeLinks, keptAfterEnd}, {w.m.Customers.PurgeResets, keptAfterEnd}, {w.m.Jobs.Purge, keptAfterEnd},
		{w.m.Jobs.Erase, job.Retention}, {w.m.Finance.PurgeSetups, keptAfterEnd},
		{w.m.Finance.PurgeStatements, finance.StatementLife}, {w.m.Finance.PurgeNotices, eventsKept}, {w.m.Finance.PurgePayLinks, eventsKept},
		{w.m.Portal.PurgeDrafts, 0},
		{w.m.Limits.Purge, limit.Longest}, // strangers make these rows, as many as they like
	} {
		if _, err := end.purge(ctx, now.Add(-end.kept)); err != nil {
			return err
		}
	}
	_, err := w.m.Audit.PurgeEvents(ctx, w.m.DB.Now().Add(-eventsKept))
	return err
}

// check verifies the audit log and the books, for the system page. It leaves time to write down that the time was up.
func (w *Worker) check(ctx context.Context, _ *job.Job) error {
	ctx, cancel := context.WithTimeout(ctx, limitJob-10*time.Second)
	defer cancel()
	return w.m.Check(ctx)
}
