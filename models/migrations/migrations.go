// Package migrations is the history of the schema: a list of steps, one file each, with the structs of their day frozen
// inside. A step that has been released is never edited; a later one mends it.
//
// Dropping a column is raw ALTER TABLE … DROP COLUMN: GORM's DropColumn and AutoMigrate rebuild SQLite tables, and the
// rebuild deletes children under ON DELETE CASCADE.
package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// Dialect is what steps need to know of the database beyond GORM; models/db implements it.
type Dialect interface {
	// AppendOnly returns the statements that make the database refuse changes to a table's rows.
	AppendOnly(table string) []string
	// Changeable returns the statements that take AppendOnly's refusal away, for a step that then puts it back.
	Changeable(table string) []string
	// ByBytes returns a text column in the order of its bytes, whatever language the database sorts in.
	ByBytes(column string) string
}

func list(d Dialect) []*gormigrate.Migration {
	return []*gormigrate.Migration{
		step0001(d),
		step0002(d),
		step0003(d),
		step0004(d),
		step0005(d),
		step0006(),
		step0007(d),
		step0008(d),
		step0010(d),
		step0011(d),
		step0012(),
		step0013(d),
		step0014(),
		step0015(),
		step0016(),
		step0017(),
		step0018(),
		step0019(),
		step0020(),
		step0021(),
		step0022(d),
		step0023(),
		step0024(),
		step0025(),
		step0026(),
		step0027(),
		step0028(),
		step0029(),
		step0030(),
		step0031(d),
		step0032(),
	}
}

func options() *gormigrate.Options {
	return &gormigrate.Options{TableName: "migrations", IDColumnName: "id", IDColumnSize: 64, UseTransaction: true, ValidateUnknownMigrations: true}
}

// Run applies every step that the database has not had yet. A database written by a newer program is refused.
func Run(g *gorm.DB, d Dialect) error {
	return gormigrate.New(g, options(), list(d)).Migrate()
}

// RunTo applies the steps up to one and no further: an archive's rows fit the schema that they were taken from.
func RunTo(g *gorm.DB, d Dialect, id string) error {
	return gormigrate.New(g, options(), list(d)).MigrateTo(id)
}

// Step is one entry of the history.
type Step struct {
	ID      string
	Applied bool
}

// Status lists all steps in order and whether the database has had them.
func Status(g *gorm.DB, d Dialect) ([]Step, error) {
	done := map[string]bool{}
	if g.Migrator().HasTable("migrations") {
		var ids []string
		if err := g.Table("migrations").Pluck("id", &ids).Error; err != nil {
			return nil, err
		}
		for _, id := range ids {
			done[id] = true
		}
	}
	var steps []Step
	for _, m := range list(d) {
		steps = append(steps, Step{ID: m.ID, Applied: done[m.ID]})
	}
	return steps, nil
}
