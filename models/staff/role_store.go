package staff

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"myisp/models/audit"
	"myisp/models/db"
)

// RoleInfo is a role as the pages about roles show it.
type RoleInfo struct {
	Key         string
	Name        string // "" of a built-in one, whose words are the message staff.role.<key>
	BuiltIn     bool
	Permissions []Permission
	Members     int64 // who have it
	Invited     int64 // who are invited to it
}

// Roles lists all roles: the built-in ones, then those of one's own making by name.
func (s *Store) Roles(ctx context.Context) ([]RoleInfo, error) {
	var list []RoleInfo
	for _, key := range BuiltIn {
		list = append(list, RoleInfo{Key: key, BuiltIn: true, Permissions: slices.Clone(builtIn[key])})
	}
	own, err := db.From[Role](s.d.Q(ctx)).Order("name, key").Find()
	if err != nil {
		return nil, err
	}
	for _, r := range own {
		list = append(list, RoleInfo{Key: r.Key, Name: r.Name, Permissions: r.Grants()})
	}
	used := map[string][2]int64{}
	for i, sql := range []string{"SELECT role, COUNT(*) AS n FROM staff_members GROUP BY role",
		"SELECT role, COUNT(*) AS n FROM staff_invitations WHERE ended_at IS NULL AND expires_at > ? GROUP BY role"} {
		var rows []struct {
			Role string
			N    int64
		}
		if err := s.d.Q(ctx).Raw(sql, []any{s.d.Now()}[:i]...).Scan(&rows).Error; err != nil {
			return nil, err
		}
		for _, r := range rows {
			n := used[r.Role]
			n[i] = r.N
			used[r.Role] = n
		}
	}
	for i := range list {
		list[i].Members, list[i].Invited = used[list[i].Key][0], used[list[i].Key][1]
	}
	return list, nil
}

// Role returns one role; db.ErrNotFound when there is none of that key.
func (s *Store) Role(ctx context.Context, key string) (RoleInfo, error) {
	list, err := s.Roles(ctx)
	if err != nil {
		return RoleInfo{}, err
	}
	if i := slices.IndexFunc(list, func(r RoleInfo) bool { return r.Key == key }); i >= 0 {
		return list[i], nil
	}
	return RoleInfo{}, db.ErrNotFound
}

func (s *Store) roleUse(ctx context.Context, key string) (members, invited int64, err error) {
	if members, err = db.From[Member](s.d.Q(ctx)).Where("role = ?", key).Count("id"); err != nil {
		return 0, 0, err
	}
	invited, err = db.From[Invitation](s.d.Q(ctx)).Where("role = ? AND ended_at IS NULL AND expires_at > ?", key, s.d.Now()).Count("id")
	return members, invited, err
}

func checkRole(name string, permissions []Permission) error {
	bad := db.Invalid{}
	switch {
	case name == "":
		bad["name"] = "error.required"
	case len(name) > 100:
		bad["name"] = "error.too_long"
	}
	if len(permissions) == 0 {
		bad["permissions"] = "staff.error.no_permission"
	}
	return bad.Or()
}

var roleKey = regexp.MustCompile(`^[a-z0-9][a-z0-9_]{0,31}$`)

// chosenKey is the key wanted, if it is one and free, or one made of the name.
func (s *Store) chosenKey(ctx context.Context, wanted, name string) (string, error) {
	if wanted == "" {
		return s.freeKey(ctx, name)
	}
	taken, err := s.roleExists(ctx, wanted)
	if err == nil && (taken || wanted == "new" || !roleKey.MatchString(wanted)) {
		err = db.Invalid{"key": "staff.error.role_key"}
	}
	return wanted, err
}

// freeKey makes a key of a name that no other role has: what of it is ASCII letters and digits, numbered when taken.
func (s *Store) freeKey(ctx context.Context, name string) (string, error) {
	stem := strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "_")
	stem = strings.Trim(stem[:min(len(stem), 24)], "_")
	if stem == "" {
		stem = "role"
	}
	for n := 1; n < 1000; n++ {
		key := stem
		if n > 1 {
			key += "_" + strconv.Itoa(n)
		}
		taken, err := s.roleExists(ctx, key)
		if err != nil {
			return "", err
		}
		if !taken && key != "new" { // that is an address
			return key, nil
		}
	}
	return "", fmt.Errorf("staff: no key is left for a role called %q", name)
}

func encodePermissions(list []Permission) string {
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // a list of strings
	}
	return string(text)
}

// loggedRole is what the audit log tells of a role.
type loggedRole struct {
	Name        string       `json:"name"`
	Permissions []Permission `json:"permissions"`
}

func (r Role) logged() loggedRole { return loggedRole{r.Name, r.Grants()} }

func (s *Store) recordRole(ctx context.Context, action audit.Action, r Role, before, after any) error {
	return s.log.Record(ctx, audit.Change{Action: action, Object: "role", ObjectID: r.Key, ObjectName: r.Name, Before: before, After: after})
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
