package seed

import (
	"math/rand/v2"
	"strconv"
	"time"

	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
)

// subject is one bulk customer with everything that happened to it, and the ids of the rows it will become.
type subject struct {
	id, location       int64
	at                 *seller
	name, street, zip  string
	email, phone       string
	status             customer.Status
	plans              []offer
	service            int64 // id of the first service; the others follow
	contact            int64
	account            int64 // in the ledger
	balance, entries   int64
	months             []month
	method             int64
	ticket, ticketLine int64 // 0: none
	letter             int64
	back               int // days since the newest invoice
	created            time.Time
}

// month is one invoice with its payment.
type month struct {
	cycle
	invoice, item, transaction, ledger, entry int64
	paidOn                                    db.Day // "" while it is open
	payment, allocation                       int64
	over                                      int64 // paid beyond the total: credit
}

var (
	bulkFirst = []string{"Ada", "Ben", "Clara", "David", "Elena", "Farid", "Grace", "Hugo", "Inés", "Jonas", "Kaya", "Leo", "Mira", "Nils", "Olga", "Pavel", "Rosa", "Samir", "Tara", "Uwe", "Vera", "Wei", "Yara", "Zoë"}
	bulkLast  = []string{"Adams", "Becker", "Castro", "Dubois", "Evans", "Fischer", "Gómez", "Hansen", "Ito", "Jensen", "Kovács", "Lopez", "Meyer", "Novak", "Okafor", "Peters", "Quist", "Rossi", "Silva", "Tanaka", "Ueda", "Vogel", "Weber", "Young"}
)

func (b *bulk) subject(i int, r *rand.Rand) *subject {
	s := &subject{id: b.take("customers", 1), location: b.locations[r.IntN(len(b.locations))], at: b.sellers[i%len(b.sellers)], back: i % 28,
		name: bulkFirst[r.IntN(len(bulkFirst))] + " " + bulkLast[r.IntN(len(bulkLast))], status: customer.StatusActive,
		street: strconv.Itoa(1+r.IntN(200)) + " " + streets[r.IntN(len(streets))], zip: strconv.Itoa(10000 + r.IntN(89999)), method: finance.MethodBankTransfer}
	digits := strconv.FormatInt(100_000_000+s.id%900_000_000, 10)
	s.email, s.phone = BulkLogin(s.id)+"@bench.example", "+353"+digits
	s.contact, s.account, s.letter = b.take("customer_contacts", 2), b.take("ledger_accounts", 1), b.take("messages", 1)
	s.created = b.today.AddMonths(-b.o.Months).AddDays(-s.back - 1).Time()
	s.plans = []offer{s.at.internet[r.IntN(len(s.at.internet))]}
	if r.IntN(10) == 0 {
		s.plans = append(s.plans, s.at.voice)
	}
	if r.IntN(2) == 0 {
		s.method = finance.MethodCard
	}
	s.service = b.take("services", len(s.plans))
	if r.IntN(4) == 0 {
		s.ticket, s.ticketLine = b.take("tickets", 1), b.take("ticket_messages", 2)
	}
	s.live(b, r)
	return s
}

// live lets the months pass: four in five pay everything, some leave the newest invoice open, a few the newest three.
func (s *subject) live(b *bulk, r *rand.Rand) {
	open := 0
	switch n := r.IntN(100); {
	case n >= 96:
		open, s.status = 3, customer.StatusBlocked
	case n >= 80:
		open = 1
	}
	net, tax, total := s.sums()
	n := int64(len(s.plans))
	s.months = make([]month, 0, len(b.calendar[s.back]))
	for k, c := range b.calendar[s.back] {
		m := month{cycle: c, invoice: b.take("invoices", 1), item: b.take("document_items", int(n))}
		if paidOn := c.day.AddDays(r.IntN(13)); k < b.o.Months-open && paidOn <= b.today {
			m.paidOn = paidOn
		}
		if r.IntN(200) == 0 {
			m.over = 500
		}
		// An invoice has an entry for the customer, one for revenue and one for tax; a payment one for each side.
		moves, postings, entries := n, 1, 3
		s.balance, s.entries = s.balance-total, s.entries+1
		s.at.gain(finance.AccountRevenue, 0, net)
		s.at.gain(finance.AccountTax, s.at.tax.ID, tax)
		if m.paidOn != "" {
			moves, postings, entries = moves+1, 2, 5
			m.payment, m.allocation = b.take("payments", 1), b.take("allocations", 1)
			s.balance, s.entries = s.balance+total+m.over, s.entries+1
			s.at.gain(finance.AccountCash, s.method, -total-m.over)
		}
		m.transaction, m.ledger, m.entry = b.take("transactions", int(moves)), b.take("ledger_transactions", postings), b.take("ledger_entries", entries)
		s.months = append(s.months, m)
	}
}

// sums adds up what a month of the subject's plans costs.
func (s *subject) sums() (net, tax, total int64) {
	for _, p := range s.plans {
		net, tax, total = net+p.line.Net, tax+p.line.Tax, total+p.line.Total
	}
	return net, tax, total
}
