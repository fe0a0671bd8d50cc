package models

import (
	"context"
	"time"

	"myisp/internal/money"
	"myisp/models/portal"
	"myisp/models/service"
)

// rules are how a partner blocks and what promises it takes, from its settings.
func (m *Models) rules(ctx context.Context, partner int64) (service.Rules, error) {
	snap, err := m.Portal.Snapshot(ctx)
	if err != nil {
		return service.Rules{}, err
	}
	v := snap.Partner(partner)
	if v == nil {
		v = snap.Partner(portal.DefaultPartner)
	}
	r := service.Rules{On: portal.BlockUnpaid.Of(v.Values), OneTime: portal.BlockOneTime.Of(v.Values), Holidays: portal.HolidayList(portal.Holidays.Of(v.Values)),
		Remind:      portal.RemindUnpaid.Of(v.Values),
		RemindAfter: [3]int{portal.RemindFirst.Of(v.Values), portal.RemindSecond.Of(v.Values), portal.RemindThird.Of(v.Values)}, Zone: v.Values.Zone()}
	switch portal.BlockWeekend.Of(v.Values) {
	case "saturday_sunday":
		r.Weekend = []time.Weekday{time.Saturday, time.Sunday}
	case "friday_saturday":
		r.Weekend = []time.Weekday{time.Friday, time.Saturday}
	}
	r.Promise = service.Policy{Allowed: portal.Promises.Of(v.Values), Days: portal.PromiseDays.Of(v.Values), Every: portal.PromiseEvery.Of(v.Values), Wait: portal.PromiseBroken.Of(v.Values)}
	r.Promise.Most = int64(portal.PromiseMost.Of(v.Values))
	for range money.Currency(portal.Currency.Of(v.Values)).Exponent() {
		r.Promise.Most *= 10
	}
	return r, nil
}
