package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// logoSVG is three times as wide as high, so that a part of it has to be chosen.
const logoSVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 300"><rect width="900" height="300" fill="#ffffff"/>` +
	`<circle cx="150" cy="150" r="120" fill="#c2410c"/><rect x="600" y="60" width="240" height="180" fill="#334155"/></svg>`

// TestBrandingStudio: a new logo, name and colour from the form to the customers' home screens: what is typed is in the
// telephone and the pictures at once, customers see it when it is published, and both hosts can be installed after it.
func TestBrandingStudio(t *testing.T) {
	url, stop, err := launch(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop() })
	logo := filepath.Join(t.TempDir(), "logo.svg")
	if err := os.WriteFile(logo, []byte(logoSVG), 0o600); err != nil {
		t.Fatal(err)
	}
	axe := axeFile(t)
	b := open(t, url, desktop)
	b.logInStaff("admin")
	b.visit("/admin/branding?partner=2")
	b.until(`!!document.querySelector('#phone iframe')`)
	b.fillIn("Portal title", "Hafen Netz")
	b.fillIn("Name under the icon", "Hafennetzwerk Nord")
	b.fillIn("Brand colour", "#7b7b7b")
	b.until(`document.querySelector('[data-guard]').classList.contains('guard-bad') && !document.querySelector('[data-proposal]').hidden`)
	eval[bool](b, `(document.querySelector('[data-proposal] button').click(), true)`)
	b.until(`!document.querySelector('[data-guard]').classList.contains('guard-bad')`)
	eval[bool](b, `(document.querySelector('[data-preset="#b91c1c"]').click(), true)`)
	b.until(`document.querySelector('[data-fill="color"]').getAttribute('fill') === '#b91c1c' && document.querySelector('[data-mock="short_name"]').textContent === 'Hafennetzwe…'`)
	b.until(`(() => { const d = document.querySelector('#phone iframe').contentDocument; return !!d && d.title.includes('Hafen Netz') })()`)

	// Choosing a file keeps it with the draft, and offers its parts.
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#f-icon"), []string{logo}))
	b.until(`location.pathname === '/admin/branding' && document.querySelectorAll('.crop:not([hidden])').length === 6`)
	if got := eval[string](b, `document.querySelector('[name=title]').value + ' ' + document.querySelector('[name=color]').value`); got != "Hafen Netz #b91c1c" {
		t.Errorf("the draft holds %s", got)
	}
	before := eval[string](b, `document.querySelector('.made img').src`)
	eval[bool](b, `(() => { const part = document.querySelector('.cropper-part'); part.focus(); for (let i = 0; i < 40; i++) part.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true })); return true })()`)
	b.until(`document.querySelector('[name=crop]:checked').value === 'part 0 0 512' && document.querySelector('.made img').src !== ` + "`" + before + "`")
	for _, theme := range []string{"light", "dark"} {
		b.prefers(theme)
		for _, v := range b.axe(axe) {
			t.Errorf("axe, %s: %+v", theme, v)
		}
	}
	if wide := b.sideways(); wide != "" {
		t.Errorf("sticks out: %s", wide)
	}
	b.press("Publish")
	b.until(`document.querySelector('.studio-bar').textContent.includes('Everything is published') && document.body.textContent.includes('Customers see it from now on')`)

	port := url[strings.LastIndex(url, ":"):]
	names := map[string]string{}
	for _, host := range []string{"localhost", "harbor.localhost"} {
		c := open(t, "http://"+host+port, phone)
		c.visit("/login")
		c.installable()
		names[host] = eval[string](c, `fetch('/manifest.webmanifest').then((r) => r.json()).then((m) => [m.name, m.short_name, m.theme_color].join(' / '))`)
		// The left part of the drawing has the orange disc in its middle's left; the portal's own icon has none.
		orange := eval[bool](c, `(async () => { const m = await (await fetch('/manifest.webmanifest')).json(); const i = new Image(); i.src = m.icons[0].src; await i.decode();
			const k = Object.assign(document.createElement('canvas'), { width: 192, height: 192 }).getContext('2d'); k.drawImage(i, 0, 0); const [r, g, b] = k.getImageData(96, 96, 1, 1).data;
			return r > 150 && g < 100 && b < 60 })()`)
		if orange != (host == "harbor.localhost") {
			t.Errorf("%s: orange is %v", host, orange)
		}
	}
	if names["harbor.localhost"] != "Hafen Netz / Hafennetzwerk Nord / #b91c1c" || strings.Contains(names["localhost"], "Hafen") {
		t.Errorf("manifests: %v", names)
	}
}
