//go:build linux || darwin

package disk

import "syscall"

// Of returns the room of the file system that a path is on.
func Of(path string) (Room, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return Room{}, err
	}
	return Room{Free: int64(s.Bavail) * int64(s.Bsize), Total: int64(s.Blocks) * int64(s.Bsize)}, nil
}
