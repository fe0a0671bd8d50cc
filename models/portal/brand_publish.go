package portal

import (
	"context"
	"image"
	"time"

	"gorm.io/gorm/clause"

	"myisp/internal/icons"
	"myisp/models/audit"
	"myisp/models/db"
)

// published retires what is published and publishes b in its place, with its title (P1).
func (s *Store) published(ctx context.Context, b *Brand) error {
	q := s.d.Q(ctx)
	title, err := s.title(ctx, b.PartnerID)
	if err != nil {
		return err
	}
	// The title may have been changed among the settings since; a roll back is to bring back what was in force.
	retired := map[string]any{"state": BrandRetired, "title": title}
	if err := q.Model(&Brand{}).Where("partner_id = ? AND state = ?", b.PartnerID, BrandPublished).Updates(retired).Error; err != nil {
		return err
	}
	now := s.d.Now()
	b.State, b.PublishedAt, b.PublishedBy = BrandPublished, &now, short(audit.By(ctx).Name)
	if b.ID == 0 {
		err = q.Create(b).Error
	} else {
		r := q.Model(&Brand{}).Where("id = ? AND state = ?", b.ID, BrandDraft).Select("state", "published_at", "published_by").Updates(b)
		if err = r.Error; err == nil && r.RowsAffected == 0 {
			err = conflict(nil)
		}
	}
	if err != nil || b.Title == "" || b.Title == title {
		return err
	}
	_, err = s.SetMany(ctx, b.PartnerID, map[string]string{PortalTitle.Key: encode(b.Title)})
	return err
}

// PublishBrand puts a partner's draft in force, on every instance. Errors: db.Conflict when there is no draft.
func (s *Store) PublishBrand(ctx context.Context, partner int64) error {
	return s.change(ctx, func(ctx context.Context) error {
		st, err := s.Studio(ctx, partner)
		if err != nil {
			return err
		}
		if st.Draft == nil {
			return conflict(nil)
		}
		if err := s.published(ctx, st.Draft); err != nil {
			return err
		}
		return s.note(ctx, audit.BrandPublished, *st.Draft, &st.Published, st.Draft)
	})
}

// DiscardBrand drops a partner's draft; without one it does nothing.
func (s *Store) DiscardBrand(ctx context.Context, partner int64) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		st, err := s.Studio(ctx, partner)
		if err != nil || st.Draft == nil {
			return err
		}
		q := s.d.Q(ctx)
		if err := q.Where("brand_id = ?", st.Draft.ID).Delete(&BrandSource{}).Error; err != nil {
			return err
		}
		if err := q.Where("id = ? AND state = ?", st.Draft.ID, BrandDraft).Delete(&Brand{}).Error; err != nil {
			return err
		}
		return s.note(ctx, audit.BrandDiscarded, *st.Draft, st.Draft, nil)
	})
}

// RollBackBrand publishes a retired brand of a partner anew; a draft stays as it is. Errors: db.ErrNotFound for one that
// is not retired or another partner's.
func (s *Store) RollBackBrand(ctx context.Context, partner, id int64) error {
	return s.change(ctx, func(ctx context.Context) error {
		old, err := db.From[Brand](s.d.Q(ctx)).Where("id = ? AND partner_id = ? AND state = ?", id, partner, BrandRetired).Take()
		if err != nil {
			return db.Found(err)
		}
		st, err := s.Studio(ctx, partner)
		if err != nil {
			return err
		}
		again := old
		again.Icon = stored(old.Icon)
		again.ID, again.RestoredID, again.CreatedAt, again.CreatedBy = 0, old.ID, s.d.Now(), short(audit.By(ctx).Name)
		if err := s.published(ctx, &again); err != nil {
			return err
		}
		if again.Crop != "" {
			if err := s.d.Q(ctx).Exec("INSERT INTO brand_sources (brand_id, image) SELECT ?, image FROM brand_sources WHERE brand_id = ?", again.ID, old.ID).Error; err != nil {
				return err
			}
		}
		return s.note(ctx, audit.BrandRolledBack, again, &st.Published, &again)
	})
}

// source is the image that a brand's icon was cut from, as PNG; empty for none.
func (s *Store) source(ctx context.Context, brand int64) ([]byte, error) {
	var row BrandSource
	err := s.d.Q(ctx).Where("brand_id = ?", brand).Limit(1).Find(&row).Error
	return row.Image, err
}

// keepSource stores the image that a brand's icon was cut from; empty removes it.
func (s *Store) keepSource(ctx context.Context, brand int64, image []byte) error {
	if len(image) == 0 {
		return s.d.Q(ctx).Where("brand_id = ?", brand).Delete(&BrandSource{}).Error
	}
	return s.d.Q(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&BrandSource{BrandID: brand, Image: image}).Error
}

// cut makes a brand's icon from an image, as its crop says.
func cut(img *image.NRGBA, b Brand) ([]byte, error) {
	square, err := icons.Square(img, icons.Crop(b.Crop), RGB(b.Color))
	if err != nil {
		return nil, err
	}
	return icons.Encode(square)
}

// SourceImage is the whole image that the icon of the studio's brand was cut from, and CropImage what a crop would make of
// it, as PNG. Errors: db.ErrNotFound where the icon was square, an *icons.Error for a crop that the image does not have.
func (s *Store) SourceImage(ctx context.Context, partner int64) ([]byte, error) {
	st, err := s.Studio(ctx, partner)
	if err != nil {
		return nil, err
	}
	data, err := s.source(ctx, st.Current().ID)
	if err == nil && len(data) == 0 {
		err = db.ErrNotFound
	}
	return data, err
}

// CropImage: see SourceImage.
func (s *Store) CropImage(ctx context.Context, partner int64, crop icons.Crop) ([]byte, error) {
	st, err := s.Studio(ctx, partner)
	if err != nil {
		return nil, err
	}
	source, err := s.SourceImage(ctx, partner)
	if err != nil {
		return nil, err
	}
	img, err := icons.Reopen(source)
	if err != nil {
		return nil, err
	}
	b := st.Current()
	b.Crop = string(crop)
	return cut(img, b)
}

// BrandIcon is the icon of one of a partner's brands, draft and retired ones included, as PNG; empty for the portal's own.
func (s *Store) BrandIcon(ctx context.Context, id int64) ([]byte, error) {
	b, err := db.From[Brand](s.d.Q(ctx)).Select("icon").Where("id = ?", id).Take()
	return b.Icon, db.Found(err)
}

// Version is one published or retired brand of a partner's history.
type Version struct {
	ID         int64
	Published  bool // in force now
	At         time.Time
	By         string
	Title      string
	Color      string
	RestoredID int64
	RestoredAt time.Time // when the brand that this one repeats was published first
	HasIcon    bool
	Changed    []string // title, short_name, color, accent, icon, login_text, footer_text; nil for the first
}

// BrandHistory lists a partner's versions, newest first: n at most, older than the version before (0 is from the newest).
func (s *Store) BrandHistory(ctx context.Context, partner, before int64, n int) ([]Version, error) {
	q := s.d.Q(ctx).Where("partner_id = ? AND state <> ?", partner, BrandDraft)
	if before > 0 {
		// Versions are in the order in which they were published; a draft may be older than what was published meanwhile.
		at := s.d.Q(ctx).Model(&Brand{}).Select("published_at").Where("id = ? AND partner_id = ?", before, partner)
		q = q.Where("published_at < (?)", at)
	}
	var list []Brand
	if err := q.Order("published_at DESC, id DESC").Limit(n + 1).Find(&list).Error; err != nil {
		return nil, err
	}
	restored, err := s.publishedAt(ctx, list)
	if err != nil {
		return nil, err
	}
	var out []Version
	for i, b := range list[:min(n, len(list))] {
		v := Version{ID: b.ID, Published: b.State == BrandPublished, By: b.PublishedBy, Title: b.Title, Color: b.Color, RestoredID: b.RestoredID,
			RestoredAt: restored[b.RestoredID], HasIcon: len(b.Icon) > 0, At: b.CreatedAt}
		if b.PublishedAt != nil {
			v.At = *b.PublishedAt
		}
		if i+1 < len(list) {
			v.Changed = differences(list[i+1], b)
		}
		out = append(out, v)
	}
	return out, nil
}

func (s *Store) publishedAt(ctx context.Context, list []Brand) (map[int64]time.Time, error) {
	ids, at := []int64{}, map[int64]time.Time{}
	for _, b := range list {
		if b.RestoredID != 0 {
			ids = append(ids, b.RestoredID)
		}
	}
	if len(ids) == 0 {
		return at, nil
	}
	var rows []Brand
	if err := s.d.Q(ctx).Select("id", "published_at").Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.PublishedAt != nil {
			at[r.ID] = *r.PublishedAt
		}
	}
	return at, nil
}

// differences names what two brands differ in; a brand from before titles has every title.
func differences(a, b Brand) []string {
	list := []string{}
	before, after := logged(&a), logged(&b)
	for _, name := range []string{"title", "short_name", "color", "accent", "icon", "login_text", "footer_text"} {
		if before[name] != after[name] && !(name == "title" && (a.Title == "" || b.Title == "")) {
			list = append(list, name)
		}
	}
	return list
}

// Unpublished names what of the draft is not published.
func (s Studio) Unpublished() []string {
	if s.Draft == nil {
		return nil
	}
	return differences(s.Published, *s.Draft)
}
