package admin

import (
	"context"
	"strconv"
	"time"

	"myisp/models/session"
	"myisp/models/staff"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/profile"
	"myisp/views/ui"
)

// Staff is the page /admin/staff: who they are, and who is invited.
type Staff struct {
	Shell       ui.Shell
	Members     []staff.Member
	Invitations []staff.Invitation
	Roles       []staff.RoleInfo
	Now         time.Time
	MayEdit     bool
	Error       string // message key of what did not work
}

// Invite is the form of a new invitation; it posts name, email, role and language to /admin/staff/invitations.
type Invite struct {
	Shell      ui.Shell
	Invitation staff.Invitation
	Roles      []staff.RoleInfo // that the member may give
	Errors     map[string]string
}

// Colleague is the page /admin/staff/{id}. It posts name, email, role, language and disabled to the same address, and its
// buttons to /sessions/closure, /password-link and /factor/removal below it.
type Colleague struct {
	Shell   ui.Shell
	Who     staff.Colleague
	Edit    staff.Edit       // the form as it stands
	Roles   []staff.RoleInfo // that the member may give
	All     []staff.RoleInfo
	MayEdit bool
	Self    bool
	Errors  map[string]string
}

// RoleName is a role in words; the key itself when there is no such role.
func RoleName(ctx context.Context, key string, roles []staff.RoleInfo) string {
	for _, r := range roles {
		if r.Key == key && !r.BuiltIn {
			return r.Name
		}
	}
	if i18n.Has("staff.role." + key) {
		return i18n.T(ctx, "staff.role."+key)
	}
	return key
}

func roleOptions(ctx context.Context, roles []staff.RoleInfo) []ui.Option {
	var list []ui.Option
	for _, r := range roles {
		list = append(list, ui.Option{Value: r.Key, Label: RoleName(ctx, r.Key, roles)})
	}
	return list
}

func languageOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Value: "", Label: i18n.T(ctx, "staff.language_browser")}}
	for _, l := range i18n.Languages() {
		list = append(list, ui.Option{Value: l.Code, Label: l.Native, Lang: l.Code})
	}
	return list
}

func staffChips(ctx context.Context, roles bool) []ui.Chip {
	return []ui.Chip{{Label: i18n.T(ctx, "staff.title"), URL: "/admin/staff", Active: !roles}, {Label: i18n.T(ctx, "staff.roles"), URL: "/admin/roles", Active: roles}}
}

func memberURL(m staff.Member) string { return "/admin/staff/" + strconv.FormatInt(m.ID, 10) }

func memberText(m staff.Member) string {
	if m.Email == "" {
		return m.Login
	}
	return m.Login + " · " + m.Email
}

func invitationURL(i staff.Invitation) string {
	return "/admin/staff/invitations/" + strconv.FormatInt(i.ID, 10)
}

func (p Staff) invitationText(ctx context.Context, i staff.Invitation) string {
	key := "staff.invited_until"
	if i.ExpiresAt.Before(p.Now) {
		key = "staff.invitation_expired"
	}
	return i18n.T(ctx, key, "email", i.Email, "by", i.InviterName, "time", format.DateTime(ctx, i.ExpiresAt))
}

// sessionText says when and from where a session was last used.
func sessionText(ctx context.Context, s session.Session, this bool) string {
	if this {
		return i18n.T(ctx, "staff.this_session", "ip", s.IP)
	}
	return i18n.T(ctx, "staff.session", "time", format.DateTime(ctx, s.LastSeenAt), "ip", s.IP)
}

func sessionRow(ctx context.Context, s session.Session, this bool) ui.Row {
	return ui.Row{Icon: profile.DeviceIcon(s), Title: profile.DeviceName(ctx, s), Text: sessionText(ctx, s, this)}
}

func (p Colleague) terms(ctx context.Context) []ui.Term {
	language := i18n.T(ctx, "staff.language_browser")
	for _, l := range i18n.Languages() {
		if l.Code == p.Who.Language {
			language = l.Native
		}
	}
	return []ui.Term{{Label: i18n.T(ctx, "staff.name"), Value: p.Who.Name}, {Label: i18n.T(ctx, "staff.email"), Value: p.Who.Email},
		{Label: i18n.T(ctx, "staff.role_label"), Value: RoleName(ctx, p.Who.Role, p.All)}, {Label: i18n.T(ctx, "settings.language"), Value: language}}
}
