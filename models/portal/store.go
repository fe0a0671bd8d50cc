package portal

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"myisp/models/audit"
	"myisp/models/db"
)

// Store reads and changes settings, partners and brands. Everything a request needs is kept in memory; a change is seen
// at once by the process that made it and within a second by the others.
type Store struct {
	d       *db.DB
	log     *audit.Store
	current atomic.Pointer[Snapshot]
	checked atomic.Int64
	mu      sync.Mutex
	booked  func(ctx context.Context, partner int64) (bool, error)
}

// New returns the store on d; what staff change goes into log.
func New(d *db.DB, log *audit.Store) *Store { return &Store{d: d, log: log} }

// Snapshot is the state of all partners at one moment; it never changes.
type Snapshot struct {
	revision int64
	hosts    map[string]int64
	partners map[int64]*View
}

// View is one partner as the portal needs it: settings, brand, company.
type View struct {
	Partner Partner
	Values  *Values
	Brand   Brand
	Company CompanyInfo
	Hosts   []string
	// BrandVersion changes whenever what is made from the brand does: it goes into the addresses of those files.
	BrandVersion string
}

const (
	revisionName = "portal"
	maxAge       = time.Second
)

// Snapshot returns the state, at most a second old. When the database is away the last known state goes on serving.
func (s *Store) Snapshot(ctx context.Context) (*Snapshot, error) {
	snap := s.current.Load()
	now := s.d.Now().UnixNano()
	if snap != nil && now-s.checked.Load() < int64(maxAge) {
		return snap, nil
	}
	if snap != nil {
		// While one request looks, the others go on with what is known: a database that hangs must not hold them all.
		if !s.mu.TryLock() {
			return snap, nil
		}
	} else {
		s.mu.Lock()
	}
	defer s.mu.Unlock()
	snap = s.current.Load()
	if snap != nil && now-s.checked.Load() < int64(maxAge) {
		return snap, nil
	}
	fresh, err := s.refresh(ctx, snap)
	if err != nil && snap == nil {
		return nil, err
	}
	if err != nil {
		slog.WarnContext(ctx, "settings could not be refreshed", "err", err)
		fresh = snap
	}
	s.current.Store(fresh)
	s.checked.Store(now)
	return fresh, nil
}

func (s *Store) refresh(ctx context.Context, old *Snapshot) (*Snapshot, error) {
	var rev Revision
	if err := s.d.Q(ctx).Where("name = ?", revisionName).Limit(1).Find(&rev).Error; err != nil {
		return nil, err
	}
	if old != nil && old.revision == rev.Value {
		return old, nil
	}
	return s.load(ctx, rev.Value)
}

func (s *Store) load(ctx context.Context, revision int64) (*Snapshot, error) {
	var (
		partners  []Partner
		hosts     []PartnerHost
		companies []CompanyInfo
		brands    []Brand
		rows      []SettingRow
	)
	q := s.d.Q(ctx)
	for _, find := range []*gorm.DB{q.Order("id").Find(&partners), q.Order("host").Find(&hosts), q.Find(&companies),
		q.Where("state = ?", BrandPublished).Order("id").Find(&brands), q.Order("partner_id").Find(&rows)} {
		if find.Error != nil {
			return nil, find.Error
		}
	}
	snap := &Snapshot{revision: revision, hosts: map[string]int64{}, partners: map[int64]*View{}}
	values := resolve(partners, rows)
	for _, p := range partners {
		snap.partners[p.ID] = &View{Partner: p, Values: values[p.ID], Brand: Brand{PartnerID: p.ID, Color: "#1f5eff", Accent: "#1f5eff", ShortName: "MyISP"}}
	}
	for _, h := range hosts {
		if v := snap.partners[h.PartnerID]; v != nil {
			snap.hosts[h.Host] = h.PartnerID
			v.Hosts = append(v.Hosts, h.Host)
		}
	}
	for _, c := range companies {
		if v := snap.partners[c.PartnerID]; v != nil {
			v.Company = c
		}
	}
	for _, b := range brands {
		if v := snap.partners[b.PartnerID]; v != nil {
			v.Brand = b
		}
	}
	for _, v := range snap.partners {
		v.BrandVersion = v.Brand.version()
	}
	if snap.partners[DefaultPartner] == nil {
		return nil, fmt.Errorf("portal: the Default partner is missing")
	}
	return snap, nil
}

// resolve lays defaults, General values, the Default partner's and each partner's own over each other. Rows of settings
// that this program does not know, or that it would refuse, are left out, so an older database still starts.
func resolve(partners []Partner, rows []SettingRow) map[int64]*Values {
	lay := func(v *Values, partner int64) *Values {
		c := v.clone()
		for _, r := range rows {
			d := Lookup(r.Key)
			if r.PartnerID != partner || d == nil || (d.Scope == General) != (partner == 0) {
				continue
			}
			parsed, err := d.parse(r.Value)
			if err != nil {
				slog.Warn("stored setting is not usable, taking the default", "setting", r.Key, "partner", partner, "err", err)
				continue
			}
			c.list[d.index], c.own[d.index] = parsed, true
		}
		return c.finish()
	}
	general := lay(Defaults(), 0)
	base := lay(general, DefaultPartner)
	all := map[int64]*Values{DefaultPartner: base}
	for _, p := range partners {
		if p.ID != DefaultPartner {
			all[p.ID] = lay(base, p.ID)
		}
	}
	return all
}

// Partner returns a partner's view; nil when there is no such partner.
func (s *Snapshot) Partner(id int64) *View { return s.partners[id] }

// Partners lists all partner ids in ascending order.
func (s *Snapshot) Partners() []int64 {
	var ids []int64
	for id := int64(1); len(ids) < len(s.partners); id++ {
		if s.partners[id] != nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// ByHost returns the partner of a host name (G12), with or without a port; unknown hosts are the Default partner's.
func (s *Snapshot) ByHost(host string) *View {
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	if id, ok := s.hosts[strings.TrimSuffix(host, ".")]; ok {
		return s.partners[id]
	}
	return s.partners[DefaultPartner]
}

// change runs fn with the revision counted up, so that every instance reloads what it keeps.
func (s *Store) change(ctx context.Context, fn func(ctx context.Context) error) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := fn(ctx); err != nil {
			return err
		}
		err := s.d.Q(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "name"}},
			DoUpdates: clause.Assignments(map[string]any{"value": gorm.Expr("revisions.value + 1")})}).
			Create(&Revision{Name: revisionName, Value: 1}).Error
		s.d.AfterCommit(ctx, func() { s.checked.Store(0) })
		return err
	})
}

// AddPartner creates a partner with its hosts, company information and published brand, which need no ids of their own.
func (s *Store) AddPartner(ctx context.Context, p *Partner, hosts []string, company CompanyInfo, brand Brand) error {
	return s.change(ctx, func(ctx context.Context) error {
		now := s.d.Now()
		p.CreatedAt = now
		company.PartnerID, brand.PartnerID = 0, 0
		if err := s.d.Q(ctx).Create(p).Error; err != nil {
			return err
		}
		for _, h := range hosts {
			if err := s.d.Q(ctx).Create(&PartnerHost{Host: strings.ToLower(h), PartnerID: p.ID}).Error; err != nil {
				return err
			}
		}
		company.PartnerID = p.ID
		if err := s.d.Q(ctx).Create(&company).Error; err != nil {
			return err
		}
		brand.PartnerID, brand.State, brand.CreatedAt, brand.PublishedAt = p.ID, BrandPublished, now, &now
		return s.d.Q(ctx).Create(&brand).Error
	})
}

// AddLocation creates a location.
func (s *Store) AddLocation(ctx context.Context, l *Location) error {
	return s.d.Q(ctx).Create(l).Error
}

// Ensure makes the Default partner of a new installation; it does nothing when there is one.
func (s *Store) Ensure(ctx context.Context) error {
	n, err := db.From[Partner](s.d.Q(ctx)).Count("id")
	if err != nil || n > 0 {
		return err
	}
	p := Partner{ID: DefaultPartner, Name: "Default"}
	if err := s.AddPartner(ctx, &p, nil, CompanyInfo{Name: "MyISP"}, Brand{ShortName: "MyISP", Color: "#1f5eff", Accent: "#1f5eff", Icon: []byte{}}); err != nil {
		return err
	}
	return s.d.SyncSequence(ctx, "partners")
}
