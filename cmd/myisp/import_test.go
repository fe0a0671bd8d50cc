package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const telco = "../../docs/examples/telco-customers.toml"

// The shipped mapping takes the file's beginning in; then a customer of it is given a password (issue 2, item 8).
func TestImportCommand(t *testing.T) {
	dir := outside(t)
	file := "../../models/imports/testdata/telco-200.csv"
	args := []string{"--data-dir", dir, "import", "csv", "customers", file, "--map", telco, "--source", "telco"}
	code, out, errs := called(t, "", append(args, "--dry-run")...)
	if code != 0 || !strings.Contains(out, "nothing was written") || !strings.Contains(errs, "100 %") {
		t.Errorf("dry run: exit %d: %s%s", code, out, errs)
	}
	for _, want := range []string{"customer           200         0         0         0", "customer             0         0       200         0"} {
		if code, out, errs = called(t, "", args...); code != 0 || !strings.Contains(out, want) {
			t.Errorf("exit %d: %s%s, want %q", code, out, errs, want)
		}
	}
	if code, out, errs = called(t, "a good password\n", "--data-dir", dir, "customer", "passwd", "7590-vhveg"); code != 0 {
		t.Errorf("passwd: exit %d: %s%s", code, out, errs)
	}
}

// Bad lines are named on standard error and in the report, and the exit code tells of them; the rest is imported.
func TestImportReport(t *testing.T) {
	dir := outside(t)
	report := filepath.Join(dir, "bad.txt")
	mapping := filepath.Join(dir, "m.toml")
	if err := os.WriteFile(mapping, []byte("[fields]\nlogin = {column = \"Login\"}\nname = {column = \"Name\"}\nstatus = {column = \"Status\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := called(t, "Login,Name,Status\nann,Ann,\nben,,\ncid,Cid,asleep\n", "--data-dir", dir, "import", "csv", "customers", "-", "--map", mapping, "--report", report)
	kept, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{errs, string(kept)} {
		if !strings.Contains(where, "line 3: customer: name: ") || !strings.Contains(where, `line 4: customer: status: "asleep" is none of`) {
			t.Errorf("bad lines are not named: %s", where)
		}
	}
	if code != exitFailed || !strings.Contains(errs, "2 of 4 lines could not be imported") || !strings.Contains(out, "customer             1         0         0         2") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

func TestImportUsage(t *testing.T) {
	dir := outside(t)
	bad := filepath.Join(dir, "bad.toml")
	if err := os.WriteFile(bad, []byte("[fields]\nshoe_size = {column = \"x\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"customers", "x.csv"}, exitUsage, "--map"},
		{[]string{"shoes", "x.csv", "--map", telco}, exitUsage, "customers"},
		{[]string{"plans", "x.csv", "--map", telco}, exitUsage, "maps customers, not plans"},
		{[]string{"customers", "missing.csv", "--map", telco}, exitFailed, "missing.csv"},
		{[]string{"customers", "missing.csv", "--map", "missing.toml"}, exitFailed, "missing.toml"},
		{[]string{"customers", "x.csv", "--map", bad}, exitFailed, "shoe_size"},
	} {
		code, _, errs := called(t, "", append([]string{"--data-dir", dir, "import", "csv"}, c.args...)...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%v: exit %d, want %d and %q: %s", c.args, code, c.code, c.says, errs)
		}
	}
}
