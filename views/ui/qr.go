package ui

import (
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// code is a QR code as one SVG path in units of modules, with the quiet zone of four around it.
type code struct{ viewBox, path string }

// drawQR draws text; a text that is empty or too long gives no code.
func drawQR(text string) code {
	if text == "" {
		return code{}
	}
	img, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return code{}
	}
	const quiet = 4
	n := img.Bounds().Dx()
	var b strings.Builder
	for y := range n {
		for x := 0; x < n; x++ {
			from := x
			for x < n {
				if r, _, _, _ := img.At(x, y).RGBA(); r >= 0x8000 {
					break
				}
				x++
			}
			if x > from {
				b.WriteString("M" + strconv.Itoa(from+quiet) + " " + strconv.Itoa(y+quiet) + "h" + strconv.Itoa(x-from) + "v1h-" + strconv.Itoa(x-from) + "z")
			}
		}
	}
	size := strconv.Itoa(n + 2*quiet)
	return code{"0 0 " + size + " " + size, b.String()}
}
