package seed

import (
	"context"
	"errors"

	"gorm.io/gorm/clause"

	"myisp/internal/money"
	"myisp/models"
	"myisp/models/catalog"
	"myisp/models/finance"
	"myisp/models/portal"
)

// seller is a partner as bulk customers meet it: its currency, its offers, and the accounts that take the other side of
// their documents. What the accounts gain is summed up here and written at the end.
type seller struct {
	id       int64
	currency string
	internet []offer
	voice    offer
	tax      catalog.Tax
	accounts map[house]*finance.LedgerAccount
}

// house names an account of the provider.
type house struct {
	kind  finance.AccountKind
	owner int64
}

// offer is a plan with what a month of it costs.
type offer struct {
	catalog.Plan
	line finance.DocumentItem
}

// market finds or makes what bulk customers buy, where and from whom.
func (b *bulk) market(ctx context.Context) error {
	snap, err := b.m.Portal.Snapshot(ctx)
	if err != nil {
		return err
	}
	tax, err := b.m.Catalog.TaxFor(ctx, "VAT 20 %", 200_000)
	if err != nil {
		return err
	}
	for _, id := range snap.Partners() {
		s := &seller{id: id, currency: portal.Currency.Of(snap.Partner(id).Values), tax: tax, accounts: map[house]*finance.LedgerAccount{}}
		if err := s.stock(ctx, b.m); err != nil {
			return err
		}
		b.sellers = append(b.sellers, s)
	}
	err = b.m.DB.Q(ctx).Model(&portal.Location{}).Order("id").Limit(50).Pluck("id", &b.locations).Error
	if err != nil || len(b.locations) > 0 {
		return err
	}
	for _, name := range []string{"North", "East", "South", "West", "Centre"} {
		l := portal.Location{Name: name}
		if err := b.m.Portal.AddLocation(ctx, &l); err != nil {
			return err
		}
		b.locations = append(b.locations, l.ID)
	}
	return nil
}

func (s *seller) stock(ctx context.Context, m *models.Models) (err error) {
	for _, p := range []catalog.Plan{
		{Kind: catalog.Internet, Title: "Bench 50", Price: 1999, DownKbps: 50_000, UpKbps: 10_000},
		{Kind: catalog.Internet, Title: "Bench 200", Price: 2999, DownKbps: 200_000, UpKbps: 50_000},
		{Kind: catalog.Internet, Title: "Bench 500", Price: 3999, DownKbps: 500_000, UpKbps: 100_000},
		{Kind: catalog.Internet, Title: "Bench 1000", Price: 5999, DownKbps: 1_000_000, UpKbps: 500_000},
		{Kind: catalog.Voice, Title: "Bench Voice", Price: 990},
	} {
		p.Currency, p.TaxID, p.TaxIncluded = money.Currency(s.currency), s.tax.ID, true
		o, err := s.offer(ctx, m, p)
		if err != nil {
			return err
		}
		if p.Kind == catalog.Voice {
			s.voice = o
		} else {
			s.internet = append(s.internet, o)
		}
	}
	for _, h := range []house{{finance.AccountRevenue, 0}, {finance.AccountTax, s.tax.ID}, {finance.AccountCash, finance.MethodBankTransfer}, {finance.AccountCash, finance.MethodCard}} {
		if s.accounts[h], err = s.account(ctx, m, h); err != nil {
			return err
		}
	}
	return nil
}

func (s *seller) offer(ctx context.Context, m *models.Models, p catalog.Plan) (offer, error) {
	found, err := m.Catalog.Plans(ctx, catalog.PlanFilter{Title: p.Title, PartnerID: s.id})
	if err != nil {
		return offer{}, err
	}
	if len(found) > 0 {
		p = found[0]
	} else if p, err = m.Catalog.AddPlan(ctx, p, s.id); err != nil {
		return offer{}, err
	}
	lines, _, err := finance.Lines([]finance.Item{{Description: p.Name(), Price: p.Price, TaxIncluded: p.TaxIncluded, TaxID: s.tax.ID, TaxName: s.tax.Name,
		TaxRatePPM: s.tax.RatePPM}}, finance.RoundLines)
	if err != nil {
		return offer{}, err
	}
	return offer{p, lines[0]}, nil
}

// account finds or makes an account of the provider; Balance and EntryCount of the result are what Bulk adds.
func (s *seller) account(ctx context.Context, m *models.Models, h house) (*finance.LedgerAccount, error) {
	row := finance.LedgerAccount{PartnerID: s.id, Kind: h.kind, OwnerID: h.owner, Currency: money.Currency(s.currency), CreatedAt: m.DB.Now()}
	if err := m.DB.Q(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return nil, err
	}
	var a finance.LedgerAccount
	err := m.DB.Q(ctx).Where("partner_id = ? AND kind = ? AND owner_id = ? AND currency = ?", s.id, h.kind, h.owner, s.currency).Take(&a).Error
	if err != nil {
		return nil, errors.Join(errors.New("seed: an account of the provider is missing"), err)
	}
	a.Balance, a.EntryCount = 0, 0
	return &a, nil
}

// gain notes an entry on an account of the provider.
func (s *seller) gain(kind finance.AccountKind, owner, amount int64) {
	a := s.accounts[house{kind, owner}]
	a.Balance += amount
	a.EntryCount++
}

// accountID is the id of an account of the provider.
func (s *seller) accountID(kind finance.AccountKind, owner int64) int64 {
	return s.accounts[house{kind, owner}].ID
}

// settle writes what the accounts have gained.
func (s *seller) settle(ctx context.Context, m *models.Models) error {
	for _, a := range s.accounts {
		err := m.DB.Q(ctx).Exec(`UPDATE ledger_accounts SET balance = balance + ?, entry_count = entry_count + ? WHERE id = ?`, a.Balance, a.EntryCount, a.ID).Error
		if err != nil {
			return err
		}
		a.Balance, a.EntryCount = 0, 0
	}
	return nil
}
