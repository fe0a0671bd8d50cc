package icons

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"sync"

	"golang.org/x/image/draw"
)

// Revision counts how icons are drawn: what is served for ever under an address has another address when this changes.
// TestRevision says when it must.
const Revision = "1"

// Size is one icon the portal serves.
type Size struct {
	Name   string // file name, also the key of a Set
	Pixels int    // width and height
	// Ground says that the icon stands on the background colour and has no transparency left.
	Ground bool
	// Maskable says that a launcher may cut the icon down to a circle of 80 % of its width (W3C app manifest, safe zone):
	// everything of the brand that is not transparent is kept within it.
	Maskable bool
}

// The icons of the web app manifest, of iOS and of browser tabs.
var (
	Icon192     = Size{Name: "icon-192.png", Pixels: 192}
	Icon512     = Size{Name: "icon-512.png", Pixels: 512}
	Maskable192 = Size{Name: "maskable-192.png", Pixels: 192, Ground: true, Maskable: true}
	Maskable512 = Size{Name: "maskable-512.png", Pixels: 512, Ground: true, Maskable: true}
	AppleTouch  = Size{Name: "apple-touch-icon.png", Pixels: 180, Ground: true}
	Favicon32   = Size{Name: "favicon-32.png", Pixels: 32}
	Favicon16   = Size{Name: "favicon-16.png", Pixels: 16}
	// Sizes are all of the above; besides them a Set holds FaviconICO.
	Sizes = []Size{Icon192, Icon512, Maskable192, Maskable512, AppleTouch, Favicon32, Favicon16}
)

// FaviconICO is the name of the icon that browsers ask for by themselves: 16 and 32 px in one file.
const FaviconICO = "favicon.ico"

// Make draws one icon and returns it as PNG. src is what Decode returned; bg is used where the Size asks for a ground,
// without its transparency, and may be nil for white. It fails only for a size outside 1…MaxPixels or an empty image.
func Make(src image.Image, size Size, bg color.Color) ([]byte, error) {
	if size.Pixels < 1 || size.Pixels > MaxPixels || src.Bounds().Empty() {
		return nil, fmt.Errorf("icons: cannot make %q of %d px", size.Name, size.Pixels)
	}
	img := scaled(src, size.Pixels)
	if size.Maskable {
		img = padded(src, size.Pixels, fit(img))
	}
	if size.Ground {
		img = grounded(img, bg)
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("icons: %s: %w", size.Name, err)
	}
	return out.Bytes(), nil
}

// safeRadius is the radius of the safe zone as a share of the icon's width.
const safeRadius = 0.4

// fit is the share of its width to which an image must shrink so that its farthest visible pixel lies in the safe
// zone: 0.8 for a disc, 0.56 for a full square. It never grows.
func fit(img *image.NRGBA) float64 {
	n := img.Bounds().Dx()
	centre, farthest := float64(n)/2, 0.0
	for y := range n {
		for x := range n {
			if img.Pix[img.PixOffset(x, y)+3] < 16 { // what nobody sees, as the rim of a shadow
				continue
			}
			// The far corner of the pixel, not its middle.
			dx := math.Abs(float64(x)+0.5-centre) + 0.5
			dy := math.Abs(float64(y)+0.5-centre) + 0.5
			farthest = max(farthest, math.Hypot(dx, dy))
		}
	}
	if farthest == 0 {
		return 1
	}
	return min(1, safeRadius*float64(n)/farthest)
}

// padded draws src at a share of the square's width, in its middle.
func padded(src image.Image, pixels int, share float64) *image.NRGBA {
	inner := max(1, int(share*float64(pixels)))
	inner -= (pixels - inner) % 2 // the same margin on both sides
	inner = max(1, inner)
	margin := (pixels - inner) / 2
	dst := image.NewNRGBA(image.Rect(0, 0, pixels, pixels))
	draw.CatmullRom.Scale(dst, image.Rect(margin, margin, margin+inner, margin+inner), src, src.Bounds(), draw.Src, nil)
	return dst
}

// grounded lays img on an opaque colour.
func grounded(img *image.NRGBA, bg color.Color) *image.NRGBA {
	ground := color.NRGBA{R: 255, G: 255, B: 255, A: 255}
	if bg != nil {
		ground = color.NRGBAModel.Convert(bg).(color.NRGBA)
		ground.A = 255
	}
	dst := image.NewNRGBA(img.Bounds())
	draw.Draw(dst, dst.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	draw.Draw(dst, dst.Bounds(), img, img.Bounds().Min, draw.Over)
	return dst
}

// ICO packs PNGs of up to 256 px, all square and of the given widths, into one .ico file.
func ICO(pngs [][]byte, pixels []int) ([]byte, error) {
	if len(pngs) == 0 || len(pngs) != len(pixels) {
		return nil, fmt.Errorf("icons: %d images and %d sizes for an .ico", len(pngs), len(pixels))
	}
	const header, entry = 6, 16
	out := binary.LittleEndian.AppendUint16(nil, 0)
	out = binary.LittleEndian.AppendUint16(out, 1)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(pngs)))
	offset := header + entry*len(pngs)
	for i, p := range pngs {
		if pixels[i] < 1 || pixels[i] > 256 {
			return nil, fmt.Errorf("icons: %d px do not fit an .ico", pixels[i])
		}
		side := byte(pixels[i]) // 256 is written as 0
		out = append(out, side, side, 0, 0)
		out = binary.LittleEndian.AppendUint16(out, 1)
		out = binary.LittleEndian.AppendUint16(out, 32)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(p)))
		out = binary.LittleEndian.AppendUint32(out, uint32(offset))
		offset += len(p)
	}
	for _, p := range pngs {
		out = append(out, p...)
	}
	return out, nil
}

// Set is all icons of one brand. Each is made when first asked for and kept; it is safe for concurrent use.
type Set struct {
	made map[string]func() ([]byte, error)
}

// NewSet makes the icons of an image from Decode on a background colour (nil for white).
func NewSet(src image.Image, bg color.Color) *Set {
	s := &Set{made: map[string]func() ([]byte, error){}}
	for _, size := range Sizes {
		s.made[size.Name] = sync.OnceValues(func() ([]byte, error) { return Make(src, size, bg) })
	}
	s.made[FaviconICO] = sync.OnceValues(s.ico)
	return s
}

// Get returns one icon by name, ready to be served; the bytes are shared, so do not change them. ok is false for a name that is none.
func (s *Set) Get(name string) (data []byte, ok bool, err error) {
	one, ok := s.made[name]
	if !ok {
		return nil, false, nil
	}
	data, err = one()
	return data, true, err
}

// Files makes all icons at once, by name.
func (s *Set) Files() (map[string][]byte, error) {
	files := make(map[string][]byte, len(s.made))
	for name := range s.made {
		data, _, err := s.Get(name)
		if err != nil {
			return nil, err
		}
		files[name] = data
	}
	return files, nil
}

func (s *Set) ico() ([]byte, error) {
	var pngs [][]byte
	for _, size := range []Size{Favicon16, Favicon32} {
		data, _, err := s.Get(size.Name)
		if err != nil {
			return nil, err
		}
		pngs = append(pngs, data)
	}
	return ICO(pngs, []int{Favicon16.Pixels, Favicon32.Pixels})
}

// ContentType is the media type of an icon by its name.
func ContentType(name string) string {
	if name == FaviconICO {
		return "image/x-icon"
	}
	return "image/png"
}
