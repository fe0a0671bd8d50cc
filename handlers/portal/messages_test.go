package portal_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"myisp/models/customer"
	"myisp/models/message"
)

func id(n int64) string { return strconv.FormatInt(n, 10) }

// §2.10: newest first, the mark of unread ones; reading is a POST, with script and without, and never a GET.
func TestMessages(t *testing.T) {
	s := site(t)
	alice, mallory := s.Customer(customer.Customer{Login: "alice"}), s.Customer(customer.Customer{Login: "mallory"})
	var sent []message.Message
	for i := range 25 {
		m := message.Message{CustomerID: alice.ID, Subject: fmt.Sprintf("Message %d", i+1), Body: "First line\nsecond <b>line</b>", CreatedAt: today.Add(time.Duration(i) * time.Minute)}
		must(t, s.M.Messages.Send(s.Context, &m))
		sent = append(sent, m)
	}
	foreign := message.Message{CustomerID: mallory.ID, Subject: "Secret", Body: "Nobody else's"}
	must(t, s.M.Messages.Send(s.Context, &foreign))
	c := s.LogIn("alice")

	p := c.Get("/messages")
	if p.Find(".row").Length() != message.PageSize || p.Find("li.unread").Length() != message.PageSize || strings.Contains(p.Body, "Secret") {
		t.Errorf("the inbox has %d rows, %d unread", p.Find(".row").Length(), p.Find("li.unread").Length())
	}
	if got := strings.TrimSpace(p.Find(".row-title bdi").First().Text()); got != "Message 25" {
		t.Errorf("the first is %q", got)
	}
	next := p.Find("#more a").AttrOr("href", "")
	if rest := c.Get(next); rest.Find(".row").Length() != 5 || rest.Has("#more") {
		t.Errorf("show more (%s) leads to %d rows", next, rest.Find(".row").Length())
	}
	c.Header.Set("HX-Request", "true")
	c.Header.Set("HX-Target", "more")
	if part := c.Get(next); part.Find(".row").Length() != 5 || strings.Contains(part.Body, "<html") || part.Has("h1") {
		t.Error("show more by script is not the rows alone")
	}
	c.Header = http.Header{}

	path := "/messages/" + id(sent[0].ID)
	for range 2 {
		p = c.Get(path)
		form := p.Find(`form[action="` + path + `/reading"]`)
		if p.Status != 200 || form.Length() != 1 || form.AttrOr("hx-trigger", "") != "load, submit" || form.AttrOr("hx-post", "") != path+"/reading" {
			t.Fatalf("an unread message: %d, %d forms", p.Status, form.Length())
		}
	}
	if strings.Contains(p.Body, "<b>line") || !strings.Contains(p.Text(".pre"), "second <b>line</b>") {
		t.Error("the body is not shown as text")
	}
	if p = c.Post(path + "/reading"); p.Status != http.StatusSeeOther || p.Location != path {
		t.Errorf("marked read: %d to %q", p.Status, p.Location)
	}
	if p = c.Get(path); p.Has("main form") || !strings.Contains(p.Text("[data-toast]"), "Marked as read") {
		t.Error("a read message can be marked read, or nothing was said")
	}
	c.Header.Set("HX-Request", "true")
	if p = c.Post("/messages/" + id(sent[1].ID) + "/reading"); p.Status != 200 || strings.TrimSpace(p.Body) != "" {
		t.Errorf("marked read by script: %d %q", p.Status, p.Body)
	}
	if n, _ := s.M.Messages.Of(alice.ID).Unread(s.Context); n != 23 {
		t.Errorf("%d are unread", n)
	}
	c.Header = http.Header{}
	for _, answer := range []int{c.Get("/messages/" + id(foreign.ID)).Status, c.Post("/messages/" + id(foreign.ID) + "/reading").Status, c.Get("/messages/x").Status} {
		if answer != http.StatusNotFound {
			t.Errorf("another customer's message: %d", answer)
		}
	}
	if n, _ := s.M.Messages.Of(mallory.ID).Unread(s.Context); n != 1 {
		t.Error("another customer's message was marked read")
	}
}

// §2.3: the news of the customer's partner and place, each with its page; others' are 404.
func TestNewsPages(t *testing.T) {
	s := site(t)
	s.Customer(customer.Customer{Login: "alice", LocationID: 7})
	c := s.LogIn("alice")
	if p := c.Get("/news"); !p.Has(".empty") {
		t.Error("no news have no empty state")
	}
	here := message.NewsItem{Title: "Faster evenings", Summary: "More capacity", Body: "One.\n\nTwo.", PublishedAt: today.Add(-time.Hour)}
	must(t, s.M.Messages.Publish(s.Context, &here, message.Readers{LocationID: 7}))
	elsewhere := message.NewsItem{Title: "Elsewhere", PublishedAt: today.Add(-time.Hour)}
	must(t, s.M.Messages.Publish(s.Context, &elsewhere, message.Readers{LocationID: 8}))
	later := message.NewsItem{Title: "Later", PublishedAt: today.Add(time.Hour)}
	must(t, s.M.Messages.Publish(s.Context, &later))
	p := c.Get("/news")
	if got := p.Text(".news-card h2"); got != "Faster evenings" || !p.Link("/news/"+id(here.ID)) {
		t.Errorf("the list shows %q", got)
	}
	if p = c.Get("/news/" + id(here.ID)); p.Text("h1") != "Faster evenings" || !strings.Contains(p.Text("article"), "One. Two.") {
		t.Errorf("the page shows %q", p.Text("article"))
	}
	for _, n := range []message.NewsItem{elsewhere, later} {
		if got := c.Get("/news/" + id(n.ID)).Status; got != http.StatusNotFound {
			t.Errorf("%s is %d", n.Title, got)
		}
	}
	for i := range message.PageSize {
		must(t, s.M.Messages.Publish(s.Context, &message.NewsItem{Title: "Old " + id(int64(i)), PublishedAt: today.AddDate(0, -1, 0)}))
	}
	if p = c.Get("/news"); p.Find(".news-card").Length() != message.PageSize || p.Find("#more a").AttrOr("href", "") != "/news?skip=20" {
		t.Errorf("a long list: %d, more at %q", p.Find(".news-card").Length(), p.Find("#more a").AttrOr("href", ""))
	}
	if p = c.Get("/news?skip=20"); p.Find(".news-card").Length() != 1 {
		t.Errorf("the second page has %d", p.Find(".news-card").Length())
	}
	for _, odd := range []string{"-5", "x", "99999999999999999999"} {
		if p = c.Get("/news?skip=" + odd); p.Status != 200 || p.Find(".news-card").Length() != message.PageSize {
			t.Errorf("skip=%s: %d", odd, p.Status)
		}
	}
}
