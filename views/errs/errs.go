// Package errs shows what went wrong, in words that say what to do next.
package errs

import (
	"context"
	"strconv"

	"myisp/views/i18n"
	"myisp/views/ui"
)

// Error is a page that could not be shown. Empty keys are those of the status.
type Error struct {
	Shell     ui.Shell // with a Viewer the page keeps the navigation
	Status    int      // 403, 404, 405, 409, 413, 422, 429, 500, 503
	TitleKey  string
	TextKey   string
	Retry     string // URL of "Try again"
	Back      string // URL of "Back"; without either the start page is offered
	RequestID string // to quote to support; "" is left out
}

// shell titles the document as the page says it, in the reader's language.
func (p Error) shell(ctx context.Context) ui.Shell {
	p.Shell.Title = i18n.T(ctx, p.titleKey())
	return p.Shell
}

// titleKey and textKey fall back to the messages of the status, and those to the ones of 500.
func (p Error) titleKey() string { return p.key(p.TitleKey, ".title") }

func (p Error) textKey() string { return p.key(p.TextKey, ".text") }

func (p Error) key(own, part string) string {
	if own != "" {
		return own
	}
	if key := "errs.s" + strconv.Itoa(p.Status) + part; i18n.Has(key) {
		return key
	}
	return "errs.s500" + part
}

func (p Error) icon() string {
	switch p.Status {
	case 403:
		return "lock"
	case 404:
		return "search"
	case 429, 503:
		return "clock"
	}
	return "circle-alert"
}
