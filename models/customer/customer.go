// Package customer holds who a customer is: identity, contacts, credentials, and the ways back in when a password is lost.
package customer

import (
	"context"
	"strings"
	"time"

	"myisp/internal/phone"
	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/job"
	"myisp/models/limit"
	"myisp/models/session"
)

// Status is where a customer stands (spec §3.1).
type Status string

// The statuses: all four may log in; a blocked customer sees why and pays, a disabled one reads finance and tickets.
const (
	StatusNew      Status = "new"
	StatusActive   Status = "active"
	StatusBlocked  Status = "blocked"
	StatusDisabled Status = "disabled"
)

// Statuses lists them in the order in which staff choose among them.
var Statuses = []Status{StatusNew, StatusActive, StatusBlocked, StatusDisabled}

// The billing types (spec §0): Recurring, Prepaid (Custom) and the older Prepaid (Daily).
const (
	Recurring    = "recurring"
	PrepaidMonth = "prepaid_monthly"
	PrepaidDaily = "prepaid"
)

// BillingTypes lists them in the order in which staff choose among them.
var BillingTypes = []string{Recurring, PrepaidMonth, PrepaidDaily}

// The categories (spec §0, §3.1). A lead is somebody who has asked and not bought yet.
const (
	Individual = "person"
	Business   = "company"
	Lead       = "lead"
)

// Categories lists them in the order in which staff choose among them.
var Categories = []string{Individual, Business, Lead}

// Who adds customers (spec §3.1 added_by); "" is not known.
const (
	AddedByStaff  = "admin"
	AddedByAPI    = "api"
	AddedByWidget = "widget" // self-registration
	AddedByImport = "import"
)

// Customer is a person or company that buys from the provider.
type Customer struct {
	ID                int64      `gorm:"primaryKey;index:customers_status,priority:2;index:customers_partner,priority:2;index:customers_location,priority:2"`
	PartnerID         int64      `gorm:"not null;index:customers_partner,priority:1"`
	LocationID        int64      `gorm:"not null;index:customers_location,priority:1"`
	ParentID          int64      `gorm:"not null;index"` // the main account of a sub-account, else 0
	BillingType       string     `gorm:"size:20;not null"`
	Status            Status     `gorm:"size:16;not null;index:customers_status,priority:1"`
	StatusSince       *time.Time `gorm:""`
	Category          string     `gorm:"size:16;not null"`
	Login             string     `gorm:"size:200;not null"`
	LoginFolded       string     `gorm:"size:200;not null;uniqueIndex"`
	PasswordHash      string     `gorm:"size:200;not null"` // Argon2id; empty: cannot log in yet
	PasswordChangedAt *time.Time `gorm:""`
	Name              string     `gorm:"size:200;not null"`
	Email             string     `gorm:"size:1000;not null"` // comma list
	BillingEmail      string     `gorm:"size:1000;not null"` // comma list; empty: finance mail goes to Email
	Phone             string     `gorm:"size:500;not null"`  // comma list
	Street            string     `gorm:"size:200;not null"`
	Zip               string     `gorm:"size:32;not null"`
	City              string     `gorm:"size:120;not null"`
	CompanyID         string     `gorm:"size:64;not null"`
	VatID             string     `gorm:"size:64;not null"`
	Language          string     `gorm:"size:16;not null"` // empty: as the browser asks
	Theme             string     `gorm:"size:8;not null"`  // "", "light" or "dark"; empty follows the device
	CreatedAt         time.Time  `gorm:"not null"`
	UpdatedAt         time.Time  `gorm:"not null"`
	LastOnlineAt      *time.Time `gorm:""`
	ContactPerson     string     `gorm:"size:200;not null"`
	Birthday          db.Day     `gorm:"size:10;not null"`
	Passport          string     `gorm:"size:64;not null"`
	GPS               string     `gorm:"column:gps;size:64;not null"` // "53.349805,-6.260310"
	AddedBy           string     `gorm:"size:16;not null"`
	AddedByID         int64      `gorm:"not null"`           // the member of staff, for AddedByStaff
	StatusReason      string     `gorm:"size:1000;not null"` // what staff wrote at the last change of Status
}

// Contact is one address or number of a customer in the form in which it is looked up: folded e-mail, E.164 phone.
type Contact struct {
	ID         int64  `gorm:"primaryKey"`
	CustomerID int64  `gorm:"not null;index"`
	Kind       string `gorm:"size:16;not null;index:customer_contacts_value,priority:1"`
	Value      string `gorm:"size:254;not null;index:customer_contacts_value,priority:2"`
}

// TableName names the table.
func (Contact) TableName() string { return "customer_contacts" }

// The kinds of contacts.
const (
	ContactEmail = "email"
	ContactPhone = "phone"
)

// Billing is how the customer is billed (spec §3.1 customer_billing). Days are days of the month, periods are days.
type Billing struct {
	CustomerID      int64  `gorm:"primaryKey;autoIncrement:false"`
	Currency        string `gorm:"size:3;not null"`
	BillingDay      int    `gorm:"not null"`
	DueDay          int    `gorm:"not null"`
	BlockingPeriod  int    `gorm:"not null"`
	GracePeriod     int    `gorm:"not null"`
	MinBalance      int64  `gorm:"not null"` // minor units, may be negative
	PaymentMethodID int64  `gorm:"not null"`
	BlockedOn       db.Day `gorm:"size:10;not null"` // the day the service was suspended, while it is
	BlocksOn        db.Day `gorm:"size:10;not null"` // the day it will be, when nothing is paid

	Period     int    `gorm:"not null"`                    // months paid in advance, 0 is afterwards
	PartnerPPM int64  `gorm:"column:partner_ppm;not null"` // the partner's share of what the customer pays, in millionths
	SubMode    string `gorm:"size:16;not null"`            // of a sub-account
	Person     string `gorm:"size:200;not null"`           // to whom documents are written; "" is the customer
	Street     string `gorm:"size:200;not null"`           // where to; all empty is the customer's own address
	Zip        string `gorm:"size:32;not null"`
	City       string `gorm:"size:120;not null"`

	NoFinanceMail bool `gorm:"not null"` // no mail about documents and payments (send_finance_notification, the other way round)
}

// Never is the BlockingPeriod of customers who are not blocked (nor deactivated then), and the GracePeriod of those who
// are not deactivated.
const Never = -1

// How a sub-account is billed: by itself, or on the main account's documents (spec §3.7).
const (
	Independent = "independent"
	Aggregated  = "aggregated"
)

// SubModes lists them in the order in which staff choose among them.
var SubModes = []string{Independent, Aggregated}

// TableName names the table.
func (Billing) TableName() string { return "customer_billings" }

// Store holds all customers. Customer-facing code reads through Of.
type Store struct {
	d        *db.DB
	hasher   *secret.Hasher
	codeKey  []byte
	box      *secret.Box
	jobs     *job.Store
	limits   *limit.Store
	sessions *session.Store
	log      *audit.Store
}

// New returns the customers on d. Passwords are hashed by hasher, reset codes are keyed with keys.
func New(d *db.DB, hasher *secret.Hasher, keys secret.Keys, jobs *job.Store, limits *limit.Store, sessions *session.Store,
	log *audit.Store) *Store {
	return &Store{d: d, hasher: hasher, codeKey: keys.Code(), box: keys.Box(), jobs: jobs, limits: limits, sessions: sessions, log: log}
}

// Me is one customer's own data; every query of it carries the customer's id.
type Me struct {
	s  *Store
	id int64
}

// Of starts everything a signed-in customer reads and writes about themselves.
func (s *Store) Of(customerID int64) Me { return Me{s, customerID} }

// Get returns the customer.
func (m Me) Get(ctx context.Context) (Customer, error) {
	var c Customer
	err := m.s.d.Q(ctx).Where("id = ?", m.id).Take(&c).Error
	return c, db.Found(err)
}

// Billing returns how the customer is billed; a customer without billing settings yet gets the defaults.
func (m Me) Billing(ctx context.Context) (Billing, error) {
	b := Billing{CustomerID: m.id, BillingDay: 1, DueDay: 15, GracePeriod: 10, SubMode: Independent}
	err := m.s.d.R(ctx).Where("customer_id = ?", m.id).Limit(1).Find(&b).Error
	return b, err
}

// SetLanguage remembers the language (a code of views/i18n) that the customer chose.
func (m Me) SetLanguage(ctx context.Context, code string) error {
	return m.update(ctx, "language", code)
}

// SetTheme remembers "light", "dark", or "" for as the device says.
func (m Me) SetTheme(ctx context.Context, theme string) error {
	if theme != "" && theme != "light" && theme != "dark" {
		return db.Invalid{"theme": "error.choice"}
	}
	return m.update(ctx, "theme", theme)
}

func (m Me) update(ctx context.Context, column, value string) error {
	return m.s.d.Q(ctx).Model(&Customer{}).Where("id = ?", m.id).Updates(map[string]any{column: value, "updated_at": m.s.d.Now()}).Error
}

// Sessions lists the devices on which the customer is signed in.
func (m Me) Sessions(ctx context.Context) ([]session.Session, error) {
	return m.s.sessions.List(ctx, session.Customer, m.id)
}

// SignOutEverywhere ends all sessions of the customer, this one included.
func (m Me) SignOutEverywhere(ctx context.Context) error {
	return m.s.sessions.EndAll(ctx, session.Customer, m.id)
}

// ErrLoginTaken says that another customer has the login.
var ErrLoginTaken = db.Invalid{"login": "profile.error.login_taken"}

// BilledAs returns the customer as documents address them: under the person and the address of billing, where there are
// any (spec §3.1 billing_person, billing_street_1 …).
func (c Customer) BilledAs(b Billing) Customer {
	if b.Person != "" {
		c.Name = b.Person
	}
	if b.Street != "" || b.Zip != "" || b.City != "" {
		c.Street, c.Zip, c.City = b.Street, b.Zip, b.City
	}
	return c
}

// Create adds a customer with its contacts and billing. Region is the country for phone numbers without one ("US").
// It sends nothing to anybody.
func (s *Store) Create(ctx context.Context, c *Customer, b Billing, region string) error {
	if err := c.prepare(s.d.Now()).Or(); err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.d.Q(ctx).Create(c).Error; err != nil {
			if db.IsDuplicate(err) {
				return ErrLoginTaken
			}
			return err
		}
		b.CustomerID = c.ID
		if b.SubMode == "" {
			b.SubMode = Independent
		}
		if err := s.d.Q(ctx).Create(&b).Error; err != nil {
			return err
		}
		if err := s.giveDefaults(ctx, c); err != nil {
			return err
		}
		if err := s.insertTerms(ctx, c, region); err != nil {
			return err
		}
		return s.writeContacts(ctx, c, region)
	})
}

// Update writes a customer's identity anew, with its contacts; credentials, language and theme are left alone.
func (s *Store) Update(ctx context.Context, c *Customer, region string) error {
	if err := c.prepare(s.d.Now()).Or(); err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		err := s.d.Q(ctx).Model(c).Where("id = ?", c.ID).Select("partner_id", "location_id", "parent_id", "billing_type", "status", "status_since",
			"category", "login", "login_folded", "name", "email", "billing_email", "phone", "street", "zip", "city", "company_id", "vat_id",
			"contact_person", "birthday", "passport", "gps", "updated_at").Updates(c).Error
		if db.IsDuplicate(err) {
			return ErrLoginTaken
		}
		if err != nil {
			return err
		}
		if err := s.d.Q(ctx).Where("customer_id = ?", c.ID).Delete(&Contact{}).Error; err != nil {
			return err
		}
		if err := s.writeTerms(ctx, c, region); err != nil {
			return err
		}
		return s.writeContacts(ctx, c, region)
	})
}

// SetBilling writes how a customer is billed anew, for staff and import; nothing is billed by it.
func (s *Store) SetBilling(ctx context.Context, b Billing) error {
	return s.d.Q(ctx).Save(&b).Error
}

// prepare fills what is derived and reports what cannot be stored.
func (c *Customer) prepare(now time.Time) db.Invalid {
	bad := db.Invalid{}
	c.Login, c.Name = strings.TrimSpace(c.Login), strings.TrimSpace(c.Name)
	c.LoginFolded = db.Fold(c.Login)
	if c.LoginFolded == "" {
		bad["login"] = "error.required"
	}
	if c.Name == "" {
		bad["name"] = "error.required"
	}
	for field, v := range map[string]struct {
		text string
		most int
	}{"login": {c.Login, 200}, "name": {c.Name, 200}, "email": {c.Email, 1000}, "billing_email": {c.BillingEmail, 1000}, "phone": {c.Phone, 500},
		"street": {c.Street, 200}, "zip": {c.Zip, 32}, "city": {c.City, 120}} {
		if len(v.text) > v.most {
			bad[field] = "error.too_long"
		}
	}
	if c.Status == "" {
		c.Status = StatusNew
	}
	if c.BillingType == "" {
		c.BillingType = Recurring
	}
	if c.Category == "" {
		c.Category = Individual
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = now
	}
	c.UpdatedAt = now
	return bad
}

func (s *Store) writeContacts(ctx context.Context, c *Customer, region string) error {
	contacts := c.Contacts(region)
	if len(contacts) == 0 {
		return nil
	}
	return s.d.Q(ctx).Create(&contacts).Error
}

// Contacts lists the customer's addresses and numbers as they are looked up. Numbers that cannot be read are left out.
func (c *Customer) Contacts(region string) []Contact {
	var list []Contact
	for _, e := range strings.Split(c.Email, ",") {
		if e = FoldEmail(e); e != "" && len(e) <= 254 {
			list = append(list, Contact{CustomerID: c.ID, Kind: ContactEmail, Value: e})
		}
	}
	for _, p := range strings.Split(c.Phone, ",") {
		if n, err := phone.Normalize(p, region); err == nil {
			list = append(list, Contact{CustomerID: c.ID, Kind: ContactPhone, Value: n})
		}
	}
	return list
}

// FinanceMail is the address that mail about money goes to (§2.13): the first billing address, else the first of all; "" is
// none.
func FinanceMail(c Customer) string {
	for _, list := range []string{c.BillingEmail, c.Email} {
		if first, _, _ := strings.Cut(list, ","); strings.TrimSpace(first) != "" {
			return strings.TrimSpace(first)
		}
	}
	return ""
}

// FoldEmail brings an address into the form in which addresses are compared. What PostgreSQL refuses (NUL, broken UTF-8) is
// left out, so that asking for it finds nothing instead of failing, which would tell that there was somebody to ask about.
func FoldEmail(s string) string {
	return strings.ToLower(strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")))
}

// Find returns a customer by id, for staff and jobs.
func (s *Store) Find(ctx context.Context, id int64) (Customer, error) { return s.Of(id).Get(ctx) }

// ByLogin returns a customer by login, for staff and the command line.
func (s *Store) ByLogin(ctx context.Context, login string) (Customer, error) {
	c, err := db.From[Customer](s.d.Q(ctx)).Where("login_folded = ?", db.Fold(login)).Take()
	return c, db.Found(err)
}
