package secret

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// MinPassword is the shortest password a person may choose, in characters.
const MinPassword = 8

// Why a password is refused: keys of the message catalogue.
const (
	TooShort    = "password.too_short"
	TooLong     = "password.too_long"
	Breached    = "password.breached"
	SameAsLogin = "password.same_as_login"
)

// Refuse says why a person may not choose this password, as a message key, or "" when they may: fewer than MinPassword
// characters, more than MaxPassword bytes, one of the person's own words (login, e-mail or its part before the @, phone,
// name), or one of the most frequent passwords of public breaches, in whatever case. There are no rules about kinds of characters.
func Refuse(password string, userWords ...string) (reason string) {
	if len(password) > MaxPassword {
		return TooLong
	}
	password = normal(password)
	folded := fold(password)
	if utf8.RuneCountInString(password) < MinPassword || folded == "" {
		return TooShort
	}
	for _, word := range userWords {
		name, _, _ := strings.Cut(word, "@")
		if folded == fold(normal(word)) || folded == fold(normal(name)) {
			return SameAsLogin
		}
	}
	if _, found := breached()[folded]; found {
		return Breached
	}
	return ""
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

//go:embed data/passwords.txt.gz
var passwordsGzip []byte

// breached is the embedded list without what MinPassword refuses anyway: some 11 600 entries, unpacked at first use.
var breached = sync.OnceValue(func() map[string]struct{} {
	all := unpack(passwordsGzip)
	set := make(map[string]struct{}, 12_000)
	for line := range strings.Lines(all) {
		if word := strings.TrimSpace(line); utf8.RuneCountInString(word) >= MinPassword {
			set[fold(word)] = struct{}{}
		}
	}
	return set
})

// unpack panics on a damaged list, which can only have been built in.
func unpack(gz []byte) string {
	r, err := gzip.NewReader(bytes.NewReader(gz))
	if err != nil {
		panic(err)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		panic(err)
	}
	return string(all)
}
