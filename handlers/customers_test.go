package handlers_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"myisp/handlers/handlerstest"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/service"
)

// form reads the fields of a page's form as a browser would send them.
func form(p handlerstest.Page, selector string) url.Values {
	values := url.Values{}
	p.Find(selector).Find("input, select, textarea").Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("name")
		value, _ := s.Attr("value")
		switch {
		case name == "":
		case s.Is("select"):
			value, _ = s.Find("option[selected]").Attr("value")
			values.Set(name, value)
		case s.Is("textarea"):
			values.Set(name, s.Text())
		case s.Is("[type=checkbox], [type=radio]"):
			if _, on := s.Attr("checked"); on {
				values.Add(name, value)
			}
		default:
			values.Set(name, value)
		}
	})
	return values
}

func ofCustomer(t *testing.T, s *handlerstest.Site, login string) (customer.Customer, string) {
	t.Helper()
	c, err := s.M.Customers.ByLogin(s.Context, login)
	must(t, err)
	return c, fmt.Sprintf("/admin/customers/%d", c.ID)
}

// TestCustomersList: staff find customers by any word, narrow the list, go on with "Show more", without script.
func TestCustomersList(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		for i := range 25 {
			s.M.Customers.Create(s.Context, &customer.Customer{PartnerID: 1, Login: fmt.Sprint("crowd", i), Name: "Crowd Member", Status: customer.StatusActive}, customer.Billing{Currency: "EUR"}, "")
		}
		support := s.LogInStaff("support")
		p := support.Get("/admin/customers?q=carl")
		if !strings.Contains(p.Text("main .list"), "Carla Carter") || strings.Contains(p.Text("main .list"), "Alice") {
			t.Errorf("carl finds %s", p.Text("main .list"))
		}
		if v, _ := p.Find("input[name=q]").Attr("value"); v != "carl" {
			t.Errorf("the box holds %q", v)
		}
		if p = support.Get("/admin/customers?status=blocked"); strings.Contains(p.Text("main .list"), "Alice") || !strings.Contains(p.Text("main .list"), "Carla") {
			t.Errorf("blocked: %s", p.Text("main .list"))
		}
		if p = support.Get("/admin/customers?q=zzzz"); !p.Has(".empty") {
			t.Error("nobody found says nothing")
		}
		p = support.Get("/admin/customers?q=crowd")
		next, _ := p.Find("#more a").Attr("href")
		if n := p.Find("main .list > li").Length(); n != 20 || next == "" {
			t.Fatalf("%d rows, next %q", n, next)
		}
		if p = support.Get(next); p.Find("main .list > li").Length() != 5 || p.Has("#more") {
			t.Errorf("the second page has %d rows", p.Find("main .list > li").Length())
		}
		counter := &db.Counter{}
		s.Context = db.WithCounter(s.Context, counter)
		support.Get("/admin/customers?q=crowd")
		few := len(counter.Statements())
		support.Get("/admin/customers?q=carl")
		if more := len(counter.Statements()) - few; few-more > 1 || more-few > 1 {
			t.Errorf("20 rows take %d statements, one takes %d", few, more)
		}
	})
}

// TestAddAndEditCustomer: the form for a new customer, what is wrong beside its fields with the input kept, then a change;
// support may do both.
func TestAddAndEditCustomer(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		support := s.LogInStaff("support")
		p := support.Get("/admin/customers/new")
		f := form(p, "form.form")
		f.Set("name", "Eve Byrne")
		f.Set("email", "nonsense")
		f.Set("billing_day", "31")
		p = support.Do("POST", "/admin/customers", f)
		if v, _ := p.Find("input[name=name]").Attr("value"); p.Status != 422 || v != "Eve Byrne" || !p.Has("#f-email-error") || !p.Has("#f-billing_day-error") {
			t.Fatalf("a bad form: %d, name %q", p.Status, v)
		}
		f.Set("email", "eve@example.com, Eve2@example.com")
		f.Set("billing_day", "5")
		f.Set("never_block", "1")
		p = support.Do("POST", "/admin/customers", f)
		if p.Status != 303 {
			t.Fatalf("adding: %d", p.Status)
		}
		card := support.Get(p.Location)
		if !strings.Contains(card.Text("h1"), "Eve Byrne") || !strings.Contains(card.Text(".terms"), "eve2@example.com") || !strings.Contains(card.Text("main"), "Do not block") {
			t.Errorf("the card: %s", card.Text("main"))
		}
		f = form(support.Get(p.Location+"/edit"), "form.form")
		stale := form(support.Get(p.Location+"/edit"), "form.form")
		f.Set("city", "Hillcrest")
		if q := support.Do("POST", p.Location, f); q.Status != 303 {
			t.Fatalf("editing: %d %s", q.Status, q.Text(".field-error"))
		}
		stale.Set("city", "Elsewhere")
		q := support.Do("POST", p.Location, stale)
		if v, _ := q.Find("input[name=city]").Attr("value"); q.Status != 422 || v != "Elsewhere" || !q.Has(".notice") {
			t.Errorf("a stale form: %d, city %q", q.Status, v)
		}
		if q = support.Do("POST", p.Location, form(q, "form.form")); q.Status != 303 {
			t.Errorf("saving it again: %d", q.Status)
		}
		if text := support.Get(p.Location).Text(".terms"); !strings.Contains(text, "Elsewhere") {
			t.Errorf("the card has %s", text)
		}
		admin := s.LogInStaff("admin")
		if text := admin.Get(p.Location + "/changes").Text(".audit"); !strings.Contains(text, "support") || !strings.Contains(text, "Hillcrest") {
			t.Errorf("changes: %s", text)
		}
	})
}

// TestCardHidesMoney: who may not see money has no finance tab, no balance, no prices, and 403 on the tab and the papers.
func TestCardHidesMoney(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	c := newCast(t, s)
	_, path := ofCustomer(t, s, "alice")
	support, finance := s.LogInStaff("support"), s.LogInStaff("finance")
	paper := fmt.Sprintf("%s/invoices/%d.pdf", path, c.alice["/finance/invoices"])
	if p := finance.Get(path); !p.Link(path+"/finance") || !strings.Contains(p.Text("main"), "24.90") {
		t.Errorf("finance sees %s", p.Text("main"))
	}
	if p := finance.Get(path + "/finance"); !p.Link(strings.TrimSuffix(paper, ".pdf")) {
		t.Error("no link to the invoice")
	}
	if p := finance.Get(paper); p.Status != 200 || p.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(p.Body, "%PDF") {
		t.Errorf("the PDF: %d %s", p.Status, p.Header.Get("Content-Type"))
	}
	for _, list := range []string{"payments", "credit_notes", "proforma_invoices", "transactions"} {
		if p := finance.Get(path + "/finance?list=" + list); p.Status != 200 || p.Find("main .records tbody tr").Length() == 0 {
			t.Errorf("%s: %d, %d rows", list, p.Status, p.Find("main .records tbody tr").Length())
		}
	}
	amount := regexp.MustCompile(`€\s?\d|\d+\.\d\d`)
	for _, tab := range []string{"", "/services", "/tickets", "/messages", "/sessions", "/edit"} {
		p := support.Get(path + tab)
		if p.Status != 200 || p.Link(path+"/finance") || tab != "/edit" && amount.MatchString(p.Text("main")) {
			t.Errorf("support on %s: %d %s", tab, p.Status, amount.FindString(p.Text("main")))
		}
	}
	for _, money := range []string{path + "/finance", paper, path + "/changes"} {
		if p := support.Get(money); p.Status != 403 {
			t.Errorf("support on %s: %d", money, p.Status)
		}
	}
	mallory, _ := ofCustomer(t, s, "mallory")
	if p := finance.Get(fmt.Sprintf("/admin/customers/%d/invoices/%d.pdf", mallory.ID, c.alice["/finance/invoices"])); p.Status != 404 {
		t.Errorf("alice's invoice under mallory's card: %d", p.Status)
	}
}

// TestChangeStatus: what will happen stands on the page before it does, and then it does: the customer sees the notice, the
// reason stays on the card, services end and go on.
func TestChangeStatus(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		alice, path := ofCustomer(t, s, "alice")
		support := s.LogInStaff("support")
		if p := support.Get(path + "/status"); !p.Link(path+"/status?to=blocked") || p.Link(path+"/status?to=active") {
			t.Error("the choice of statuses is wrong")
		}
		p := support.Get(path + "/status?to=disabled")
		if !strings.Contains(p.Text("main"), "1 active service ends today") || !strings.Contains(p.Text("main .list"), "Fiber 500") {
			t.Errorf("before: %s", p.Text("main"))
		}
		if now, _ := s.M.Customers.Find(s.Context, alice.ID); now.Status != customer.StatusActive {
			t.Fatal("looking changed the status")
		}
		f := form(support.Get(path+"/status?to=blocked"), "form.form")
		f.Set("reason", "Unpaid since October")
		if p = support.Do("POST", path+"/status", f); p.Status != 303 {
			t.Fatalf("blocking: %d", p.Status)
		}
		if text := support.Get(path).Text("main"); !strings.Contains(text, "Blocked since") || !strings.Contains(text, "Unpaid since October") {
			t.Errorf("the card: %s", text)
		}
		if home := s.LogIn("alice").Get("/"); !home.Has("main .notice.tone-bad") {
			t.Error("AUTH-2: the customer sees no notice")
		}
		if p = support.Do("POST", path+"/status", f); p.Status != 422 && p.Status != 409 {
			t.Errorf("the same form again: %d", p.Status)
		}
		support.Do("POST", path+"/status", form(support.Get(path+"/status?to=disabled"), "form.form"))
		list, err := s.M.Services.Of(alice.ID).Everything(s.Context)
		must(t, err)
		if len(list) != 2 || list[0].Status != service.Disabled || list[0].EndsOn == "" || list[1].Status != service.Stopped || list[1].CopyOf != list[0].ID {
			t.Errorf("deactivated: %+v", list)
		}
		support.Do("POST", path+"/status", form(support.Get(path+"/status?to=active"), "form.form"))
		if list, _ = s.M.Services.Of(alice.ID).Everything(s.Context); list[1].Status != service.Active {
			t.Errorf("active again: %+v", list[1])
		}
		var entries []audit.Entry
		must(t, s.M.DB.Q(s.Context).Where("action = ?", audit.CustomerStatus).Order("seq").Find(&entries).Error)
		if len(entries) != 3 || entries[0].ActorName != "support" || !strings.Contains(entries[0].After, "Unpaid since October") {
			t.Errorf("log: %+v", entries)
		}
	})
}

// TestPasswordDesk: AUTH-7: a password is set, and never shown; a code opens the reset by its link, in another browser.
func TestPasswordDesk(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		_, path := ofCustomer(t, s, "alice")
		before := s.LogIn("alice")
		support := s.LogInStaff("support")
		p := support.Post(path+"/password", "password_new", "secret words here", "confirm", "other words here")
		if p.Status != 422 || !p.Has("#f-confirm-error") || strings.Contains(p.Body, "secret words") {
			t.Errorf("two different passwords: %d", p.Status)
		}
		if p = support.Post(path+"/password", "password_new", "password123", "confirm", "password123"); p.Status != 422 || !p.Has("#f-password_new-error") {
			t.Errorf("a breached password: %d", p.Status)
		}
		if p = support.Post(path+"/password", "password_new", "secret words here", "confirm", "secret words here"); p.Status != 303 {
			t.Fatalf("setting: %d", p.Status)
		}
		if p = support.Get(path); strings.Contains(p.Body, "secret words") {
			t.Error("the password is shown")
		}
		if p = before.Get("/"); p.Status != 303 {
			t.Errorf("the customer's session lives on: %d", p.Status)
		}
		if p = support.Post(path+"/password/sending", "way", "email:mallory@example.com"); p.Status != 422 {
			t.Errorf("a code to somebody else: %d", p.Status)
		}
		if p = support.Post(path+"/password/sending", "way", "email:alice@example.com"); p.Status != 303 {
			t.Fatalf("sending: %d", p.Status)
		}
		var sent customer.ResetCode
		for sent.Request == "" {
			j, err := s.M.Jobs.Claim(s.Context, time.Minute)
			must(t, err)
			if j == nil {
				t.Fatal("no code waits to be sent")
			}
			if j.Kind == customer.JobResetCode {
				must(t, s.M.Jobs.Decode(j, &sent))
			}
		}
		browser := s.Client()
		if p = browser.Get("/reset/code?request=" + url.QueryEscape(sent.Request)); p.Status != 303 || p.Location != "/reset/code" {
			t.Fatalf("the link: %d %s", p.Status, p.Location)
		}
		if p = browser.Get("/reset/code"); !p.Has("input[name=code]") {
			t.Fatal("the link does not open the page for the code")
		}
		if p = browser.Post("/reset/code", "code", sent.Code, "password", "chosen by alice", "confirm", "chosen by alice"); p.Status != 200 {
			t.Errorf("choosing a password: %d %s", p.Status, p.Text(".field-error"))
		}
		if _, err := s.M.Customers.LogIn(s.Context, customer.Attempt{Identifier: "alice", Password: "chosen by alice", IP: "192.0.2.77"}); err != nil {
			t.Error(err)
		}
		s.Set("reset_password", "off")
		if p = support.Post(path+"/password/sending", "way", "email:alice@example.com"); p.Status != 422 {
			t.Errorf("G3 off: %d", p.Status)
		}
		if reader := s.LogInStaff("reader").Get(path + "/password"); reader.Status != 403 {
			t.Errorf("read-only: %d", reader.Status)
		}
	})
}

// TestFamily: a main account shows its sub-accounts and they show it; the form for a new sub-account knows whose it is.
func TestFamily(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	newCast(t, s)
	alice, path := ofCustomer(t, s, "alice")
	support := s.LogInStaff("support")
	f := form(support.Get(fmt.Sprintf("/admin/customers/new?main_account=%d", alice.ID)), "form.form")
	if f.Get("main_account") != "alice" || f.Get("sub_mode") != customer.Aggregated {
		t.Errorf("the form names %q", f.Get("main_account"))
	}
	f.Set("name", "Alice’s Workshop")
	p := support.Do("POST", "/admin/customers", f)
	if p.Status != 303 {
		t.Fatalf("adding: %d %s", p.Status, p.Text(".field-error"))
	}
	if !support.Get(path).Link(p.Location) || !support.Get(p.Location).Link(path) {
		t.Error("main account and sub-account do not lead to each other")
	}
	f = form(support.Get(path+"/edit"), "form.form")
	f.Set("main_account", "mallory")
	if q := support.Do("POST", path, f); q.Status != 422 {
		t.Errorf("a main account below another: %d", q.Status)
	}
}

// TestCustomerLabels: defined where settings are, put on and filtered by where customers are.
func TestCustomerLabels(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	newCast(t, s)
	alice, path := ofCustomer(t, s, "alice")
	admin, support := s.LogInStaff("admin"), s.LogInStaff("support")
	const labels = "/admin/config/customer-labels"
	if p := support.Post(labels, "name", "VIP", "tone", "info"); p.Status != 403 {
		t.Errorf("support defines labels: %d", p.Status)
	}
	if p := admin.Post(labels, "name", "VIP", "tone", "pink"); p.Status != 422 || !p.Has("#f-tone-error") {
		t.Errorf("a tone of its own: %d", p.Status)
	}
	if p := admin.Post(labels, "name", "VIP", "tone", "info"); p.Status != 303 {
		t.Fatalf("adding: %d", p.Status)
	}
	f := form(support.Get(path), `form[action$="/labels"]`)
	box := support.Get(path).Find(`.label-option:contains("VIP") input`)
	id, _ := box.Attr("value")
	f.Add("label", id)
	if p := support.Do("POST", path+"/labels", f); p.Status != 303 {
		t.Fatalf("labelling: %d", p.Status)
	}
	if p := support.Get("/admin/customers?label=" + id); !strings.Contains(p.Text("main .list"), alice.Name) || strings.Contains(p.Text("main .list"), "Mallory") {
		t.Errorf("filtered: %s", p.Text("main .list"))
	}
	if p := admin.Post(labels + "/" + id + "/removal"); p.Status != 303 {
		t.Errorf("removing: %d", p.Status)
	}
	if p := support.Get(path); strings.Contains(p.Text(".customer-head"), "VIP") {
		t.Error("the label is still on alice")
	}
}

// TestBilledAs: documents are written to the billing person and address (§3.1), in the portal and for staff.
func TestBilledAs(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	c := newCast(t, s)
	_, path := ofCustomer(t, s, "alice")
	support := s.LogInStaff("support")
	f := form(support.Get(path+"/edit"), "form.form")
	f.Set("billing_person", "Carter Accounts Dept")
	f.Set("billing_street", "99 Ledger Row")
	if p := support.Do("POST", path, f); p.Status != 303 {
		t.Fatalf("editing: %d %s", p.Status, p.Text(".field-error"))
	}
	if p := s.LogIn("alice").Get(fmt.Sprintf("/finance/invoices/%d", c.alice["/finance/invoices"])); !strings.Contains(p.Text("main"), "Carter Accounts Dept") || !strings.Contains(p.Text("main"), "99 Ledger Row") {
		t.Error("the invoice does not name the billing person and address")
	}
}
