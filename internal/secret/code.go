package secret

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Bounds of a check code's length (G8, G10), in characters.
const (
	MinCode = 4
	MaxCode = 64
)

// maxAlphabet bounds how many characters a range may spread out to.
const maxAlphabet = 1024

var (
	// ErrAlphabet says that an alphabet has fewer than two different characters, more than 1024, or unprintable ones.
	ErrAlphabet = errors.New("secret: unusable alphabet")
	// ErrLength says that a code's length is outside MinCode…MaxCode.
	ErrLength = errors.New("secret: unusable code length")
	// ErrRandom says that the source of randomness repeats itself.
	ErrRandom = errors.New("secret: broken source of randomness")
)

// ParseAlphabet reads the characters of a check code as the settings write them (G7, G9) and returns each once, in order:
//
//	1234567890                        plain characters
//	A–Z,1234567890,a–z                groups, ranges with a dash or hyphen
//	"A–Z","1234567890","a–z"          the same in quotes, as the reference product prints it
//	A-Za-z0-9                         ranges side by side
//
// A dash makes a range between two letters or two digits in rising order and is a character elsewhere. Commas, quotes
// and white space only separate: they make bad codes. The error is ErrAlphabet.
func ParseAlphabet(s string) (string, error) {
	if len(s) > 4*maxAlphabet {
		return "", ErrAlphabet
	}
	var out []rune
	seen := map[rune]bool{}
	add := func(r rune) {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	rs := []rune(s)
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		switch {
		case unicode.IsSpace(r), strings.ContainsRune(",\"'`“”‘’„«»", r):
			continue
		case r == unicode.ReplacementChar, !unicode.IsGraphic(r), unicode.IsMark(r):
			return "", fmt.Errorf("%w: unprintable character %U", ErrAlphabet, r)
		case i+2 < len(rs) && isDash(rs[i+1]) && rangeEnds(r, rs[i+2]):
			for c := r; c <= rs[i+2]; c++ {
				if unicode.IsLetter(c) || unicode.IsDigit(c) {
					add(c)
				}
			}
			i += 2
		default:
			add(r)
		}
		if len(out) > maxAlphabet {
			return "", fmt.Errorf("%w: more than %d characters", ErrAlphabet, maxAlphabet)
		}
	}
	if len(out) < 2 {
		return "", fmt.Errorf("%w: needs two different characters", ErrAlphabet)
	}
	return string(out), nil
}

func isDash(r rune) bool { return r == '-' || r == '–' || r == '—' }

// rangeEnds reports whether a–b is a range: two digits, or two letters of one case, rising and not absurdly far apart.
func rangeEnds(a, b rune) bool {
	if a >= b || b-a > maxAlphabet {
		return false
	}
	for _, class := range []func(rune) bool{unicode.IsDigit, unicode.IsUpper, unicode.IsLower} {
		if class(a) && class(b) {
			return true
		}
	}
	return unicode.IsLetter(a) && unicode.IsLetter(b) && !unicode.IsUpper(a) && !unicode.IsLower(a)
}

// Code draws a check code of length characters from an alphabet as ParseAlphabet reads it. Every character is equally
// likely (rejection sampling). random is crypto/rand.Reader but in tests. Errors: ErrAlphabet, ErrLength, ErrRandom, or
// that of random.
func Code(alphabet string, length int, random io.Reader) (string, error) {
	if length < MinCode || length > MaxCode {
		return "", fmt.Errorf("%w: %d is not in %d…%d", ErrLength, length, MinCode, MaxCode)
	}
	plain, err := ParseAlphabet(alphabet)
	if err != nil {
		return "", err
	}
	letters := []rune(plain)
	code := make([]rune, length)
	for i := range code {
		n, err := below(uint32(len(letters)), random)
		if err != nil {
			return "", err
		}
		code[i] = letters[n]
	}
	return string(code), nil
}

// below draws a number in [0, n). Draws in the last, incomplete run of n are thrown away, which happens to fewer than
// one in two; so 128 in a row are no accident.
func below(n uint32, random io.Reader) (uint32, error) {
	limit := uint64(1) << 32 / uint64(n) * uint64(n)
	var b [4]byte
	for range 128 {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return 0, fmt.Errorf("secret: randomness: %w", err)
		}
		if v := binary.BigEndian.Uint32(b[:]); uint64(v) < limit {
			return v % n, nil
		}
	}
	return 0, ErrRandom
}
