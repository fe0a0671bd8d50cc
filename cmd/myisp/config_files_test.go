package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree reads a directory: every file by its path below it.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// put replaces a text in a file of a configuration.
func put(t *testing.T, dir, name, old, with string) {
	t.Helper()
	path := filepath.Join(dir, name)
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %q: %v", name, old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, with, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// configAt runs "myisp config …" on an installation.
func configAt(t *testing.T, base []string, args ...string) (int, string, string) {
	t.Helper()
	return called(t, "", slices.Concat(base, []string{"config"}, args)...)
}

// TestConfigFiles: what the demo exports makes another, empty installation export the very same files; validate and diff
// write nothing; apply is idempotent, and in the audit log, which verifies.
func TestConfigFiles(t *testing.T) {
	dir := outside(t)
	_, _, stop := demo(t, "--data-dir", dir)
	stop()
	from := []string{"--data-dir", dir, "--database-url", "sqlite:" + filepath.Join(dir, "demo.db")}
	out := filepath.Join(t.TempDir(), "config")
	if code, said, errs := configAt(t, from, "export", out); code != 0 || !strings.Contains(said, "Wrote ") {
		t.Fatalf("export: %d %s%s", code, said, errs)
	}
	first := tree(t, out)
	if first["partners/1.toml"] == "" || first["partners/2.toml"] == "" || first["partners/2.png"] == "" || first["general.toml"] == "" || first["attributes.toml"] == "" {
		t.Fatalf("exported %v", slices.Sorted(maps.Keys(first)))
	}
	for _, command := range []string{"validate", "diff", "apply"} {
		if code, said, errs := configAt(t, from, command, out); code != 0 || !strings.Contains(said, "Nothing differs") && !strings.Contains(said, "would change 0 things") {
			t.Errorf("%s of its own export: %d %s%s", command, code, said, errs)
		}
	}

	t.Setenv("MYISP_SECRET", strings.Repeat("another secret ", 4))
	to := []string{"--data-dir", t.TempDir()}
	if code, said, errs := configAt(t, to, "validate", out); code != 0 || !strings.Contains(said, "is valid") {
		t.Errorf("validate elsewhere: %d %s%s", code, said, errs)
	}
	code, would, errs := configAt(t, to, "diff", out)
	if code != 0 || !strings.Contains(would, `partners/2.toml: partner: (none) → "Harbor Fiber"`) {
		t.Errorf("diff elsewhere: %d %s%s", code, would, errs)
	}
	before := filepath.Join(t.TempDir(), "before")
	if code, _, errs := configAt(t, to, "export", before); code != 0 || tree(t, before)["partners/2.toml"] != "" {
		t.Fatalf("looking has written: %s", errs)
	}
	code, did, errs := configAt(t, to, "apply", out)
	if code != 0 || strings.ReplaceAll(did, "Changed ", "") != strings.NewReplacer("Applying this would change ", "").Replace(would) {
		t.Fatalf("apply: %d %s\n%s\n%s", code, errs, did, would)
	}
	if code, did, errs := configAt(t, to, "apply", out); code != 0 || !strings.Contains(did, "Nothing differs") {
		t.Errorf("apply again: %d %s%s", code, did, errs)
	}
	again := filepath.Join(t.TempDir(), "again")
	if code, _, errs := configAt(t, to, "export", again); code != 0 {
		t.Fatal(errs)
	}
	second := tree(t, again)
	for name := range first {
		if first[name] != second[name] {
			t.Errorf("%s differs after export, apply and export", name)
		}
	}
	if len(first) != len(second) {
		t.Errorf("%v, then %v", slices.Sorted(maps.Keys(first)), slices.Sorted(maps.Keys(second)))
	}
	if code, said, _ := called(t, "", append(slices.Clone(to), "--base-url", "http://localhost:8080", "doctor")...); !strings.Contains(said, "ok    audit log") {
		t.Errorf("the doctor: %d %s", code, said)
	}

	// A partner's file that is no partner's goes, whatever else is there stays.
	for _, name := range []string{"partners/77.toml", "partners/notes.txt", "README.md"} {
		if err := os.WriteFile(filepath.Join(again, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, errs := configAt(t, to, "export", again); code != 0 {
		t.Fatal(errs)
	}
	if left := tree(t, again); left["partners/77.toml"] != "" || left["partners/notes.txt"] == "" || left["README.md"] == "" {
		t.Errorf("export leaves %v", slices.Sorted(maps.Keys(left)))
	}
}

// TestHostileConfigFiles: what is wrong with any file is said with its place, fails the command, and nothing of the rest is
// written either; nothing outside the directory is read; no secret is echoed.
func TestHostileConfigFiles(t *testing.T) {
	dir := outside(t)
	t.Setenv("MYISP_SECRET", strings.Repeat("s", 40))
	at := []string{"--data-dir", dir}
	good := filepath.Join(t.TempDir(), "good")
	if code, _, errs := configAt(t, at, "export", good); code != 0 {
		t.Fatal(errs)
	}
	icon := filepath.Join(filepath.Dir(good), "1.png")
	if err := os.WriteFile(icon, []byte("top secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	write := func(t *testing.T, dir, name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		ill  func(t *testing.T, dir string)
		says string
	}{
		"an icon above":          {func(t *testing.T, dir string) { put(t, dir, "partners/1.toml", `icon = ""`, `icon = "../../1.png"`) }, "there is no file"},
		"an absolute icon":       {func(t *testing.T, dir string) { put(t, dir, "partners/1.toml", `icon = ""`, `icon = "`+icon+`"`) }, "there is no file"},
		"a link out of the tree": {func(t *testing.T, dir string) { link(t, icon, filepath.Join(dir, "partners", "1.png")) }, "escapes"},
		"an icon that is none": {func(t *testing.T, dir string) {
			put(t, dir, "partners/1.toml", `icon = ""`, `icon = "x.svg"`)
			write(t, dir, "partners/x.svg", `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><script>alert(1)</script></svg>`)
		}, "svg_script"},
		"too big":      {func(t *testing.T, dir string) { write(t, dir, "labels.toml", strings.Repeat("#", 9<<20)) }, "too big"},
		"no text":      {func(t *testing.T, dir string) { write(t, dir, "labels.toml", "\xff\xfe") }, "not UTF-8"},
		"no TOML":      {func(t *testing.T, dir string) { write(t, dir, "labels.toml", "[[label") }, "labels.toml:1"},
		"another file": {func(t *testing.T, dir string) { write(t, dir, "rolez.toml", "") }, "none of a configuration"},
		"a key that is none": {func(t *testing.T, dir string) {
			write(t, dir, "labels.toml", "[[label]]\nname = \"A\"\ntone = \"ok\"\ncolour = 1\n")
		}, "labels.toml:4: label.colour"},
		"a built-in role": {func(t *testing.T, dir string) {
			write(t, dir, "roles.toml", "[[role]]\nkey = \"support\"\nname = \"S\"\npermissions = [\"staff.edit\"]\n")
		}, "built-in"},
		"an unknown right": {func(t *testing.T, dir string) {
			write(t, dir, "roles.toml", "[[role]]\nkey = \"root\"\nname = \"S\"\npermissions = [\"*\"]\n")
		}, "no permission"},
		"a colour with more": {func(t *testing.T, dir string) {
			put(t, dir, "partners/1.toml", "accent = \"#", "accent = \"red;}*{x:#")
		}, "partners/1.toml"},
		"a secret in the file": {func(t *testing.T, dir string) { secretInFile(t, dir) }, "never the value itself"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "bad")
			if err := os.CopyFS(bad, os.DirFS(good)); err != nil {
				t.Fatal(err)
			}
			put(t, bad, "partners/1.toml", "[settings]", "[settings]\nportal_title = \"Half applied\"")
			c.ill(t, bad)
			for _, command := range []string{"validate", "diff", "apply"} {
				code, out, errs := configAt(t, at, command, bad)
				if code != exitFailed || !strings.Contains(errs, c.says) {
					t.Errorf("%s: %d %s%s", command, code, out, errs)
				}
				if strings.Contains(out+errs, "sk_live_42") || strings.Contains(out+errs, "top secret") {
					t.Errorf("%s tells: %s%s", command, out, errs)
				}
			}
			after := filepath.Join(t.TempDir(), "after")
			if code, _, errs := configAt(t, at, "export", after); code != 0 || !maps.Equal(tree(t, good), tree(t, after)) {
				t.Errorf("something was written all the same: %s", errs)
			}
		})
	}
	if code, _, errs := configAt(t, at, "apply", filepath.Join(dir, "nowhere")); code != exitUsage {
		t.Errorf("no directory: %d %s", code, errs)
	}
	if code, _, errs := configAt(t, at, "apply", t.TempDir()); code != exitFailed || !strings.Contains(errs, "no file of a configuration") {
		t.Errorf("an empty directory: %d %s", code, errs)
	}
}

func link(t *testing.T, to, from string) {
	t.Helper()
	if err := os.Symlink(to, from); err != nil {
		t.Skip("no links here")
	}
}

// secretInFile writes a gateway's key where a reference belongs.
func secretInFile(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "partners", "1.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	more := "\n[[gateway]]\nname = \"sandbox\"\nenabled = true\nposition = 1\nlabel = \"Card\"\nmethod = \"Bank transfer\"\n[gateway.config]\nsecret = \"sk_live_42\"\n"
	if err := os.WriteFile(path, append(text, more...), 0o644); err != nil {
		t.Fatal(err)
	}
}
