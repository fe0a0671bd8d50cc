package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// logInStaff signs a member of staff in through the form.
func (b *browser) logInStaff(login string) {
	b.t.Helper()
	b.visit("/admin/login")
	b.do(chromedp.SetValue(chromedp.CSS(`input[name="login"]`), login), chromedp.SetValue(chromedp.CSS(`input[name="password"]`), demoPassword),
		chromedp.Submit(chromedp.CSS(`input[name="password"]`)))
	b.until(`location.pathname === '/admin' && document.readyState === 'complete'`)
}

// prefers makes the browser ask for a light or a dark page.
func (b *browser) prefers(theme string) {
	b.t.Helper()
	b.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "prefers-color-scheme", Value: theme}}}))
}

var record = regexp.MustCompile(`/\d+`)

// adminPages follows the links of the staff's pages, one of each kind, from the first page on.
func (b *browser) adminPages() []string {
	b.t.Helper()
	found, kinds := []string{"/admin"}, map[string]bool{"/admin": true}
	for i := 0; i < len(found); i++ {
		b.visit(found[i])
		links := eval[[]string](b, `[...document.querySelectorAll('a[href^="/admin"]:not([download])')].map(a => a.getAttribute('href').split(/[?#]/)[0])`)
		for _, link := range links {
			kind := record.ReplaceAllString(link, "/1")
			if kinds[kind] || strings.Contains(link, "/preview") || strings.HasPrefix(link, "/admin/as/") || slices.ContainsFunc([]string{".pdf", ".csv", ".xlsx", ".png"}, func(x string) bool { return strings.HasSuffix(link, x) }) {
				continue
			}
			kinds[kind] = true
			found = append(found, link)
		}
	}
	return found
}

// TestAdminPages opens every page that staff can reach by links: no sideways scroll at 320 px, nothing that axe finds, dark
// on a phone and light on a desktop.
func TestAdminPages(t *testing.T) {
	url, axe := sharedDemo(t), axeFile(t)
	b := open(t, url, desktop)
	b.logInStaff("admin")
	list := b.adminPages()
	if len(list) < 3 {
		t.Fatalf("staff reach only %v", list)
	}
	t.Logf("pages: %v", list)
	for theme, s := range map[string]size{"dark": narrow, "light": desktop} {
		b.resize(s)
		b.prefers(theme)
		for _, path := range list {
			b.checkPage(path, axe, fmt.Sprintf("%d %s", s.width, theme))
		}
	}
}

// TestAdminMenuOnAPhone: the rail is a drawer that opens without script, leads on, and is gone on the next page.
func TestAdminMenuOnAPhone(t *testing.T) {
	b := open(t, sharedDemo(t), phone)
	b.logInStaff("admin")
	shown := `document.querySelector('#rail').matches(':popover-open')`
	if eval[bool](b, shown) {
		t.Error("the menu covers the page")
	}
	b.do(chromedp.Click(chromedp.CSS(".menu-button")))
	b.until(shown)
	b.do(chromedp.Click(chromedp.CSS(`#rail a[href="/admin/outbox"]`)))
	b.arrive("/admin/outbox")
	b.until("!" + shown)
}

// TestConfigByKeyboard: find a setting, switch it and save it with the keyboard alone; the phone beside the form shows the
// customer's page with the unsaved change, and the change is there after a reload (P6, DASH-1).
func TestConfigByKeyboard(t *testing.T) {
	b := open(t, ownDemo(t), desktop)
	b.visit("/admin/login")
	b.tabTo(`document.activeElement.name === 'login'`)
	b.do(insert("admin"))
	b.tabTo(`document.activeElement.name === 'password'`)
	b.do(insert(demoPassword), chromedp.KeyEvent(kb.Enter))
	b.arrive("/admin")
	b.tabTo(`document.activeElement.getAttribute('href') === '/admin/config/main/portal'`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.arrive("/admin/config/main/portal")
	b.tabTo(`document.activeElement.textContent.trim() === 'Per partner settings'`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`location.search.includes('partner=') && document.querySelector('#config-q')`)
	phone := `document.querySelector('#phone iframe')?.contentDocument?.querySelector('main')?.innerText || ''`
	b.until(`(` + phone + `).includes('You owe')`)
	b.tabTo(`document.activeElement.id === 'config-q'`)
	b.do(insert("P6"))
	box := `input[name="dashboard_items"][value="balance"]`
	b.tabTo(`document.activeElement.matches('` + box + `')`)
	b.do(chromedp.KeyEvent(" "))
	b.until(`!document.querySelector('` + box + `').checked && (` + phone + `) && !(` + phone + `).includes('You owe')`)
	b.tabTo(`document.activeElement.matches('button') && /^Save/.test(document.activeElement.textContent.trim())`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`document.readyState === 'complete' && !document.querySelector('[data-changed]') && !document.querySelector('` + box + `').checked`)
	b.visit(eval[string](b, `location.pathname + location.search`))
	if eval[bool](b, `document.querySelector('`+box+`').checked`) {
		t.Error("the change was not saved")
	}
}
