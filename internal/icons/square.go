package icons

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"golang.org/x/image/draw"
)

// Crop says which part of an image that is not square becomes the icon: one of the constants, or a Part.
type Crop string

// The crops that need no hand: a square at one end or in the middle, or the whole image on a ground.
const (
	Centre   Crop = "centre"
	Start    Crop = "start" // left, or top
	End      Crop = "end"   // right, or bottom
	Fit      Crop = "fit"   // the whole image, with nothing around it
	FitWhite Crop = "fit_white"
	FitBrand Crop = "fit_brand" // on the brand's colour
)

// Crops lists them in the order of the form.
var Crops = []Crop{Centre, Start, End, Fit, FitWhite, FitBrand}

// Part is the crop of a square at x, y with sides of so many pixels of the image that Accept returned.
func Part(x, y, side int) Crop { return Crop(fmt.Sprintf("part %d %d %d", x, y, side)) }

// part reads a Part; ok is false for the constants.
func (c Crop) part() (r image.Rectangle, ok bool) {
	var x, y, side int
	var rest string
	n, _ := fmt.Sscanf(string(c), "part %d %d %d%s", &x, &y, &side, &rest)
	return image.Rect(x, y, x+side, y+side), n == 3
}

// iconPixels is the size in which the square is kept: nothing larger is made of it.
const iconPixels = 512

// Square cuts an image to a square of at most 512 px; one that is square already stays whole. The brand's colour is the
// ground of FitBrand. Errors: an *Error for a part that is outside the image or smaller than MinPixels.
func Square(src *image.NRGBA, crop Crop, brand color.Color) (*image.NRGBA, error) {
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	short := min(w, h)
	middle := image.Pt((w-short)/2, (h-short)/2)
	from := image.Rect(0, 0, short, short)
	switch part, isPart := crop.part(); {
	case isPart:
		if part.Empty() || !part.In(src.Bounds()) {
			return nil, &Error{Reason: BadCrop}
		}
		if part.Dx() < MinPixels {
			return nil, &Error{Reason: TooSmall, Width: part.Dx(), Height: part.Dy()}
		}
		from = part
	case w == h || crop == Centre || crop == "":
		from = from.Add(middle)
	case crop == Start:
	case crop == End:
		from = from.Add(middle.Mul(2)).Add(image.Pt((w-short)%2, (h-short)%2))
	case crop == Fit:
		return fitted(src, nil), nil
	case crop == FitWhite:
		return fitted(src, color.White), nil
	case crop == FitBrand:
		return fitted(src, brand), nil
	default:
		return nil, &Error{Reason: BadCrop}
	}
	side := min(from.Dx(), iconPixels)
	dst := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.CatmullRom.Scale(dst, dst.Bounds(), src, from, draw.Src, nil)
	return dst, nil
}

// fitted lays the whole image in the middle of a square; a ground gets a margin, so that nothing touches the rim.
func fitted(src *image.NRGBA, ground color.Color) *image.NRGBA {
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	side := min(max(w, h), iconPixels)
	room := float64(side)
	if ground != nil {
		room *= 0.84
	}
	share := room / float64(max(w, h))
	inner := image.Rect(0, 0, max(1, int(float64(w)*share)), max(1, int(float64(h)*share)))
	inner = inner.Add(image.Pt((side-inner.Dx())/2, (side-inner.Dy())/2))
	dst := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.CatmullRom.Scale(dst, inner, src, src.Bounds(), draw.Src, nil)
	if ground != nil {
		return grounded(dst, ground)
	}
	return dst
}

// Encode writes an image as PNG without metadata.
func Encode(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err := encoder.Encode(&b, img)
	return b.Bytes(), err
}

// Reopen reads what Encode wrote.
func Reopen(data []byte) (*image.NRGBA, error) {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, &Error{Reason: Corrupt, Err: err}
	}
	return kept(img), nil
}

// SizeOf is the size of an image that Encode wrote.
func SizeOf(data []byte) (width, height int, err error) {
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, &Error{Reason: Corrupt, Err: err}
	}
	return c.Width, c.Height, nil
}
