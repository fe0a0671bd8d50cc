package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const incomingDesk = "/admin/finance/incoming"

// TestIncomingTransfers: a transfer goes from the bank's file to Alice's invoice and back. She reads her reference on the pay page;
// staff upload the statement, look at it, import it, book what the reference proposes, take it back; the same file again brings
// nothing (0016, FIN-3). By hand on a desktop, on a phone without script, and by keyboard alone.
func TestIncomingTransfers(t *testing.T) {
	axe := axeFile(t)
	for _, how := range []struct {
		name           string
		size           size
		keys, noScript bool
	}{{name: "desktop", size: desktop}, {name: "phone without script", size: phone, noScript: true}, {name: "keyboard", size: desktop, keys: true}} {
		t.Run(how.name, func(t *testing.T) {
			url := ownDemo(t)
			alice := open(t, url, phone)
			alice.logIn("alice")
			d := &transferDesk{browser: open(t, url, how.size), keys: how.keys, axe: axe}
			invoice, reference := alice.owes()
			d.file = filepath.Join(t.TempDir(), "statement.csv")
			statement := fmt.Sprintf("date,payer,text,amount\n2026-11-20,ALICE CARTER,Invoice %s thank you,42.00\n2026-11-20,Landlord,rent,-900.00\n", strings.ToLower(reference))
			if err := os.WriteFile(d.file, []byte(statement), 0o600); err != nil {
				t.Fatal(err)
			}
			d.logInStaff("admin")
			if how.noScript {
				d.script(false)
				d.axe = "" // is a script itself
			}

			d.upload()
			d.says("New: 1 · imported before: 0 · unreadable: 0 · not incoming: 1", "ALICE CARTER", "42.00")
			d.fits("the preview")
			d.choose(`button`, "Import 1 transfer")
			d.says("Imported. New transfers: 1", "ALICE CARTER", "Certain")
			d.fits("the desk")
			row := eval[string](d.browser, `[...document.querySelectorAll('.incoming-line')].find(e => e.textContent.includes('42.00')).innerText`)
			if !strings.Contains(row, "Alice Carter") || !strings.Contains(row, invoice.number) {
				t.Fatalf("the proposal: %s", row)
			}
			d.leave("CARLA")
			d.choose(`button`, "Book the checked ones")
			d.says("Booked: 1 of 1")
			alice.shows(invoice, "Paid")

			d.choose(`.chip`, "Booked")
			d.choose(`a.row-title`, "ALICE CARTER")
			d.says("42.00", "Alice Carter", "Receipt")
			d.fits("a booked transfer")
			transfer := eval[string](d.browser, "location.pathname")
			d.choose(`a`, "Receipt")
			d.says(invoice.number)
			d.visit(transfer)
			d.choose(`button`, "Undo the booking")
			d.says("Booking undone.", "Certain")
			alice.shows(invoice, "Overdue")

			d.upload()
			d.says("New: 0 · imported before: 1")
			if eval[bool](d.browser, `[...document.querySelectorAll('main button')].some(e => e.textContent.includes('Import'))`) {
				t.Error("the same file again can be imported")
			}
			d.choose(`button`, "Discard the file")
			d.says("Statement discarded.")
		})
	}
}

// owed is an invoice as its owner sees it.
type owed struct{ path, number string }

// owes finds the customer's overdue invoice and the reference that its pay page asks for in a transfer.
func (b *browser) owes() (owed, string) {
	b.t.Helper()
	b.visit("/finance/invoices")
	o := owed{path: eval[string](b, `[...document.querySelectorAll('main .row[href^="/finance/invoices/"]')].find(a => a.textContent.includes('Overdue')).getAttribute('href')`)}
	b.visit(o.path)
	o.number = eval[string](b, `(document.querySelector('h1').textContent.match(/[0-9-]{6,}/) || [''])[0]`)
	b.visit(eval[string](b, `document.querySelector('main a[href^="/pay?invoice="]').getAttribute('href')`))
	reference := eval[string](b, `(document.querySelector('main').textContent.match(/RF[0-9]{2}( ?[0-9A-Z]{4})+( ?[0-9A-Z]{1,3}\b)?/) || [''])[0]`)
	if o.number == "" || reference == "" {
		b.t.Fatalf("no number (%q) or no reference (%q): %.600s", o.number, reference, visibleText(b))
	}
	return o, reference
}

// shows looks at the invoice again.
func (b *browser) shows(o owed, state string) {
	b.t.Helper()
	b.visit(o.path)
	if badge := eval[string](b, `document.querySelector('main .badge').innerText`); !strings.Contains(badge, state) {
		b.t.Errorf("the invoice is %s, want %s", badge, state)
	}
}

// transferDesk is a member of staff at the incoming transfers, who presses with the mouse or goes by keys alone.
type transferDesk struct {
	*browser
	keys bool
	axe  string
	file string
}

// upload chooses the statement, which no key does without the system's own dialog, and sends it.
func (d *transferDesk) upload() {
	d.t.Helper()
	d.visit(incomingDesk)
	d.do(chromedp.SetUploadFiles(chromedp.CSS(`input[type="file"]`), []string{d.file}))
	d.choose(`button`, "Look at it")
	d.until(`location.pathname.startsWith('` + incomingDesk + `/statements/') && document.readyState === 'complete'`)
}

// choose presses what is named so, and waits for the page that follows.
func (d *transferDesk) choose(selector, name string) {
	d.t.Helper()
	before := eval[string](d.browser, `document.documentElement.dataset.before = 'yes', location.href`)
	if d.keys {
		d.tabTo(fmt.Sprintf(`document.activeElement.matches(%q) && document.activeElement.textContent.trim().startsWith(%q)`, "main "+selector, name))
		d.do(chromedp.KeyEvent(kb.Enter))
	} else {
		d.press(name)
	}
	d.until(fmt.Sprintf(`(!document.documentElement.dataset.before || location.href !== %q) && document.readyState === 'complete' && document.querySelector('h1') &&
		!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')`, before))
}

// leave takes the check off the transfer of somebody.
func (d *transferDesk) leave(payer string) {
	d.t.Helper()
	check := fmt.Sprintf(`[...document.querySelectorAll('.incoming-line')].find(e => e.textContent.includes(%q)).querySelector('input')`, payer)
	if d.keys {
		d.tabTo("document.activeElement === " + check)
		d.do(chromedp.KeyEvent(" "))
	} else {
		eval[int](d.browser, check+".setAttribute('data-test-press', ''), 0")
		d.do(chromedp.Click(chromedp.CSS("[data-test-press]")))
	}
	if eval[bool](d.browser, check+".checked") {
		d.t.Errorf("%s is still checked", payer)
	}
}

func (d *transferDesk) says(words ...string) {
	d.t.Helper()
	text := visibleText(d.browser)
	for _, w := range words {
		if !strings.Contains(text, w) {
			d.t.Fatalf("no %q on %s: %.900s", w, eval[string](d.browser, "location.pathname"), text)
		}
	}
}

// fits is what every page has to: no sideways scroll, nothing that axe finds.
func (d *transferDesk) fits(page string) {
	d.t.Helper()
	if s := d.sideways(); s != "" {
		d.t.Errorf("%s scrolls sideways: %s", page, s)
	}
	if d.axe == "" {
		return
	}
	for _, v := range d.browser.axe(d.axe) {
		d.t.Errorf("%s: axe %s at %v: %s", page, v.ID, v.Nodes[0].Target, v.Nodes[0].Summary)
	}
}
