package portal

// Modules are the items of the portal's menu (P3) in their fixed order; Dashboard and Logout are always there.
var Modules = []string{"statistics", "services", "finance", "messages", "tickets", "documents", "profile", "about", "news"}

// Languages are the languages that the portal ships; views/i18n holds the texts and a test holds the two together.
var Languages = []string{"en", "es", "ar"}

// General settings (spec §1.1): one value for the installation.
var (
	OfferedLanguages   = many("G1", General, "general", "languages", Languages, "en", "es", "ar")
	AuthField          = one("G2", General, "general", "authentication_field", []string{"login", "email"}, "login")
	ResetPassword      = flag("G3", General, "general", "reset_password", true)
	ResetPasswordType  = one("G4", General, "general", "reset_password_type", []string{"email", "sms"}, "email")
	ResetMailTemplate  = one("G5", General, "general", "reset_password_template", []string{"customer_password_reset", "customer_password_reset_short"}, "customer_password_reset")
	ResetSMSText       = text("G6", General, "general", "reset_password_sms_text", 300, "Password reset code: {{ code }}", holdsCode, knows("code", "partner")).with("code", "partner")
	ResetMailAlphabet  = text("G7", General, "general", "reset_password_email_chars", 200, `"A–Z","1234567890","a–z"`, isAlphabet)
	ResetMailLength    = number("G8", General, "general", "reset_password_email_length", 6, 64, 20)
	ResetSMSAlphabet   = text("G9", General, "general", "reset_password_sms_chars", 200, "1234567890", isAlphabet)
	ResetSMSLength     = number("G10", General, "general", "reset_password_sms_length", 6, 64, 8)
	HelpEnabled        = flag("G11", General, "general", "help_enabled", true)
	MobileApp          = flag("G13", General, "general", "mobile_app_enabled", true)
	GooglePlayID       = text("G14", General, "general", "google_play_app_id", 100, "com.splynx.portal", isGooglePlayID)
	AppStoreID         = text("G15", General, "general", "app_store_app_id", 20, "id1462886761", isAppStoreID)
	CrossPartnerLogins = declare(Declaration{ID: "B1", Scope: General, Section: "general", Key: "login_on_any_host", Type: Bool, Beyond: true}, false)
)

// StaffSecondFactor says whether every member of staff has to log in with a second factor (beyond the reference).
var StaffSecondFactor = declare(Declaration{ID: "B20", Scope: General, Section: "general", Key: "staff_second_factor", Type: One,
	Options: []string{SecondFactorOff, SecondFactorRequired}, Beyond: true, Staff: true}, SecondFactorOff)

// The values of StaffSecondFactor.
const (
	SecondFactorOff      = "off"
	SecondFactorRequired = "required"
)

// Per partner settings (spec §1.3).
var (
	PortalTitle          = text("P1", PerPartner, "main", "portal_title", 60, "MyISP", notBlank)
	GDPR                 = flag("P2", PerPartner, "main", "gdpr_enabled", false).later(Privacy)
	MenuItems            = many("P3", PerPartner, "menu", "menu_items", Modules, Modules...).laterOption("statistics", Usage).laterOption("documents", Documents)
	DashboardUsage       = flag("P4", PerPartner, "dashboard", "show_fup_cap", false).later(Usage)
	DashboardRules       = flag("P5", PerPartner, "dashboard", "show_fup_rules", false).later(Usage)
	DashboardItems       = many("P6", PerPartner, "dashboard", "dashboard_items", []string{"balance", "new_tickets", "new_messages", "unpaid_invoices", "unpaid_proforma_invoices"}, "balance", "new_tickets", "new_messages", "unpaid_invoices", "unpaid_proforma_invoices")
	DashboardNews        = flag("P7", PerPartner, "dashboard", "show_portal_news", true)
	DashboardBandwidth   = flag("P8", PerPartner, "dashboard", "show_live_bandwidth", true).later(Usage)
	AskPassword          = flag("P11", PerPartner, "profile", "ask_password", true)
	ProfileLogin         = perm("P12", "profile", "profile_login", Permission{View: true})
	ProfileName          = perm("P13", "profile", "profile_name", Permission{View: true})
	ProfileEmail         = perm("P14", "profile", "profile_email", Permission{View: true})
	ProfileBillingEmail  = perm("P15", "profile", "profile_billing_email", Permission{View: true})
	ProfilePhone         = perm("P16", "profile", "profile_phone", Permission{View: true, Edit: true})
	ProfileStreet        = perm("P17", "profile", "profile_street", Permission{View: true})
	ProfileZip           = perm("P18", "profile", "profile_zip", Permission{View: true})
	ProfileCity          = perm("P19", "profile", "profile_city", Permission{View: true})
	ProfilePaymentMethod = perm("P20", "profile", "profile_payment_method", Permission{View: true})
	ProfilePassword      = perm("P21", "profile", "profile_password", Permission{View: true, Edit: true})
	FinanceItems         = many("P51", PerPartner, "finance", "finance_items", FinancePages, FinancePages...)
	PaymentMethods       = many("P52", PerPartner, "finance", "payment_methods", []string{"refill_card"}, "refill_card")
	TransactionFields    = many("P53", PerPartner, "finance", "transactions_fields", []string{"debit_credit", "movement", "invoice_number"}, "debit_credit", "movement", "invoice_number")
	InvertBalance        = flag("P54", PerPartner, "finance", "invert_account_balance", false)
)

// FinancePages are the pages of the finance module that P51 switches, in menu order.
var FinancePages = []string{"invoices", "payments", "credit_notes", "statements", "transactions", "proforma_invoices"}

// Help shown by the "Need help?" button (G11) and localisation (X7), per partner.
var (
	HelpPhone = text("G11", PerPartner, "help", "help_phone", 64, "")
	HelpEmail = text("G11", PerPartner, "help", "help_email", 254, "")
	HelpURL   = text("G11", PerPartner, "help", "help_url", 300, "", isWebAddress)
	HelpText  = text("G11", PerPartner, "help", "help_text", 500, "")

	Zone           = text("X7", PerPartner, "localization", "timezone", 64, "UTC", isZone)
	Currency       = text("X7", PerPartner, "localization", "currency", 3, "EUR", isCurrency)
	CurrencySymbol = text("X7", PerPartner, "localization", "currency_symbol", 8, "")
	SymbolPosition = one("X7", PerPartner, "localization", "currency_symbol_position", []string{"before", "before_space", "after", "after_space"}, "before_space")
	MoneyDecimals  = one("X7", PerPartner, "localization", "money_decimals", []string{"currency", "0", "1", "2", "3", "4"}, "currency")
	DecimalMark    = one("X7", PerPartner, "localization", "decimal_separator", []string{".", ","}, ".")
	ThousandsMark  = one("X7", PerPartner, "localization", "thousands_separator", []string{"space", ",", ".", "'", "none"}, "space")
	DateOrder      = one("X7", PerPartner, "localization", "date_format", []string{"language", "dmy_dot", "dmy_slash", "mdy_slash", "ymd_dash"}, "language")
	ClockHours     = one("X7", PerPartner, "localization", "time_format", []string{"24", "24_seconds", "12", "12_seconds"}, "24")
	FirstWeekday   = one("X7", PerPartner, "localization", "first_weekday", []string{"monday", "sunday", "saturday"}, "monday")
	TrafficUnit    = one("X7", PerPartner, "localization", "traffic_unit", []string{"auto", "mb", "gb", "tb"}, "auto")
	PhoneRegion    = text("X7", PerPartner, "localization", "phone_region", 2, "US", isRegion)
)
