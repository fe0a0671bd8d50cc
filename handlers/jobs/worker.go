// Package jobs does the queue's work: one file a kind of job, and the schedules in one list.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"myisp/handlers/web"
	"myisp/internal/courier"
	"myisp/internal/money"
	"myisp/models"
	"myisp/models/customer"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/service"
	"myisp/models/staff"
)

// Couriers carry what jobs send. A nil one is not configured: its jobs wait and say so.
type Couriers struct {
	Mail courier.Mailer
	SMS  courier.Texter
	// Sender is the address that mail comes from when the partner has none.
	Sender string
}

// Worker claims due jobs and does them.
type Worker struct {
	m        *models.Models
	couriers Couriers
	kit      *web.Kit // nil: letters lead nowhere
	here     string
	takes    finance.Takes // what gateways take; without a cashier everything
	kinds    map[string]func(context.Context, *job.Job) error
	tries    map[string]int // of kinds that are tried otherwise than the rest

	schedules []schedule
}

// New returns a worker that knows every kind of job.
func New(m *models.Models, couriers Couriers) *Worker {
	w := &Worker{m: m, couriers: couriers, schedules: slices.Clone(schedules),
		takes: func(string, money.Money) bool { return true }, tries: map[string]int{}}
	w.kinds = map[string]func(context.Context, *job.Job) error{
		customer.JobResetCode:      w.resetCode,
		customer.JobProfileNotice:  w.profileNotice,
		customer.JobAttributeTerms: w.attributeTerms,
		staff.JobLink:              w.staffLink,
		kindHousekeeping:           w.housekeeping,
		finance.JobPaid:            w.paid,
		finance.JobDocument:        w.documentNotice,
		kindReceipt:                w.receipt,
		finance.JobMoneyNotice:     w.moneyNotice,
		finance.JobMethodNotice:    w.methodNotice,
		models.JobCheck:            w.check,
		models.JobBooksAlarm:       w.booksAlarm,
		kindBlocking:               w.blocking,
		kindRound:                  w.blockingRound,
		service.JobNotice:          w.standingNotice,
	}
	return w
}

// Portal gives the worker the portal that letters lead to, and the papers on which it writes documents. here is host and port at
// which it answers, for want of MYISP_BASE_URL (demo).
func (w *Worker) Portal(kit *web.Kit, here string) *Worker {
	w.kit, w.here = kit, here
	return w
}

const (
	parallel = 2
	lease    = 2 * time.Minute
	limitJob = 90 * time.Second // shorter than the lease, so that no job is done twice at once
	poll     = time.Second
)

// Run works until ctx is done, and lets the jobs under way finish.
func (w *Worker) Run(ctx context.Context) {
	var all sync.WaitGroup
	for range parallel {
		all.Go(func() { w.loop(ctx) })
	}
	all.Go(func() { w.keepSchedules(ctx) })
	all.Wait()
}

func (w *Worker) loop(ctx context.Context) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		for w.due(ctx) && w.Once(ctx) {
			if ctx.Err() != nil {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-w.m.Jobs.Woken():
		case <-tick.C:
		}
	}
}

// due looks before it claims: a claim takes the write lock, which an idle queue should leave alone.
func (w *Worker) due(ctx context.Context) bool {
	next, any, err := w.m.Jobs.NextRun(ctx)
	return err == nil && any && !next.After(w.m.DB.Now())
}

// Once claims and does one job; false when none was due or the queue could not be read.
func (w *Worker) Once(ctx context.Context) bool {
	j, err := w.m.Jobs.Claim(ctx, lease)
	if err != nil {
		if ctx.Err() == nil {
			slog.WarnContext(ctx, "queue could not be read", "err", err)
		}
		return false
	}
	if j == nil {
		return false
	}
	// A job under way outlives the signal to stop: cutting it off would send the same mail again.
	doing, cancel := context.WithTimeout(context.WithoutCancel(ctx), limitJob)
	defer cancel()
	w.finish(doing, j, w.do(doing, j))
	return true
}

func (w *Worker) do(ctx context.Context, j *job.Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.ErrorContext(ctx, "job panicked", "kind", j.Kind, "job", j.ID, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	work, ok := w.kinds[j.Kind]
	if !ok {
		return fmt.Errorf("no worker knows jobs of kind %s", j.Kind)
	}
	return work(ctx, j)
}

func (w *Worker) finish(ctx context.Context, j *job.Job, err error) {
	var failed error
	if err == nil {
		failed = w.m.Jobs.Finish(ctx, j)
	} else {
		slog.WarnContext(ctx, "job failed", "kind", j.Kind, "job", j.ID, "attempt", j.Attempts, "err", err)
		j.Tries = w.tries[j.Kind]
		failed = w.m.Jobs.Retry(ctx, j, err, courier.Permanent(err))
	}
	if failed != nil {
		slog.ErrorContext(ctx, "job's end could not be written", "kind", j.Kind, "job", j.ID, "err", failed)
	}
}
