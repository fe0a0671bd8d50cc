package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestKeepsAndAutopays: on a phone, with script and without, somebody with no saved method adds one at the provider, turns
// autopay on with their consent, pauses it and stops it (§2.8; beyond.md, must-have 3).
func TestKeepsAndAutopays(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			b := open(t, ownDemo(t), size{360, 740})
			b.logIn("bob")
			b.script(script)
			see := func(selector string) { b.do(chromedp.WaitVisible(chromedp.CSS(selector))) }
			click := func(selector string) {
				b.until(`document.readyState === 'complete' && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')`) // else what is pressed is lost
				b.do(chromedp.Click(chromedp.CSS(selector)))
			}
			b.do(chromedp.Navigate(b.url + "/finance/payment-methods"))
			see(`form[action="/finance/payment-methods"] button[value="sandbox"]`)
			click(`form[action="/finance/payment-methods"] button[value="sandbox"]`)
			see(`button[name="outcome"][value="success"]`)
			click(`button[name="outcome"][value="success"]`)
			see(`.outcome.tone-ok`)
			if text := visibleText(b); !strings.Contains(text, "Payment method saved") {
				t.Fatalf("the result: %.300s", text)
			}
			click(`main a[href="/finance/autopay"]`)
			see(`form[action="/finance/autopay"] button`)
			if eval[bool](b, `!!document.querySelector('.autopay-before')?.offsetParent`) {
				t.Error("days are asked for where the rule wants none")
			}
			click(`form[action="/finance/autopay"] button`)
			see(`#f-agree-error`)
			click(`input[name="agree"]`)
			click(`form[action="/finance/autopay"] button`)
			see(`details:has(form[action="/finance/autopay/stop"]) > summary`)
			if wide := b.sideways(); wide != "" {
				t.Errorf("autopay is too wide: %s", wide)
			}
			click(`details:has(form[action="/finance/autopay/stop"]) > summary`)
			click(`form[action="/finance/autopay/stop"] button`)
			see(`form[action="/finance/autopay"] .consent`)
		})
	}
}
