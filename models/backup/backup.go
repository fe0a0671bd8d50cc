// Package backup writes everything an installation holds into one portable file, and restores it into an empty database of
// either kind. Like seed and imports it stands above all other models.
//
// The file is a zip: tables/NAME.jsonl with one JSON array a row, files/… with the uploads, and manifest.json, which says what
// the columns are, how many rows there are and what everything sums up to. With a passphrase the whole is sealed
// (secret.SealFile). MYISP_SECRET is not in it, only a fingerprint: what the database holds sealed stays sealed.
package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"myisp/internal/secret"
	"myisp/models/db"
)

// Format is the version of the file's own shape; a program reads its own and older ones.
const Format = 1

// Manifest says what an archive holds.
type Manifest struct {
	Format    int       `json:"format"`
	Program   string    `json:"program"`    // version that wrote it
	CreatedAt time.Time `json:"created_at"` // when the snapshot was taken
	Database  db.Kind   `json:"database"`   // what it was taken from
	// Schema lists the steps that the database had had, in their order.
	Schema []string `json:"schema"`
	// SecretFingerprint tells whether two installations have the same MYISP_SECRET, and nothing else about it.
	SecretFingerprint string  `json:"secret_fingerprint"`
	Tables            []Table `json:"tables"` // each after those that it references
	Files             []File  `json:"files"`
}

// Table is one table of an archive.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Rows    int64    `json:"rows"`
	LastID  int64    `json:"last_id,omitempty"` // the last id it gave out
	SHA256  string   `json:"sha256"`            // of its file in the archive
}

// Column is a column of a table.
type Column struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
}

// File is one uploaded file.
type File struct {
	Path   string `json:"path"` // below the uploads' folder, with slashes
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Rows counts the rows of all tables.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// apart are tables that say something about a database rather than being what it holds.
var apart = []string{"migrations", "system_records"}

// contents drops the tables that stay apart.
func contents(tables []string) []string {
	return slices.DeleteFunc(tables, func(t string) bool { return slices.Contains(apart, t) })
}

// Why an archive is not restored.
var (
	ErrFormat     = errors.New("backup: this is no archive of MyISP, or one of a newer version")
	ErrSealed     = errors.New("backup: the archive is sealed with a passphrase: set MYISP_BACKUP_PASSPHRASE")
	ErrDamaged    = errors.New("backup: the archive is damaged")
	ErrNotEmpty   = errors.New("backup: the database holds data: restore into a new, empty one")
	ErrSchema     = errors.New("backup: the database has another schema than the archive: restore into a new, empty one, whose schema is then brought to the archive's and afterwards up to date")
	ErrNewer      = errors.New("backup: the archive comes from a newer version: restore it with that version, or a later one")
	ErrFilesThere = errors.New("backup: the data directory holds uploads: restore into an empty data directory")
	ErrNotCurrent = errors.New("backup: the database's schema is not this version's: run \"myisp migrate up\", or back up with the version that runs")
	ErrExists     = errors.New("backup: the file exists: choose another name")
)

const (
	manifestName = "manifest.json"
	tablesFolder = "tables/"
	filesFolder  = "files/"
)

// fingerprint tells secrets apart.
func fingerprint(k secret.Keys) string {
	sum := sha256.Sum256(k.Sub("backup fingerprint"))
	return hex.EncodeToString(sum[:8])
}
