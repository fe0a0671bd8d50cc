package portal

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"myisp/internal/icons"
	"myisp/models/audit"
	"myisp/models/db"
)

// NewPartner is a partner as staff or a file of the configuration make it. ID 0 takes the next one; a company without a
// name is called like the partner.
type NewPartner struct {
	ID      int64
	Name    string
	Hosts   []string // as typed: HostName reads them
	Company CompanyInfo
}

// mostPartners bounds what every instance keeps in memory.
const mostPartners = 200

// CreatePartner makes a partner, which looks like the portal itself and inherits every setting from the Default partner.
// Errors: db.Invalid on name, host and the fields of the company; db.Conflict for an id that another partner has.
func (s *Store) CreatePartner(ctx context.Context, n NewPartner) (Partner, error) {
	name, err := placeName(n.Name)
	if err != nil {
		return Partner{}, err
	}
	if n.Company.Name == "" {
		n.Company.Name = name
	}
	if err := n.Company.Check(); err != nil {
		return Partner{}, err
	}
	p := Partner{ID: n.ID, Name: name}
	return p, s.change(ctx, func(ctx context.Context) error {
		p.ID = n.ID
		all, err := db.From[Partner](s.d.Q(ctx)).Find()
		if err != nil {
			return err
		}
		switch {
		case slices.ContainsFunc(all, func(o Partner) bool { return o.ID == n.ID }):
			return conflict(nil)
		case slices.ContainsFunc(all, func(o Partner) bool { return db.Fold(o.Name) == db.Fold(name) }):
			return db.Invalid{"name": "partners.error.taken"}
		case len(all) >= mostPartners:
			return db.Invalid{"name": "partners.error.too_many"}
		}
		look := Brand{ShortName: shortName(name), Color: plainColor, Accent: plainColor, Icon: []byte{}}
		if err := s.AddPartner(ctx, &p, nil, n.Company, look); err != nil {
			return err
		}
		if n.ID != 0 {
			if err := s.d.SyncSequence(ctx, "partners"); err != nil {
				return err
			}
		}
		n.Company.PartnerID = p.ID
		if err := s.log.Record(ctx, audit.Change{Action: audit.PartnerAdded, Object: "partner", ObjectID: p.Key(), ObjectName: name, PartnerID: p.ID,
			After: map[string]any{"name": name, "company": n.Company}}); err != nil {
			return err
		}
		return s.SetHosts(ctx, p.ID, n.Hosts)
	})
}

// plainColor is the colour of a brand that nobody has chosen one for.
const plainColor = "#1f5eff"

func shortName(name string) string {
	if r := []rune(name); len(r) > 30 {
		return strings.TrimSpace(string(r[:30]))
	}
	return name
}

// Key is the partner's id as addresses and the log write it.
func (p Partner) Key() string { return strconv.FormatInt(p.ID, 10) }

// placeName is a name of a partner or location without needless space. Errors: db.Invalid on name.
func placeName(typed string) (string, error) {
	name := strings.Join(strings.Fields(typed), " ")
	switch {
	case name == "":
		return "", db.Invalid{"name": "error.required"}
	case utf8.RuneCountInString(name) > 100 || strings.ContainsRune(name, 0):
		return "", db.Invalid{"name": "error.too_long"}
	}
	return name, nil
}

// RenamePartner changes the name by which staff know a partner. Errors: db.ErrNotFound, db.Invalid on name.
func (s *Store) RenamePartner(ctx context.Context, id int64, typed string) error {
	name, err := placeName(typed)
	if err != nil {
		return err
	}
	return s.change(ctx, func(ctx context.Context) error {
		p, err := s.Partner(ctx, id)
		if err != nil || p.Name == name {
			return err
		}
		all, err := db.From[Partner](s.d.Q(ctx)).Where("id <> ?", id).Find()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(o Partner) bool { return db.Fold(o.Name) == db.Fold(name) }) {
			return db.Invalid{"name": "partners.error.taken"}
		}
		if err := s.d.Q(ctx).Model(&Partner{}).Where("id = ?", id).Update("name", name).Error; err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.PartnerRenamed, Object: "partner", ObjectID: p.Key(), ObjectName: name, PartnerID: id,
			Before: map[string]any{"name": p.Name}, After: map[string]any{"name": name}})
	})
}

// EditPartner writes a partner's name and host names anew, all or nothing. Errors: db.ErrNotFound, db.Invalid on name and host.
func (s *Store) EditPartner(ctx context.Context, id int64, name string, hosts []string) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.RenamePartner(ctx, id, name); err != nil {
			return err
		}
		return s.SetHosts(ctx, id, hosts)
	})
}

// SetHosts gives a partner these host names and no others; blank ones are none. Errors: as of AddHost.
func (s *Store) SetHosts(ctx context.Context, partner int64, typed []string) error {
	var want []string
	for _, t := range typed {
		if strings.TrimSpace(t) == "" {
			continue
		}
		host, err := HostName(t)
		if err != nil {
			return err
		}
		want = append(want, host)
	}
	slices.Sort(want)
	want = slices.Compact(want)
	return s.d.Tx(ctx, func(ctx context.Context) error {
		have, err := s.Hosts(ctx, partner)
		if err != nil {
			return err
		}
		for _, h := range have {
			if !slices.Contains(want, h) {
				if err := s.RemoveHost(ctx, partner, h); err != nil {
					return err
				}
			}
		}
		for _, h := range want {
			if !slices.Contains(have, h) {
				if err := s.AddHost(ctx, partner, h); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// PublishLook publishes a look with an icon at once, beside a draft that somebody may be working on; the title stays the
// one in force. icon is a square image as icons.Accept takes it, or empty for the portal's own. A look that is published
// already is left alone. Errors: db.Invalid by field, *icons.Error.
func (s *Store) PublishLook(ctx context.Context, partner int64, look Look, icon []byte) error {
	return s.change(ctx, func(ctx context.Context) error {
		st, err := s.Studio(ctx, partner)
		if err != nil {
			return err
		}
		look.Title = st.Published.Title
		if err := look.check(); err != nil {
			return err
		}
		b := Brand{PartnerID: partner, Title: look.Title, ShortName: look.ShortName, Color: look.Color, Accent: look.Accent, LoginText: look.LoginText,
			FooterText: look.FooterText, Icon: []byte{}, CreatedAt: s.d.Now(), CreatedBy: short(audit.By(ctx).Name)}
		if b.Icon, err = SquareIcon(icon); err != nil {
			return err
		}
		if same, err := SquareIcon(st.Published.Icon); err == nil && len(same) > 0 && bytes.Equal(same, b.Icon) {
			b.Icon = st.Published.Icon
		}
		if len(differences(st.Published, b)) == 0 {
			return nil
		}
		if err := s.published(ctx, &b); err != nil {
			return err
		}
		return s.note(ctx, audit.BrandPublished, b, &st.Published, &b)
	})
}

// SquareIcon is an icon as this program would write it: the same picture gives the same bytes, whoever drew the file.
// Empty stays empty. Errors: *icons.Error for what is no image of a size that icons can be made of, or is not square.
func SquareIcon(data []byte) ([]byte, error) {
	if len(data) == 0 {
		return []byte{}, nil
	}
	img, err := icons.Accept(data)
	if err != nil {
		return nil, err
	}
	if b := img.Bounds(); b.Dx() != b.Dy() {
		return nil, db.Invalid{"icon": "branding.error.square"}
	}
	return icons.Encode(img)
}

var bicShape = regexp.MustCompile(`^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$`)

// validBankCode refuses a BIC of the wrong shape (ISO 9362); what has no letters is some country's own number.
func validBankCode(code string) bool {
	s := strings.ToUpper(strings.Join(strings.Fields(code), ""))
	return s == "" || bicShape.MatchString(s) || strings.Trim(s, "0123456789-") == ""
}
