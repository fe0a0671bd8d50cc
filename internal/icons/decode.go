// Package icons makes every icon of the installed app from one image of the brand (G12, X5: 192 px or larger). Accept
// takes an upload, Square cuts it to a square that Encode writes down, and a Set makes all sizes from that. Everything is
// drawn and encoded anew, so no metadata and nothing malformed of an upload survives, and the same image always gives the
// same bytes.
package icons

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"

	"golang.org/x/image/draw"
)

// Bounds of an uploaded image.
const (
	MinPixels = 192     // smallest width and height
	MaxPixels = 4096    // largest width and height
	MaxBytes  = 2 << 20 // largest file
)

// workPixels is what larger images are brought down to at once: nothing bigger than 512 px is ever made of them.
const workPixels = 1024

// Why an image is refused; Error.Reason holds one of these.
const (
	TooSmall  = "too_small"  // less than MinPixels wide or high
	NotSquare = "not_square" // width and height differ
	TooBig    = "too_big"    // more than MaxPixels wide or high, or more than MaxBytes
	NotPNG    = "not_png"    // another format, or none, where only a PNG can be
	WrongType = "wrong_type" // no PNG, JPEG or SVG; Detail names what it is, if that is known
	Corrupt   = "corrupt"    // begins as an image and does not go on as one
	BadCrop   = "bad_crop"   // a part that the image does not have
)

// Error says why an image is refused.
type Error struct {
	Reason        string // one of the constants above or of package svg, the tail of a message key
	Width, Height int    // of the image, where its size is the reason
	Detail        string // what the reason is about, where it has a name
	Err           error  // what the decoder said, for the log; may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("icons: %s: %v", e.Reason, e.Err)
	}
	return "icons: " + e.Reason
}

func (e *Error) Unwrap() error { return e.Err }

// Reason is the reason of an *Error in err's chain, "" otherwise.
func Reason(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return ""
}

const signature = "\x89PNG\r\n\x1a\n"

// Decode reads a PNG that icons can be made of. It looks at the declared size before it spends memory on pixels. Images
// larger than 1024 px come back at 1024 px. The error is an *Error, or that of r.
func Decode(r io.Reader) (image.Image, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("icons: reading: %w", err)
	}
	if !bytes.HasPrefix(data, []byte(signature)) {
		return nil, &Error{Reason: NotPNG}
	}
	if len(data) > MaxBytes {
		return nil, &Error{Reason: TooBig}
	}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, &Error{Reason: Corrupt, Err: err}
	}
	switch {
	case c.Width > MaxPixels || c.Height > MaxPixels:
		return nil, &Error{Reason: TooBig, Width: c.Width, Height: c.Height}
	case c.Width < MinPixels || c.Height < MinPixels:
		return nil, &Error{Reason: TooSmall, Width: c.Width, Height: c.Height}
	case c.Width != c.Height:
		return nil, &Error{Reason: NotSquare, Width: c.Width, Height: c.Height}
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, &Error{Reason: Corrupt, Err: err}
	}
	return scaled(img, min(c.Width, workPixels)), nil
}

// scaled draws src into a square of so many pixels.
func scaled(src image.Image, pixels int) *image.NRGBA {
	dst := image.NewNRGBA(image.Rect(0, 0, pixels, pixels))
	draw.CatmullRom.Scale(dst, dst.Bounds(), src, src.Bounds(), draw.Src, nil)
	return dst
}
