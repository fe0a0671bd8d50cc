package portal_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"myisp/internal/icons"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/portal"
)

// logo is a PNG of one colour.
func logo(t testing.TB, w, h int, c color.Color) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	return b.Bytes()
}

var (
	red   = color.NRGBA{200, 0, 0, 255}
	green = color.NRGBA{0, 120, 0, 255}
)

func ada() context.Context {
	return audit.With(context.Background(), audit.Actor{Kind: audit.Staff, ID: 1, Name: "Ada Admin"})
}

// TestBrandLife: draft, publish, roll back, discard, on both databases: what customers get changes with publishing only,
// on every instance; the history tells who, when and what; each old icon comes back.
func TestBrandLife(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { now = now.Add(time.Second * 2); return now }, func(t *testing.T, d *db.DB) {
		ctx, log := ada(), audit.New(d, nil)
		s, other := portal.New(d, log), portal.New(d, log)
		must(t, s.Ensure(ctx))
		seen := func(s *portal.Store) (title, short, version string, icon []byte) {
			snap, err := s.Snapshot(ctx)
			must(t, err)
			v := snap.Partner(1)
			return portal.PortalTitle.Of(v.Values), v.Brand.ShortName, v.BrandVersion, v.Brand.Icon
		}
		_, _, first, _ := seen(s)
		look := portal.Look{Title: "Main Net", ShortName: "Main", Color: "#AA0011", Accent: "#006600", LoginText: "Hello", FooterText: "Foot"}
		must(t, s.SaveBrand(ctx, 1, look, logo(t, 300, 300, red)))
		if title, short, version, _ := seen(s); title == "Main Net" || short == "Main" || version != first {
			t.Error("a draft is in force")
		}
		st, err := s.Studio(ctx, 1)
		must(t, err)
		if st.Draft == nil || st.Draft.Color != "#aa0011" || st.Draft.CreatedBy != "Ada Admin" || len(st.Draft.Icon) == 0 {
			t.Fatalf("the draft is %+v", st.Draft)
		}
		if got := st.Unpublished(); !slices.Equal(got, []string{"title", "short_name", "color", "accent", "icon", "login_text", "footer_text"}) {
			t.Errorf("unpublished: %v", got)
		}
		must(t, s.PublishBrand(ctx, 1))
		for name, store := range map[string]*portal.Store{"the same instance": s, "another": other} {
			title, short, version, icon := seen(store)
			if title != "Main Net" || short != "Main" || version == first || !bytes.Equal(icon, st.Draft.Icon) {
				t.Errorf("%s after publishing: %q %q %s, %d bytes of icon", name, title, short, version, len(icon))
			}
		}
		if err := s.PublishBrand(ctx, 1); db.KindOf(err) != db.Conflict {
			t.Errorf("published twice: %v", err)
		}

		look.Title, look.Color = "Other Net", "#003366"
		must(t, s.SaveBrand(ctx, 1, look, logo(t, 300, 300, green)))
		must(t, s.PublishBrand(ctx, 1))
		_, _, second, _ := seen(s)
		must(t, s.SaveBrand(ctx, 1, portal.Look{Title: "Third", ShortName: "3", Color: "#003366", Accent: "#003366"}, nil))
		must(t, s.DiscardBrand(ctx, 1))
		must(t, s.DiscardBrand(ctx, 1))
		if st, err := s.Studio(ctx, 1); err != nil || st.Draft != nil || st.Published.Title != "Other Net" {
			t.Errorf("after discarding: %+v %v", st, err)
		}

		history, err := s.BrandHistory(ctx, 1, 0, 10)
		must(t, err)
		if len(history) != 3 || !history[0].Published || history[1].Published || history[0].By != "Ada Admin" || !slices.Equal(history[0].Changed, []string{"title", "color", "icon"}) {
			t.Fatalf("history: %+v", history)
		}
		old, err := s.BrandIcon(ctx, history[1].ID)
		must(t, err)
		must(t, s.SaveBrand(ctx, 1, look, nil))
		if st, _ := s.Studio(ctx, 1); st.Draft != nil {
			t.Error("what is published already became a draft")
		}
		open := look
		open.FooterText = "Not yet"
		must(t, s.SaveBrand(ctx, 1, open, nil)) // a draft that is open stays so
		must(t, s.RollBackBrand(ctx, 1, history[1].ID))
		title, short, version, icon := seen(other)
		if title != "Main Net" || short != "Main" || version == second || !bytes.Equal(icon, old) {
			t.Errorf("after the roll back: %q %q %s", title, short, version)
		}
		again, err := s.BrandHistory(ctx, 1, 0, 2)
		must(t, err)
		if len(again) != 2 || again[0].RestoredID != history[1].ID || !again[0].RestoredAt.Equal(history[1].At) {
			t.Errorf("the history after it: %+v", again)
		}
		older, err := s.BrandHistory(ctx, 1, again[1].ID, 10)
		must(t, err)
		if len(older) != 2 || older[0].ID != history[1].ID {
			t.Errorf("the older history: %+v", older)
		}
		if st, _ := s.Studio(ctx, 1); st.Draft == nil {
			t.Error("the roll back took the draft")
		}
		must(t, s.RollBackBrand(ctx, 1, older[1].ID)) // the first one, which has the portal's own icon
		if title, _, version, icon := seen(other); title == "Main Net" || version != first || len(icon) != 0 {
			t.Errorf("after the roll back to the first: %q %s", title, version)
		}
		must(t, s.RollBackBrand(ctx, 1, again[0].ID))
		again, err = s.BrandHistory(ctx, 1, 0, 1)
		must(t, err)
		for name, id := range map[string]int64{"the published": again[0].ID, "nothing": 999} {
			if err := s.RollBackBrand(ctx, 1, id); db.KindOf(err) != db.NotFound {
				t.Errorf("rolled back to %s: %v", name, err)
			}
		}
		harbor := portal.Partner{Name: "Harbor"}
		must(t, s.AddPartner(ctx, &harbor, nil, portal.CompanyInfo{Name: "Harbor"}, portal.Brand{ShortName: "H", Color: "#0f766e", Accent: "#0f766e", Icon: []byte{}}))
		if err := s.RollBackBrand(ctx, harbor.ID, history[1].ID); db.KindOf(err) != db.NotFound {
			t.Errorf("another partner's brand is published: %v", err)
		}
		if _, err := s.Studio(ctx, 99); db.KindOf(err) != db.NotFound {
			t.Errorf("no partner: %v", err)
		}
		actions(t, log, d, map[audit.Action]int{audit.BrandSaved: 4, audit.BrandPublished: 2, audit.BrandDiscarded: 1, audit.BrandRolledBack: 3})
	})
}

// actions counts entries of the audit log, and sees that its chain holds.
func actions(t *testing.T, log *audit.Store, d *db.DB, want map[audit.Action]int) {
	t.Helper()
	var list []audit.Entry
	must(t, d.Q(context.Background()).Find(&list).Error)
	have := map[audit.Action]int{}
	for _, e := range list {
		have[e.Action]++
		if strings.Contains(e.After+e.Before, "PNG") {
			t.Errorf("%s holds an image", e.Action)
		}
	}
	for a, n := range want {
		if have[a] != n {
			t.Errorf("%s: %d entries, want %d", a, have[a], n)
		}
	}
	if r, err := log.Verify(context.Background()); err != nil || r.Broken != 0 {
		t.Errorf("the chain is broken at %d: %v", r.Broken, err)
	}
}

// TestBrandRefused: the contrast guard, required fields and images, each beside its field; nothing is stored.
func TestBrandRefused(t *testing.T) {
	d := dbtest.SQLite(t, nil)
	ctx, s := ada(), portal.New(d, audit.New(d, nil))
	must(t, s.Ensure(ctx))
	good := portal.Look{Title: "T", ShortName: "S", Color: "#1d5eff", Accent: "#1d5eff"}
	for _, c := range []struct {
		field, key string
		change     func(l *portal.Look)
	}{
		{"title", "error.required", func(l *portal.Look) { l.Title = "  " }},
		{"title", "error.too_long", func(l *portal.Look) { l.Title = strings.Repeat("é", 61) }},
		{"short_name", "error.required", func(l *portal.Look) { l.ShortName = "" }},
		{"login_text", "error.too_long", func(l *portal.Look) { l.LoginText = strings.Repeat("x", 501) }},
		{"color", "branding.error.color", func(l *portal.Look) { l.Color = "red" }},
		{"color", "branding.error.color", func(l *portal.Look) { l.Color = "" }},
		{"color", "branding.error.contrast", func(l *portal.Look) { l.Color = "#7b7b7b" }},
		{"accent", "branding.error.contrast", func(l *portal.Look) { l.Accent = "#7b7b7b" }},
		{"accent", "branding.error.color", func(l *portal.Look) { l.Accent = "#12345g" }},
	} {
		l := good
		c.change(&l)
		var bad db.Invalid
		if err := s.SaveBrand(ctx, 1, l, nil); !errors.As(err, &bad) || bad[c.field] != c.key || len(bad) != 1 {
			t.Errorf("%s: %v, want %s", c.field, err, c.key)
		}
	}
	if err := s.SaveBrand(ctx, 1, good, []byte("GIF89a")); icons.Reason(err) != icons.WrongType {
		t.Errorf("a GIF: %v", err)
	}
	if st, _ := s.Studio(ctx, 1); st.Draft != nil {
		t.Error("what was refused is stored")
	}
	// An image that is good survives a form that is not.
	bad := good
	bad.Title = ""
	if err := s.SaveBrand(ctx, 1, bad, logo(t, 200, 200, red)); db.KindOf(err) != db.Unprocess {
		t.Errorf("no title: %v", err)
	}
	if st, _ := s.Studio(ctx, 1); st.Draft == nil || len(st.Draft.Icon) == 0 || st.Draft.Title == "" {
		t.Errorf("the image is lost: %+v", st.Draft)
	}
}

// TestBrandCrop: an image that is not square is cut in the middle first, then as chosen, from the image as it came; the
// draft of a published brand can still be cut otherwise; the portal's own icon can be had again.
func TestBrandCrop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := ada(), portal.New(d, audit.New(d, nil))
		must(t, s.Ensure(ctx))
		wide := image.NewNRGBA(image.Rect(0, 0, 600, 200))
		for i := range wide.Pix {
			wide.Pix[i] = 255
		}
		for y := range 200 {
			for x := range 200 {
				wide.Set(x, y, red)
			}
		}
		var b bytes.Buffer
		must(t, png.Encode(&b, wide))
		look := portal.Look{Title: "T", ShortName: "S", Color: "#003366", Accent: "#003366"}
		must(t, s.SaveBrand(ctx, 1, look, b.Bytes()))
		corner := func() color.NRGBA {
			st, err := s.Studio(ctx, 1)
			must(t, err)
			img, err := png.Decode(bytes.NewReader(st.Current().Icon))
			must(t, err)
			return color.NRGBAModel.Convert(img.At(2, 2)).(color.NRGBA)
		}
		white := color.NRGBA{255, 255, 255, 255}
		if corner() != white {
			t.Errorf("the middle is %v", corner())
		}
		st, _ := s.Studio(ctx, 1)
		if st.SourceWidth != 600 || st.SourceHeight != 200 {
			t.Errorf("the source is %d×%d", st.SourceWidth, st.SourceHeight)
		}
		look.Crop = icons.Start
		must(t, s.SaveBrand(ctx, 1, look, nil))
		if corner() != red {
			t.Errorf("the start is %v", corner())
		}
		must(t, s.PublishBrand(ctx, 1))
		look.Crop = icons.FitBrand
		must(t, s.SaveBrand(ctx, 1, look, nil))
		if c := corner(); c != (color.NRGBA{0, 0x33, 0x66, 255}) {
			t.Errorf("the ground is %v", c)
		}
		look.Color = "#660033"
		must(t, s.SaveBrand(ctx, 1, look, nil))
		if c := corner(); c != (color.NRGBA{0x66, 0, 0x33, 255}) {
			t.Errorf("the ground keeps its old colour: %v", c)
		}
		look.Crop = icons.Part(900, 0, 200)
		if err := s.SaveBrand(ctx, 1, look, nil); icons.Reason(err) != icons.BadCrop {
			t.Errorf("a part outside: %v", err)
		}
		if _, err := s.CropImage(ctx, 1, icons.Part(0, 0, 200)); err != nil {
			t.Error(err)
		}
		must(t, s.PublishBrand(ctx, 1))
		history, err := s.BrandHistory(ctx, 1, 0, 5)
		must(t, err)
		must(t, s.RollBackBrand(ctx, 1, history[1].ID))
		look.Crop = icons.Centre
		must(t, s.SaveBrand(ctx, 1, look, nil))
		if corner() != white {
			t.Errorf("after a roll back the image cannot be cut anew: %v", corner())
		}
		look.NoIcon = true
		must(t, s.SaveBrand(ctx, 1, look, nil))
		if st, _ := s.Studio(ctx, 1); len(st.Current().Icon) != 0 || st.SourceWidth != 0 {
			t.Error("the icon stays")
		}
		if _, err := s.CropImage(ctx, 1, icons.Centre); db.KindOf(err) != db.NotFound {
			t.Errorf("a crop of nothing: %v", err)
		}
	})
}

func TestHostName(t *testing.T) { // G12
	for typed, want := range map[string]string{
		"Portal.Example.COM": "portal.example.com", " https://portal.example.com/login?x ": "portal.example.com", "portal.example.com:8443": "portal.example.com",
		"harbor.localhost": "harbor.localhost", "büro.example": "xn--bro-hoa.example", "portal.example.": "portal.example", "intranet": "intranet",
		"": "", " ": "", "192.0.2.1": "", "[2001:db8::1]:80": "", "a b.example": "", "-a.example": "", "a-.example": "", "a..b": "", "under_score.example": "", "*.example.com": "",
		strings.Repeat("a", 64) + ".example": "", strings.Repeat("a.", 127) + "example": "", "portal.example.com@evil.example": "", "1.2.3": "", "http://": "", "<script>": "",
	} {
		got, err := portal.HostName(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", typed, got, err, want)
		}
	}
}

// TestHosts: a host name is one partner's, from the moment it is added, and no longer when it is removed.
func TestHosts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, log := ada(), audit.New(d, nil)
		s := portal.New(d, log)
		must(t, s.Ensure(ctx))
		harbor := portal.Partner{Name: "Harbor"}
		must(t, s.AddPartner(ctx, &harbor, nil, portal.CompanyInfo{Name: "Harbor"}, portal.Brand{ShortName: "H", Color: "#0f766e", Accent: "#0f766e", Icon: []byte{}}))
		at := func(host string) int64 {
			snap, err := s.Snapshot(ctx)
			must(t, err)
			return snap.ByHost(host).Partner.ID
		}
		must(t, s.AddHost(ctx, harbor.ID, "https://My.Harbor.example/"))
		if at("my.harbor.example:443") != harbor.ID {
			t.Error("the host does not lead to its partner")
		}
		for host, key := range map[string]string{"my.harbor.example": "branding.error.host_here", "!": "branding.error.host", "": "error.required"} {
			var bad db.Invalid
			if err := s.AddHost(ctx, harbor.ID, host); !errors.As(err, &bad) || bad["host"] != key {
				t.Errorf("%q: %v, want %s", host, err, key)
			}
		}
		var bad db.Invalid
		if err := s.AddHost(ctx, 1, "my.harbor.example"); !errors.As(err, &bad) || bad["host"] != "branding.error.host_taken" {
			t.Errorf("another partner's: %v", err)
		}
		if err := s.AddHost(ctx, 99, "x.example"); db.KindOf(err) != db.NotFound {
			t.Errorf("no partner: %v", err)
		}
		if err := s.RemoveHost(ctx, 1, "my.harbor.example"); db.KindOf(err) != db.NotFound {
			t.Errorf("another partner removes it: %v", err)
		}
		must(t, s.RemoveHost(ctx, harbor.ID, "my.harbor.example"))
		if list, err := s.Hosts(ctx, harbor.ID); err != nil || len(list) != 0 || at("my.harbor.example") != 1 {
			t.Errorf("it is still there: %v %v", list, err)
		}
		actions(t, log, d, map[audit.Action]int{audit.HostAdded: 1, audit.HostRemoved: 1})
	})
}

// TestCompany: company information (X14) is checked, in force at once and in the log.
func TestCompany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, log := ada(), audit.New(d, nil)
		s := portal.New(d, log)
		must(t, s.Ensure(ctx))
		good := portal.CompanyInfo{PartnerID: 1, Name: " MyISP Ltd ", Email: "help@myisp.example", Website: "https://myisp.example", BankAccount: "DE89 3704 0044 0532 0130 00"}
		must(t, s.SaveCompany(ctx, good))
		must(t, s.SaveCompany(ctx, good)) // nothing changes, nothing is logged
		snap, err := s.Snapshot(ctx)
		must(t, err)
		if c := snap.Partner(1).Company; c.Name != "MyISP Ltd" || c.Email != good.Email {
			t.Errorf("in force: %+v", c)
		}
		for field, change := range map[string]func(*portal.CompanyInfo){
			"name": func(c *portal.CompanyInfo) { c.Name = "" }, "email": func(c *portal.CompanyInfo) { c.Email = "help" },
			"website": func(c *portal.CompanyInfo) { c.Website = "javascript:alert(1)" }, "zip": func(c *portal.CompanyInfo) { c.Zip = strings.Repeat("1", 33) },
			"bank_account": func(c *portal.CompanyInfo) { c.BankAccount = "DE89370400440532013001" },
		} {
			c := good
			change(&c)
			var bad db.Invalid
			if err := s.SaveCompany(ctx, c); !errors.As(err, &bad) || bad[field] == "" || len(bad) != 1 {
				t.Errorf("%s: %v", field, err)
			}
		}
		own := good
		own.BankAccount = "12-345678/0100" // a country without IBANs
		must(t, s.SaveCompany(ctx, own))
		own.PartnerID = 99
		if err := s.SaveCompany(ctx, own); db.KindOf(err) != db.NotFound {
			t.Errorf("no partner: %v", err)
		}
		actions(t, log, d, map[audit.Action]int{audit.CompanySaved: 2})
	})
}

func FuzzHostName(f *testing.F) {
	f.Add("https://портал.example:443/x")
	f.Fuzz(func(t *testing.T, typed string) {
		host, err := portal.HostName(typed)
		if err == nil && (len(host) > 253 || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "") {
			t.Errorf("%q is taken as %q", typed, host)
		}
	})
}
