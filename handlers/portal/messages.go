package portal

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/session"
	"myisp/views/i18n"
	"myisp/views/messages"
	"myisp/views/ui"
)

// Messages is GET /messages (spec §2.10).
func (h *Handlers) Messages(c echo.Context) error {
	s, err := h.shell(c, i18n.T(c.Request().Context(), "nav.messages"), "messages")
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	list, more, err := h.m.Messages.Of(web.From(c).Me()).List(c.Request().Context(), before)
	if err != nil {
		return err
	}
	p := messages.Inbox{Shell: s, Items: list}
	if more {
		p.Next = "/messages?before=" + strconv.FormatInt(list[len(list)-1].ID, 10)
	}
	return web.OK(c, messages.InboxPage(p))
}

// Message is GET /messages/:id; it leaves the mark of an unread message to ReadMessage.
func (h *Handlers) Message(c echo.Context) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	m, err := h.m.Messages.Of(web.From(c).Me()).Get(c.Request().Context(), id)
	if err != nil {
		return err
	}
	s, err := h.shell(c, m.Subject, "messages")
	if err != nil {
		return err
	}
	s.BackURL = "/messages"
	return web.OK(c, messages.Page(messages.Message{Shell: s, Message: m}))
}

// ReadMessage is POST /messages/:id/reading.
func (h *Handlers) ReadMessage(c echo.Context) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := h.m.Messages.Of(web.From(c).Me()).MarkRead(c.Request().Context(), id); err != nil {
		return err
	}
	return h.wasRead(c, "/messages/"+strconv.FormatInt(id, 10))
}

// wasRead answers that something is marked read: to script with nothing, which takes the place of the form that asked;
// else with the page again.
func (h *Handlers) wasRead(c echo.Context, page string) error {
	if web.IsHTMX(c) {
		return c.HTML(http.StatusOK, "")
	}
	if err := h.kit.SetFlash(c, session.Customer, ui.Ok, "messages.marked"); err != nil {
		return err
	}
	return web.SeeOther(c, page)
}
