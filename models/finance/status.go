package finance

import (
	"myisp/internal/money"
	"myisp/models/db"
)

// Status is what a document stores; what people see is State, derived from it.
type Status string

// The stored statuses of §3.4. A credit note that is fully used is not stored as such: its Remaining says so.
const (
	StatusNotPaid     Status = "not_paid"
	StatusPaid        Status = "paid"
	StatusPending     Status = "pending" // handed to a payment processor (FIN-4)
	StatusDeleted     Status = "deleted"
	StatusNotRefunded Status = "not_refunded"
	StatusRefunded    Status = "refunded"
)

// State is what a document's badge says. Its text is the message "finance.state." + State.
type State string

// The states of FIN-2 and of credit notes.
const (
	Unpaid          State = "unpaid"
	Paid            State = "paid"
	PaidFromBalance State = "paid_from_balance"
	PartiallyPaid   State = "partially_paid"
	Pending         State = "pending"
	Overdue         State = "overdue"
	PendingOverdue  State = "pending_overdue"
	Deleted         State = "deleted"
	RefundDue       State = "refund_due"
	Refunded        State = "refunded"
	Closed          State = "closed"
	// Invoiced is a proforma invoice whose money has gone after its tax invoice was made: that asks for it now.
	Invoiced State = "invoiced"
)

// InvoiceState derives what an invoice's badge says (FIN-2). Overdue begins the day after dueDay and beats partially paid;
// an invoice without a due day is never overdue.
func InvoiceState(stored Status, total, due int64, dueDay db.Day, paidFromBalance bool, today db.Day) State {
	late := dueDay != "" && dueDay < today
	switch {
	case stored == StatusDeleted:
		return Deleted
	case stored == StatusPaid && paidFromBalance:
		return PaidFromBalance
	case stored == StatusPaid:
		return Paid
	case stored == StatusPending && late:
		return PendingOverdue
	case stored == StatusPending:
		return Pending
	case late:
		return Overdue
	case due > 0 && due < total:
		return PartiallyPaid
	}
	return Unpaid
}

// ProformaState derives what a proforma invoice's badge says; it cannot be partially paid. invoiced is one that has its tax
// invoice.
func ProformaState(stored Status, invoiced bool, dueDay, today db.Day) State {
	if invoiced && stored == StatusNotPaid {
		return Invoiced
	}
	return InvoiceState(stored, 0, 0, dueDay, false, today)
}

// CreditNoteState derives what a credit note's badge says: Closed is fully used on invoices.
func CreditNoteState(stored Status, remaining int64) State {
	switch {
	case stored == StatusDeleted:
		return Deleted
	case stored == StatusRefunded:
		return Refunded
	case remaining == 0:
		return Closed
	}
	return RefundDue
}

// State is the invoice's state on a day.
func (i Invoice) State(today db.Day) State {
	return InvoiceState(i.Status, i.Total, i.Due, i.DueDay, i.PaidFromBalance, today)
}

// State is the proforma invoice's state on a day.
func (p ProformaInvoice) State(today db.Day) State {
	return ProformaState(p.Status, p.InvoiceID != 0, p.DueDay, today)
}

// State is the credit note's state.
func (c CreditNote) State() State { return CreditNoteState(c.Status, c.Remaining) }

// Open reports whether money is still wanted.
func (s State) Open() bool {
	switch s {
	case Unpaid, PartiallyPaid, Pending, Overdue, PendingOverdue:
		return true
	}
	return false
}

// Shown is the account balance as the portal prints it: times −1 when the balance is inverted (P54), so that debt is positive.
func Shown(balance money.Money, invert bool) money.Money {
	if invert {
		return balance.Neg()
	}
	return balance
}
