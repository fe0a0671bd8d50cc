package portal

// Paying (beyond the reference): how much money customers may add at once; of pay links how long they are good for, whether customers make them for others, whether who holds one
// sees the whole document, and whether letters about what is unpaid carry one.
var (
	PayLinkDays      = declare(Declaration{ID: "B50", Scope: PerPartner, Section: "finance", Key: "pay_link_days", Type: Int, Min: 1, Max: 365, Beyond: true}, 30)
	PayLinkCustomers = declare(Declaration{ID: "B51", Scope: PerPartner, Section: "finance", Key: "pay_link_customers", Type: Bool, Beyond: true}, true)
	PayLinkPDF       = declare(Declaration{ID: "B52", Scope: PerPartner, Section: "finance", Key: "pay_link_pdf", Type: Bool, Beyond: true}, false)
	AddMoneyMost     = declare(Declaration{ID: "B54", Scope: PerPartner, Section: "finance", Key: "add_money_most", Type: Int, Max: 100_000_000, Beyond: true}, 5000)
	PayLinkMails     = declare(Declaration{ID: "B53", Scope: PerPartner, Section: "finance", Key: "pay_link_mails", Type: Bool, Beyond: true}, true)
)
