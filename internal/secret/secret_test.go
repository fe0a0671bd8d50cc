package secret

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestToken(t *testing.T) {
	shape := regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
	seen := map[string]bool{}
	for range 1000 {
		token := Token()
		if !shape.MatchString(token) || seen[token] {
			t.Fatalf("bad or repeated token %q", token)
		}
		seen[token] = true
	}
	if got := SHA256Hex("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error(got)
	}
	if !bytes.Equal(SHA256("abc")[:4], []byte{0xba, 0x78, 0x16, 0xbf}) {
		t.Error("SHA256 differs from SHA256Hex")
	}
}

func TestMAC(t *testing.T) {
	k := []byte("key")
	whole := MAC(k, "ab", "c")
	for _, other := range [][]byte{MAC(k, "a", "bc"), MAC(k, "abc"), MAC(k, "ab", "c", ""), MAC([]byte("kez"), "ab", "c")} {
		if Equal(whole, other) {
			t.Error("different parts or keys, one MAC")
		}
	}
	if !Equal(whole, MAC(k, "ab", "c")) || len(whole) != 32 {
		t.Error("MAC is not repeatable")
	}
}

func TestParseAlphabet(t *testing.T) { // G7, G9
	const upper, lower, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "1234567890"
	for _, c := range []struct{ in, want string }{
		{"`A–Z`,`1234567890`,`a–z`", upper + digits + lower},
		{`"A–Z","1234567890","a–z"`, upper + digits + lower},
		{"A-Z, a-z, 0-9", upper + lower + "0123456789"},
		{"A-Za-z", upper + lower},
		{"1234567890", digits},
		{"11223", "123"},
		{"a-", "a-"},
		{"-a", "-a"},
		{"z-a", "z-a"},
		{"A-z", "A-z"},
		{"a-9", "a-9"},
		{"!$%", "!$%"},
		{"٠-٩", "٠١٢٣٤٥٦٧٨٩"},
		{"א-ת", "אבגדהוזחטיךכלםמןנסעףפץצקרשת"},
		{"", ""}, {"a", ""}, {"aaa", ""}, {" ,\"'", ""}, {"ab\x00", ""}, {"ab\xff", ""}, {"ab\u202e", ""},
		{strings.Repeat("a", 5000), ""},
	} {
		got, err := ParseAlphabet(c.in)
		if got != c.want || (err != nil) != (c.want == "") || err != nil && !errors.Is(err, ErrAlphabet) {
			t.Errorf("%q: %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}

func TestCode(t *testing.T) { // G8, G10
	for _, c := range []struct {
		alphabet string
		length   int
		want     error
	}{
		{"`A–Z`,`1234567890`,`a–z`", 20, nil}, {"1234567890", 8, nil}, {"01", 4, nil}, {"01", 64, nil},
		{"01", 3, ErrLength}, {"01", 65, ErrLength}, {"01", -1, ErrLength}, {"0", 8, ErrAlphabet}, {"", 8, ErrAlphabet},
	} {
		got, err := Code(c.alphabet, c.length, rand.Reader)
		if !errors.Is(err, c.want) || err == nil && utf8.RuneCountInString(got) != c.length || err != nil && got != "" {
			t.Errorf("Code(%q, %d) = %q, %v", c.alphabet, c.length, got, err)
		}
	}
	if _, err := Code("01", 8, strings.NewReader("short")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("a source that ends:", err)
	}
	if _, err := Code("012", 8, constant(0xff)); !errors.Is(err, ErrRandom) {
		t.Error("a source that repeats itself:", err)
	}
}

// TestCodeIsUnbiased feeds draws on both sides of the limit: 2³² holds a whole number of tens and six values more, which
// must be thrown away instead of making 0 to 5 likelier.
func TestCodeIsUnbiased(t *testing.T) {
	draws := "\xff\xff\xff\xff" + "\xff\xff\xff\xfa" + "\xff\xff\xff\xf9" + "\x00\x00\x00\x00" + "\x00\x00\x00\x09" + "\x00\x00\x00\x0a"
	got, err := Code("0123456789", 4, strings.NewReader(draws))
	if err != nil || got != "9090" {
		t.Errorf("%q, %v; want 9090: 2³²−1 and 2³²−6 are beyond the last whole run of ten", got, err)
	}
}

type constant byte

func (c constant) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c)
	}
	return len(p), nil
}

func FuzzCode(f *testing.F) {
	f.Add("`A–Z`,`1234567890`,`a–z`", 20)
	f.Add("A-", 4)
	f.Fuzz(func(t *testing.T, alphabet string, length int) {
		letters, err := ParseAlphabet(alphabet)
		if err != nil {
			return
		}
		code, err := Code(alphabet, length, rand.Reader)
		if err != nil {
			if !errors.Is(err, ErrLength) {
				t.Fatal(err)
			}
			return
		}
		if utf8.RuneCountInString(code) != length {
			t.Errorf("%d characters asked, got %q", length, code)
		}
		for _, r := range code {
			if !strings.ContainsRune(letters, r) {
				t.Errorf("%q is not of %q", r, letters)
			}
		}
	})
}

func TestKeys(t *testing.T) {
	if _, err := NewKeys(strings.Repeat("s", 31)); !errors.Is(err, ErrSecret) {
		t.Error("31 bytes are taken:", err)
	}
	a, err := NewKeys(strings.Repeat("s", 32))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := NewKeys(strings.Repeat("s", 31) + "t")
	var all [][]byte
	for _, k := range []Keys{a, b} {
		all = append(all, k.Session(), k.Link(), k.Code(), k.Sub("box"), k.Sub("push"))
	}
	for i, key := range all {
		if len(key) != 32 || slices.IndexFunc(all, func(x []byte) bool { return bytes.Equal(x, key) }) != i {
			t.Errorf("key %d is short or another's", i)
		}
	}
	// Pinned: a change would sign everyone out and make sealed settings unreadable.
	if got := hex.EncodeToString(a.Session()); got != "62f72879521d4445ccc74b1232a497b02e653ba580cf7d773547ff63b323caa2" {
		t.Error("the session key changed:", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("keys without a secret")
		}
	}()
	Keys{}.Session()
}

func TestBox(t *testing.T) {
	k, _ := NewKeys(strings.Repeat("s", 32))
	box := k.Box()
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		where := rapid.String().Draw(t, "where")
		sealed, err := box.Seal(plain, where)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := box.Open(sealed, where); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%x, %v", got, err)
		}
		if len(plain) >= 8 && bytes.Contains(sealed, plain) {
			t.Fatal("plain text shows")
		}
		if _, err := box.Open(sealed, where+"x"); !errors.Is(err, ErrBox) {
			t.Fatal("opens elsewhere")
		}
		i := rapid.IntRange(0, len(sealed)-1).Draw(t, "i")
		cut := slices.Clone(sealed[:i])
		if _, err := box.Open(cut, where); !errors.Is(err, ErrBox) {
			t.Fatal("opens when cut")
		}
		sealed[i] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := box.Open(sealed, where); !errors.Is(err, ErrBox) {
			t.Fatalf("opens with byte %d changed", i)
		}
	})
	one, _ := box.SealText("smtp://u:p@host", "setting/smtp")
	two, _ := box.SealText("smtp://u:p@host", "setting/smtp")
	if one == two {
		t.Error("a nonce is used twice")
	}
	if got, err := box.OpenText(one, "setting/smtp"); err != nil || got != "smtp://u:p@host" {
		t.Error(got, err)
	}
	other, _ := NewKeys(strings.Repeat("t", 32))
	for _, c := range []struct {
		box  *Box
		text string
	}{{other.Box(), one}, {box, ""}, {box, "!"}, {box, one + "="}} {
		if _, err := c.box.OpenText(c.text, "setting/smtp"); !errors.Is(err, ErrBox) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
	if _, err := box.Seal(make([]byte, MaxBox+1), ""); !errors.Is(err, ErrBoxSize) {
		t.Error("too large:", err)
	}
}

func TestRefuse(t *testing.T) {
	words := []string{"alicecarter", "alice.carter@example.com", "+14155552671", ""}
	for _, c := range []struct{ password, want string }{
		{"myisp-demo", ""}, // the demo log-ins of interface.md
		{"correct horse battery", ""},
		{"päßwört1", ""},
		{"", TooShort}, {"seven77", TooShort}, {"        ", TooShort}, {"ñññññññ", TooShort},
		{strings.Repeat("x", MaxPassword+1), TooLong},
		{strings.Repeat("xy", MaxPassword/2), ""},
		{"password", Breached}, {"PassWord", Breached}, {"12345678", Breached}, {"1q2w3e4r", Breached}, {" letmein1", Breached},
		{"AliceCarter", SameAsLogin}, {"alice.carter@example.com", SameAsLogin}, {"alice.carter", SameAsLogin}, {"+14155552671", SameAsLogin},
		{"alicecarter2", ""},
	} {
		if got := Refuse(c.password, words...); got != c.want {
			t.Errorf("%.30q: %q, want %q", c.password, got, c.want)
		}
	}
	if got := Refuse("password"); got != Breached {
		t.Errorf("without words: %q", got)
	}
}

func TestBreachedListIsWhole(t *testing.T) {
	all := unpack(passwordsGzip)
	if n := strings.Count(all, "\n"); n != 30_000 || !strings.HasPrefix(all, "123456\npassword\n") {
		t.Errorf("%d lines", n)
	}
	if n := len(breached()); n < 11_000 || n > 12_000 {
		t.Errorf("%d entries of eight characters and more", n)
	}
}
