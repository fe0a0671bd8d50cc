package icons

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/image/draw"

	"myisp/internal/icons/svg"
)

// Uploads are kept at most this large, as long as their shorter side stays useful: enough to cut any part out anew.
const (
	keptShort = 1024
	keptLong  = 2048
)

// one decodes one upload at a time: an image of MaxPixels each way takes some hundred megabytes while it is read.
var one sync.Mutex

// Accept reads an uploaded PNG, JPEG or SVG of any shape, both sides at least MinPixels; a drawing has no pixels of its own
// and is drawn large enough. What it is tells its content, not its name. The size it declares is looked at before memory
// is spent on it. The result holds pixels and nothing else; large images come back smaller. The error is an *Error.
func Accept(data []byte) (*image.NRGBA, error) {
	if len(data) > MaxBytes {
		return nil, &Error{Reason: TooBig}
	}
	one.Lock()
	defer one.Unlock()
	switch {
	case bytes.HasPrefix(data, []byte(signature)):
		return bitmap(data, png.DecodeConfig, png.Decode, upright)
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return bitmap(data, jpeg.DecodeConfig, jpeg.Decode, orientation(data))
	case looksLikeSVG(data):
		return drawing(data)
	}
	return nil, &Error{Reason: WrongType, Detail: known(data)}
}

type (
	configReader = func(r io.Reader) (image.Config, error)
	imageReader  = func(r io.Reader) (image.Image, error)
)

func bitmap(data []byte, config configReader, decode imageReader, turned int) (*image.NRGBA, error) {
	c, err := config(bytes.NewReader(data))
	switch {
	case err != nil:
		return nil, &Error{Reason: Corrupt, Err: err}
	case c.Width > MaxPixels || c.Height > MaxPixels:
		return nil, &Error{Reason: TooBig, Width: c.Width, Height: c.Height}
	case c.Width < MinPixels || c.Height < MinPixels:
		return nil, &Error{Reason: TooSmall, Width: c.Width, Height: c.Height}
	}
	img, err := decode(bytes.NewReader(data))
	if err != nil {
		return nil, &Error{Reason: Corrupt, Err: err}
	}
	return turn(kept(img), turned), nil
}

// kept is the image at the size in which it is kept, as far as possible its own.
func kept(img image.Image) *image.NRGBA {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	short, long := float64(min(w, h)), float64(max(w, h))
	shrink := max(1, short/keptShort, min(long/keptLong, short/MinPixels))
	dst := image.NewNRGBA(image.Rect(0, 0, int(math.Round(float64(w)/shrink)), int(math.Round(float64(h)/shrink))))
	if shrink == 1 {
		draw.Draw(dst, dst.Bounds(), img, img.Bounds().Min, draw.Src)
	} else {
		draw.CatmullRom.Scale(dst, dst.Bounds(), img, img.Bounds(), draw.Src, nil)
	}
	return dst
}

// drawing draws an SVG, its shorter side as long as the largest icon.
func drawing(data []byte) (*image.NRGBA, error) {
	m, err := svg.Read(data)
	if err != nil {
		return nil, refused(err)
	}
	const short = 512
	w, h := float64(short), float64(short)
	if r := m.Ratio(); r >= 1 {
		w *= r
	} else {
		h /= r
	}
	if shrink := max(w, h) / keptLong; shrink > 1 {
		w, h = w/shrink, h/shrink
	}
	if min(w, h) < MinPixels {
		return nil, &Error{Reason: TooSmall, Width: int(w), Height: int(h)}
	}
	img, err := m.Draw(int(w), int(h))
	if err != nil {
		return nil, refused(err)
	}
	return img, nil
}

func refused(err error) error {
	if e, ok := errors.AsType[*svg.Error](err); ok {
		return &Error{Reason: e.Reason, Detail: e.Detail}
	}
	return &Error{Reason: Corrupt, Err: err}
}

// looksLikeSVG reports whether a file begins as XML or SVG does.
func looksLikeSVG(data []byte) bool {
	start := bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), 1024)], []byte("\xef\xbb\xbf")), " \t\r\n")
	lower := bytes.ToLower(start)
	for _, head := range []string{"<?xml", "<svg", "<!doctype svg", "<!--"} {
		if bytes.HasPrefix(lower, []byte(head)) {
			return true
		}
	}
	return false
}

// known names what a refused file is, when that is easy to tell.
func known(data []byte) string {
	switch t := http.DetectContentType(data); {
	case strings.HasPrefix(t, "image/"):
		return strings.ToUpper(strings.TrimPrefix(strings.TrimPrefix(t, "image/"), "x-"))
	case t == "application/pdf":
		return "PDF"
	case strings.HasPrefix(t, "text/html"):
		return "HTML"
	case t == "application/zip":
		return "ZIP"
	}
	return ""
}
