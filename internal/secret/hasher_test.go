package secret

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
)

// cheap keeps these tests fast; the cost changes nothing else.
var cheap = Params{Memory: 64, Iterations: 1, Parallelism: 1}

func TestHashAndVerify(t *testing.T) {
	h, ctx := NewHasher(cheap), t.Context()
	encoded, err := h.Hash(ctx, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := h.Hash(ctx, "correct horse")
	if encoded == again {
		t.Error("two hashes of one password share a salt")
	}
	composed, _ := h.Hash(ctx, "contraseña-á") // ñ, á in one rune each
	for _, c := range []struct {
		name, password, encoded string
		fits                    bool
	}{
		{"right", "correct horse", encoded, true},
		{"wrong", "correct horsf", encoded, false},
		{"empty", "", encoded, false},
		{"cut", "correct hors", encoded, false},
		{"account without password", "correct horse", "", false},
		{"account without password, empty", "", "", false},
		{"overlong", strings.Repeat("x", MaxPassword+1), encoded, false},
		{"decomposed letters", "contrasen\u0303a-a\u0301", composed, true},
	} {
		fits, err := h.Verify(ctx, c.password, c.encoded)
		if err != nil || fits != c.fits {
			t.Errorf("%s: %v, %v, want %v", c.name, fits, err, c.fits)
		}
	}
}

func TestHashBounds(t *testing.T) {
	h := NewHasher(cheap)
	if _, err := h.Hash(t.Context(), strings.Repeat("x", MaxPassword+1)); !errors.Is(err, ErrTooLong) {
		t.Errorf("1025 bytes: %v", err)
	}
	long := strings.Repeat("x", MaxPassword)
	encoded, err := h.Hash(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	if fits, _ := h.Verify(t.Context(), long, encoded); !fits {
		t.Error("1024 bytes do not fit")
	}
	if fits, _ := h.Verify(t.Context(), long[:MaxPassword-1]+"y", encoded); fits {
		t.Error("the last byte does not count")
	}
}

func TestRecommendedCost(t *testing.T) {
	h := NewHasher(Recommended)
	encoded, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Error(encoded)
	}
	if !strings.HasPrefix(h.nobody, "$argon2id$v=19$m=19456,t=2,p=1$") || checkHash(h.nobody) != nil {
		t.Error("nobody's hash costs something else:", h.nobody)
	}
	if h.Outdated(encoded) || !h.Outdated("") || !NewHasher(cheap).Outdated(encoded) {
		t.Error("Outdated is wrong")
	}
	if len(encoded) != len(h.nobody) {
		t.Errorf("nobody's hash has another shape: %d and %d bytes", len(encoded), len(h.nobody))
	}
}

func TestVerifyRefusesStrangeHashes(t *testing.T) {
	h := NewHasher(cheap)
	const tail = "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for _, encoded := range []string{
		"x", "$argon2i$v=19$m=64,t=1,p=1" + tail, "$argon2id$v=18$m=64,t=1,p=1" + tail,
		"$argon2id$v=19$m=64,t=0,p=1" + tail, "$argon2id$v=19$m=64,t=1,p=0" + tail, "$argon2id$v=19$m=0,t=1,p=1" + tail,
		"$argon2id$v=19$m=4294967295,t=1,p=1" + tail, "$argon2id$v=19$m=64,t=4294967295,p=1" + tail,
		"$argon2id$v=19$m=64,t=1,p=1$$", "$2a$10$abcdefghijklmnopqrstuv",
	} {
		if fits, err := h.Verify(t.Context(), "p", encoded); fits || !errors.Is(err, ErrHash) {
			t.Errorf("%s: %v, %v", encoded, fits, err)
		}
	}
	if err := checkHash("$argon2id$v=19$m=64,t=1,p=1" + tail); err != nil {
		t.Error("the good one is refused:", err)
	}
}

// TestHasherQueues fills every slot and sees the next one wait, give up with its context, and go on once there is room.
func TestHasherQueues(t *testing.T) {
	h := NewHasher(cheap)
	free, started := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for range cap(h.slots) {
		all.Go(func() {
			if err := h.run(context.Background(), func() { started <- struct{}{}; <-free }); err != nil {
				t.Error(err)
			}
		})
	}
	for range cap(h.slots) {
		<-started
	}
	ctx, cancel := context.WithCancel(t.Context())
	answers := make(chan error, 4)
	var waiting sync.WaitGroup
	waiting.Add(3)
	for _, f := range []func() error{
		func() error { _, err := h.Hash(ctx, "a"); return err },
		func() error { _, err := h.Verify(ctx, "a", ""); return err },
		func() error { return h.VerifyNobody(ctx, "a") },
	} {
		go func() { waiting.Done(); answers <- f() }()
	}
	waiting.Wait()
	select {
	case err := <-answers:
		t.Error("did not queue:", err)
	default:
	}
	cancel()
	for range 3 {
		if err := <-answers; !errors.Is(err, context.Canceled) {
			t.Error("a cancelled hash answers", err)
		}
	}
	go func() { answers <- h.VerifyNobody(context.Background(), "a") }()
	close(free)
	all.Wait()
	if err := <-answers; err != nil {
		t.Error("the queue does not move on:", err)
	}
	if err := h.run(ctx, func() { t.Error("worked for a dead context") }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=-1,t=0,p=999$$")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, encoded string) {
		if checkHash(encoded) != nil {
			return
		}
		h := NewHasher(cheap)
		if h.Outdated(encoded) { // the work of strange costs is bounded, yet too much for a fuzz run
			return
		}
		if _, err := h.Verify(t.Context(), "password", encoded); err != nil {
			t.Errorf("%q passes the check but: %v", encoded, err)
		}
	})
}
