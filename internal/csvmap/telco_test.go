package csvmap

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myisp/internal/money"
)

func mustParse(t testing.TB, src string) *Mapping {
	t.Helper()
	m, err := Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// dump writes records and errors as lines "12 kind name target=value …" to compare them.
func dump(t testing.TB, m *Mapping, csv string) []string {
	t.Helper()
	r, err := NewReader(strings.NewReader(csv), m)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rec, err := range r.Records() {
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		s := strings.TrimSpace(rec.Kind + " " + rec.Name)
		for _, b := range m.blocks {
			for _, f := range b.fields {
				if rec.Name == b.name && rec.Has(f.target) {
					s += " " + f.target + "=" + rec.Text(f.target)
				}
			}
		}
		out = append(out, s)
	}
	return out
}

// TestTelcoSample imports the first lines of the public data set of issue 2, item 8: with a byte order mark, CRLF,
// blank totals, customers with internet, telephone or both.
func TestTelcoSample(t *testing.T) {
	source, err := os.ReadFile("testdata/telco.toml")
	if err != nil {
		t.Fatal(err)
	}
	csv, err := os.ReadFile("testdata/telco.csv")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(csv), "\ufeff") || !strings.Contains(string(csv), "\r\n") {
		t.Fatal("the sample lost its byte order mark or its CRLF")
	}
	m := mustParse(t, string(source))
	if err := m.Check(map[string][]string{
		"customer":    {"login", "name", "email", "country", "city", "zip", "category", "status"},
		"service":     {"customer", "type", "description", "price", "lines"},
		"transaction": {"customer", "amount", "description"},
	}); err != nil {
		t.Error(err)
	}
	customer := func(id, login, city, zip, status string) string {
		return "customer login=" + login + " name=Customer " + id + " email=" + login + "@customers.example country=US city=" + city +
			" zip=" + zip + " category=person status=" + status
	}
	want := []string{
		customer("7590-VHVEG", "7590-vhveg", "Los Angeles", "90001", "active"),
		"service internet customer=7590-vhveg type=internet description=DSL internet price=29.85",
		"transaction opening customer=7590-vhveg amount=29.85 description=Charged before the import",
		customer("5575-GNVDE", "5575-gnvde", "Los Angeles", "90002", "active"),
		"service internet customer=5575-gnvde type=internet description=DSL internet price=56.95",
		"service voice customer=5575-gnvde type=voice price=0 lines=1",
		"transaction opening customer=5575-gnvde amount=1889.50 description=Charged before the import",
		customer("7469-LKBCI", "7469-lkbci", "Los Angeles", "90013", "active"),
		"service voice customer=7469-lkbci type=voice price=18.95 lines=1",
		"transaction opening customer=7469-lkbci amount=326.80 description=Charged before the import",
		customer("4472-LVYGI", "4472-lvygi", "San Bernardino", "92408", "active"),
		"service internet customer=4472-lvygi type=internet description=DSL internet price=52.55",
		customer("3115-CZMZD", "3115-czmzd", "Independence", "93526", "active"),
		"service voice customer=3115-czmzd type=voice price=20.25 lines=1",
		customer("9237-HQITU", "9237-hqitu", "Los Angeles", "90005", "disabled"),
		"service internet customer=9237-hqitu type=internet description=Fiber optic internet price=70.7",
		"service voice customer=9237-hqitu type=voice price=0 lines=1",
		"transaction opening customer=9237-hqitu amount=151.65 description=Charged before the import",
	}
	if d := cmp.Diff(want, dump(t, m, string(csv))); d != "" {
		t.Error(d)
	}
	r, _ := NewReader(strings.NewReader(string(csv)), m)
	total := money.Of(0, "USD")
	for rec, err := range r.Records() {
		if err != nil {
			t.Fatal(err)
		}
		if rec.Has("amount") {
			amount, err := rec.Money("amount", "USD")
			if err != nil {
				t.Error(err)
			}
			total = total.Add(amount)
		}
	}
	if total != money.Of(239780, "USD") || r.Lines() != 7 || r.Bytes() != int64(len(csv)) {
		t.Errorf("total %v, %d lines, %d bytes", total, r.Lines(), r.Bytes())
	}
}

func TestGetters(t *testing.T) {
	const german = "[options]\ndecimal = \",\"\ngrouping = \".\"\ndate_format = \"D.M.YYYY\"\ntrue = [\"ja\", \"x\"]\nfalse = [\"nein\"]\n"
	const english = "[options]\ngrouping = \",\"\ndate_format = \"MM/DD/YYYY hh:mm:ss\"\n"
	const comma = "[options]\ndecimal = \",\"\ndelimiter = \";\"\n"
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ options, getter, value, want string }{
		{"", "money", "29.85", "29.85 USD"}, {"", "money", "-7", "-7.00 USD"}, {"", "money", "1,5", "line 2: k: f: \"1,5\" is not an amount"},
		{"", "money", "1.005", "line 2: k: f: \"1.005\" has more decimals than USD"}, {"", "money", "1e5", "line 2: k: f: \"1e5\" is not an amount"},
		{"", "money", "99999999999999999999", "line 2: k: f: \"99999999999999999999\" is too large"}, {"", "money", "", "line 2: k: f: is empty"},
		{"", "money", "$5", "line 2: k: f: \"$5\" is not an amount"},
		{german, "money", "1.234.567,89", "1234567.89 USD"}, {german, "money", "-1.234,5", "-1234.50 USD"}, {german, "money", "1.23", "line 2: k: f: \"1.23\" is not an amount"},
		{german, "money", "1234,5", "1234.50 USD"}, {german, "money", "1,234.5", "line 2: k: f: \"1,234.5\" is not an amount"},
		{english, "money", "12,34,567.8", "1234567.80 USD"}, {english, "money", "1,23", "line 2: k: f: \"1,23\" is not an amount"},
		{english, "money", ",123", "line 2: k: f: \",123\" is not an amount"}, {english, "money", "1234,567", "line 2: k: f: \"1234,567\" is not an amount"},
		{english, "money", "1,-23", "line 2: k: f: \"1,-23\" is not an amount"}, {english, "money", "-1,234", "-1234.00 USD"},
		{comma, "money", "1,5", "1.50 USD"}, {comma, "money", "1.5", "line 2: k: f: \"1.5\" is not an amount"},
		{"", "decimal", "21.125", "21.125"}, {german, "decimal", "8,25", "8.25"}, {"", "decimal", "1e9", "line 2: k: f: \"1e9\" is not a number"},
		{"", "decimal", "NaN", "line 2: k: f: \"NaN\" is not a number"}, {"", "decimal", "1-2", "line 2: k: f: \"1-2\" is not a number"},
		{"", "int", "42", "42"}, {"", "int", "-42", "-42"}, {english, "int", "1,000", "1000"}, {"", "int", "4.2", "line 2: k: f: \"4.2\" is not a whole number"},
		{"", "int", "99999999999999999999", "line 2: k: f: \"99999999999999999999\" is too large"}, {"", "int", "0x1", "line 2: k: f: \"0x1\" is not a whole number"},
		{"", "bool", "Yes", "true"}, {"", "bool", "0", "false"}, {"", "bool", "maybe", "line 2: k: f: \"maybe\" is neither true nor false"},
		{german, "bool", "JA", "true"}, {german, "bool", "nein", "false"}, {german, "bool", "yes", "line 2: k: f: \"yes\" is neither true nor false"},
		{"", "date", "2024-02-29", "2024-02-29T00:00:00+01:00"}, {"", "date", "2023-02-29", "line 2: k: f: \"2023-02-29\" is not a date as YYYY-MM-DD"},
		{"", "date", "29.2.2024", "line 2: k: f: \"29.2.2024\" is not a date as YYYY-MM-DD"}, {"", "date", "0001-01-01", "line 2: k: f: \"0001-01-01\" is not a date as YYYY-MM-DD"},
		{german, "date", "1.7.2024", "2024-07-01T00:00:00+02:00"}, {english, "date", "12/31/2024 23:59:58", "2024-12-31T23:59:58+01:00"},
	} {
		m := mustParse(t, "kind = \"k\"\n"+c.options+"[fields]\nf = {column = \"a\"}\n")
		cell, join := c.value, ","
		if strings.ContainsAny(cell, ",") {
			cell = `"` + cell + `"`
		}
		if m.options.delimiter == ';' {
			join = ";"
		}
		r, err := NewReader(strings.NewReader("a"+join+"b\n"+cell+join+"x\n"), m)
		if err != nil {
			t.Fatal(err)
		}
		for rec, err := range r.Records() {
			if err != nil {
				t.Fatal(err)
			}
			var got string
			switch c.getter {
			case "money":
				m, e := rec.Money("f", "USD")
				got, err = m.String(), e
			case "decimal":
				d, e := rec.Decimal("f")
				got, err = d.String(), e
			case "int":
				n, e := rec.Int("f")
				got, err = money.FormatMinor(n, 0), e
			case "bool":
				b, e := rec.Bool("f")
				got, err = map[bool]string{true: "true", false: "false"}[b], e
			case "date":
				d, e := rec.Date("f", berlin)
				got, err = d.Format(time.RFC3339), e
			}
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("%s %q with %q: %s, want %s", c.getter, c.value, c.options, got, c.want)
			}
		}
	}
}
