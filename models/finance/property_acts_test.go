package finance

import (
	"fmt"

	"myisp/internal/money"

	"pgregory.net/rapid"
)

func (w *world) items() []Item {
	items := []Item{{Description: "a", Price: w.amount(), TaxRatePPM: 210_000, TaxID: 1, TaxIncluded: w.chance("included")}}
	if w.chance("two") {
		items = append(items, item("b", w.between(-300, 300, "b")))
	}
	return items
}

func (w *world) reversal() Reversal { return Reversal{w.day, why} }

func (w *world) issue() {
	n := NewInvoice{Key: w.key("invoice"), Party: w.c, Day: w.day, DueDay: w.day.AddDays(14), FromBalance: w.chance("from"), Items: w.items()}
	if w.chance("with what waits") {
		waiting, err := w.mine().Waiting(w.ctx)
		w.fine(err)
		n.FutureIDs = idsOf(waiting, func(t Transaction) int64 { return t.ID })
	}
	first, again := w.sent[n.Key]
	if again {
		n = first
	}
	inv, err := w.desk().IssueInvoice(w.ctx, n)
	if again && err != nil {
		w.rt.Fatalf("an invoice's form that is sent again is refused: %v", err)
	}
	if w.fine(err) && w.fresh(n.Key, inv.ID) {
		if n.Key != "" {
			w.sent[n.Key] = n
		}
		w.invoices, w.expect = append(w.invoices, inv.ID), w.expect-inv.Total
	}
}

func (w *world) correct() {
	before := w.anInvoice()
	after, err := w.desk().CorrectInvoice(w.ctx, before.ID, NewInvoice{Party: w.c, DueDay: w.day.AddDays(7), Items: w.items()}, w.day)
	if w.fine(err) {
		w.expect += before.Total - after.Total
	}
}

func (w *world) release() { w.fine(w.desk().ReleaseInvoice(w.ctx, w.anInvoice().ID, w.day)) }

func (w *world) deleteInvoice() {
	before := w.anInvoice()
	if w.fine(w.desk().DeleteInvoice(w.ctx, before.ID, w.reversal())) && before.Status != StatusDeleted {
		w.expect += before.Total
	}
}

func (w *world) fromBalance() {
	if w.chance("by staff") {
		w.fine(w.desk().PayFromBalance(w.ctx, w.anInvoice().ID, w.day))
		return
	}
	_, err := w.mine().PayFromBalance(w.ctx, w.anInvoice().ID, w.day)
	w.fine(err)
}

func (w *world) proforma() {
	doc, err := w.desk().IssueProforma(w.ctx, "", NewProforma{Party: w.c, Day: w.day, Items: []Item{item("ahead", w.amount())}})
	if w.fine(err) {
		w.proformas = append(w.proformas, doc.ID)
	}
}

func (w *world) invoiceProforma() {
	before := w.aProforma()
	inv, err := w.desk().InvoiceProforma(w.ctx, before.ID, w.day, w.day, RoundLines)
	if w.fine(err) && before.InvoiceID == 0 {
		w.invoices, w.expect = append(w.invoices, inv.ID), w.expect-inv.Total
	}
}

func (w *world) deleteProforma() {
	w.fine(w.desk().DeleteProforma(w.ctx, w.aProforma().ID, w.reversal()))
}

func (w *world) credit() {
	n := NewCreditNote{Key: w.key("note"), Party: w.c, Day: w.day, Items: []Item{item("back", w.amount())}}
	if w.chance("for an invoice") {
		n.InvoiceID = w.anInvoice().ID
	}
	if note, err := w.desk().IssueCreditNote(w.ctx, n); w.fine(err) && w.fresh(n.Key, note.ID) {
		w.notes, w.expect = append(w.notes, note.ID), w.expect+note.Total
	}
}

func (w *world) deleteCredit() {
	before := w.aNote()
	if w.fine(w.desk().DeleteCreditNote(w.ctx, before.ID, w.reversal())) && before.Status != StatusDeleted {
		w.expect -= before.Total
	}
}

func (w *world) move() {
	n := NewTransaction{Party: w.c, Day: w.day, Type: rapid.SampledFrom([]TransactionType{Debit, Credit}).Draw(w.rt, "type"), Item: item("by hand", w.amount())}
	if tr, err := w.desk().AddTransaction(w.ctx, n, w.chance("waits")); w.fine(err) {
		w.transactions = append(w.transactions, tr.ID)
		if tr.LedgerTransactionID != 0 {
			w.expect += tr.Movement().Minor
		}
	}
}

func (w *world) deleteMove() {
	id := pick(w, &w.transactions, w.move)
	before, err := w.desk().Transaction(w.ctx, id)
	if !w.fine(err) { // it was a future item, which goes without a trace
		return
	}
	if w.fine(w.desk().DeleteTransaction(w.ctx, id, w.reversal())) && before.LedgerTransactionID != 0 {
		w.expect -= before.Movement().Minor
	}
}

func (w *world) pay() {
	n := NewPayment{Key: w.key("payment"), Party: w.c, MethodID: MethodCash, Day: w.day, Amount: w.amount()}
	switch rapid.IntRange(0, 3).Draw(w.rt, "for") {
	case 0:
		n.InvoiceIDs = []int64{w.anInvoice().ID, w.anInvoice().ID}
	case 1:
		n.ProformaID = w.aProforma().ID
		if w.chance("in full") {
			n.Amount = row[ProformaInvoice](w, n.ProformaID).Total
		}
	case 2:
		n.KeepAsCredit = true
	}
	if pay, err := w.desk().RecordPayment(w.ctx, n); w.fine(err) && w.fresh(n.Key, pay.ID) {
		w.payments, w.expect = append(w.payments, pay.ID), w.expect+pay.Amount
	}
}

func (w *world) refund() {
	n := NewRefund{Key: w.key("refund"), MethodID: MethodCash, Day: w.day, Amount: w.amount()}
	switch rapid.IntRange(0, 2).Draw(w.rt, "of") {
	case 0:
		n.PaymentID = w.aPayment().ID
		n.Amount = w.part(row[Payment](w, n.PaymentID).Amount, "of it")
	case 1:
		n.CreditNoteID = w.aNote().ID
		n.Amount = w.part(row[CreditNote](w, n.CreditNoteID).Remaining, "of it")
	default:
		n.Party = w.c
	}
	key := n.Key
	if key != "" { // a refund's form is about one payment or credit note: its key counts for that alone
		key = fmt.Sprintf("%s of %d %d", key, n.PaymentID, n.CreditNoteID)
	}
	if back, err := w.desk().Refund(w.ctx, n); w.fine(err) && w.fresh(key, back.ID) {
		w.payments, w.expect = append(w.payments, back.ID), w.expect+back.Amount
	}
}

func (w *world) deletePayment() {
	before := w.aPayment()
	if w.fine(w.desk().DeletePayment(w.ctx, before.ID, w.reversal())) && before.DeletedDay == "" {
		w.expect -= before.Amount
	}
}

func (w *world) card() {
	if w.cards == nil {
		w.cards = []string{"of nobody"}
		_, cards := makeCards(w.t, w.ctx, w.s, func(n *NewCards) {
			n.Name, n.Amount, n.Count, n.Today = fmt.Sprintf("C%d", w.c.CustomerID), money.Of(150, eur), 2, w.day
		})
		for _, c := range cards {
			w.cards = append(w.cards, c.Code)
		}
	}
	pay, err := w.mine().Redeem(w.ctx, RedeemCard{Code: pick(w, &w.cards, nil), Party: w.c, Today: w.day})
	if w.fine(err) {
		w.payments, w.expect = append(w.payments, pay.ID), w.expect+pay.Amount
	}
}

// line is a transfer that the bank tells of.
func (w *world) line() {
	text := fmt.Sprintf("transfer-%d-%d", w.c.CustomerID, len(w.lines))
	st, err := w.s.AddStatement(w.ctx, 1, "bank.csv", []byte("date,amount,text,payer\n"+string(w.day)+","+euros(w.amount())+","+text+",A\n"), eur)
	w.fine(err)
	_, err = w.s.ImportStatement(w.ctx, st.ID, eur)
	w.fine(err)
	w.lines = append(w.lines, w.count("SELECT id FROM incoming_payments WHERE text = ?", text))
}

func (w *world) bookLine() {
	before, err := w.s.Incoming(w.ctx, pick(w, &w.lines, w.line))
	w.fine(err)
	to := Target{CustomerID: w.c.CustomerID}
	switch rapid.IntRange(0, 2).Draw(w.rt, "for") {
	case 0:
		to.InvoiceID = w.anInvoice().ID
	case 1:
		to.ProformaID = w.aProforma().ID
	}
	pay, err := w.s.BookIncoming(w.ctx, before.ID, to)
	if w.fine(err) && before.State == IncomingOpen {
		w.payments, w.expect = append(w.payments, pay.ID), w.expect+pay.Amount
	}
}

func (w *world) undoLine() {
	line, err := w.s.Incoming(w.ctx, pick(w, &w.lines, w.line))
	w.fine(err)
	if line.State != IncomingBooked {
		w.rt.Skip("not booked")
	}
	before := row[Payment](w, line.PaymentID)
	if w.fine(w.s.UndoIncoming(w.ctx, line.ID, w.day)) && before.DeletedDay == "" {
		w.expect -= before.Amount
	}
}

// part is all or some of an amount.
func (w *world) part(of int64, what string) int64 {
	if of <= 0 || w.chance("all") {
		return max(of, 0)
	}
	return w.between(0, of, what)
}
