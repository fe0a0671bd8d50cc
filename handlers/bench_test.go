package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/models/db/dbtest"
)

// BenchmarkHome is home in this process, for profiles; cmd/myisp measures the whole program.
func BenchmarkHome(b *testing.B) {
	for name, site := range map[string]func() *handlerstest.Site{
		"sqlite":   func() *handlerstest.Site { return handlerstest.New(b, dbtest.SQLite(b, nil)) },
		"postgres": func() *handlerstest.Site { return handlerstest.New(b, dbtest.Postgres(b, nil)) },
	} {
		b.Run(name, func(b *testing.B) {
			s := site()
			newCast(b, s)
			form := url.Values{"identifier": {"alice"}, "password": {handlerstest.Password}}
			in := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(form.Encode()))
			in.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer := httptest.NewRecorder()
			s.Server.ServeHTTP(answer, in)
			cookies := answer.Result().Cookies()
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, "/", nil)
				r.Header.Set("Accept-Encoding", "gzip")
				for _, c := range cookies {
					r.AddCookie(c)
				}
				w := httptest.NewRecorder()
				s.Server.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
