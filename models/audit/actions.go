package audit

// Action is what was done; its words are the message audit.action.<action>.
type Action string

// The actions of the log, by what they are done to.
const (
	AccessDenied Action = "access_denied" // a member of staff asked for what their role does not reach
	StaffLogIn   Action = "staff_log_in"
	StaffLogOut  Action = "staff_log_out"
	SettingSet   Action = "setting_set"
	SettingReset Action = "setting_reset"
	GatewaySet   Action = "gateway_set" // a partner's payment gateway

	StatementAdded     Action = "statement_added"  // a bank statement was uploaded
	StatementFormat    Action = "statement_format" // it is read otherwise
	StatementRemoved   Action = "statement_removed"
	StatementImported  Action = "statement_imported"
	StatementTakenBack Action = "statement_taken_back"
	IncomingBooked     Action = "incoming_booked" // an incoming bank transfer became a payment
	IncomingUndone     Action = "incoming_undone"
	IncomingIgnored    Action = "incoming_ignored"
	IncomingReopened   Action = "incoming_reopened"

	PaymentRecorded    Action = "payment_recorded"
	PaymentRefunded    Action = "payment_refunded"
	RefundAsked        Action = "refund_asked" // of a gateway
	PaymentDeleted     Action = "payment_deleted"
	AttemptAccepted    Action = "attempt_accepted"
	AttemptClosed      Action = "attempt_closed"
	InvoiceIssued      Action = "invoice_issued"
	InvoiceCorrected   Action = "invoice_corrected"
	InvoiceDeleted     Action = "invoice_deleted"
	InvoiceReleased    Action = "invoice_released"     // its payments were taken off it
	InvoiceFromBalance Action = "invoice_from_balance" // paid from what was in credit
	ProformaIssued     Action = "proforma_issued"
	ProformaDeleted    Action = "proforma_deleted"
	CreditNoteIssued   Action = "credit_note_issued"
	CreditNoteDeleted  Action = "credit_note_deleted"
	TransactionAdded   Action = "transaction_added"
	TransactionDeleted Action = "transaction_deleted"
	MethodSaved        Action = "payment_method_saved"
	CategorySaved      Action = "category_saved"
	TaxSaved           Action = "tax_saved"
	AutopayPaused      Action = "autopay_paused"
	AutopayResumed     Action = "autopay_resumed"
	AutopayStopped     Action = "autopay_stopped"

	PromiseMade      Action = "promise_made" // to pay, by a customer or granted by staff
	PromiseMoved     Action = "promise_moved"
	PromiseKept      Action = "promise_kept"
	PromiseBroken    Action = "promise_broken"
	PromiseCancelled Action = "promise_cancelled"

	CardsMade      Action = "cards_made" // refill cards
	CardsPrinted   Action = "cards_printed"
	CardsBlocked   Action = "cards_blocked"
	CardsReleased  Action = "cards_released"
	PayLinkMade    Action = "pay_link_made"
	PayLinkRevoked Action = "pay_link_revoked"

	ActingStarted Action = "acting_started" // a member of staff acts as a customer
	ActingEnded   Action = "acting_ended"
	JobRetried    Action = "job_retried"
	JobsRetried   Action = "jobs_retried" // all failed ones of a kind
	BackupMade    Action = "backup_made"

	BrandSaved      Action = "brand_saved" // the draft
	BrandDiscarded  Action = "brand_discarded"
	BrandPublished  Action = "brand_published"
	BrandRolledBack Action = "brand_rolled_back"
	CompanySaved    Action = "company_saved"
	HostAdded       Action = "host_added"
	HostRemoved     Action = "host_removed"
	PartnerAdded    Action = "partner_added"
	PartnerRenamed  Action = "partner_renamed"
	LocationAdded   Action = "location_added"
	LocationRenamed Action = "location_renamed"
	LocationRemoved Action = "location_removed"

	CustomerAdded         Action = "customer_added"
	CustomerChanged       Action = "customer_changed"
	CustomerStatus        Action = "customer_status"
	CustomerLabels        Action = "customer_labels"
	CustomerPassword      Action = "customer_password"      // set by staff
	CustomerPasswordSent  Action = "customer_password_sent" // a code to choose one
	CustomerSessionsEnded Action = "customer_sessions_ended"
	LabelSaved            Action = "label_saved"
	LabelRemoved          Action = "label_removed"

	StaffAdded           Action = "staff_added" // on the command line
	StaffEdited          Action = "staff_edited"
	StaffInvited         Action = "staff_invited"
	InvitationResent     Action = "invitation_resent"
	InvitationRevoked    Action = "invitation_revoked"
	InvitationAccepted   Action = "invitation_accepted"
	StaffSessionsEnded   Action = "staff_sessions_ended"
	StaffPasswordLink    Action = "staff_password_link"
	StaffPasswordSet     Action = "staff_password_set"
	SecondFactorSet      Action = "second_factor_set"
	SecondFactorRemoved  Action = "second_factor_removed" // by its owner
	SecondFactorReset    Action = "second_factor_reset"   // by a colleague, or on the command line
	SecondFactorFailed   Action = "second_factor_failed"  // somebody knows the password and not the code
	RecoveryCodesRenewed Action = "recovery_codes_renewed"
	RoleAdded            Action = "role_added"
	RoleEdited           Action = "role_edited"
	RoleRemoved          Action = "role_removed"

	AttributeCreated          Action = "attribute_created"
	AttributeChanged          Action = "attribute_changed"
	AttributeArchived         Action = "attribute_archived"
	AttributeRestored         Action = "attribute_restored"
	AttributeDeleted          Action = "attribute_deleted"
	CustomerAttributesChanged Action = "customer_attributes_changed"
	ProfileChanged            Action = "profile_changed" // by the customers themselves
)

// Actions lists every action, for filters and for the test that holds them to their words.
var Actions = []Action{AccessDenied, StaffLogIn, StaffLogOut, SettingSet, SettingReset, GatewaySet, StatementAdded, StatementFormat, StatementRemoved, StatementImported, StatementTakenBack,
	CardsMade, CardsPrinted, CardsBlocked, CardsReleased, PayLinkMade, PayLinkRevoked,
	IncomingBooked, IncomingUndone, IncomingIgnored, IncomingReopened, ActingStarted, ActingEnded, JobRetried, JobsRetried, BackupMade,
	PaymentRecorded, PaymentRefunded, RefundAsked, PaymentDeleted, AttemptAccepted, AttemptClosed, InvoiceIssued, InvoiceCorrected, InvoiceDeleted, InvoiceReleased, InvoiceFromBalance, ProformaIssued, ProformaDeleted,
	CreditNoteIssued, CreditNoteDeleted, TransactionAdded, TransactionDeleted, MethodSaved, CategorySaved, TaxSaved, AutopayPaused, AutopayResumed, AutopayStopped,
	PromiseMade, PromiseMoved, PromiseKept, PromiseBroken, PromiseCancelled,
	BrandSaved, BrandDiscarded, BrandPublished, BrandRolledBack, CompanySaved, HostAdded, HostRemoved, PartnerAdded, PartnerRenamed, LocationAdded, LocationRenamed, LocationRemoved,
	CustomerAdded, CustomerChanged, CustomerStatus, CustomerLabels, CustomerPassword, CustomerPasswordSent, CustomerSessionsEnded, LabelSaved, LabelRemoved,
	StaffAdded, StaffEdited, StaffInvited, InvitationResent, InvitationRevoked, InvitationAccepted, StaffSessionsEnded, StaffPasswordLink,
	StaffPasswordSet, SecondFactorSet, SecondFactorRemoved, SecondFactorReset, SecondFactorFailed, RecoveryCodesRenewed, RoleAdded, RoleEdited, RoleRemoved,
	AttributeCreated, AttributeChanged, AttributeArchived, AttributeRestored, AttributeDeleted, CustomerAttributesChanged, ProfileChanged}
