package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestRefillCardInTheBrowser: Bob of the demo finds a code in a message, enters it on a phone, and gets its receipt; entered again
// it leads there once more (§2.8, P52).
func TestRefillCardInTheBrowser(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			b := open(t, ownDemo(t), size{360, 640})
			b.script(script)
			b.do(chromedp.Navigate(b.url+"/login"), chromedp.WaitVisible(chromedp.CSS(`input[name="identifier"]`)))
			b.do(chromedp.SendKeys(chromedp.CSS(`input[name="identifier"]`), "bob"), chromedp.SendKeys(chromedp.CSS(`input[name="password"]`), demoPassword+kb.Enter),
				chromedp.WaitVisible(chromedp.CSS(`nav a[href="/finance"]`)))
			b.do(chromedp.Navigate(b.url+"/messages"), chromedp.WaitVisible(chromedp.CSS(`h1`)))
			b.do(chromedp.Navigate(eval[string](b, `[...document.querySelectorAll('main a[href^="/messages/"]')].find(a => a.textContent.includes('refill card')).href`)), chromedp.WaitVisible(chromedp.CSS(`h1`)))
			code := eval[string](b, `(document.querySelector('main').textContent.match(/[0-9]{6}-OAK(-[0-9A-Z]{4}){3}/) || [''])[0]`)
			if code == "" {
				t.Fatalf("the message has no code: %.400s", visibleText(b))
			}
			for range 2 {
				b.do(chromedp.Navigate(b.url+"/finance/refill-card"), chromedp.WaitVisible(chromedp.CSS(`input[name="code"]`)))
				b.do(chromedp.SendKeys(chromedp.CSS(`input[name="code"]`), strings.ToLower(strings.ReplaceAll(code, "-", " "))), chromedp.Click(chromedp.CSS(`.refill button`)))
				b.do(chromedp.WaitVisible(chromedp.CSS(`main a[href*="/finance/payments/"]`)))
			}
			if !eval[bool](b, `!!document.querySelector('#f-code[aria-invalid]')`) {
				t.Errorf("a used card is taken again: %.400s", visibleText(b))
			}
		})
	}
}

// TestPayLinkInTheBrowser: Alice makes a link, and somebody with an empty browser pays with it on the pretend provider's page and
// comes back to what became of it; the portal stays shut.
func TestPayLinkInTheBrowser(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			url := ownDemo(t)
			alice := open(t, url, size{1280, 800})
			alice.logIn("alice")
			alice.do(chromedp.Navigate(url+"/finance/invoices?state=open"), chromedp.WaitVisible(chromedp.CSS(`main a[href^="/finance/invoices/"]`)))
			alice.do(chromedp.Navigate(eval[string](alice, `document.querySelector('main .row[href^="/finance/invoices/"]').href`)), chromedp.WaitVisible(chromedp.CSS(`form[action="/finance/pay-links"] button`)))
			alice.do(chromedp.Click(chromedp.CSS(`form[action="/finance/pay-links"] button`)), chromedp.WaitVisible(chromedp.CSS(`input[name="link"]`)))
			link := eval[string](alice, `document.querySelector('input[name="link"]').value`)
			stranger := open(t, url, size{360, 640})
			stranger.script(script)
			stranger.do(chromedp.Navigate(link), chromedp.WaitVisible(chromedp.CSS(`.checkout button`)))
			if text := visibleText(stranger); !strings.Contains(text, "A… C…") || strings.Contains(text, "Alice") {
				t.Errorf("the page says %.400s", text)
			}
			stranger.do(chromedp.Click(chromedp.CSS(`.checkout button`)), chromedp.WaitVisible(chromedp.CSS(`button[name="outcome"][value="success"]`)))
			stranger.do(chromedp.Click(chromedp.CSS(`button[name="outcome"][value="success"]`)), chromedp.WaitVisible(chromedp.CSS(`.outcome.tone-ok`)))
			stranger.do(chromedp.Navigate(url+"/finance"), chromedp.WaitVisible(chromedp.CSS(`input[name="identifier"]`)))
			stranger.do(chromedp.Navigate(link), chromedp.WaitVisible(chromedp.CSS(`.outcome`)))
			if eval[bool](stranger, `!!document.querySelector('.checkout')`) {
				t.Errorf("a paid link still asks: %.400s", visibleText(stranger))
			}
		})
	}
}
