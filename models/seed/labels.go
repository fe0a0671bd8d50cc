package seed

import (
	"context"

	"myisp/models/customer"
)

// labels marks some of the customers, as staff would.
func (i *isp) labels(ctx context.Context) error {
	ids := map[string]int64{}
	for _, l := range []customer.Label{{Name: "VIP", Tone: "info"}, {Name: "Fiber pilot", Tone: "ok"}, {Name: "Prefers phone calls", Tone: "neutral"},
		{Name: "Pays late", Tone: "warn"}, {Name: "Framework contract", Tone: "info"}} {
		saved, err := i.m.Customers.SaveLabel(ctx, l)
		if err != nil {
			return err
		}
		ids[l.Name] = saved.ID
	}
	for _, who := range []struct {
		login  string
		labels []string
	}{{"alice", []string{"VIP", "Fiber pilot"}}, {"carla", []string{"Pays late", "Prefers phone calls"}}, {"northwind", []string{"Framework contract", "VIP"}},
		{"northwind-warehouse", []string{"Framework contract"}}, {"northwind-shop", []string{"Framework contract"}}} {
		c, err := i.m.Customers.ByLogin(ctx, who.login)
		if err != nil {
			return err
		}
		var mine []int64
		for _, name := range who.labels {
			mine = append(mine, ids[name])
		}
		if err := i.m.Customers.SetLabels(ctx, c.ID, mine); err != nil {
			return err
		}
	}
	return nil
}
