package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestCarla is the moment that earns the provider its money: blocked for an unpaid invoice, she sees why, pays with the
// sandbox, and is let in again. On a phone, with script and without (AUTH-2, §3.1; issue 4).
func TestCarla(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			b := open(t, ownDemo(t), size{360, 640})
			b.script(script)
			b.do(chromedp.Navigate(b.url+"/login"), chromedp.WaitVisible(chromedp.CSS(`input[name="identifier"]`)))
			b.do(chromedp.SendKeys(chromedp.CSS(`input[name="identifier"]`), "carla"), chromedp.SendKeys(chromedp.CSS(`input[name="password"]`), demoPassword+kb.Enter),
				chromedp.WaitVisible(chromedp.CSS(`a.notice.tone-bad[href="/pay"]`)))
			if text := visibleText(b); !strings.Contains(text, "suspendido") || !strings.Contains(text, "29,90") && !strings.Contains(text, "29.90") {
				t.Errorf("home does not say why: %.400s", text)
			}
			b.do(chromedp.Click(chromedp.CSS(`a.notice.tone-bad[href="/pay"]`)))
			b.arrive("/pay")
			if bottom, tabs := eval[float64](b, `document.querySelector('.checkout .btn').getBoundingClientRect().bottom`), eval[float64](b, `document.querySelector('.tabs, nav').getBoundingClientRect().top`); bottom > tabs && tabs > 0 {
				t.Errorf("the button to pay ends at %.0f px, the tabs begin at %.0f", bottom, tabs)
			}
			b.do(chromedp.Click(chromedp.CSS(`.checkout button`)), chromedp.WaitVisible(chromedp.CSS(`button[name="outcome"][value="success"]`)))
			b.do(chromedp.Click(chromedp.CSS(`button[name="outcome"][value="success"]`)), chromedp.WaitVisible(chromedp.CSS(`.outcome`)))
			if !eval[bool](b, `location.pathname.startsWith('/pay/attempts/') && !!document.querySelector('.outcome.tone-ok') && !!document.querySelector('main a[href^="/finance/payments/"]')`) {
				t.Errorf("the result: %.400s", visibleText(b))
			}
			for deadline := time.Now().Add(20 * time.Second); ; { // the services are given back by a job
				b.do(chromedp.Navigate(b.url+"/"), chromedp.WaitVisible(chromedp.CSS(`h1`)))
				if !eval[bool](b, `!!document.querySelector('a.notice.tone-bad')`) {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("still suspended: %.400s", visibleText(b))
				}
			}
		})
	}
}

// TestNoCardField: no page of the program has a field for a card's number or code; those live at the payment provider.
func TestNoCardField(t *testing.T) {
	eachTempl(t, func(path, src string) {
		for _, word := range []string{"cc-number", "cc-csc", "cc-exp", "cardnumber", "card_number", "cvv", "cvc", `"pan"`} {
			if strings.Contains(strings.ToLower(src), word) {
				t.Errorf("%s has %s", path, word)
			}
		}
	})
}
