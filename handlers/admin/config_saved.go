package admin

import (
	"encoding/json"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/portal"
	"myisp/models/session"
	views "myisp/views/admin"
	"myisp/views/ui"
)

// What a save has changed travels to the next page in the cookie, which has little room: this many changes, and so many
// bytes of values. The audit log has all of it.
const (
	savedLines = 8
	savedBytes = 1500
)

// savedNote is what the cookie holds.
type savedNote struct {
	Partner int64
	Lines   [][3]string // key, before, after: JSON, or "" where it was too long
	More    int
}

const keySaved = "config"

// keepSaved has the next page tell what changed, or that nothing did.
func (h *Handlers) keepSaved(c echo.Context, partner int64, changed []portal.Changed) error {
	if len(changed) == 0 {
		return h.kit.SetFlash(c, session.Staff, ui.Info, "config.nothing_changed")
	}
	note := savedNote{Partner: partner}
	if changed[0].Scope == portal.General && changed[len(changed)-1].Scope == portal.General {
		note.Partner = 0
	}
	room := savedBytes
	fits := func(value string) string {
		if room -= len(value); room < 0 {
			return ""
		}
		return value
	}
	for i, ch := range changed {
		if i == savedLines {
			note.More = len(changed) - savedLines
			break
		}
		note.Lines = append(note.Lines, [3]string{ch.Key, fits(ch.Before), fits(ch.After)})
	}
	text, err := json.Marshal(note)
	if err != nil {
		return err
	}
	return h.kit.SetNote(c, session.Staff, keySaved, string(text))
}

// takeSaved is what the save before this page has changed, in words; nil when there was none.
func (h *Handlers) takeSaved(c echo.Context) *views.ConfigSaved {
	var note savedNote
	if json.Unmarshal([]byte(h.kit.TakeNote(c, session.Staff, keySaved)), &note) != nil {
		return nil
	}
	ctx := c.Request().Context()
	s := &views.ConfigSaved{More: note.More}
	if v := web.From(c).Partner(note.Partner); v != nil {
		s.Partner = v.Partner.Name
	}
	words := func(d *portal.Declaration, value string) string {
		if value == "" {
			return "…"
		}
		return views.SettingValue(ctx, d, value)
	}
	for _, l := range note.Lines {
		if d := portal.Lookup(l[0]); d != nil {
			s.Lines = append(s.Lines, views.ConfigSavedLine{Name: views.SettingName(ctx, d), Before: words(d, l[1]), After: words(d, l[2])})
		}
	}
	return s
}
