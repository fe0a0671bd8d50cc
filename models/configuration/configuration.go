// Package configuration keeps what staff decide in files: settings, partners with their hosts, companies, brands and
// gateways, locations, roles, labels and additional attributes. A directory of TOML files can be reviewed, kept under
// version control, and brought to another installation.
//
// What a file names is the whole truth of its topic: a setting that is absent from a table of settings is reset. A file or
// table that is not there leaves its topic as it is. What customers or staff hang on is never deleted. Secrets are in no
// file: a gateway's keys are references to the environment.
//
// Apply writes through the methods that staff's pages use, in one transaction, so everything is checked and in the audit
// log; where nothing differs it writes nothing.
package configuration

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"myisp/internal/icons"
	"myisp/internal/money"
	"myisp/models"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/portal"
	"myisp/models/staff"
)

// Files are the files of a directory by their path below it, with slashes: "general.toml", "partners/1.toml".
type Files map[string][]byte

// Tree is a configuration. What is nil is not named, and stays as it is.
type Tree struct {
	General    map[string]string // setting → JSON, own values only
	Locations  []Location
	Labels     []Label
	Attributes []Attribute
	Roles      []Role
	Partners   []Partner
}

// Location is a place. Its number stays when its name changes.
type Location struct {
	ID   int64  `toml:"id"`
	Name string `toml:"name"`
}

// Label is a mark for customers; its name tells it apart.
type Label struct {
	Name string `toml:"name"`
	Tone string `toml:"tone"`
}

// Role is a role of one's own making; its key tells it apart.
type Role struct {
	Key         string   `toml:"key"`
	Name        string   `toml:"name"`
	Permissions []string `toml:"permissions"`
}

// Attribute is the definition of an additional attribute; its key tells it apart, and its type stays.
type Attribute struct {
	Key        string            `toml:"key"`
	Type       string            `toml:"type"`
	Title      string            `toml:"title"`
	Category   string            `toml:"category"`
	Required   bool              `toml:"required"`
	Unique     bool              `toml:"unique"`
	Add        bool              `toml:"ask_when_created"`
	List       bool              `toml:"show_in_list"`
	Searchable bool              `toml:"searchable"`
	ReadOnly   bool              `toml:"read_only"`
	Disabled   bool              `toml:"disabled"`
	Hidden     bool              `toml:"hidden"`
	Archived   bool              `toml:"archived"`
	Default    []string          `toml:"default"`
	Least      string            `toml:"min"`
	Most       string            `toml:"max"`
	PortalView bool              `toml:"portal_view"`
	PortalEdit bool              `toml:"portal_edit"`
	Position   int               `toml:"position"`
	Titles     map[string]string `toml:"titles"`
	Options    []Option          `toml:"option"`
}

// Option is one choice of a select.
type Option struct {
	Key     string            `toml:"key"`
	Label   string            `toml:"label"`
	Retired bool              `toml:"retired"`
	Labels  map[string]string `toml:"labels"`
}

// Partner is a partner with all that is its own. Its number stays when its name changes.
type Partner struct {
	ID       int64
	Name     string
	Hosts    []string
	Company  *portal.CompanyInfo
	Brand    *Brand
	Settings map[string]string
	Gateways []Gateway
}

// Brand is what is published of a partner's look. The title is the setting portal_title.
type Brand struct {
	Look portal.Look
	Icon []byte // as portal.SquareIcon writes it
}

// Gateway is a payment gateway as a partner set it up. Config holds references to the environment by key, never values.
type Gateway struct {
	Name      string            `toml:"name"`
	Enabled   bool              `toml:"enabled"`
	Position  int               `toml:"position"`
	Label     string            `toml:"label"`
	Method    string            `toml:"method"` // a payment method by its name
	FeePPM    int64             `toml:"fee_ppm"`
	FeeFixed  int64             `toml:"fee_fixed"`
	Minimum   int64             `toml:"minimum"`
	Currency  money.Currency    `toml:"currency"` // of the fixed fee and the minimum
	Invoices  bool              `toml:"invoices"`
	Proformas bool              `toml:"proforma_invoices"`
	Ahead     bool              `toml:"add_money"`
	FeeTax    string            `toml:"fee_tax"`      // a tax by its name; "" is none
	FeeKind   string            `toml:"fee_category"` // a transaction category by its name; "" is the one of services
	FeeText   string            `toml:"fee_text"`
	WholeDebt bool              `toml:"whole_debt"`      // takes all that is owed and nothing less
	Locations []int64           `toml:"locations"`       // of the customers whom it is for; none is all, 0 is having none
	Methods   []string          `toml:"payment_methods"` // of those customers, by their names; none is all, "" is having none
	Config    map[string]string `toml:"config"`
}

// Store reads and applies configurations.
type Store struct {
	m *models.Models
	// Env looks a secret up; os.LookupEnv outside tests.
	Env func(name string) (string, bool)
	// Required names the keys without which a kind of gateway does not work.
	Required func(gateway string) []string
}

// New returns the configuration of an installation.
func New(m *models.Models, env func(string) (string, bool), required func(gateway string) []string) *Store {
	return &Store{m: m, Env: env, Required: required}
}

// Problem is one thing that is wrong with a directory. Message is a key of the catalogue with its Args, or else Text says it.
type Problem struct {
	File    string
	Line    int    // 0 when it is about the file, or a key that is not there
	Key     string // the path in the file: "settings.currency", "role[0].name"
	Message string
	Args    []any
	Text    string
}

// Problems refuse a directory; nothing of it was written.
type Problems []Problem

// Error lists them for the log.
func (p Problems) Error() string {
	var b strings.Builder
	for i, one := range p {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s:%d: %s: %s%s", one.File, one.Line, one.Key, one.Message, one.Text)
	}
	return b.String()
}

// Change is one difference between the files and the installation. Kept is what the files do not name and apply leaves,
// because it is in use.
type Change struct {
	File, What, Old, New string
	Kept                 bool
}

// step is a change and how it is made.
type step struct {
	Change
	key string // of the file, for problems
	do  func(ctx context.Context) error
}

var errUndo = errors.New("configuration: not to be kept")

// Apply makes the installation what the files say, all or nothing, and tells what changed. Errors: Problems.
func (s *Store) Apply(ctx context.Context, f Files) ([]Change, error) { return s.run(ctx, f, true) }

// Diff tells what Apply would change; nothing is written. Errors: Problems, found by trying.
func (s *Store) Diff(ctx context.Context, f Files) ([]Change, error) { return s.run(ctx, f, false) }

func (s *Store) run(ctx context.Context, f Files, keep bool) (list []Change, err error) {
	tree, at, problems := read(f)
	if len(problems) > 0 {
		return nil, problems
	}
	ctx = audit.With(ctx, audit.Actor{Kind: audit.System, Name: "command line"})
	err = s.m.DB.Tx(ctx, func(ctx context.Context) error {
		list = nil
		steps, problems, err := s.plan(ctx, tree, at)
		if err != nil {
			return err
		}
		for _, st := range steps {
			list = append(list, st.Change)
			if st.do == nil || len(problems) > 0 {
				continue
			}
			if err := st.do(ctx); err != nil {
				found, ok := at.explain(st.File, st.key, err)
				if !ok {
					return fmt.Errorf("%s: %s: %w", st.File, st.What, err)
				}
				problems = append(problems, found...)
			}
		}
		switch {
		case len(problems) > 0:
			return problems
		case !keep:
			return errUndo
		}
		return nil
	})
	if errors.Is(err, errUndo) {
		err = nil
	}
	if err != nil {
		list = nil
	}
	return list, err
}

// explain turns a refusal of a model into problems with their place in the file; false for other errors.
func (at places) explain(file, key string, err error) (Problems, bool) {
	var bad db.Invalid
	var image *icons.Error
	var known *db.Error
	switch {
	case errors.As(err, &bad):
		var list Problems
		for _, field := range slices.Sorted(maps.Keys(bad)) {
			p := Problem{File: file, Key: key, Message: bad[field]}
			if d := portal.Lookup(field); d != nil && strings.HasSuffix(key, "."+d.Key) {
				p.Args = d.Explain()
			} else if _, there := at.lines[file][key+"."+field]; there {
				p.Key = key + "." + field
			} else if !strings.HasSuffix(key, field) {
				p.Text = field
			}
			p.Line = at.line(file, p.Key)
			list = append(list, p)
		}
		return list, true
	case errors.As(err, &image):
		return Problems{{File: file, Key: key, Line: at.line(file, key), Text: "the icon is refused: " + image.Error()}}, true
	case errors.As(err, &known) && known.Kind != db.Internal && known.Kind != db.Unavailable:
		return Problems{{File: file, Key: key, Line: at.line(file, key), Message: known.Key}}, true
	}
	return nil, false
}

// Current reads the configuration of the installation.
func (s *Store) Current(ctx context.Context) (t Tree, err error) {
	err = s.m.DB.Tx(ctx, func(ctx context.Context) error { // one moment
		t, err = s.current(ctx)
		return err
	})
	return t, err
}

// Export writes the configuration of the installation as files; the same configuration gives the same bytes.
func (s *Store) Export(ctx context.Context) (Files, error) {
	t, err := s.Current(ctx)
	if err != nil {
		return nil, err
	}
	return write(t), nil
}

func (s *Store) current(ctx context.Context) (t Tree, err error) {
	if t.General, err = s.own(ctx, 0); err != nil {
		return t, err
	}
	partners, locations, err := s.m.Portal.Places(ctx)
	if err != nil {
		return t, err
	}
	t.Locations, t.Labels, t.Attributes, t.Roles, t.Partners = []Location{}, []Label{}, []Attribute{}, []Role{}, []Partner{}
	for _, l := range locations {
		t.Locations = append(t.Locations, Location{l.ID, l.Name})
	}
	slices.SortFunc(t.Locations, func(a, b Location) int { return int(a.ID - b.ID) })
	labels, err := s.m.Customers.Labels(ctx)
	if err != nil {
		return t, err
	}
	for _, l := range labels {
		t.Labels = append(t.Labels, Label{l.Name, l.Tone})
	}
	slices.SortFunc(t.Labels, func(a, b Label) int { return strings.Compare(db.Fold(a.Name), db.Fold(b.Name)) })
	attributes, err := s.m.Customers.Attributes().List(ctx)
	if err != nil {
		return t, err
	}
	for _, a := range attributes {
		t.Attributes = append(t.Attributes, attributeOf(a))
	}
	slices.SortFunc(t.Attributes, func(a, b Attribute) int {
		if a.Position != b.Position {
			return a.Position - b.Position
		}
		return strings.Compare(a.Key, b.Key)
	})
	roles, err := s.m.Staff.Roles(ctx)
	if err != nil {
		return t, err
	}
	for _, r := range roles {
		if !r.BuiltIn {
			t.Roles = append(t.Roles, roleOf(r))
		}
	}
	slices.SortFunc(t.Roles, func(a, b Role) int { return strings.Compare(a.Key, b.Key) })
	for _, p := range partners {
		one, err := s.partner(ctx, p)
		if err != nil {
			return t, err
		}
		t.Partners = append(t.Partners, one)
	}
	return t, nil
}

func roleOf(r staff.RoleInfo) Role {
	list := []string{}
	for _, p := range r.Permissions {
		list = append(list, string(p))
	}
	return Role{r.Key, r.Name, list}
}

func attributeOf(a customer.Attribute) Attribute {
	e := a.Edit()
	t := Attribute{Key: a.Key, Type: string(a.Type), Title: a.Title, Category: a.Category, Required: a.IsRequired, Unique: a.IsUnique, Add: a.IsAdd, List: a.ShowInList,
		Searchable: a.Searchable, ReadOnly: a.ReadOnly, Disabled: a.Disabled, Hidden: a.Hidden, Archived: a.Archived(), Default: e.Default, Least: a.Least, Most: a.Most,
		PortalView: a.PortalView, PortalEdit: a.PortalEdit, Position: a.Position, Titles: a.Translations()}
	for _, o := range a.Choices() {
		t.Options = append(t.Options, Option{o.Key, o.Label, o.Retired, o.Labels})
	}
	return t
}

// own are the values of a partner's own, as the program would store them today; one that it would refuse is left out.
func (s *Store) own(ctx context.Context, partner int64) (map[string]string, error) {
	stored, err := s.m.Portal.Own(ctx, partner)
	own := map[string]string{}
	for key, value := range stored {
		if v, err := portal.Lookup(key).Canonical(value); err == nil {
			own[key] = v
		}
	}
	return own, err
}

func (s *Store) partner(ctx context.Context, p portal.Partner) (t Partner, err error) {
	t = Partner{ID: p.ID, Name: p.Name}
	if t.Hosts, err = s.m.Portal.Hosts(ctx, p.ID); err != nil {
		return t, err
	}
	company, err := s.m.Portal.Company(ctx, p.ID)
	if err != nil {
		return t, err
	}
	t.Company = &company
	studio, err := s.m.Portal.Studio(ctx, p.ID)
	if err != nil {
		return t, err
	}
	t.Brand = &Brand{Look: studio.Published.Look(), Icon: studio.Published.Icon}
	if icon, err := portal.SquareIcon(studio.Published.Icon); err == nil {
		t.Brand.Icon = icon
	}
	if t.Settings, err = s.own(ctx, p.ID); err != nil {
		return t, err
	}
	t.Gateways, err = s.gateways(ctx, p.ID)
	return t, err
}
