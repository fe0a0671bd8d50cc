package seed

import (
	"context"
	"fmt"
	"time"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/message"
	"myisp/models/service"
	"myisp/models/ticket"
)

// alice pays late: she owes 84.90, of which 42.00 are overdue. Fourteen months of paid invoices lie behind her, one of
// them lessened by a credit note and one overpaid, which paid a top-up from the balance.
func (i *isp) alice(ctx context.Context) error {
	latest := i.today.AddDays(-2)
	since := latest.AddMonths(-14)
	c, err := i.person(ctx, customer.Customer{Login: "alice", Name: "Alice Carter", Email: "alice@example.com", Phone: "+353 20 910 0114", Street: "14 Mill Lane",
		Zip: "D08 A1C3", City: "Riverside", LocationID: i.riverside, Status: customer.StatusActive, CreatedAt: since.In(zone).UTC()},
		customer.Billing{BillingDay: min(latest.Time().Day(), 28), PaymentMethodID: finance.MethodCard}, Password)
	if err != nil {
		return err
	}
	until := latest.AddMonths(1).AddDays(-1)
	bundle, err := i.sells(ctx, c, "Home Bundle", since, func(s *service.Service) { s.InvoicedUntil = until })
	if err != nil {
		return err
	}
	part := func(price int64, more func(*service.Service)) func(*service.Service) {
		return func(s *service.Service) {
			s.BundleServiceID, s.UnitPrice, s.InvoicedUntil = bundle.ID, price, until
			more(s)
		}
	}
	fiber, err := i.sells(ctx, c, "Fiber 500", since, part(2990, func(s *service.Service) { s.Login, s.IPv4 = "alice.carter", "203.0.113.14" }))
	if err != nil {
		return err
	}
	voice, err := i.sells(ctx, c, "Voice", since, part(1000, func(s *service.Service) { s.Phone, s.Direction = "+353209100114", "outgoing" }))
	if err != nil {
		return err
	}
	methods := []int64{finance.MethodCard, finance.MethodBankTransfer, finance.MethodCard, finance.MethodCash}
	for k := 14; k >= 0; k-- {
		from := latest.AddMonths(-k)
		to := latest.AddMonths(-k + 1).AddDays(-1)
		b := bill{on: from, due: from.AddDays(15), recurring: true, items: []finance.Item{i.item(fiber, from, to), i.item(voice, from, to)},
			paidAfter: 1 + k%3, method: methods[k%len(methods)]}
		switch k {
		case 0:
			calls := i.extra("Calls beyond the allowance", 300)
			calls.ServiceID = voice.ID
			b.items, b.paidAfter = append(b.items, calls), 0
		case 2:
			b.over, b.comment, b.method = 500, "Standing order, rounded up", finance.MethodBankTransfer
		case 5:
			outage := i.extra("Credit for the outage of 3 days", 399)
			b.credit, b.paidAfter = &outage, 3
		}
		i.bill(c, b)
	}
	topUp := latest.AddMonths(-1).AddDays(-9)
	i.bill(c, bill{on: topUp, due: topUp.AddDays(15), items: []finance.Item{i.extra("Top-up 100 GB", 500)}, fromBalance: true})
	installed := i.today.AddDays(-18)
	i.bill(c, bill{on: installed, due: installed.AddDays(10), items: []finance.Item{i.extra("Installation", 4200)}, note: "A second wall socket, in the study."})
	if err := i.keepsCard(ctx, c); err != nil {
		return err
	}
	return i.aliceReads(ctx, c)
}

// keepsCard saves a card of the pretend provider, so that paying in one press and autopay can be tried at once.
func (i *isp) keepsCard(ctx context.Context, c customer.Customer) error {
	row, err := i.m.Finance.Of(c.ID).BeginMethod(ctx, finance.NewMethod{Key: fmt.Sprintf("demo-card-of-customer-%d", c.ID), PartnerID: c.PartnerID, Gateway: "sandbox"})
	if err != nil {
		return err
	}
	_, err = i.m.Finance.KeepMethod(ctx, row.ID, finance.SavedFacts{Quiet: true, Token: fmt.Sprintf("pm_demo_%d", c.ID), CustomerToken: "cus_sandbox", Kind: "card", Brand: "Visa", Last4: "4242",
		ExpiryYear: i.today.Time().Year() + 2, ExpiryMonth: 9})
	return err
}

func (i *isp) aliceReads(ctx context.Context, c customer.Customer) error {
	err := i.send(ctx, c,
		letter{"Welcome to MyISP", "Thank you for choosing us. Everything about your connection, your invoices and your questions is in this portal.", 420 * day, true},
		letter{"Your speed has doubled", "Fiber 500 now uploads at 250 Mbit/s, at the same price. There is nothing you need to do.", 96 * day, true},
		letter{"Invoice overdue", "The invoice for your installation was due last week. If you have paid it meanwhile, please ignore this message.", 6 * day, false},
		letter{"Maintenance in Riverside", "We renew a switch in your street on Sunday between 02:00 and 04:00. Your connection will be away for some minutes.", 2 * day, false})
	if err != nil {
		return err
	}
	err = i.asks(ctx, c, ticket.Ticket{Subject: "Wi-Fi is slow in the evening", Status: ticket.WaitCustomer, UnreadByCustomer: true},
		line{"Every evening after eight, films stop and start again in the living room. The cable in the study is fine.", 3 * day, ticket.ByCustomer},
		line{"Thank you for telling us, Alice. Your line is fine, but your router shares its channel with eleven neighbours at that hour. May we switch it to another one?", 26 * time.Hour, ticket.ByAgent})
	if err != nil {
		return err
	}
	return i.asks(ctx, c, ticket.Ticket{Subject: "Where do I find my invoices?", Status: ticket.Resolved, Closed: true},
		line{"My accountant wants last year's invoices as PDF.", 61 * day, ticket.ByCustomer},
		line{"They are all under Finance → Invoices; each has a PDF.", 60*day + 20*time.Hour, ticket.ByAgent},
		line{"Found them, thank you!", 60 * day, ticket.ByCustomer})
}

// bob pays before he surfs: each month a proforma invoice, then its payment, then the invoice from the balance. The next
// proforma invoice waits; a refill card has left 12.50 on his balance. His part of town has an outage.
func (i *isp) bob(ctx context.Context) error {
	start := i.today.AddDays(-20)
	since := start.AddMonths(-5)
	c, err := i.person(ctx, customer.Customer{Login: "bob", Name: "Bob Novak", Email: "bob@example.com", Phone: "+353 20 910 0127", Street: "3 Bell Yard", Zip: "D01 B2N4",
		City: "Old Town", LocationID: i.oldTown, BillingType: customer.PrepaidMonth, Status: customer.StatusActive, CreatedAt: since.In(zone).UTC()},
		customer.Billing{BlocksOn: start.AddMonths(1)}, Password)
	if err != nil {
		return err
	}
	s, err := i.sells(ctx, c, "Prepaid 100 (200 GB)", since, func(s *service.Service) {
		s.Login, s.IPv4, s.InvoicedUntil = "bob.novak", "203.0.113.27", start.AddMonths(1).AddDays(-1)
	})
	if err != nil {
		return err
	}
	for k := 5; k >= -1; k-- {
		from := start.AddMonths(-k)
		i.prepay(c, s, from, start.AddMonths(-k+1).AddDays(-1))
	}
	refilled := i.today.AddDays(-12)
	cards, err := i.refillCards(ctx)
	if err != nil {
		return err
	}
	i.on(refilled, func(ctx context.Context) error {
		_, err := i.m.Finance.Of(c.ID).Redeem(ctx, finance.RedeemCard{Code: cards[0].Code, Party: party(c), Today: refilled, Quiet: true})
		return err
	})
	i.bill(c, bill{on: refilled.AddDays(3), due: refilled.AddDays(3), items: []finance.Item{i.extra("Top-up 20 GB", 750)}, fromBalance: true})
	return i.send(ctx, c,
		letter{"A refill card for you", "Thank you for telling a friend about us. Here is a refill card worth 20 euro: " + cards[1].Code + ". Enter it here: /finance/refill-card.", 5 * day, false},
		letter{"180 of 200 GB used", "You have used nine tenths of this period's traffic. A top-up keeps you at full speed.", 30 * time.Hour, true})
}

// refillCards are sold by the shop at the corner; bob has used one, and has another in a message.
func (i *isp) refillCards(ctx context.Context) ([]finance.PrintedCard, error) {
	ctx = audit.With(ctx, audit.Actor{Kind: audit.System, Name: "Ada Admin"})
	series, err := i.m.Finance.MakeCards(ctx, finance.NewCards{Prefix: "OAK", Amount: money.Of(2_000, "EUR"), Count: 20, Length: 12, Alphabet: finance.CardLetters,
		ValidUntil: i.today.AddMonths(12).MonthEnd(), Today: i.today})
	if err != nil {
		return nil, err
	}
	cards, _, err := i.m.Finance.PrintCards(ctx, series.ID)
	return cards, err
}

// prepay asks for a period in advance; unless the period is still to come, the request is paid and the invoice follows.
func (i *isp) prepay(c customer.Customer, s service.Service, from, to db.Day) {
	asked := from.AddDays(-14)
	if asked > i.today {
		asked = i.today
	}
	var request finance.ProformaInvoice
	i.on(asked, func(ctx context.Context) (err error) {
		request, err = i.m.Finance.IssueProforma(ctx, finance.NewProforma{Party: party(c), Pattern: proformaNumbers, Day: asked, DueDay: from,
			Items: []finance.Item{i.item(s, from, to)}})
		return err
	})
	if from > i.today {
		return
	}
	i.on(from.AddDays(-2), func(ctx context.Context) error {
		_, err := i.m.Finance.RecordPayment(ctx, finance.NewPayment{Quiet: true, Party: party(c), MethodID: finance.MethodCard, Day: from.AddDays(-2), Amount: request.Total,
			ProformaID: request.ID})
		return err
	})
	i.bill(c, bill{on: from, due: from, recurring: true, items: []finance.Item{i.item(s, from, to)}, fromBalance: true})
}

// carla is blocked: last month's invoice is overdue.
func (i *isp) carla(ctx context.Context) error {
	latest := i.today.AddDays(-27)
	since, blocked := latest.AddMonths(-7), i.today.AddDays(-9)
	at := blocked.In(zone).UTC()
	c, err := i.person(ctx, customer.Customer{Login: "carla", Name: "Carla Díaz", Email: "carla@example.com", Phone: "+353 20 910 0131", Street: "8 Orchard Row", Zip: "D06 C5D7",
		City: "Riverside", LocationID: i.riverside, Status: customer.StatusBlocked, StatusSince: &at, Language: "es", CreatedAt: since.In(zone).UTC()},
		customer.Billing{BillingDay: min(latest.Time().Day(), 28), BlockingPeriod: 3, BlockedOn: blocked, BlocksOn: blocked}, Password)
	if err != nil {
		return err
	}
	s, err := i.sells(ctx, c, "Fiber 200", since, func(s *service.Service) {
		s.Login, s.IPv4, s.InvoicedUntil = "carla.diaz", "203.0.113.31", latest.AddMonths(1).AddDays(-1)
	})
	if err != nil {
		return err
	}
	for k := 7; k >= 0; k-- {
		from := latest.AddMonths(-k)
		b := bill{on: from, due: from.AddDays(15), recurring: true, items: []finance.Item{i.item(s, from, latest.AddMonths(-k+1).AddDays(-1))},
			paidAfter: 9 + k%4, method: finance.MethodCash}
		if k == 0 {
			b.paidAfter = 0
		}
		i.bill(c, b)
	}
	return i.send(ctx, c, letter{"Tu servicio está suspendido", "Hay una factura vencida. En cuanto la pagues, tu conexión vuelve por sí sola.", 9 * day, false})
}

// omar has just come: every page of his is empty, so he lives where there is no news and no outage.
func (i *isp) omar(ctx context.Context) error {
	_, err := i.person(ctx, customer.Customer{Login: "omar", Name: "Omar Haddad", Email: "omar@example.com", Phone: "+353 20 910 0148", Street: "21 Hill Road", Zip: "D14 E8F2",
		City: "Hillcrest", LocationID: i.hillcrest, Status: customer.StatusNew, Language: "ar", CreatedAt: i.ago(3 * time.Hour)}, customer.Billing{}, Password)
	return err
}

// northwind is a business of the second partner; its two branches are sub-accounts, whose services are on its invoices.
func (i *isp) northwind(ctx context.Context) error {
	latest := i.today.AddDays(-5)
	since := latest.AddMonths(-11)
	until := latest.AddMonths(1).AddDays(-1)
	firm := customer.Customer{Login: "northwind", Name: "Northwind Ltd", Email: "office@northwind.example", BillingEmail: "accounts@northwind.example",
		Phone: "+31 20 555 0160", Street: "Pakhuisweg 40", Zip: "1013 AA", City: "Harbor", LocationID: i.harborside, Status: customer.StatusActive,
		Category: customer.Business, CompanyID: "KvK 87654321", VatID: "NL009876543B01", CreatedAt: since.In(zone).UTC()}
	firm, err := i.person(ctx, firm, customer.Billing{BillingDay: min(latest.Time().Day(), 28)}, Password)
	if err != nil {
		return err
	}
	var items []service.Service
	sell := func(c customer.Customer, plan, what string, change func(*service.Service)) error {
		s, err := i.sells(ctx, c, plan, since, func(s *service.Service) {
			if s.InvoicedUntil = until; what != "" {
				s.Description += ", " + what
			}
			if change != nil {
				change(s)
			}
		})
		items = append(items, s)
		return err
	}
	branch := func(login, name, street, plan string) error {
		b := firm
		b.ID, b.ParentID, b.Login, b.Name, b.Street, b.PasswordHash = 0, firm.ID, login, name, street, ""
		b, err := i.person(ctx, b, customer.Billing{SubMode: customer.Aggregated}, Password)
		if err != nil {
			return err
		}
		return sell(b, plan, street, nil)
	}
	for _, do := range []func() error{
		func() error {
			return sell(firm, "Business Fiber 10G", "", func(s *service.Service) { s.IPv4 = "198.51.100.9" })
		},
		func() error {
			return sell(firm, "SIP trunk, 30 lines", "", func(s *service.Service) { s.Phone, s.Direction = "+31205550160", "outgoing" })
		},
		func() error { return sell(firm, "Public IPv4 block /29", "", nil) },
		func() error {
			return branch("northwind-warehouse", "Northwind Ltd · Warehouse", "Kadeplein 2", "Business Fiber 1000")
		},
		func() error { return branch("northwind-shop", "Northwind Ltd · Shop", "Marktstraat 18", "Harbor 250") },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	for k := 11; k >= 0; k-- {
		from := latest.AddMonths(-k)
		b := bill{on: from, due: from.AddDays(14), recurring: true, paidAfter: 10, method: finance.MethodBankTransfer}
		for _, s := range items {
			b.items = append(b.items, i.item(s, from, latest.AddMonths(-k+1).AddDays(-1)))
		}
		if k == 0 {
			b.paidAfter = 0
		}
		i.bill(firm, b)
	}
	return i.asks(ctx, firm, ticket.Ticket{Subject: "Second line for the warehouse", Status: ticket.InProgress},
		line{"We would like a second line at Kadeplein as a spare. What would it cost, and when could you come?", 5 * day, ticket.ByCustomer},
		line{"Thank you, we are asking our field team for a date.", 4 * day, ticket.ByAgent})
}

// letter is a message to be put into an inbox, some time ago.
type letter struct {
	subject, body string
	age           time.Duration
	read          bool
}

func (i *isp) send(ctx context.Context, c customer.Customer, letters ...letter) error {
	for _, l := range letters {
		m := message.Message{CustomerID: c.ID, Subject: l.subject, Body: l.body, CreatedAt: i.ago(l.age)}
		if l.read {
			at := i.ago(l.age - l.age/8)
			m.ReadAt = &at
		}
		if err := i.m.Messages.Send(ctx, &m); err != nil {
			return err
		}
	}
	return nil
}

// line is an entry of a ticket's thread.
type line struct {
	text string
	age  time.Duration
	by   string
}

func (i *isp) asks(ctx context.Context, c customer.Customer, t ticket.Ticket, lines ...line) error {
	t.CustomerID, t.CreatedAt, t.UpdatedAt = c.ID, i.ago(lines[0].age), i.ago(lines[len(lines)-1].age)
	var thread []ticket.Message
	for _, l := range lines {
		name := c.Name
		if l.by == ticket.ByAgent {
			name = "Sam Support"
		}
		thread = append(thread, ticket.Message{Author: l.by, AuthorName: name, Kind: ticket.KindMessage, Body: l.text, CreatedAt: i.ago(l.age)})
	}
	return i.m.Tickets.Add(ctx, &t, thread)
}
