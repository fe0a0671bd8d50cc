package portal

// The settings of what customers get from modules of their own: documents, statistics, services, tickets, top-ups, the
// hotspot (spec §1.3). Each is stored and inherited like any other; one that is marked later takes effect with its module.

// Documents: the mail that goes out with a signed contract.
var (
	ContractSubject = text("P9", PerPartner, "documents", "contract_subject", 200, "Contract {{ contract.title }}", notBlank, knows(contractVariables...)).
			with(contractVariables...).later(Documents)
	ContractText = text("P10", PerPartner, "documents", "contract_text", 2000, "Thank you. The signed copy of your contract is attached.\n\n{{ companyInfo.company_name }}",
		notBlank, knows(contractVariables...)).with(contractVariables...).lines().later(Documents)
)

// contractVariables are what P9 and P10 may name.
var contractVariables = []string{"contract.title", "customer.name", "customer.login", "companyInfo.company_name"}

// Internet and Voice Statistics.
var (
	DailyUsage         = flag("P22", PerPartner, "internet_statistics", "show_daily_usage", true).later(Usage)
	StatisticsTotals   = flag("P23", PerPartner, "internet_statistics", "show_totals", true).later(Usage)
	StatisticsGraph    = flag("P24", PerPartner, "internet_statistics", "show_graph", false).later(Usage)
	FUPStatistics      = flag("P25", PerPartner, "internet_statistics", "show_fup_statistics", false).later(Usage)
	CurrentLimits      = flag("P26", PerPartner, "internet_statistics", "show_current_limits", false).later(Usage)
	MonthlyLimits      = flag("P27", PerPartner, "internet_statistics", "show_monthly_limits", false).later(Usage)
	SessionsStatistics = flag("P28", PerPartner, "internet_statistics", "show_sessions_statistics", false).later(Usage)
	TerminationCause   = flag("P29", PerPartner, "internet_statistics", "show_termination_cause", true).later(Usage)

	VoiceCalls    = flag("P30", PerPartner, "voice_statistics", "show_total_calls", true).later(Usage)
	VoiceRecords  = flag("P31", PerPartner, "voice_statistics", "show_voice_data", true).later(Usage)
	VoiceMessages = flag("P32", PerPartner, "voice_statistics", "show_messages_total", true).later(Usage)
	VoiceData     = flag("P33", PerPartner, "voice_statistics", "show_data_total", true).later(Usage)
)

// Services. The specification does not give the defaults of P34 to P36: ours show what people ask about, and neither the
// numbers that only staff use nor what a customer could do by mistake.
var (
	BundleFields = many("P34", PerPartner, "services", "bundle_service_fields",
		[]string{"id", "description", "price", "contract_start_date", "invoiced_until", "status"}, "description", "price", "contract_start_date", "invoiced_until", "status").
		words("service_fields").later(Services)
	InternetFields = many("P35", PerPartner, "services", "internet_service_fields",
		[]string{"id", "description", "plan", "price", "start_date", "invoiced_until", "service_login", "ipv4", "custom_ip", "status", "stop_start", "self_change", "request_change", "password_change"},
		"description", "plan", "price", "start_date", "invoiced_until", "service_login", "ipv4", "status", "request_change", "password_change").
		words("service_fields").later(Services)
	VoiceFields = many("P36", PerPartner, "services", "voice_service_fields",
		[]string{"id", "description", "plan", "price", "start_date", "invoiced_until", "phone", "direction", "status", "stop_start", "self_change", "request_change"},
		"description", "plan", "price", "start_date", "invoiced_until", "phone", "direction", "status", "request_change").
		words("service_fields").later(Services)
	RecurringFields = many("P37", PerPartner, "services", "recurring_service_fields",
		[]string{"id", "description", "plan", "price", "start_date", "invoiced_until", "status", "stop_start", "self_change", "request_change"}, "description", "status").
		words("service_fields").later(Services)
	ShowDays        = flag("P38", PerPartner, "services", "show_days", true).later(Services)
	ShowHardware    = flag("P39", PerPartner, "services", "show_hardware", true).later(Services)
	ShowACSDevices  = flag("P40", PerPartner, "services", "show_acs_devices", true).later(Services)
	ShowAllServices = flag("P41", PerPartner, "services", "show_all_services", false).later(Services)
)

// TicketColumns are what P42 can show of a ticket.
var TicketColumns = []string{"id", "subject", "priority", "status", "group", "type", "assigned_to", "watching", "created", "updated", "star"}

// Tickets.
var TicketFields = many("P42", PerPartner, "tickets", "ticket_fields", TicketColumns, TicketColumns...).later(Tickets)

// Top-ups, automatic and manual.
var (
	TopUpEnabled   = flag("P43", PerPartner, "top_up", "top_up_enabled", false).later(Services)
	AutoTopUp      = perm("P44", "top_up", "auto_top_up", Permission{View: true, Edit: true}).later(Services)
	AutoTopUpPlans = perm("P45", "top_up", "auto_top_up_plans", Permission{View: true}).later(Services)
	LimitationType = perm("P46", "top_up", "top_up_limitation_type", Permission{View: true}).later(Services)
	MaxTopUps      = perm("P47", "top_up", "top_up_max_per_month", Permission{View: true}).later(Services)

	ManualTopUp    = flag("P48", PerPartner, "manual_top_up", "manual_top_up_enabled", false).later(Services)
	TopUpDocument  = one("P49", PerPartner, "manual_top_up", "manual_top_up_document", []string{"invoice", "proforma"}, "invoice").later(Services)
	PayBeforeTopUp = flag("P50", PerPartner, "manual_top_up", "manual_top_up_pay_first", true).later(Services)
)

// Hotspot. The first active internet service's credentials are used.
var (
	HotspotEnabled  = flag("P55", PerPartner, "hotspot", "hotspot_enabled", false).later(Hotspot)
	HotspotHostname = text("P56", PerPartner, "hotspot", "hotspot_hostname", 200, "http://hotspot.lan/", notBlank, isHostAddress).later(Hotspot)
	HotspotLogin    = one("P57", PerPartner, "hotspot", "hotspot_login", []string{"automatic", "button", "disabled"}, "automatic").later(Hotspot)
	HotspotStatus   = flag("P58", PerPartner, "hotspot", "hotspot_status_page", true).later(Hotspot)
)
