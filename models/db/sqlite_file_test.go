package db_test

import (
	"os"
	"path/filepath"
	"testing"

	"myisp/models/db"
)

// TestFileIsPrivate: the embedded database holds people's data and is its owner's alone, also in a folder that is not.
func TestFileIsPrivate(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), db.Config{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Q(t.Context()).Exec("CREATE TABLE t (id integer)").Error; err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "myisp.db*"))
	if len(files) < 2 {
		t.Fatalf("files %v", files)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", filepath.Base(f), info.Mode().Perm())
		}
	}
}
