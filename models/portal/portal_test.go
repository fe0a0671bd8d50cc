package portal_test

import (
	"context"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
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

// TestEverySettingIsRead: a setting that no code reads is a dead toggle.
func TestEverySettingIsRead(t *testing.T) {
	used := map[string]bool{}
	root := "../.."
	for _, dir := range []string{"handlers", "views", "models", "cmd"} {
		must(t, filepath.WalkDir(filepath.Join(root, dir), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			inside := strings.Contains(path, "models/portal/")
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.SelectorExpr)
				if !ok || call.Sel.Name != "Of" {
					return true
				}
				switch x := call.X.(type) {
				case *ast.SelectorExpr: // portal.Setting.Of
					used[x.Sel.Name] = true
				case *ast.Ident: // Setting.Of, within the package
					if inside {
						used[x.Name] = true
					}
				}
				return true
			})
			return nil
		}))
	}
	file, err := parser.ParseFile(token.NewFileSet(), "settings.go", nil, 0)
	must(t, err)
	n := 0
	for _, decl := range file.Decls {
		g, ok := decl.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			if len(v.Values) != 1 {
				continue
			}
			call, ok := v.Values[0].(*ast.CallExpr)
			if !ok || !isDeclarer(call) {
				continue
			}
			n++
			if name := v.Names[0].Name; !used[name] {
				t.Errorf("%s is declared, and no code reads %s.Of", name, name)
			}
		}
	}
	if n != len(portal.Declarations()) {
		t.Errorf("found %d of %d declarations", n, len(portal.Declarations()))
	}
}

func isDeclarer(call *ast.CallExpr) bool {
	id, ok := call.Fun.(*ast.Ident)
	return ok && map[string]bool{"flag": true, "number": true, "text": true, "one": true, "many": true, "perm": true, "declare": true}[id.Name]
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
