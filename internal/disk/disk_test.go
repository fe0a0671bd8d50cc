package disk

import (
	"path/filepath"
	"testing"
)

func TestOf(t *testing.T) {
	r, err := Of(t.TempDir())
	if err != nil || r.Total <= 0 || r.Free < 0 || r.Free > r.Total {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := Of(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a path that does not exist has room")
	}
}

func TestScarce(t *testing.T) {
	const gb = 1 << 30
	for _, c := range []struct {
		room Room
		want bool
	}{
		{Room{gb / 2, 4 * gb}, true}, {Room{2 * gb, 10 * gb}, false}, {Room{4 * gb, 100 * gb}, true}, {Room{25 * gb, 1000 * gb}, false}, {Room{}, true},
	} {
		if got := c.room.Scarce(); got != c.want {
			t.Errorf("%+v: %v", c.room, got)
		}
	}
}
