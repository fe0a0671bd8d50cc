package customer

import (
	"context"
	"crypto/rand"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm/clause"

	"myisp/internal/money"
	"myisp/internal/phone"
	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
)

// Draft is a customer as staff write it into the form (§3.1): every field as text, so that what cannot be read is shown
// again as it was typed. Lists of addresses and numbers are divided by commas (§2.13).
type Draft struct {
	Name, Login, Status, Category, PartnerID, LocationID, MainAccount, Language string

	Email, BillingEmail, Phone, Street, Zip, City, GPS    string
	ContactPerson, Birthday, Passport, CompanyID, VatID   string
	BillingType, BillingDay, DueDay, Period               string
	BlockingPeriod, NeverBlock, GracePeriod, NeverDisable string
	MinBalance, PaymentMethod, PartnerPercent, SubMode    string
	BillingPerson, BillingStreet, BillingZip, BillingCity string
	NoFinanceMail                                         string
	Version                                               string // of the customer that the form was made from; "" of a new one

	Attributes AttributeInput // additional attributes (§3.7)
}

// fields names the fields as forms and errors do.
func (d *Draft) fields() map[string]*string {
	return map[string]*string{"name": &d.Name, "login": &d.Login, "status": &d.Status, "category": &d.Category, "partner_id": &d.PartnerID,
		"location_id": &d.LocationID, "main_account": &d.MainAccount, "language": &d.Language, "email": &d.Email, "billing_email": &d.BillingEmail, "phone": &d.Phone,
		"street": &d.Street, "zip": &d.Zip, "city": &d.City, "gps": &d.GPS, "contact_person": &d.ContactPerson, "birthday": &d.Birthday,
		"passport": &d.Passport, "company_id": &d.CompanyID, "vat_id": &d.VatID, "billing_type": &d.BillingType, "billing_day": &d.BillingDay,
		"due_day": &d.DueDay, "period": &d.Period, "blocking_period": &d.BlockingPeriod, "never_block": &d.NeverBlock, "grace_period": &d.GracePeriod,
		"never_disable": &d.NeverDisable, "min_balance": &d.MinBalance, "payment_method": &d.PaymentMethod, "partner_percent": &d.PartnerPercent,
		"sub_mode": &d.SubMode, "billing_person": &d.BillingPerson, "billing_street": &d.BillingStreet, "billing_zip": &d.BillingZip,
		"billing_city": &d.BillingCity, "no_finance_mail": &d.NoFinanceMail, "version": &d.Version}
}

// maxTyped bounds a field as typed, in bytes, before anything is made of it.
const maxTyped = 2000

// ReadDraft reads the form's fields by their names.
func ReadDraft(get func(name string) string) Draft {
	var d Draft
	for name, to := range d.fields() {
		if *to = strings.TrimSpace(get(name)); len(*to) > maxTyped {
			*to = strings.ToValidUTF8((*to)[:maxTyped], "")
		}
	}
	return d
}

// NewDraft is the form for a new customer of a partner: the defaults of §3.1.
func NewDraft(partnerID int64) Draft {
	return Draft{Status: string(StatusNew), Category: Individual, PartnerID: strconv.FormatInt(partnerID, 10), BillingType: Recurring, BillingDay: "1", DueDay: "15",
		Period: "0", BlockingPeriod: "0", GracePeriod: "10", MinBalance: "0", PartnerPercent: "0", SubMode: Independent}
}

// Draft is the form of a customer who is there; main is the main account's login of a sub-account.
func (c Customer) Draft(b Billing, main string) Draft {
	id := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	d := Draft{Name: c.Name, Login: c.Login, Status: string(c.Status), Category: c.Category, PartnerID: id(c.PartnerID), LocationID: id(c.LocationID), MainAccount: main,
		Language: c.Language, Email: c.Email, BillingEmail: c.BillingEmail, Phone: c.Phone, Street: c.Street, Zip: c.Zip, City: c.City, GPS: c.GPS,
		ContactPerson: c.ContactPerson, Birthday: string(c.Birthday), Passport: c.Passport, CompanyID: c.CompanyID, VatID: c.VatID, BillingType: c.BillingType,
		BillingDay: strconv.Itoa(b.BillingDay), DueDay: strconv.Itoa(b.DueDay), Period: strconv.Itoa(b.Period), BlockingPeriod: strconv.Itoa(max(0, b.BlockingPeriod)),
		GracePeriod: strconv.Itoa(max(1, b.GracePeriod)), MinBalance: money.FormatMinor(b.MinBalance, money.Currency(b.Currency).Exponent()),
		PaymentMethod: id(b.PaymentMethodID), PartnerPercent: percent(b.PartnerPPM), SubMode: b.SubMode,
		BillingPerson: b.Person, BillingStreet: b.Street, BillingZip: b.Zip, BillingCity: b.City, Version: strconv.FormatInt(c.UpdatedAt.UnixMicro(), 36)}
	if b.BlockingPeriod == Never {
		d.NeverBlock = "1"
	}
	if b.GracePeriod == Never {
		d.NeverDisable = "1"
	}
	if b.NoFinanceMail {
		d.NoFinanceMail = "1"
	}
	return d
}

// percent writes millionths as percent without needless zeros: 125000 is "12.5".
func percent(ppm int64) string {
	s := money.FormatMinor(ppm, 4)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// Home is what a customer's partner decides: the country of phone numbers without one, and the currency of new accounts.
type Home struct {
	Region   string
	Currency string
}

// Add creates a customer for staff, with a login made where none was typed (AUTH-6), and enters it into the log.
// Errors: db.Invalid on the fields of Draft.
func (s *Store) Add(ctx context.Context, d Draft, h Home) (Customer, error) {
	var c Customer
	err := s.d.Tx(ctx, func(ctx context.Context) error {
		by := audit.By(ctx)
		c = Customer{AddedBy: AddedByStaff, AddedByID: by.ID}
		b := Billing{Currency: h.Currency}
		bad := s.read(ctx, d, h, &c, &b)
		c.Status = Status(d.Status)
		if c.Status != StatusNew && c.Status != StatusActive {
			bad["status"] = "error.choice"
		}
		if !money.Currency(h.Currency).Valid() {
			bad["partner_id"] = "error.choice"
		}
		if c.Login == "" {
			var err error
			if c.Login, err = s.freeLogin(ctx); err != nil {
				return err
			}
		}
		if err := s.family(ctx, &c, d.MainAccount, bad); err != nil {
			return err
		}
		p, err := s.draftAttributes(ctx, c, d.Attributes, bad)
		if err != nil {
			return err
		}
		if err := bad.Or(); err != nil {
			return err
		}
		if err := s.loginFree(ctx, c); err != nil {
			return err
		}
		now := s.d.Now()
		c.StatusSince = &now
		if err := s.Create(ctx, &c, b, h.Region); err != nil {
			return err
		}
		change := changeOf(audit.CustomerAdded, c)
		change.After = facts(c, b)
		if err := s.log.Record(ctx, change); err != nil {
			return err
		}
		return s.applyStaff(ctx, c, p, h.Region)
	})
	return c, err
}

// Edit writes a customer anew for staff and enters what changed into the log. Errors: db.ErrNotFound; db.Invalid on the
// fields of Draft, on "version" when somebody else changed the customer since the form was made.
func (s *Store) Edit(ctx context.Context, id int64, d Draft, h Home) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		old, err := s.lockedWith(ctx, id, d.MainAccount)
		if err != nil {
			return err
		}
		if d.Version != strconv.FormatInt(old.UpdatedAt.UnixMicro(), 36) {
			return db.Invalid{"version": "customers.error.changed_meanwhile"}
		}
		b, err := s.Of(id).Billing(ctx)
		if err != nil {
			return err
		}
		if b.Currency == "" {
			b.Currency = h.Currency
		}
		c, before := old, facts(old, b)
		bad := s.read(ctx, d, h, &c, &b)
		if c.Login == "" {
			bad["login"] = "error.required"
		}
		if err := s.family(ctx, &c, d.MainAccount, bad); err != nil {
			return err
		}
		p, err := s.draftAttributes(ctx, c, d.Attributes, bad)
		if err != nil {
			return err
		}
		if err := bad.Or(); err != nil {
			return err
		}
		if err := s.loginFree(ctx, c); err != nil {
			return err
		}
		if err := s.Update(ctx, &c, h.Region); err != nil {
			return err
		}
		if err := s.SetBilling(ctx, b); err != nil {
			return err
		}
		if err := s.d.Q(ctx).Model(&Customer{}).Where("id = ?", id).UpdateColumn("language", c.Language).Error; err != nil {
			return err
		}
		if err := s.applyStaff(ctx, c, p, h.Region); err != nil {
			return err
		}
		after := facts(c, b)
		if before == after {
			return nil
		}
		if c.Email != old.Email { // a code for a new password goes to the new one
			if err := s.tell(ctx, old, ProfileNotice{Email: true}); err != nil {
				return err
			}
		}
		change := changeOf(audit.CustomerChanged, c)
		change.Before, change.After = before, after
		return s.log.Record(ctx, change)
	})
}

// locked reads a customer whom nobody else changes until the transaction ends.
func (s *Store) locked(ctx context.Context, id int64) (Customer, error) {
	var c Customer
	err := s.d.Q(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&c).Error
	return c, db.Found(err)
}

// lockedWith is locked with the main account that a form names locked too, in the order of ids: two changes that name each
// other's customer wait for each other and not in a circle.
func (s *Store) lockedWith(ctx context.Context, id int64, main string) (Customer, error) {
	if main != "" {
		other, err := s.named(ctx, main)
		if err == nil && other.ID < id {
			_, err = s.locked(ctx, other.ID)
		}
		if err != nil && db.KindOf(err) != db.NotFound {
			return Customer{}, err
		}
	}
	return s.locked(ctx, id)
}

func changeOf(action audit.Action, c Customer) audit.Change {
	return audit.Change{Action: action, Object: "customer", ObjectID: strconv.FormatInt(c.ID, 10), ObjectName: c.Name, CustomerID: c.ID, PartnerID: c.PartnerID}
}

// read fills customer and billing from the form and tells what cannot be read.
func (s *Store) read(ctx context.Context, d Draft, h Home, c *Customer, b *Billing) db.Invalid {
	bad := db.Invalid{}
	d.identity(h, c, bad)
	d.billing(b, bad)
	for _, ref := range []struct {
		field, table, where string
		value               string
		to                  *int64
		required            bool
	}{{"partner_id", "partners", "", d.PartnerID, &c.PartnerID, true}, {"location_id", "locations", "", d.LocationID, &c.LocationID, false},
		{"payment_method", "payment_methods", "", d.PaymentMethod, &b.PaymentMethodID, false}} {
		if ref.value == "" && !ref.required {
			*ref.to = 0
			continue
		}
		id, err := strconv.ParseInt(ref.value, 10, 64)
		if err != nil || id != *ref.to && !s.exists(ctx, ref.table, id) {
			bad[ref.field] = "error.choice"
			continue
		}
		*ref.to = id
	}
	return bad
}

func (s *Store) exists(ctx context.Context, table string, id int64) bool {
	var n int64
	err := s.d.Q(ctx).Table(table).Where("id = ?", id).Count(&n).Error
	return err == nil && n == 1
}

func (d Draft) identity(h Home, c *Customer, bad db.Invalid) {
	for _, f := range []struct {
		field, value string
		to           *string
		most         int
		required     bool
	}{{"name", d.Name, &c.Name, 200, true}, {"login", d.Login, &c.Login, 200, false}, {"street", d.Street, &c.Street, 200, false}, {"zip", d.Zip, &c.Zip, 32, false},
		{"city", d.City, &c.City, 120, false}, {"contact_person", d.ContactPerson, &c.ContactPerson, 200, false}, {"passport", d.Passport, &c.Passport, 64, false},
		{"company_id", d.CompanyID, &c.CompanyID, 64, false}, {"vat_id", d.VatID, &c.VatID, 64, false}, {"gps", d.GPS, &c.GPS, 64, false}} {
		*f.to = f.value
		switch {
		case f.value == "" && f.required:
			bad[f.field] = "error.required"
		case len(f.value) > f.most:
			bad[f.field] = "error.too_long"
		}
	}
	oneOf(&c.Category, d.Category, Categories, "category", bad)
	oneOf(&c.BillingType, d.BillingType, BillingTypes, "billing_type", bad)
	if c.Language = d.Language; len(d.Language) > 16 {
		bad["language"] = "error.choice"
	}
	if d.GPS != "" && !isGPS(d.GPS) {
		bad["gps"] = "customers.error.gps"
	}
	if c.Birthday = ""; d.Birthday != "" {
		day, err := db.ParseDay(d.Birthday)
		if c.Birthday = day; err != nil || day < "1900-01-01" {
			bad["birthday"] = "error.date"
		}
	}
	// What an import brought and nobody touched may stay as it is, so that a customer can be edited at all.
	for _, list := range []struct {
		field, typed string
		to           *string
		normal       func(string) (string, string)
	}{{"email", d.Email, &c.Email, normalEmails}, {"billing_email", d.BillingEmail, &c.BillingEmail, normalEmails},
		{"phone", d.Phone, &c.Phone, func(s string) (string, string) { return normalPhones(s, h.Region) }}} {
		if list.typed == *list.to {
			continue
		}
		normal, reason := list.normal(list.typed)
		if reason != "" {
			bad[list.field] = reason
			continue
		}
		*list.to = normal
	}
}

// normalEmails reads a list of addresses: lower case, each once, divided by a comma and a space; or why it cannot be read.
func normalEmails(list string) (normal, reason string) {
	var kept []string
	for _, e := range phone.Split(list) {
		a, err := mail.ParseAddress(e)
		if e = FoldEmail(e); err != nil || FoldEmail(a.Address) != e || len(e) > 254 {
			return "", "error.email"
		}
		if !slices.Contains(kept, e) {
			kept = append(kept, e)
		}
	}
	if normal = strings.Join(kept, ", "); len(normal) > 1000 {
		return "", "error.too_long"
	}
	return normal, ""
}

// normalPhones reads a list of numbers: international, as they are written to others, each once; or why it cannot be read.
func normalPhones(list, region string) (normal, reason string) {
	var kept []string
	for _, p := range phone.Split(list) {
		n, err := phone.Normalize(p, region)
		if err != nil {
			return "", "error.phone"
		}
		if n = phone.Written(n); !slices.Contains(kept, n) {
			kept = append(kept, n)
		}
	}
	if normal = strings.Join(kept, ", "); len(normal) > 500 {
		return "", "error.too_long"
	}
	return normal, ""
}

var coordinates = regexp.MustCompile(`^(-?\d{1,2}(?:\.\d{1,8})?) ?, ?(-?\d{1,3}(?:\.\d{1,8})?)$`)

// isGPS reports whether a text is latitude and longitude in degrees: "53.349805, -6.260310".
func isGPS(s string) bool {
	m := coordinates.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	lat, _ := strconv.ParseFloat(m[1], 64)
	long, _ := strconv.ParseFloat(m[2], 64)
	return lat >= -90 && lat <= 90 && long >= -180 && long <= 180
}

func oneOf(to *string, value string, allowed []string, field string, bad db.Invalid) {
	if !slices.Contains(allowed, value) {
		bad[field] = "error.choice"
		return
	}
	*to = value
}

func (d Draft) billing(b *Billing, bad db.Invalid) {
	for _, f := range []struct {
		field, value string
		to           *int
		least, most  int
		never        bool
		reason       string
	}{{"billing_day", d.BillingDay, &b.BillingDay, 1, 28, false, "customers.error.day"}, {"due_day", d.DueDay, &b.DueDay, 1, 28, false, "customers.error.day"},
		{"period", d.Period, &b.Period, 0, 12, false, "customers.error.period"}, {"blocking_period", d.BlockingPeriod, &b.BlockingPeriod, 0, 99, d.NeverBlock != "", "customers.error.days"},
		{"grace_period", d.GracePeriod, &b.GracePeriod, 1, 99, d.NeverDisable != "", "customers.error.grace"}} {
		if f.never {
			*f.to = Never
			continue
		}
		n, err := strconv.Atoi(f.value)
		if err != nil || n < f.least || n > f.most {
			bad[f.field] = f.reason
			continue
		}
		*f.to = n
	}
	if b.BlockingPeriod == Never {
		b.BlocksOn = "" // what was foreseen will not happen
	}
	b.NoFinanceMail = d.NoFinanceMail != ""
	oneOf(&b.SubMode, d.SubMode, SubModes, "sub_mode", bad)
	if m, err := money.Parse(strings.ReplaceAll(d.MinBalance, ",", "."), money.Currency(b.Currency)); err != nil || m.Minor > maxMinBalance || m.Minor < -maxMinBalance {
		bad["min_balance"] = "error.amount"
	} else {
		b.MinBalance = m.Minor
	}
	if ppm, err := money.ParseMinor(strings.ReplaceAll(d.PartnerPercent, ",", "."), 4); err != nil || ppm < 0 || ppm > 1_000_000 {
		bad["partner_percent"] = "customers.error.percent"
	} else {
		b.PartnerPPM = ppm
	}
	for _, f := range []struct {
		field, value string
		to           *string
		most         int
	}{{"billing_person", d.BillingPerson, &b.Person, 200}, {"billing_street", d.BillingStreet, &b.Street, 200}, {"billing_zip", d.BillingZip, &b.Zip, 32},
		{"billing_city", d.BillingCity, &b.City, 120}} {
		if *f.to = f.value; len(f.value) > f.most {
			bad[f.field] = "error.too_long"
		}
	}
}

// maxMinBalance bounds the minimal balance in minor units, far beyond any real one.
const maxMinBalance = 1_000_000_000_000

// family finds the main account that the form names by login or id. A family has one level: a main account is nobody's
// sub-account, and who has sub-accounts is none. Both rows are locked, so that two changes at once cannot make a circle.
func (s *Store) family(ctx context.Context, c *Customer, named string, bad db.Invalid) error {
	if named == "" {
		c.ParentID = 0
		return nil
	}
	main, err := s.named(ctx, named)
	if db.KindOf(err) == db.NotFound && err != nil {
		bad["main_account"] = "customers.error.no_such_account"
		return nil
	}
	if err != nil {
		return err
	}
	if main.ID == c.ParentID {
		return nil
	}
	ids := []int64{main.ID}
	if c.ID != 0 {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	for _, id := range ids {
		locked, err := s.locked(ctx, id)
		if err != nil {
			return err
		}
		if id == main.ID {
			main = locked
		}
	}
	var subs int64
	if c.ID != 0 {
		if err := s.d.Q(ctx).Model(&Customer{}).Where("parent_id = ?", c.ID).Count(&subs).Error; err != nil {
			return err
		}
	}
	switch {
	case main.ID == c.ID:
		bad["main_account"] = "customers.error.own_main"
	case main.ParentID != 0:
		bad["main_account"] = "customers.error.main_is_sub"
	case subs > 0:
		bad["main_account"] = "customers.error.has_subs"
	case main.PartnerID != c.PartnerID:
		bad["main_account"] = "customers.error.other_partner"
	}
	c.ParentID = main.ID
	return nil
}

// named finds a customer by id ("204", "#204") or login.
func (s *Store) named(ctx context.Context, name string) (Customer, error) {
	c, err := s.ByLogin(ctx, name)
	if err == nil || db.KindOf(err) != db.NotFound {
		return c, err
	}
	id, bad := strconv.ParseInt(strings.TrimPrefix(name, "#"), 10, 64)
	if bad != nil {
		return c, err
	}
	return s.Find(ctx, id)
}

// SubAccounts lists the customers whose main account this one is, by name.
func (m Me) SubAccounts(ctx context.Context) ([]Customer, error) {
	var list []Customer
	err := m.s.d.Q(ctx).Where("parent_id = ? AND parent_id <> 0", m.id).Order("name, id").Limit(200).Find(&list).Error
	return list, err
}

// loginFree asks before the row is written, because on PostgreSQL a refused row ends the transaction.
func (s *Store) loginFree(ctx context.Context, c Customer) error {
	other, err := s.ByLogin(ctx, c.Login)
	if err == nil && other.ID != c.ID {
		return ErrLoginTaken
	}
	if err != nil && db.KindOf(err) != db.NotFound {
		return err
	}
	return nil
}

// Logins that nobody typed are eight digits, the {rand_number|8} of AUTH-6: no name that tells who somebody is, no counter
// that tells how many there are.
const (
	loginAlphabet = "1234567890"
	loginLength   = 8
)

func (s *Store) freeLogin(ctx context.Context) (string, error) {
	for {
		login, err := secret.Code(loginAlphabet, loginLength, rand.Reader)
		if err != nil {
			return "", err
		}
		if _, err := s.ByLogin(ctx, login); err != nil {
			if db.KindOf(err) == db.NotFound {
				return login, nil
			}
			return "", err
		}
	}
}
