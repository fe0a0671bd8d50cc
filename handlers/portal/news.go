package portal

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/message"
	"myisp/views/i18n"
	"myisp/views/news"
)

// News is GET /news (spec §2.3): what is for the customer's partner and location.
func (h *Handlers) News(c echo.Context) error {
	s, err := h.shell(c, i18n.T(c.Request().Context(), "nav.news"), "news")
	if err != nil {
		return err
	}
	skip := countOf(c, "skip")
	items, more, err := h.m.Messages.News(c.Request().Context(), readers(web.From(c)), skip)
	if err != nil {
		return err
	}
	p := news.List{Shell: s, Items: items}
	if more {
		p.Next = "/news?skip=" + strconv.Itoa(skip+message.PageSize)
	}
	return web.OK(c, news.ListPage(p))
}

// NewsItem is GET /news/:id.
func (h *Handlers) NewsItem(c echo.Context) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	item, err := h.m.Messages.NewsItem(c.Request().Context(), readers(web.From(c)), id)
	if err != nil {
		return err
	}
	s, err := h.shell(c, item.Title, "news")
	if err != nil {
		return err
	}
	s.BackURL = "/news"
	return web.OK(c, news.Page(news.Item{Shell: s, News: item}))
}

// idOf reads the :id of the path. What is no id is no record either.
func idOf(c echo.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, db.ErrNotFound
	}
	return id, nil
}

// maxSkip bounds how deep a list is leafed through by counting.
const maxSkip = 100_000

// countOf reads a number of the query, 0 when it is none or out of bounds.
func countOf(c echo.Context, name string) int {
	n, err := strconv.Atoi(c.QueryParam(name))
	if err != nil || n < 0 || n > maxSkip {
		return 0
	}
	return n
}
