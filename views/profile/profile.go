// Package profile shows what the provider knows about the customer, and the devices on which they are logged in.
package profile

import (
	"context"
	"strconv"

	"myisp/models/session"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Profile is the page (spec §2.13). Besides Form it posts to /profile/sessions/closure, which ends every session, and to
// /profile/sessions/{id}/closure, which ends one.
type Profile struct {
	Shell   ui.Shell
	Form    Form
	Devices []session.Session
	This    int64 // the session that asks
}

// DeviceName says what a session runs on: "Chrome on Android".
func DeviceName(ctx context.Context, s session.Session) string {
	browser, system := device(s.UserAgent)
	switch {
	case browser != "" && system != "":
		return i18n.T(ctx, "profile.device", "browser", browser, "system", system)
	case browser+system != "":
		return browser + system
	}
	return i18n.T(ctx, "profile.device_unknown")
}

// deviceTitle is what a session runs on, or that it is the provider's support who looks in (AUTH-4).
func (p Profile) deviceTitle(ctx context.Context, s session.Session) string {
	if s.Acting() {
		return i18n.T(ctx, "acting.device", "brand", p.Shell.Brand.Title)
	}
	return DeviceName(ctx, s)
}

// deviceText says when and from where a session was last used.
func (p Profile) deviceText(ctx context.Context, s session.Session) string {
	if s.Acting() {
		return i18n.T(ctx, "acting.device_until", "time", format.Time(ctx, s.ExpiresAt))
	}
	seen := format.DateTime(ctx, s.LastSeenAt)
	if s.ID == p.This {
		return i18n.T(ctx, "profile.this_device", "ip", s.IP)
	}
	return i18n.T(ctx, "profile.last_seen", "time", seen, "ip", s.IP)
}

// DeviceIcon draws what a session runs on.
func DeviceIcon(s session.Session) string {
	if s.Acting() {
		return "life-buoy"
	}
	switch _, system := device(s.UserAgent); system {
	case "Android", "iPhone", "iPad":
		return "smartphone"
	}
	return "monitor"
}

func closureURL(s session.Session) string {
	return "/profile/sessions/" + strconv.FormatInt(s.ID, 10) + "/closure"
}
