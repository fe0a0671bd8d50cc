package configuration

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"myisp/internal/contrast"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/portal"
	"myisp/models/staff"
)

// planner collects what has to be done.
type planner struct {
	s        *Store
	at       places
	steps    []step
	problems Problems
}

func (p *planner) add(file, key, what, before, after string, do func(ctx context.Context) error) {
	p.steps = append(p.steps, step{Change{File: file, What: what, Old: before, New: after}, key, do})
}

// keep reports what the files do not name and what cannot go.
func (p *planner) keep(file, what, why string) {
	p.steps = append(p.steps, step{Change: Change{File: file, What: what, Old: why, Kept: true}})
}

func (p *planner) problem(file, key, message, text string) {
	p.problems = append(p.problems, Problem{File: file, Key: key, Line: p.at.line(file, key), Message: message, Text: text})
}

// plan compares a configuration with the installation, topic by topic in the order in which they need each other.
func (s *Store) plan(ctx context.Context, want Tree, at places) ([]step, Problems, error) {
	have, err := s.current(ctx)
	if err != nil {
		return nil, nil, err
	}
	p := &planner{s: s, at: at}
	for _, topic := range []func() error{
		func() error { return p.locations(ctx, want.Locations, have.Locations) },
		func() error { return p.labels(ctx, want.Labels) },
		func() error { return p.attributes(ctx, want.Attributes) },
		func() error { return p.roles(ctx, want.Roles) },
		func() error { p.settings(generalFile, 0, want.General, have.General, true); return nil },
		func() error { p.settings(generalFile, 0, want.General, have.General, false); return nil },
		func() error { return p.partners(ctx, want.Partners, have.Partners) },
	} {
		if err := topic(); err != nil {
			return nil, nil, err
		}
	}
	return p.steps, p.problems, nil
}

func folded(s string) string { return db.Fold(strings.Join(strings.Fields(s), " ")) }

func number(id int64) string { return strconv.FormatInt(id, 10) }

func (p *planner) locations(ctx context.Context, want, have []Location) error {
	if want == nil {
		return nil
	}
	uses, err := p.s.m.LocationUses(ctx)
	if err != nil {
		return err
	}
	for _, h := range have {
		switch {
		case slices.ContainsFunc(want, func(w Location) bool { return w.ID == h.ID }):
		case uses[h.ID].Any():
			u := uses[h.ID]
			p.keep(locationsFile, "location "+number(h.ID)+" "+quote(h.Name), fmt.Sprintf("in use: %d customers, %d news, %d outages, %d gateways", u.Customers, u.News, u.Outages, u.Gateways))
		default:
			p.add(locationsFile, "location", "location "+number(h.ID), quote(h.Name), "", func(ctx context.Context) error { return p.s.m.RemoveLocation(ctx, h.ID) })
		}
	}
	for i, w := range want {
		key := fmt.Sprintf("location[%d]", i)
		j := slices.IndexFunc(have, func(h Location) bool { return h.ID == w.ID })
		if j < 0 {
			p.add(locationsFile, key, "location "+number(w.ID), "", quote(w.Name), func(ctx context.Context) error {
				_, err := p.s.m.Portal.CreateLocation(ctx, w.ID, w.Name)
				return err
			})
		} else if name := strings.Join(strings.Fields(w.Name), " "); have[j].Name != name {
			p.add(locationsFile, key, "location "+number(w.ID), quote(have[j].Name), quote(name), func(ctx context.Context) error {
				return p.s.m.Portal.RenameLocation(ctx, w.ID, w.Name)
			})
		}
	}
	return nil
}

func (p *planner) labels(ctx context.Context, want []Label) error {
	if want == nil {
		return nil
	}
	have, err := p.s.m.Customers.CountedLabels(ctx)
	if err != nil {
		return err
	}
	for _, h := range have {
		switch {
		case slices.ContainsFunc(want, func(w Label) bool { return folded(w.Name) == h.Folded }):
		case h.Customers > 0:
			p.keep(labelsFile, "label "+quote(h.Name), fmt.Sprintf("in use: %d customers", h.Customers))
		default:
			p.add(labelsFile, "label", "label "+quote(h.Name), h.Tone, "", func(ctx context.Context) error { return p.s.m.Customers.RemoveLabel(ctx, h.ID) })
		}
	}
	for i, w := range want {
		l, before := customer.Label{Name: strings.Join(strings.Fields(w.Name), " "), Tone: w.Tone}, ""
		if j := slices.IndexFunc(have, func(h customer.CountedLabel) bool { return folded(w.Name) == h.Folded }); j >= 0 {
			l.ID, before = have[j].ID, quote(have[j].Name)+" "+have[j].Tone
		}
		if after := quote(l.Name) + " " + l.Tone; before != after {
			p.add(labelsFile, fmt.Sprintf("label[%d]", i), "label "+quote(l.Name), before, after, func(ctx context.Context) error {
				_, err := p.s.m.Customers.SaveLabel(ctx, l)
				return err
			})
		}
	}
	return nil
}

func (p *planner) roles(ctx context.Context, want []Role) error {
	if want == nil {
		return nil
	}
	have, err := p.s.m.Staff.Roles(ctx)
	if err != nil {
		return err
	}
	have = slices.DeleteFunc(have, func(r staff.RoleInfo) bool { return r.BuiltIn })
	by := p.s.m.Staff.AsSystem()
	for _, h := range have {
		switch {
		case slices.ContainsFunc(want, func(w Role) bool { return w.Key == h.Key }):
		case h.Members+h.Invited > 0:
			p.keep(rolesFile, "role "+h.Key, fmt.Sprintf("in use: %d staff, %d invited", h.Members, h.Invited))
		default:
			p.add(rolesFile, "role", "role "+h.Key, inJSON(roleOf(h)), "", func(ctx context.Context) error { return by.RemoveRole(ctx, h.Key) })
		}
	}
	for i, w := range want {
		key, list := fmt.Sprintf("role[%d]", i), []staff.Permission{}
		w.Name = strings.TrimSpace(w.Name)
		for _, perm := range w.Permissions {
			list = append(list, staff.Permission(perm))
		}
		j := slices.IndexFunc(have, func(h staff.RoleInfo) bool { return h.Key == w.Key })
		switch {
		case j < 0:
			p.add(rolesFile, key, "role "+w.Key, "", inJSON(w), func(ctx context.Context) error {
				_, err := by.AddRoleAs(ctx, w.Key, w.Name, list)
				return err
			})
		case !same(roleOf(have[j]), w):
			p.add(rolesFile, key, "role "+w.Key, inJSON(roleOf(have[j])), inJSON(w), func(ctx context.Context) error { return by.EditRole(ctx, w.Key, w.Name, list) })
		}
	}
	return nil
}

func (p *planner) attributes(ctx context.Context, want []Attribute) error {
	if want == nil {
		return nil
	}
	t := p.s.m.Customers.Attributes()
	have, err := t.List(ctx)
	if err != nil {
		return err
	}
	uses, err := t.Uses(ctx)
	if err != nil {
		return err
	}
	for _, h := range have {
		switch {
		case slices.ContainsFunc(want, func(w Attribute) bool { return w.Key == h.Key }):
		case uses[h.ID] > 0:
			p.keep(attributesFile, "attribute "+h.Key, fmt.Sprintf("in use: %d customers", uses[h.ID]))
		default:
			p.add(attributesFile, "attribute", "attribute "+h.Key, inJSON(attributeOf(h)), "", func(ctx context.Context) error { return t.Delete(ctx, h.ID, true) })
		}
	}
	for i, w := range want {
		key := fmt.Sprintf("attribute[%d]", i)
		j := slices.IndexFunc(have, func(h customer.Attribute) bool { return h.Key == w.Key })
		switch {
		case j < 0:
			p.add(attributesFile, key, "attribute "+w.Key, "", inJSON(w), func(ctx context.Context) error {
				a, err := t.Create(ctx, w.edit())
				if err == nil && w.Archived {
					err = t.Archive(ctx, a.ID)
				}
				return err
			})
		case string(have[j].Type) != w.Type:
			p.problem(attributesFile, key+".type", "", "the type of an attribute stays as it is: "+string(have[j].Type))
		default:
			p.attribute(ctx, t, have[j], w, key)
		}
	}
	return nil
}

// attribute changes one definition. What it would become is asked of the definition itself, so that spelling it otherwise
// is no change.
func (p *planner) attribute(ctx context.Context, t customer.Attributes, h customer.Attribute, w Attribute, key string) {
	old := attributeOf(h)
	if old.Archived != w.Archived {
		p.add(attributesFile, key, "attribute "+w.Key+" archived", strconv.FormatBool(old.Archived), strconv.FormatBool(w.Archived), func(ctx context.Context) error {
			if w.Archived {
				return t.Archive(ctx, h.ID)
			}
			return t.Restore(ctx, h.ID)
		})
	}
	next, err := t.Would(ctx, h, w.edit())
	if err != nil || !same(old, attributeOf(next)) {
		p.add(attributesFile, key, "attribute "+w.Key, inJSON(old), inJSON(w), func(ctx context.Context) error {
			_, err := t.Change(ctx, h.ID, w.edit())
			return err
		})
	}
}

func (a Attribute) edit() customer.AttributeEdit {
	e := customer.AttributeEdit{Key: a.Key, Type: customer.AttributeType(a.Type), Title: a.Title, Titles: a.Titles, Category: a.Category, IsRequired: a.Required,
		IsUnique: a.Unique, IsAdd: a.Add, ShowInList: a.List, Searchable: a.Searchable, ReadOnly: a.ReadOnly, Disabled: a.Disabled, Hidden: a.Hidden, Default: a.Default,
		Least: a.Least, Most: a.Most, PortalView: a.PortalView, PortalEdit: a.PortalEdit, Position: strconv.Itoa(a.Position), KeepKeys: true}
	for _, o := range a.Options {
		e.Options = append(e.Options, customer.OptionEdit{Key: o.Key, Label: o.Label, Labels: o.Labels, Retired: o.Retired})
	}
	return e
}

// settings sets what differs, or resets what the file does not name.
func (p *planner) settings(file string, partner int64, want, have map[string]string, set bool) {
	if want == nil {
		return
	}
	for _, d := range portal.Declarations() {
		before, own := have[d.Key]
		after, named := want[d.Key]
		switch {
		case set && named && before != after:
			p.add(file, "settings."+d.Key, d.ID+" "+d.Key, before, after, func(ctx context.Context) error { return p.s.m.Portal.Set(ctx, partner, d.Key, after) })
		case !set && own && !named:
			p.add(file, "settings."+d.Key, d.ID+" "+d.Key, before, "", func(ctx context.Context) error { return p.s.m.Portal.Reset(ctx, partner, d.Key) })
		}
	}
}

// partners go in rounds: a host name can go from one to another, and the Default partner's settings change when those who
// inherited the old ones have theirs.
func (p *planner) partners(ctx context.Context, want, have []Partner) error {
	if want == nil {
		return nil
	}
	before := map[int64]Partner{}
	for _, h := range have {
		before[h.ID] = h
		if !slices.ContainsFunc(want, func(w Partner) bool { return w.ID == h.ID }) {
			p.keep(partnerFile(h.ID), "partner "+number(h.ID)+" "+quote(h.Name), "partners are never deleted")
		}
	}
	for _, w := range want {
		h, there := before[w.ID]
		if w.Hosts == nil {
			continue
		}
		for _, host := range h.Hosts {
			if there && !slices.Contains(w.Hosts, host) {
				p.add(partnerFile(w.ID), "hosts", "host", host, "", func(ctx context.Context) error { return p.s.m.Portal.RemoveHost(ctx, w.ID, host) })
			}
		}
	}
	for _, w := range want {
		h, there := before[w.ID]
		switch {
		case !there:
			p.create(w)
		case h.Name != w.Name:
			p.add(partnerFile(w.ID), "name", "name", quote(h.Name), quote(w.Name), func(ctx context.Context) error { return p.s.m.Portal.RenamePartner(ctx, w.ID, w.Name) })
		}
		for _, host := range w.Hosts {
			if !slices.Contains(h.Hosts, host) {
				p.add(partnerFile(w.ID), "hosts", "host", "", host, func(ctx context.Context) error { return p.s.m.Portal.AddHost(ctx, w.ID, host) })
			}
		}
		if w.Company != nil && there && *w.Company != *h.Company {
			p.company(*h.Company, *w.Company)
		}
	}
	for _, w := range slices.Backward(want) {
		p.settings(partnerFile(w.ID), w.ID, w.Settings, before[w.ID].Settings, true)
	}
	for _, w := range want {
		p.settings(partnerFile(w.ID), w.ID, w.Settings, before[w.ID].Settings, false)
		if w.Brand != nil {
			p.brand(w.ID, before[w.ID].Brand, *w.Brand)
		}
		if w.Gateways != nil {
			if err := p.planGateways(ctx, w.ID, w.Gateways, before[w.ID].Gateways); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *planner) create(w Partner) {
	company := portal.CompanyInfo{Name: w.Name}
	if w.Company != nil {
		company = *w.Company
	}
	p.add(partnerFile(w.ID), "name", "partner", "", quote(w.Name), func(ctx context.Context) error {
		_, err := p.s.m.Portal.CreatePartner(ctx, portal.NewPartner{ID: w.ID, Name: w.Name, Company: company})
		return err
	})
}

func (p *planner) company(before, after portal.CompanyInfo) {
	var old, changed []string
	a, b := companyFields(&before), companyFields(&after)
	for i := range a {
		if *a[i].value != *b[i].value {
			old, changed = append(old, a[i].key+" "+quote(*a[i].value)), append(changed, b[i].key+" "+quote(*b[i].value))
		}
	}
	p.add(partnerFile(after.PartnerID), "company", "company", strings.Join(old, ", "), strings.Join(changed, ", "), func(ctx context.Context) error {
		return p.s.m.Portal.SaveCompany(ctx, after)
	})
}

func (p *planner) brand(partner int64, before *Brand, after Brand) {
	if before == nil {
		before = &Brand{}
	}
	a, b := before.words(), after.words()
	if maps.Equal(a, b) {
		return
	}
	var old, changed []string
	for _, key := range slices.Sorted(maps.Keys(b)) {
		if a[key] != b[key] {
			old, changed = append(old, key+" "+a[key]), append(changed, key+" "+b[key])
		}
	}
	p.add(partnerFile(partner), "brand", "brand", strings.Join(old, ", "), strings.Join(changed, ", "), func(ctx context.Context) error {
		return p.s.m.Portal.PublishLook(ctx, partner, after.Look, after.Icon)
	})
}

// words is a brand to compare and to read: the icon by its size.
func (b Brand) words() map[string]string {
	w := map[string]string{"icon": cmp.Or(digest(b.Icon), "none")}
	for _, f := range lookFields(&b.Look) {
		w[f.key] = quote(*f.value)
		if c := contrast.Normal(*f.value); c != "" && (f.key == "color" || f.key == "accent") {
			w[f.key] = c
		}
	}
	return w
}
