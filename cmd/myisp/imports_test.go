package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// floors are the storeys inside models: a package may import those named, and the leaves.
var floors = map[string][]string{
	"models/db":         {},
	"models/migrations": {},
	"models/limit":      {"models/db"},
	"models/session":    {"models/db"},
	"models/job":        {"models/db"},
	"models/audit":      {"models/db"},
	"models/portal":     {"models/db", "models/audit"},
	"models/staff":      {"models/db", "models/limit", "models/session", "models/job", "models/audit"},
	"models/customer":   {"models/db", "models/limit", "models/session", "models/job", "models/audit"},
	"models/catalog":    {"models/db", "models/job", "models/audit", "models/customer"},
	"models/finance":    {"models/db", "models/job", "models/audit", "models/customer", "models/catalog"},
	"models/service":    {"models/db", "models/job", "models/audit", "models/customer", "models/catalog", "models/finance"},
	"models/ticket":     {"models/db", "models/job", "models/audit", "models/customer"},
	"models/message":    {"models/db", "models/job", "models/audit", "models/customer"},
	"models/db/dbtest":  {"models/db", "models/migrations"},
}

// top are the packages of the top floor: they may use all of models, and not each other. Their tests may.
var top = []string{"models/seed", "models/imports", "models/backup", "models/configuration"}

// sql are the modules that only models may touch; web those that only the upper storeys may.
var (
	sql = []string{"gorm.io/", "github.com/jackc/", "modernc.org/sqlite", "database/sql"}
	web = []string{"github.com/labstack/echo", "github.com/a-h/templ"}
)

type pkg struct {
	ImportPath string
	Imports    []string
}

// TestImports holds the packages to the house rules of AGENTS.md: who may import whom.
func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, "myisp/")
		for _, imported := range p.Imports {
			inside, own := strings.CutPrefix(imported, "myisp/")
			if reason := forbidden(name, imported, inside, own); reason != "" {
				t.Errorf("%s imports %s: %s", name, imported, reason)
			}
		}
	}
}

func forbidden(name, imported, inside string, own bool) string {
	storey, _, _ := strings.Cut(name, "/")
	leaf := own && (storeyOf(inside) == "internal")
	switch storey {
	case "internal", "static":
		if own && inside != "internal/money" && !strings.HasPrefix(inside, sameFolder(name)) {
			return "a leaf knows nothing of the portal"
		}
		if anyPrefix(imported, sql...) {
			return "no database in a leaf"
		}
	case "models":
		if anyPrefix(imported, web...) {
			return "models know nothing of the web"
		}
		if own && !leaf && storeyOf(inside) != "models" && !(inside == "static" && name == "models/seed") {
			return "models import no upper storey"
		}
		if leaf && (strings.HasPrefix(inside, "internal/courier") || strings.HasPrefix(inside, "internal/gateway")) {
			return "models neither send nor charge: they enqueue"
		}
		if name == "models/configuration" && anyPrefix(imported, sql...) {
			return "what is configured is written by the models that keep it"
		}
		if own && slices.Contains(top, name) && slices.Contains(top, inside) {
			return "the packages of the top floor stand beside each other"
		}
		if allowed, ruled := floors[name]; ruled && own && !leaf && !slices.Contains(allowed, inside) {
			return "sideways or upward inside models"
		}
	case "views":
		if anyPrefix(imported, sql...) || anyPrefix(imported, "github.com/labstack/echo") || own && storeyOf(inside) == "handlers" {
			return "views only show"
		}
	case "handlers":
		if anyPrefix(imported, sql...) {
			return "no SQL in handlers"
		}
		if name == "handlers/handlerstest" {
			return "" // stands in for cmd in tests
		}
		if own && strings.HasPrefix(inside, "internal/courier/") || own && strings.HasPrefix(inside, "internal/gateway/") {
			return "only cmd names a concrete courier or gateway"
		}
	}
	return ""
}

func storeyOf(inside string) string {
	storey, _, _ := strings.Cut(inside, "/")
	return storey
}

// sameFolder lets internal/courier/smtp import internal/courier.
func sameFolder(name string) string {
	parts := strings.SplitN(name, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

func anyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if len(list) < 20 {
		t.Fatalf("only %d packages found", len(list))
	}
	return list
}

// TestForbidden proves that the rules can fail.
func TestForbidden(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"internal/money", "myisp/models/db"}, {"models/customer", "myisp/models/finance"}, {"models/finance", "github.com/labstack/echo/v4"},
		{"models/ticket", "myisp/models/message"}, {"models/job", "myisp/internal/courier"}, {"views/ui", "gorm.io/gorm"},
		{"handlers/portal", "gorm.io/gorm"}, {"handlers/jobs", "myisp/internal/courier/smtp"}, {"views/finance", "myisp/handlers/web"},
		{"models/configuration", "myisp/models/backup"}, {"models/imports", "myisp/models/configuration"}, {"models/configuration", "gorm.io/gorm"},
	} {
		inside, own := strings.CutPrefix(c.to, "myisp/")
		if forbidden(c.from, c.to, inside, own) == "" {
			t.Errorf("%s may import %s", c.from, c.to)
		}
	}
	if reason := forbidden("models/finance", "myisp/models/catalog", "models/catalog", true); reason != "" {
		t.Errorf("finance stands on catalog: %s", reason)
	}
}

// TestComponentsAreNotInlined keeps the binary small: an inlined templ constructor brings its whole markup along as a closure, once
// for every place that calls it.
func TestComponentsAreNotInlined(t *testing.T) {
	eachTempl(t, func(path, src string) {
		before := ""
		for line := range strings.Lines(src) {
			if strings.HasPrefix(line, "templ ") && before != "//go:noinline\n" {
				t.Errorf("%s: %s wants //go:noinline on the line above", path, strings.TrimSpace(line))
			}
			before = line
		}
	})
}

// eachTempl reads all templates.
func eachTempl(t *testing.T, look func(path, src string)) {
	t.Helper()
	err := filepath.WalkDir("../../views", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".templ" {
			return err
		}
		src, err := os.ReadFile(path)
		look(path, string(src))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestBinarySize holds the bar of one binary: 40 MB, as ls -lh counts them (2^20 bytes).
func TestBinarySize(t *testing.T) {
	out := filepath.Join(t.TempDir(), "myisp")
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", out, ".")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatal(err, string(said))
	}
	info, err := os.Stat(out)
	if err != nil {
		t.Fatal(err)
	}
	if size := info.Size(); size > 40<<20 {
		t.Errorf("the binary has %d bytes", size)
	}
}

// TestNoC: nothing outside the standard library brings C code, so `go run` on a fresh machine compiles none of SQLite.
func TestNoC(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{range .CgoFiles}}{{$.ImportPath}}/{{.}} {{end}}{{range .CFiles}}{{$.ImportPath}}/{{.}} {{end}}{{end}}", ".")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if c := strings.Fields(string(out)); len(c) > 0 {
		t.Errorf("C comes with %v", c)
	}
}
