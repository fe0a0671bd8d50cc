package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"myisp/models/customer"
	"myisp/models/ticket"
)

// TCK-1, TCK-3, TCK-6, TCK-7: open and closed apart, the customers' titles, nothing hidden ever shown, reading by POST.
func TestTickets(t *testing.T) {
	s := site(t)
	alice, mallory := s.Customer(customer.Customer{Login: "alice"}), s.Customer(customer.Customer{Login: "mallory"})
	add := func(tk ticket.Ticket, thread ...ticket.Message) string {
		if tk.CustomerID == 0 {
			tk.CustomerID = alice.ID
		}
		tk.CreatedAt, tk.UpdatedAt = today, today
		thread = append([]ticket.Message{{Author: ticket.ByCustomer, Kind: ticket.KindMessage, Body: "Why?"}}, thread...)
		for i := range thread {
			thread[i].CreatedAt = today
		}
		must(t, s.M.Tickets.Add(s.Context, &tk, thread))
		return "/tickets/" + id(tk.ID)
	}
	titles := map[string]string{ticket.StatusNew: "Open", ticket.InProgress: "Work in progress", ticket.WaitCustomer: "Waiting for your answer", ticket.WaitAgent: "Open"}
	for status := range titles {
		add(ticket.Ticket{Subject: "About " + status, Status: status})
	}
	add(ticket.Ticket{Subject: "Long ago", Status: ticket.Resolved, Closed: true})
	hidden := add(ticket.Ticket{Subject: "Hidden from her", Status: ticket.StatusNew, Hidden: true, UnreadByCustomer: true})
	foreign := add(ticket.Ticket{CustomerID: mallory.ID, Subject: "Another's", Status: ticket.StatusNew, UnreadByCustomer: true})
	slow := add(ticket.Ticket{Subject: "Slow evenings", Status: ticket.WaitCustomer, UnreadByCustomer: true},
		ticket.Message{Author: ticket.ByAgent, AuthorName: "Sam", Kind: ticket.KindMessage, Body: "Better <i>now</i>?"},
		ticket.Message{Author: ticket.ByAgent, AuthorName: "Sam", Kind: ticket.KindNote, Body: "NOTE she shouts"},
		ticket.Message{Author: ticket.ByAgent, AuthorName: "Sam", Kind: ticket.KindMessage, HideForCustomer: true, Body: "HIDDEN price list"},
		ticket.Message{Author: ticket.BySystem, Kind: ticket.KindMessage, Body: "Status changed"})
	c := s.LogIn("alice")

	open := c.Get("/tickets")
	for status, title := range titles {
		if got := open.Find(`.row:contains("About ` + status + `") .badge`).First().Text(); strings.TrimSpace(got) != title {
			t.Errorf("TCK-3: %s is called %q", status, got)
		}
	}
	if open.Find(".row").Length() != 5 || open.Find("li.unread").Length() != 1 || !strings.Contains(open.Text("li.unread"), "Slow evenings") {
		t.Errorf("TCK-1: %d open, %d unread", open.Find(".row").Length(), open.Find("li.unread").Length())
	}
	closed := c.Get("/tickets?state=closed")
	if closed.Find(".row").Length() != 1 || closed.Text(".row .badge") != "Resolved" || closed.Text(`.chips [aria-current]`) != "Closed" {
		t.Errorf("TCK-1: closed shows %q", closed.Text(".list"))
	}
	for range 2 {
		p := c.Get(slow)
		if p.Find(".thread-entry").Length() != 3 || !p.Has(`form[action="`+slow+`/reading"]`) {
			t.Errorf("TCK-6: the thread has %d entries", p.Find(".thread-entry").Length())
		}
		for _, never := range []string{"NOTE", "HIDDEN", "<i>now"} {
			if strings.Contains(p.Body, never) {
				t.Errorf("TCK-6: %q is in the page", never)
			}
		}
	}
	if p := c.Post(slow + "/reading"); p.Status != http.StatusSeeOther || p.Location != slow {
		t.Errorf("TCK-7: marked read: %d to %q", p.Status, p.Location)
	}
	if p := c.Get(slow); p.Has("main form") || c.Get("/tickets").Has("li.unread") {
		t.Error("TCK-7: it is still unread")
	}
	for _, path := range []string{hidden, foreign, "/tickets/x"} {
		if got, post := c.Get(path).Status, c.Post(path+"/reading").Status; got != http.StatusNotFound || post != http.StatusNotFound {
			t.Errorf("%s: GET %d, POST %d", path, got, post)
		}
	}
	for _, page := range []string{"/", "/tickets", "/tickets?state=closed"} {
		if body := c.Get(page).Body; strings.Contains(body, "Hidden from her") || strings.Contains(body, "Another's") {
			t.Errorf("TCK-6: %s shows a hidden ticket", page)
		}
	}
	if got := c.Get("/").Text(`.counter[href="/tickets"] strong`); got != "0" {
		t.Errorf("DASH-2: a hidden ticket counts: %s", got)
	}
	if n, _ := s.M.Tickets.Of(mallory.ID).Unread(s.Context); n != 1 {
		t.Error("another customer's ticket was marked read")
	}
}

// Long lists go on, and keep their filter.
func TestManyTickets(t *testing.T) {
	s := site(t)
	alice := s.Customer(customer.Customer{Login: "alice"})
	c := s.LogIn("alice")
	for _, page := range []string{"/tickets", "/tickets?state=closed"} {
		if p := c.Get(page); !p.Has(".empty") || p.Has(".row") {
			t.Errorf("%s has no empty state", page)
		}
	}
	for range ticket.PageSize + 3 {
		must(t, s.M.Tickets.Add(s.Context, &ticket.Ticket{CustomerID: alice.ID, Subject: "Old", Status: ticket.Resolved, Closed: true, CreatedAt: today, UpdatedAt: today},
			[]ticket.Message{{Author: ticket.ByCustomer, Kind: ticket.KindMessage, Body: "Why?", CreatedAt: today}}))
	}
	p := c.Get("/tickets?state=closed")
	if p.Find(".row").Length() != ticket.PageSize {
		t.Errorf("the first page has %d", p.Find(".row").Length())
	}
	if p = c.Get(p.Find("#more a").AttrOr("href", "")); p.Find(".row").Length() != 3 || p.Has("#more") {
		t.Errorf("the second page has %d", p.Find(".row").Length())
	}
}
