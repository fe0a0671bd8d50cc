package icons

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"strings"
	"testing"

	"myisp/internal/icons/svg"
)

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif puts an orientation into a JPEG.
func exif(data []byte, turned byte) []byte {
	tiff := append([]byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), turned, 0, 0, 0, 0, 0, 0)
	head := binary.BigEndian.AppendUint16([]byte("\xff\xd8\xff\xe1"), uint16(len(tiff)+2))
	return append(append(head, tiff...), data[2:]...)
}

// chunk puts a chunk before the end of a PNG.
func chunk(data []byte, kind, content string) []byte {
	body := kind + content
	out := binary.BigEndian.AppendUint32(bytes.Clone(data[:len(data)-12]), uint32(len(content)))
	out = binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE([]byte(body)))
	return append(out, data[len(data)-12:]...)
}

const drawingHead = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">`

// TestAccept: what is taken, in which size, and why the rest is refused (X5).
func TestAccept(t *testing.T) {
	good := pngOf(t, picture(192, 192, .5))
	svgOf := func(s string) []byte { return []byte(drawingHead + s + `<rect width="9" height="9"/></svg>`) }
	var gi bytes.Buffer
	_ = gif.Encode(&gi, picture(192, 192, 1), nil)
	for _, c := range []struct {
		name   string
		data   []byte
		size   string // of the result
		reason string
		told   string // the size or the detail of a refusal
	}{
		{"png", good, "192x192", "", ""},
		{"png, wide", pngOf(t, picture(800, 400, .5)), "800x400", "", ""},
		{"png, large", pngOf(t, image.NewGray(image.Rect(0, 0, 4096, 2048))), "2048x1024", "", ""},
		{"png, very wide", pngOf(t, image.NewGray(image.Rect(0, 0, 4000, 200))), "3840x192", "", ""},
		{"jpeg", jpegOf(t, picture(300, 200, 1)), "300x200", "", ""},
		{"jpeg, turned", exif(jpegOf(t, picture(300, 200, 1)), 6), "200x300", "", ""},
		{"svg", svgOf(""), "512x512", "", ""},
		{"svg, with a declaration", append([]byte("\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- logo -->"), svgOf("")...), "512x512", "", ""},
		{"svg, wide", []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100"><rect width="300" height="100"/></svg>`), "1536x512", "", ""},
		{"svg, a ribbon", []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3000 100"><rect width="300" height="100"/></svg>`), "", TooSmall, "2048x68"},
		{"191", pngOf(t, picture(191, 191, .5)), "", TooSmall, "191x191"},
		{"one side too short", pngOf(t, picture(300, 100, .5)), "", TooSmall, "300x100"},
		{"jpeg, small", jpegOf(t, picture(64, 64, 1)), "", TooSmall, "64x64"},
		{"4097", pngOf(t, image.NewGray(image.Rect(0, 0, 4097, 200))), "", TooBig, "4097x200"},
		{"png bomb", declaring(good, 60000, 60000), "", TooBig, "60000x60000"},
		{"jpeg bomb", bytes.Replace(jpegOf(t, picture(200, 200, 1)), []byte{0, 200, 0, 200}, []byte{255, 255, 255, 255}, 1), "", TooBig, "65535x65535"},
		{"too many bytes", append(bytes.Clone(good), make([]byte, MaxBytes)...), "", TooBig, "0x0"},
		{"zip behind png", append(bytes.Clone(good), "PK\x03\x04<script>alert(1)</script>"...), "192x192", "", ""},
		{"html in png", chunk(good, "tEXt", "Comment\x00<script>alert(1)</script>"), "192x192", "", ""},
		{"html in jpeg", append([]byte("\xff\xd8\xff\xfe\x00\x1b<script>alert(1)</script>"), jpegOf(t, picture(200, 200, 1))[2:]...), "200x200", "", ""},
		{"png cut off", good[:len(good)/2], "", Corrupt, ""},
		{"jpeg cut off", jpegOf(t, picture(200, 200, 1))[:300], "", Corrupt, ""},
		{"png signature before svg", append([]byte(signature), svgOf("")...), "", Corrupt, ""},
		{"gif", gi.Bytes(), "", WrongType, "GIF"},
		{"webp", []byte("RIFF\x10\x00\x00\x00WEBPVP8 "), "", WrongType, "WEBP"},
		{"icon", []byte("\x00\x00\x01\x00\x01\x00"), "", WrongType, "ICON"},
		{"pdf", []byte("%PDF-1.7"), "", WrongType, "PDF"},
		{"html", []byte("<html><svg/></html>"), "", WrongType, "HTML"},
		{"zip", []byte("PK\x03\x04"), "", WrongType, "ZIP"},
		{"gzipped svg", []byte("\x1f\x8b\x08\x00"), "", WrongType, ""},
		{"nothing", nil, "", WrongType, ""},
		{"svg, script", svgOf("<script/>"), "", svg.Script, "<script>"},
		{"svg, handler", svgOf(`<g onload="x()"/>`), "", svg.Handler, "onload"},
		{"svg, foreign", svgOf("<foreignObject/>"), "", svg.Foreign, "<foreignObject>"},
		{"svg, external", svgOf(`<image href="//x.example/a.png"/>`), "", svg.External, "href"},
		{"svg, bomb", append([]byte(`<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>`), svgOf("&b;")...), "", svg.Doctype, ""},
		{"svg, text", svgOf("<text>MyISP</text>"), "", svg.Unsupported, "text"},
	} {
		img, err := Accept(c.data)
		if Reason(err) != c.reason || (err == nil) != (c.reason == "") {
			t.Errorf("%s: %v, want %q", c.name, err, c.reason)
			continue
		}
		if err == nil {
			if size := fmt.Sprintf("%dx%d", img.Rect.Dx(), img.Rect.Dy()); size != c.size {
				t.Errorf("%s: %s, want %s", c.name, size, c.size)
			}
			out, _ := Encode(img)
			if bytes.Contains(out, []byte("script")) || bytes.Contains(out, []byte("Exif")) {
				t.Errorf("%s: something of the upload came through", c.name)
			}
			continue
		}
		e := err.(*Error)
		if size := fmt.Sprintf("%dx%d", e.Width, e.Height); c.told != "" && c.told != e.Detail && c.told != size {
			t.Errorf("%s: told %s and %q, want %s", c.name, size, e.Detail, c.told)
		}
	}
}

// corners marks the corners of an image by colours: a b / c d.
func corners(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{A: 255}
			if x >= w/2 {
				c.R = 255
			}
			if y >= h/2 {
				c.G = 255
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

// TestTurn: each of Exif's orientations puts the black corner where the camera's top left was.
func TestTurn(t *testing.T) {
	for orientation, want := range map[int][2]float64{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}} {
		img := turn(corners(40, 20), orientation)
		w, h := float64(img.Rect.Dx()-1), float64(img.Rect.Dy()-1)
		if c := img.NRGBAAt(int(want[0]*w), int(want[1]*h)); c.R != 0 || c.G != 0 {
			t.Errorf("orientation %d: %v", orientation, c)
		}
		if got := orientationOf(t, byte(orientation)); got != orientation {
			t.Errorf("orientation %d is read as %d", orientation, got)
		}
	}
	if orientationOf(t, 9) != upright || orientation([]byte("\xff\xd8\xff\xe1\x00\x08Exif\x00\x00")) != upright {
		t.Error("nonsense turns")
	}
}

func orientationOf(t *testing.T, turned byte) int {
	return orientation(exif(jpegOf(t, picture(200, 200, 1)), turned))
}

// TestSquare: what each crop keeps of a wide and of a high image.
func TestSquare(t *testing.T) {
	wide := image.NewNRGBA(image.Rect(0, 0, 600, 200))
	for x := range 600 { // red, green, blue thirds
		for y := range 200 {
			c := color.NRGBA{A: 255}
			*[]*uint8{&c.R, &c.G, &c.B}[x/200] = 255
			wide.SetNRGBA(x, y, c)
		}
	}
	red, green, blueC, none := color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 255, 0, 255}, color.NRGBA{0, 0, 255, 255}, color.NRGBA{}
	white := color.NRGBA{255, 255, 255, 255}
	for _, c := range []struct {
		crop             Crop
		side             int
		middle, top, end color.NRGBA // the middle, the middle of the top edge, the middle of the right edge
	}{
		{Start, 200, red, red, red}, {Centre, 200, green, green, green}, {"", 200, green, green, green}, {End, 200, blueC, blueC, blueC},
		{Part(0, 0, 200), 200, red, red, red}, {Part(400, 0, 200), 200, blueC, blueC, blueC}, {Part(8, 4, 192), 192, red, red, red},
		{Fit, 512, green, none, blueC}, {FitWhite, 512, green, white, white}, {FitBrand, 512, green, blue, blue},
	} {
		img, err := Square(wide, c.crop, blue)
		if err != nil || img.Rect != image.Rect(0, 0, c.side, c.side) {
			t.Errorf("%s: %v %v", c.crop, err, img)
			continue
		}
		n := c.side
		for name, pair := range map[string][2]color.NRGBA{"middle": {img.NRGBAAt(n/2, n/2), c.middle}, "top": {img.NRGBAAt(n/2, 2), c.top}, "end": {img.NRGBAAt(n-3, n/2), c.end}} {
			if !near(pair[0], pair[1]) {
				t.Errorf("%s: the %s is %v, want %v", c.crop, name, pair[0], pair[1])
			}
		}
		data, err := Encode(img)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(bytes.NewReader(data)); err != nil {
			t.Errorf("%s: the icon is not usable: %v", c.crop, err)
		}
	}
	for crop, reason := range map[Crop]string{Part(500, 0, 200): BadCrop, Part(-1, 0, 200): BadCrop, Part(0, 0, 100): TooSmall, Part(0, 0, 0): BadCrop,
		Part(0, 0, 1<<40): BadCrop, "part 0 0 200 x": BadCrop, "left": BadCrop, "part": BadCrop} {
		if _, err := Square(wide, crop, nil); Reason(err) != reason {
			t.Errorf("%s: %v, want %s", crop, err, reason)
		}
	}
	if img, err := Square(corners(300, 300), End, nil); err != nil || img.Rect.Dx() != 300 {
		t.Errorf("a square is cut: %v", err)
	}
	if img, err := Square(corners(301, 500), End, nil); err != nil || img.Rect.Dx() != 301 {
		t.Errorf("odd sides: %v", err)
	}
}

func FuzzAccept(f *testing.F) {
	good := pngOf(f, picture(192, 192, .5))
	f.Add(good)
	f.Add(jpegOf(f, picture(192, 192, 1)))
	f.Add(exif(jpegOf(f, picture(192, 192, 1)), 6))
	f.Add([]byte(drawingHead + `<circle r="20"/></svg>`))
	f.Add([]byte("GIF89a"))
	f.Add(declaring(good, 4096, 4096))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := Accept(data)
		if err != nil {
			if Reason(err) == "" || strings.Contains(Reason(err), " ") {
				t.Errorf("no reason in %v", err)
			}
			return
		}
		for _, crop := range Crops {
			square, err := Square(img, crop, blue)
			if err == nil {
				_, err = Make(square, Favicon16, blue)
			}
			if err != nil && min(img.Rect.Dx(), img.Rect.Dy()) >= MinPixels {
				t.Errorf("%s: %v", crop, err)
			}
		}
	})
}
