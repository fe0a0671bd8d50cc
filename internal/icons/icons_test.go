package icons

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"strings"
	"sync"
	"testing"
)

var orange, blue = color.NRGBA{R: 240, G: 120, B: 0, A: 255}, color.NRGBA{R: 10, G: 20, B: 200, A: 255}

// picture is an orange disc of the given radius (as a share of the width) on nothing; 1 covers the whole square.
func picture(w, h int, radius float64) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if math.Hypot(float64(x)+.5-float64(w)/2, float64(y)+.5-float64(h)/2) <= radius*float64(w) {
				img.SetNRGBA(x, y, orange)
			}
		}
	}
	return img
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// declaring is a PNG whose header claims another size, with a right checksum.
func declaring(data []byte, w, h uint32) []byte {
	out := bytes.Clone(data)
	binary.BigEndian.PutUint32(out[16:], w)
	binary.BigEndian.PutUint32(out[20:], h)
	binary.BigEndian.PutUint32(out[29:], crc32.ChecksumIEEE(out[12:29]))
	return out
}

func TestDecode(t *testing.T) { // X5
	good := pngOf(t, picture(192, 192, .5))
	var jpg, gi bytes.Buffer
	_ = jpeg.Encode(&jpg, picture(192, 192, 1), nil)
	_ = gif.Encode(&gi, picture(192, 192, 1), nil)
	for _, c := range []struct {
		name   string
		data   []byte
		reason string
	}{
		{"192", good, ""},
		{"512", pngOf(t, picture(512, 512, .5)), ""},
		{"grey", pngOf(t, image.NewGray(image.Rect(0, 0, 200, 200))), ""},
		{"16 bit", pngOf(t, image.NewNRGBA64(image.Rect(0, 0, 200, 200))), ""},
		{"largest", pngOf(t, image.NewGray(image.Rect(0, 0, 4096, 4096))), ""},
		{"191", pngOf(t, picture(191, 191, .5)), TooSmall},
		{"flat", pngOf(t, picture(300, 200, .5)), NotSquare},
		{"flat and small", pngOf(t, picture(300, 100, .5)), TooSmall},
		{"4097", pngOf(t, image.NewGray(image.Rect(0, 0, 4097, 4097))), TooBig},
		{"claims 60000", declaring(good, 60000, 60000), TooBig},
		{"claims nothing", declaring(good, 0, 0), Corrupt},
		{"claims more than it has", declaring(good, 256, 256), Corrupt},
		{"file too large", append(bytes.Clone(good), make([]byte, MaxBytes)...), TooBig},
		{"jpeg", jpg.Bytes(), NotPNG},
		{"gif", gi.Bytes(), NotPNG},
		{"svg", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), NotPNG},
		{"empty", nil, NotPNG},
		{"signature alone", []byte(signature), Corrupt},
		{"cut", good[:len(good)/2], Corrupt},
	} {
		img, err := Decode(bytes.NewReader(c.data))
		if Reason(err) != c.reason || (err == nil) != (c.reason == "") {
			t.Errorf("%s: %v, want %q", c.name, err, c.reason)
		}
		if err == nil && (img.Bounds().Dx() > 1024 || img.Bounds().Dx() != img.Bounds().Dy()) {
			t.Errorf("%s: %v", c.name, img.Bounds())
		}
	}
	broken := errors.New("connection lost")
	if _, err := Decode(io.MultiReader(strings.NewReader(signature), failing{broken})); !errors.Is(err, broken) || Reason(err) != "" {
		t.Error("the reader's error is", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func decoded(t *testing.T, data []byte) *image.NRGBA {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(img.Bounds())
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			out.Set(x, y, img.At(x, y))
		}
	}
	return out
}

func near(a, b color.NRGBA) bool {
	d := func(x, y uint8) bool { return max(x, y)-min(x, y) <= 2 }
	return d(a.R, b.R) && d(a.G, b.G) && d(a.B, b.B) && d(a.A, b.A)
}

func TestMake(t *testing.T) {
	for _, radius := range []float64{.5, 1} { // a disc, a full square
		src, err := Decode(bytes.NewReader(pngOf(t, picture(300, 300, radius))))
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range Sizes {
			data, err := Make(src, size, blue)
			if err != nil {
				t.Fatal(err)
			}
			img, n := decoded(t, data), size.Pixels
			if img.Bounds() != image.Rect(0, 0, n, n) {
				t.Errorf("%s: %v", size.Name, img.Bounds())
			}
			if c := img.NRGBAAt(n/2, n/2); !near(c, orange) {
				t.Errorf("%s: the middle is %v", size.Name, c)
			}
			want := color.NRGBA{}
			switch {
			case size.Maskable, size.Ground && radius < 1:
				want = blue
			case radius == 1:
				want = orange
			}
			if c := img.NRGBAAt(0, 0); !near(c, want) {
				t.Errorf("%s, radius %v: the corner is %v, want %v", size.Name, radius, c, want)
			}
			for i := 3; size.Ground && i < len(img.Pix); i += 4 {
				if img.Pix[i] != 255 {
					t.Fatalf("%s: pixel %d is see-through", size.Name, i/4)
				}
			}
		}
	}
}

// TestMaskableSafeZone sees that nothing of the brand leaves the circle of 80 %, and that the brand fills it.
func TestMaskableSafeZone(t *testing.T) {
	for _, radius := range []float64{.25, .5, 1} {
		data, err := Make(picture(300, 300, radius), Maskable512, blue)
		if err != nil {
			t.Fatal(err)
		}
		img, farthest := decoded(t, data), 0.0
		for y := range 512 {
			for x := range 512 {
				if !near(img.NRGBAAt(x, y), blue) {
					farthest = max(farthest, math.Hypot(float64(x)+.5-256, float64(y)+.5-256))
				}
			}
		}
		want := min(radius, .4) * 512
		if farthest > want+2 || farthest < want-5 {
			t.Errorf("radius %v: reaches %.1f px, want about %.1f", radius, farthest, want)
		}
	}
	if share := fit(image.NewNRGBA(image.Rect(0, 0, 64, 64))); share != 1 {
		t.Errorf("an invisible image shrinks to %v", share)
	}
}

func TestMakeRefusesAndDefaults(t *testing.T) {
	for _, n := range []int{0, -1, MaxPixels + 1} {
		if _, err := Make(picture(200, 200, 1), Size{Pixels: n}, nil); err == nil {
			t.Errorf("%d px are made", n)
		}
	}
	if _, err := Make(image.NewNRGBA(image.Rectangle{}), Icon192, nil); err == nil {
		t.Error("an empty image is taken")
	}
	for bg, want := range map[color.Color]color.NRGBA{nil: {255, 255, 255, 255}, color.NRGBA{R: 9, G: 8, B: 7, A: 100}: {9, 8, 7, 255}} {
		data, _ := Make(picture(200, 200, .5), AppleTouch, bg)
		if c := decoded(t, data).NRGBAAt(0, 0); !near(c, want) {
			t.Errorf("ground %v gives %v", bg, c)
		}
	}
}

func TestSet(t *testing.T) {
	upload := pngOf(t, picture(300, 300, .5))
	// A comment in the upload, before IEND: it must not come out.
	text := "tEXtComment\x00secret GPS"
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(text)-4))
	chunk = binary.BigEndian.AppendUint32(append(chunk, text...), crc32.ChecksumIEEE([]byte(text)))
	upload = bytes.Join([][]byte{upload[:len(upload)-12], chunk, upload[len(upload)-12:]}, nil)
	var sums []map[string][32]byte
	for range 2 {
		src, err := Decode(bytes.NewReader(upload))
		if err != nil {
			t.Fatal(err)
		}
		set := NewSet(src, blue)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() { _, _, _ = set.Get(FaviconICO) })
		}
		group.Wait()
		files, err := set.Files()
		if err != nil || len(files) != len(Sizes)+1 {
			t.Fatal(len(files), err)
		}
		sum := map[string][32]byte{}
		for name, data := range files {
			sum[name] = sha256.Sum256(data)
			if bytes.Contains(data, []byte("secret")) || len(data) == 0 {
				t.Errorf("%s holds the upload's comment or nothing", name)
			}
		}
		sums = append(sums, sum)
		if _, ok, _ := set.Get("../icon-192.png"); ok {
			t.Error("an unknown name is found")
		}
	}
	for name, sum := range sums[0] {
		if sums[1][name] != sum {
			t.Errorf("%s differs from run to run", name)
		}
	}
}

func TestICO(t *testing.T) {
	set := NewSet(picture(200, 200, .5), nil)
	ico, _, err := set.Get(FaviconICO)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	if le.Uint16(ico) != 0 || le.Uint16(ico[2:]) != 1 || le.Uint16(ico[4:]) != 2 {
		t.Fatalf("header %x", ico[:6])
	}
	for i, want := range []int{16, 32} {
		entry := ico[6+16*i:]
		size, offset := le.Uint32(entry[8:]), le.Uint32(entry[12:])
		img := decoded(t, ico[offset:offset+size])
		if int(entry[0]) != want || int(entry[1]) != want || img.Bounds().Dx() != want || le.Uint16(entry[6:]) != 32 {
			t.Errorf("entry %d: %x, image %v", i, entry[:16], img.Bounds())
		}
	}
	if ContentType(FaviconICO) != "image/x-icon" || ContentType(Icon192.Name) != "image/png" {
		t.Error("content types")
	}
	for _, c := range []struct {
		pngs   [][]byte
		pixels []int
	}{{nil, nil}, {[][]byte{{1}}, nil}, {[][]byte{{1}}, []int{257}}, {[][]byte{{1}}, []int{0}}} {
		if _, err := ICO(c.pngs, c.pixels); err == nil {
			t.Errorf("%v is packed", c.pixels)
		}
	}
}

func FuzzDecode(f *testing.F) {
	good := pngOf(f, picture(192, 192, .5))
	f.Add(good)
	f.Add(good[:100])
	f.Add(declaring(good, 4096, 4096))
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := Decode(bytes.NewReader(data))
		if err != nil {
			if Reason(err) == "" {
				t.Errorf("no reason in %v", err)
			}
			return
		}
		if _, err := Make(img, Favicon16, nil); err != nil {
			t.Error(err)
		}
	})
}

// TestRevision: whoever changes a pixel of what is made raises Revision, and notes the new sum here.
func TestRevision(t *testing.T) {
	set := NewSet(picture(300, 300, .5), blue)
	h := sha256.New()
	for _, size := range Sizes {
		data, _, err := set.Get(size.Name)
		if err != nil {
			t.Fatal(err)
		}
		h.Write(decoded(t, data).Pix)
	}
	if got := Revision + " " + hex.EncodeToString(h.Sum(nil)[:6]); got != "1 a29b8580f99f" {
		t.Errorf("icons are drawn otherwise (%s): raise Revision", got)
	}
}
