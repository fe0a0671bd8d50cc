package message

import (
	"context"
	"time"

	"gorm.io/gorm"

	"myisp/models/db"
)

// NewsItem is a piece of news (spec §2.3). Body is plain text, paragraphs apart by a blank line.
type NewsItem struct {
	ID          int64     `gorm:"primaryKey"`
	Title       string    `gorm:"size:200;not null"`
	Summary     string    `gorm:"size:500;not null"`
	Body        string    `gorm:"not null"`
	PublishedAt time.Time `gorm:"not null;index"`
}

// NewsTarget says who sees a piece of news: a partner and a location, where 0 is every one.
type NewsTarget struct {
	NewsID     int64 `gorm:"primaryKey;autoIncrement:false"`
	PartnerID  int64 `gorm:"primaryKey;autoIncrement:false"`
	LocationID int64 `gorm:"primaryKey;autoIncrement:false"`
}

// Readers is where a customer belongs, which decides what news and outages concern them.
type Readers struct{ PartnerID, LocationID int64 }

func (s *Store) newsFor(ctx context.Context, r Readers) *gorm.DB {
	mine := s.d.R(ctx).Model(&NewsTarget{}).Select("news_id").Where("partner_id IN ? AND location_id IN ?", []int64{0, r.PartnerID}, []int64{0, r.LocationID})
	return s.d.R(ctx).Where("published_at <= ? AND id IN (?)", s.d.Now(), mine)
}

// Latest is how many pieces of news home shows (P7).
const Latest = 3

// LatestNews returns the newest pieces for the readers, without their bodies and at most a second old. Do not change them.
func (s *Store) LatestNews(ctx context.Context, r Readers) ([]NewsItem, error) {
	return s.latest.get(ctx, r, s.d.Now(), func(ctx context.Context, r Readers) (list []NewsItem, err error) {
		err = s.newsFor(ctx, r).Omit("body").Order("published_at DESC, id DESC").Limit(Latest).Find(&list).Error
		return list, err
	})
}

// News returns a page of the news for the readers, newest first and without their bodies; skip is how many come before
// it. More tells whether there are further ones.
func (s *Store) News(ctx context.Context, r Readers, skip int) (list []NewsItem, more bool, err error) {
	err = s.newsFor(ctx, r).Omit("body").Order("published_at DESC, id DESC").Offset(max(0, skip)).Limit(PageSize + 1).Find(&list).Error
	if len(list) > PageSize {
		return list[:PageSize], true, err
	}
	return list, false, err
}

// NewsItem returns one piece of news, if it is for the readers; else db.ErrNotFound.
func (s *Store) NewsItem(ctx context.Context, r Readers, id int64) (NewsItem, error) {
	var item NewsItem
	err := s.newsFor(ctx, r).Where("id = ?", id).Take(&item).Error
	return item, db.Found(err)
}

// Publish adds a piece of news for the given readers; none is everybody.
func (s *Store) Publish(ctx context.Context, item *NewsItem, to ...Readers) error {
	if len(to) == 0 {
		to = []Readers{{}}
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		s.d.AfterCommit(ctx, s.latest.forget)
		if err := s.d.Q(ctx).Create(item).Error; err != nil {
			return err
		}
		for _, r := range to {
			if err := s.d.Q(ctx).Create(&NewsTarget{NewsID: item.ID, PartnerID: r.PartnerID, LocationID: r.LocationID}).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// The kinds of outages.
const (
	Fault       = "fault"
	Maintenance = "maintenance"
)

// Outage is a fault or planned work at a location (0: everywhere), open until EndedAt.
type Outage struct {
	ID         int64      `gorm:"primaryKey"`
	Kind       string     `gorm:"size:16;not null"`
	LocationID int64      `gorm:"not null;index"`
	Title      string     `gorm:"size:200;not null"`
	StartsAt   time.Time  `gorm:"not null"`
	ExpectedAt *time.Time `gorm:""` // when service is expected back
	EndedAt    *time.Time `gorm:"index"`
}

// announced is how long before it begins that planned work is shown.
const announced = 72 * time.Hour

// OpenOutages returns what is wrong, or about to be, at the readers' location, at most a second old. Do not change it.
func (s *Store) OpenOutages(ctx context.Context, r Readers) ([]Outage, error) {
	return s.outages.get(ctx, r, s.d.Now(), s.openOutages)
}

func (s *Store) openOutages(ctx context.Context, r Readers) ([]Outage, error) {
	var list []Outage
	now := s.d.Now()
	err := s.d.R(ctx).Where("location_id IN ? AND (ended_at IS NULL OR ended_at > ?) AND starts_at <= ?", []int64{0, r.LocationID}, now, now.Add(announced)).
		Order("starts_at, id").Limit(5).Find(&list).Error
	return list, err
}

// AddOutage records an outage.
func (s *Store) AddOutage(ctx context.Context, o *Outage) error {
	err := s.d.Q(ctx).Create(o).Error
	s.d.AfterCommit(ctx, s.outages.forget)
	return err
}
