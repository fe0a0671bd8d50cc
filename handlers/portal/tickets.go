package portal

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/ticket"
	"myisp/views/i18n"
	"myisp/views/tickets"
)

// Tickets is GET /tickets (TCK-1): the open ones, or with state=closed the others.
func (h *Handlers) Tickets(c echo.Context) error {
	s, err := h.shell(c, i18n.T(c.Request().Context(), "nav.support"), "support")
	if err != nil {
		return err
	}
	p := tickets.List{Shell: s, Closed: c.QueryParam("state") == "closed"}
	skip, more := countOf(c, "skip"), false
	if p.Items, more, err = h.m.Tickets.Of(web.From(c).Me()).List(c.Request().Context(), p.Closed, skip); err != nil {
		return err
	}
	if more {
		p.Next = "/tickets?skip=" + strconv.Itoa(skip+ticket.PageSize)
		if p.Closed {
			p.Next += "&state=closed"
		}
	}
	return web.OK(c, tickets.ListPage(p))
}

// Ticket is GET /tickets/:id (TCK-6); it leaves the mark of an unread answer to ReadTicket.
func (h *Handlers) Ticket(c echo.Context) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	thread, err := h.m.Tickets.Of(web.From(c).Me()).Get(c.Request().Context(), id)
	if err != nil {
		return err
	}
	s, err := h.shell(c, thread.Ticket.Subject, "support")
	if err != nil {
		return err
	}
	s.BackURL = "/tickets"
	return web.OK(c, tickets.Page(tickets.Ticket{Shell: s, Thread: thread}))
}

// ReadTicket is POST /tickets/:id/reading (TCK-7).
func (h *Handlers) ReadTicket(c echo.Context) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := h.m.Tickets.Of(web.From(c).Me()).MarkRead(c.Request().Context(), id); err != nil {
		return err
	}
	return h.wasRead(c, "/tickets/"+strconv.FormatInt(id, 10))
}
