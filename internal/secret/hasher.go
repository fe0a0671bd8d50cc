package secret

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// MaxPassword is the longest password taken, in bytes as typed. It bounds the work a stranger can ask for.
const MaxPassword = 1024

var (
	// ErrTooLong says that a password to be hashed has more than MaxPassword bytes.
	ErrTooLong = errors.New("secret: password too long")
	// ErrHash says that a stored hash is not an Argon2id hash, or asks for absurd work.
	ErrHash = errors.New("secret: not a usable Argon2id hash")
)

// Params is the cost of one hash.
type Params struct {
	Memory      uint32 // KiB
	Iterations  uint32
	Parallelism uint8
}

// Recommended is OWASP's cost for Argon2id: 19 MiB, two passes, one lane.
var Recommended = Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1}

// Bounds of the cost that Verify accepts from a stored hash, so that a strange row cannot take the machine down.
const (
	maxMemory      = 256 * 1024 // KiB
	maxIterations  = 16
	maxParallelism = 16
	maxSaltOrKey   = 128 // bytes
)

// Hasher makes and checks password hashes (AUTH-7: never stored reversibly). It is safe for concurrent use: at most
// one hash per core is computed at a time and the rest wait in line, so a storm of log-ins slows log-ins only.
type Hasher struct {
	params argon2id.Params
	slots  chan struct{}
	nobody string
}

// NewHasher makes a Hasher with the given cost; tests pass a small one, everyone else Recommended.
func NewHasher(p Params) *Hasher {
	h := &Hasher{
		params: argon2id.Params{
			Memory: p.Memory, Iterations: p.Iterations, Parallelism: p.Parallelism, SaltLength: 16, KeyLength: 32,
		},
		slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	// A hash of nothing, with the right cost and no password that fits: 16 zero bytes of salt, 32 of key.
	h.nobody = fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		p.Memory, p.Iterations, p.Parallelism)
	return h
}

// Hash returns the password's Argon2id hash in the usual text form, about 97 bytes ("$argon2id$v=19$m=…").
// It waits its turn; the error is ErrTooLong or that of ctx when ctx ends first.
func (h *Hasher) Hash(ctx context.Context, password string) (encoded string, err error) {
	if len(password) > MaxPassword {
		return "", ErrTooLong
	}
	if e := h.run(ctx, func() { encoded, err = argon2id.CreateHash(normal(password), &h.params) }); e != nil {
		return "", e
	}
	return encoded, err
}

// Verify reports whether the password belongs to the hash. An account without a hash ("", as after an import) and an
// overlong password fit nobody and take the same work as any other wrong password. The error is ErrHash or that of ctx.
func (h *Hasher) Verify(ctx context.Context, password, encoded string) (fits bool, err error) {
	if len(password) > MaxPassword || encoded == "" {
		return false, h.VerifyNobody(ctx, password)
	}
	if err := checkHash(encoded); err != nil {
		return false, err
	}
	e := h.run(ctx, func() { fits, err = argon2id.ComparePasswordAndHash(normal(password), encoded) })
	if e != nil {
		return false, e
	}
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrHash, err)
	}
	return fits, nil
}

// VerifyNobody does the work of Verify for an account that does not exist, so that the time tells nothing (AUTH-1).
// The error is that of ctx.
func (h *Hasher) VerifyNobody(ctx context.Context, password string) error {
	if len(password) > MaxPassword {
		password = password[:MaxPassword]
	}
	return h.run(ctx, func() { _, _ = argon2id.ComparePasswordAndHash(normal(password), h.nobody) })
}

// Outdated reports whether a hash was made with another cost than this Hasher's (or is none), so that a successful
// log-in may replace it.
func (h *Hasher) Outdated(encoded string) bool {
	p, _, _, err := argon2id.DecodeHash(encoded)
	return err != nil || *p != h.params
}

// run does the work once a slot is free.
func (h *Hasher) run(ctx context.Context, work func()) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.slots }()
	work()
	return nil
}

// checkHash refuses what argon2 would panic on or choke on.
func checkHash(encoded string) error {
	p, salt, key, err := argon2id.DecodeHash(encoded)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrHash, err)
	case p.Iterations < 1 || p.Iterations > maxIterations,
		p.Parallelism < 1 || p.Parallelism > maxParallelism,
		p.Memory < 1 || p.Memory > maxMemory,
		len(salt) < 8 || len(salt) > maxSaltOrKey,
		len(key) < 16 || len(key) > maxSaltOrKey:
		return ErrHash
	}
	return nil
}

// normal makes one password of the several ways keyboards write the same letters (NIST SP 800-63B: NFKC).
func normal(password string) string { return norm.NFKC.String(password) }
