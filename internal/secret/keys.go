package secret

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// MinSecret is the shortest MYISP_SECRET taken, in bytes.
const MinSecret = 32

// ErrSecret says that MYISP_SECRET is too short.
var ErrSecret = fmt.Errorf("secret: MYISP_SECRET needs at least %d bytes", MinSecret)

// Keys derives one key per purpose from MYISP_SECRET, so that none can stand in for another. The same secret gives the
// same keys on every instance.
type Keys struct{ master []byte }

// NewKeys takes the value of MYISP_SECRET. The error is ErrSecret.
func NewKeys(secret string) (Keys, error) {
	if len(secret) < MinSecret {
		return Keys{}, ErrSecret
	}
	return Keys{master: []byte(secret)}, nil
}

// Session signs session cookies (32 bytes).
func (k Keys) Session() []byte { return k.Sub("session") }

// Link signs links that work without log-in, as /pay/{token} (32 bytes).
func (k Keys) Link() []byte { return k.Sub("link") }

// Code keeps check codes, which are too short for a bare hash (32 bytes, for MAC).
func (k Keys) Code() []byte { return k.Sub("code") }

// Box seals payloads at rest.
func (k Keys) Box() *Box { return NewBox(k.Sub("box")) }

// Sub derives the 32-byte key of any other purpose (HKDF-SHA-256).
func (k Keys) Sub(purpose string) []byte {
	if len(k.master) < MinSecret {
		panic(ErrSecret)
	}
	key, err := hkdf.Key(sha256.New, k.master, nil, "myisp/1/"+purpose, 32)
	if err != nil {
		panic(err) // only for keys longer than 255 hashes
	}
	return key
}

// MaxBox is the largest payload a Box seals, in bytes.
const MaxBox = 1 << 20

// boxVersion leads every sealed payload; another cipher or key scheme gets another number.
const boxVersion = 1

// ErrBox says that a sealed payload was cut, altered, moved to another place, or sealed with another key.
var ErrBox = errors.New("secret: sealed payload does not open")

// ErrBoxSize says that a payload is larger than MaxBox.
var ErrBoxSize = errors.New("secret: payload too large to seal")

// Box seals small payloads that rest in queue rows or settings: XChaCha20-Poly1305 with a random nonce, 41 bytes longer
// than the plain text. It is safe for concurrent use.
type Box struct {
	aead   cipher.AEAD
	random io.Reader
}

// NewBox makes a Box with a 32-byte key; it panics on another length. See Keys.Box.
func NewBox(key []byte) *Box {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic(err)
	}
	return &Box{aead: aead, random: rand.Reader}
}

// Seal encrypts plain. where names the place it rests in ("setting/main/smtp_url", "job/reset_mail"): opening needs the
// same, so a sealed value copied elsewhere stays shut. The error is ErrBoxSize.
func (b *Box) Seal(plain []byte, where string) ([]byte, error) {
	if len(plain) > MaxBox {
		return nil, ErrBoxSize
	}
	n := b.aead.NonceSize()
	out := make([]byte, 1+n, 1+n+len(plain)+b.aead.Overhead())
	out[0] = boxVersion
	if _, err := io.ReadFull(b.random, out[1:]); err != nil {
		return nil, fmt.Errorf("secret: randomness: %w", err)
	}
	return b.aead.Seal(out, out[1:1+n], plain, boundTo(where)), nil
}

// Open decrypts what Seal made for the same place. The error is ErrBox.
func (b *Box) Open(sealed []byte, where string) ([]byte, error) {
	n := b.aead.NonceSize()
	if len(sealed) < 1+n+b.aead.Overhead() || len(sealed) > 1+n+MaxBox+b.aead.Overhead() || sealed[0] != boxVersion {
		return nil, ErrBox
	}
	plain, err := b.aead.Open(nil, sealed[1:1+n], sealed[1+n:], boundTo(where))
	if err != nil {
		return nil, ErrBox
	}
	return plain, nil
}

// SealText is Seal for columns of text: base64url without padding.
func (b *Box) SealText(plain, where string) (string, error) {
	sealed, err := b.Seal([]byte(plain), where)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// OpenText opens what SealText made. The error is ErrBox.
func (b *Box) OpenText(sealed, where string) (string, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil {
		return "", ErrBox
	}
	plain, err := b.Open(raw, where)
	return string(plain), err
}

func boundTo(where string) []byte { return append([]byte{boxVersion}, where...) }
