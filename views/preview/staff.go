package preview

import (
	"net/url"
	"time"

	"myisp/models/audit"
	"myisp/models/session"
	members "myisp/models/staff"
	"myisp/views/admin"
	"myisp/views/auth"
	"myisp/views/i18n"
)

// staffPages are the pages about the staff themselves, and the two logs.
func staffPages() []Page {
	ada := members.Member{ID: 1, Login: "admin", Email: "admin@example.com", Name: "Ada Admin", Role: members.Administrator, FactorSecret: "sealed"}
	sam := members.Member{ID: 2, Login: "support", Email: "support@example.com", Name: "Sam Support", Role: "field_crew", Language: "es", Disabled: true}
	crew := members.RoleInfo{Key: "field_crew", Name: "Field crew", Permissions: []members.Permission{members.ViewCustomers, members.ActAsCustomer}, Members: 2, Invited: 1}
	free := crew
	free.Members, free.Invited = 0, 0
	boss := members.RoleInfo{Key: members.Administrator, BuiltIn: true, Permissions: members.Permissions, Members: 1}
	roles := []members.RoleInfo{boss, crew}
	invitations := []members.Invitation{{ID: 1, Name: "Nora New", Email: "nora@example.com", Role: members.Support, InviterName: "Ada Admin", ExpiresAt: now.Add(70 * time.Hour)},
		{ID: 2, Name: "Leo Late", Email: "leo@example.com", Role: "gone", InviterName: "Ada Admin", ExpiresAt: now.Add(-time.Hour)}}
	devices := []session.Session{{ID: 1, IP: "203.0.113.14", LastSeenAt: now, UserAgent: "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36"},
		{ID: 2, IP: "2001:db8::1", LastSeenAt: now.Add(-time.Hour), UserAgent: "Mozilla/5.0 (iPhone) Version/18.0 Safari/605.1.15"}}
	edit := members.Edit{Name: sam.Name, Email: "no address", Role: sam.Role, Disabled: true}
	enrolment := members.Enrolment{Secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP", URL: "otpauth://totp/MyISP:admin?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=MyISP"}
	s := staff("Staff")
	return append([]Page{
		{"staff/list", admin.StaffPage(admin.Staff{Shell: s, Members: []members.Member{ada, sam}, Invitations: invitations, Roles: roles, Now: now, MayEdit: true})},
		{"staff/list-reading", admin.StaffPage(admin.Staff{Shell: s, Members: []members.Member{ada}, Roles: roles, Now: now})},
		{"staff/invite", admin.InvitePage(admin.Invite{Shell: s, Roles: roles, Errors: map[string]string{"email": "staff.error.email_taken"}})},
		{"staff/colleague", admin.ColleaguePage(admin.Colleague{Shell: s, Who: members.Colleague{Member: sam, Within: true, Sessions: devices}, Edit: edit, Roles: roles, All: roles,
			MayEdit: true, Errors: map[string]string{"email": "error.email", "disabled": "staff.error.last_administrator"}})},
		{"staff/colleague-factor", admin.ColleaguePage(admin.Colleague{Shell: s, Who: members.Colleague{Member: ada, Within: true}, Roles: roles, All: roles, MayEdit: true})},
		{"staff/colleague-beyond", admin.ColleaguePage(admin.Colleague{Shell: s, Who: members.Colleague{Member: ada}, All: roles, MayEdit: true})},
		{"staff/roles", admin.RolesPage(admin.Roles{Shell: s, Roles: roles, MayEdit: true})},
		{"staff/role-built-in", admin.RolePage(admin.Role{Shell: s, Role: boss, Mine: members.Permissions})},
		{"staff/role-used", admin.RolePage(admin.Role{Shell: s, Role: crew, Mine: members.Permissions, MayEdit: true})},
		{"staff/role-free", admin.RolePage(admin.Role{Shell: s, Role: free, Mine: crew.Permissions, MayEdit: true})},
		{"staff/role-beyond", admin.RolePage(admin.Role{Shell: s, Role: crew, Beyond: true})},
		{"staff/role-new", admin.RolePage(admin.Role{Shell: s, Mine: members.Permissions, MayEdit: true, Errors: map[string]string{"permissions": "staff.error.no_permission"}})},
		{"staff/security", admin.SecurityPage(admin.Security{Shell: s, Member: ada, Codes: 9, Sessions: devices, This: 1})},
		{"staff/security-first", admin.SecurityPage(admin.Security{Shell: s, Member: sam, Required: true, Sessions: devices[:1], This: 1,
			Errors: map[string]string{"password_current": "error.password_wrong", "factor": "staff.error.no_factor"}})},
		{"staff/factor", admin.FactorPage(admin.Factor{Shell: s, Waiting: true, Enrolment: enrolment, Replaces: true, Error: "staff.error.code"})},
		{"staff/factor-begin", admin.FactorPage(admin.Factor{Shell: s})},
		{"staff/recovery-codes", admin.RecoveryCodesPage(admin.RecoveryCodes{Shell: s, First: true, Codes: []string{"AB2CD-EF3GH", "JK4LM-NP5QR", "ST6UV-WX7YZ"}})},
		{"staff/step-up", admin.StepUpPage(admin.StepUp{Shell: s, Action: "/admin/roles", Field: "step_up_password", Kept: url.Values{"name": {"Field crew"}}, Cancel: "/admin",
			Error: "error.password_wrong"})},
		{"staff/login-code", auth.AdminCodePage(auth.AdminCode{Shell: public("Code"), Error: "staff.error.code", Next: "/admin/staff"})},
		{"staff/invitation", auth.InvitationPage(auth.Invitation{Shell: public("Welcome"), Brand: "MyISP", Inviter: "Ada Admin", Email: "nora@example.com", Name: "Nora New",
			Language: "en", Languages: i18n.Languages(), Errors: map[string]string{"login": "profile.error.login_taken"}})},
		{"staff/new-password", auth.StaffPasswordPage(auth.StaffPassword{Shell: public("New password"), Name: "Sam Support"})},
		{"staff/new-password-done", auth.StaffPasswordPage(auth.StaffPassword{Shell: public("New password"), Done: true})},
		{"staff/dead-link", auth.DeadLinkPage(public("Link"))},
	}, logPages(ada)...)
}

func logPages(ada members.Member) []Page {
	alice := int64(1)
	entries := []audit.Entry{
		{Seq: 1234, At: now, ActorKind: audit.Staff, ActorID: 1, ActorName: "Ada Admin", IP: "203.0.113.14", Action: audit.RoleEdited, Object: "role", ObjectID: "field_crew",
			ObjectName: "Field crew", Before: `{"permissions":["customers.view","finance.view"]}`, After: `{"permissions":["customers.view","customers.edit"]}`},
		{Seq: 1233, At: now.Add(-time.Hour), ActorKind: audit.System, ActorName: "system", Action: audit.SettingSet, Object: "setting", ObjectID: "reset_password",
			Before: `{"value":true}`, After: `{"value":false}`},
		{Seq: 1232, At: now.AddDate(0, 0, -1), ActorKind: audit.Staff, ActorID: 2, ActorName: "Sam Support", IP: "2001:db8::1", Action: audit.AccessDenied, Object: "route",
			ObjectID: "GET /admin/staff", CustomerID: &alice, After: `{"permission":"staff.view","role":"support","when":"2026-11-22T14:05:00Z","n":7,"none":null,"text":""}`}}
	events := []audit.Event{
		{ID: 9, At: now, CustomerID: &alice, ActorKind: audit.Customer, ActorName: "Alice Carter", Operation: "POST /settings", Result: audit.Done, Details: "/settings", IP: "203.0.113.14",
			UserAgent: "Mozilla/5.0 (Linux; Android 15) Chrome/130.0 Mobile Safari/537.36"},
		{ID: 8, At: now.Add(-time.Minute), ActorKind: audit.Customer, Operation: audit.OpLogIn, Result: audit.Refused, IP: "198.51.100.7"},
		{ID: 7, At: now.AddDate(0, 0, -1), CustomerID: &alice, ActorKind: audit.Staff, ActorName: "Ada Admin", Operation: "POST /no/words/:id", Result: audit.Failed}}
	log := admin.Audit{Shell: staff("Audit log"), Page: audit.Page{Entries: entries, Next: 1232, Searched: true}, State: audit.Head{Seq: 1234, Hash: "9f86d081884c7d65"},
		Members: []members.Member{ada}, Objects: []string{"role", "setting", "something_else"}, LinkCustomers: true}
	filtered := log
	filtered.Filter, filtered.Page = admin.AuditFilter{Who: "staff-1", Text: "crew", From: "2026-11-01"}, audit.Page{}
	return []Page{
		{"log/audit", admin.AuditPage(log)},
		{"log/audit-nothing", admin.AuditPage(filtered)},
		{"log/audit-empty", admin.AuditPage(admin.Audit{Shell: staff("Audit log")})},
		{"log/verification", admin.VerificationPage(admin.Verification{Shell: staff("Audit log"), At: now, Report: audit.Report{Entries: 1234, Hash: "9f86d081884c7d659a2feaa0c55ad015"}})},
		{"log/verification-broken", admin.VerificationPage(admin.Verification{Shell: staff("Audit log"), At: now, Report: audit.Report{Entries: 16, Broken: 17}})},
		{"log/portal", admin.PortalLogPage(admin.PortalLog{Shell: staff("Portal log"), Page: audit.EventPage{Events: events, Next: 7}, Names: map[int64]string{1: "Alice Carter"},
			Operations: []string{"POST /settings", audit.OpLogIn}, LinkCustomers: true})},
		{"log/portal-empty", admin.PortalLogPage(admin.PortalLog{Shell: staff("Portal log")})},
	}
}
