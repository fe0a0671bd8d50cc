package finance

import (
	"testing"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// FIN-2, FIN-4 and surprise 3: what is stored, and what a badge says of it.
func TestInvoiceState(t *testing.T) {
	const yesterday, today, tomorrow = db.Day("2026-11-21"), db.Day("2026-11-22"), db.Day("2026-11-23")
	for _, c := range []struct {
		name        string
		stored      Status
		total, due  int64
		dueDay      db.Day
		fromBalance bool
		want        State
	}{
		{"not yet due", StatusNotPaid, 100, 100, tomorrow, false, Unpaid},
		{"due today is not overdue", StatusNotPaid, 100, 100, today, false, Unpaid},
		{"the day after it is", StatusNotPaid, 100, 100, yesterday, false, Overdue},
		{"without a due day never", StatusNotPaid, 100, 100, "", false, Unpaid},
		{"a part paid", StatusNotPaid, 100, 40, tomorrow, false, PartiallyPaid},
		{"overdue beats partially paid", StatusNotPaid, 100, 40, yesterday, false, Overdue},
		{"all but one unit", StatusNotPaid, 100, 1, today, false, PartiallyPaid},
		{"paid", StatusPaid, 100, 0, yesterday, false, Paid},
		{"paid from balance", StatusPaid, 100, 0, yesterday, true, PaidFromBalance},
		{"free of charge", StatusPaid, 0, 0, "", false, Paid},
		{"pending", StatusPending, 100, 100, today, false, Pending},
		{"pending with a part paid", StatusPending, 100, 40, "", false, Pending},
		{"pending overdue", StatusPending, 100, 100, yesterday, false, PendingOverdue},
		{"deleted", StatusDeleted, 100, 0, yesterday, false, Deleted},
		{"deleted beats the balance mark", StatusDeleted, 100, 0, yesterday, true, Deleted},
	} {
		if got := InvoiceState(c.stored, c.total, c.due, c.dueDay, c.fromBalance, today); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestProformaAndCreditNoteStates(t *testing.T) {
	for want, got := range map[State]State{
		Unpaid:         ProformaState(StatusNotPaid, false, "2026-11-22", "2026-11-22"),
		Overdue:        ProformaState(StatusNotPaid, false, "2026-11-21", "2026-11-22"),
		Pending:        ProformaState(StatusPending, false, "", "2026-11-22"),
		PendingOverdue: ProformaState(StatusPending, false, "2026-01-01", "2026-11-22"),
		Paid:           ProformaState(StatusPaid, false, "2026-01-01", "2026-11-22"),
		Deleted:        CreditNoteState(StatusDeleted, 5),
		RefundDue:      CreditNoteState(StatusNotRefunded, 5),
		Closed:         CreditNoteState(StatusNotRefunded, 0),
		Refunded:       CreditNoteState(StatusRefunded, 0),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// P54: the balance is shown times −1 when inverted; the books themselves keep their sign.
func TestP54InvertsWhatIsShown(t *testing.T) {
	b := money.Of(-4290, eur)
	if Shown(b, false) != b || Shown(b, true) != money.Of(4290, eur) {
		t.Error("P54: the balance is not inverted as the setting says")
	}
}

// The list's filter says in SQL what InvoiceState says in Go, for every combination.
func TestFilterAgreesWithState(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		n := int64(0)
		want := map[State]int{}
		for _, st := range []Status{StatusNotPaid, StatusPaid, StatusPending, StatusDeleted} {
			for _, due := range []int64{0, 1, 100} {
				for _, day := range []db.Day{"", "2026-11-21", "2026-11-22", "2026-11-23"} {
					for _, pfb := range []bool{false, true} {
						n++
						inv := Invoice{CustomerID: 1, PartnerID: 1, Number: money.FormatMinor(n, 0), Day: "2026-11-01", DueDay: day, Currency: c.Currency,
							Total: 100, Due: due, Status: st, PaidFromBalance: pfb, CreatedAt: d.Now(), UpdatedAt: d.Now()}
						if err := d.Q(ctx).Create(&inv).Error; err != nil {
							t.Fatal(err)
						}
						state := inv.State("2026-11-22")
						want[state]++
						if state.Open() {
							want[Open]++
						}
					}
				}
			}
		}
		for _, state := range []State{Open, Unpaid, Paid, PaidFromBalance, PartiallyPaid, Pending, Overdue, PendingOverdue, Deleted} {
			p := must(s.Of(1).Invoices(ctx, Filter{State: state, Size: 500}, "2026-11-22"))(t)
			if len(p.Rows) != want[state] || want[state] == 0 {
				t.Errorf("%s: the filter finds %d, the function says %d", state, len(p.Rows), want[state])
			}
			for _, r := range p.Rows {
				if state != Open && r.State != state {
					t.Errorf("filter %s finds a %s invoice", state, r.State)
				}
			}
		}
	})
}
