package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// DefaultPartner is the partner that the others inherit from, and that serves hosts nobody has named.
const DefaultPartner int64 = 1

// Partner is a brand or provider on this installation (spec §3.7).
type Partner struct {
	ID        int64     `gorm:"primaryKey"`
	Name      string    `gorm:"size:200;not null"`
	CreatedAt time.Time `gorm:"not null"`
}

// PartnerHost says which partner a host name belongs to (G12).
type PartnerHost struct {
	Host      string `gorm:"primaryKey;size:253"`
	PartnerID int64  `gorm:"not null;index"`
}

// Location is a place; it limits plans, news and outages.
type Location struct {
	ID   int64  `gorm:"primaryKey"`
	Name string `gorm:"size:200;not null"`
}

// CompanyInfo is the partner's company information (X14): the About page, documents and their bank details.
type CompanyInfo struct {
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
	BankAccount string `gorm:"size:64;not null"` // IBAN where there is one
	BankCode    string `gorm:"size:32;not null"` // BIC
}

// The states of a brand.
const (
	BrandDraft     = "draft"
	BrandPublished = "published"
	BrandRetired   = "retired"
)

// Brand is how a partner looks: colours and the icon from which every size is made. One per partner is published.
type Brand struct {
	ID          int64      `gorm:"primaryKey"`
	PartnerID   int64      `gorm:"not null;index:brands_partner_state,priority:1"`
	State       string     `gorm:"size:16;not null;index:brands_partner_state,priority:2"`
	ShortName   string     `gorm:"size:32;not null"` // the label under the icon on a home screen
	Color       string     `gorm:"size:7;not null"`  // #rrggbb
	Accent      string     `gorm:"size:7;not null"`
	Icon        []byte     `gorm:"not null"` // a square PNG of at least 192×192; empty takes the portal's own
	LoginText   string     `gorm:"size:500;not null"`
	FooterText  string     `gorm:"size:500;not null"`
	CreatedAt   time.Time  `gorm:"not null"`
	PublishedAt *time.Time `gorm:""`
}

func (b Brand) version() string {
	h := sha256.New()
	for _, part := range []string{b.Color, b.Accent, string(b.Icon)} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// SettingRow is the stored value of one setting; partner 0 holds the General settings.
type SettingRow struct {
	PartnerID int64     `gorm:"primaryKey;autoIncrement:false"`
	Key       string    `gorm:"primaryKey;size:100"`
	Value     string    `gorm:"not null"`
	UpdatedAt time.Time `gorm:"not null"`
}

// TableName is the table's name, which the type's name would not give.
func (SettingRow) TableName() string { return "settings" }

// Revision counts the changes of something that instances keep in memory.
type Revision struct {
	Name  string `gorm:"primaryKey;size:64"`
	Value int64  `gorm:"not null"`
}
