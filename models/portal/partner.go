package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"gorm.io/gorm"
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
	BankAccount string `gorm:"size:64;not null"`   // IBAN where there is one
	BankCode    string `gorm:"size:32;not null"`   // BIC
	BankHolder  string `gorm:"size:200;not null"`  // "" is Name
	BankText    string `gorm:"size:1000;not null"` // what else customers read before they transfer
}

// The states of a brand.
const (
	BrandDraft     = "draft"
	BrandPublished = "published"
	BrandRetired   = "retired"
)

// Brand is how a partner looks: colours and the icon from which every size is made. One per partner is published, one at
// most is a draft; the retired ones are its history.
type Brand struct {
	ID          int64      `gorm:"primaryKey"`
	PartnerID   int64      `gorm:"not null;index:brands_partner_state,priority:1;uniqueIndex:brands_one_draft,where:state = 'draft';uniqueIndex:brands_one_published,where:state = 'published'"`
	State       string     `gorm:"size:16;not null;index:brands_partner_state,priority:2"`
	Title       string     `gorm:"size:60;not null"` // the portal title (P1) that came with it; "" leaves P1 as it is
	ShortName   string     `gorm:"size:32;not null"` // the label under the icon on a home screen
	Color       string     `gorm:"size:7;not null"`  // #rrggbb
	Accent      string     `gorm:"size:7;not null"`
	Icon        []byte     `gorm:"not null"`         // a square PNG of 192×192 to 512×512; empty takes the portal's own
	Crop        string     `gorm:"size:40;not null"` // icons.Crop, how the icon was cut from its BrandSource; "" where it was square
	LoginText   string     `gorm:"size:500;not null"`
	FooterText  string     `gorm:"size:500;not null"`
	CreatedAt   time.Time  `gorm:"not null"`
	CreatedBy   string     `gorm:"size:200;not null"` // names of staff; "" for the program itself
	PublishedAt *time.Time `gorm:""`
	PublishedBy string     `gorm:"size:200;not null"`
	RestoredID  int64      `gorm:"not null"` // the brand that a roll back published anew; 0 for none
}

// BrandSource is the image that a brand's icon was cut from, where it was not square, so that it can be cut otherwise.
type BrandSource struct {
	BrandID int64  `gorm:"primaryKey;autoIncrement:false"`
	Image   []byte `gorm:"not null"` // PNG
}

// BeforeSave keeps an icon that nobody gave apart from none at all: SQLite reads an empty blob back as nil.
func (b *Brand) BeforeSave(*gorm.DB) error {
	if b.Icon == nil {
		b.Icon = []byte{}
	}
	return nil
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
