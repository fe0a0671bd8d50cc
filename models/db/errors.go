package db

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// ErrorKind is the face of an error that the program acts on; handlers map it to an HTTP status in one place.
type ErrorKind int

// The kinds, with the status each becomes.
const (
	Internal    ErrorKind = iota // 500
	NotFound                     // 404: no such record, or not the viewer's
	Forbidden                    // 403
	Conflict                     // 409: somebody else was first
	Unprocess                    // 422: the input is understood and wrong
	TooMany                      // 429
	Unavailable                  // 503: the database is away for now
)

// Error has two faces: Kind for the program, Key (a message of the catalogue) for the person. Cause is for the log.
type Error struct {
	Kind  ErrorKind
	Key   string
	Cause error
}

// Error writes kind and cause for the log; people read the message of Key.
func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Key + ": " + e.Cause.Error()
	}
	return e.Key
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Fail makes an error of a kind with the message key that the person reads.
func Fail(kind ErrorKind, key string) *Error { return &Error{Kind: kind, Key: key} }

// ErrNotFound is what scoped reads return for a missing record and for somebody else's alike.
var ErrNotFound = Fail(NotFound, "error.not_found")

// Invalid is a validation error: field → message key, each shown beside its field with status 422.
type Invalid map[string]string

// Error lists the fields and keys.
func (v Invalid) Error() string {
	var b strings.Builder
	b.WriteString("invalid:")
	for _, f := range slices.Sorted(maps.Keys(v)) {
		b.WriteString(" " + f + "=" + v[f])
	}
	return b.String()
}

// Or returns v as an error, or nil when no field is invalid.
func (v Invalid) Or() error {
	if len(v) == 0 {
		return nil
	}
	return v
}

// KindOf finds the kind of any error that came out of models.
func KindOf(err error) ErrorKind {
	var e *Error
	var v Invalid
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.As(err, &v):
		return Unprocess
	case errors.Is(err, gorm.ErrRecordNotFound):
		return NotFound
	case IsDuplicate(err):
		return Conflict
	case postgresUnavailable(err), sqliteUnavailable(err):
		return Unavailable
	}
	return Internal
}

// Found turns GORM's "record not found" into ErrNotFound and passes every other error on.
func Found(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ErrNotFound
	}
	return err
}

// IsDuplicate reports whether a unique constraint refused the write.
func IsDuplicate(err error) bool { return errors.Is(err, gorm.ErrDuplicatedKey) }
