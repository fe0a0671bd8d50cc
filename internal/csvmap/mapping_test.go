package csvmap

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFields(t *testing.T) {
	const csv = "A,B,C|D\nAnna Díaz,Yes,x\nBob,,y\n"
	for _, c := range []struct{ field, anna, bob string }{
		{`{column = "A"}`, "k f=Anna Díaz", "k f=Bob"},
		{`{const = "v"}`, "k f=v", "k f=v"},
		{`{column = "B"}`, "k f=Yes", "k"},
		{`{column = "B", default = "none"}`, "k f=Yes", "k f=none"},
		{`{column = "B", required = true}`, "k f=Yes", "line 3: k: f: is empty"},
		{`{column = "B", required = true, default = "d"}`, "k f=Yes", "k f=d"},
		{`{column = "B", map = {Yes = "1"}}`, "k f=1", "k"},
		{`{column = "B", map = {Yes = ""}, default = "d"}`, "k f=d", "k f=d"},
		{`{column = "B", map = {Yes = "1", "" = "0"}}`, "k f=1", "k f=0"},
		{`{column = "A", map = {Bob = "1"}}`, `line 2: k: f: "Anna Díaz" is not in the map`, "k f=1"},
		{`{column = "A", map = {Bob = "1", "*" = "2"}}`, "k f=2", "k f=1"},
		{`{column = "A", when = {column = "B", equals = "Yes"}}`, "k f=Anna Díaz", "k"},
		{`{column = "A", required = true, when = {column = "B", equals = "Yes"}}`, "k f=Anna Díaz", "k"},
		{`{column = "A", when = {column = "B", equals = "Yes"}, default = "0"}`, "k f=Anna Díaz", "k f=0"},
		{`{column = "A", when = {column = "B", not_equals = "Yes"}}`, "k", "k f=Bob"},
		{`{column = "A", when = {column = "B", in = ["No", "Yes"]}}`, "k f=Anna Díaz", "k"},
		{`{column = "A", when = {column = "B", not_in = ["No", "Yes"]}}`, "k", "k f=Bob"},
		{`{column = "A", when = {column = "B", empty = true}}`, "k", "k f=Bob"},
		{`{column = "A", when = {column = "B", empty = false}}`, "k f=Anna Díaz", "k"},
		{`{column = "A", when = [{column = "B", empty = false}, {column = "A", equals = "Bob"}]}`, "k", "k"},
		{`{template = "{A|lower}@x.example"}`, "k f=anna díaz@x.example", "k f=bob@x.example"},
		{`{template = "{A|upper}"}`, "k f=ANNA DÍAZ", "k f=BOB"},
		{`{template = "{A|slug}-{B|default:none|lower}"}`, "k f=anna-diaz-yes", "k f=bob-none"},
		{`{template = "{A|replace:a:o|replace: :}"}`, "k f=AnnoDíoz", "k f=Bob"},
		{`{template = "{B}"}`, "k f=Yes", "k"},
		{`{template = '{C\|D} {{x}} {A|replace:n:\}\:\|\\}'}`, `k f=x {x} A}:|\}:|\a Díaz`, "k f=y {x} Bob"},
		{`{template = "{ B | default: a b }"}`, "k f=Yes", "k f= a b "},
	} {
		m := mustParse(t, "kind = \"k\"\n[fields]\nf = "+c.field+"\n")
		if d := cmp.Diff([]string{c.anna, c.bob}, dump(t, m, csv)); d != "" {
			t.Errorf("%s: %s", c.field, d)
		}
	}
	m := mustParse(t, "kind = \"k\"\nwhen = {column = \"A\", equals = \"Bob\"}\n[fields]\nf = {column = \"A\"}\n")
	if d := cmp.Diff([]string{"k f=Bob"}, dump(t, m, csv)); d != "" {
		t.Error("the mapping's own when:", d)
	}
	m = mustParse(t, "[fields]\nf = {template = \""+strings.Repeat("{A|replace:b:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}", 3)+"\"}\n")
	if got := dump(t, m, "A\n"+strings.Repeat("b", 2000)+"\n"); len(got) != 1 || !strings.Contains(got[0], "longer than") {
		t.Errorf("%.100q", got)
	}
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{"Zoë  O'Neil": "zoe-o-neil", "": "", "--a--": "a", "7590-VHVEG": "7590-vhveg", "ﬁx": "fix", "عمر": ""} {
		if got := slug(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestParseNamesTheMistake(t *testing.T) {
	ok := "kind = \"k\"\n\n[fields]\na = {column = \"A\"}\n"
	for _, c := range []struct {
		src  string
		line int
		want string
	}{
		{"", 0, "makes no records"},
		{"[fields]\n", 1, "is empty"},
		{"kind = \"k\"\nx = = 1\n", 2, ""},
		{"a = 1\na = 2\n", 2, ""},
		{ok + "[option]\n", 5, `option: unknown key "option"; known are kind, when, options, fields, rows`},
		{ok + "[options]\n# x\ndelimeter = \";\"\n", 7, `options.delimeter: unknown key "delimeter"`},
		{ok + "b = {colum = \"B\"}\n", 5, `fields.b.colum: unknown key "colum"`},
		{ok + "b = \"B\"\n", 5, "fields.b: must be a table such as"},
		{ok + "b = 5\n", 5, "must be a table"},
		{ok + "b = {}\n", 5, "needs exactly one of column, const, template"},
		{ok + "b = {column = \"B\", const = \"x\"}\n", 5, "needs exactly one"},
		{ok + "b = {const = \"\"}\n", 5, "fields.b.const: is empty"},
		{ok + "b = {const = 5}\n", 5, "fields.b.const: must be a string in quotes"},
		{ok + "b = {column = \"B\", required = \"yes\"}\n", 5, "must be true or false"},
		{ok + "b = {column = \"B\", map = {x = 1}}\n", 5, "fields.b.map.x: must be a string"},
		{ok + "[fields.b]\ncolumn = \"B\"\n[fields.b.map]\nx = \"1\"\ny = 2\n", 9, "fields.b.map.y: must be a string"},
		{ok + "b = {template = \"{B\"}\n", 5, "a { without its }"},
		{ok + "b = {template = \"B}\"}\n", 5, "a } without its {"},
		{ok + "b = {template = \"{}\"}\n", 5, "names no column"},
		{ok + "b = {template = \"{B|lowr}\"}\n", 5, `unknown pipe "lowr"`},
		{ok + "b = {template = \"{B|replace:a}\"}\n", 5, "pipe replace takes 2 arguments, not 1"},
		{ok + "b = {template = \"{B|replace::a}\"}\n", 5, "needs something to replace"},
		{ok + "b = {column = \"B\", when = {column = \"A\"}}\n", 5, "exactly one of equals"},
		{ok + "b = {column = \"B\", when = {equals = \"A\"}}\n", 5, "a column is missing"},
		{ok + "b = {column = \"B\", when = {column = \"A\", equals = \"x\", in = []}}\n", 5, "exactly one of equals"},
		{ok + "b = {column = \"B\", when = {column = \"A\", equals = true}}\n", 5, "must be a string"},
		{ok + "b = {column = \"B\", when = \"A\"}\n", 5, "must be an array of tables"},
		{ok + "[[rows]]\nname = \"x\"\n[rows.fields]\na = {column = \"A\"}\n", 5, "rows[0]: a kind is missing"},
		{ok + "[[rows]]\nkind = \"x\"\n", 5, "rows[0]: fields are missing"},
		{ok + "[[rows]]\nkind = \"x\"\n[rows.fields]\na = {column = \"A\"}\n\n[[rows]]\nkind = \"y\"\nfilter = 1\n[rows.fields]\na = {column = \"A\"}\n", 12, `rows[1].filter: unknown key`},
		{ok + "[[rows]]\nkind = \"x\"\n[rows.fields]\na = {column = \"A\"}\n[[rows]]\nkind = \"y\"\n[rows.fields]\na = {colum = \"A\"}\n", 12, `rows[1].fields.a.colum`},
		{"rows = 5\n", 1, "must be an array of tables"},
		{"rows = [5]\n", 1, "must be a table"},
		{ok + "[options]\ndelimiter = \"\"\n", 6, "must be one character"},
		{ok + "[options]\ndelimiter = \"ab\"\n", 6, "must be one character"},
		{ok + "[options]\ndelimiter = \"\\n\"\n", 6, "must be one character"},
		{ok + "[options]\ndelimiter = \"x\"\n", 6, "cannot be a letter"},
		{ok + "[options]\ndelimiter = \"'\"\nquote = \"'\"\n", 6, "cannot be a letter, a digit or the quote"},
		{ok + "[options]\ndecimal = \"x\"\n", 6, `must be "." or ","`},
		{ok + "[options]\ngrouping = \".\"\n", 6, "not the decimal separator"},
		{ok + "[options]\nempty = \"NA\"\n", 6, "must be a list of strings"},
		{ok + "[options]\ntrue = [\"x\"]\nfalse = [\"X\"]\n", 7, `"x" is true as well`},
		{ok + "[options]\ndate_format = \"2006-01-02\"\n", 6, "must name year"},
		{ok + "[options]\ndate_format = \"YYYY-MM\"\n", 6, "must name year"},
		{ok + "[options]\ndate_format = \"YYYY-MM-DD DD\"\n", 6, "must name year"},
		{ok + "[options]\nempty = [\n  \"\",\n  \"[fields]\", # ]\n]\ntrim = 1\n", 10, "options.trim: must be true or false"},
		{ok + "b = {const = \"\"\"\n[x]\n\"\"\"}\nc = 5\n", 8, "fields.c: must be a table"},
		{"kind = \"\"\"\n[x\"\"\"\nwen = 1\n[fields]\na = {column = \"A\"}\n", 3, "unknown key \"wen\""},
		{"kind = \"x\\\"[\"\nwen = 1\n", 2, "unknown key \"wen\""},
		{strings.Repeat("#", MaxMapping+1), 0, "longer than"},
	} {
		m, err := Parse([]byte(c.src))
		e, ok := errors.AsType[*MapError](err)
		if !ok || m != nil || e.Line != c.line || !strings.Contains(e.Error(), c.want) {
			t.Errorf("%.300s\n: %v, want line %d: %s", c.src, err, c.line, c.want)
		}
	}
}

func TestCheckAndColumns(t *testing.T) {
	m := mustParse(t, "[fields]\nlogin = {template = \"{A} {B}\"}\ncity = {column = \"C\", when = {column = \"D\", empty = true}}\n[[rows]]\nkind = \"service\"\nwhen = {column = \"E\", equals = \"x\"}\n[rows.fields]\nprice = {column = \"A\"}\n")
	if d := cmp.Diff([]string{"A", "B", "C", "D", "E"}, m.Columns()); d != "" {
		t.Error(d)
	}
	m.Kind = "customer"
	targets := map[string][]string{"customer": {"login", "city"}, "service": {"price"}}
	if err := m.Check(targets); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		targets map[string][]string
		want    string
	}{
		{map[string][]string{"customer": {"login"}, "service": {"price"}}, "mapping line 3: fields.city: a customer has no such field; known are login"},
		{map[string][]string{"customer": {"login", "city"}}, `mapping line 4: rows[0]: kind "service" cannot be imported; known are customer`},
	} {
		if err := m.Check(c.targets); fmt.Sprint(err) != c.want {
			t.Error(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(twoColumns, "A,B\n1,2\n")
	f.Add("rows = [{kind = \"x\", fields = {a = {template = \"{A|replace:a:b}\"}}}]\n", "A\nx\n")
	f.Add("[fields.\"a.b\"]\ncolumn = 'A'\nmap = {\"*\" = \"\"}\n[options]\nempty = [\"\"\"\n]\"\"\"]\n", "A\nx\n")
	f.Fuzz(func(t *testing.T, src, csv string) {
		m, err := Parse([]byte(src))
		if err != nil {
			if e, ok := errors.AsType[*MapError](err); !ok || e.Line > 2+strings.Count(src, "\n") {
				t.Errorf("%v", err)
			}
			return
		}
		if len(m.blocks) == 0 {
			t.Error("a mapping that makes nothing")
		}
		r, err := NewReader(strings.NewReader(csv), m)
		if err != nil {
			return
		}
		for rec, err := range r.Records() {
			if err == nil && rec.Kind == "" && !m.main {
				t.Error("a record without a kind")
			}
			for target := range rec.Values {
				_, _ = rec.Money(target, "USD")
				_, _ = rec.Decimal(target)
				_, _ = rec.Int(target)
			}
		}
	})
}

func FuzzTemplate(f *testing.F) {
	f.Add("{a|lower|replace:x:y}@{{z}}")
	f.Add(`{a\}|default:\|}`)
	f.Fuzz(func(t *testing.T, s string) {
		tpl, err := parseTemplate(s)
		if err != nil {
			return
		}
		if _, ok := tpl.fill(func(string) string { return "Value é" }); !ok && len(s) < 1000 {
			t.Errorf("%q grows too long", s)
		}
		for _, c := range tpl.columns() {
			if strings.TrimSpace(c) == "" {
				t.Errorf("%q has a column without a name", s)
			}
		}
	})
}
