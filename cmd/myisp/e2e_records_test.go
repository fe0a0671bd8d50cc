package main

import (
	"testing"

	"github.com/chromedp/cdproto/network"
)

// speaks makes the browser ask for a language.
func (b *browser) speaks(language string) {
	b.t.Helper()
	b.do(command(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": language}}))
}

// TestMoneyListsOfStaff: from 900 px the lists are tables whose figures stand under their heads at the line's end, with one row
// of filter and every tab in sight; on a phone each document is a card with its amount beside its number. "Show more" goes on
// in the same table.
func TestMoneyListsOfStaff(t *testing.T) {
	b := open(t, sharedDemo(t), desktop)
	b.logInStaff("admin")
	for _, language := range []string{"en", "ar"} {
		b.speaks(language)
		for _, path := range []string{"/admin/finance/invoices", "/admin/finance/payments", "/admin/finance/transactions", "/admin/customers/1/finance?list=transactions"} {
			b.resize(desktop)
			b.visit(path)
			if spoken := eval[string](b, `document.documentElement.lang`); spoken != language {
				t.Fatalf("the page is in %s", spoken)
			}
			if wrong := eval[[]string](b, `[...document.querySelectorAll('.records thead th.end')].filter(th => {
				const at = [...th.parentNode.children].indexOf(th), edge = e => { const r = document.createRange(); r.selectNodeContents(e); const b = r.getBoundingClientRect(); return document.dir === 'rtl' ? b.left : b.right };
				return ![...document.querySelectorAll('.records tbody tr:not(.records-more)')].every(tr => { const td = [...tr.children].filter(c => getComputedStyle(c).display !== 'none')[at]; return !td.textContent.trim() || Math.abs(edge(td) - edge(th)) < 3 });
			}).map(th => th.textContent)`); len(wrong) > 0 {
				t.Errorf("%s %s: figures are not under %q", language, path, wrong)
			}
			if eval[bool](b, `[...document.querySelectorAll('.chip')].some(c => { const r = c.getBoundingClientRect(); return r.left < 0 || r.right > innerWidth })`) {
				t.Errorf("%s %s: a tab is cut off", language, path)
			}
			if eval[bool](b, `!!document.querySelector('.desk-filter') && new Set([...document.querySelectorAll('.desk-filter :is(.input, .btn)')].map(e => Math.round(e.getBoundingClientRect().bottom))).size > 1`) {
				t.Errorf("%s %s: the filter needs more than a row", language, path)
			}
			b.resize(phone)
			if apart := eval[[]string](b, `[...document.querySelectorAll('.records tbody tr:not(.records-more)')].filter(tr => {
				const box = s => tr.querySelector(s).getBoundingClientRect(), title = box('.records-title'), figure = box('.records-figure');
				return Math.abs(title.top - figure.top) > 4 || figure.left < 0 || figure.right > innerWidth || title.width === 0 || tr.getBoundingClientRect().height < 44;
			}).map(tr => tr.textContent.trim().replace(/\s+/g, ' '))`); len(apart) > 0 {
				t.Errorf("%s %s: %d cards fall apart, as %q", language, path, len(apart), apart[0])
			}
		}
	}
	b.speaks("en")
	b.resize(desktop)
	b.visit("/admin/finance/invoices")
	eval[int](b, `document.querySelector('#more a').click(), 0`)
	b.until(`document.querySelectorAll('.records tbody tr:not(.records-more)').length === 40 && document.querySelectorAll('.records').length === 1`)
}
