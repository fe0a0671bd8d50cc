package customer

import "strings"

// known is what the log keeps of a customer, by the names of the form's fields. It holds no secret: of a passport the last
// two characters, enough to see that it changed.
type known struct {
	Name           string `json:"name"`
	Login          string `json:"login"`
	Status         Status `json:"status"`
	Category       string `json:"category"`
	PartnerID      int64  `json:"partner_id"`
	LocationID     int64  `json:"location_id"`
	MainAccount    int64  `json:"main_account"`
	Language       string `json:"language"`
	Email          string `json:"email"`
	BillingEmail   string `json:"billing_email"`
	Phone          string `json:"phone"`
	Street         string `json:"street"`
	Zip            string `json:"zip"`
	City           string `json:"city"`
	GPS            string `json:"gps"`
	ContactPerson  string `json:"contact_person"`
	Birthday       string `json:"birthday"`
	Passport       string `json:"passport"`
	CompanyID      string `json:"company_id"`
	VatID          string `json:"vat_id"`
	BillingType    string `json:"billing_type"`
	BillingDay     int    `json:"billing_day"`
	DueDay         int    `json:"due_day"`
	Period         int    `json:"period"`
	BlockingPeriod int    `json:"blocking_period"`
	GracePeriod    int    `json:"grace_period"`
	MinBalance     int64  `json:"min_balance"`
	PaymentMethod  int64  `json:"payment_method"`
	PartnerPercent string `json:"partner_percent"`
	SubMode        string `json:"sub_mode"`
	BillingPerson  string `json:"billing_person"`
	BillingStreet  string `json:"billing_street"`
	BillingZip     string `json:"billing_zip"`
	BillingCity    string `json:"billing_city"`
	NoFinanceMail  bool   `json:"no_finance_mail"`
}

func facts(c Customer, b Billing) known {
	return known{Name: c.Name, Login: c.Login, Status: c.Status, Category: c.Category, PartnerID: c.PartnerID, LocationID: c.LocationID, MainAccount: c.ParentID,
		Language: c.Language, Email: c.Email, BillingEmail: c.BillingEmail, Phone: c.Phone, Street: c.Street, Zip: c.Zip, City: c.City, GPS: c.GPS,
		ContactPerson: c.ContactPerson, Birthday: string(c.Birthday), Passport: veiled(c.Passport), CompanyID: c.CompanyID, VatID: c.VatID,
		BillingType: c.BillingType, BillingDay: b.BillingDay, DueDay: b.DueDay, Period: b.Period, BlockingPeriod: b.BlockingPeriod, GracePeriod: b.GracePeriod,
		MinBalance: b.MinBalance, PaymentMethod: b.PaymentMethodID, PartnerPercent: percent(b.PartnerPPM), SubMode: b.SubMode,
		BillingPerson: b.Person, BillingStreet: b.Street, BillingZip: b.Zip, BillingCity: b.City, NoFinanceMail: b.NoFinanceMail}
}

// veiled keeps the end of a text: "PA1234567" is "•••••67".
func veiled(s string) string {
	r := []rune(s)
	if len(r) < 6 {
		return strings.Repeat("•", min(len(r), 5))
	}
	return "•••••" + string(r[len(r)-2:])
}
