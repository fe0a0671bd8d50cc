package handlers_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/models/customer"
	"myisp/models/db/dbtest"
)

// TestBrokenForms: a form that cannot be read whole is refused, and never taken for one whose fields are empty.
func TestBrokenForms(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	const urlencoded, multipart = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
	for name, c := range map[string]struct {
		path, kind, body string
		want             int
	}{
		"a megabyte of unknown length": {"/reset", urlencoded, "identifier=alice&contact=" + strings.Repeat("A", 1<<20), http.StatusRequestEntityTooLarge},
		"a megabyte in parts":          {"/reset", multipart, "--b\r\nContent-Disposition: form-data; name=\"identifier\"\r\n\r\n" + strings.Repeat("A", 1<<20), http.StatusRequestEntityTooLarge},
		"half a part":                  {"/language", multipart, "--b\r\nContent-Disposition: form-data; name=\"lang\"\r\n\r\nes", http.StatusUnprocessableEntity},
		"no escape":                    {"/language", urlencoded, "lang=es&next=%zz", http.StatusUnprocessableEntity},
		"nul":                          {"/language", urlencoded, "lang=es&x=a%00b", http.StatusUnprocessableEntity},
		"broken utf-8":                 {"/language", urlencoded, "lang=es&x=%ff", http.StatusUnprocessableEntity},
		"whole":                        {"/language", urlencoded, "lang=es", http.StatusSeeOther},
		"whole, in parts":              {"/language", multipart, "--b\r\nContent-Disposition: form-data; name=\"lang\"\r\n\r\nes\r\n--b--\r\n", http.StatusSeeOther},
	} {
		r := httptest.NewRequest(http.MethodPost, c.path, struct{ io.Reader }{strings.NewReader(c.body)}) // hides the length
		r.Header.Set("Content-Type", c.kind)
		w := httptest.NewRecorder()
		s.Server.ServeHTTP(w, r)
		if w.Code != c.want || w.Code != http.StatusSeeOther && w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s: %d with cookie %q, want %d", name, w.Code, w.Header().Get("Set-Cookie"), c.want)
		}
	}
}

// TestStrangeBrowsers: whatever a browser calls itself, its owner gets in, on both databases.
func TestStrangeBrowsers(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Customer(customer.Customer{Login: "alice"})
		s.Staff("admin", "administrator")
		for _, agent := range []string{"\xff\xfe", "x" + strings.Repeat("é", 200), strings.Repeat("A", 5000)} {
			c := s.Client()
			c.Header.Set("User-Agent", agent)
			if p := c.Post("/login", "identifier", "alice", "password", handlerstest.Password); p.Status != http.StatusSeeOther {
				t.Errorf("%.10q: a customer's log-in is %d", agent, p.Status)
			}
			if p := c.Post("/admin/login", "login", "admin", "password", handlerstest.Password); p.Status != http.StatusSeeOther {
				t.Errorf("%.10q: a log-in of staff is %d", agent, p.Status)
			}
		}
	})
}
