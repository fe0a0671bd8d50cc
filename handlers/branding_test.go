package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"myisp/handlers/handlerstest"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// disc is a PNG with a disc of one colour.
func disc(t testing.TB, w, h int, c color.NRGBA) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if dx, dy := x-w/2, y-h/2; dx*dx+dy*dy < h*h/4 {
				img.SetNRGBA(x, y, c)
			}
		}
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	return b.Bytes()
}

// look is a form of the studio that is acceptable, with other values in pairs.
func look(partner int64, pairs ...string) []string {
	form := []string{"partner", fmt.Sprint(partner), "title", "New Net", "short_name", "NewNet", "color", "#aa0011", "accent", "#006600", "login_text", "Hello there", "footer_text", "New foot"}
	for i := 0; i+1 < len(pairs); i += 2 {
		for j := 0; j < len(form); j += 2 {
			if form[j] == pairs[i] {
				form[j+1] = pairs[i+1]
			}
		}
		form = append(form, pairs[i], pairs[i+1])
	}
	return form
}

// face is what a host shows of its brand to a stranger.
type face struct {
	title, text, theme, icon, favicon, worker string
	manifest                                  struct {
		Name       string `json:"name"`
		ShortName  string `json:"short_name"`
		ThemeColor string `json:"theme_color"`
		Icons      []struct{ Src, Purpose string }
	}
}

func faceOf(t testing.TB, s *handlerstest.Site, host string) face {
	t.Helper()
	c := s.Client()
	c.Header.Set("Host", host)
	var f face
	page := c.Get("/login")
	f.title, f.text = page.Text("title"), page.Text("main")
	f.theme = c.Get(page.Find(`link[rel=stylesheet][href^="/brand/"]`).AttrOr("href", "/none")).Body
	manifest := c.Get("/manifest.webmanifest")
	if cache := manifest.Header.Get("Cache-Control"); cache != "no-cache" {
		t.Errorf("the manifest may be kept: %s", cache)
	}
	must(t, json.Unmarshal([]byte(manifest.Body), &f.manifest))
	for _, icon := range f.manifest.Icons {
		p := c.Get(icon.Src)
		if p.Status != http.StatusOK || !strings.Contains(p.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %s", icon.Src, p.Status, p.Header.Get("Cache-Control"))
		}
		f.icon += p.Body
	}
	favicon := c.Get("/favicon.ico")
	f.favicon = favicon.Body
	c.Header.Set("If-None-Match", favicon.Header.Get("ETag"))
	if p := c.Get("/favicon.ico"); p.Status != http.StatusNotModified {
		t.Errorf("an unchanged favicon is sent again: %d", p.Status)
	}
	f.worker = c.Get("/sw.js").Body
	return f
}

// TestBrandingPublishes: a draft is seen by nobody; published, it is in the manifest, every icon, the stylesheet, the
// service worker, the log-in page and the PDFs at once, on another instance too; a roll back brings all of it back.
func TestBrandingPublishes(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		s := handlerstest.New(t, d)
		s.Staff("admin", "administrator")
		s.Set("P51", "invoices")
		who := s.Customer(customer.Customer{Login: "alice"})
		invoice, err := s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: finance.Party{CustomerID: who.ID, PartnerID: 1, Currency: "EUR"}, Day: "2026-11-01",
			DueDay: "2026-11-15", Items: []finance.Item{{Description: "Fiber", Price: 3990}}})
		must(t, err)
		alice, admin := s.LogIn("alice"), s.LogInStaff("admin")
		pdf := func() string {
			p := alice.Get(fmt.Sprintf("/finance/invoices/%d.pdf", invoice.ID))
			if p.Status != http.StatusOK {
				t.Fatalf("the PDF: %d", p.Status)
			}
			return p.Body
		}
		other := handlerstest.New(t, d)
		before, paper := faceOf(t, s, "portal.example"), pdf()
		if pdf() != paper {
			t.Fatal("a PDF is never the same twice: nothing follows from a difference")
		}
		if p := admin.Upload("/admin/branding/draft", "icon", "logo.png", disc(t, 300, 300, color.NRGBA{200, 0, 0, 255}), look(1)...); p.Status != http.StatusSeeOther {
			t.Fatalf("saving: %d %s", p.Status, p.Text(".field-error"))
		}
		if faceOf(t, s, "portal.example").icon != before.icon || pdf() != paper {
			t.Error("a draft is in force")
		}
		if p := admin.Get("/admin/branding"); p.Find("[name=title]").AttrOr("value", "") != "New Net" || !strings.Contains(p.Text(".studio-bar"), "Not published yet: Portal title") {
			t.Errorf("the draft in the form: %s", p.Text(".studio-bar"))
		}
		if p := admin.Post("/admin/branding/publication", look(1)...); p.Status != http.StatusSeeOther {
			t.Fatalf("publishing: %d", p.Status)
		}
		now = now.Add(1100 * time.Millisecond) // as long as an instance may believe what it knows
		for name, site := range map[string]*handlerstest.Site{"this instance": s, "another": other} {
			f := faceOf(t, site, "portal.example")
			if f.manifest.Name != "New Net" || f.manifest.ShortName != "NewNet" || f.manifest.ThemeColor != "#aa0011" || !strings.Contains(f.title, "New Net") ||
				!strings.Contains(f.text, "Hello there") || !strings.Contains(f.theme, "#aa0011") {
				t.Errorf("%s: %+v %q %q", name, f.manifest, f.title, f.theme)
			}
			if f.icon == before.icon || f.favicon == before.favicon || f.worker == before.worker || f.theme == before.theme {
				t.Errorf("%s serves files of the brand before", name)
			}
		}
		if pdf() == paper {
			t.Error("the PDF shows the brand before")
		}
		history := admin.Get("/admin/branding/history")
		action := history.Find(`form[action*="/versions/"]`).AttrOr("action", "/none")
		if p := admin.Post(action, "partner", "1"); p.Status != http.StatusSeeOther {
			t.Fatalf("the roll back: %d", p.Status)
		}
		now = now.Add(1100 * time.Millisecond)
		back := faceOf(t, other, "portal.example")
		if back.icon != before.icon || back.theme != before.theme || back.manifest.Name != before.manifest.Name || back.worker != before.worker {
			t.Errorf("after the roll back: %+v", back.manifest)
		}
		if p := admin.Get("/admin/branding/history"); p.Find(".list > li").Length() != 3 || !strings.Contains(p.Text(".list > li:first-child"), "In force") ||
			!strings.Contains(p.Text(".list > li:nth-child(2)"), "Changed: Portal title, Name under the icon, Brand colour, Accent, Icon") || !strings.Contains(p.Text(".list"), "admin") {
			t.Errorf("the history: %s", p.Text(".list"))
		}
	})
}

// TestTwoPartners: two host names, two portals (G12): title, logo, colours, manifest, log-in page, format of money; and the
// customers of one do not log in at the other, unless the installation lets them (B1).
func TestTwoPartners(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		harbor := harborFiber(t, s)
		must(t, s.M.Portal.Set(s.Context, harbor, "currency_symbol_position", "after_space"))
		must(t, s.M.Portal.Set(s.Context, harbor, "decimal_separator", ","))
		s.Staff("admin", "administrator")
		s.Customer(customer.Customer{Login: "alice"})
		s.Customer(customer.Customer{Login: "hanna", PartnerID: harbor})
		for _, login := range []string{"alice", "hanna"} {
			who, err := s.M.Customers.ByLogin(s.Context, login)
			must(t, err)
			_, err = s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: finance.Party{CustomerID: who.ID, PartnerID: who.PartnerID, Currency: "EUR"}, Day: "2026-11-01",
				DueDay: "2026-11-15", Items: []finance.Item{{Description: "Fiber", Price: 3990}}})
			must(t, err)
		}
		admin := s.LogInStaff("admin")
		blue, green := disc(t, 256, 256, color.NRGBA{0, 0, 200, 255}), disc(t, 256, 256, color.NRGBA{0, 150, 0, 255})
		admin.Upload("/admin/branding/draft", "icon", "a.png", blue, look(1, "title", "Main Net")...)
		admin.Post("/admin/branding/publication", look(1, "title", "Main Net")...)
		admin.Upload("/admin/branding/draft", "icon", "b.png", green, look(harbor, "title", "Hafen Netz", "short_name", "Hafen", "color", "#0f766e", "login_text", "Moin")...)
		admin.Post("/admin/branding/publication", look(harbor, "title", "Hafen Netz", "short_name", "Hafen", "color", "#0f766e", "login_text", "Moin")...)
		a, b := faceOf(t, s, "portal.example"), faceOf(t, s, "harbor.localhost:8080")
		if a.manifest.Name != "Main Net" || b.manifest.Name != "Hafen Netz" || a.manifest.ShortName == b.manifest.ShortName || a.icon == b.icon || a.favicon == b.favicon ||
			a.theme == b.theme || !strings.Contains(a.title, "Main Net") || !strings.Contains(b.title, "Hafen Netz") || !strings.Contains(b.text, "Moin") || strings.Contains(a.text, "Moin") {
			t.Errorf("the hosts:\n%+v %q\n%+v %q", a.manifest, a.title, b.manifest, b.title)
		}
		logIn := func(host, login string) (*handlerstest.Client, int) {
			_, err := s.M.Limits.Purge(s.Context, s.M.DB.Now().Add(time.Hour))
			must(t, err)
			c := s.Client()
			c.Header.Set("Host", host)
			return c, c.Post("/login", "identifier", login, "password", handlerstest.Password).Status
		}
		for _, c := range []struct {
			host, login string
			status      int
		}{{"portal.example", "alice", 303}, {"harbor.localhost", "hanna", 303}, {"harbor.localhost", "alice", 422}, {"portal.example", "hanna", 422}} {
			if _, status := logIn(c.host, c.login); status != c.status {
				t.Errorf("%s at %s: %d, want %d", c.login, c.host, status, c.status)
			}
		}
		alice, _ := logIn("portal.example", "alice")
		hanna, _ := logIn("harbor.localhost", "hanna")
		if one, two := alice.Get("/").Text("main"), hanna.Get("/").Text("main"); !strings.Contains(one, "€ 39.90") || !strings.Contains(two, "39,90 €") {
			t.Errorf("money is written alike: %q, %q", one, two)
		}
		s.Set("B1", "on")
		if _, status := logIn("harbor.localhost", "alice"); status != 303 {
			t.Errorf("B1 lets nobody in elsewhere: %d", status)
		}
	})
}

// TestBrandingRefuses: what cannot be a logo is refused beside its field with the reason, what nobody could read with the
// nearest colour that can; the rest of the form is kept, and nothing is stored.
func TestBrandingRefuses(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	s.Staff("admin", "administrator")
	admin := s.LogInStaff("admin")
	svg := func(inside string) []byte {
		return []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">` + inside + `<rect width="9" height="9"/></svg>`)
	}
	small := disc(t, 100, 80, color.NRGBA{1, 2, 3, 255})
	for name, c := range map[string]struct {
		data []byte
		text string
	}{
		"small":         {small, "100 × 80"},
		"large file":    {append(disc(t, 200, 200, color.NRGBA{1, 2, 3, 255}), make([]byte, 3<<20)...), "larger than 2 MB"},
		"bomb":          {bytes.Replace(small, []byte{0, 0, 0, 100, 0, 0, 0, 80}, []byte{0, 0, 200, 0, 0, 0, 200, 0}, 1), "damaged"},
		"gif":           {[]byte("GIF89a......"), "GIF"},
		"html":          {[]byte("<html><script>alert(1)</script>"), "HTML"},
		"svg, script":   {svg("<script>alert(1)</script>"), "script"},
		"svg, handler":  {svg(`<g onload="alert(1)"/>`), "onload"},
		"svg, foreign":  {svg("<foreignObject/>"), "no drawing"},
		"svg, external": {svg(`<image href="https://x.example/a"/>`), "elsewhere"},
		"svg, bomb":     {append([]byte(`<!DOCTYPE svg [<!ENTITY a "ha">]>`), svg("&a;")...), "DOCTYPE"},
		"svg, text":     {svg("<text>x</text>"), "cannot be drawn"},
	} {
		p := admin.Upload("/admin/branding/draft", "icon", name+".png", c.data, look(1, "title", "Kept Title")...)
		if p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text("#f-icon-error"), c.text) || p.Find("[name=title]").AttrOr("value", "") != "Kept Title" {
			t.Errorf("%s: %d %q", name, p.Status, p.Text("#f-icon-error"))
		}
		if strings.Contains(p.Body, "<script>alert") {
			t.Errorf("%s comes back as it was", name)
		}
	}
	if p := admin.Upload("/admin/branding/draft", "icon", "huge.png", make([]byte, 9<<20), look(1)...); p.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("nine megabytes: %d", p.Status)
	}
	if p := admin.Upload("/admin/branding/company", "icon", "x", make([]byte, 1<<20), "partner", "1", "name", "X"); p.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a megabyte elsewhere: %d", p.Status)
	}
	p := admin.Post("/admin/branding/draft", look(1, "color", "#7b7b7b")...)
	take := p.Find(`button[name=take_color]`)
	if p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text("#f-color-error"), "4.5") || take.AttrOr("value", "") == "" {
		t.Fatalf("the contrast guard: %d %q", p.Status, p.Text("#f-color-error"))
	}
	if st, _ := s.M.Portal.Studio(s.Context, 1); st.Draft != nil {
		t.Errorf("something refused is stored: %+v", st.Draft)
	}
	if p := admin.Post("/admin/branding/draft", look(1, "color", "#7b7b7b", "take_color", take.AttrOr("value", ""))...); p.Status != http.StatusSeeOther {
		t.Errorf("the proposed colour is refused too: %d", p.Status)
	}
	if p := admin.Post("/admin/branding/draft", look(1, "preset", "#0f766e")...); p.Status != http.StatusSeeOther {
		t.Errorf("a preset: %d", p.Status)
	}
	if st, _ := s.M.Portal.Studio(s.Context, 1); st.Draft == nil || st.Draft.Color != "#0f766e" || st.Draft.Accent != "#0f766e" {
		t.Errorf("after the preset: %+v", st.Draft)
	}
	for _, path := range []string{"/admin/branding?partner=99", "/admin/branding?partner=x", "/admin/branding/image?of=../x", "/admin/branding/image?of=crop&crop=left", "/admin/branding/versions/99/icon"} {
		if p := admin.Get(path); p.Status != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, p.Status)
		}
	}
}

// TestBrandingCrop: an image that is not square offers parts of it, without script; each has its picture.
func TestBrandingCrop(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	s.Staff("admin", "administrator")
	admin := s.LogInStaff("admin")
	admin.Upload("/admin/branding/draft", "icon", "wide.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100"><rect width="100" height="100" fill="red"/><rect x="200" width="100" height="100"/></svg>`), look(1)...)
	p := admin.Get("/admin/branding")
	if n := p.Find("input[name=crop]:not([disabled])").Length(); n != 6 || p.Find("input[name=crop][checked]").AttrOr("value", "") != "centre" || !strings.Contains(p.Text("legend"), "1536 × 512") {
		t.Fatalf("%d crops, %q", n, p.Text("legend"))
	}
	seen := map[string]bool{}
	p.Find(".crop:not([hidden]) img, .made img").Each(func(_ int, img *goquery.Selection) {
		if picture := admin.Get(img.AttrOr("src", "/none")); picture.Header.Get("Content-Type") != "image/png" {
			t.Errorf("%s: %d", img.AttrOr("src", ""), picture.Status)
		} else {
			seen[picture.Body] = true
		}
	})
	if len(seen) < 10 {
		t.Errorf("only %d different pictures", len(seen))
	}
	icon := func() string { return admin.Get("/admin/branding/image?of=icon-192.png").Body }
	middle := icon()
	if p := admin.Post("/admin/branding/draft", look(1, "crop", "start")...); p.Status != http.StatusSeeOther || icon() == middle {
		t.Errorf("the left part: %d", p.Status)
	}
	if p := admin.Post("/admin/branding/draft", look(1, "crop", "part 100 0 300")...); p.Status != http.StatusSeeOther {
		t.Errorf("a part by hand: %d", p.Status)
	}
	if p := admin.Get("/admin/branding"); p.Find("input[name=crop][checked]").AttrOr("value", "") != "part 100 0 300" {
		t.Error("the part by hand is not offered again")
	}
	if p := admin.Post("/admin/branding/draft", look(1, "crop", "part 5000 0 300")...); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text("#f-icon-error"), "not inside") {
		t.Errorf("a part outside: %d", p.Status)
	}
	if p := admin.Post("/admin/branding/draft/removal", "partner", "1"); p.Status != http.StatusSeeOther {
		t.Errorf("discarding: %d", p.Status)
	}
	if st, _ := s.M.Portal.Studio(s.Context, 1); st.Draft != nil {
		t.Error("the draft is still there")
	}
}

// TestBrandingPreview: the telephone shows what is typed and not saved; nothing of the brand is stored by it.
func TestBrandingPreview(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	c := newCast(t, s)
	admin := c.LogInStaff("admin")
	admin.Header.Set("HX-Request", "true")
	admin.Header.Set("HX-Target", "phone")
	p := admin.Post("/admin/branding/preview", look(1)...)
	frame := p.Find("iframe").AttrOr("src", "")
	if p.Status != http.StatusOK || !strings.HasSuffix(frame, "/light/login") || p.Find("[data-path]").Length() != 3 {
		t.Fatalf("the telephone: %d %q", p.Status, frame)
	}
	admin.Header = http.Header{}
	if page := admin.Get(frame); !strings.Contains(page.Text("title"), "New Net") || !strings.Contains(page.Text("main"), "Hello there") {
		t.Errorf("the previewed log-in: %q", page.Text("title"))
	}
	if st, _ := s.M.Portal.Studio(s.Context, 1); st.Draft != nil {
		t.Error("a preview makes a draft of the brand")
	}
	if p := admin.Post("/admin/branding/preview", look(1)...); p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Location, "/admin/as/") {
		t.Errorf("without script: %d %s", p.Status, p.Location)
	}
}

// TestBrandingPartner: company data (X14), domains (G12) and store links (G13 to G15) are in force at once, checked and in
// the log; a role without branding.edit gets 403, which is in the log too.
func TestBrandingPartner(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		harbor := harborFiber(t, s)
		s.Staff("admin", "administrator")
		s.Staff("support", "support")
		s.Customer(customer.Customer{Login: "alice"})
		admin, alice := s.LogInStaff("admin"), s.LogIn("alice")
		ok := func(path string, pairs ...string) {
			t.Helper()
			if p := admin.Post(path, pairs...); p.Status != http.StatusSeeOther {
				t.Errorf("POST %s: %d %s", path, p.Status, p.Text(".field-error"))
			}
		}
		again := func(path, error string, pairs ...string) {
			t.Helper()
			if p := admin.Post(path, pairs...); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text(".field-error"), error) {
				t.Errorf("POST %s: %d %q", path, p.Status, p.Text(".field-error"))
			}
		}
		ok("/admin/branding/company", "partner", "1", "name", "Quay Street Ltd", "email", "hi@quay.example", "website", "https://quay.example")
		if p := alice.Get("/about"); !strings.Contains(p.Text("main"), "Quay Street Ltd") || !strings.Contains(p.Text("main"), "hi@quay.example") {
			t.Errorf("About: %s", p.Text("main"))
		}
		again("/admin/branding/company", "e-mail", "partner", "1", "name", "X", "email", "hi")
		partner := fmt.Sprint(harbor)
		ok("/admin/branding/domains", "partner", partner, "host", "https://My.Harbor.example/")
		if f := faceOf(t, s, "my.harbor.example"); f.manifest.Name != "Harbor Fiber" {
			t.Errorf("the new domain shows %q", f.manifest.Name)
		}
		again("/admin/branding/domains", "another partner", "partner", "1", "host", "my.harbor.example")
		again("/admin/branding/domains", "such as", "partner", "1", "host", "not a host")
		ok("/admin/branding/domains/removal", "partner", partner, "host", "my.harbor.example")
		if f := faceOf(t, s, "my.harbor.example"); f.manifest.Name == "Harbor Fiber" {
			t.Error("the removed domain still leads there")
		}
		ok("/admin/branding/stores", "partner", "1", "mobile_app_enabled", "1", "google_play_app_id", "com.quay.app", "app_store_app_id", "")
		login := s.Client().Get("/login")
		if !login.Link("https://play.google.com/store/apps/details?id=com.quay.app") || strings.Contains(login.Body, "apps.apple.com") {
			t.Error("G14, G15: the log-in page has other links")
		}
		again("/admin/branding/stores", "", "partner", "1", "google_play_app_id", "javascript:alert(1)")
		ok("/admin/branding/stores", "partner", "1", "google_play_app_id", "com.quay.app")
		if strings.Contains(s.Client().Get("/login").Body, "play.google.com") {
			t.Error("G13: the links are still there")
		}
		support := s.LogInStaff("support")
		for _, path := range []string{"/admin/branding", "/admin/branding/company", "/admin/branding/history"} {
			if p := support.Get(path); p.Status != http.StatusForbidden {
				t.Errorf("support at %s: %d", path, p.Status)
			}
		}
		if p := support.Post("/admin/branding/publication", look(1)...); p.Status != http.StatusForbidden {
			t.Errorf("support publishes: %d", p.Status)
		}
		have := map[audit.Action]int{}
		var list []audit.Entry
		must(t, s.M.DB.Q(s.Context).Find(&list).Error)
		for _, e := range list {
			have[e.Action]++
			if e.Action == audit.CompanySaved && (e.ActorName != "admin" || !strings.Contains(e.After, "Quay Street Ltd")) {
				t.Errorf("%+v", e)
			}
		}
		if have[audit.CompanySaved] != 1 || have[audit.HostAdded] != 1 || have[audit.HostRemoved] != 1 || have[audit.AccessDenied] != 4 || have[audit.SettingSet] < 3 {
			t.Errorf("the log: %v", have)
		}
	})
}
