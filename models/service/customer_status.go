package service

import (
	"context"
	"strconv"

	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
)

// StatusChange is staff's wish to give a customer another status.
type StatusChange struct {
	CustomerID int64
	From, To   customer.Status // From is what staff saw
	Reason     string
	Today      db.Day // in the partner's zone
}

// StatusEffect is what a change does to services, told before it happens and done when it does (§3.1, SVC-4): whoever is
// deactivated has their active services ended today, each with a stopped copy, and the copies go on when the customer is
// active again. Blocking leaves services as they are: they still cost what they cost.
type StatusEffect struct {
	Ends    []Row
	Resumes []Row
}

// EffectOf tells what giving a customer another status would do.
func (s *Store) EffectOf(ctx context.Context, customerID int64, to customer.Status) (StatusEffect, error) {
	var e StatusEffect
	list, err := s.Of(customerID).Everything(ctx)
	for _, r := range list {
		switch {
		case to == customer.StatusDisabled && r.Status == Active:
			e.Ends = append(e.Ends, r)
		case to == customer.StatusActive && r.Status == Stopped && r.CopyOf != 0:
			e.Resumes = append(e.Resumes, r)
		}
	}
	return e, err
}

// Everything lists all services of the customer for staff, archived ones too, in the order of SVC-2.
func (m Mine) Everything(ctx context.Context) ([]Row, error) {
	var list []Row
	err := m.s.d.Q(ctx).Table("services AS s").Joins("LEFT JOIN plans p ON p.id = s.plan_id").Select("s.*, "+planColumns).
		Where("s.customer_id = ?", m.customer).
		Order("CASE s.kind WHEN 'internet' THEN 0 WHEN 'voice' THEN 1 WHEN 'recurring' THEN 2 ELSE 3 END, s.id").Find(&list).Error
	return list, err
}

// ChangeCustomerStatus gives a customer another status with everything that follows from it, and enters it into the log.
// Errors: those of customer.Store.SetStatus.
func (s *Store) ChangeCustomerStatus(ctx context.Context, c StatusChange) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		before, after, err := s.customers.SetStatus(ctx, c.CustomerID, c.From, c.To, c.Reason, c.Today)
		if err != nil {
			return err
		}
		effect, err := s.EffectOf(ctx, c.CustomerID, c.To)
		if err != nil {
			return err
		}
		if err := s.end(ctx, effect.Ends, c.Today); err != nil {
			return err
		}
		if err := s.resume(ctx, effect.Resumes, c.Today); err != nil {
			return err
		}
		told := map[string]any{"status": after.Status, "reason": after.StatusReason}
		if len(effect.Ends) > 0 {
			told["services_ended"] = named(effect.Ends)
		}
		if len(effect.Resumes) > 0 {
			told["services_resumed"] = named(effect.Resumes)
		}
		return s.log.Record(ctx, audit.Change{Action: audit.CustomerStatus, Object: "customer", ObjectID: strconv.FormatInt(after.ID, 10), ObjectName: after.Name,
			CustomerID: after.ID, PartnerID: after.PartnerID, Before: map[string]any{"status": before.Status, "reason": before.StatusReason}, After: told})
	})
}

func named(list []Row) (names []string) {
	for _, r := range list {
		names = append(names, r.Name()+" #"+strconv.FormatInt(r.ID, 10))
	}
	return names
}

// end finishes services on a day and leaves a stopped copy of each; the copy of a bundle holds the copies of its parts.
// What is invoiced already stays so on the copy, so that a customer who comes back soon does not pay twice.
func (s *Store) end(ctx context.Context, list []Row, day db.Day) error {
	copies := map[int64]int64{}
	duplicate := func(r Row) error {
		one := r.Service
		one.ID, one.Status, one.CopyOf, one.StartsOn, one.EndsOn = 0, Stopped, r.ID, "", ""
		if id, ok := copies[r.BundleServiceID]; ok {
			one.BundleServiceID = id
		}
		one.CreatedAt, one.UpdatedAt = s.d.Now(), s.d.Now()
		if err := s.d.Q(ctx).Create(&one).Error; err != nil {
			return err
		}
		copies[r.ID] = one.ID
		ends := day
		if r.EndsOn != "" && r.EndsOn < day {
			ends = r.EndsOn
		}
		return s.d.Q(ctx).Model(&Service{}).Where("id = ?", r.ID).
			Updates(map[string]any{"status": Disabled, "ends_on": ends, "updated_at": s.d.Now()}).Error
	}
	for _, bundles := range []bool{true, false} { // a part's copy needs its bundle's
		for _, r := range list {
			if (r.Kind == Bundle) == bundles {
				if err := duplicate(r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// resume lets stopped copies go on from a day, at the earliest on the day after their originals ended: no day is had twice.
func (s *Store) resume(ctx context.Context, list []Row, day db.Day) error {
	for _, r := range list {
		starts := day
		original, err := db.From[Service](s.d.Q(ctx)).Where("id = ?", r.CopyOf).Take()
		if err == nil && original.EndsOn >= day {
			starts = original.EndsOn.AddDays(1)
		}
		if err != nil && db.KindOf(err) != db.NotFound {
			return err
		}
		err = s.d.Q(ctx).Model(&Service{}).Where("id = ?", r.ID).
			Updates(map[string]any{"status": Active, "starts_on": starts, "copy_of": 0, "updated_at": s.d.Now()}).Error
		if err != nil {
			return err
		}
	}
	return nil
}
