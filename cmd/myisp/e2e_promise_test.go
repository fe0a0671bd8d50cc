package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/models/db/dbtest"
	"myisp/models/seed"
)

// TestCarlaPromises: on a phone, with script and without, Carla is suspended, promises to pay and is let in at once; when
// her day has passed without money she is suspended again, and told why there is no second promise (beyond.md 3).
func TestCarlaPromises(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			y, m, d := time.Now().UTC().Date()
			now := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
			s := handlerstest.New(t, dbtest.SQLite(t, func() time.Time { return now }))
			if err := seed.Demo(s.Context, s.M, now); err != nil {
				t.Fatal(err)
			}
			worker := jobs.New(s.M, jobs.Couriers{})
			b := open(t, s.URL, size{360, 740})
			b.logIn("carla")
			b.script(script)
			see := func(selector string) { b.do(chromedp.WaitVisible(chromedp.CSS(selector))) }
			b.do(chromedp.Navigate(b.url + "/pay"))
			see(`form[action="/pay/promise"] button`)
			see(`.timeline .beat-today`)
			if wide := b.sideways(); wide != "" {
				t.Errorf("/pay is too wide: %s", wide)
			}
			b.do(chromedp.Click(chromedp.CSS(`form[action="/pay/promise"] button`)))
			b.do(chromedp.WaitNotPresent(chromedp.CSS(`form[action="/pay/promise"]`)))
			see(`main .notice`)
			if text := visibleText(b); !strings.Contains(text, "Tienes hasta el") {
				t.Fatalf("after the promise: %.400s", text)
			}
			b.do(chromedp.Navigate(b.url + "/services"))
			if text := visibleText(b); strings.Contains(text, "Suspendido") {
				t.Errorf("the services are suspended still: %.300s", text)
			}
			now = now.AddDate(0, 0, 4)
			if err := worker.Schedule(s.Context); err != nil {
				t.Fatal(err)
			}
			for worker.Once(s.Context) {
			}
			b.do(chromedp.Navigate(b.url + "/"))
			see(`main .notice`)
			if text := visibleText(b); !strings.Contains(text, "suspendido") {
				t.Errorf("home after the day: %.300s", text)
			}
			b.do(chromedp.Navigate(b.url + "/pay"))
			see(`.timeline`)
			if text := visibleText(b); !strings.Contains(text, "La última promesa no se cumplió") || eval[bool](b, `!!document.querySelector('form[action="/pay/promise"]')`) {
				t.Errorf("/pay after the day: %.600s", text)
			}
		})
	}
}
