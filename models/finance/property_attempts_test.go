package finance

import (
	"fmt"
	"slices"

	"myisp/internal/money"

	"pgregory.net/rapid"
)

// story is what becomes of an attempt at its gateway, told in pieces.
type story struct {
	id   int64
	last Outcome
	told []Outcome
}

func (w *world) begin() {
	n := NewAttempt{Key: fmt.Sprintf("attempt-of-%d-number-%d", w.c.CustomerID, len(w.attempts)), Party: w.c, Gateway: rapid.SampledFrom([]string{sandbox, "taxed", "whole"}).Draw(w.rt, "gateway"), MethodID: MethodCard,
		Amount: w.amount(), Fee: rapid.SampledFrom([]int64{0, 30}).Draw(w.rt, "fee")}
	switch n.Purpose = rapid.SampledFrom([]Purpose{PayAll, PayInvoices, PayProforma, PayAhead}).Draw(w.rt, "purpose"); n.Purpose {
	case PayInvoices:
		inv := w.anInvoice()
		n.DocumentIDs = []int64{inv.ID}
		if inv.Due > 0 && w.chance("in full") {
			n.Amount = inv.Due
		}
	case PayProforma:
		doc := w.aProforma()
		n.DocumentIDs, n.Amount = []int64{doc.ID}, doc.Total
	case PayAll:
		if owed := -balance(w.t, w.ctx, w.s, w.c.CustomerID); owed > 0 && w.chance("in full") {
			n.Amount = owed
		}
	}
	debt := w.debt()
	a, err := w.mine().BeginAttempt(w.ctx, n)
	if !w.fine(err) {
		return
	}
	if n.Gateway == "whole" && debt > 0 && (n.Purpose == PayProforma || n.Amount < debt) {
		w.rt.Fatalf("%d for %s was taken by a gateway that takes the whole debt alone, which is %d", n.Amount, n.Purpose, debt)
	}
	w.fine(w.s.Started(w.ctx, a.ID, fmt.Sprintf("x-%d", a.ID), "https://gateway.example"))
	w.attempts = append(w.attempts, &story{id: a.ID, last: Outcome{State: AttemptOpen, Currency: eur}})
}

// proformaAndFee pays a proforma invoice through a gateway with its fee on top, of which a little goes back and perhaps returns: less
// than the fee is enough, because the fee was never the document's. Left to chance, sums this close hardly ever meet. What pays for
// an earlier payment that went back is no more the document's either: where such a debt is open nothing is expected.
func (w *world) proformaAndFee() {
	owing := w.count(`SELECT COUNT(*) FROM transactions WHERE customer_id = ? AND type = 'debit' AND payment_id <> 0 AND remaining > 0`, w.c.CustomerID) > 0
	w.proforma()
	doc, fee := row[ProformaInvoice](w, w.proformas[len(w.proformas)-1]), testFee.Price
	a, err := w.mine().BeginAttempt(w.ctx, NewAttempt{Key: fmt.Sprintf("attempt-of-%d-number-%d", w.c.CustomerID, len(w.attempts)), Party: w.c, Gateway: sandbox, MethodID: MethodCard,
		Purpose: PayProforma, DocumentIDs: []int64{doc.ID}, Amount: doc.Total, Fee: fee})
	if err != nil {
		w.rt.Fatal(err)
	}
	w.fine(w.s.Started(w.ctx, a.ID, fmt.Sprintf("x-%d", a.ID), "https://gateway.example"))
	at := &story{id: a.ID, last: Outcome{State: AttemptPaid, Currency: eur, Received: doc.Total + fee}}
	w.attempts = append(w.attempts, at)
	shows := func(want Status) {
		if at.told = append(at.told, at.last); !owing && row[ProformaInvoice](w, doc.ID).Status != want {
			w.rt.Fatalf("a proforma invoice over %d with %d, %d of it a fee, less %d, is not %s", doc.Total, at.last.Received, fee, at.last.Returned-at.last.Reinstated, want)
		}
	}
	w.hear(at, at.last)
	shows(StatusPaid)
	at.last.Returned = w.between(1, fee, "back")
	w.hear(at, at.last)
	shows(StatusNotPaid)
	if w.chance("won back") {
		at.last.Reinstated = at.last.Returned
		w.hear(at, at.last)
		shows(StatusPaid)
	}
}

// debt is what a pocket calculator says of what is owed and not on its way.
func (w *world) debt() int64 {
	debt := -w.expect
	for _, at := range w.attempts {
		if a := w.attempt(at.id); a.State == AttemptPending || a.State == AttemptHeld {
			debt -= a.Amount
		}
	}
	return debt
}

// tell lets an attempt's gateway report something again, late, or what cannot be.
func (w *world) tell() {
	at := pick(w, &w.attempts, w.begin)
	r := at.last
	switch rapid.IntRange(0, 4).Draw(w.rt, "which") {
	case 0:
		r = Outcome{State: AttemptPaid, Currency: rapid.SampledFrom([]money.Currency{eur, "USD"}).Draw(w.rt, "currency"), Received: w.amount(), Returned: w.between(0, 300, "odd")}
	case 1:
	default:
		if len(at.told) > 0 {
			r = rapid.SampledFrom(at.told).Draw(w.rt, "old")
		}
	}
	w.hear(at, r)
}

// hear settles an attempt by a report, which is never refused: it is booked, or held for staff.
func (w *world) hear(at *story, r Outcome) {
	before := w.attempt(at.id)
	r.Day = w.day
	if _, err := w.s.Settle(w.ctx, at.id, r, testFee); err != nil {
		w.rt.Fatal(err)
	}
	w.booked(before)
}

// goOn makes up what happens next at the gateway, which tells of it at once or, if it likes, later.
func (w *world) goOn() {
	at := pick(w, &w.attempts, w.begin)
	for range rapid.IntRange(1, 4).Draw(w.rt, "steps") {
		at.next(w)
		if at.told = append(at.told, at.last); rapid.IntRange(0, 3).Draw(w.rt, "told") > 0 {
			w.hear(at, at.last)
		}
	}
}

func (at *story) next(w *world) {
	if at.last.Received > 0 {
		at.last.Returned += w.part(at.last.Received+at.last.Reinstated-at.last.Returned, "returned")
		if w.chance("won back") {
			at.last.Reinstated += w.part(at.last.Returned-at.last.Reinstated, "won")
		}
		return
	}
	at.last.State = rapid.SampledFrom([]AttemptState{AttemptPaid, AttemptPaid, AttemptPending, AttemptDeclined, AttemptCancelled}).Draw(w.rt, "state")
	if a := w.attempt(at.id); at.last.State == AttemptPaid {
		at.last.Received = a.Amount + a.Fee
	}
}

// decide lets staff book or close an attempt that is held for them.
func (w *world) decide() {
	var held []int64
	for _, at := range w.attempts {
		if w.attempt(at.id).Waits() {
			held = append(held, at.id)
		}
	}
	if len(held) == 0 {
		w.rt.Skip("none is held")
	}
	before := w.attempt(rapid.SampledFrom(held).Draw(w.rt, "which"))
	var err error
	if w.chance("book it") {
		_, err = w.s.AcceptHeld(w.ctx, before.ID, w.day, testFee)
	} else {
		_, err = w.s.CloseHeld(w.ctx, before.ID, "sent back")
	}
	w.fine(err)
	w.booked(before)
}

func (w *world) attempt(id int64) Attempt {
	a, err := w.s.AttemptByID(w.ctx, id)
	w.fine(err)
	return a
}

// booked adds up what an attempt has moved since before, and notes its payments.
func (w *world) booked(before Attempt) {
	after := w.attempt(before.ID)
	if after.Received < before.Received || after.Returned < before.Returned || after.Reinstated < before.Reinstated {
		w.rt.Fatalf("the sums of an attempt became less: %+v", after)
	}
	w.expect += after.Received - before.Received - after.Returned + before.Returned + after.Reinstated - before.Reinstated
	if before.Received == 0 && after.Received > 0 {
		w.expect -= after.Fee
	}
	var ids []int64
	if err := w.d.Q(w.ctx).Raw("SELECT id FROM payments WHERE attempt_id = ?", before.ID).Scan(&ids).Error; err != nil {
		w.rt.Fatal(err)
	}
	for _, id := range ids {
		if !slices.Contains(w.payments, id) {
			w.payments = append(w.payments, id)
		}
	}
}
