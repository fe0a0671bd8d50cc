package configuration

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"myisp/models/customer"
	"myisp/models/portal"
	"myisp/models/staff"
)

// places knows on which line of a file a key stands.
type places struct{ lines map[string]map[string]int }

func (at places) line(file, key string) int {
	for key != "" {
		if n, ok := at.lines[file][key]; ok {
			return n
		}
		cut := max(strings.LastIndexByte(key, '.'), 0)
		key = key[:cut]
	}
	return 0
}

type reader struct {
	files    Files
	at       places
	problems Problems
}

func (r *reader) bad(file, key, text string) {
	r.problems = append(r.problems, Problem{File: file, Key: key, Line: r.at.line(file, key), Text: text})
}

var partnerName = regexp.MustCompile(`^partners/([1-9][0-9]{0,8})\.toml$`)

// mostBytes bounds one file.
const mostBytes = 4 << 20

// read reads a directory's files. Everything that can be told to be wrong without the installation is.
func read(f Files) (Tree, places, Problems) {
	r := &reader{files: f, at: places{map[string]map[string]int{}}}
	var t Tree
	known := 0
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !strings.HasSuffix(name, ".toml") {
			continue
		}
		known++
		switch id := partnerName.FindStringSubmatch(name); {
		case id != nil:
			n, _ := strconv.ParseInt(id[1], 10, 64)
			if p, ok := r.partner(name, n); ok {
				t.Partners = append(t.Partners, p)
			}
		case name == generalFile:
			var raw struct {
				Settings map[string]any `toml:"settings"`
			}
			if r.decode(name, &raw) {
				t.General = r.settings(name, raw.Settings, portal.General)
			}
		case name == locationsFile:
			t.Locations = r.locations()
		case name == labelsFile:
			t.Labels = r.labels()
		case name == rolesFile:
			t.Roles = r.roles()
		case name == attributesFile:
			t.Attributes = r.attributes()
		default:
			r.bad(name, "", "this file is none of a configuration")
		}
	}
	if known == 0 {
		r.bad("", "", "there is no file of a configuration here, such as general.toml or partners/1.toml")
	}
	slices.SortFunc(t.Partners, func(a, b Partner) int { return int(a.ID - b.ID) })
	return t, r.at, r.problems
}

// decode reads one file into a struct, and refuses keys that it does not know.
func (r *reader) decode(name string, into any) bool {
	data := r.files[name]
	if len(data) > mostBytes || !utf8.Valid(data) {
		r.bad(name, "", "the file is too big, or not UTF-8")
		return false
	}
	r.at.lines[name] = linesOf(string(data))
	md, err := toml.Decode(string(data), into)
	if err != nil {
		p := Problem{File: name, Text: strings.TrimPrefix(err.Error(), "toml: ")}
		var where toml.ParseError
		if errors.As(err, &where) {
			p.Line, p.Key, p.Text = where.Position.Line, where.LastKey, where.Message
			if p.Text == "" {
				p.Text = where.Error()
			}
		}
		r.problems = append(r.problems, p)
		return false
	}
	unknown := md.Undecoded()
	for _, key := range unknown {
		path := strings.Join(key, ".")
		line := r.at.line(name, path)
		for known, n := range r.at.lines[name] { // of a list, the first
			if unnumbered.ReplaceAllString(known, "") == path && (line == 0 || n < line) {
				line = n
			}
		}
		r.problems = append(r.problems, Problem{File: name, Key: path, Line: line, Text: "there is no such key"})
	}
	return len(unknown) == 0
}

var unnumbered = regexp.MustCompile(`\[[0-9]+\]`)

// settings checks a table of settings. nil is a table that is not there.
func (r *reader) settings(file string, raw map[string]any, scope portal.Scope) map[string]string {
	if raw == nil {
		return nil
	}
	own := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		path := "settings." + key
		d := portal.Lookup(key)
		if d == nil || d.Key != key {
			r.bad(file, path, "there is no setting of this key (myisp config list names them)")
			continue
		}
		if d.Scope != scope {
			r.bad(file, path, fmt.Sprintf("this is a %s setting", d.Scope))
			continue
		}
		text, err := json.Marshal(raw[key])
		if err != nil {
			r.bad(file, path, "this is no value of a setting")
			continue
		}
		value, err := d.Canonical(string(text))
		if err != nil {
			found, _ := r.at.explain(file, path, err)
			r.problems = append(r.problems, found...)
			continue
		}
		own[key] = value
	}
	return own
}

// unique refuses what stands twice in a list.
func unique[T any](r *reader, file, entry, field string, list []T, key func(T) string) {
	seen := map[string]bool{}
	for i, one := range list {
		k := key(one)
		if k == "" {
			r.bad(file, fmt.Sprintf("%s[%d].%s", entry, i, field), "the "+field+" is missing")
		} else if seen[k] {
			r.bad(file, fmt.Sprintf("%s[%d].%s", entry, i, field), "this stands here twice")
		}
		seen[k] = true
	}
}

func (r *reader) locations() []Location {
	var raw struct {
		List []Location `toml:"location"`
	}
	if !r.decode(locationsFile, &raw) {
		return nil
	}
	unique(r, locationsFile, "location", "id", raw.List, func(l Location) string {
		if l.ID <= 0 || l.ID > 999_999_999 {
			return ""
		}
		return strconv.FormatInt(l.ID, 10)
	})
	return append([]Location{}, raw.List...)
}

func (r *reader) labels() []Label {
	var raw struct {
		List []Label `toml:"label"`
	}
	if !r.decode(labelsFile, &raw) {
		return nil
	}
	unique(r, labelsFile, "label", "name", raw.List, func(l Label) string { return folded(l.Name) })
	for i, l := range raw.List {
		if !slices.Contains(customer.LabelTones, l.Tone) {
			r.bad(labelsFile, fmt.Sprintf("label[%d].tone", i), quote(l.Tone)+" is none of "+strings.Join(customer.LabelTones, ", "))
		}
	}
	return append([]Label{}, raw.List...)
}

func (r *reader) roles() []Role {
	var raw struct {
		List []Role `toml:"role"`
	}
	if !r.decode(rolesFile, &raw) {
		return nil
	}
	unique(r, rolesFile, "role", "key", raw.List, func(x Role) string { return x.Key })
	for i, role := range raw.List {
		if slices.Contains(staff.BuiltIn, role.Key) {
			r.bad(rolesFile, fmt.Sprintf("role[%d].key", i), quote(role.Key)+" is a built-in role")
		}
		for _, p := range role.Permissions {
			if !slices.Contains(staff.Permissions, staff.Permission(p)) {
				r.bad(rolesFile, fmt.Sprintf("role[%d].permissions", i), "there is no permission "+quote(p))
			}
		}
		raw.List[i].Permissions = complete(role.Permissions)
	}
	return append([]Role{}, raw.List...)
}

// complete is a list of permissions as the portal keeps it: in order, with those that the others need.
func complete(list []string) []string {
	var typed []staff.Permission
	for _, p := range list {
		typed = append(typed, staff.Permission(p))
	}
	out := []string{}
	for _, p := range staff.Complete(typed) {
		out = append(out, string(p))
	}
	return out
}

func (r *reader) attributes() []Attribute {
	var raw struct {
		List []Attribute `toml:"attribute"`
	}
	if !r.decode(attributesFile, &raw) {
		return nil
	}
	unique(r, attributesFile, "attribute", "key", raw.List, func(a Attribute) string { return a.Key })
	for i, a := range raw.List {
		if !slices.Contains(customer.AttributeTypes, customer.AttributeType(a.Type)) {
			r.bad(attributesFile, fmt.Sprintf("attribute[%d].type", i), "there is no type "+quote(a.Type))
		}
		unique(r, attributesFile, fmt.Sprintf("attribute[%d].option", i), "key", a.Options, func(o Option) string { return o.Key })
	}
	return append([]Attribute{}, raw.List...)
}

// partnerRaw is a partner's file.
type partnerRaw struct {
	Name     *string           `toml:"name"`
	Hosts    []string          `toml:"hosts"`
	Company  map[string]string `toml:"company"`
	Brand    map[string]string `toml:"brand"`
	Settings map[string]any    `toml:"settings"`
	Gateways []Gateway         `toml:"gateway"`
}

func (r *reader) partner(name string, id int64) (Partner, bool) {
	var raw partnerRaw
	if !r.decode(name, &raw) {
		return Partner{}, false
	}
	p := Partner{ID: id, Hosts: raw.Hosts, Gateways: raw.Gateways}
	if raw.Name == nil || strings.TrimSpace(*raw.Name) == "" {
		r.bad(name, "name", "the name is missing")
	} else {
		p.Name = strings.Join(strings.Fields(*raw.Name), " ")
	}
	for i, h := range p.Hosts {
		host, err := portal.HostName(h)
		if err != nil {
			found, _ := r.at.explain(name, "hosts", err)
			r.problems = append(r.problems, found...)
		}
		p.Hosts[i] = host
	}
	if p.Hosts != nil {
		slices.Sort(p.Hosts)
		p.Hosts = slices.Compact(p.Hosts)
	}
	if raw.Company != nil {
		p.Company = &portal.CompanyInfo{PartnerID: id}
		r.fill(name, "company", raw.Company, companyFields(p.Company))
		if err := p.Company.Check(); err != nil {
			found, _ := r.at.explain(name, "company", err)
			r.problems = append(r.problems, found...)
		}
	}
	if raw.Brand != nil {
		p.Brand = r.brand(name, raw.Brand)
	}
	p.Settings = r.settings(name, raw.Settings, portal.PerPartner)
	unique(r, name, "gateway", "name", p.Gateways, func(g Gateway) string { return g.Name })
	for i, g := range p.Gateways {
		if !gatewayName.MatchString(g.Name) {
			r.bad(name, fmt.Sprintf("gateway[%d].name", i), "this is no name of a gateway")
		}
	}
	return p, true
}

var gatewayName = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func (r *reader) brand(file string, raw map[string]string) *Brand {
	b := &Brand{}
	icon := raw["icon"]
	delete(raw, "icon")
	r.fill(file, "brand", raw, lookFields(&b.Look))
	if icon == "" {
		b.Icon = []byte{}
		return b
	}
	data, ok := r.files[partnersFolder+icon]
	if !ok {
		r.bad(file, "brand.icon", "there is no file "+quote(icon)+" beside this one")
		return b
	}
	var err error
	if b.Icon, err = portal.SquareIcon(data); err != nil {
		found, ok := r.at.explain(file, "brand.icon", err)
		if !ok {
			r.bad(file, "brand.icon", err.Error())
		}
		r.problems = append(r.problems, found...)
	}
	return b
}

// fill takes a table of texts over.
func (r *reader) fill(file, table string, raw map[string]string, fields []field) {
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
		if i < 0 {
			r.bad(file, table+"."+key, "there is no such key")
			continue
		}
		*fields[i].value = strings.TrimSpace(raw[key])
	}
}

// same compares two parts of a configuration; nothing and an empty list are the same.
func same(a, b any) bool {
	return reflect.DeepEqual(a, b) || inJSON(a) == inJSON(b)
}

func inJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs
	}
	return strings.NewReplacer("null", "[]", "{}", "[]").Replace(string(text))
}
