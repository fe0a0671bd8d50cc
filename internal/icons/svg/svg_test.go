package svg

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">`

// pixels are the colours of the middle, the top left corner, the right edge and the bottom edge of a drawing.
func pixels(content string) (string, error) {
	m, err := Read([]byte(head + content + "</svg>"))
	if err != nil {
		return "", err
	}
	img, err := m.Draw(100, 100)
	if err != nil {
		return "", err
	}
	var list []string
	for _, at := range [][2]int{{50, 50}, {5, 5}, {95, 50}, {50, 95}} {
		c := img.NRGBAAt(at[0], at[1])
		text := fmt.Sprintf("%02x%02x%02x", c.R, c.G, c.B)
		switch {
		case c.A == 0:
			text = "-"
		case c.A != 255:
			text += fmt.Sprintf("/%d", c.A)
		}
		list = append(list, text)
	}
	return strings.Join(list, " "), nil
}

// TestDraw holds small drawings to what browsers show.
func TestDraw(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"rect", `<rect width="100" height="100" fill="red"/>`, "ff0000 ff0000 ff0000 ff0000"},
		{"black by default", `<circle cx="50" cy="50" r="20"/>`, "000000 - - -"},
		{"rounded", `<rect width="100" height="100" rx="50" fill="#f00"/>`, "ff0000 - ff0000 ff0000"},
		{"ellipse", `<ellipse cx="50" cy="50" rx="50" ry="10" fill="rgb(255,0,0)"/>`, "ff0000 - ff0000 -"},
		{"polygon", `<polygon points="50,10 60,60 40,60" fill="rgb(100%, 0%, 0%)"/>`, "ff0000 - - -"},
		{"relative path", `<path d="m40 40h20v20h-20z" fill="#ff0000"/>`, "ff0000 - - -"},
		{"numbers that touch", `<path d="M40.5.5.5 40.5V99.5h99V.5z" fill="#ff0000ff"/>`, "ff0000 - ff0000 ff0000"},
		{"arcs", `<path d="M0 50a50 50 0 11100 0a50 50 0 1 1-100 0" fill="red"/>`, "ff0000 - ff0000 ff0000"},
		{"curves", `<path d="M0 0C0 0 100 0 100 0S100 100 100 100Q50 100 0 100T0 0z" fill="red"/>`, "ff0000 ff0000 ff0000 ff0000"},
		{"even-odd hole", `<path fill-rule="evenodd" d="M0 0h100v100H0zM30 30h40v40H30z"/>`, "- 000000 000000 000000"},
		{"nonzero, same way", `<path d="M0 0h100v100H0zM30 30h40v40H30z"/>`, "000000 000000 000000 000000"},
		{"nonzero, other way", `<path d="M0 0h100v100H0zM30 30v40h40V30z"/>`, "- 000000 000000 000000"},
		{"stroke", `<path d="M0 50H100" stroke="red" stroke-width="20"/>`, "ff0000 - ff0000 -"},
		{"butt", `<path d="M50 20V90" stroke="red" stroke-width="20"/>`, "ff0000 - - -"},
		{"square cap", `<path d="M50 20V90" stroke="red" stroke-width="20" stroke-linecap="square"/>`, "ff0000 - - ff0000"},
		{"round dot", `<path d="M50 50h0" stroke="red" stroke-width="96" stroke-linecap="round"/>`, "ff0000 - ff0000 ff0000"},
		{"miter", `<path d="M50 200V50M0 0M0 8L8 8L8 0" stroke="red" stroke-width="10" fill="none"/>`, "ff0000 ff0000 - ff0000"},
		{"dashes", `<path d="M0 50H100" stroke="red" stroke-width="20" stroke-dasharray="45 45"/>`, "- - ff0000 -"},
		{"group transform", `<g transform="translate(50 50) rotate(45) scale(.1)"><rect x="-100" y="-100" width="200" height="200" fill="red"/></g>`, "ff0000 - - -"},
		{"use", `<defs><rect id="r" width="10" height="10" fill="blue"/></defs><use xlink:href="#r" x="45" y="45"/><use href="#r"/>`, "0000ff 0000ff - -"},
		{"style attribute", `<rect width="100" height="100" fill="red" style="fill:#00f; stroke : none"/>`, "0000ff 0000ff 0000ff 0000ff"},
		{"style sheet", `<style><![CDATA[ /* x */ rect{fill:red} .b, .c {fill:blue} #d{fill:lime} ]]></style><rect width="20" height="20" class="a b"/><rect id="d" x="40" y="40" width="20" height="20" class="b"/><rect x="90" y="40" width="20" height="20"/>`, "00ff00 0000ff ff0000 -"},
		{"currentColor", `<g color="red"><rect width="100" height="100" fill="currentColor"/></g>`, "ff0000 ff0000 ff0000 ff0000"},
		{"opacity of a group", `<g opacity=".5"><rect width="100" height="100" fill="red"/><rect width="100" height="100" fill="blue"/></g>`, "0000ff/128 0000ff/128 0000ff/128 0000ff/128"},
		{"opacities", `<rect width="100" height="100" fill="red" opacity=".5" fill-opacity="50%"/>`, "ff0000/64 ff0000/64 ff0000/64 ff0000/64"},
		{"hidden", `<rect width="9" height="9"/><g display="none"><rect width="100" height="100"/></g><rect visibility="hidden" width="100" height="100"/>`, "- 000000 - -"},
		{"clip", `<clipPath id="c"><circle cx="50" cy="50" r="20"/></clipPath><g clip-path="url(#c)"><rect width="100" height="100" fill="red"/></g>`, "ff0000 - - -"},
		{"clip of a shape", `<clipPath id="c"><rect width="10" height="10"/></clipPath><rect clip-path="url(#c)" width="100" height="100" fill="red"/>`, "- ff0000 - -"},
		{"mask by brightness", `<mask id="m"><rect width="100" height="100" fill="white"/><rect width="20" height="20"/></mask><rect mask="url(#m)" width="100" height="100" fill="red"/>`, "ff0000 - ff0000 ff0000"},
		{"mask by opacity", `<mask id="m" style="mask-type:alpha"><rect width="20" height="20"/></mask><g mask="url(#m)"><rect width="100" height="100" fill="red"/></g>`, "- ff0000 - -"},
		{"linear gradient", `<linearGradient id="g"><stop stop-color="red"/><stop offset=".5" stop-color="red"/><stop offset=".5" stop-color="blue"/></linearGradient><rect width="100" height="100" fill="url(#g)"/>`, "0000ff ff0000 0000ff 0000ff"},
		{"inherited gradient", `<linearGradient id="s"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="red"/></linearGradient><linearGradient id="g" xlink:href="#s" gradientUnits="userSpaceOnUse" x2="10"/><rect width="100" height="100" fill="url(#g)"/>`, "ff0000 ff0000 ff0000 ff0000"},
		{"radial gradient", `<radialGradient id="g"><stop offset=".5" stop-color="red"/><stop offset=".6" stop-color="blue"/></radialGradient><rect width="100" height="100" fill="url(#g)"/>`, "ff0000 0000ff 0000ff 0000ff"},
		{"other vocabularies", `<metadata><rdf:RDF xmlns:rdf="r"><x/></rdf:RDF></metadata><i:view xmlns:i="urn:x"><i:grid/></i:view><rect width="100" height="100" fill="red" i:z="1" xmlns:i="urn:x"/>`, "ff0000 ff0000 ff0000 ff0000"},
		{"unused things", `<defs><text>x</text><filter id="f"/><pattern id="p"/></defs><rect width="100" height="100" fill="red"/>`, "ff0000 ff0000 ff0000 ff0000"},
	} {
		got, err := pixels(c.content)
		if err != nil || got != c.want {
			t.Errorf("%s: %s %v, want %s", c.name, got, err, c.want)
		}
	}
}

// TestRefused: what could do anything but be drawn is refused, with the reason; so is what cannot be drawn as it looks.
func TestRefused(t *testing.T) {
	inside := func(s string) string { return head + s + `<rect width="9" height="9"/></svg>` }
	for _, c := range []struct{ name, file, reason string }{
		{"harmless", inside(""), ""},
		{"script", inside(`<script>alert(1)</script>`), Script},
		{"script elsewhere", inside(`<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>`), Script},
		{"script in capitals", inside(`<SCRIPT/>`), Script},
		{"javascript link", inside(`<a href="javascript:alert(1)"><rect/></a>`), Script},
		{"javascript with breaks", inside(`<a xlink:href=" jav&#x0A;ascript:alert(1)"><rect/></a>`), Script},
		{"javascript in style", inside(`<rect style="fill:url(javascript:alert(1))"/>`), Script},
		{"onload", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)" viewBox="0 0 9 9"/>`, Handler},
		{"onclick deep", inside(`<g><g><rect ONCLICK="x()"/></g></g>`), Handler},
		{"foreignObject", inside(`<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>`), Foreign},
		{"iframe", inside(`<iframe src="#"/>`), Foreign},
		{"external image", inside(`<image href="https://tracker.example/x.png"/>`), External},
		{"file image", inside(`<image xlink:href="file:///etc/passwd"/>`), External},
		{"embedded image", inside(`<image href="data:image/png;base64,AAAA"/>`), Unsupported},
		{"embedded page", inside(`<use href="data:text/html,hi"/>`), External},
		{"external use", inside(`<use href="other.svg#x"/>`), External},
		{"external paint", inside(`<rect fill="url(https://x.example/#p)"/>`), External},
		{"external paint in style", inside(`<rect style="fill:u\rl( 'http://x.example/' )"/>`), External},
		{"import", inside(`<style>@import "https://x.example/a.css";</style>`), External},
		{"font", inside(`<style>@font-face{src:url(https://x.example/f)}</style>`), External},
		{"xml:base", inside(`<g xml:base="https://x.example/"/>`), External},
		{"style sheet instruction", `<?xml version="1.0"?><?xml-stylesheet href="https://x.example/a.css"?>` + inside(""), External},
		{"doctype", `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">` + inside(""), Doctype},
		{"external entity", `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + inside("&x;"), Doctype},
		{"billion laughs", `<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>` + inside("&b;"), Doctype},
		{"entity without a type", inside(`<title>&lol;</title>`), Doctype},
		{"animation", inside(`<rect><animate attributeName="x"/></rect>`), Unsupported},
		{"set", inside(`<set attributeName="href" to="javascript:0"/>`), Unsupported},
		{"text", inside(`<text>MyISP</text>`), Unsupported},
		{"filter", inside(`<rect width="9" height="9" filter="url(#f)"/>`), Unsupported},
		{"pattern", inside(`<pattern id="p"/><rect width="9" height="9" fill="url(#p)"/>`), Unsupported},
		{"media query", inside(`<style>@media print{rect{fill:red}}</style>`), Unsupported},
		{"strange selector", inside(`<style>g > rect{fill:red}</style>`), Unsupported},
		{"unknown colour", inside(`<rect width="9" height="9" fill="mauvish"/>`), Unsupported},
		{"nested svg", inside(`<svg><rect/></svg>`), Unsupported},
		{"use of itself", inside(`<g id="a"><use href="#a"/></g>`), Complicated},
		{"clip of itself", inside(`<clipPath id="a" clip-path="url(#a)"><rect/></clipPath><rect clip-path="url(#a)" width="9" height="9"/>`), Complicated},
		{"mask of itself", inside(`<mask id="a"><rect mask="url(#a)" width="9" height="9"/></mask><rect mask="url(#a)" width="9" height="9"/>`), Complicated},
		{"laughs by use", inside(laughs(6)), Complicated},
		{"very deep", inside(strings.Repeat("<g>", 100) + strings.Repeat("</g>", 100)), Complicated},
		{"very many", inside(strings.Repeat("<g/>", 30000)), Complicated},
		{"many large ones", inside(`<g id="x">` + strings.Repeat(`<rect width="100" height="100" opacity=".9"/>`, 15000) + `</g>`), ""},
		{"endless dashes", inside(`<path d="M0 0H1e8" stroke="red" stroke-dasharray=".2"/>`), Complicated},
		{"many points", inside(`<path d="M0 0` + strings.Repeat("c1 1 2 2 1e3 -1e3c1 1 2 2-1e3 1e3", 30000) + `"/>`), Complicated},
		{"nothing", head + "</svg>", Empty},
		{"all transparent", head + `<rect width="9" height="9" fill="none"/></svg>`, Empty},
		{"not closed", head, Broken},
		{"two roots", inside("") + inside(""), Broken},
		{"html", `<html><body/></html>`, Foreign},
		{"another root", `<g xmlns="http://www.w3.org/2000/svg"/>`, Broken},
		{"other encoding", `<?xml version="1.0" encoding="UTF-7"?>` + inside(""), Broken},
		{"no text", "<svg\xff\xfe/>", Broken},
		{"no size", `<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>`, Broken},
		{"negative box", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 -9 9"/>`, Broken},
		{"endless box", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1e300 9"/>`, Broken},
		{"broken path", inside(`<path d="M0 0L"/>`), Broken},
		{"path without a start", inside(`<path d="L9 9"/>`), Broken},
		{"broken transform", inside(`<g transform="rotate(1,2"/>`), Broken},
	} {
		m, err := Read([]byte(c.file))
		if err == nil {
			_, err = m.Draw(64, 64)
		}
		var e *Error
		if errors.As(err, &e); (err == nil) != (c.reason == "") || err != nil && e.Reason != c.reason {
			t.Errorf("%s: %v, want %q", c.name, err, c.reason)
		}
	}
}

// laughs repeats ten times ten times … a shape by <use>.
func laughs(levels int) string {
	var b strings.Builder
	b.WriteString(`<defs><g id="l0"><rect width="9" height="9"/></g>`)
	for i := 1; i < levels; i++ {
		fmt.Fprintf(&b, `<g id="l%d">%s</g>`, i, strings.Repeat(fmt.Sprintf(`<use href="#l%d"/>`, i-1), 10))
	}
	fmt.Fprintf(&b, `</defs><use href="#l%d"/>`, levels-1)
	return b.String()
}

func TestRatio(t *testing.T) {
	for _, c := range []struct {
		attrs string
		want  float64
	}{{`viewBox="0 0 200 100"`, 2}, {`width="30mm" height="10mm"`, 3}, {`viewBox="5,5 10,40" width="9" height="9"`, .25}} {
		m, err := Read([]byte(`<svg xmlns="http://www.w3.org/2000/svg" ` + c.attrs + `/>`))
		if err != nil || m.Ratio() != c.want {
			t.Errorf("%s: %v %v", c.attrs, m, err)
		}
	}
	m, _ := Read([]byte(head + "</svg>"))
	for _, n := range []int{0, -1, maxCanvas + 1} {
		if _, err := m.Draw(n, 10); err == nil {
			t.Errorf("%d pixels are drawn", n)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		`<rect width="100" height="100" rx="50" fill="#f00" stroke="red" stroke-dasharray="1 2"/>`, laughs(3),
		`<path d="M0 50a50 50 0 11100 0C1 1 2 2 3 3s1 1 2 2q1 1 2 2t3 3z" transform="matrix(1 2 3 4 5 6) skewX(3)" stroke="#123" stroke-linejoin="round"/>`,
		`<style>.a{fill:rgba(1,2,3,.4)}</style><mask id="m"><circle r="9" class="a"/></mask><g mask="url(#m)" opacity=".3"><ellipse rx="5" ry="1"/></g>`,
		`<radialGradient id="g" fx=".9" spreadMethod="reflect"><stop offset="50%" stop-color="red"/></radialGradient><polygon points="1 2 3 4 5 6" fill="url(#g)"/>`,
	} {
		f.Add(head + s + "</svg>")
	}
	f.Fuzz(func(t *testing.T, file string) {
		m, err := Read([]byte(file))
		if err == nil {
			_, err = m.Draw(32, 32)
		}
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("no reason in %v", err)
		}
	})
}
