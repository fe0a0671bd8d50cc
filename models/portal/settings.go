package portal

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"myisp/internal/money"
	"myisp/internal/secret"
)

// Modules are the items of the portal's menu (P3) in their fixed order; Dashboard and Logout are always there.
var Modules = []string{"services", "finance", "messages", "tickets", "profile", "about", "news"}

// Languages are the languages that the portal ships; views/i18n holds the texts and a test holds the two together.
var Languages = []string{"en", "es", "ar"}

// General settings (spec §1.1): one value for the installation.
var (
	OfferedLanguages   = many("G1", General, "general", "languages", Languages, "en", "es", "ar")
	AuthField          = one("G2", General, "general", "authentication_field", []string{"login", "email"}, "login")
	ResetPassword      = flag("G3", General, "general", "reset_password", true)
	ResetPasswordType  = one("G4", General, "general", "reset_password_type", []string{"email", "sms"}, "email")
	ResetMailTemplate  = one("G5", General, "general", "reset_password_template", []string{"customer_password_reset", "customer_password_reset_short"}, "customer_password_reset")
	ResetSMSText       = text("G6", General, "general", "reset_password_sms_text", 300, "Password reset code: {{ code }}", holdsCode)
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

// Per partner settings (spec §1.3).
var (
	PortalTitle          = text("P1", PerPartner, "main", "portal_title", 60, "MyISP", notBlank)
	MenuItems            = many("P3", PerPartner, "menu", "menu_items", Modules, Modules...)
	DashboardItems       = many("P6", PerPartner, "dashboard", "dashboard_items", []string{"balance", "new_tickets", "new_messages", "unpaid_invoices", "unpaid_proforma_invoices"}, "balance", "new_tickets", "new_messages", "unpaid_invoices", "unpaid_proforma_invoices")
	DashboardNews        = flag("P7", PerPartner, "dashboard", "show_portal_news", true)
	ProfileLogin         = perm("P12", "profile_login", Permission{View: true})
	ProfileName          = perm("P13", "profile_name", Permission{View: true})
	ProfileEmail         = perm("P14", "profile_email", Permission{View: true})
	ProfileBillingEmail  = perm("P15", "profile_billing_email", Permission{View: true})
	ProfilePhone         = perm("P16", "profile_phone", Permission{View: true, Edit: true})
	ProfileStreet        = perm("P17", "profile_street", Permission{View: true})
	ProfileZip           = perm("P18", "profile_zip", Permission{View: true})
	ProfileCity          = perm("P19", "profile_city", Permission{View: true})
	ProfilePaymentMethod = perm("P20", "profile_payment_method", Permission{View: true})
	FinanceItems         = many("P51", PerPartner, "finance", "finance_items", FinancePages, FinancePages...)
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
	PhoneRegion    = text("X7", PerPartner, "localization", "phone_region", 2, "US", isRegion)
)

var variable = regexp.MustCompile(`{{\s*([^{}]*?)\s*}}`)

// holdsCode checks a reset text: it must carry the code, and know no variable but code and partner.
func holdsCode(s string) error {
	found := false
	for _, m := range variable.FindAllStringSubmatch(s, -1) {
		switch m[1] {
		case "code":
			found = true
		case "partner":
		default:
			return fmt.Errorf("unknown variable %q; known are code and partner", m[1])
		}
	}
	if !found {
		return fmt.Errorf("must contain {{ code }}")
	}
	return nil
}

// FillText replaces {{ name }} in a text of a setting by the given values.
func FillText(s string, values map[string]string) string {
	return variable.ReplaceAllStringFunc(s, func(m string) string { return values[variable.FindStringSubmatch(m)[1]] })
}

func isAlphabet(s string) error {
	_, err := secret.ParseAlphabet(s)
	return err
}

func notBlank(s string) error {
	if strings.TrimSpace(s) == "" {
		return fmt.Errorf("must not be empty")
	}
	return nil
}

func matches(s, pattern, what string) error {
	if s != "" && !regexp.MustCompile(pattern).MatchString(s) {
		return fmt.Errorf("must be %s", what)
	}
	return nil
}

func isGooglePlayID(s string) error {
	return matches(s, `^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+$`, "an application id such as com.example.app")
}

func isAppStoreID(s string) error { return matches(s, `^id[0-9]{6,12}$`, "an id such as id1462886761") }

func isWebAddress(s string) error {
	return matches(s, `^https?://[^\s"'<>]+$`, "an address that begins with https:// or http://")
}

func isRegion(s string) error { return matches(s, `^[A-Z]{2}$`, "a country code such as US") }

func isZone(s string) error {
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		return fmt.Errorf("must be a time zone such as Europe/Prague")
	}
	return nil
}

func isCurrency(s string) error {
	if !money.Currency(s).Valid() {
		return fmt.Errorf("must be an ISO 4217 code such as EUR")
	}
	return nil
}
