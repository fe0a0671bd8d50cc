package seed

import (
	"strconv"
	"time"

	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/ticket"
)

// table says how a subject becomes rows of a table. All columns are named, as Bulk fills no defaults; values are of plain
// types, which the drivers encode without reflection.
type table struct {
	name    string
	ids     bool // has a generated id
	columns []string
	each    func(b *bulk, s *subject, put func(...any))
}

var none = (*time.Time)(nil)

// tables are in the order of their references: a row's parents are written before it.
var tables = []table{
	{"customers", true, []string{"id", "partner_id", "location_id", "parent_id", "billing_type", "status", "status_since", "category", "login", "login_folded",
		"password_hash", "password_changed_at", "name", "email", "billing_email", "phone", "street", "zip", "city", "company_id", "vat_id", "language", "theme",
		"created_at", "updated_at", "last_online_at", "contact_person", "birthday", "passport", "gps", "added_by", "added_by_id", "status_reason"},
		func(b *bulk, s *subject, put func(...any)) {
			login := BulkLogin(s.id)
			put(s.id, s.at.id, s.location, int64(0), customer.Recurring, string(s.status), none, customer.Individual, login, login,
				b.hash, b.hashed, s.name, s.email, "", s.phone, s.street, s.zip, "Bench", "", "", "", "",
				s.created, s.created, none, "", "", "", "", customer.AddedByImport, int64(0), "")
		}},
	{"customer_terms", false, []string{"customer_id", "term"}, func(_ *bulk, s *subject, put func(...any)) {
		c := customer.Customer{ID: s.id, Login: BulkLogin(s.id), Name: s.name, Email: s.email, Phone: s.phone, Street: s.street, Zip: s.zip, City: "Bench"}
		for _, term := range c.Terms("") {
			put(s.id, term)
		}
	}},
	{"customer_contacts", true, []string{"id", "customer_id", "kind", "value"}, func(_ *bulk, s *subject, put func(...any)) {
		put(s.contact, s.id, customer.ContactEmail, s.email)
		put(s.contact+1, s.id, customer.ContactPhone, s.phone)
	}},
	{"customer_billings", false, []string{"customer_id", "currency", "billing_day", "due_day", "blocking_period", "grace_period", "min_balance", "payment_method_id",
		"blocked_on", "blocks_on", "period", "partner_ppm", "sub_mode", "person", "street", "zip", "city", "no_finance_mail"}, func(b *bulk, s *subject, put func(...any)) {
		blocked := ""
		if s.status == customer.StatusBlocked {
			blocked = string(b.today.AddDays(-s.back))
		}
		put(s.id, s.at.currency, int64(1+s.back), int64(15), int64(3), int64(10), int64(0), s.method, blocked, blocked, int64(0), int64(0),
			customer.Independent, "", "", "", "", false)
	}},
	{"services", true, []string{"id", "customer_id", "kind", "plan_id", "bundle_service_id", "description", "quantity", "unit_price", "currency", "tax_included",
		"tax_id", "starts_on", "ends_on", "invoiced_until", "status", "login", "ipv4", "phone", "direction", "copy_of", "created_at", "updated_at"},
		func(b *bulk, s *subject, put func(...any)) {
			until := ""
			if n := len(s.months); n > 0 {
				until = string(s.months[n-1].to)
			}
			for i, p := range s.plans {
				put(s.service+int64(i), s.id, string(p.Kind), p.ID, int64(0), p.Name(), int64(1000), p.Price, s.at.currency, p.TaxIncluded,
					p.TaxID, s.created.Format(time.DateOnly), "", until, "active", BulkLogin(s.id), "", "", "", int64(0), s.created, s.created)
			}
		}},
	{"ledger_accounts", true, []string{"id", "partner_id", "kind", "owner_id", "currency", "balance", "entry_count", "created_at"},
		func(_ *bulk, s *subject, put func(...any)) {
			put(s.account, s.at.id, string(finance.AccountCustomer), s.id, s.at.currency, s.balance, s.entries, s.created)
		}},
	{"ledger_transactions", true, []string{"id", "key", "kind", "day", "reverses_id", "posted_at"}, func(_ *bulk, s *subject, put func(...any)) {
		for _, m := range s.months {
			put(m.ledger, "invoice:bulk-"+strconv.FormatInt(m.ledger, 10), "invoice", string(m.day), int64(0), m.at)
			if m.paidOn != "" {
				put(m.ledger+1, "payment:bulk-"+strconv.FormatInt(m.ledger+1, 10), "payment", string(m.paidOn), int64(0), m.at)
			}
		}
	}},
	{"ledger_entries", true, []string{"id", "transaction_id", "account_id", "amount"}, func(_ *bulk, s *subject, put func(...any)) {
		net, tax, total := s.sums()
		for _, m := range s.months {
			put(m.entry, m.ledger, s.account, -total)
			put(m.entry+1, m.ledger, s.at.accountID(finance.AccountRevenue, 0), net)
			put(m.entry+2, m.ledger, s.at.accountID(finance.AccountTax, s.at.tax.ID), tax)
			if m.paidOn != "" {
				put(m.entry+3, m.ledger+1, s.account, total+m.over)
				put(m.entry+4, m.ledger+1, s.at.accountID(finance.AccountCash, s.method), -total-m.over)
			}
		}
	}},
	{"invoices", true, []string{"id", "customer_id", "partner_id", "number", "day", "due_day", "paid_day", "currency", "net", "tax", "total", "due", "status",
		"paid_from_balance", "kind", "note", "memo", "created_at", "updated_at"}, func(_ *bulk, s *subject, put func(...any)) {
		net, tax, total := s.sums()
		for _, m := range s.months {
			due, status := total, finance.StatusNotPaid
			if m.paidOn != "" {
				due, status = 0, finance.StatusPaid
			}
			put(m.invoice, s.id, s.at.id, bulkNumber("B", m.day, m.invoice), string(m.day), string(m.due), string(m.paidOn), s.at.currency, net, tax, total, due,
				string(status), false, "recurring", "", "", m.at, m.at)
		}
	}},
	{"document_items", true, []string{"id", "document_kind", "document_id", "customer_id", "position", "description", "quantity", "unit", "price", "tax_id", "tax_name",
		"tax_rate_ppm", "net", "tax", "total", "period_from", "period_to", "service_id"}, func(_ *bulk, s *subject, put func(...any)) {
		for _, m := range s.months {
			for i, p := range s.plans {
				put(m.item+int64(i), string(finance.KindInvoice), m.invoice, s.id, int64(i+1), p.line.Description, int64(1000), "", p.Price, p.TaxID, p.line.TaxName,
					p.line.TaxRatePPM, p.line.Net, p.line.Tax, p.line.Total, string(m.day), string(m.to), s.service+int64(i))
			}
		}
	}},
	{"payments", true, []string{"id", "customer_id", "partner_id", "receipt_number", "method_id", "day", "amount", "unallocated", "currency", "proforma_id",
		"credit_note_id", "attempt_id", "comment", "field_1", "field_2", "field_3", "field_4", "field_5", "note", "memo", "deleted_day", "deleted_reason", "receipt_at", "created_at"}, func(_ *bulk, s *subject, put func(...any)) {
		_, _, total := s.sums()
		for _, m := range s.months {
			if m.paidOn != "" {
				put(m.payment, s.id, s.at.id, bulkNumber("R", m.paidOn, m.payment), s.method, string(m.paidOn), total+m.over, m.over, s.at.currency, int64(0),
					int64(0), int64(0), "", "", "", "", "", "", "", "", "", "", none, m.at)
			}
		}
	}},
	{"transactions", true, []string{"id", "customer_id", "day", "type", "category_id", "description", "comment", "quantity", "unit", "price", "tax", "total", "remaining",
		"currency", "tax_id", "tax_rate_ppm", "period_from", "period_to", "service_id", "invoice_id", "payment_id", "credit_note_id", "source",
		"ledger_transaction_id", "created_at"}, func(_ *bulk, s *subject, put func(...any)) {
		_, _, total := s.sums()
		for _, m := range s.months {
			id := m.transaction
			for i, p := range s.plans {
				put(id, s.id, string(m.day), string(finance.Debit), finance.CategoryService, p.line.Description, "", int64(1000), "", p.Price, p.line.Tax, p.line.Total, int64(0),
					s.at.currency, p.TaxID, p.line.TaxRatePPM, string(m.day), string(m.to), s.service+int64(i), m.invoice, int64(0), int64(0), string(finance.SourceAuto),
					m.ledger, m.at)
				id++
			}
			if m.paidOn != "" {
				put(id, s.id, string(m.paidOn), string(finance.Credit), finance.CategoryPayment, "", "", int64(1000), "", total+m.over, int64(0), total+m.over, int64(0),
					s.at.currency, int64(0), int64(0), "", "", int64(0), int64(0), m.payment, int64(0), string(finance.SourceAuto), m.ledger+1, m.at)
			}
		}
	}},
	{"allocations", true, []string{"id", "customer_id", "source_kind", "source_id", "invoice_id", "transaction_id", "amount", "day", "created_at"},
		func(_ *bulk, s *subject, put func(...any)) {
			_, _, total := s.sums()
			for _, m := range s.months {
				if m.paidOn != "" {
					put(m.allocation, s.id, string(finance.FromPayment), m.payment, m.invoice, int64(0), total, string(m.paidOn), m.at)
				}
			}
		}},
	{"messages", true, []string{"id", "customer_id", "subject", "body", "created_at", "read_at"}, func(_ *bulk, s *subject, put func(...any)) {
		read := &s.created
		if s.id%3 == 0 {
			read = none
		}
		put(s.letter, s.id, "Welcome", "Thank you for choosing us. Everything about your connection is in this portal.", s.created, read)
	}},
	{"tickets", true, []string{"id", "customer_id", "subject", "status", "closed", "hidden", "unread_by_customer", "created_at", "updated_at"},
		func(_ *bulk, s *subject, put func(...any)) {
			if s.ticket == 0 {
				return
			}
			status, closed := ticket.Resolved, true
			if s.id%4 == 0 {
				status, closed = ticket.WaitCustomer, false
			}
			put(s.ticket, s.id, "My line is slow at noon", status, closed, false, !closed, s.created, s.created)
		}},
	{"ticket_messages", true, []string{"id", "ticket_id", "author", "author_name", "kind", "hide_for_customer", "body", "created_at"},
		func(_ *bulk, s *subject, put func(...any)) {
			if s.ticket == 0 {
				return
			}
			put(s.ticketLine, s.ticket, ticket.ByCustomer, s.name, ticket.KindMessage, false, "Every day at noon pages take ages. Could you please look into it?", s.created)
			put(s.ticketLine+1, s.ticket, ticket.ByAgent, "Support", ticket.KindMessage, false, "Thank you, we are looking into it.", s.created)
		}},
}

// bulkNumber is the number of a bulk document. Its letter keeps it out of the series in which real numbers are given.
func bulkNumber(letter string, day db.Day, id int64) string {
	n := strconv.FormatInt(id, 10)
	const zeros = "000000000"
	return letter + string(day[:4]) + "-" + zeros[:max(0, len(zeros)-len(n))] + n
}
