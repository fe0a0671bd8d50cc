package portal

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image/color"
	"strconv"
	"strings"
	"unicode/utf8"

	"myisp/internal/contrast"
	"myisp/internal/icons"
	"myisp/models/audit"
	"myisp/models/db"
)

// Look is what staff choose in the branding studio. Crop says how an image that is not square becomes the icon.
type Look struct {
	Title, ShortName, Color, Accent, LoginText, FooterText string
	Crop                                                   icons.Crop
	NoIcon                                                 bool // takes the portal's own icon again
}

// Look returns what a brand looks like, as a form holds it.
func (b Brand) Look() Look {
	return Look{Title: b.Title, ShortName: b.ShortName, Color: b.Color, Accent: b.Accent, LoginText: b.LoginText, FooterText: b.FooterText, Crop: icons.Crop(b.Crop)}
}

// Studio is where a partner's brand stands.
type Studio struct {
	Published Brand
	Draft     *Brand // nil when everything is published
	// Source is the size of the image that the icon of the draft, or of the published brand, was cut from; zero where it was
	// square.
	SourceWidth, SourceHeight int
}

// Current is the brand that the studio shows: the draft, or what is published.
func (s Studio) Current() Brand {
	if s.Draft != nil {
		return *s.Draft
	}
	return s.Published
}

// IconVersion changes with the current icon.
func (s Studio) IconVersion() string {
	return digest(s.Current().Icon) + strconv.FormatInt(s.Current().ID, 10)
}

// Studio returns a partner's published brand and its draft. A brand from before titles has the portal title in force.
func (s *Store) Studio(ctx context.Context, partner int64) (Studio, error) {
	var st Studio
	title, err := s.title(ctx, partner)
	if err != nil {
		return st, err
	}
	var list []Brand
	if err := s.d.Q(ctx).Where("partner_id = ? AND state IN ?", partner, []string{BrandDraft, BrandPublished}).Find(&list).Error; err != nil {
		return st, err
	}
	st.Published = Brand{PartnerID: partner, ShortName: title, Color: contrast.Default, Accent: contrast.Default}
	for _, b := range list {
		if b.State == BrandPublished {
			st.Published = b
		} else {
			st.Draft = &b
		}
	}
	st.Published.Title = title
	if st.Current().Crop == "" {
		return st, nil
	}
	source, err := s.source(ctx, st.Current().ID)
	if err == nil && len(source) > 0 {
		st.SourceWidth, st.SourceHeight, err = icons.SizeOf(source)
	}
	return st, err
}

// title is the portal title in force (P1). It asks the database and not the snapshot, which must not be made of what a
// transaction has not committed.
func (s *Store) title(ctx context.Context, partner int64) (string, error) {
	if n, err := db.From[Partner](s.d.Q(ctx)).Where("id = ?", partner).Count("id"); err != nil || n == 0 {
		return "", cmp.Or(err, error(db.ErrNotFound))
	}
	for _, owner := range []int64{partner, DefaultPartner} {
		stored, err := s.stored(ctx, owner, PortalTitle.Key)
		if err != nil {
			return "", err
		}
		if stored == "" {
			continue
		}
		if v, err := PortalTitle.parse(stored); err == nil {
			return v.(string), nil
		}
	}
	return PortalTitle.Of(Defaults()), nil
}

// check refuses what customers could not read or no telephone could show.
func (l *Look) check() error {
	bad := db.Invalid{}
	for _, f := range []struct {
		name     string
		value    *string
		most     int
		required bool
	}{{"title", &l.Title, 60, true}, {"short_name", &l.ShortName, 30, true}, {"login_text", &l.LoginText, 500, false}, {"footer_text", &l.FooterText, 500, false}} {
		*f.value = strings.TrimSpace(*f.value)
		switch {
		case f.required && *f.value == "":
			bad[f.name] = "error.required"
		case utf8.RuneCountInString(*f.value) > f.most:
			bad[f.name] = "error.too_long"
		}
	}
	for name, value := range map[string]*string{"color": &l.Color, "accent": &l.Accent} {
		normal := contrast.Normal(*value)
		switch {
		case normal == "":
			bad[name] = "branding.error.color"
		case !contrast.Readable(normal):
			bad[name] = "branding.error.contrast"
		default:
			*value = normal
		}
	}
	return bad.Or()
}

// SaveBrand keeps a look as the partner's draft, which it makes when there is none. upload is a new image for the icon, or
// empty. Errors: db.Invalid by field (color and accent: branding.error.contrast for what no text can be read on); an
// *icons.Error for an image that is refused.
func (s *Store) SaveBrand(ctx context.Context, partner int64, look Look, upload []byte) error {
	refused := look.check()
	st, err := s.Studio(ctx, partner)
	if err != nil {
		return err
	}
	brand, source, err := s.dressed(ctx, st, look, upload)
	if err != nil {
		return err
	}
	if refused != nil {
		if len(upload) == 0 {
			return refused
		}
		// A browser does not send a file again with the corrected form: the image is kept, the rest stays as it was.
		was := st.Current()
		brand.Title, brand.ShortName, brand.Color, brand.Accent, brand.LoginText, brand.FooterText = was.Title, was.ShortName, was.Color, was.Accent, was.LoginText, was.FooterText
	}
	if st.Draft == nil && brand.Crop == st.Published.Crop && len(differences(st.Published, brand)) == 0 {
		return refused // a draft that is what is published already is none
	}
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		before := st.Published
		if st.Draft != nil {
			before = *st.Draft
			brand.ID = before.ID
			r := s.d.Q(ctx).Model(&Brand{}).Where("id = ? AND state = ?", brand.ID, BrandDraft).Select("title", "short_name", "color", "accent", "icon", "crop",
				"login_text", "footer_text").Updates(&brand)
			if r.Error != nil || r.RowsAffected == 0 {
				return conflict(r.Error)
			}
		} else {
			brand.ID, brand.PartnerID, brand.State, brand.CreatedAt, brand.CreatedBy = 0, partner, BrandDraft, s.d.Now(), short(audit.By(ctx).Name)
			if err := s.d.Q(ctx).Create(&brand).Error; err != nil {
				return err
			}
		}
		if err := s.keepSource(ctx, brand.ID, source); err != nil {
			return err
		}
		return s.note(ctx, audit.BrandSaved, brand, &before, &brand)
	})
	return cmp.Or(err, refused)
}

// Dressed returns the brand that a look would make of the studio, for a preview; nothing is stored and nothing refused but
// a crop that the image does not have. Colours that are none stay as they were.
func (s *Store) Dressed(ctx context.Context, st Studio, look Look) (Brand, error) {
	for value, old := range map[*string]string{&look.Color: st.Current().Color, &look.Accent: st.Current().Accent} {
		if *value = contrast.Normal(*value); *value == "" {
			*value = old
		}
	}
	b, _, err := s.dressed(ctx, st, look, nil)
	return b, err
}

// dressed lays a look over the studio's brand. source is the image that the icon was cut from, as PNG; empty for none.
func (s *Store) dressed(ctx context.Context, st Studio, look Look, upload []byte) (brand Brand, source []byte, err error) {
	brand = st.Current()
	brand.Icon = stored(brand.Icon)
	recolored := brand.Color != look.Color
	brand.Title, brand.ShortName, brand.Color, brand.Accent = look.Title, look.ShortName, look.Color, look.Accent
	brand.LoginText, brand.FooterText = look.LoginText, look.FooterText
	switch {
	case len(upload) > 0:
		img, err := icons.Accept(upload)
		if err != nil {
			return brand, nil, err
		}
		brand.Crop = ""
		if c := img.Bounds(); c.Dx() != c.Dy() {
			brand.Crop = string(icons.Centre) // a crop chosen before was another image's
			if source, err = icons.Encode(img); err != nil {
				return brand, nil, err
			}
		}
		brand.Icon, err = cut(img, brand)
		return brand, source, err
	case look.NoIcon:
		brand.Icon, brand.Crop = []byte{}, ""
		return brand, nil, nil
	case brand.Crop == "":
		return brand, nil, nil
	}
	if source, err = s.source(ctx, brand.ID); err != nil || len(source) == 0 {
		return brand, nil, err
	}
	if look.Crop != "" && (string(look.Crop) != brand.Crop || recolored && look.Crop == icons.FitBrand) {
		img, err := icons.Reopen(source)
		if err != nil {
			return brand, nil, err
		}
		brand.Crop = string(look.Crop)
		brand.Icon, err = cut(img, brand)
		return brand, source, err
	}
	return brand, source, nil
}

// stored is an icon as its column takes it: SQLite gives back an empty one as nil.
func stored(icon []byte) []byte {
	if icon == nil {
		return []byte{}
	}
	return icon
}

// conflict tells of a draft that somebody else published or discarded in the meantime.
func conflict(err error) error {
	if err != nil {
		return err
	}
	return db.Fail(db.Conflict, "error.conflict")
}

// logged is what the audit log tells of a brand: the image by its digest.
func logged(b *Brand) map[string]any {
	if b == nil {
		return nil
	}
	return map[string]any{"title": b.Title, "short_name": b.ShortName, "color": b.Color, "accent": b.Accent, "login_text": b.LoginText,
		"footer_text": b.FooterText, "icon": digest(b.Icon), "crop": b.Crop}
}

func digest(data []byte) string {
	if len(data) == 0 {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:6])
}

func (s *Store) note(ctx context.Context, action audit.Action, b Brand, before, after *Brand) error {
	name := b.Title
	if name == "" {
		name = b.ShortName
	}
	return s.log.Record(ctx, audit.Change{Action: action, Object: "brand", ObjectID: strconv.FormatInt(b.ID, 10), ObjectName: name, PartnerID: b.PartnerID,
		Before: logged(before), After: logged(after)})
}

func short(name string) string {
	if r := []rune(name); len(r) > 200 {
		return string(r[:200])
	}
	return name
}

// RGB is a brand's colour as package icons takes it; white when it is none.
func RGB(hex string) color.Color {
	n, err := strconv.ParseUint(strings.TrimPrefix(contrast.Normal(hex), "#"), 16, 32)
	if err != nil {
		return color.White
	}
	return color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 0xff}
}
