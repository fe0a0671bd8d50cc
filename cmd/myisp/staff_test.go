package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// Staff on the command line: the first administrator, a new password, and the way back in without a second factor.
func TestStaffCommands(t *testing.T) {
	dir := outside(t)
	at := func(in string, args ...string) (int, string, string) {
		return called(t, in, append([]string{"--data-dir", dir, "--database-url", "sqlite:" + filepath.Join(dir, "s.db"), "staff"}, args...)...)
	}
	t.Setenv("MYISP_SECRET", strings.Repeat("s", 40))
	if code, _, errs := called(t, "", "--data-dir", dir, "--database-url", "sqlite:"+filepath.Join(dir, "s.db"), "migrate", "up"); code != 0 {
		t.Fatal(errs)
	}
	for _, c := range []struct {
		in   string
		args []string
		code int
		says string
	}{
		{"a good long sentence\n", []string{"add", "ada", "--email", "ada@example.com", "--name", "Ada Admin"}, 0, "Added ada (administrator)"},
		{"a good long sentence\n", []string{"add", "bob", "--email", "bob@example.com", "--role", "king"}, 1, "role"},
		{"", []string{"list"}, 0, "Ada Admin"},
		{"", []string{"totp-reset", "ADA"}, 0, "with the password alone"},
		{"", []string{"totp-reset", "nobody"}, 1, "could not find"},
		{"another good sentence\n", []string{"passwd", "ada"}, 0, "new password"},
	} {
		code, out, errs := at(c.in, c.args...)
		if code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("staff %v: %d %s%s", c.args, code, out, errs)
		}
	}
}
