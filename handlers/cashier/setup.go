package cashier

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"

	"myisp/internal/gateway"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
)

// SetUp stores a partner's gateway; of config what is empty keeps its value, and what drop names is removed. One that is
// enabled has to work: with every key that it needs, in the partner's currency, and safe by its own judgement. Errors: db.Invalid
// by field (a key of the configuration is "config_" and its name), db.ErrNotFound for a gateway that this program does not know.
func (c *Cashier) SetUp(ctx context.Context, setup finance.GatewaySetup, config map[string]string, drop []string) error {
	kind, ok := c.Kind(setup.Gateway)
	if !ok {
		return db.ErrNotFound
	}
	currency, err := c.currency(ctx, setup.PartnerID)
	if err != nil {
		return err
	}
	setup.Currency = currency // of its fee and minimum, as they are typed
	if err := c.readdress(ctx, kind, setup, config, drop); err != nil {
		return err
	}
	if setup.Enabled {
		merged, err := c.merged(ctx, setup, config, drop)
		if err != nil {
			return err
		}
		bad := db.Invalid{}
		for _, f := range kind.Fields {
			if f.Required && merged[f.Key] == "" {
				bad["config_"+f.Key] = "error.required"
			}
		}
		if !takes(kind, currency) {
			bad["enabled"] = "gateway.error.currency"
		}
		if setup.Minimum < kind.Capabilities.Minimum[currency] {
			bad["minimum"] = "gateway.error.minimum"
		}
		if err := bad.Or(); err != nil {
			return err
		}
		if _, err := kind.New(merged, c.client); err != nil {
			slog.WarnContext(ctx, "a gateway refuses its configuration", "gateway", setup.Gateway, "partner", setup.PartnerID, "err", err)
			return refused(kind, err)
		}
	}
	return c.m.Finance.SetUpGateway(ctx, setup, config, drop...)
}

// merged is the configuration as it will be: what is stored, with what is given and without what is dropped.
func (c *Cashier) merged(ctx context.Context, setup finance.GatewaySetup, config map[string]string, drop []string) (map[string]string, error) {
	all := map[string]string{}
	stored, err := c.m.Finance.Gateway(ctx, setup.PartnerID, setup.Gateway)
	if err == nil {
		known, err := c.m.Finance.Secrets(stored)
		if err != nil && !errors.Is(err, finance.ErrSealed) {
			return nil, err
		}
		maps.Copy(all, known)
	} else if db.KindOf(err) != db.NotFound {
		return nil, err
	}
	for _, key := range drop {
		delete(all, key)
	}
	for key, value := range config {
		if value = strings.TrimSpace(value); value != "" {
			all[key] = value
		}
	}
	return all, nil
}

func (c *Cashier) currency(ctx context.Context, partner int64) (money.Currency, error) {
	snap, err := c.m.Portal.Snapshot(ctx)
	if err != nil {
		return "", err
	}
	v := snap.Partner(partner)
	if v == nil {
		return "", db.ErrNotFound
	}
	return money.Currency(portal.Currency.Of(v.Values)), nil
}

// The ways in which a test of a connection ends; each has words under gateway.test.
const (
	TestWorks       = "works"
	TestUnreachable = "unreachable"
	TestRefused     = "refused"
	TestIncomplete  = "incomplete" // keys are missing, or of another MYISP_SECRET
)

// Test asks a gateway, as it is set up, whether the connection works. What it says in words goes to the log alone. Errors:
// db.ErrNotFound when it is not set up.
func (c *Cashier) Test(ctx context.Context, partner int64, name string) (string, error) {
	setup, err := c.m.Finance.Gateway(ctx, partner, name)
	if err != nil {
		return "", err
	}
	fail := func(result string, err error) (string, error) {
		slog.WarnContext(ctx, "the test of a gateway failed", "gateway", name, "partner", partner, "result", result, "err", err)
		return result, nil
	}
	if _, ok := c.Kind(name); !ok {
		return "", db.ErrNotFound
	}
	g, err := c.open(setup)
	if err != nil {
		return fail(TestIncomplete, err)
	}
	call, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	switch err := g.Check(call); {
	case err == nil:
		return TestWorks, nil
	case errors.Is(err, gateway.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return fail(TestUnreachable, err)
	default:
		return fail(TestRefused, err)
	}
}
