package staff

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"myisp/models/db"
)

// Permission is one thing that a role lets its members do; its words are the message staff.permission.<permission>, with
// a dash for the dot. Every staff route names one, or none where everybody who signs in may go.
type Permission string

// The permissions, by topic.
const (
	ViewCustomers    Permission = "customers.view"
	EditCustomers    Permission = "customers.edit"
	SetPasswords     Permission = "customers.password" // give or send a customer a new password
	ActAsCustomer    Permission = "customers.act_as"   // log in as a customer, reading only
	ActWriting       Permission = "customers.act_as_writing"
	ViewFinance      Permission = "finance.view"
	EditFinance      Permission = "finance.edit"
	EditCards        Permission = "cards.edit"    // make and block refill cards
	PrintCards       Permission = "cards.print"   // see their codes, which are money
	EditPromises     Permission = "promises.edit" // grant customers time to pay
	ViewGateways     Permission = "gateways.view"
	EditGateways     Permission = "gateways.edit" // payment gateways with their keys, and the account for bank transfers
	ViewSettings     Permission = "settings.view"
	EditSettings     Permission = "settings.edit" // Config → Main → Portal, additional attributes, labels
	EditBranding     Permission = "branding.edit"
	EditPartners     Permission = "partners.edit" // partners, locations, company information with its bank account, domains, localisation
	ViewStaff        Permission = "staff.view"
	EditStaff        Permission = "staff.edit"
	ViewAudit        Permission = "audit.view"
	ViewPortalLog    Permission = "portal_log.view"
	ViewSystem       Permission = "system.view"
	EditSystem       Permission = "system.edit" // retry jobs
	ViewSentMessages Permission = "outbox.view" // captured mail and SMS, which hold check codes
)

// Permissions lists all, in the order of the form that defines a role.
var Permissions = []Permission{ViewCustomers, EditCustomers, SetPasswords, ActAsCustomer, ActWriting, ViewFinance, EditFinance, EditCards, PrintCards, EditPromises,
	ViewGateways, EditGateways, ViewSettings, EditSettings, EditBranding, EditPartners, ViewStaff, EditStaff, ViewAudit, ViewPortalLog, ViewSystem, EditSystem, ViewSentMessages}

// The roles that every installation has; they cannot be changed.
const (
	Administrator = "administrator"
	Finance       = "finance"
	Support       = "support"
	ReadOnly      = "read_only"
)

var builtIn = map[string][]Permission{
	Administrator: Permissions,
	Finance:       {ViewCustomers, ViewFinance, EditFinance, EditCards, PrintCards, EditPromises, ViewGateways, ViewPortalLog},
	Support:       {ViewCustomers, EditCustomers, SetPasswords, ActAsCustomer, EditPromises, ViewPortalLog},
	ReadOnly:      {ViewCustomers, ViewFinance, ViewGateways, ViewSettings, ViewStaff, ViewAudit, ViewPortalLog, ViewSystem},
}

// BuiltIn lists the roles that every installation has, the most powerful first.
var BuiltIn = []string{Administrator, Finance, Support, ReadOnly}

// Role is a role that an administrator defined.
type Role struct {
	Key         string    `gorm:"primaryKey;size:32"`
	Name        string    `gorm:"size:100;not null"`
	Permissions string    `gorm:"not null"` // a JSON list, in the order of Permissions
	CreatedAt   time.Time `gorm:"not null"`
	UpdatedAt   time.Time `gorm:"not null"`
}

// TableName names the table.
func (Role) TableName() string { return "staff_roles" }

// Grants returns the role's permissions; a permission that this program does not know grants nothing.
func (r Role) Grants() []Permission {
	var stored []Permission
	if json.Unmarshal([]byte(r.Permissions), &stored) != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(Permissions), func(p Permission) bool { return !slices.Contains(stored, p) })
}

// grants returns the permissions of a role by its key; none when there is no such role.
func (s *Store) grants(ctx context.Context, role string) ([]Permission, error) {
	if list, ok := builtIn[role]; ok {
		return list, nil
	}
	r, err := db.From[Role](s.d.Q(ctx)).Where("key = ?", role).Take()
	if db.KindOf(db.Found(err)) == db.NotFound {
		return nil, nil
	}
	return r.Grants(), err
}

func (s *Store) roleExists(ctx context.Context, role string) (bool, error) {
	if _, ok := builtIn[role]; ok {
		return true, nil
	}
	n, err := db.From[Role](s.d.Q(ctx)).Where("key = ?", role).Count("key")
	return n > 0, err
}

// needs are the permissions that others make no sense without: who may change a thing sees it.
var needs = map[Permission]Permission{EditCustomers: ViewCustomers, SetPasswords: ViewCustomers, ActAsCustomer: ViewCustomers, ActWriting: ActAsCustomer,
	EditFinance: ViewFinance, EditCards: ViewFinance, PrintCards: ViewFinance, EditPromises: ViewCustomers, EditGateways: ViewGateways, EditSettings: ViewSettings, EditStaff: ViewStaff, EditSystem: ViewSystem}

// Complete returns the known ones of a list of permissions with what they need, each once and in order.
func Complete(list []Permission) []Permission {
	has := map[Permission]bool{}
	for _, p := range list {
		for ; p != "" && !has[p]; p = needs[p] {
			has[p] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(Permissions), func(p Permission) bool { return !has[p] })
}

// May reports whether the member's role has a permission; everybody has the empty one. Only members that Resume returned
// know their permissions.
func (m Member) May(p Permission) bool { return p == "" || slices.Contains(m.grants, p) }

// BuiltInMay reports whether a role that every installation has holds a permission.
func BuiltInMay(role string, p Permission) bool { return p == "" || slices.Contains(builtIn[role], p) }
