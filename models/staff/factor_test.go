package staff

import (
	"encoding/base32"
	"testing"
	"time"
)

// TestCodes holds codes to RFC 6238, appendix B (its last six digits), each at its time, one step around it, and never at or
// before a step that was taken.
func TestCodes(t *testing.T) {
	key := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte("12345678901234567890"))
	for _, c := range []struct {
		at   int64
		code string
	}{{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"}, {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}} {
		step := c.at / stepSeconds
		for _, row := range []struct {
			name  string
			shift int64
			last  int64
			want  bool
		}{{"at its time", 0, 0, true}, {"a step later", stepSeconds, 0, true}, {"a step earlier", -stepSeconds, 0, true}, {"two steps later", 2 * stepSeconds, 0, false},
			{"two steps earlier", -2 * stepSeconds, 0, false}, {"taken already", 0, step, false}, {"after a later one", 0, step + 1, false}, {"after the one before", 0, step - 1, true}} {
			if c.at+row.shift < 0 {
				continue // before time began
			}
			got, ok := matchStep(key, c.code, time.Unix(c.at+row.shift, 0), row.last)
			if ok != row.want || ok && got != step {
				t.Errorf("%s %s: %v, step %d", c.code, row.name, ok, got)
			}
		}
		for _, wrong := range []string{"", "000000", c.code[1:], c.code + "0"} {
			if _, ok := matchStep(key, wrong, time.Unix(c.at, 0), 0); ok {
				t.Errorf("%q was taken for %s", wrong, c.code)
			}
		}
	}
}

// TestNeedsAreKnown: what a permission needs is a permission, and needs no circle.
func TestNeedsAreKnown(t *testing.T) {
	for _, p := range Permissions {
		if list := Complete([]Permission{p}); len(list) == 0 || len(list) > 3 {
			t.Errorf("%s needs %v", p, list)
		}
	}
	if list := Complete(Permissions); len(list) != len(Permissions) {
		t.Errorf("all of them are %d of %d", len(list), len(Permissions))
	}
}
