// Package disk tells how much room a file system has.
package disk

import "errors"

// ErrUnknown says that this platform is not asked.
var ErrUnknown = errors.New("disk: not known on this platform")

// Room is the space of a file system in bytes.
type Room struct {
	Free  int64 // for whoever asks, who is not root
	Total int64
}

// Percent is the free share of the whole.
func (r Room) Percent() int {
	if r.Total == 0 {
		return 0
	}
	return int(float64(r.Free) / float64(r.Total) * 100)
}

// Scarce reports whether room runs out: less than a gigabyte, or a twentieth of a disk of which that is less than 20 GB.
func (r Room) Scarce() bool { return r.Free < 1<<30 || r.Percent() < 5 && r.Free < 20<<30 }
