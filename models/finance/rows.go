package finance

import (
	"time"

	"myisp/internal/money"
	"myisp/models/db"
)

// Invoice is a tax invoice. Amounts are minor units of Currency. Due, PaidDay, Status and PaidFromBalance are projections
// of the allocations, kept by refreshInvoice alone; what people see is State.
type Invoice struct {
	ID              int64          `gorm:"primaryKey;index:invoices_day,priority:2;index:invoices_partner_day,priority:3;index:invoices_status_day,priority:3"`
	CustomerID      int64          `gorm:"not null;index:invoices_customer_day,priority:1"`
	PartnerID       int64          `gorm:"not null;uniqueIndex:invoices_number,priority:1;index:invoices_partner_day,priority:1"`
	Number          string         `gorm:"size:64;not null;uniqueIndex:invoices_number,priority:2;index:invoices_by_number"`
	Day             db.Day         `gorm:"size:10;not null;index:invoices_customer_day,priority:2;index:invoices_day,priority:1;index:invoices_partner_day,priority:2;index:invoices_status_day,priority:2"`
	DueDay          db.Day         `gorm:"size:10;not null"`
	PaidDay         db.Day         `gorm:"size:10;not null"`
	Currency        money.Currency `gorm:"size:3;not null"`
	Net             int64          `gorm:"not null"`
	Tax             int64          `gorm:"not null"`
	Total           int64          `gorm:"not null"`
	Due             int64          `gorm:"not null"`
	Status          Status         `gorm:"size:16;not null;index:invoices_status_day,priority:1"`
	PaidFromBalance bool           `gorm:"not null"`
	Kind            string         `gorm:"size:16;not null"` // one_time, recurring
	Note            string         `gorm:"size:2000;not null"`
	Memo            string         `gorm:"size:2000;not null"` // staff's own, never shown to customers
	CreatedAt       time.Time      `gorm:"not null"`
	UpdatedAt       time.Time      `gorm:"not null"`
}

// ProformaInvoice asks for a payment in advance; issuing it does not touch the balance.
type ProformaInvoice struct {
	ID         int64          `gorm:"primaryKey;index:proforma_invoices_day,priority:2;index:proforma_invoices_partner_day,priority:3"`
	CustomerID int64          `gorm:"not null;index:proforma_invoices_customer_day,priority:1"`
	PartnerID  int64          `gorm:"not null;uniqueIndex:proforma_invoices_number,priority:1;index:proforma_invoices_partner_day,priority:1"`
	Number     string         `gorm:"size:64;not null;uniqueIndex:proforma_invoices_number,priority:2;index:proforma_invoices_by_number"`
	Day        db.Day         `gorm:"size:10;not null;index:proforma_invoices_customer_day,priority:2;index:proforma_invoices_day,priority:1;index:proforma_invoices_partner_day,priority:2"`
	DueDay     db.Day         `gorm:"size:10;not null"`
	PaidDay    db.Day         `gorm:"size:10;not null"`
	Currency   money.Currency `gorm:"size:3;not null"`
	Net        int64          `gorm:"not null"`
	Tax        int64          `gorm:"not null"`
	Total      int64          `gorm:"not null"`
	Status     Status         `gorm:"size:16;not null"`
	PaymentID  int64          `gorm:"not null"`
	InvoiceID  int64          `gorm:"not null"` // the tax invoice that was made of it once it was paid
	Note       string         `gorm:"size:2000;not null"`
	Memo       string         `gorm:"size:2000;not null"` // staff's own, never shown to customers
	CreatedAt  time.Time      `gorm:"not null"`
	UpdatedAt  time.Time      `gorm:"not null"`
}

// CreditNote gives money back on the account. Remaining is what is neither used on invoices nor refunded.
type CreditNote struct {
	ID         int64          `gorm:"primaryKey;index:credit_notes_day,priority:2;index:credit_notes_partner_day,priority:3"`
	CustomerID int64          `gorm:"not null;index:credit_notes_customer_day,priority:1"`
	PartnerID  int64          `gorm:"not null;uniqueIndex:credit_notes_number,priority:1;index:credit_notes_partner_day,priority:1"`
	Number     string         `gorm:"size:64;not null;uniqueIndex:credit_notes_number,priority:2;index:credit_notes_by_number"`
	InvoiceID  int64          `gorm:"not null"`
	Day        db.Day         `gorm:"size:10;not null;index:credit_notes_customer_day,priority:2;index:credit_notes_day,priority:1;index:credit_notes_partner_day,priority:2"`
	PaidDay    db.Day         `gorm:"size:10;not null"`
	Currency   money.Currency `gorm:"size:3;not null"`
	Net        int64          `gorm:"not null"`
	Tax        int64          `gorm:"not null"`
	Total      int64          `gorm:"not null"`
	Remaining  int64          `gorm:"not null"`
	Status     Status         `gorm:"size:16;not null"`
	Note       string         `gorm:"size:2000;not null"`
	Memo       string         `gorm:"size:2000;not null"` // staff's own, never shown to customers
	CreatedAt  time.Time      `gorm:"not null"`
	UpdatedAt  time.Time      `gorm:"not null"`
}

// DocumentKind says what a DocumentItem belongs to.
type DocumentKind string

// The kinds of documents that have items.
const (
	KindInvoice    DocumentKind = "invoice"
	KindProforma   DocumentKind = "proforma"
	KindCreditNote DocumentKind = "credit_note"
)

// DocumentItem is one line of a document. Quantity is in thousandths (1500 = 1.5), Price is per unit as it was entered
// (with or without tax), Net + Tax = Total for the whole line.
type DocumentItem struct {
	ID           int64        `gorm:"primaryKey"`
	DocumentKind DocumentKind `gorm:"size:16;not null;index:document_items_document,priority:1"`
	DocumentID   int64        `gorm:"not null;index:document_items_document,priority:2"`
	CustomerID   int64        `gorm:"not null"`
	Position     int          `gorm:"not null"`
	Description  string       `gorm:"size:255;not null"`
	Quantity     int64        `gorm:"not null"`
	Unit         string       `gorm:"size:16;not null"`
	Price        int64        `gorm:"not null"`
	TaxID        int64        `gorm:"not null"`
	TaxName      string       `gorm:"size:120;not null"`
	TaxRatePPM   int64        `gorm:"not null"`
	Net          int64        `gorm:"not null"`
	Tax          int64        `gorm:"not null"`
	Total        int64        `gorm:"not null"`
	PeriodFrom   db.Day       `gorm:"size:10;not null"`
	PeriodTo     db.Day       `gorm:"size:10;not null"`
	ServiceID    int64        `gorm:"not null"`
}

// Payment is money that came in, or went back out when Amount is negative (a refund). Unallocated is the part that
// pays nothing yet: credit on the balance (FIN-3).
type Payment struct {
	ID            int64          `gorm:"primaryKey;index:payments_day,priority:2;index:payments_partner_day,priority:3"`
	CustomerID    int64          `gorm:"not null;index:payments_customer_day,priority:1"`
	PartnerID     int64          `gorm:"not null;uniqueIndex:payments_receipt,priority:1;index:payments_partner_day,priority:1"`
	ReceiptNumber string         `gorm:"size:64;not null;uniqueIndex:payments_receipt,priority:2;index:payments_by_receipt"`
	MethodID      int64          `gorm:"not null"`
	Day           db.Day         `gorm:"size:10;not null;index:payments_customer_day,priority:2;index:payments_day,priority:1;index:payments_partner_day,priority:2"`
	Amount        int64          `gorm:"not null"`
	Unallocated   int64          `gorm:"not null"`
	Currency      money.Currency `gorm:"size:3;not null"`
	ProformaID    int64          `gorm:"not null"`
	CreditNoteID  int64          `gorm:"not null"`
	AttemptID     int64          `gorm:"not null"` // by which it came or went through a gateway; 0 is by hand
	Comment       string         `gorm:"size:256;not null"`
	Fields        Five           `gorm:"embedded;embeddedPrefix:field_"` // under the method's labels, for staff alone
	Note          string         `gorm:"size:500;not null"`              // staff's own, never shown to customers
	Memo          string         `gorm:"size:2000;not null"`             // likewise (§3.4)
	DeletedDay    db.Day         `gorm:"size:10;not null"`               // when staff took it back; "" is in force
	DeletedReason string         `gorm:"size:500;not null"`
	ReceiptAt     *time.Time     `gorm:""` // when its receipt was mailed
	CreatedAt     time.Time      `gorm:"not null"`
}

// SourceKind says where the money of an allocation comes from.
type SourceKind string

// The sources of money: a payment, a credit note, or a credit transaction that no document made.
const (
	FromPayment     SourceKind = "payment"
	FromCreditNote  SourceKind = "credit_note"
	FromTransaction SourceKind = "transaction"
)

// Allocation says that Amount of a source pays an invoice, or a debit transaction that is on no invoice (exactly one of
// InvoiceID and TransactionID is set). The table only grows: taking an allocation back is a negative one.
type Allocation struct {
	ID            int64      `gorm:"primaryKey"`
	CustomerID    int64      `gorm:"not null;index"`
	SourceKind    SourceKind `gorm:"size:16;not null;index:allocations_source,priority:1"`
	SourceID      int64      `gorm:"not null;index:allocations_source,priority:2"`
	InvoiceID     int64      `gorm:"not null;index"`
	TransactionID int64      `gorm:"not null;index"`
	Amount        int64      `gorm:"not null"`
	Day           db.Day     `gorm:"size:10;not null"`
	CreatedAt     time.Time  `gorm:"not null"`
}

// TransactionType is debit (a charge, lowers the balance) or credit (raises it); the portal shows them as money out and
// money in (FIN-1).
type TransactionType string

// The two types.
const (
	Debit  TransactionType = "debit"
	Credit TransactionType = "credit"
)

// Transaction is one movement on a customer's account. Price is per unit, Total the whole with Tax in it. Remaining belongs
// to transactions that no document made: what is still to be paid of a debit, or can still pay something of a credit.
// A row without a ledger transaction does not count on the balance yet (to_invoice, "future item").
type Transaction struct {
	ID                  int64           `gorm:"primaryKey;index:transactions_day,priority:2"`
	CustomerID          int64           `gorm:"not null;index:transactions_customer_day,priority:1"`
	Day                 db.Day          `gorm:"size:10;not null;index:transactions_customer_day,priority:2;index:transactions_day,priority:1"`
	Type                TransactionType `gorm:"size:8;not null"`
	CategoryID          int64           `gorm:"not null"`
	Description         string          `gorm:"size:255;not null"`
	Comment             string          `gorm:"size:512;not null"`
	Quantity            int64           `gorm:"not null"`
	Unit                string          `gorm:"size:16;not null"`
	Price               int64           `gorm:"not null"`
	Tax                 int64           `gorm:"not null"`
	Total               int64           `gorm:"not null"`
	Remaining           int64           `gorm:"not null"`
	Currency            money.Currency  `gorm:"size:3;not null"`
	TaxID               int64           `gorm:"not null"`
	TaxRatePPM          int64           `gorm:"not null"`
	PeriodFrom          db.Day          `gorm:"size:10;not null"`
	PeriodTo            db.Day          `gorm:"size:10;not null"`
	ServiceID           int64           `gorm:"not null"`
	InvoiceID           int64           `gorm:"not null;index"`
	PaymentID           int64           `gorm:"not null;index:transactions_payment,where:payment_id <> 0"`
	CreditNoteID        int64           `gorm:"not null;index:transactions_credit_note,where:credit_note_id <> 0"`
	Source              Source          `gorm:"size:8;not null"`
	LedgerTransactionID int64           `gorm:"not null;index"`
	CreatedAt           time.Time       `gorm:"not null"`
}

// Movement is what the transaction does to the balance: money in above zero, money out below (FIN-1).
func (t Transaction) Movement() money.Money {
	if t.Type == Credit {
		return money.Of(t.Total, t.Currency)
	}
	return money.Of(-t.Total, t.Currency)
}

// Source says who made a transaction.
type Source string

// The sources of §3.4 that make transactions here; Import is ours.
const (
	SourceManual Source = "manual"
	SourceAuto   Source = "auto"
	SourceImport Source = "import"
)
