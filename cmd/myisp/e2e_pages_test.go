package main

import (
	"fmt"
	"strings"
	"testing"
)

// accounts are the demo's customers; pages what each of them is shown to look right on.
var (
	accounts = []string{"alice", "bob", "carla", "omar", "northwind"}
	pages    = []string{"/", "/finance", "/finance/invoices", "/finance/proforma-invoices", "/finance/payments", "/finance/credit-notes",
		"/finance/transactions", "/finance/statements", "/pay", "/profile", "/services", "/tickets", "/messages", "/news", "/more", "/settings", "/about", "/faq"}
)

// TestPagesForEverybody opens every page of every demo account in three languages, light and dark: no sideways scroll at
// 320 px, no violation that axe finds, one h1, no untranslated key.
func TestPagesForEverybody(t *testing.T) {
	url, axe := sharedDemo(t), axeFile(t)
	for _, account := range accounts {
		t.Run(account, func(t *testing.T) {
			t.Parallel()
			b := open(t, url, narrow)
			b.logIn(account)
			for i, language := range []string{"en", "es", "ar"} {
				theme := []string{"light", "dark"}[i%2]
				for range 2 {
					b.settings(language, theme)
					for _, path := range pages {
						b.checkPage(path, axe, language+" "+theme)
					}
					theme = map[string]string{"light": "dark", "dark": "light"}[theme]
				}
			}
		})
	}
}

func (b *browser) checkPage(path, axe, how string) {
	b.t.Helper()
	b.visit(path)
	if s := b.sideways(); s != "" {
		b.t.Errorf("%s (%s) scrolls sideways: %s", path, how, s)
	}
	if n := eval[int](b, `document.querySelectorAll('h1').length`); n != 1 {
		b.t.Errorf("%s (%s) has %d h1", path, how, n)
	}
	if status := eval[string](b, `document.querySelector('h1').textContent`); strings.Contains(status, "404") {
		b.t.Errorf("%s is not there: %s", path, status)
	}
	if raw := eval[string](b, `(document.body.innerText.match(/\b[a-z]+\.[a-z_]+\.[a-z_]+\b/) || [''])[0]`); raw != "" && !strings.Contains(raw, "example") {
		b.t.Errorf("%s (%s) shows a raw key: %s", path, how, raw)
	}
	for _, v := range b.axe(axe) {
		b.t.Errorf("%s (%s): axe %s at %v: %s", path, how, v.ID, v.Nodes[0].Target, v.Nodes[0].Summary)
	}
}

// TestPublicPages: log-in, reset, errors and install pass the same checks, before anybody is known, and at 200 % text.
func TestPublicPages(t *testing.T) {
	url, axe := sharedDemo(t), axeFile(t)
	b := open(t, url, narrow)
	for _, path := range []string{"/login", "/reset", "/install", "/offline", "/admin/login", "/no/such/page"} {
		b.visit(path)
		if s := b.sideways(); s != "" {
			t.Errorf("%s scrolls sideways: %s", path, s)
		}
		for _, v := range b.axe(axe) {
			t.Errorf("%s: axe %s at %v: %s", path, v.ID, v.Nodes[0].Target, v.Nodes[0].Summary)
		}
	}
	b.resize(phone)
	b.logIn("alice")
	for _, path := range pages {
		b.visit(path)
		eval[int](b, `document.documentElement.style.fontSize = '200%'; 0`)
		if s := b.sideways(); s != "" {
			t.Errorf("%s at 200 %% text scrolls sideways: %s", path, s)
		}
	}
}

// TestRowsStayTogether: on a phone an amount and its state stand beside the document they belong to, however long the state
// is called in a language, and stay within the row.
func TestRowsStayTogether(t *testing.T) {
	url := sharedDemo(t)
	b := open(t, url, phone)
	b.logIn("bob") // who pays from the balance
	for _, language := range []string{"en", "es", "ar"} {
		b.settings(language, "light")
		for _, path := range []string{"/finance", "/finance/invoices", "/finance/proforma-invoices", "/finance/payments"} {
			b.visit(path)
			apart := eval[[]string](b, `[...document.querySelectorAll('.row:has(.figure)')].filter(row => {
				const box = selector => row.querySelector(selector)?.getBoundingClientRect();
				const lines = e => { const r = document.createRange(); r.selectNodeContents(e); return new Set([...r.getClientRects()].map(l => Math.round(l.top))).size };
				const title = row.querySelector('.row-title'), number = /^P?\d+-\d+$/.test(title.textContent.trim());
				const [text, figure, sub, badge] = [title.getBoundingClientRect(), box('.figure'), box('.row-sub'), box('.badge')];
				return number && lines(title) > 1 || badge && Math.abs(figure.top - text.top) > 4 || badge && Math.abs(badge.top - sub.top) > 8 || row.scrollWidth > row.clientWidth;
			}).map(row => row.textContent.trim().replace(/\s+/g, ' '))`)
			if len(apart) > 0 {
				t.Errorf("%s in %s: %d rows break, such as %s", path, language, len(apart), apart[0])
			}
		}
	}
}

// TestWeight: the first load of any page is at most 60 KB compressed and 8 requests, all to this host; later ones 8 KB.
func TestWeight(t *testing.T) {
	url := sharedDemo(t)
	b := open(t, url, phone)
	b.logIn("alice")
	for _, path := range append([]string{"/login"}, pages...) {
		tr := b.weigh(path)
		if tr.requests > 8 || tr.bytes > 60_000 || len(tr.foreign) > 0 {
			t.Errorf("%s: %d requests, %.0f bytes, foreign %v\n%s", path, tr.requests, tr.bytes, tr.foreign, strings.Join(tr.urls, "\n"))
		}
	}
	for _, path := range pages {
		size := eval[float64](b, fmt.Sprintf(`(async () => { performance.clearResourceTimings(); const r = await fetch(%q, {headers: {'HX-Request': 'true', 'HX-Target': 'frame'}}); await r.text(); return performance.getEntriesByType('resource').pop().encodedBodySize })()`, path))
		if size > 8_000 || size == 0 {
			t.Errorf("%s: a later navigation is %.0f bytes", path, size)
		}
	}
}

// TestTapTargets: whatever a thumb is to hit is 44 × 44 CSS pixels.
func TestTapTargets(t *testing.T) {
	url := sharedDemo(t)
	b := open(t, url, phone)
	b.logIn("alice")
	for _, path := range pages {
		b.visit(path)
		small := eval[[]string](b, `[...document.querySelectorAll('button, nav a, a.btn, input:not([type=hidden]), select, summary, .chip, a.row')].filter(e => e.offsetParent).map(e => {
			const label = e.closest('label'), r = (label || e).getBoundingClientRect();
			return r.width < 43.5 || r.height < 43.5 ? e.tagName + '.' + e.className + ' ' + Math.round(r.width) + '×' + Math.round(r.height) + ' ' + e.textContent.trim().slice(0, 30) : '';
		}).filter(Boolean)`)
		if len(small) > 0 {
			t.Errorf("%s: %v", path, small)
		}
	}
}
