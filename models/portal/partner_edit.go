package portal

import (
	"context"
	"math/big"
	"net"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"gorm.io/gorm/clause"

	"myisp/models/audit"
	"myisp/models/db"
)

// Partner returns a partner; db.ErrNotFound when there is none.
func (s *Store) Partner(ctx context.Context, id int64) (Partner, error) {
	p, err := db.From[Partner](s.d.Q(ctx)).Where("id = ?", id).Take()
	return p, db.Found(err)
}

// Company returns a partner's company information (X14); empty where nobody has filled it in. Errors: db.ErrNotFound.
func (s *Store) Company(ctx context.Context, partner int64) (CompanyInfo, error) {
	c := CompanyInfo{PartnerID: partner}
	if _, err := s.Partner(ctx, partner); err != nil {
		return c, err
	}
	err := s.d.Q(ctx).Where("partner_id = ?", partner).Limit(1).Find(&c).Error
	c.PartnerID = partner
	return c, err
}

// Check trims the fields of the form and refuses what is too long or no address; db.Invalid by the column's name.
func (c *CompanyInfo) Check() error {
	bad := db.Invalid{}
	for _, f := range []struct {
		name  string
		value *string
		most  int
	}{{"name", &c.Name, 200}, {"street", &c.Street, 200}, {"zip", &c.Zip, 32}, {"city", &c.City, 120}, {"country", &c.Country, 120}, {"email", &c.Email, 254},
		{"phone", &c.Phone, 64}, {"website", &c.Website, 200}, {"company_id", &c.CompanyID, 64}, {"vat_id", &c.VatID, 64}, {"bank_name", &c.BankName, 120},
		{"bank_account", &c.BankAccount, 64}, {"bank_code", &c.BankCode, 32}, {"bank_holder", &c.BankHolder, 200}, {"bank_text", &c.BankText, 1000}} {
		*f.value = strings.TrimSpace(*f.value)
		if utf8.RuneCountInString(*f.value) > f.most {
			bad[f.name] = "error.too_long"
		}
	}
	if c.Name == "" {
		bad["name"] = "error.required"
	}
	if a, err := mail.ParseAddress(c.Email); c.Email != "" && (err != nil || a.Address != c.Email) {
		bad["email"] = "error.email"
	}
	if key := isWebAddress(c.Website); key != "" {
		bad["website"] = key
	}
	if !validAccount(c.BankAccount) {
		bad["bank_account"] = "branding.error.iban"
	}
	if !validBankCode(c.BankCode) {
		bad["bank_code"] = "partners.error.bic"
	}
	return bad.Or()
}

var ibanShape = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$`)

// validAccount refuses an IBAN with a wrong check digit (ISO 13616); what is no IBAN is some country's own number.
func validAccount(account string) bool {
	s := strings.ToUpper(strings.Join(strings.Fields(account), ""))
	if !ibanShape.MatchString(s) {
		return true
	}
	var digits strings.Builder
	for _, r := range s[4:] + s[:4] {
		if r >= 'A' {
			digits.WriteString(string([]byte{'1' + byte(r-'A')/10, '0' + byte(r-'A')%10}))
			continue
		}
		digits.WriteRune(r)
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}

// SaveCompany stores a partner's company information, in force at once on every instance. Errors: db.Invalid by column.
func (s *Store) SaveCompany(ctx context.Context, c CompanyInfo) error {
	if err := c.Check(); err != nil {
		return err
	}
	return s.change(ctx, func(ctx context.Context) error {
		before, err := s.Company(ctx, c.PartnerID)
		if err != nil || before == c {
			return err
		}
		if err := s.d.Q(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&c).Error; err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.CompanySaved, Object: "company", ObjectID: c.key(), ObjectName: c.Name, PartnerID: c.PartnerID,
			Before: before.logged(), After: c.logged()})
	})
}

func (c CompanyInfo) logged() map[string]any {
	return map[string]any{"name": c.Name, "street": c.Street, "zip": c.Zip, "city": c.City, "country": c.Country, "email": c.Email, "phone": c.Phone,
		"website": c.Website, "company_id": c.CompanyID, "vat_id": c.VatID, "bank_name": c.BankName, "bank_account": c.BankAccount, "bank_code": c.BankCode,
		"bank_holder": c.BankHolder, "bank_text": c.BankText}
}

func (c CompanyInfo) key() string { return encode(c.PartnerID) }

// Hosts lists the host names that lead to a partner, by name.
func (s *Store) Hosts(ctx context.Context, partner int64) ([]string, error) {
	rows, err := db.From[PartnerHost](s.d.Q(ctx)).Where("partner_id = ?", partner).Order("host").Find()
	var list []string
	for _, r := range rows {
		list = append(list, r.Host)
	}
	return list, err
}

// maxHosts is how many host names a partner may have.
const maxHosts = 20

var hostLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// HostName turns what a person typed or copied from a browser into a host name as it is stored: small letters, without
// scheme, port and path, other alphabets in Punycode. Errors: db.Invalid on "host".
func HostName(typed string) (string, error) {
	host := strings.TrimSpace(typed)
	if _, after, ok := strings.Cut(host, "://"); ok {
		host = after
	}
	host, _, _ = strings.Cut(host, "/")
	if name, port, err := net.SplitHostPort(host); err == nil && strings.Trim(port, "0123456789") == "" {
		host = name
	}
	host = strings.TrimSuffix(host, ".")
	if host == "" {
		return "", db.Invalid{"host": "error.required"}
	}
	ascii, err := idna.Lookup.ToASCII(host)
	labels := strings.Split(ascii, ".")
	if err != nil || len(ascii) > 253 || net.ParseIP(ascii) != nil || slices.ContainsFunc(labels, func(l string) bool { return !hostLabel.MatchString(l) }) ||
		strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return "", db.Invalid{"host": "branding.error.host"}
	}
	return ascii, nil
}

// AddHost has a host name lead to a partner (G12), from now on and on every instance. Errors: db.Invalid on "host" for
// what is no name, is another partner's, or one too many.
func (s *Store) AddHost(ctx context.Context, partner int64, typed string) error {
	host, err := HostName(typed)
	if err != nil {
		return err
	}
	return s.change(ctx, func(ctx context.Context) error {
		if _, err := s.Partner(ctx, partner); err != nil {
			return err
		}
		var rows []PartnerHost
		if err := s.d.Q(ctx).Where("host = ? OR partner_id = ?", host, partner).Find(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			switch {
			case r.Host == host && r.PartnerID == partner:
				return db.Invalid{"host": "branding.error.host_here"}
			case r.Host == host:
				return db.Invalid{"host": "branding.error.host_taken"}
			}
		}
		if len(rows) >= maxHosts {
			return db.Invalid{"host": "branding.error.host_many"}
		}
		if err := s.d.Q(ctx).Create(&PartnerHost{Host: host, PartnerID: partner}).Error; err != nil {
			if db.IsDuplicate(err) {
				return db.Invalid{"host": "branding.error.host_taken"}
			}
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.HostAdded, Object: "host", ObjectID: host, ObjectName: host, PartnerID: partner, After: map[string]any{"host": host}})
	})
}

// RemoveHost takes a host name from a partner; it leads to the Default partner then. Errors: db.ErrNotFound when the
// partner does not have it.
func (s *Store) RemoveHost(ctx context.Context, partner int64, host string) error {
	return s.change(ctx, func(ctx context.Context) error {
		r := s.d.Q(ctx).Where("host = ? AND partner_id = ?", host, partner).Delete(&PartnerHost{})
		if r.Error != nil {
			return r.Error
		}
		if r.RowsAffected == 0 {
			return db.ErrNotFound
		}
		return s.log.Record(ctx, audit.Change{Action: audit.HostRemoved, Object: "host", ObjectID: host, ObjectName: host, PartnerID: partner, Before: map[string]any{"host": host}})
	})
}
