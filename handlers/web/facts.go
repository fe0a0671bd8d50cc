package web

import "time"

// Facts is what the running program knows of itself and of how it was started, for the system page.
type Facts struct {
	Version  string // "" is a development build
	Revision string // commit; "" where the toolchain did not record it
	Built    time.Time
	Started  time.Time
	DataDir  string
	Proxies  string // MYISP_TRUSTED_PROXIES as it was given
	Mail     Carrier
	SMS      Carrier
}

// Carrier says how messages leave.
type Carrier struct {
	// Captured keeps them for /admin/outbox. Otherwise they leave through Host, and where that is empty not at all.
	Captured bool
	Host     string
}
