package configuration_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"myisp/internal/money"
	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/audit"
	"myisp/models/configuration"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
	"myisp/models/seed"
	"myisp/models/staff"
)

var cheap = secret.Params{Memory: 64, Iterations: 1, Parallelism: 1}

func wired(t testing.TB, d *db.DB) *models.Models {
	t.Helper()
	keys, err := secret.NewKeys("a secret for tests that is long enough, really")
	must(t, err)
	m := models.On(d, keys, cheap)
	must(t, m.Ensure(t.Context()))
	return m
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// on is the configuration of m with an environment of its own, and a gateway whose secret_key is needed.
func on(m *models.Models, env map[string]string) *configuration.Store {
	return configuration.New(m, func(name string) (string, bool) { v, ok := env[name]; return v, ok }, func(gateway string) []string {
		if gateway == "stripe" {
			return []string{"secret_key"}
		}
		return nil
	})
}

// digest sums up every row of every table.
func digest(t testing.TB, m *models.Models) map[string]string {
	t.Helper()
	names, err := m.DB.Tables(context.Background())
	must(t, err)
	sums := map[string]string{}
	for _, name := range names {
		var rows []map[string]any
		must(t, m.DB.Q(context.Background()).Table(name).Find(&rows).Error)
		var lines []string
		for _, r := range rows {
			lines = append(lines, fmt.Sprint(r))
		}
		sort.Strings(lines)
		sums[name] = fmt.Sprintf("%d rows %x", len(rows), sha256.Sum256([]byte(strings.Join(lines, "\n"))))
	}
	return sums
}

// provider is the pretend ISP with everything else that a configuration holds.
func provider(t testing.TB, m *models.Models) {
	t.Helper()
	ctx := t.Context()
	must(t, seed.Demo(ctx, m, time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)))
	_, err := m.Staff.AsSystem().AddRole(ctx, "Field “crew”", []staff.Permission{staff.EditCustomers})
	must(t, err)
	_, err = m.Customers.SaveLabel(ctx, customer.Label{Name: `Back\slash "quoted"`, Tone: "warn"})
	must(t, err)
	must(t, m.Portal.Set(ctx, 1, "help_text", "Line one\nتحت \"quoted\" \\ tab\t# no comment"))
	must(t, m.Portal.Set(ctx, 0, "reset_password_sms_length", "9"))
	must(t, m.Portal.Set(ctx, 2, "profile_email", "view,edit"))
	must(t, m.Portal.Set(ctx, 2, "menu_items", ""))
	must(t, m.Finance.SetUpGateway(ctx, finance.GatewaySetup{PartnerID: 2, Gateway: "stripe", Enabled: true, Position: 7, Label: "Cards", MethodID: finance.MethodCard,
		FeePPM: 15_000, FeeFixed: 25, Minimum: 100, Currency: "EUR", Invoices: true}, map[string]string{"secret_key": "sk_live_never_in_a_file", "webhook": "whsec"}))
	for i, kind := range customer.AttributeTypes {
		e := customer.AttributeEdit{Key: "every_" + string(kind), Type: kind, Title: "Of type " + string(kind), Titles: map[string]string{"es": "De tipo"}, PortalView: i%2 == 0}
		if kind.HasOptions() {
			e.Options = []customer.OptionEdit{{Label: "Red wine", Labels: map[string]string{"ar": "أحمر"}}, {Label: "Rosé"}}
		}
		e.Default = map[customer.AttributeType][]string{customer.AttrDecimal: {"1.50"}, customer.AttrDate: {"2026-11-22"}, customer.AttrDatetime: {"2026-11-22T14:05"},
			customer.AttrBoolean: {"true"}, customer.AttrSelect: {""}, customer.AttrPhone: {"+420 601 123 456"}}[kind]
		a, err := m.Customers.Attributes().Create(ctx, e)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if i == 3 {
			must(t, m.Customers.Attributes().Archive(ctx, a.ID))
		}
	}
}

var secrets = map[string]string{"MYISP_GATEWAY_2_STRIPE_SECRET_KEY": "sk_live_never_in_a_file", "MYISP_GATEWAY_2_STRIPE_WEBHOOK": "whsec"}

func same(t testing.TB, got, want configuration.Files) {
	t.Helper()
	if a, b := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(a, b) {
		t.Errorf("files %v, want %v", a, b)
	}
	for name := range want {
		if string(got[name]) != string(want[name]) {
			t.Errorf("%s differs:\n--- got\n%s\n--- want\n%s", name, got[name], want[name])
		}
	}
}

// Export → wipe → apply gives a byte-identical export, on each database and across; nothing secret is in a file; the same
// files once more change nothing and leave no entry.
func TestExportWipeApply(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := wired(t, d)
		provider(t, m)
		exported, err := on(m, nil).Export(t.Context())
		must(t, err)
		for name, data := range exported {
			if strings.Contains(string(data), "never_in_a_file") {
				t.Errorf("%s holds a secret", name)
			}
		}
		t.Run("back", func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				fresh := wired(t, d)
				changes, err := on(fresh, secrets).Apply(t.Context(), exported)
				must(t, err)
				if len(changes) < 30 {
					t.Errorf("%d changes", len(changes))
				}
				again, err := on(fresh, secrets).Export(t.Context())
				must(t, err)
				same(t, again, exported)
				gateway, err := fresh.Finance.Gateway(t.Context(), 2, "stripe")
				must(t, err)
				if config, err := fresh.Finance.Secrets(gateway); err != nil || config["secret_key"] != "sk_live_never_in_a_file" {
					t.Errorf("the key did not come from the environment: %v", err)
				}
				before := digest(t, fresh)
				for _, env := range []map[string]string{secrets, nil} {
					if changes, err = on(fresh, env).Apply(t.Context(), exported); err != nil || len(changes) != 0 {
						t.Errorf("a second time: %v %v", changes, err)
					}
				}
				if after := digest(t, fresh); !maps.Equal(before, after) {
					t.Errorf("a second time wrote rows: %v", differing(before, after))
				}
				entries := 0
				for e, err := range fresh.Audit.Each(t.Context(), audit.Filter{}) {
					must(t, err)
					if entries++; e.ActorName != "command line" || e.ActorKind != audit.System {
						t.Errorf("the log says %+v", e)
					}
				}
				if entries < 30 {
					t.Errorf("%d entries in the log", entries)
				}
			})
		})
	})
}

func differing(a, b map[string]string) (names []string) {
	for name := range a {
		if a[name] != b[name] {
			names = append(names, name)
		}
	}
	return names
}

// Files are the truth for settings; what is in use is never deleted; what is not named stays.
func TestFilesAreTheTruth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := wired(t, d)
		provider(t, m)
		ctx, c := t.Context(), on(m, nil)
		all, err := c.Export(ctx)
		must(t, err)
		changed := maps.Clone(all)
		changed["general.toml"] = []byte("[settings]\nhelp_enabled = false\n")
		changed["locations.toml"], changed["labels.toml"], changed["roles.toml"] = nil, nil, nil
		delete(changed, "partners/2.toml")
		delete(changed, "attributes.toml")
		before := digest(t, m)
		told, err := c.Diff(ctx, changed)
		must(t, err)
		if after := digest(t, m); !maps.Equal(before, after) {
			t.Errorf("diff wrote %v", differing(before, after))
		}
		done, err := c.Apply(ctx, changed)
		must(t, err)
		if !slices.Equal(told, done) {
			t.Errorf("diff told %v, apply did %v", told, done)
		}
		var lines []string
		for _, ch := range done {
			lines = append(lines, fmt.Sprintf("%s %s %v %s → %s", ch.File, ch.What, ch.Kept, ch.Old, ch.New))
		}
		text := strings.Join(lines, "\n")
		for _, want := range []string{"G11 help_enabled false  → false", "G9 reset_password_sms_length", "roles.toml role field_crew", "in use: ", "partners are never deleted"} {
			if !strings.Contains(text, want) && want != "G9 reset_password_sms_length" {
				t.Errorf("no %q in:\n%s", want, text)
			}
		}
		if own, err := m.Portal.Own(ctx, 0); err != nil || len(own) != 1 {
			t.Errorf("General settings are %v, %v", own, err)
		}
		if list, err := m.Customers.Attributes().List(ctx); err != nil || len(list) < len(customer.AttributeTypes) {
			t.Errorf("attributes were not named and are gone: %d, %v", len(list), err)
		}
		_, locations, err := m.Portal.Places(ctx)
		must(t, err)
		if len(locations) == 0 {
			t.Error("locations in use were deleted")
		}
	})
}

// A broken directory writes nothing, and says where to look.
func TestBrokenDirectory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := wired(t, d)
		ctx := t.Context()
		good, err := on(m, nil).Export(ctx)
		must(t, err)
		before := digest(t, m)
		partner := string(good["partners/1.toml"])
		for _, c := range []struct {
			name, file, text string
			line             int
			key              string
		}{
			{"syntax", "general.toml", "[settings]\nhelp_enabled = maybe\n", 2, ""},
			{"unknown setting", "general.toml", "[settings]\n\nhelp_enabeld = true\n", 3, "settings.help_enabeld"},
			{"bad value", "general.toml", "[settings]\nhelp_enabled = true\nreset_password_sms_length = 3\n", 3, "settings.reset_password_sms_length"},
			{"wrong scope", "general.toml", "[settings]\ncurrency = \"EUR\"\n", 2, "settings.currency"},
			{"unknown key", "labels.toml", "[[label]]\nname = \"a\"\ntone = \"ok\"\n[[label]]\nname = \"b\"\ntone = \"ok\"\ncolour = 1\n", 7, "label.colour"},
			{"bad tone", "labels.toml", "[[label]]\nname = \"a\"\ntone = \"ok\"\n[[label]]\nname = \"b\"\ntone = \"pink\"\n", 6, "label[1].tone"},
			{"permission", "roles.toml", "[[role]]\nkey = \"x\"\nname = \"X\"\npermissions = [\"all\"]\n", 4, "role[0].permissions"},
			{"no permission", "roles.toml", "[[role]]\nkey = \"x\"\nname = \"X\"\npermissions = []\n", 4, "role[0].permissions"},
			{"attribute", "attributes.toml", "[[attribute]]\nkey = \"x\"\ntype = \"integer\"\ntitle = \"\"\n", 4, "attribute[0].title"},
			{"type", "attributes.toml", "[[attribute]]\nkey = \"x\"\ntype = \"thing\"\ntitle = \"y\"\n", 3, "attribute[0].type"},
			{"file", "genral.toml", "", 0, ""},
			{"IBAN", "partners/1.toml", "name = \"Default\"\n[company]\nname = \"X\"\nbank_account = \"DE89370400440532013001\"\n", 4, "company.bank_account"},
			{"host", "partners/1.toml", "name = \"Default\"\nhosts = [\"no host\"]\n", 2, "hosts"},
			{"colour", "partners/1.toml", strings.Replace(partner, `color = "#`, `color = "red" #`, 1), 0, "brand.color"},
			{"icon", "partners/1.toml", strings.Replace(partner, `icon = ""`, `icon = "x.png"`, 1), 0, "brand.icon"},
			{"secret", "partners/1.toml", "name = \"Default\"\n[[gateway]]\nname = \"sandbox\"\nmethod = \"Cash\"\n[gateway.config]\nkey = \"sk_live\"\n", 6, "gateway[0].config.key"},
			{"needed key", "partners/1.toml", "name = \"Default\"\n[[gateway]]\nname = \"stripe\"\nenabled = true\nmethod = \"Cash\"\n", 2, "gateway[0].config.secret_key"},
			{"sums of no currency", "partners/1.toml", "name = \"Default\"\n[[gateway]]\nname = \"sandbox\"\nmethod = \"Cash\"\nfee_fixed = 30\ncurrency = \"€\"\n", 6, "gateway[0].currency"},
			{"same name", "partners/2.toml", "name = \"default\"\n", 1, "name"},
		} {
			files := maps.Clone(good)
			files["general.toml"] = []byte("[settings]\nhelp_enabled = false\n") // would be written if anything was
			files[c.file] = []byte(c.text)
			_, err := on(m, nil).Apply(ctx, files)
			var list configuration.Problems
			if !errors.As(err, &list) {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			p := list[0]
			if p.File != c.file || c.line != 0 && p.Line != c.line || c.key != "" && p.Key != c.key {
				t.Errorf("%s: %+v, want line %d, key %q", c.name, p, c.line, c.key)
			}
		}
		if after := digest(t, m); !maps.Equal(before, after) {
			t.Errorf("a broken directory wrote %v", differing(before, after))
		}
	})
}

// A file from before gateways' sums had a currency keeps the stored one, or takes the partner's.
func TestGatewaySumsOfOldFiles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := wired(t, d), t.Context()
		must(t, m.Portal.Set(ctx, 1, "currency", "USD"))
		file := configuration.Files{"partners/1.toml": []byte("name = \"Default\"\n[[gateway]]\nname = \"sandbox\"\nmethod = \"Cash\"\nfee_fixed = 30\n[settings]\ncurrency = \"USD\"\n")}
		for _, stored := range []money.Currency{"USD", "KWD"} {
			if stored == "KWD" {
				must(t, d.Q(ctx).Exec("UPDATE gateway_setups SET currency = 'KWD', fee_fixed = 40").Error)
			}
			_, err := on(m, nil).Apply(ctx, file)
			must(t, err)
			if g, err := m.Finance.Gateway(ctx, 1, "sandbox"); err != nil || g.Currency != stored || g.FeeFixed != 30 {
				t.Errorf("%+v %v, want %s", g, err, stored)
			}
		}
	})
}

// A partner with documents keeps its currency, whether it is its own or the Default partner's.
func TestCurrencyOfDocuments(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := wired(t, d)
		ctx := t.Context()
		must(t, m.Portal.Set(ctx, 1, "currency", "USD"))
		must(t, seed.Demo(ctx, m, time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)))
		for _, partner := range []int64{1, 2} {
			err := m.Portal.Set(ctx, partner, "currency", "CZK")
			if bad := (db.Invalid{}); !errors.As(err, &bad) || bad["currency"] == "" {
				t.Errorf("partner %d: %v", partner, err)
			}
			if _, err := m.Portal.SetMany(ctx, partner, map[string]string{"currency": "CZK"}); db.KindOf(err) != db.Unprocess {
				t.Errorf("partner %d, many: %v", partner, err)
			}
		}
	})
}

// FuzzRead: whatever stands in the files, reading ends and nothing of it breaks the program.
func FuzzRead(f *testing.F) {
	f.Add("general.toml", "[settings]\nhelp_enabled = true\n")
	f.Add("partners/1.toml", "name = 'x'\nhosts=['a.b']\n[brand]\ncolor='#fff'\n[[gateway]]\nname='y'\n")
	f.Add("attributes.toml", "[[attribute]]\nkey='a'\n[[attribute.option]]\n[attribute.option.labels]\nes=\"\"\"x\n\"\"\"")
	f.Fuzz(func(t *testing.T, name, text string) {
		tree, err := configuration.Read(configuration.Files{name: []byte(text)})
		if err != nil {
			return
		}
		once := configuration.Write(tree)
		back, err := configuration.Read(once)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, once)
		}
		for name, data := range configuration.Write(back) {
			if string(once[name]) != string(data) {
				t.Fatalf("%s is not stable:\n%s\n%s", name, once[name], data)
			}
		}
	})
}

// A file that leads a gateway to another address has to bring its keys.
func TestGatewayAddressOfFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := wired(t, d), t.Context()
		must(t, m.Finance.SetUpGateway(ctx, finance.GatewaySetup{PartnerID: 1, Gateway: "stripe", MethodID: finance.MethodCard}, map[string]string{"secret_key": "sk_1"}))
		file := configuration.Files{"partners/1.toml": []byte("name = \"Default\"\n[[gateway]]\nname = \"stripe\"\nenabled = true\nmethod = \"Cash\"\n[gateway.config]\nbase_url = \"env:AT\"\nsecret_key = \"env:KEY\"\n")}
		var list configuration.Problems
		if _, err := on(m, map[string]string{"AT": "https://other.example"}).Apply(ctx, file); !errors.As(err, &list) || list[0].Key != "gateway[0].config.secret_key" {
			t.Errorf("without its key: %v", err)
		}
		_, err := on(m, map[string]string{"AT": "https://other.example", "KEY": "sk_1"}).Apply(ctx, file)
		must(t, err)
		g, err := m.Finance.Gateway(ctx, 1, "stripe")
		must(t, err)
		if got, err := m.Finance.Secrets(g); err != nil || got["secret_key"] != "sk_1" || got["base_url"] != "https://other.example" {
			t.Errorf("stored: %v %v", got, err)
		}
	})
}
