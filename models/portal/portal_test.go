package portal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/portal"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestDeclarations: every default is one of its own allowed values, and keys are unique and plain.
func TestDeclarations(t *testing.T) {
	for _, d := range portal.Declarations() {
		v, err := portal.Defaults().With(map[string]string{d.Key: d.Default()})
		if err != nil {
			t.Errorf("%s: its default %s is refused: %v", d.Key, d.Default(), err)
			continue
		}
		if got := v.JSON(d); got != d.Default() {
			t.Errorf("%s: default %s reads back as %s", d.Key, d.Default(), got)
		}
		if d.ID == "" || d.Section == "" || strings.Trim(d.Key, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			t.Errorf("%+v is not fully declared", d)
		}
	}
}

// TestValues: what each type takes and refuses.
func TestValues(t *testing.T) {
	for _, c := range []struct{ key, raw, want string }{
		{"reset_password", "off", "false"}, {"reset_password", "perhaps", ""},
		{"reset_password_email_length", "12", "12"}, {"reset_password_email_length", "3", ""}, {"reset_password_email_length", "12.5", ""},
		{"authentication_field", "email", `"email"`}, {"authentication_field", `"email"`, `"email"`}, {"authentication_field", "phone", ""},
		{"languages", "ar,en", `["en","ar"]`}, {"languages", `["es"]`, `["es"]`}, {"languages", "en,xx", ""},
		{"profile_phone", "view", `["view"]`}, {"profile_phone", "edit,view", `["view","edit"]`}, {"profile_phone", "", `[]`}, {"profile_phone", "delete", ""},
		{"portal_title", "Harbor Fiber", `"Harbor Fiber"`}, {"portal_title", "  ", ""}, {"portal_title", strings.Repeat("x", 61), ""},
		{"reset_password_sms_text", "Code {{ code }} from {{partner}}", `"Code {{ code }} from {{partner}}"`}, {"reset_password_sms_text", "no code", ""},
		{"reset_password_sms_text", "{{ code }} {{ password }}", ""},
		{"reset_password_sms_chars", "1", ""}, {"timezone", "Europe/Prague", `"Europe/Prague"`}, {"timezone", "Mars/Base", ""}, {"currency", "euro", ""},
		{"google_play_app_id", "com.example.app", `"com.example.app"`}, {"google_play_app_id", "https://x", ""}, {"help_url", "javascript:alert(1)", ""},
	} {
		v, err := portal.Defaults().With(map[string]string{c.key: c.raw})
		if (err == nil) != (c.want != "") {
			t.Errorf("%s = %q: error %v", c.key, c.raw, err)
			continue
		}
		if err == nil && v.JSON(portal.Lookup(c.key)) != c.want {
			t.Errorf("%s = %q reads %s, want %s", c.key, c.raw, v.JSON(portal.Lookup(c.key)), c.want)
		}
	}
}

// TestInheritance: General values are everybody's, the Default partner's are inherited, a partner's own win until reset.
func TestInheritance(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), portal.New(d, audit.New(d, nil))
		must(t, s.Ensure(ctx))
		harbor := portal.Partner{Name: "Harbor Fiber"}
		must(t, s.AddPartner(ctx, &harbor, []string{"Harbor.localhost"}, portal.CompanyInfo{Name: "Harbor Fiber Ltd"}, portal.Brand{ShortName: "Harbor", Color: "#0f766e", Accent: "#0f766e", Icon: []byte{}}))
		title := func(id int64) string {
			snap, err := s.Snapshot(ctx)
			must(t, err)
			return portal.PortalTitle.Of(snap.Partner(id).Values)
		}
		must(t, s.Set(ctx, 1, "P1", "Main Net"))
		if title(1) != "Main Net" || title(harbor.ID) != "Main Net" {
			t.Errorf("the Default partner's title is not inherited: %q, %q", title(1), title(harbor.ID))
		}
		must(t, s.Set(ctx, harbor.ID, "portal_title", "Harbor Fiber"))
		if title(1) != "Main Net" || title(harbor.ID) != "Harbor Fiber" {
			t.Errorf("own title: %q, %q", title(1), title(harbor.ID))
		}
		snap, err := s.Snapshot(ctx)
		must(t, err)
		if d := portal.PortalTitle.Declaration; !snap.Partner(harbor.ID).Values.Own(d) {
			t.Error("the partner's own value is not marked")
		}
		must(t, s.Reset(ctx, harbor.ID, "portal_title"))
		if title(harbor.ID) != "Main Net" {
			t.Errorf("after reset: %q", title(harbor.ID))
		}
		must(t, s.Set(ctx, 0, "G2", "email"))
		snap, err = s.Snapshot(ctx)
		must(t, err)
		if portal.AuthField.Of(snap.Partner(harbor.ID).Values) != "email" {
			t.Error("a General value does not reach a partner")
		}
		for name, err := range map[string]error{
			"General per partner": s.Set(ctx, 1, "G2", "login"), "Per partner as General": s.Set(ctx, 0, "P1", "x"),
			"unknown partner": s.Set(ctx, 99, "P1", "x"), "unknown setting": s.Set(ctx, 1, "nothing", "x"), "bad value": s.Set(ctx, 1, "P3", "casino"),
		} {
			if err == nil {
				t.Errorf("%s was stored", name)
			}
		}
		if got := snap.ByHost("HARBOR.localhost:8080").Partner.ID; got != harbor.ID {
			t.Errorf("G12: the host leads to partner %d", got)
		}
		if got := snap.ByHost("127.0.0.1:8080").Partner.ID; got != portal.DefaultPartner {
			t.Errorf("G12: an unknown host leads to partner %d", got)
		}
	})
}

// TestOtherInstance: a change made by one instance is seen by another within a second, and not before it has to ask.
func TestOtherInstance(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		ctx, a, b := context.Background(), portal.New(d, audit.New(d, nil)), portal.New(d, audit.New(d, nil))
		must(t, a.Ensure(ctx))
		_, err := b.Snapshot(ctx)
		must(t, err)
		must(t, a.Set(ctx, 1, "P1", "New name"))
		now = now.Add(1100 * time.Millisecond)
		var c db.Counter
		snap, err := b.Snapshot(db.WithCounter(ctx, &c))
		must(t, err)
		if got := portal.PortalTitle.Of(snap.Partner(1).Values); got != "New name" {
			t.Errorf("the other instance still says %q", got)
		}
		c = db.Counter{}
		_, err = b.Snapshot(db.WithCounter(ctx, &c))
		must(t, err)
		if n := len(c.Statements()); n != 0 {
			t.Errorf("a fresh snapshot ran %d statements", n)
		}
	})
}

// TestEverySettingIsRead: a setting that no code reads is a dead toggle, unless it says which module will read it; and one
// that says so and is read has arrived. With -v it lists the readers of each.
func TestEverySettingIsRead(t *testing.T) {
	readers := readersOfSettings(t)
	names := map[string]string{} // variable → key
	for _, path := range goFiles(t, ".") {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		must(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
				if key := declaredKey(v.Values[0]); key != "" {
					names[v.Names[0].Name] = key
				}
			}
			return true
		})
	}
	if len(names) != len(portal.Declarations()) {
		t.Errorf("found %d of %d declarations", len(names), len(portal.Declarations()))
	}
	for name, key := range names {
		d := portal.Lookup(key)
		switch {
		case d == nil:
			t.Errorf("%s declares %q, which is no setting", name, key)
		case d.Later == "" && len(readers[name]) == 0:
			t.Errorf("%s %s (%s) is declared, no code reads %s.Of, and no module is named that will", d.ID, d.Key, name, name)
		case d.Later != "" && len(readers[name]) > 0:
			t.Errorf("%s %s waits for %s, and is read by %v: it has arrived", d.ID, d.Key, d.Later, readers[name])
		case d.Later != "":
			t.Logf("%-4s %-32s later, with %s", d.ID, d.Key, d.Later)
		default:
			t.Logf("%-4s %-32s %v", d.ID, d.Key, readers[name])
		}
	}
}

func goFiles(t *testing.T, root string) (paths []string) {
	t.Helper()
	must(t, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}

// readersOfSettings finds every Setting.Of of the house: variable → the functions that read it.
func readersOfSettings(t *testing.T) map[string][]string {
	t.Helper()
	readers := map[string][]string{}
	for _, dir := range []string{"handlers", "views", "models", "cmd"} {
		for _, path := range goFiles(t, filepath.Join("../..", dir)) {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				continue // is being edited
			}
			inside := strings.Contains(path, "models/portal/") || dir == "models" && filepath.Base(filepath.Dir(path)) == "portal"
			for _, decl := range file.Decls {
				fn, ok := decl.(*ast.FuncDecl)
				if !ok {
					continue
				}
				ast.Inspect(fn, func(n ast.Node) bool {
					of, ok := n.(*ast.SelectorExpr)
					if !ok || of.Sel.Name != "Of" {
						return true
					}
					name := ""
					switch x := of.X.(type) {
					case *ast.SelectorExpr: // portal.Setting.Of
						if pkg, ok := x.X.(*ast.Ident); ok && pkg.Name == "portal" {
							name = x.Sel.Name
						}
					case *ast.Ident: // Setting.Of, within the package
						if inside {
							name = x.Name
						}
					}
					if reader := filepath.Base(filepath.Dir(path)) + "." + fn.Name.Name; name != "" && !slices.Contains(readers[name], reader) {
						readers[name] = append(readers[name], reader)
					}
					return true
				})
			}
		}
	}
	return readers
}

// declaredKey is the key that a declaration names: flag("G3", General, "general", "reset_password", true).later(…).
func declaredKey(e ast.Expr) string {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return ""
	}
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr: // .later(…)
		return declaredKey(f.X)
	case *ast.Ident:
		at, ok := map[string]int{"flag": 3, "number": 3, "text": 3, "one": 3, "many": 3, "perm": 2}[f.Name]
		if ok {
			return stringOf(call.Args[at])
		}
		if f.Name != "declare" {
			return ""
		}
		for _, elt := range call.Args[0].(*ast.CompositeLit).Elts {
			if kv := elt.(*ast.KeyValueExpr); kv.Key.(*ast.Ident).Name == "Key" {
				return stringOf(kv.Value)
			}
		}
	}
	return ""
}

func stringOf(e ast.Expr) string {
	if lit, ok := e.(*ast.BasicLit); ok {
		s, _ := strconv.Unquote(lit.Value)
		return s
	}
	return ""
}

// TestSpecification: every setting of §1.1 and §1.3 is there, once; what is not in it says that it is ours. G12 is the
// brand's icon (Branding), G16 has a row for each additional attribute, G11 and X7 have several.
func TestSpecification(t *testing.T) {
	var want []string
	for n := 1; n <= 16; n++ {
		want = append(want, fmt.Sprintf("G%d", n))
	}
	for n := 1; n <= 58; n++ {
		want = append(want, fmt.Sprintf("P%d", n))
	}
	elsewhere := []string{"G12", "G16"}
	for _, id := range want {
		n := 0
		for _, d := range portal.Declarations() {
			if d.ID == id {
				n++
			}
		}
		if several := id == "G11"; n != 1 && !several && !slices.Contains(elsewhere, id) {
			t.Errorf("%s is declared %d times", id, n)
		}
	}
	for _, d := range portal.Declarations() {
		if known := slices.Contains(want, d.ID) || d.ID == "X7"; known == d.Beyond {
			t.Errorf("%s %s: beyond is %v", d.ID, d.Key, d.Beyond)
		}
		if !slices.Contains(portal.Sections, d.Section) {
			t.Errorf("%s %s is in section %q, which has no place", d.ID, d.Key, d.Section)
		}
	}
}

// TestSetMany: all or nothing, only what is new, inherited values stay inherited; each change is in the log, before → after.
func TestSetMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, log := context.Background(), audit.New(d, []byte("key"))
		s := portal.New(d, log)
		must(t, s.Ensure(ctx))
		harbor := portal.Partner{Name: "Harbor Fiber"}
		must(t, s.AddPartner(ctx, &harbor, nil, portal.CompanyInfo{}, portal.Brand{Icon: []byte{}}))
		entries := func() (list []audit.Entry) {
			must(t, d.Q(ctx).Where("object = 'setting'").Order("seq").Find(&list).Error)
			return list
		}
		before := len(entries())
		_, err := s.SetMany(ctx, harbor.ID, map[string]string{"portal_title": `"Harbor"`, "show_portal_news": "perhaps", "menu_items": "casino"})
		var bad db.Invalid
		if !errors.As(err, &bad) || len(bad) != 2 || bad["show_portal_news"] != "config.error.switch" || bad["menu_items"] != "config.error.choice" {
			t.Errorf("two bad values: %v", err)
		}
		snap, err := s.Snapshot(ctx)
		must(t, err)
		if got := portal.PortalTitle.Of(snap.Partner(harbor.ID).Values); got != "MyISP" || len(entries()) != before {
			t.Errorf("a refused form left the title %q and %d entries", got, len(entries())-before)
		}
		list, err := s.SetMany(ctx, harbor.ID, map[string]string{"portal_title": `"Harbor"`, "show_portal_news": "true", "invert_account_balance": "on"})
		must(t, err)
		if len(list) != 2 || list[0].Key != "portal_title" || list[0].Before != `"MyISP"` || list[0].After != `"Harbor"` || list[1].Key != "invert_account_balance" {
			t.Errorf("changed: %+v", list)
		}
		snap, err = s.Snapshot(ctx)
		must(t, err)
		v := snap.Partner(harbor.ID).Values
		if v.Own(portal.DashboardNews.Declaration) || !v.Own(portal.PortalTitle.Declaration) {
			t.Error("own values are not those that changed")
		}
		if got := entries()[before:]; len(got) != 2 || got[0].Before != `{"value":"MyISP"}` || got[0].After != `{"value":"Harbor"}` || *got[0].PartnerID != harbor.ID {
			t.Errorf("the log says %+v", got)
		}
		must(t, s.Set(ctx, 0, "G2", "email"))
		snap, err = s.Snapshot(ctx)
		must(t, err)
		if !snap.Partner(1).Values.Own(portal.AuthField.Declaration) || snap.Partner(1).Values.Own(portal.ResetPassword.Declaration) {
			t.Error("a General setting that is set is not marked, or one that is not is")
		}
	})
}

// TestPermissionJSON: permissions read and write as the lists of G16 and P12–P21.
func TestPermissionJSON(t *testing.T) {
	got, err := json.Marshal([]portal.Permission{{}, {View: true}, {Edit: true}, {View: true, Edit: true}})
	must(t, err)
	if want := `[[],["view"],["edit"],["view","edit"]]`; string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
	if !reflect.DeepEqual([]bool{portal.Permission{}.Shown(), portal.Permission{Edit: true}.Shown()}, []bool{false, true}) {
		t.Error("Edit alone shows a field, nothing hides it")
	}
}
