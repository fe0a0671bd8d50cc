package secret

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
)

// Token returns 256 random bits in base64url: 43 characters that fit a cookie, a URL and a header.
func Token() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// SHA256 is what a database keeps of a Token: 32 bytes. A token has enough randomness to need neither salt nor key;
// a check code has not, see MAC.
func SHA256(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// SHA256Hex is SHA256 in 64 lower-case hexadecimal digits.
func SHA256Hex(token string) string { return hex.EncodeToString(SHA256(token)) }

// MAC authenticates a list of texts under a key (HMAC-SHA-256, 32 bytes). Each part is counted in with its length, so
// ("ab", "c") and ("a", "bc") differ. It keeps check codes (key Keys.Code; parts: whose, what for, code) and signs links.
func MAC(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	var size [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		h.Write(size[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// Equal compares two secrets in constant time.
func Equal(a, b []byte) bool { return hmac.Equal(a, b) }
