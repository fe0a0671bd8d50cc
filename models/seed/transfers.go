package seed

import (
	"context"
	"fmt"
	"strings"

	"myisp/models/finance"
	"myisp/models/portal"
)

// transfers imports a bank statement, so that the desk of incoming transfers has one line that is certain, one that is likely,
// and one that says nothing.
func (i *isp) transfers(ctx context.Context) error {
	carla, err := i.m.Customers.ByLogin(ctx, "carla")
	if err != nil {
		return err
	}
	open, err := i.m.Finance.Payable(ctx, carla.ID, euro)
	if err != nil || len(open) == 0 {
		return err
	}
	alice, err := i.m.Customers.ByLogin(ctx, "alice")
	if err != nil {
		return err
	}
	yesterday := i.today.AddDays(-1)
	invoice := finance.Reference{Kind: finance.RefInvoice, ID: open[0].ID}
	customer := finance.Reference{Kind: finance.RefCustomer, ID: alice.ID}
	lines := []string{"Booking date;Counterparty;IBAN;Remittance;Amount;Currency;Transaction id",
		fmt.Sprintf("%s;%s;IE29AIBK93115212345678;%s;%s;EUR;T-1001", yesterday, strings.ToUpper(carla.Name), strings.ToLower(invoice.Grouped()), decimal(open[0].Due)),
		fmt.Sprintf("%s;%s;IE64IRCE92050112345678;Internet %s;20.00;EUR;T-1002", yesterday, strings.ToUpper(alice.Name), customer),
		fmt.Sprintf("%s;Quay Street Bakery;;thank you;35.00;EUR;T-1003", i.today)}
	st, err := i.m.Finance.AddStatement(ctx, portal.DefaultPartner, "first-pretend-bank.csv", []byte(strings.Join(lines, "\n")+"\n"), euro)
	if err != nil {
		return err
	}
	_, err = i.m.Finance.ImportStatement(ctx, st.ID, euro)
	return err
}

func decimal(minor int64) string { return fmt.Sprintf("%d.%02d", minor/100, minor%100) }
