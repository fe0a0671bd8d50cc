package finance

import (
	"errors"
	"maps"
	"math/big"
	"strings"
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"

	"pgregory.net/rapid"
)

// The fee is the exact share rounded half up, whatever the size.
func TestGatewayFee(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := GatewaySetup{FeePPM: rapid.Int64Range(0, maxFeePPM).Draw(rt, "ppm"), FeeFixed: rapid.Int64Range(0, 1000).Draw(rt, "fixed")}
		amount := rapid.Int64Range(1, maxMinor).Draw(rt, "amount")
		exact := new(big.Int).Mul(big.NewInt(amount), big.NewInt(g.FeePPM))
		exact.Add(exact, big.NewInt(500_000)).Quo(exact, big.NewInt(1_000_000)).Add(exact, big.NewInt(g.FeeFixed))
		if got := g.Fee(amount); got != exact.Int64() {
			rt.Fatalf("%d, exactly %s", got, exact)
		}
	})
}

// Keys are sealed at rest and bound to their partner; an empty field keeps what is there; the log holds names only.
func TestGatewaySecrets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		g := GatewaySetup{PartnerID: 1, Gateway: "stripe", Enabled: true, MethodID: MethodCard, Invoices: true, FeePPM: 29_000, FeeFixed: 30, Minimum: 100, Currency: eur}
		if err := s.SetUpGateway(ctx, g, map[string]string{"key": "sk_live_1", "webhook_secret": "whsec_1"}); err != nil {
			t.Fatal(err)
		}
		if err := s.SetUpGateway(ctx, g, map[string]string{"key": "", "webhook_secret": "whsec_2"}); err != nil {
			t.Fatal(err)
		}
		stored := must(s.Gateway(ctx, 1, "stripe"))(t)
		if strings.Contains(stored.Config, "sk_live") {
			t.Error("a key lies open in the database")
		}
		if c := must(s.Secrets(stored))(t); c["key"] != "sk_live_1" || c["webhook_secret"] != "whsec_2" {
			t.Errorf("config: %v", c)
		}
		moved := stored
		moved.PartnerID = 2
		if _, err := s.Secrets(moved); err != ErrSealed {
			t.Errorf("another partner opens it: %v", err)
		}
		var log []string
		if err := d.Q(ctx).Raw("SELECT before || after FROM audit_entries").Scan(&log).Error; err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(log, " "); len(log) != 2 || strings.Contains(all, "sk_live") || strings.Contains(all, "whsec") || !strings.Contains(all, "webhook_secret") {
			t.Errorf("log: %s", all)
		}
		for _, amount := range []int64{99, 100} {
			if n := len(Choices(must(s.Gateways(ctx, 1))(t), PayInvoices, amount, eur)); n != int(amount-99) {
				t.Errorf("%d choices for %d", n, amount)
			}
		}
		if n := len(Choices(must(s.Gateways(ctx, 1))(t), PayAhead, 1000, eur)); n != 0 {
			t.Error("offered for what it does not serve")
		}
	})
}

// Keys are not taken along to another address: whoever may enter one may not see them. The log names the address.
func TestGatewayAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		for name, c := range map[string]struct {
			config map[string]string
			drop   []string
			want   map[string]string
			logged bool
		}{
			"another address":       {map[string]string{ConfigAddress: "https://b.example"}, nil, map[string]string{ConfigAddress: "https://b.example"}, true},
			"with a key":            {map[string]string{ConfigAddress: "https://b.example", "key": "sk_2"}, nil, map[string]string{ConfigAddress: "https://b.example", "key": "sk_2"}, true},
			"none any more":         {map[string]string{"mode": "live"}, []string{ConfigAddress}, map[string]string{"mode": "live"}, false},
			"the same":              {map[string]string{ConfigAddress: " https://a.example "}, nil, map[string]string{ConfigAddress: "https://a.example", "key": "sk_1", "mode": "test"}, false},
			"nothing of an address": {map[string]string{"key": "sk_2"}, nil, map[string]string{ConfigAddress: "https://a.example", "key": "sk_2", "mode": "test"}, false},
		} {
			g := GatewaySetup{PartnerID: 1, Gateway: strings.ReplaceAll(name, " ", "-"), MethodID: MethodCard}
			first := map[string]string{ConfigAddress: "https://a.example", "key": "sk_1", "mode": "test"}
			if err := errors.Join(s.SetUpGateway(ctx, g, first), s.SetUpGateway(ctx, g, c.config, c.drop...)); err != nil {
				t.Fatal(err)
			}
			if got := must(s.Secrets(must(s.Gateway(ctx, 1, g.Gateway))(t)))(t); !maps.Equal(got, c.want) {
				t.Errorf("%s: %v", name, got)
			}
			var log string
			if err := d.Q(ctx).Raw("SELECT after FROM audit_entries WHERE object_id = ? ORDER BY seq DESC LIMIT 1", g.Gateway).Scan(&log).Error; err != nil || strings.Contains(log, "https://b.example") != c.logged || strings.Contains(log, "sk_") {
				t.Errorf("%s: %s %v", name, log, err)
			}
		}
	})
}
