package handlers_test

import (
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/models/portal"
	"myisp/static"
)

// harborFiber adds the second partner of the pretend ISP at harbor.localhost and returns its id.
func harborFiber(t testing.TB, s *handlerstest.Site) int64 {
	t.Helper()
	icon, _ := static.File("icons/harbor-512.png")
	p := portal.Partner{Name: "Harbor Fiber"}
	err := s.M.Portal.AddPartner(s.Context, &p, []string{"harbor.localhost"}, portal.CompanyInfo{Name: "Harbor Fiber Ltd", Email: "hello@harbor.example"},
		portal.Brand{ShortName: "Harbor", Color: "#0f766e", Accent: "#0f766e", Icon: icon})
	if err == nil {
		err = s.M.Portal.Set(s.Context, p.ID, "portal_title", "Harbor Fiber")
	}
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}
