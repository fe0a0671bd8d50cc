package portal

// Pay links (beyond the reference): how long they are good for, whether customers make them for others, whether who holds one
// sees the whole document, and whether letters about what is unpaid carry one.
var (
	PayLinkDays      = declare(Declaration{ID: "B50", Scope: PerPartner, Section: "finance", Key: "pay_link_days", Type: Int, Min: 1, Max: 365, Beyond: true}, 30)
	PayLinkCustomers = declare(Declaration{ID: "B51", Scope: PerPartner, Section: "finance", Key: "pay_link_customers", Type: Bool, Beyond: true}, true)
	PayLinkPDF       = declare(Declaration{ID: "B52", Scope: PerPartner, Section: "finance", Key: "pay_link_pdf", Type: Bool, Beyond: true}, false)
	PayLinkMails     = declare(Declaration{ID: "B53", Scope: PerPartner, Section: "finance", Key: "pay_link_mails", Type: Bool, Beyond: true}, true)
)
