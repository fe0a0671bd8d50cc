package models_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"myisp/models"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// TestAuditChain: entries follow each other without gaps whatever runs at the same time, and a row that somebody alters,
// removes or adds behind the portal's back is found.
func TestAuditChain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		ctx = audit.With(ctx, audit.Actor{Kind: audit.Staff, ID: 7, Name: "Ada", IP: "192.0.2.7"})
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for j := range 5 {
					must(t, d.Tx(ctx, func(ctx context.Context) error {
						return m.Audit.Record(ctx, audit.Change{Action: audit.SettingSet, Object: "setting", ObjectID: fmt.Sprint(i, "-", j),
							Before: map[string]any{"same": 1, "value": i}, After: map[string]any{"same": 1, "value": j + 10}})
					}))
				}
			})
		}
		wg.Wait()
		r, err := m.Audit.Verify(ctx)
		must(t, err)
		if r.Entries != 40 || r.Broken != 0 {
			t.Fatalf("a healthy chain: %+v", r)
		}
		var e audit.Entry
		must(t, d.Q(ctx).Where("seq = 17").Take(&e).Error)
		if e.ActorName != "Ada" || e.IP != "192.0.2.7" || strings.Contains(e.Before, "same") || !strings.Contains(e.After, `"value":1`) {
			t.Errorf("entry: %+v", e)
		}
		if err := d.Q(ctx).Exec("UPDATE audit_entries SET actor_name = 'Eve' WHERE seq = 17").Error; err == nil {
			t.Error("the database let an entry be altered")
		}
		for name, crime := range map[string]string{
			"altered":   "UPDATE audit_entries SET actor_name = 'Eve' WHERE seq = 17",
			"removed":   "DELETE FROM audit_entries WHERE seq = 17",
			"truncated": "DELETE FROM audit_entries WHERE seq > 38",
			"rewound":   "UPDATE audit_heads SET seq = 38",
		} {
			t.Run(name, func(t *testing.T) {
				err := d.Tx(ctx, func(ctx context.Context) error {
					for _, sql := range unlock(d) {
						must(t, d.Q(ctx).Exec(sql).Error)
					}
					must(t, d.Q(ctx).Exec(crime).Error)
					r, err := m.Audit.Verify(ctx)
					must(t, err)
					if r.Broken == 0 {
						t.Errorf("not found: %+v", r)
					}
					return errRollback
				})
				if err != errRollback {
					t.Fatal(err)
				}
			})
		}
	})
}

var errRollback = fmt.Errorf("put everything back")

// unlock takes away what keeps honest programs from altering the log, as an intruder in the database would.
func unlock(d *db.DB) []string {
	if d.Kind() == db.Postgres {
		return []string{"DROP TRIGGER audit_entries_append_only ON audit_entries"}
	}
	return []string{"DROP TRIGGER audit_entries_no_update", "DROP TRIGGER audit_entries_no_delete"}
}

// TestAuditCommitsWithItsCause: what is rolled back was never done, and is not in the log.
func TestAuditCommitsWithItsCause(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		err := d.Tx(ctx, func(ctx context.Context) error {
			must(t, m.Audit.Record(ctx, audit.Change{Action: audit.SettingSet, Object: "setting"}))
			return errRollback
		})
		if err != errRollback {
			t.Fatal(err)
		}
		must(t, m.Portal.Set(ctx, 1, "P1", "Harbor"))
		must(t, m.Portal.Set(ctx, 1, "P1", "Harbor")) // no change, no entry
		must(t, m.Portal.Reset(ctx, 1, "P1"))
		var list []audit.Entry
		must(t, d.Q(ctx).Order("seq").Find(&list).Error)
		if len(list) != 2 || list[0].Action != audit.SettingSet || list[1].Action != audit.SettingReset || list[1].Before != `{"value":"Harbor"}` {
			t.Errorf("entries: %+v", list)
		}
	})
}

// TestShortenedLog: a chain whose end is gone and whose head was set back holds by itself; that it was longer at the last
// check gives it away, at every check from then on.
func TestShortenedLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		for i := range 5 {
			must(t, m.Audit.Record(ctx, audit.Change{Action: audit.SettingSet, Object: "setting", ObjectID: fmt.Sprint(i), After: map[string]any{"value": i}}))
		}
		must(t, m.Check(ctx))
		must(t, d.Tx(ctx, func(ctx context.Context) error {
			for _, sql := range append(unlock(d), "DELETE FROM audit_entries WHERE seq > 3", "UPDATE audit_heads SET seq = 3, hash = (SELECT hash FROM audit_entries WHERE seq = 3)") {
				must(t, d.Q(ctx).Exec(sql).Error)
			}
			return nil
		}))
		if r, err := m.Audit.Verify(ctx); err != nil || r.Broken != 0 {
			t.Fatalf("the chain by itself: %+v, %v", r, err)
		}
		for range 2 {
			if r, _, err := m.VerifyAudit(ctx); err != nil || r.Broken != 4 || r.Entries != 3 {
				t.Errorf("verified: %+v, %v", r, err)
			}
			must(t, m.Check(ctx))
			records, err := m.Records(ctx)
			must(t, err)
			if records[models.RecordAudit].Good {
				t.Errorf("the check finds nothing: %+v", records[models.RecordAudit])
			}
		}
	})
}
