package main

import (
	"strings"
	"testing"
)

// TestActingJourney (AUTH-4): support opens a customer's card, logs in as the customer, finds the banner wherever they go and
// nothing changed, and is back at the card with the button in the banner.
func TestActingJourney(t *testing.T) {
	b := open(t, sharedDemo(t), phone)
	b.logInStaff("support")
	b.visit("/admin/customers/2")
	b.press("Log in as customer")
	b.until(`document.querySelector('h1').textContent.startsWith('Log in as ')`)
	b.press("Log in as customer")
	b.until(`location.pathname === '/' && document.readyState === 'complete'`)
	for _, path := range []string{"/", "/finance", "/messages", "/profile", "/more"} {
		b.visit(path)
		if banner := eval[string](b, `document.querySelector('.banner')?.textContent || ''`); !strings.Contains(banner, "You act as ") || !strings.Contains(banner, "reading only") {
			t.Errorf("%s: banner %q", path, banner)
		}
		if wide := b.sideways(); wide != "" {
			t.Errorf("%s is too wide: %s", path, wide)
		}
	}
	b.visit("/settings")
	b.press("Save")
	b.until(`document.querySelector('h1').textContent.includes('Not while you act as a customer')`)
	b.press("End")
	b.arrive("/admin/customers/2")
}
