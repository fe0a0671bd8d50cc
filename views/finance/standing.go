package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/service"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// beat is one line of the timeline: a step, or today among them.
type beat struct {
	step  service.Step
	today bool
}

// beats are the steps with today between what has been and what will be; on its own line only where no step is today.
func beats(s service.Standing) (list []beat) {
	placed := false
	for _, step := range s.Steps {
		if !placed && !step.Done && step.Day > s.Today {
			list, placed = append(list, beat{service.Step{Day: s.Today, Done: true}, true}), true
		}
		here := step.Day == s.Today
		placed = placed || here
		list = append(list, beat{step, here})
	}
	if !placed && len(list) > 0 {
		list = append(list, beat{service.Step{Day: s.Today, Done: true}, true})
	}
	return list
}

func (b beat) icon() string {
	switch b.step.Kind {
	case service.StepIssued:
		return "file-text"
	case service.StepReminder:
		return "mail"
	case service.StepDue:
		return "calendar"
	case service.StepPromised:
		return "clock"
	case service.StepBlocked:
		return "circle-pause"
	case service.StepDisabled:
		return "circle-x"
	}
	return "chevron-right"
}

func (b beat) class() string {
	class := "beat"
	if b.step.Done {
		class += " beat-done"
	}
	if b.today {
		class += " beat-today"
	}
	return class
}

func (b beat) name(ctx context.Context) string {
	if b.step.Kind == "" {
		return i18n.T(ctx, "timeline.today")
	}
	return i18n.T(ctx, "timeline.step."+string(b.step.Kind))
}

func dayLong(ctx context.Context, d db.Day) string {
	if d == "" {
		return ""
	}
	return format.DayLong(ctx, d.Time())
}

// RefusalText says why no promise is taken, and what to do instead.
func RefusalText(ctx context.Context, o service.Offer) string {
	return i18n.T(ctx, "promise.refused."+string(o.Refusal), "date", dayLong(ctx, o.From), "most", format.Money(ctx, o.Most))
}

// refusalShown reports whether to say unasked why there is no button: only of what will pass, or what paying a part mends.
func refusalShown(o service.Offer) bool {
	return o.Refusal == service.RefusedAgain || o.Refusal == service.RefusedBroken || o.Refusal == service.RefusedAmount
}

// promiseText says what pressing the button does.
func promiseText(ctx context.Context, s service.Standing) []string {
	list := []string{i18n.T(ctx, "promise.text", "amount", format.Money(ctx, s.Offer.Amount), "date", dayLong(ctx, s.Offer.Until))}
	if s.Offer.Restores {
		list[0] += " " + i18n.T(ctx, "promise.restores")
	} else {
		list[0] += " " + i18n.T(ctx, "promise.keeps")
	}
	last := i18n.T(ctx, "promise.if_not")
	if s.Rules.Promise.Every > 0 {
		last += " " + i18n.N(ctx, "promise.every", s.Rules.Promise.Every)
	}
	return append(list, last)
}

// PromiseNotice tells of a promise that is open.
func PromiseNotice(ctx context.Context, s service.Standing) ui.Notice {
	owed := money.Of(max(0, -s.Stand.Balance), s.Stand.Currency)
	return ui.Notice{Tone: ui.Info, Icon: "clock", Title: i18n.T(ctx, "promise.open", "date", dayLong(ctx, s.Stand.Open.Until)),
		Text: i18n.T(ctx, "promise.open_text", "amount", format.Money(ctx, owed))}
}

// Back says what a payment did about suspended services; "" is that there was nothing to do.
type Back string

// What it may have done. Their words are the messages pay.back.<back>.
const (
	BackNow   Back = "now"
	BackSoon  Back = "soon"
	BackMore  Back = "more"
	BackOther Back = "unrelated"
)

func (p Attempt) back(ctx context.Context) string {
	return i18n.T(ctx, "pay.back."+string(p.Back), "amount", format.Money(ctx, p.Missing))
}
