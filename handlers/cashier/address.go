package cashier

import (
	"context"
	"errors"
	"slices"
	"strings"

	"myisp/internal/gateway"
	"myisp/models/db"
	"myisp/models/finance"
)

// readdress has the keys given again where a form leads a gateway to another address: finance.SetUpGateway takes none along. The
// standard address is the same whether it is written out or left empty, so that writing it out is no change. The error is
// db.Invalid by field.
func (c *Cashier) readdress(ctx context.Context, kind gateway.Definition, setup finance.GatewaySetup, config map[string]string, drop []string) error {
	i := slices.IndexFunc(kind.Fields, func(f gateway.Field) bool { return f.Address })
	if i < 0 {
		return nil
	}
	known, err := c.merged(ctx, setup, nil, nil)
	if err != nil {
		return err
	}
	at := func(address string) string {
		if address = strings.TrimSpace(address); address == "" {
			return kind.Fields[i].Default
		}
		return address
	}
	key := kind.Fields[i].Key
	given := config[key] != "" || slices.Contains(drop, key)
	if given && at(config[key]) == at(known[key]) {
		config[key] = known[key]
	}
	if !finance.Readdressed(known, config, drop) {
		return nil
	}
	bad := db.Invalid{}
	for _, f := range kind.Fields {
		if f.Secret && known[f.Key] != "" && strings.TrimSpace(config[f.Key]) == "" && !slices.Contains(drop, f.Key) {
			bad["config_"+f.Key] = "gateway.error.key_again"
		}
	}
	return bad.Or()
}

// refused says at which field of the form a gateway refuses its configuration.
func refused(kind gateway.Definition, err error) db.Invalid {
	if i := slices.IndexFunc(kind.Fields, func(f gateway.Field) bool { return f.Address }); i >= 0 && errors.Is(err, gateway.ErrAddress) {
		return db.Invalid{"config_" + kind.Fields[i].Key: "gateway.error.address"}
	}
	return db.Invalid{"enabled": "gateway.error.refused"}
}
