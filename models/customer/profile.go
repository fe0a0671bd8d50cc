package customer

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"myisp/internal/phone"
	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/limit"
	"myisp/models/session"
)

// ProfileField is one field of the customer's profile (P12–P21); it names the form field too.
type ProfileField string

// The fields in their order (spec §2.13). The password's form field is PasswordNew.
const (
	ProfileLogin         ProfileField = "login"
	ProfileName          ProfileField = "name"
	ProfileEmail         ProfileField = "email"
	ProfileBillingEmail  ProfileField = "billing_email"
	ProfilePhone         ProfileField = "phone"
	ProfileStreet        ProfileField = "street"
	ProfileZip           ProfileField = "zip"
	ProfileCity          ProfileField = "city"
	ProfilePaymentMethod ProfileField = "payment_method"
	ProfilePassword      ProfileField = "password"
)

// ProfileFields lists the fields in the order of P12–P21.
var ProfileFields = []ProfileField{ProfileLogin, ProfileName, ProfileEmail, ProfileBillingEmail, ProfilePhone, ProfileStreet, ProfileZip, ProfileCity,
	ProfilePaymentMethod, ProfilePassword}

// ProfileRules are what the partner's settings say about the profile.
type ProfileRules struct {
	Edit        map[ProfileField]bool // P12–P21: which fields the customer may change
	AskPassword bool                  // P11: a change needs the current password
	Methods     []int64               // the payment methods to choose from
	Locale      Locale
}

// ProfileEdit is what a customer's form says. A field that is not in Given stays as it is.
type ProfileEdit struct {
	Given      map[ProfileField]string // the new password under ProfilePassword; "" is none
	Repeat     string                  // the new password once more
	Current    string                  // the current password
	Attributes AttributeInput
	Language   string // of the notice by mail
}

// ProfileSaved tells what a save has done.
type ProfileSaved struct {
	// Changed names what is different now, in the order of the form: profile fields, and attributes by AttributeField.
	Changed []string
	// Token is that of the session which takes this one's place after a change of the password, else "".
	Token string
}

// JobProfileNotice tells an address that the account's e-mail address or password was changed.
const JobProfileNotice = "customer.profile_notice"

// ProfileNotice is the payload of JobProfileNotice.
type ProfileNotice struct {
	CustomerID      int64
	To              string
	Email, Password bool // what was changed
	At              time.Time
	IP              string // of the customer; "" when staff changed it
	Staff           bool
	Language        string // "" is the first that the installation offers
}

var (
	profileGuesses = limit.Rule{Name: "profile:password", Max: 8, Window: 15 * time.Minute}
	profileSaves   = limit.Rule{Name: "profile:save", Max: 60, Window: time.Hour}
)

// errNotEditable refuses a form that holds what the customer may not change: it was forged, or is older than the settings.
var errNotEditable = db.Invalid{"form": "profile.error.not_editable"}

// SaveProfile writes what the customer changed in the profile (spec §2.13). A form with a field that may not be changed is
// refused whole. A new password ends every other session and gives this one a new token; e-mail addresses that were valid
// before are told of a new address or password. Errors: db.Invalid on the fields, on "password_new", "password_repeat",
// "current_password", and on "form"; limit.TooMany.
func (m Me) SaveProfile(ctx context.Context, e ProfileEdit, rules ProfileRules) (ProfileSaved, error) {
	if err := m.s.limits.Take(ctx, profileSaves, strconv.FormatInt(m.id, 10)); err != nil {
		return ProfileSaved{}, err
	}
	p, bad, err := m.planProfile(ctx, e, rules)
	if err != nil {
		return ProfileSaved{}, err
	}
	if len(bad) == 0 && len(p.changed()) == 0 {
		return ProfileSaved{}, nil
	}
	if rules.AskPassword {
		if err := m.checkCurrent(ctx, p.was, e.Current, bad); err != nil {
			return ProfileSaved{}, err
		}
	}
	if err := bad.Or(); err != nil {
		return ProfileSaved{}, err
	}
	if p.password != "" {
		if p.hash, err = m.s.hasher.Hash(ctx, p.password); err != nil {
			return ProfileSaved{}, err
		}
	}
	saved := ProfileSaved{Changed: p.changed()}
	err = m.s.d.Tx(ctx, func(ctx context.Context) error {
		saved.Token, err = m.writeProfile(ctx, p, e, rules)
		return err
	})
	return saved, err
}

// checkCurrent holds a change to the current password (P11). Who does not know it learns nothing of other customers either.
func (m Me) checkCurrent(ctx context.Context, c Customer, current string, bad db.Invalid) error {
	refuse := func(reason string) error {
		for field, why := range bad {
			if why == badTaken {
				delete(bad, field)
			}
		}
		bad["current_password"] = reason
		return nil
	}
	if current == "" {
		return refuse(badMissing)
	}
	subject := strconv.FormatInt(m.id, 10)
	if err := m.s.limits.Take(ctx, profileGuesses, subject); err != nil {
		return err
	}
	if c.PasswordHash == "" {
		return refuse("error.password_wrong")
	}
	fits, err := m.s.hasher.Verify(ctx, current, c.PasswordHash)
	if err != nil {
		return err
	}
	if !fits {
		return refuse("error.password_wrong")
	}
	return m.s.limits.Clear(ctx, profileGuesses, subject)
}

// profilePlan is the profile as it was and as it is to be.
type profilePlan struct {
	was, is    Customer
	from, to   Billing
	attributes attributePlan
	password   string // the new one; "" is none
	hash       string
}

// ProfileValues are the plain fields of a profile, as its form holds them.
func ProfileValues(c Customer, b Billing) map[ProfileField]string {
	return map[ProfileField]string{ProfileLogin: c.Login, ProfileName: c.Name, ProfileEmail: c.Email, ProfileBillingEmail: c.BillingEmail, ProfilePhone: c.Phone,
		ProfileStreet: c.Street, ProfileZip: c.Zip, ProfileCity: c.City, ProfilePaymentMethod: strconv.FormatInt(b.PaymentMethodID, 10)}
}

// changed names what the plan changes, in the order of the form.
func (p profilePlan) changed() []string {
	was, is := ProfileValues(p.was, p.from), ProfileValues(p.is, p.to)
	var list []string
	for _, f := range ProfileFields {
		if was[f] != is[f] || f == ProfilePassword && p.password != "" {
			list = append(list, string(f))
		}
	}
	for _, c := range p.attributes {
		list = append(list, AttributeField(c.a.Key))
	}
	return list
}

func (p profilePlan) changes(f ProfileField) bool { return slices.Contains(p.changed(), string(f)) }

func (m Me) planProfile(ctx context.Context, e ProfileEdit, rules ProfileRules) (profilePlan, db.Invalid, error) {
	var p profilePlan
	var err error
	if p.was, err = m.Get(ctx); err != nil {
		return p, nil, err
	}
	if p.from, err = m.Billing(ctx); err != nil {
		return p, nil, err
	}
	p.is, p.to = p.was, p.from
	if err := m.refuseForged(ctx, e, rules, p.was.Category); err != nil {
		return p, nil, err
	}
	bad := p.read(e, rules)
	var wrong db.Invalid
	if p.attributes, wrong, err = m.s.planAttributes(ctx, p.was, e.Attributes, Attribute.PortalChange); err != nil {
		return p, nil, err
	}
	for field, reason := range wrong {
		bad[field] = reason
	}
	return p, bad, nil
}

// refuseForged refuses a form with fields that the customer has no right to change. Staff who act as a customer never set
// the password this way: it would sign them in as the customer.
func (m Me) refuseForged(ctx context.Context, e ProfileEdit, rules ProfileRules, category string) error {
	for field, value := range e.Given {
		may := rules.Edit[field] && !(field == ProfilePassword && audit.By(ctx).Kind == audit.Staff)
		if !may && !(field == ProfilePassword && value == "") {
			return errNotEditable
		}
	}
	if len(e.Attributes.Values) == 0 && len(e.Attributes.Clear) == 0 {
		return nil
	}
	list, err := m.s.Attributes().active(ctx)
	if err != nil {
		return err
	}
	may := map[string]bool{}
	for _, a := range list {
		may[a.Key] = a.PortalChange() && a.For(category)
	}
	for key := range e.Attributes.Values {
		if !may[key] {
			return errNotEditable
		}
	}
	for key := range e.Attributes.Clear {
		if !may[key] {
			return errNotEditable
		}
	}
	return nil
}

// read takes the form over into the plan and tells what is wrong with it. What stays as it is, is never wrong.
func (p *profilePlan) read(e ProfileEdit, rules ProfileRules) db.Invalid {
	bad := db.Invalid{}
	take := func(field ProfileField, into *string, check func(string) (string, string)) {
		given, ok := e.Given[field]
		if given = strings.TrimSpace(given); !ok || given == *into {
			return
		}
		value, reason := check(given)
		if reason != "" {
			bad[string(field)] = reason
			return
		}
		*into = value
	}
	c := &p.is
	take(ProfileLogin, &c.Login, needed(bytes(200)))
	take(ProfileName, &c.Name, needed(bytes(200)))
	take(ProfileEmail, &c.Email, needed(emails)) // who could be written to stays reachable
	take(ProfileBillingEmail, &c.BillingEmail, emails)
	take(ProfilePhone, &c.Phone, func(s string) (string, string) { return normalPhones(s, rules.Locale.Region) })
	take(ProfileStreet, &c.Street, bytes(200))
	take(ProfileZip, &c.Zip, bytes(32))
	take(ProfileCity, &c.City, bytes(120))
	if given, ok := e.Given[ProfilePaymentMethod]; ok {
		id, err := strconv.ParseInt(given, 10, 64)
		if err == nil && (id == p.from.PaymentMethodID || slices.Contains(rules.Methods, id)) {
			p.to.PaymentMethodID = id
		} else {
			bad[string(ProfilePaymentMethod)] = badChoice
		}
	}
	if password := e.Given[ProfilePassword]; password != "" || e.Repeat != "" && rules.Edit[ProfilePassword] {
		p.password = password
		words := append(strings.Split(c.Email, ","), c.Login, c.Name)
		if reason := secret.Refuse(password, words...); reason != "" {
			bad["password_new"] = reason
		} else if password != e.Repeat {
			bad["password_repeat"] = "error.password_mismatch"
		}
	}
	return bad
}

// bytes takes one line that fits its column.
func bytes(most int) func(string) (string, string) {
	return func(s string) (string, string) {
		if len(s) > most {
			return "", badLong
		}
		return line(s, most)
	}
}

func needed(check func(string) (string, string)) func(string) (string, string) {
	return func(s string) (string, string) {
		if s == "" {
			return "", badMissing
		}
		return check(s)
	}
}

// emails reads a comma list of addresses, each with a domain that mail goes to.
func emails(s string) (string, string) {
	list, reason := normalEmails(s)
	for _, e := range phone.Split(list) {
		if !ValidEmail(e) {
			return "", badEmail
		}
	}
	return list, reason
}

// writeProfile stores the plan, with its entries in the logs and its letters; the token is that of the new session.
func (m Me) writeProfile(ctx context.Context, p profilePlan, e ProfileEdit, rules ProfileRules) (token string, err error) {
	if err := m.s.writeAttributes(ctx, m.id, p.attributes); err != nil {
		return "", err
	}
	if err := m.writeIdentity(ctx, p, rules.Locale.Region); err != nil {
		return "", err
	}
	if p.changes(ProfilePaymentMethod) {
		r := m.s.d.Q(ctx).Model(&Billing{}).Where("customer_id = ?", m.id).Update("payment_method_id", p.to.PaymentMethodID)
		if r.Error != nil {
			return "", r.Error
		}
		if r.RowsAffected == 0 {
			if err := m.s.SetBilling(ctx, p.to); err != nil {
				return "", err
			}
		}
	}
	if p.changes(ProfileEmail) || p.changes(ProfilePhone) || p.hash != "" {
		// A code on its way to the old address must open nothing any more.
		err := m.s.d.Q(ctx).Model(&ResetRequest{}).Where("customer_id = ? AND used_at IS NULL", m.id).Update("used_at", m.s.d.Now()).Error
		if err != nil {
			return "", err
		}
	}
	if p.hash != "" {
		if err := m.s.storeHash(ctx, m.id, p.hash); err != nil {
			return "", err
		}
		by := audit.By(ctx)
		if token, err = m.s.sessions.Start(ctx, session.Customer, m.id, by.IP, by.UserAgent); err != nil {
			return "", err
		}
	}
	if err := m.tellOldAddresses(ctx, p, e.Language); err != nil {
		return "", err
	}
	return token, m.recordProfile(ctx, p)
}

func (m Me) writeIdentity(ctx context.Context, p profilePlan, region string) error {
	c := p.is
	if !p.identity() {
		if p.attributes.searched() {
			return m.s.writeTerms(ctx, &c, region)
		}
		return nil
	}
	if err := c.prepare(m.s.d.Now()).Or(); err != nil {
		return err
	}
	err := m.s.d.Q(ctx).Model(&Customer{}).Where("id = ?", m.id).Select("login", "login_folded", "name", "email", "billing_email", "phone", "street", "zip", "city",
		"updated_at").Updates(&c).Error
	if db.IsDuplicate(err) {
		return ErrLoginTaken
	}
	if err != nil {
		return err
	}
	if err := m.s.writeTerms(ctx, &c, region); err != nil || !p.changes(ProfileEmail) && !p.changes(ProfilePhone) {
		return err
	}
	if err := m.s.d.Q(ctx).Where("customer_id = ?", m.id).Delete(&Contact{}).Error; err != nil {
		return err
	}
	return m.s.writeContacts(ctx, &c, region)
}

// identity reports whether the plan changes a column of the customer.
func (p profilePlan) identity() bool {
	return slices.ContainsFunc(ProfileFields[:8], p.changes) // up to the city
}

// tellOldAddresses has every address that was the customer's so far told of a new address or password.
func (m Me) tellOldAddresses(ctx context.Context, p profilePlan, language string) error {
	n := ProfileNotice{CustomerID: m.id, Email: p.changes(ProfileEmail), Password: p.hash != "", At: m.s.d.Now(), IP: audit.By(ctx).IP, Language: language}
	if !n.Email && !n.Password {
		return nil
	}
	for _, to := range phone.Split(p.was.Email) {
		n.To = to
		if err := m.s.jobs.Enqueue(ctx, JobProfileNotice, n); err != nil {
			return err
		}
	}
	return nil
}

// recordProfile enters what changed into the log; of passwords only that there is another.
func (m Me) recordProfile(ctx context.Context, p profilePlan) error {
	before, after := p.attributes.told()
	was, is := ProfileValues(p.was, p.from), ProfileValues(p.is, p.to)
	for f := range was {
		if was[f] != is[f] {
			before[string(f)], after[string(f)] = was[f], is[f]
		}
	}
	if p.hash != "" {
		after[string(ProfilePassword)] = "•••••"
	}
	return m.s.log.Record(ctx, audit.Change{Action: audit.ProfileChanged, Object: "customer", ObjectID: fmt.Sprint(m.id), ObjectName: p.was.Name,
		CustomerID: m.id, PartnerID: p.was.PartnerID, Before: before, After: after})
}
