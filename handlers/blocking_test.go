package handlers_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"

	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/service"
)

// breaks lets whatever would be entered into the log about a customer fail, as a bad row of theirs would, until mend.
func (p *debtor) breaks(customerID int64) (mend func()) {
	p.t.Helper()
	broken := true
	must(p.t, p.M.DB.Q(p.Context).Callback().Create().Before("gorm:create").Register("test:breaks", func(tx *gorm.DB) {
		if e, ok := tx.Statement.Dest.(*audit.Entry); ok && broken && e.CustomerID != nil && *e.CustomerID == customerID {
			_ = tx.AddError(errors.New("a bad row"))
		}
	}))
	return func() { broken = false }
}

// owes gives another customer the debt of the first.
func (p *debtor) owes(c customer.Customer) {
	p.t.Helper()
	_, err := p.M.Finance.IssueInvoice(p.Context, finance.NewInvoice{Party: finance.Party{CustomerID: c.ID, PartnerID: 1, Currency: "EUR"}, Day: "2026-11-01", DueDay: "2026-11-15",
		Kind: "recurring", Items: []finance.Item{{Description: "Fiber", Price: 2990}}})
	must(p.t, err)
}

// One customer who cannot be dealt with keeps nobody else from being: the round goes on, staff read in the queue who it was,
// and the round is repeated until it works.
func TestBlockingGoesOn(t *testing.T) {
	eachDebtor(t, []string{"block_unpaid"}, func(t *testing.T, p *debtor) {
		later := p.Customer(customer.Customer{Login: "dora"})
		p.owes(later)
		mend := p.breaks(p.who.ID)
		*p.now = p.now.AddDate(0, 0, 11) // 16 November, noon
		must(t, p.worker.Schedule(p.Context))
		for p.worker.Once(p.Context) {
		}
		p.is(customer.StatusActive)
		if c, err := p.M.Customers.Find(p.Context, later.ID); err != nil || c.Status != customer.StatusBlocked {
			t.Errorf("the customer after it is %s, %v", c.Status, err)
		}
		var round job.Job
		must(t, p.M.DB.Q(p.Context).Where("kind = ?", "blocking.round").Take(&round).Error)
		if round.State != job.Waiting || !strings.Contains(round.LastError, fmt.Sprintf("customer %d: a bad row", p.who.ID)) || strings.Contains(round.LastError, fmt.Sprintf("customer %d", later.ID)) {
			t.Errorf("the queue says of the round %s %q", round.State, round.LastError)
		}
		mend()
		*p.now = p.now.Add(job.Backoff(1))
		for p.worker.Once(p.Context) {
		}
		p.is(customer.StatusBlocked)
		must(t, p.M.DB.Q(p.Context).Where("kind = ?", "blocking.round").Take(&round).Error)
		if round.State != job.Done {
			t.Errorf("after it was mended the round is %s", round.State)
		}
	})
}

// A part of the round with a failing customer leads to the next part all the same.
func TestBlockingGoesOnToTheNextPart(t *testing.T) {
	eachDebtor(t, []string{"block_unpaid"}, func(t *testing.T, p *debtor) {
		var crowd []customer.Customer
		var promises []service.Promise // those who have one are looked at and left alone
		for i := range int64(499) {
			id := p.who.ID + 1 + i
			crowd = append(crowd, customer.Customer{ID: id, PartnerID: 1, Login: fmt.Sprint("crowd", i), LoginFolded: fmt.Sprint("crowd", i), Name: "Crowd", Status: customer.StatusActive, Language: "en"})
			promises = append(promises, service.Promise{CustomerID: id, OpenFor: &id, PartnerID: 1, State: service.PromiseOpen, Amount: 1, Currency: "EUR", MadeOn: "2026-11-01", Until: "2027-11-01"})
		}
		must(t, p.M.DB.Q(p.Context).CreateInBatches(crowd, 100).Error)
		must(t, p.M.DB.Q(p.Context).CreateInBatches(promises, 100).Error)
		later := p.Customer(customer.Customer{ID: p.who.ID + 500, Login: "dora"})
		p.owes(later)
		p.breaks(p.who.ID)
		*p.now = p.now.AddDate(0, 0, 11)
		must(t, p.worker.Schedule(p.Context))
		for p.worker.Once(p.Context) {
		}
		p.is(customer.StatusActive)
		if c, err := p.M.Customers.Find(p.Context, later.ID); err != nil || c.Status != customer.StatusBlocked {
			t.Errorf("the customer of the next part is %s, %v", c.Status, err)
		}
	})
}
