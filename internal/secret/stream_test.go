package secret

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
)

var cheapFile = Params{Memory: 64, Iterations: 1, Parallelism: 1}

func sealed(t testing.TB, plain []byte, piece int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := sealFile(&out, "open sesame", cheapFile)
	if err != nil {
		t.Fatal(err)
	}
	for p := range slices.Chunk(plain, piece) {
		if _, err := w.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func opened(file []byte, passphrase string) ([]byte, error) {
	f, err := OpenFile(bytes.NewReader(file), int64(len(file)), passphrase)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
}

// What was sealed opens again, whole and at any place, at the sizes where chunks begin and end.
func TestSealedFile(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for _, size := range []int{0, 1, fileChunk - 1, fileChunk, fileChunk + 1, 2 * fileChunk, 3*fileChunk + 17} {
		plain := make([]byte, size)
		_, _ = random.Read(plain)
		file := sealed(t, plain, 10_007)
		got, err := opened(file, "open sesame")
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%d bytes: %d came back, %v", size, len(got), err)
		}
		f, _ := OpenFile(bytes.NewReader(file), int64(len(file)), "open sesame")
		for _, at := range []int{size - 1, 0, size / 2, fileChunk - 3} {
			part := make([]byte, 9)
			if at < 0 || at+len(part) > size {
				continue
			}
			if _, err := f.ReadAt(part, int64(at)); err != nil || !bytes.Equal(part, plain[at:at+len(part)]) {
				t.Errorf("%d bytes at %d: %v", size, at, err)
			}
		}
	}
}

// A file that was cut, lengthened, altered anywhere, put together from another, or is opened with another passphrase does not open.
func TestSealedFileRefuses(t *testing.T) {
	plain := bytes.Repeat([]byte("customers "), 20_000)
	file := sealed(t, plain, len(plain))
	other := sealed(t, plain, len(plain))
	step := fileChunk + 16
	for name, bad := range map[string][]byte{
		"cut":                 file[:len(file)-1],
		"cut at a chunk":      file[:fileHeader+2*step],
		"header only":         file[:fileHeader],
		"longer":              append(slices.Clone(file), 0),
		"altered":             flipped(file, fileHeader+step+5),
		"other salt":          flipped(file, len(fileMagic)),
		"other parameters":    flipped(file, fileHeader-9+3),
		"chunks swapped":      slices.Concat(file[:fileHeader], file[fileHeader+step:fileHeader+2*step], file[fileHeader:fileHeader+step], file[fileHeader+2*step:]),
		"chunk of another":    slices.Concat(file[:fileHeader], other[fileHeader:fileHeader+step], file[fileHeader+step:]),
		"empty":               {},
		"not sealed":          []byte("PK\x03\x04 and so on, a zip file of some length that is not sealed"),
		"absurd memory asked": altered(file, len(fileMagic)+fileSalt+4, 0xff),
	} {
		if got, err := opened(bad, "open sesame"); err == nil || !errors.Is(err, ErrPassphrase) && !errors.Is(err, ErrNotSealed) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if _, err := opened(file, "open says me"); !errors.Is(err, ErrPassphrase) {
		t.Errorf("another passphrase: %v", err)
	}
}

func flipped(b []byte, at int) []byte { return altered(b, at, b[at]^1) }

func altered(b []byte, at int, to byte) []byte {
	c := slices.Clone(b)
	c[at] = to
	return c
}
