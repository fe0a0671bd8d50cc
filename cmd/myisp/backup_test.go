package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The command line backs a demo up, sealed, and restores it into a new installation, which then passes the doctor.
func TestBackupCommand(t *testing.T) {
	dir := outside(t)
	t.Setenv(passphraseName, "open sesame")
	_, _, stop := demo(t, "--data-dir", dir)
	stop()
	from := []string{"--data-dir", dir, "--database-url", "sqlite:" + filepath.Join(dir, "demo.db")}
	key, err := os.ReadFile(filepath.Join(dir, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "all.backup")
	code, out, errs := called(t, "", append(from, "backup", file)...)
	if code != 0 || !strings.Contains(out, "Backed up") || strings.Contains(errs, "WARNING") {
		t.Fatalf("backup: %d %s%s", code, out, errs)
	}
	if code, _, errs := called(t, "", append(from, "backup", file)...); code != exitFailed || !strings.Contains(errs, "the file exists") {
		t.Errorf("over a file that is there: %d %s", code, errs)
	}
	if code, _, errs := called(t, "", append(from, "restore", file)...); code != exitFailed || !strings.Contains(errs, "holds data") || !strings.Contains(errs, "--data-dir") {
		t.Errorf("over data: %d %s", code, errs)
	}

	fresh := t.TempDir()
	t.Setenv("MYISP_SECRET", strings.TrimSpace(string(key)))
	code, out, errs = called(t, "", "--data-dir", fresh, "restore", file)
	if code != 0 || !strings.Contains(out, "Restored") || strings.Contains(errs, "WARNING") {
		t.Fatalf("restore: %d %s%s", code, out, errs)
	}
	code, out, errs = called(t, "", "--data-dir", fresh, "--base-url", "http://localhost:8080", "doctor")
	if code != 0 || !strings.Contains(out, "ok    audit log") || !strings.Contains(out, "ok    books") || !strings.Contains(out, "ok    schema") {
		t.Errorf("the doctor: %d\n%s%s", code, out, errs)
	}

	t.Setenv(passphraseName, "")
	t.Setenv("MYISP_SECRET", strings.Repeat("another secret ", 4))
	if code, _, errs := called(t, "", "--data-dir", t.TempDir(), "restore", file); code != exitFailed || !strings.Contains(errs, passphraseName) {
		t.Errorf("without the passphrase: %d %s", code, errs)
	}
	plain := filepath.Join(t.TempDir(), "plain.zip")
	t.Setenv("MYISP_SECRET", strings.TrimSpace(string(key)))
	if code, _, errs := called(t, "", append(from, "backup", plain)...); code != 0 || !strings.Contains(errs, "WARNING: the archive holds customers' data") {
		t.Errorf("an open archive: %d %s", code, errs)
	}
	t.Setenv("MYISP_SECRET", strings.Repeat("another secret ", 4))
	if code, _, errs := called(t, "", "--data-dir", t.TempDir(), "restore", plain); code != 0 || !strings.Contains(errs, "WARNING: MYISP_SECRET is not the one") {
		t.Errorf("with another secret: %d %s", code, errs)
	}
}
