package ui

import (
	"fmt"

	"myisp/internal/contrast"
)

// ThemeCSS is the stylesheet of a brand, served at Brand.ThemeURL. A brand is one colour and an accent; everything else
// follows here, so that an operator cannot publish a portal that nobody can read. It sets --brand (fills), --brand-ink
// (text on it), --brand-text (the brand as text, for each theme) and --accent (links and bars, likewise). Colours are
// "#rrggbb"; a colour that is none leaves the default, and one on which no ink is readable is replaced by the nearest.
func ThemeCSS(brand, accent string) string {
	if !contrast.Valid(brand) {
		brand = contrast.Default
	}
	brand = contrast.Nearest(brand)
	if !contrast.Valid(accent) {
		accent = brand
	}
	return fmt.Sprintf(":root{--brand:%s;--brand-ink:%s;--brand-text:light-dark(%s,%s);--accent:light-dark(%s,%s)}\n",
		brand, contrast.Ink(brand), contrast.Text(brand, contrast.SurfaceLight), contrast.Text(brand, contrast.SurfaceDark),
		contrast.Text(accent, contrast.SurfaceLight), contrast.Text(accent, contrast.SurfaceDark))
}
