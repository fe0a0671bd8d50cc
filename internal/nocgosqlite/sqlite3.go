// Package sqlite3 stands in for mattn/go-sqlite3, which gorm.io/driver/sqlite imports for its side effect only.
//
// The portal hands that driver a *sql.DB of modernc.org/sqlite, so the C amalgamation (a minute of compiling on a cold
// cache) is never used; the replace directive in go.mod points here so that it is never compiled either.
package sqlite3
