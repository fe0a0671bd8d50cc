//go:build !linux && !darwin

package disk

// Of returns ErrUnknown.
func Of(string) (Room, error) { return Room{}, ErrUnknown }
