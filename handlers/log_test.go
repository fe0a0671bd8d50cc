package handlers_test

import (
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/models/audit"
)

// TestDeniedIsLogged: what a role does not reach is 403, and the try is in the log.
func TestDeniedIsLogged(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("support", "support")
		if p := s.LogInStaff("support").Get("/admin/outbox"); p.Status != 403 {
			t.Fatalf("outbox as support: %d", p.Status)
		}
		var e audit.Entry
		must(t, s.M.DB.Q(s.Context).Where("action = ?", audit.AccessDenied).Take(&e).Error)
		if e.ActorName != "support" || e.ObjectID != "GET /admin/outbox" || e.IP == "" {
			t.Errorf("entry: %+v", e)
		}
	})
}

// TestPortalLog: what a customer does is in the portal log, with how it ended (AUTH-4).
func TestPortalLog(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		if p := c.Client().Post("/login", "identifier", "alice", "password", "wrong"); p.Status != 422 {
			t.Fatalf("wrong password: %d", p.Status)
		}
		alice := c.LogIn("alice")
		alice.Post("/settings", "language", "es", "theme", "dark")
		alice.Post("/tickets/999999/reading")
		who, err := s.M.Customers.ByLogin(s.Context, "alice")
		must(t, err)
		list, err := s.M.Audit.Of(who.ID).Events(s.Context, 0, 10)
		must(t, err)
		want := []string{"POST /tickets/:id/reading refused", "POST /settings done", "log_in done", "log_in refused"}
		for i, w := range want {
			if i >= len(list) {
				t.Fatalf("%d events", len(list))
			}
			if got := list[i].Operation + " " + string(list[i].Result); got != w || list[i].ActorKind != audit.Customer {
				t.Errorf("event %d is %q by %s, want %q", i, got, list[i].ActorKind, w)
			}
		}
	})
}
