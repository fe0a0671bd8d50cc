package models

// ExternalRef remembers which of our rows a record of another system became, so that an import that runs again finds it.
// models/imports and models/seed, which stand above this package, read and write it.
type ExternalRef struct {
	Source     string `gorm:"primaryKey;size:64"` // the other system: "csv", "splynx", a file's name
	Kind       string `gorm:"primaryKey;size:32"`
	ExternalID string `gorm:"primaryKey;size:200"`
	LocalID    int64  `gorm:"not null"`
}
