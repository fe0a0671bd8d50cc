package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0001 lays the first schema: partners and settings, people and their sessions, plans and services, the ledger with
// the documents that rest on it, what the home page tells, and the queue.
func step0001(d Dialect) *gormigrate.Migration {
	type partner struct {
		ID        int64     `gorm:"primaryKey"`
		Name      string    `gorm:"size:200;not null"`
		CreatedAt time.Time `gorm:"not null"`
	}
	type partnerHost struct {
		Host      string   `gorm:"primaryKey;size:253"`
		PartnerID int64    `gorm:"not null;index"`
		Partner   *partner `gorm:"constraint:OnDelete:CASCADE"`
	}
	type companyInfo struct {
		PartnerID   int64  `gorm:"primaryKey;autoIncrement:false"`
		Name        string `gorm:"size:200;not null"`
		Street      string `gorm:"size:200;not null"`
		Zip         string `gorm:"size:32;not null"`
		City        string `gorm:"size:120;not null"`
		Country     string `gorm:"size:120;not null"`
		Email       string `gorm:"size:254;not null"`
		Phone       string `gorm:"size:64;not null"`
		Website     string `gorm:"size:200;not null"`
		CompanyID   string `gorm:"size:64;not null"`
		VatID       string `gorm:"size:64;not null"`
		BankName    string `gorm:"size:120;not null"`
		BankAccount string `gorm:"size:64;not null"`
		BankCode    string `gorm:"size:32;not null"`
	}
	type brand struct {
		ID          int64      `gorm:"primaryKey"`
		PartnerID   int64      `gorm:"not null;index:brands_partner_state,priority:1"`
		State       string     `gorm:"size:16;not null;index:brands_partner_state,priority:2"`
		ShortName   string     `gorm:"size:32;not null"`
		Color       string     `gorm:"size:7;not null"`
		Accent      string     `gorm:"size:7;not null"`
		Icon        []byte     `gorm:"not null"`
		LoginText   string     `gorm:"size:500;not null"`
		FooterText  string     `gorm:"size:500;not null"`
		CreatedAt   time.Time  `gorm:"not null"`
		PublishedAt *time.Time `gorm:""`
	}
	type location struct {
		ID   int64  `gorm:"primaryKey"`
		Name string `gorm:"size:200;not null"`
	}
	type setting struct {
		PartnerID int64     `gorm:"primaryKey;autoIncrement:false"`
		Key       string    `gorm:"primaryKey;size:100"`
		Value     string    `gorm:"not null"`
		UpdatedAt time.Time `gorm:"not null"`
	}
	type revision struct {
		Name  string `gorm:"primaryKey;size:64"`
		Value int64  `gorm:"not null"`
	}
	type customer struct {
		ID                int64      `gorm:"primaryKey"`
		PartnerID         int64      `gorm:"not null;index"`
		LocationID        int64      `gorm:"not null"`
		ParentID          int64      `gorm:"not null;index"`
		BillingType       string     `gorm:"size:20;not null"`
		Status            string     `gorm:"size:16;not null"`
		StatusSince       *time.Time `gorm:""`
		Category          string     `gorm:"size:16;not null"`
		Login             string     `gorm:"size:200;not null"`
		LoginFolded       string     `gorm:"size:200;not null;uniqueIndex"`
		PasswordHash      string     `gorm:"size:200;not null"`
		PasswordChangedAt *time.Time `gorm:""`
		Name              string     `gorm:"size:200;not null"`
		Email             string     `gorm:"size:1000;not null"`
		BillingEmail      string     `gorm:"size:1000;not null"`
		Phone             string     `gorm:"size:500;not null"`
		Street            string     `gorm:"size:200;not null"`
		Zip               string     `gorm:"size:32;not null"`
		City              string     `gorm:"size:120;not null"`
		CompanyID         string     `gorm:"size:64;not null"`
		VatID             string     `gorm:"size:64;not null"`
		Language          string     `gorm:"size:16;not null"`
		Theme             string     `gorm:"size:8;not null"`
		Search            string     `gorm:"size:4000;not null"`
		CreatedAt         time.Time  `gorm:"not null"`
		UpdatedAt         time.Time  `gorm:"not null"`
		LastOnlineAt      *time.Time `gorm:""`
	}
	type customerContact struct {
		ID         int64     `gorm:"primaryKey"`
		CustomerID int64     `gorm:"not null;index"`
		Customer   *customer `gorm:"constraint:OnDelete:CASCADE"`
		Kind       string    `gorm:"size:16;not null;index:customer_contacts_value,priority:1"`
		Value      string    `gorm:"size:254;not null;index:customer_contacts_value,priority:2"`
	}
	type customerBilling struct {
		CustomerID      int64     `gorm:"primaryKey;autoIncrement:false"`
		Customer        *customer `gorm:"constraint:OnDelete:CASCADE"`
		Currency        string    `gorm:"size:3;not null"`
		BillingDay      int       `gorm:"not null"`
		DueDay          int       `gorm:"not null"`
		BlockingPeriod  int       `gorm:"not null"`
		GracePeriod     int       `gorm:"not null"`
		MinBalance      int64     `gorm:"not null"`
		PaymentMethodID int64     `gorm:"not null"`
		BlockedOn       string    `gorm:"size:10;not null"`
		BlocksOn        string    `gorm:"size:10;not null"`
	}
	type session struct {
		ID         int64      `gorm:"primaryKey"`
		TokenHash  string     `gorm:"size:64;not null;uniqueIndex"`
		Realm      string     `gorm:"size:8;not null;index:sessions_subject,priority:1"`
		SubjectID  int64      `gorm:"not null;index:sessions_subject,priority:2"`
		IP         string     `gorm:"size:64;not null"`
		UserAgent  string     `gorm:"size:300;not null"`
		CreatedAt  time.Time  `gorm:"not null"`
		LastSeenAt time.Time  `gorm:"not null"`
		ExpiresAt  time.Time  `gorm:"not null;index"`
		RevokedAt  *time.Time `gorm:""`
	}
	type resetRequest struct {
		ID         int64      `gorm:"primaryKey"`
		HandleHash string     `gorm:"size:64;not null;uniqueIndex"`
		CustomerID int64      `gorm:"not null;index"`
		Channel    string     `gorm:"size:8;not null"`
		CodeHash   string     `gorm:"size:64;not null"`
		Tries      int        `gorm:"not null"`
		CreatedAt  time.Time  `gorm:"not null"`
		ExpiresAt  time.Time  `gorm:"not null;index"`
		UsedAt     *time.Time `gorm:""`
	}
	type rateLimit struct {
		Key         string    `gorm:"primaryKey;size:64"`
		WindowStart time.Time `gorm:"not null;index"`
		Count       int       `gorm:"not null"`
	}
	type staffMember struct {
		ID           int64     `gorm:"primaryKey"`
		Login        string    `gorm:"size:200;not null"`
		LoginFolded  string    `gorm:"size:200;not null;uniqueIndex"`
		Email        string    `gorm:"size:254;not null"`
		Name         string    `gorm:"size:200;not null"`
		Role         string    `gorm:"size:32;not null"`
		Language     string    `gorm:"size:16;not null"`
		PasswordHash string    `gorm:"size:200;not null"`
		Disabled     bool      `gorm:"not null"`
		CreatedAt    time.Time `gorm:"not null"`
		UpdatedAt    time.Time `gorm:"not null"`
	}
	type externalRef struct {
		Source     string `gorm:"primaryKey;size:64"`
		Kind       string `gorm:"primaryKey;size:32"`
		ExternalID string `gorm:"primaryKey;size:200"`
		LocalID    int64  `gorm:"not null"`
	}
	tables := []any{&partner{}, &partnerHost{}, &companyInfo{}, &brand{}, &location{}, &setting{}, &revision{}, &customer{}, &customerContact{},
		&customerBilling{}, &session{}, &resetRequest{}, &rateLimit{}, &staffMember{}, &externalRef{}}

	type tax struct {
		ID       int64  `gorm:"primaryKey"`
		Name     string `gorm:"size:120;not null"`
		RatePPM  int64  `gorm:"not null"`
		Archived bool   `gorm:"not null"`
	}
	type plan struct {
		ID          int64     `gorm:"primaryKey"`
		Kind        string    `gorm:"size:16;not null"`
		Title       string    `gorm:"size:200;not null"`
		ServiceName string    `gorm:"size:255;not null"`
		Price       int64     `gorm:"not null"`
		Currency    string    `gorm:"size:3;not null"`
		TaxIncluded bool      `gorm:"not null"`
		TaxID       int64     `gorm:"not null"`
		DownKbps    int64     `gorm:"not null"`
		UpKbps      int64     `gorm:"not null"`
		Archived    bool      `gorm:"not null"`
		CreatedAt   time.Time `gorm:"not null"`
	}
	type planPartner struct {
		PlanID    int64 `gorm:"primaryKey;autoIncrement:false"`
		PartnerID int64 `gorm:"primaryKey;autoIncrement:false"`
		Plan      *plan `gorm:"constraint:OnDelete:CASCADE"`
	}
	type service struct {
		ID              int64     `gorm:"primaryKey"`
		CustomerID      int64     `gorm:"not null;index"`
		Customer        *customer `gorm:"constraint:OnDelete:RESTRICT"`
		Kind            string    `gorm:"size:16;not null"`
		PlanID          int64     `gorm:"not null;index"`
		BundleServiceID int64     `gorm:"not null"`
		Description     string    `gorm:"size:255;not null"`
		Quantity        int64     `gorm:"not null"`
		UnitPrice       int64     `gorm:"not null"`
		Currency        string    `gorm:"size:3;not null"`
		TaxIncluded     bool      `gorm:"not null"`
		TaxID           int64     `gorm:"not null"`
		StartsOn        string    `gorm:"size:10;not null"`
		EndsOn          string    `gorm:"size:10;not null"`
		InvoicedUntil   string    `gorm:"size:10;not null"`
		Status          string    `gorm:"size:16;not null"`
		Login           string    `gorm:"size:200;not null"`
		IPv4            string    `gorm:"column:ipv4;size:45;not null"`
		Phone           string    `gorm:"size:64;not null"`
		Direction       string    `gorm:"size:16;not null"`
		CreatedAt       time.Time `gorm:"not null"`
		UpdatedAt       time.Time `gorm:"not null"`
	}
	tables = append(tables, &tax{}, &plan{}, &planPartner{}, &service{})

	type ledgerAccount struct {
		ID         int64     `gorm:"primaryKey"`
		PartnerID  int64     `gorm:"not null;uniqueIndex:ledger_accounts_what,priority:3"`
		Kind       string    `gorm:"size:16;not null;uniqueIndex:ledger_accounts_what,priority:1"`
		OwnerID    int64     `gorm:"not null;uniqueIndex:ledger_accounts_what,priority:2"`
		Currency   string    `gorm:"size:3;not null;uniqueIndex:ledger_accounts_what,priority:4"`
		Balance    int64     `gorm:"not null"`
		EntryCount int64     `gorm:"not null"`
		CreatedAt  time.Time `gorm:"not null"`
	}
	type ledgerTransaction struct {
		ID         int64     `gorm:"primaryKey"`
		Key        string    `gorm:"size:100;not null;uniqueIndex"`
		Kind       string    `gorm:"size:24;not null"`
		Day        string    `gorm:"size:10;not null"`
		ReversesID int64     `gorm:"not null;index"`
		PostedAt   time.Time `gorm:"not null"`
	}
	type ledgerEntry struct {
		ID            int64              `gorm:"primaryKey"`
		TransactionID int64              `gorm:"not null;index"`
		Transaction   *ledgerTransaction `gorm:"constraint:OnDelete:RESTRICT"`
		AccountID     int64              `gorm:"not null;index"`
		Account       *ledgerAccount     `gorm:"constraint:OnDelete:RESTRICT"`
		Amount        int64              `gorm:"not null"`
	}
	type sequence struct {
		Name string `gorm:"primaryKey;size:100"`
		Last int64  `gorm:"not null"`
	}
	type transactionCategory struct {
		ID   int64  `gorm:"primaryKey"`
		Name string `gorm:"size:120;not null"`
		Kind string `gorm:"size:16;not null"`
	}
	type paymentMethod struct {
		ID     int64  `gorm:"primaryKey"`
		Name   string `gorm:"size:120;not null"`
		Kind   string `gorm:"size:16;not null"`
		Active bool   `gorm:"not null"`
	}
	type transaction struct {
		ID                  int64     `gorm:"primaryKey"`
		CustomerID          int64     `gorm:"not null;index:transactions_customer_day,priority:1"`
		Customer            *customer `gorm:"constraint:OnDelete:RESTRICT"`
		Day                 string    `gorm:"size:10;not null;index:transactions_customer_day,priority:2"`
		Type                string    `gorm:"size:8;not null"`
		CategoryID          int64     `gorm:"not null"`
		Description         string    `gorm:"size:255;not null"`
		Comment             string    `gorm:"size:512;not null"`
		Quantity            int64     `gorm:"not null"`
		Unit                string    `gorm:"size:16;not null"`
		Price               int64     `gorm:"not null"`
		Tax                 int64     `gorm:"not null"`
		Total               int64     `gorm:"not null"`
		Remaining           int64     `gorm:"not null"`
		Currency            string    `gorm:"size:3;not null"`
		TaxID               int64     `gorm:"not null"`
		TaxRatePPM          int64     `gorm:"not null"`
		PeriodFrom          string    `gorm:"size:10;not null"`
		PeriodTo            string    `gorm:"size:10;not null"`
		ServiceID           int64     `gorm:"not null"`
		InvoiceID           int64     `gorm:"not null;index"`
		PaymentID           int64     `gorm:"not null"`
		CreditNoteID        int64     `gorm:"not null"`
		Source              string    `gorm:"size:8;not null"`
		LedgerTransactionID int64     `gorm:"not null;index"`
		CreatedAt           time.Time `gorm:"not null"`
	}
	type invoice struct {
		ID              int64     `gorm:"primaryKey"`
		CustomerID      int64     `gorm:"not null;index:invoices_customer_day,priority:1"`
		Customer        *customer `gorm:"constraint:OnDelete:RESTRICT"`
		PartnerID       int64     `gorm:"not null;uniqueIndex:invoices_number,priority:1"`
		Number          string    `gorm:"size:64;not null;uniqueIndex:invoices_number,priority:2"`
		Day             string    `gorm:"size:10;not null;index:invoices_customer_day,priority:2"`
		DueDay          string    `gorm:"size:10;not null"`
		PaidDay         string    `gorm:"size:10;not null"`
		Currency        string    `gorm:"size:3;not null"`
		Net             int64     `gorm:"not null"`
		Tax             int64     `gorm:"not null"`
		Total           int64     `gorm:"not null"`
		Due             int64     `gorm:"not null"`
		Status          string    `gorm:"size:16;not null"`
		PaidFromBalance bool      `gorm:"not null"`
		Kind            string    `gorm:"size:16;not null"`
		Note            string    `gorm:"size:2000;not null"`
		Memo            string    `gorm:"size:2000;not null"`
		CreatedAt       time.Time `gorm:"not null"`
		UpdatedAt       time.Time `gorm:"not null"`
	}
	type proformaInvoice struct {
		ID         int64     `gorm:"primaryKey"`
		CustomerID int64     `gorm:"not null;index:proforma_invoices_customer_day,priority:1"`
		Customer   *customer `gorm:"constraint:OnDelete:RESTRICT"`
		PartnerID  int64     `gorm:"not null;uniqueIndex:proforma_invoices_number,priority:1"`
		Number     string    `gorm:"size:64;not null;uniqueIndex:proforma_invoices_number,priority:2"`
		Day        string    `gorm:"size:10;not null;index:proforma_invoices_customer_day,priority:2"`
		DueDay     string    `gorm:"size:10;not null"`
		PaidDay    string    `gorm:"size:10;not null"`
		Currency   string    `gorm:"size:3;not null"`
		Net        int64     `gorm:"not null"`
		Tax        int64     `gorm:"not null"`
		Total      int64     `gorm:"not null"`
		Status     string    `gorm:"size:16;not null"`
		PaymentID  int64     `gorm:"not null"`
		Note       string    `gorm:"size:2000;not null"`
		CreatedAt  time.Time `gorm:"not null"`
		UpdatedAt  time.Time `gorm:"not null"`
	}
	type creditNote struct {
		ID         int64     `gorm:"primaryKey"`
		CustomerID int64     `gorm:"not null;index:credit_notes_customer_day,priority:1"`
		Customer   *customer `gorm:"constraint:OnDelete:RESTRICT"`
		PartnerID  int64     `gorm:"not null;uniqueIndex:credit_notes_number,priority:1"`
		Number     string    `gorm:"size:64;not null;uniqueIndex:credit_notes_number,priority:2"`
		InvoiceID  int64     `gorm:"not null"`
		Day        string    `gorm:"size:10;not null;index:credit_notes_customer_day,priority:2"`
		PaidDay    string    `gorm:"size:10;not null"`
		Currency   string    `gorm:"size:3;not null"`
		Net        int64     `gorm:"not null"`
		Tax        int64     `gorm:"not null"`
		Total      int64     `gorm:"not null"`
		Remaining  int64     `gorm:"not null"`
		Status     string    `gorm:"size:16;not null"`
		Note       string    `gorm:"size:2000;not null"`
		CreatedAt  time.Time `gorm:"not null"`
		UpdatedAt  time.Time `gorm:"not null"`
	}
	type documentItem struct {
		ID           int64  `gorm:"primaryKey"`
		DocumentKind string `gorm:"size:16;not null;index:document_items_document,priority:1"`
		DocumentID   int64  `gorm:"not null;index:document_items_document,priority:2"`
		CustomerID   int64  `gorm:"not null"`
		Position     int    `gorm:"not null"`
		Description  string `gorm:"size:255;not null"`
		Quantity     int64  `gorm:"not null"`
		Unit         string `gorm:"size:16;not null"`
		Price        int64  `gorm:"not null"`
		TaxID        int64  `gorm:"not null"`
		TaxName      string `gorm:"size:120;not null"`
		TaxRatePPM   int64  `gorm:"not null"`
		Net          int64  `gorm:"not null"`
		Tax          int64  `gorm:"not null"`
		Total        int64  `gorm:"not null"`
		PeriodFrom   string `gorm:"size:10;not null"`
		PeriodTo     string `gorm:"size:10;not null"`
		ServiceID    int64  `gorm:"not null"`
	}
	type payment struct {
		ID            int64     `gorm:"primaryKey"`
		CustomerID    int64     `gorm:"not null;index:payments_customer_day,priority:1"`
		Customer      *customer `gorm:"constraint:OnDelete:RESTRICT"`
		PartnerID     int64     `gorm:"not null;uniqueIndex:payments_receipt,priority:1"`
		ReceiptNumber string    `gorm:"size:64;not null;uniqueIndex:payments_receipt,priority:2"`
		MethodID      int64     `gorm:"not null"`
		Day           string    `gorm:"size:10;not null;index:payments_customer_day,priority:2"`
		Amount        int64     `gorm:"not null"`
		Unallocated   int64     `gorm:"not null"`
		Currency      string    `gorm:"size:3;not null"`
		ProformaID    int64     `gorm:"not null"`
		CreditNoteID  int64     `gorm:"not null"`
		Comment       string    `gorm:"size:256;not null"`
		CreatedAt     time.Time `gorm:"not null"`
	}
	type allocation struct {
		ID            int64     `gorm:"primaryKey"`
		CustomerID    int64     `gorm:"not null;index"`
		SourceKind    string    `gorm:"size:16;not null;index:allocations_source,priority:1"`
		SourceID      int64     `gorm:"not null;index:allocations_source,priority:2"`
		InvoiceID     int64     `gorm:"not null;index"`
		TransactionID int64     `gorm:"not null;index"`
		Amount        int64     `gorm:"not null"`
		Day           string    `gorm:"size:10;not null"`
		CreatedAt     time.Time `gorm:"not null"`
	}
	tables = append(tables, &ledgerAccount{}, &ledgerTransaction{}, &ledgerEntry{}, &sequence{}, &transactionCategory{}, &paymentMethod{},
		&transaction{}, &invoice{}, &proformaInvoice{}, &creditNote{}, &documentItem{}, &payment{}, &allocation{})

	type newsItem struct {
		ID          int64     `gorm:"primaryKey"`
		Title       string    `gorm:"size:200;not null"`
		Summary     string    `gorm:"size:500;not null"`
		Body        string    `gorm:"not null"`
		PublishedAt time.Time `gorm:"not null;index"`
	}
	type newsTarget struct {
		NewsID     int64     `gorm:"primaryKey;autoIncrement:false"`
		PartnerID  int64     `gorm:"primaryKey;autoIncrement:false"`
		LocationID int64     `gorm:"primaryKey;autoIncrement:false"`
		News       *newsItem `gorm:"constraint:OnDelete:CASCADE"`
	}
	type faqItem struct {
		ID        int64  `gorm:"primaryKey"`
		PartnerID int64  `gorm:"not null;index"`
		Language  string `gorm:"size:16;not null"`
		Position  int    `gorm:"not null"`
		Question  string `gorm:"size:300;not null"`
		Answer    string `gorm:"not null"`
	}
	type outage struct {
		ID         int64      `gorm:"primaryKey"`
		Kind       string     `gorm:"size:16;not null"`
		LocationID int64      `gorm:"not null;index"`
		Title      string     `gorm:"size:200;not null"`
		StartsAt   time.Time  `gorm:"not null"`
		ExpectedAt *time.Time `gorm:""`
		EndedAt    *time.Time `gorm:"index"`
	}
	type message struct {
		ID         int64      `gorm:"primaryKey"`
		CustomerID int64      `gorm:"not null;index:messages_customer,priority:1"`
		Customer   *customer  `gorm:"constraint:OnDelete:CASCADE"`
		Subject    string     `gorm:"size:255;not null"`
		Body       string     `gorm:"not null"`
		CreatedAt  time.Time  `gorm:"not null;index:messages_customer,priority:2"`
		ReadAt     *time.Time `gorm:""`
	}
	type ticket struct {
		ID               int64     `gorm:"primaryKey"`
		CustomerID       int64     `gorm:"not null;index:tickets_customer,priority:1"`
		Customer         *customer `gorm:"constraint:OnDelete:RESTRICT"`
		Subject          string    `gorm:"size:255;not null"`
		Status           string    `gorm:"size:32;not null"`
		Closed           bool      `gorm:"not null"`
		Hidden           bool      `gorm:"not null"`
		UnreadByCustomer bool      `gorm:"not null"`
		CreatedAt        time.Time `gorm:"not null"`
		UpdatedAt        time.Time `gorm:"not null;index:tickets_customer,priority:2"`
	}
	type ticketMessage struct {
		ID              int64     `gorm:"primaryKey"`
		TicketID        int64     `gorm:"not null;index"`
		Ticket          *ticket   `gorm:"constraint:OnDelete:CASCADE"`
		Author          string    `gorm:"size:16;not null"`
		AuthorName      string    `gorm:"size:200;not null"`
		Kind            string    `gorm:"size:16;not null"`
		HideForCustomer bool      `gorm:"not null"`
		Body            string    `gorm:"not null"`
		CreatedAt       time.Time `gorm:"not null"`
	}
	type job struct {
		ID          int64      `gorm:"primaryKey"`
		Kind        string     `gorm:"size:64;not null"`
		UniqueKey   *string    `gorm:"size:200;uniqueIndex"`
		Payload     []byte     `gorm:"not null"`
		State       string     `gorm:"size:8;not null;index:jobs_state_run,priority:1"`
		RunAt       time.Time  `gorm:"not null;index:jobs_state_run,priority:2"`
		Attempts    int        `gorm:"not null"`
		LockedUntil *time.Time `gorm:""`
		LastError   string     `gorm:"size:500;not null"`
		CreatedAt   time.Time  `gorm:"not null"`
		DoneAt      *time.Time `gorm:"index"`
	}
	type capturedMessage struct {
		ID        int64     `gorm:"primaryKey"`
		Kind      string    `gorm:"size:8;not null"`
		Sender    string    `gorm:"size:254;not null"`
		Recipient string    `gorm:"size:1000;not null"`
		Subject   string    `gorm:"size:500;not null"`
		Text      string    `gorm:"not null"`
		HTML      string    `gorm:"not null"`
		CreatedAt time.Time `gorm:"not null"`
	}
	tables = append(tables, &newsItem{}, &newsTarget{}, &faqItem{}, &outage{}, &message{}, &ticket{}, &ticketMessage{}, &job{}, &capturedMessage{})

	return &gormigrate.Migration{ID: "0001_foundation", Migrate: func(tx *gorm.DB) error {
		if err := tx.Migrator().CreateTable(tables...); err != nil {
			return err
		}
		for _, table := range []string{"ledger_transactions", "ledger_entries", "allocations"} {
			for _, sql := range d.AppendOnly(table) {
				if err := tx.Exec(sql).Error; err != nil {
					return err
				}
			}
		}
		return nil
	}}
}
