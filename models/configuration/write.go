package configuration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"myisp/models/portal"
)

// The files of a directory. A partner has a file of its own, and an icon of its own beside it.
const (
	generalFile    = "general.toml"
	locationsFile  = "locations.toml"
	labelsFile     = "labels.toml"
	attributesFile = "attributes.toml"
	rolesFile      = "roles.toml"
	partnersFolder = "partners/"
)

func partnerFile(id int64) string { return partnersFolder + strconv.FormatInt(id, 10) + ".toml" }

func iconFile(id int64) string { return partnersFolder + strconv.FormatInt(id, 10) + ".png" }

// write is the one way in which a configuration is written.
func write(t Tree) Files {
	f := Files{generalFile: general(t), locationsFile: locations(t), labelsFile: labels(t), attributesFile: attributes(t), rolesFile: roles(t)}
	for _, p := range t.Partners {
		f[partnerFile(p.ID)] = partnerText(p)
		if len(p.Brand.Icon) > 0 {
			f[iconFile(p.ID)] = p.Brand.Icon
		}
	}
	return f
}

type text struct{ bytes.Buffer }

func (t *text) comment(lines ...string) {
	for _, l := range lines {
		t.WriteString("# " + strings.NewReplacer("\n", " ", "\r", " ").Replace(l) + "\n")
	}
}

func (t *text) table(name string) { t.WriteString("\n[" + name + "]\n") }

func (t *text) entry(name string) { t.WriteString("\n[[" + name + "]]\n") }

// set writes key = value; value is a string, bool, number or list of strings.
func (t *text) set(key string, value any) { t.WriteString(bare(key) + " = " + literal(value) + "\n") }

func bare(key string) string {
	if key != "" && strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == "" {
		return key
	}
	return quote(key)
}

func literal(value any) string {
	switch v := value.(type) {
	case string:
		return quote(v)
	case []string:
		var list []string
		for _, s := range v {
			list = append(list, quote(s))
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	if list, ok := value.([]int64); ok {
		var texts []string
		for _, n := range list {
			texts = append(texts, number(n))
		}
		return "[" + strings.Join(texts, ", ") + "]"
	}
	if raw, ok := value.(json.RawMessage); ok {
		return string(raw)
	}
	return fmt.Sprint(value)
}

// quote writes a basic string of TOML.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff:
			fmt.Fprintf(&b, `\u%04X`, r) // what cannot be seen is spelled out
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func general(t Tree) []byte {
	var w text
	w.comment("The General settings of Config → Main → Portal, as far as they are not the defaults.", "A setting that is taken out of [settings] goes back to its default.")
	w.settings(t.General)
	return w.Bytes()
}

// settings writes a table of settings in the order of the specification, each with its id, what it may be, and its default.
func (t *text) settings(own map[string]string) {
	t.table("settings")
	for _, d := range portal.Declarations() {
		value, ok := own[d.Key]
		if !ok {
			continue
		}
		t.comment(about(d))
		t.set(d.Key, native(value))
	}
}

func about(d *portal.Declaration) string {
	parts := []string{d.ID}
	switch d.Type {
	case portal.One:
		parts = append(parts, "one of "+strings.Join(d.Options, " "))
	case portal.Many, portal.Perm:
		parts = append(parts, "any of "+strings.Join(d.Options, " "))
	case portal.Int:
		parts = append(parts, fmt.Sprintf("%d to %d", d.Min, d.Max))
	}
	return strings.Join(append(parts, "default "+literal(native(d.Default()))), " · ")
}

// native turns a stored value into what TOML writes.
func native(stored string) any {
	var flag bool
	var list []string
	var s string
	switch {
	case json.Unmarshal([]byte(stored), &flag) == nil:
		return flag
	case json.Unmarshal([]byte(stored), &list) == nil:
		return list
	case json.Unmarshal([]byte(stored), &s) == nil:
		return s
	}
	return json.RawMessage(stored)
}

func locations(t Tree) []byte {
	var w text
	w.comment("Locations. The id stays when the name changes; one that is in use is not deleted.")
	for _, l := range t.Locations {
		w.entry("location")
		w.set("id", l.ID)
		w.set("name", l.Name)
	}
	return w.Bytes()
}

func labels(t Tree) []byte {
	var w text
	w.comment("Labels of customers. The tone is one of neutral, info, ok, warn, bad; one that customers have is not deleted.")
	for _, l := range t.Labels {
		w.entry("label")
		w.set("name", l.Name)
		w.set("tone", l.Tone)
	}
	return w.Bytes()
}

func roles(t Tree) []byte {
	var w text
	w.comment("Staff roles of your own making; the built-in ones are always there. One that somebody has is not deleted.")
	for _, r := range t.Roles {
		w.entry("role")
		w.set("key", r.Key)
		w.set("name", r.Name)
		w.set("permissions", r.Permissions)
	}
	return w.Bytes()
}

func attributes(t Tree) []byte {
	var w text
	w.comment("Additional attributes of customers (§3.7). Key and type stay as they are; one that has values is not deleted.")
	for _, a := range t.Attributes {
		w.entry("attribute")
		for _, l := range a.lines() {
			w.set(l.key, l.value)
		}
		w.words("attribute.titles", a.Titles)
		for _, o := range a.Options {
			w.entry("attribute.option")
			w.set("key", o.Key)
			w.set("label", o.Label)
			if o.Retired {
				w.set("retired", true)
			}
			w.words("attribute.option.labels", o.Labels)
		}
	}
	return w.Bytes()
}

func (t *text) words(table string, words map[string]string) {
	if len(words) == 0 {
		return
	}
	t.table(table)
	for _, language := range slices.Sorted(maps.Keys(words)) {
		t.set(language, words[language])
	}
}

type line struct {
	key   string
	value any
}

// lines are the plain values of an attribute; what is off or empty is left out.
func (a Attribute) lines() []line {
	list := []line{{"key", a.Key}, {"type", a.Type}, {"title", a.Title}, {"position", a.Position}}
	for _, l := range []line{{"category", a.Category}, {"min", a.Least}, {"max", a.Most}} {
		if l.value != "" {
			list = append(list, l)
		}
	}
	if len(a.Default) > 0 {
		list = append(list, line{"default", a.Default})
	}
	for _, l := range []line{{"required", a.Required}, {"unique", a.Unique}, {"ask_when_created", a.Add}, {"show_in_list", a.List}, {"searchable", a.Searchable},
		{"read_only", a.ReadOnly}, {"disabled", a.Disabled}, {"hidden", a.Hidden}, {"archived", a.Archived}, {"portal_view", a.PortalView}, {"portal_edit", a.PortalEdit}} {
		if l.value == true {
			list = append(list, l)
		}
	}
	return list
}

func partnerText(p Partner) []byte {
	var w text
	w.comment("Partner "+strconv.FormatInt(p.ID, 10)+"; the number is the name of the file.", "Host names (G12) lead to this partner; others lead to partner 1.")
	w.set("name", p.Name)
	w.set("hosts", p.Hosts)
	w.table("company")
	for _, f := range companyFields(p.Company) {
		w.set(f.key, *f.value)
	}
	w.table("brand")
	w.comment("What is published; the title is the setting portal_title (P1). The icon is a square image beside this file, \"\" the portal's own.")
	for _, f := range lookFields(&p.Brand.Look) {
		w.set(f.key, *f.value)
	}
	icon := ""
	if len(p.Brand.Icon) > 0 {
		icon = strings.TrimPrefix(iconFile(p.ID), partnersFolder)
	}
	w.set("icon", icon)
	w.settings(p.Settings)
	for _, g := range p.Gateways {
		w.entry("gateway")
		w.comment("fee_ppm in millionths of the amount, fee_fixed and minimum in minor units of the currency; payments in another are not taken where either is set.",
			"fee_tax and fee_category are names at Finance of staff's side; the tax is within the fee.",
			"locations (their numbers) and payment_methods (names) are those of the customers whom it is for: [] is all, 0 or \"\" who has none.")
		for _, l := range []line{{"name", g.Name}, {"enabled", g.Enabled}, {"position", g.Position}, {"label", g.Label}, {"method", g.Method}, {"fee_ppm", g.FeePPM},
			{"fee_fixed", g.FeeFixed}, {"minimum", g.Minimum}, {"currency", string(g.Currency)}, {"invoices", g.Invoices}, {"proforma_invoices", g.Proformas}, {"add_money", g.Ahead},
			{"fee_tax", g.FeeTax}, {"fee_category", g.FeeKind}, {"fee_text", g.FeeText},
			{"whole_debt", g.WholeDebt}, {"locations", g.Locations}, {"payment_methods", g.Methods}} {
			w.set(l.key, l.value)
		}
		w.words("gateway.config", g.Config)
	}
	return w.Bytes()
}

type field struct {
	key   string
	value *string
}

func companyFields(c *portal.CompanyInfo) []field {
	return []field{{"name", &c.Name}, {"street", &c.Street}, {"zip", &c.Zip}, {"city", &c.City}, {"country", &c.Country}, {"email", &c.Email}, {"phone", &c.Phone},
		{"website", &c.Website}, {"company_id", &c.CompanyID}, {"vat_id", &c.VatID}, {"bank_name", &c.BankName}, {"bank_account", &c.BankAccount}, {"bank_code", &c.BankCode},
		{"bank_holder", &c.BankHolder}, {"bank_text", &c.BankText}}
}

func lookFields(l *portal.Look) []field {
	return []field{{"short_name", &l.ShortName}, {"color", &l.Color}, {"accent", &l.Accent}, {"login_text", &l.LoginText}, {"footer_text", &l.FooterText}}
}
