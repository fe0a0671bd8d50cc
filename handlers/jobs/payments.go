package jobs

import (
	"context"

	"myisp/handlers/cashier"
	"myisp/internal/courier"
	"myisp/models/job"
)

// kindPoll asks the gateways about the attempts that are due: what no notice told of.
const kindPoll = "payment.poll"

// pollBatch bounds one round; a round a minute asks about as many as a busy provider has.
const pollBatch = 50

// Payments gives the worker a cashier, and with it the jobs of payments.
func (w *Worker) Payments(till *cashier.Cashier) *Worker {
	w.takes = till.Takes
	w.kinds[cashier.JobAsk] = func(ctx context.Context, j *job.Job) error {
		var q cashier.Question
		if err := w.m.Jobs.Decode(j, &q); err != nil {
			return courier.Lasting(err)
		}
		return till.Answer(ctx, q)
	}
	w.tries[cashier.JobFind] = job.ADay // no poller asks about what a notice alone tells of, such as a dispute
	w.kinds[cashier.JobFind] = func(ctx context.Context, j *job.Job) error {
		var clue cashier.Clue
		if err := w.m.Jobs.Decode(j, &clue); err != nil {
			return courier.Lasting(err)
		}
		return till.Find(ctx, clue)
	}
	w.kinds[kindPoll] = func(ctx context.Context, _ *job.Job) error {
		_, err := till.Poll(ctx, pollBatch)
		return err
	}
	w.schedules = append(w.schedules, schedule{kindPoll, "2006-01-02T15:04"})
	w.methods(till)
	return w
}
