package backup

// For the tests outside.
var (
	Everywhere = everywhere
	ParseRow   = parseRow
)
