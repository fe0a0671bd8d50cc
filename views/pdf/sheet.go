package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"myisp/models/db"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/draw"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// The page in millimetres.
const (
	left, right, width = 18.0, 192.0, 174.0
	bottom             = 270.0 // where the content ends and the footer begins
)

type tone struct{ r, g, b int }

var (
	ink   = tone{20, 24, 31}
	muted = tone{102, 112, 133}
	rule  = tone{228, 231, 236}
	tint  = tone{247, 248, 250}
	green = tone{6, 118, 71}
	red   = tone{180, 35, 24}
)

// sheet draws on pages: small verbs over fpdf, and the first error that met them.
type sheet struct {
	f     *fpdf.Fpdf
	w     Words
	h     Head
	brand tone
	err   error
}

func newSheet(w Words, h Head, made time.Time, pages int) *sheet {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(made.UTC())
	f.SetModificationDate(made.UTC())
	f.SetProducer("MyISP", true)
	f.SetLang(w.Lang())
	f.SetMargins(left, 16, 210-right)
	f.SetAutoPageBreak(false, 0)
	f.SetCellMargin(0)
	f.AddUTF8FontFromBytes("go", "", goregular.TTF)
	f.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	s := &sheet{f: f, w: w, h: h, brand: hex(h.Brand.Color)}
	f.SetAuthor(s.clean(h.Company.Name), true)
	f.SetFooterFunc(func() { s.footer(pages) })
	return s
}

func (s *sheet) bytes() ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	var b bytes.Buffer
	if err := s.f.Output(&b); err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	return b.Bytes(), nil
}

// hex reads #rrggbb; anything else is ink.
func hex(s string) tone {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 {
		return ink
	}
	return tone{int(n >> 16 & 255), int(n >> 8 & 255), int(n & 255)}
}

func (s *sheet) font(style string, size float64, c tone) {
	s.f.SetFont("go", style, size)
	s.f.SetTextColor(c.r, c.g, c.b)
}

// text writes one line with its top at y; align is L, R or C within x … x+w.
func (s *sheet) text(x, y, w float64, align, txt string) {
	_, size := s.f.GetFontSize()
	s.f.SetXY(x, y)
	s.f.CellFormat(w, size*1.25, s.clean(txt), "", 0, align+"M", false, 0, "")
}

// fit is text that is made smaller, and at last cut, until it fits.
func (s *sheet) fit(x, y, w float64, align, txt string) {
	txt = s.clean(txt)
	pt, _ := s.f.GetFontSize()
	for size := pt; s.f.GetStringWidth(txt) > w && size > pt*0.7; size -= 0.5 {
		s.f.SetFontSize(size)
	}
	for r := []rune(txt); s.f.GetStringWidth(txt) > w && len(r) > 2; r = r[:len(r)-1] {
		txt = string(r[:len(r)-2]) + "…"
	}
	s.text(x, y, w, align, txt)
	s.f.SetFontSize(pt)
}

// wrap breaks a text into lines that fit w in the present font; a line break in it stays one.
func (s *sheet) wrap(txt string, w float64) []string {
	var lines []string
	for part := range strings.SplitSeq(strings.TrimSpace(strings.ReplaceAll(txt, "\r", "")), "\n") {
		if part = s.clean(part); part == "" {
			lines = append(lines, "")
			continue
		}
		lines = append(lines, s.f.SplitText(part, w)...)
	}
	return lines
}

func (s *sheet) line(x1, y, x2 float64, c tone, thick float64) {
	s.f.SetDrawColor(c.r, c.g, c.b)
	s.f.SetLineWidth(thick)
	s.f.Line(x1, y, x2, y)
}

func (s *sheet) box(x, y, w, h float64, c tone) {
	s.f.SetFillColor(c.r, c.g, c.b)
	s.f.RoundedRect(x, y, w, h, 2, "1234", "F")
}

var covered = sync.OnceValue(func() func(rune) bool {
	f, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		panic(err) // the font is part of the binary
	}
	var mu sync.Mutex
	var buf sfnt.Buffer
	known := map[rune]bool{}
	return func(r rune) bool {
		if r < 0x7f {
			return r >= ' '
		}
		mu.Lock()
		defer mu.Unlock()
		ok, seen := known[r]
		if !seen {
			i, err := f.GlyphIndex(&buf, r)
			ok = err == nil && i != 0
			known[r] = ok
		}
		return ok
	}
})

// clean brings text into what the fonts hold. Signs they lack (emoji, isolates) are left out; letters they lack are
// ErrScript, for a name with holes is worse than the HTML page.
func (s *sheet) clean(txt string) string {
	has := covered()
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u202f' || r == '\t' || r == '\n':
			return ' '
		case has(r):
			return r
		case unicode.IsLetter(r) || unicode.IsNumber(r) && r > 0xff:
			if s.err == nil {
				s.err = fmt.Errorf("%w: %q", ErrScript, r)
			}
		}
		return -1
	}, norm.NFC.String(strings.ToValidUTF8(txt, "")))
}

// begin opens the first page with the brand on the left and the document's name on the right, and returns the y below.
func (s *sheet) begin(title, number string) float64 {
	s.f.SetTitle(strings.TrimSpace(s.clean(title+" "+number)), true)
	s.f.AddPage()
	x, y, h := left, 16.0, 13.0
	if w := s.logo(x, y, h); w > 0 {
		x += w + 4
	}
	if x < left+h*1.6+4 { // a wide logo is a name already
		s.font("B", 14, ink)
		s.fit(x, y+3.4, 90-(x-left), "L", s.h.Brand.Name)
	}
	s.font("B", 20, ink)
	s.fit(110, y-0.6, right-110, "R", title)
	s.font("", 10, muted)
	s.fit(110, y+8.6, right-110, "R", number)
	s.line(left, 35, right, s.brand, 0.6)
	return 42
}

// logo draws the partner's PNG at a height, at most 55 mm wide, and returns the width it took. A broken image takes none.
func (s *sheet) logo(x, y, h float64) float64 {
	img, err := png.Decode(bytes.NewReader(s.h.Brand.Logo))
	if err != nil || img.Bounds().Dx() == 0 || img.Bounds().Dy() == 0 {
		return 0
	}
	// Decoded and drawn anew: fpdf knows no interlaced or 16-bit PNG, and 300 pixels are sharp enough at 13 mm.
	b := img.Bounds()
	scale := min(1, 300/float64(b.Dy()))
	small := image.NewNRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale))))
	draw.CatmullRom.Scale(small, small.Bounds(), img, b, draw.Src, nil)
	var buf bytes.Buffer
	if err := png.Encode(&buf, small); err != nil {
		return 0
	}
	opt := fpdf.ImageOptions{ImageType: "PNG"}
	s.f.RegisterImageOptionsReader("logo", opt, &buf)
	w := h * float64(b.Dx()) / float64(b.Dy())
	if w > 55 {
		w, h = 55, 55*float64(b.Dy())/float64(b.Dx())
	}
	s.f.ImageOptions("logo", x, y, w, h, false, opt, 0, "")
	return w
}

// parties draws the company and, under the word whom, the customer, and beside them the facts; it returns the y below all.
func (s *sheet) parties(y float64, whom string, facts [][2]string) float64 {
	c, u := s.h.Company, s.h.Customer
	from := s.address(left, y, 56, s.w.T("finance.pdf.from"), c.Name, c.Street, join(" ", c.Zip, c.City), c.Country,
		s.labelled("finance.pdf.company_id", c.CompanyID), s.labelled("finance.pdf.vat_id", c.VatID))
	to := s.address(left+60, y, 56, whom, u.Name, u.Street, join(" ", u.Zip, u.City), "",
		s.labelled("finance.pdf.company_id", u.CompanyID), s.labelled("finance.pdf.vat_id", u.VatID))
	fy := y
	for _, f := range facts {
		if f[1] == "" {
			continue
		}
		s.font("", 8.5, muted)
		s.fit(left+120, fy, 27, "L", f[0])
		s.font("B", 8.5, ink)
		s.fit(left+148, fy, right-left-148, "R", f[1])
		fy += 5.6
	}
	return max(from, to, fy) + 8
}

func (s *sheet) address(x, y, w float64, label, name string, lines ...string) float64 {
	s.font("", 8, muted)
	s.text(x, y, w, "L", label)
	y += 5
	s.font("B", 9.5, ink)
	for _, l := range s.wrap(name, w) {
		s.text(x, y, w, "L", l)
		y += 4.6
	}
	s.font("", 9, ink)
	for _, l := range lines {
		if l == "" {
			continue
		}
		for _, part := range s.wrap(l, w) {
			s.text(x, y, w, "L", part)
			y += 4.4
		}
	}
	return y
}

func (s *sheet) labelled(key, value string) string {
	if value == "" {
		return ""
	}
	return s.w.T(key) + " " + value
}

func (s *sheet) day(d db.Day) string {
	if d == "" {
		return ""
	}
	return s.w.Day(d)
}

func join(sep string, parts ...string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, sep)
}

func (s *sheet) footer(pages int) {
	c := s.h.Company
	s.line(left, 278, right, rule, 0.2)
	s.font("", 7.5, muted)
	s.fit(left, 280, 140, "L", join(" · ", c.Name, c.Street, join(" ", c.Zip, c.City), c.Country))
	s.fit(left, 284, 140, "L", join(" · ", c.Phone, c.Email, c.Website))
	s.fit(right-30, 280, 30, "R", s.w.T("finance.pdf.page", "page", s.f.PageNo(), "pages", pages))
}
