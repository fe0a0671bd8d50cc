package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"myisp/handlers/handlerstest"
	"myisp/models/customer"
)

const (
	android = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
	mac     = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"
)

// The devices signed in, one ended by itself, all ended at once; nobody else's.
func TestDevices(t *testing.T) {
	s := site(t)
	s.Customer(customer.Customer{Login: "alice"})
	s.Customer(customer.Customer{Login: "mallory"})
	open := func(login, agent string) *handlerstest.Client {
		c := s.Client()
		c.Header.Set("User-Agent", agent)
		if p := c.Post("/login", "identifier", login, "password", handlerstest.Password); p.Status != http.StatusSeeOther {
			t.Fatalf("log-in: %d", p.Status)
		}
		return c
	}
	phone, laptop, mallory := open("alice", android), open("alice", mac), open("mallory", android)
	works := func(c *handlerstest.Client) bool { return c.Get("/").Status == http.StatusOK }

	p := laptop.Get("/profile")
	rows := p.Find(".row").Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") })
	if len(rows) != 2 || !strings.Contains(p.Text(".row"), "Chrome on Android") || !strings.Contains(p.Text(".row"), "Safari on Mac") {
		t.Fatalf("devices: %q", rows)
	}
	for _, r := range rows {
		if here := strings.Contains(r, "This device"); here != strings.Contains(r, "Safari on Mac") {
			t.Errorf("this device: %q", r)
		}
	}
	end := p.Find(`.row form`)
	if end.Length() != 1 {
		t.Fatalf("%d devices can be signed out by themselves", end.Length())
	}
	mallory.Post(end.AttrOr("action", ""))
	if !works(phone) {
		t.Error("another customer ended a session")
	}
	if p = laptop.Post(end.AttrOr("action", "")); p.Location != "/profile" {
		t.Errorf("ended: %d to %q", p.Status, p.Location)
	}
	if works(phone) || !works(laptop) {
		t.Error("the phone works on, or the laptop does not")
	}
	phone = open("alice", android)
	if p = laptop.Get("/profile"); !strings.Contains(p.Text(`form[action="/profile/sessions/closure"] button`), "Sign out everywhere") {
		t.Error("there is no way to sign out everywhere")
	}
	if p = laptop.Post("/profile/sessions/closure"); p.Status != http.StatusSeeOther || p.Location != "/login" {
		t.Errorf("everywhere: %d to %q", p.Status, p.Location)
	}
	if works(laptop) || works(phone) || !works(mallory) {
		t.Error("everywhere is not everywhere, or more than that")
	}
}
