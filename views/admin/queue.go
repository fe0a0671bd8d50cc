package admin

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"myisp/models/job"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Queue lists jobs, without what they carry. It posts to /admin/queue/{id}/attempt, which repeats one, and to
// /admin/queue/attempts with a kind, which repeats all failed ones of it.
type Queue struct {
	Shell    ui.Shell
	Overview job.Overview
	Items    []job.Item
	Kind     string
	State    job.State
	MayRetry bool
	Next     string
}

// QueueURL is the list of a kind and a state; empty ones take all.
func QueueURL(kind string, state job.State) string {
	q := url.Values{}
	if kind != "" {
		q.Set("kind", kind)
	}
	if state != "" {
		q.Set("state", string(state))
	}
	if len(q) == 0 {
		return "/admin/queue"
	}
	return "/admin/queue?" + q.Encode()
}

// count is how many jobs of the chosen kind are in a state.
func (p Queue) count(s job.State) int {
	if p.Kind == "" {
		return int(p.Overview.Count[s])
	}
	return int(p.Overview.Kinds[p.Kind][s])
}

func (p Queue) states(ctx context.Context) []ui.Chip {
	list := []ui.Chip{{Label: i18n.T(ctx, "system.queue.all"), URL: QueueURL(p.Kind, ""), Active: p.State == ""}}
	for _, s := range job.States {
		c := ui.Chip{Label: i18n.T(ctx, "system.state."+string(s)), URL: QueueURL(p.Kind, s), Active: p.State == s}
		if s != job.Done {
			c.Count = p.count(s)
		}
		list = append(list, c)
	}
	return list
}

func (p Queue) kinds(ctx context.Context) ui.Select {
	sel := ui.Select{Name: "kind", Label: i18n.T(ctx, "system.queue.kind"), Value: p.Kind, Options: []ui.Option{{Label: i18n.T(ctx, "system.queue.all_kinds")}}}
	known := false
	for kind := range p.Overview.Kinds {
		sel.Options = append(sel.Options, ui.Option{Value: kind, Label: JobKind(ctx, kind)})
		known = known || kind == p.Kind
	}
	slices.SortFunc(sel.Options[1:], func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	if p.Kind != "" && !known {
		sel.Options = append(sel.Options, ui.Option{Value: p.Kind, Label: JobKind(ctx, p.Kind)})
	}
	return sel
}

// JobKind is what a kind of job does, in words; a kind without words is its own name.
func JobKind(ctx context.Context, kind string) string {
	if key := "system.job." + strings.ReplaceAll(kind, ".", "-"); i18n.Has(key) {
		return i18n.T(ctx, key)
	}
	return kind
}

// jobText says where a job stands and since when, and why where it went wrong.
func jobText(ctx context.Context, j job.Item) string {
	at := func(key string) string {
		t := j.RunAt
		if j.DoneAt != nil {
			t = *j.DoneAt
		}
		return i18n.T(ctx, key, "time", format.DateTime(ctx, t))
	}
	parts := []string{"#" + strconv.FormatInt(j.ID, 10)}
	switch j.State {
	case job.Done:
		parts = append(parts, at("system.queue.done"))
	case job.Failed:
		parts = append(parts, at("system.queue.failed"), i18n.N(ctx, "system.queue.attempts", j.Attempts))
	case job.Running:
		parts = append(parts, i18n.T(ctx, "system.queue.running"))
	default:
		parts = append(parts, at("system.queue.due"))
		if j.Attempts > 0 {
			parts = append(parts, i18n.N(ctx, "system.queue.attempts", j.Attempts))
		}
	}
	return strings.Join(parts, " · ")
}

func jobTone(s job.State) (ui.Tone, string) {
	switch s {
	case job.Done:
		return ui.Ok, "check"
	case job.Failed:
		return ui.Bad, "triangle-alert"
	case job.Running:
		return ui.Info, "refresh-cw"
	}
	return ui.Neutral, "clock"
}

func attemptURL(id int64) string { return "/admin/queue/" + strconv.FormatInt(id, 10) + "/attempt" }

// failed is how many failed jobs of the chosen kind there are to be repeated.
func (p Queue) failed() int {
	if p.Kind == "" || p.State != "" && p.State != job.Failed {
		return 0
	}
	return p.count(job.Failed)
}

// lateNotice warns that the queue does not keep up.
func lateNotice(ctx context.Context, o job.Overview) ui.Notice {
	return ui.Notice{Tone: ui.Bad, Title: i18n.T(ctx, "system.late"), Text: i18n.T(ctx, "system.late_text", "time", span(ctx, o.Late)), URL: QueueURL("", job.Waiting)}
}
