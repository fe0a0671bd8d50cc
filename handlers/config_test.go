package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/models/audit"
	"myisp/models/portal"
)

const configPath = "/admin/config/main/portal"

// TestConfigPage: every setting of the specification stands on the page, in its tab and section, with its own value marked;
// a search finds among all.
func TestConfigPage(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		harbor := harborFiber(t, s)
		admin := s.LogInStaff("admin")
		general, partner := admin.Get(configPath), admin.Get(configPath+"?partner=2")
		if harbor != 2 || general.Status != http.StatusOK || partner.Status != http.StatusOK {
			t.Fatalf("the pages are %d and %d", general.Status, partner.Status)
		}
		for _, d := range portal.Declarations() {
			if d.Section == "localization" {
				continue
			}
			row := `form#section-` + d.Section + ` [data-setting="` + d.Key + `"]`
			here, other := general, partner
			if d.Scope == portal.PerPartner {
				here, other = partner, general
			}
			if here.Find(row).Length() != 1 || here.Find(`form[hidden] [data-setting="`+d.Key+`"]`).Length() != 0 || !other.Has(`form[hidden] [data-setting="`+d.Key+`"]`) {
				t.Errorf("%s %s is not in its place", d.ID, d.Key)
			}
			if later := here.Text(row + " .setting-later"); (later != "") != (d.Later != "") {
				t.Errorf("%s %s says %q", d.ID, d.Key, later)
			}
			if beyond := here.Has(row + " .setting-beyond"); beyond != d.Beyond {
				t.Errorf("%s %s is marked beyond: %v", d.ID, d.Key, beyond)
			}
		}
		if !partner.Has(`[data-setting=portal_title] .setting-own`) || !partner.Has(`[data-setting=portal_title] [data-reset]`) || partner.Has(`[data-setting=menu_items] .setting-own`) {
			t.Error("Harbor's own title is not the one that is marked")
		}
		if got := partner.Find(`#f-portal_title`).AttrOr("value", ""); got != "Harbor Fiber" {
			t.Errorf("the title's field holds %q", got)
		}
		found := admin.Get(configPath + "?q=invert")
		if found.Find("[data-setting]").Length() != 1 || !found.Has("[data-setting=invert_account_balance]") || found.Has("form[hidden][data-config-section]") {
			t.Errorf("the search finds %d settings", found.Find("[data-setting]").Length())
		}
		if byID := admin.Get(configPath + "?q=G10"); !byID.Has("[data-setting=reset_password_sms_length]") {
			t.Error("the search does not find G10")
		}
		if none := admin.Get(configPath + "?q=zebra"); none.Status != http.StatusOK || !none.Has(".empty") {
			t.Error("a search in vain does not say so")
		}
		for _, wrong := range []string{"?partner=99", "?partner=x"} {
			if p := admin.Get(configPath + wrong); p.Status != http.StatusNotFound {
				t.Errorf("%s: %d", wrong, p.Status)
			}
		}
	})
}

// TestConfigSave: a section is saved together or not at all; the next page lists what changed; the log has it with who did
// it, before → after; what was inherited and not touched goes on being inherited.
func TestConfigSave(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		harborFiber(t, s)
		admin := s.LogInStaff("admin")
		entries := func() (list []audit.Entry) {
			must(t, s.M.DB.Q(s.Context).Where("object = 'setting' AND actor_kind = 'staff'").Order("seq").Find(&list).Error)
			return list
		}
		bad := admin.Post(configPath+"/general", "tab", "general", "field", "authentication_field", "authentication_field", "email",
			"field", "reset_password_sms_length", "reset_password_sms_length", "many", "field", "reset_password_sms_text", "reset_password_sms_text", "<b>no code</b>")
		if bad.Status != http.StatusUnprocessableEntity || len(entries()) != 0 {
			t.Fatalf("bad values: %d, %d entries", bad.Status, len(entries()))
		}
		for key, want := range map[string]string{"reset_password_sms_length": "Enter a whole number from 6 to 64.", "reset_password_sms_text": "The text must contain {{ code }}."} {
			if got := bad.Text("#f-" + key + "-error"); got != want || !strings.Contains(bad.Find("#f-"+key).AttrOr("aria-describedby", ""), "f-"+key+"-error") {
				t.Errorf("%s: %q", key, got)
			}
		}
		if bad.Find("#f-reset_password_sms_length").AttrOr("value", "") != "many" || bad.Find("#f-reset_password_sms_text").AttrOr("value", "") != "<b>no code</b>" ||
			!bad.Has(`input[name=authentication_field][value=email][checked]`) {
			t.Error("the input is not kept")
		}
		if s.Client().Get("/login").Has(`label:contains("Email")`) {
			t.Error("a part of a refused form was saved")
		}

		ok := admin.Post(configPath+"/dashboard", "partner", "2", "tab", "partner", "field", "dashboard_items", "dashboard_items", "balance", "field", "show_portal_news",
			"field", "show_live_bandwidth", "show_live_bandwidth", "true", "field", "portal_title", "portal_title", "Not of this section")
		if ok.Status != http.StatusSeeOther || ok.Location != configPath+"?partner=2" {
			t.Fatalf("saving: %d %s", ok.Status, ok.Location)
		}
		next := admin.Get(ok.Location)
		if got := next.Text(".config-saved"); got != "Saved for Harbor FiberDashboard › Items: Balance, New Tickets, New Messages, Unpaid Invoices, Unpaid Proforma Invoices →is now BalanceDashboard › Show portal news: on →is now off" {
			t.Errorf("it says %q", got)
		}
		if !next.Has("[data-setting=dashboard_items] .setting-own") || next.Has("[data-setting=show_live_bandwidth] .setting-own") || next.Find("#f-portal_title").AttrOr("value", "") != "Harbor Fiber" {
			t.Error("not exactly the two changes are Harbor's own")
		}
		if admin.Get(ok.Location).Has(".config-saved") {
			t.Error("it says so twice")
		}
		log := entries()
		if len(log) != 2 || log[1].ActorName != "admin" || log[1].ObjectID != "show_portal_news" || log[1].Before != `{"value":true}` || log[1].After != `{"value":false}` || *log[1].PartnerID != 2 {
			t.Errorf("the log says %+v", log)
		}
		reset := admin.Post(configPath+"/show_portal_news/reset", "partner", "2", "tab", "partner")
		if reset.Status != http.StatusSeeOther || admin.Get(configPath+"?partner=2").Has("[data-setting=show_portal_news] .setting-own") || len(entries()) != 3 {
			t.Errorf("reset: %d, %d entries", reset.Status, len(entries()))
		}
		both := admin.Post(configPath+"/all", "partner", "2", "tab", "partner", "field", "help_enabled", "field", "portal_title", "portal_title", "Harbor Two")
		if both.Status != http.StatusSeeOther || s.Client().Get("/login").Has(".help") || len(entries()) != 5 {
			t.Errorf("a General and a Per partner setting at once: %d, %d entries", both.Status, len(entries()))
		}
		if p := admin.Post(configPath+"/casino", "field", "portal_title"); p.Status != http.StatusNotFound {
			t.Errorf("an unknown section: %d", p.Status)
		}
	})
}

// TestConfigRoles: who only reads sees the page without a way to save; support and finance do not see it, and each try of
// theirs is in the log.
func TestConfigRoles(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		reader := s.LogInStaff("reader").Get(configPath)
		if reader.Status != http.StatusOK || reader.Has("[data-config-bar]") || reader.Has(".config-actions .btn-primary") || !reader.Has(`nav a[href="`+configPath+`"]`) {
			t.Errorf("the reader's page: %d", reader.Status)
		}
		for _, login := range []string{"support", "finance", "reader"} {
			client := s.LogInStaff(login)
			if p := client.Get(configPath); (p.Status == http.StatusForbidden) != (login != "reader") || login != "reader" && client.Get("/admin").Has(`a[href="`+configPath+`"]`) {
				t.Errorf("%s gets %d", login, p.Status)
			}
			if p := client.Post(configPath+"/main", "partner", "1", "field", "portal_title", "portal_title", "Hacked"); p.Status != http.StatusForbidden {
				t.Errorf("%s saves: %d", login, p.Status)
			}
			if p := client.Post(configPath+"/portal_title/reset", "partner", "1"); p.Status != http.StatusForbidden {
				t.Errorf("%s resets: %d", login, p.Status)
			}
		}
		var denied int64
		must(t, s.M.DB.Q(s.Context).Model(&audit.Entry{}).Where("action = ?", audit.AccessDenied).Count(&denied).Error)
		if denied != 8 {
			t.Errorf("%d denied tries are in the log", denied)
		}
		if strings.Contains(s.Client().Get("/login").Text("title"), "Hacked") {
			t.Error("it was saved all the same")
		}
	})
}

// TestConfigPreview: what is typed shows in the frame and nowhere else; the same draft is changed and keeps its address;
// what is not acceptable leaves the page as it was.
func TestConfigPreview(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		harborFiber(t, s)
		admin := s.LogInStaff("admin")
		first := admin.Post(configPath+"/preview", "partner", "1", "field", "portal_title", "portal_title", "Draft Net")
		if first.Status != http.StatusSeeOther || !strings.HasPrefix(first.Location, "/admin/as/") {
			t.Fatalf("preview: %d %s", first.Status, first.Location)
		}
		page := admin.Get(first.Location)
		if page.Text(".phone-caption") != "as Alice Carter of Default, unsaved changes applied" {
			t.Errorf("the caption is %q", page.Text(".phone-caption"))
		}
		if got := admin.Get(first.Location + "/light/").Text("title"); !strings.Contains(got, "Draft Net") {
			t.Errorf("the frame's title is %q", got)
		}
		if strings.Contains(s.LogIn("alice").Get("/").Text("title"), "Draft") {
			t.Error("what is not saved is in force")
		}
		token := strings.TrimPrefix(first.Location, "/admin/as/")
		second := admin.Post(configPath+"/preview", "partner", "1", "draft", token, "as", "mallory", "field", "portal_title", "portal_title", "Second Net")
		if second.Location != first.Location {
			t.Errorf("the draft moved to %s", second.Location)
		}
		if p := admin.Get(first.Location + "/light/"); !strings.Contains(p.Text("title"), "Second Net") || p.Text("h1") != "Hello, Mallory Carter" {
			t.Errorf("the changed draft: %q %q", p.Text("title"), p.Text("h1"))
		}
		admin.Header.Set("HX-Request", "true")
		admin.Header.Set("HX-Target", "phone")
		bad := admin.Post(configPath+"/preview", "partner", "1", "draft", token, "field", "portal_title", "portal_title", " ")
		if bad.Status != http.StatusUnprocessableEntity || !bad.Has("#phone") || bad.Has("form") {
			t.Errorf("a value that cannot be shown: %d", bad.Status)
		}
		if part := admin.Get(first.Location); !part.Has("#phone iframe") || part.Has("nav.rail") {
			t.Error("script gets more than the telephone")
		}
		admin.Header.Del("HX-Target")
		admin.Header.Del("HX-Request")
		for as, want := range map[string]int{"nobody": 422, "alice": 422} { // alice is not Harbor's
			if p := admin.Post(configPath+"/preview", "partner", "2", "as", as); p.Status != want || p.Text("#config-as-error") == "" {
				t.Errorf("as %s of Harbor: %d %q", as, p.Status, p.Text("#config-as-error"))
			}
		}
		empty := admin.Post(configPath+"/preview", "partner", "2")
		if p := admin.Get(empty.Location); p.Status != http.StatusOK || !p.Has(`iframe[src$="/login"]`) {
			t.Errorf("a partner without customers: %d", p.Status)
		}
		admin.Header.Set("HX-Request", "true")
		admin.Header.Set("HX-Target", "frame")
		if p := admin.Get(configPath); p.Status != http.StatusNoContent || p.Header.Get("HX-Redirect") != configPath {
			t.Errorf("htmx swaps the page into one that may hold no frame: %d %q", p.Status, p.Header.Get("HX-Redirect"))
		}
	})
}
