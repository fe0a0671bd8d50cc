// Package models opens the database and hands out the domain packages below it, wired. It is all that handlers and jobs
// know of the data.
package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/catalog"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/limit"
	"myisp/models/message"
	"myisp/models/migrations"
	"myisp/models/portal"
	"myisp/models/service"
	"myisp/models/session"
	"myisp/models/staff"
	"myisp/models/ticket"
)

// Config says what to open.
type Config struct {
	DB db.Config
	// Secret is MYISP_SECRET; session, code and payload keys derive from it.
	Secret string
	// Hashing are the Argon2id parameters; the zero value takes the product's.
	Hashing secret.Params
}

// Models are the domain packages on one database.
type Models struct {
	DB        *db.DB
	Keys      secret.Keys
	Portal    *portal.Store
	Customers *customer.Store
	Sessions  *session.Store
	Staff     *staff.Store
	Catalog   *catalog.Store
	Finance   *finance.Store
	Services  *service.Store
	Messages  *message.Store
	Tickets   *ticket.Store
	Jobs      *job.Store
	Limits    *limit.Store
	Audit     *audit.Store
}

// Open connects and wires; it does not migrate.
func Open(ctx context.Context, cfg Config) (*Models, error) {
	keys, err := secret.NewKeys(cfg.Secret)
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, cfg.DB)
	if err != nil {
		return nil, err
	}
	return On(d, keys, cfg.Hashing), nil
}

// On wires the domain packages on an open database.
func On(d *db.DB, keys secret.Keys, hashing secret.Params) *Models {
	if hashing == (secret.Params{}) {
		hashing = secret.Recommended
	}
	log, queue := audit.New(d, keys.Sub("audit")), job.New(d, keys.Box())
	m := &Models{DB: d, Keys: keys, Audit: log, Portal: portal.New(d, log), Sessions: session.New(d), Catalog: catalog.New(d, log), Finance: finance.New(d, log, keys.Box(), queue),
		Messages: message.New(d), Tickets: ticket.New(d), Jobs: queue, Limits: limit.New(d)}
	m.Portal.Booked(m.Finance.HasDocuments)
	m.Finance.Configured(m.manner)
	m.Finance.Keyed(keys.Sub("refill_card"), keys.Link())
	hasher := secret.NewHasher(hashing)
	m.Customers = customer.New(d, hasher, keys, m.Jobs, m.Limits, m.Sessions, log)
	m.Services = service.New(d, m.Customers, log)
	m.Services.Minding(queue, m.rules)
	m.Staff = staff.New(d, hasher, keys, m.Jobs, m.Limits, m.Sessions, log)
	return m
}

// Close ends the connections.
func (m *Models) Close() error { return m.DB.Close() }

// Migrate brings the schema up to this program's, with the rows that every installation has.
func (m *Models) Migrate(ctx context.Context) error {
	err := m.DB.Migrating(ctx, func(g *gorm.DB) error { return migrations.Run(g, m.DB.Kind()) })
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return m.Ensure(ctx)
}

// ensureTerms writes the words of customers who were there before them; any other time it costs one statement.
func (m *Models) ensureTerms(ctx context.Context) error {
	snap, err := m.Portal.Snapshot(ctx)
	if err != nil {
		return err
	}
	return m.Customers.EnsureTerms(ctx, func(partner int64) string {
		if v := snap.Partner(partner); v != nil {
			return portal.PhoneRegion.Of(v.Values)
		}
		return ""
	})
}

// MigrateTo brings an older schema, or none, up to a step and no further, and makes no rows.
func (m *Models) MigrateTo(ctx context.Context, step string) error {
	return m.DB.Migrating(ctx, func(g *gorm.DB) error { return migrations.RunTo(g, m.DB.Kind(), step) })
}

// Ensure makes the rows that every installation has: the Default partner, payment methods, transaction categories, and the
// words by which customers are found.
func (m *Models) Ensure(ctx context.Context) error {
	if err := m.Portal.Ensure(ctx); err != nil {
		return err
	}
	if err := m.Finance.EnsureDefaults(ctx); err != nil {
		return err
	}
	return m.ensureTerms(ctx)
}

// MigrationStatus lists the steps of the schema and whether the database has had them.
func (m *Models) MigrationStatus(ctx context.Context) (steps []migrations.Step, err error) {
	err = m.DB.Migrating(ctx, func(g *gorm.DB) error {
		steps, err = migrations.Status(g, m.DB.Kind())
		return err
	})
	return steps, err
}

// Tables returns every live table as its domain package declares it, for the test that holds them to the migrations.
func Tables() []any {
	return []any{
		&portal.Partner{}, &portal.PartnerHost{}, &portal.CompanyInfo{}, &portal.Brand{}, &portal.BrandSource{}, &portal.Location{}, &portal.SettingRow{}, &portal.Revision{}, &portal.DraftRow{},
		&customer.Customer{}, &customer.Contact{}, &customer.Billing{}, &customer.ResetRequest{}, &customer.Term{}, &customer.Label{}, &customer.LabelLink{}, &customer.Attribute{}, &customer.AttributeValue{}, &session.Session{}, &limit.RateLimit{}, &staff.Member{},
		&staff.Role{}, &staff.RecoveryCode{}, &staff.Invitation{}, &staff.PasswordLink{}, &audit.Entry{}, &audit.Head{}, &audit.Event{},
		&catalog.Tax{}, &catalog.TaxMember{}, &catalog.Plan{}, &catalog.PlanPartner{}, &service.Service{},
		&message.Message{}, &message.NewsItem{}, &message.NewsTarget{}, &message.FAQItem{}, &message.Outage{}, &message.CapturedMessage{}, &message.CapturedFile{},
		&ticket.Ticket{}, &ticket.Message{}, &job.Job{}, &ExternalRef{}, &SystemRecord{},
		&finance.LedgerAccount{}, &finance.LedgerTransaction{}, &finance.LedgerEntry{}, &finance.FormKey{}, &finance.Sequence{}, &finance.PaymentMethod{},
		&finance.TransactionCategory{}, &finance.Transaction{}, &finance.Invoice{}, &finance.ProformaInvoice{}, &finance.CreditNote{},
		&finance.DocumentItem{}, &finance.Payment{}, &finance.Allocation{},
		&finance.Attempt{}, &finance.AttemptDocument{}, &finance.Notice{}, &finance.GatewaySetup{}, &finance.GatewayRefund{},
		&finance.BankStatement{}, &finance.BankFormatRow{}, &finance.IncomingPayment{},
		&finance.SavedMethod{}, &finance.Autopay{}, &finance.AutopayConsent{}, &finance.AutopayCharge{},
		&finance.CardSeries{}, &finance.Card{}, &finance.PayLink{}, &service.Promise{},
	}
}
