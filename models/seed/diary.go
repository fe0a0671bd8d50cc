package seed

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"myisp/internal/money"
	"myisp/models/catalog"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/service"
)

// event is something that moves money on a day. Events of all customers happen in the order of their days, so that numbers
// of documents run through the house as they would in life.
type event struct {
	day db.Day
	do  func(ctx context.Context) error
}

func (i *isp) on(day db.Day, do func(ctx context.Context) error) {
	i.diary = append(i.diary, event{day, do})
}

// live lets everything in the diary happen.
func (i *isp) live(ctx context.Context) error {
	slices.SortStableFunc(i.diary, func(a, b event) int { return cmp.Compare(a.day, b.day) })
	for _, e := range i.diary {
		if err := e.do(ctx); err != nil {
			return fmt.Errorf("seed: %s: %w", e.day, err)
		}
	}
	return nil
}

// The numbers of the pretend provider's documents, as its settings have them, easy to say on the telephone. They are given to each
// document too: what a setting is within the one transaction that makes the demo is not known to all before it ends.
const (
	invoiceNumbers    = "{year}-{next|6}"
	proformaNumbers   = "P{year}-{next|6}"
	creditNoteNumbers = "CN{year}-{next|5}"
)

const euro = money.Currency("EUR")

func party(c customer.Customer) finance.Party {
	return finance.Party{CustomerID: c.ID, PartnerID: c.PartnerID, LocationID: c.LocationID, Currency: euro}
}

// bill is an invoice to be issued, with what happens to it. Days count from the day of issue.
type bill struct {
	on, due     db.Day
	recurring   bool
	items       []finance.Item
	fromBalance bool
	note        string
	paidAfter   int   // days; 0 is not paid
	method      int64 // of the payment
	over        int64 // minor units paid more than asked, which stay as credit
	credit      *finance.Item
	comment     string
}

// bill writes an invoice, and the credit note and payment that follow it, into the diary.
func (i *isp) bill(c customer.Customer, b bill) {
	var inv finance.Invoice
	var credited int64
	kind := "one_time"
	if b.recurring {
		kind = "recurring"
	}
	i.on(b.on, func(ctx context.Context) (err error) {
		inv, err = i.m.Finance.IssueInvoice(ctx, finance.NewInvoice{Party: party(c), Pattern: invoiceNumbers, Day: b.on, DueDay: b.due, Kind: kind,
			Items: b.items, Note: b.note, FromBalance: b.fromBalance})
		return err
	})
	if b.credit != nil {
		day := b.on.AddDays(1)
		i.on(day, func(ctx context.Context) error {
			note, err := i.m.Finance.IssueCreditNote(ctx, finance.NewCreditNote{Party: party(c), Pattern: creditNoteNumbers, InvoiceID: inv.ID, Day: day,
				Items: []finance.Item{*b.credit}, Note: "Thank you for your patience."})
			credited = note.Total
			return err
		})
	}
	if b.paidAfter == 0 {
		return
	}
	day := b.on.AddDays(b.paidAfter)
	i.on(day, func(ctx context.Context) error {
		_, err := i.m.Finance.RecordPayment(ctx, finance.NewPayment{Quiet: true, Party: party(c), MethodID: b.method, Day: day, Amount: inv.Total - credited + b.over,
			InvoiceIDs: []int64{inv.ID}, Comment: b.comment})
		return err
	})
}

// person stores a customer of the demo, with a password unless it is empty.
func (i *isp) person(ctx context.Context, c customer.Customer, b customer.Billing, password string) (customer.Customer, error) {
	if c.PartnerID == 0 {
		c.PartnerID = i.partnerOf(c.LocationID)
	}
	if b.BillingDay == 0 {
		b.BillingDay = 1
	}
	if b.DueDay == 0 {
		b.DueDay = 15
	}
	if b.PaymentMethodID == 0 {
		b.PaymentMethodID = finance.MethodBankTransfer
	}
	b.Currency, b.GracePeriod = string(euro), 10
	region := "IE"
	if c.PartnerID != portal.DefaultPartner {
		region = "NL"
	}
	if err := i.m.Customers.Create(ctx, &c, b, region); err != nil {
		return c, fmt.Errorf("seed: customer %s: %w", c.Login, err)
	}
	if password == "" {
		return c, nil
	}
	return c, i.m.Customers.SetPassword(ctx, c.ID, password)
}

// sells gives a customer a service of a plan; change adjusts it before it is stored.
func (i *isp) sells(ctx context.Context, c customer.Customer, plan string, from db.Day, change func(*service.Service)) (service.Service, error) {
	p, ok := i.plans[plan]
	if !ok {
		return service.Service{}, fmt.Errorf("seed: there is no plan %q", plan)
	}
	s := service.Service{CustomerID: c.ID, Kind: string(p.Kind), PlanID: p.ID, Description: p.Name(), Quantity: 1000, UnitPrice: p.Price,
		Currency: string(p.Currency), TaxIncluded: p.TaxIncluded, TaxID: p.TaxID, StartsOn: from, Status: service.Active, CreatedAt: from.In(zone).UTC()}
	if change != nil {
		change(&s)
	}
	return s, i.m.Services.Add(ctx, &s)
}

// item is a line of an invoice for a service's period.
func (i *isp) item(s service.Service, from, to db.Day) finance.Item {
	tax := i.tax(s.TaxID)
	return finance.Item{Description: s.Description, Quantity: s.Quantity, Price: s.UnitPrice, TaxIncluded: s.TaxIncluded, TaxID: tax.ID, TaxName: tax.Name,
		TaxRatePPM: tax.RatePPM, PeriodFrom: from, PeriodTo: to, ServiceID: s.ID}
}

// extra is a line for something that happens once, with the Default partner's tax inside.
func (i *isp) extra(description string, price int64) finance.Item {
	return finance.Item{Description: description, Price: price, TaxIncluded: true, TaxID: i.vat.ID, TaxName: i.vat.Name, TaxRatePPM: i.vat.RatePPM}
}

func (i *isp) tax(id int64) catalog.Tax {
	if id == i.btw.ID {
		return i.btw
	}
	return i.vat
}
