package csvmap

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const twoColumns = "kind = \"k\"\n[fields]\na = {column = \"A\"}\nb = {column = \"B\"}\n"

func TestReader(t *testing.T) {
	long := strings.Repeat("x", MaxField+1)
	for _, c := range []struct {
		name, options, csv string
		want               []string
	}{
		{"plain", "", "A,B\n1,2\n3,4", []string{"k a=1 b=2", "k a=3 b=4"}},
		{"BOM, CRLF, blank lines, other columns", "", "\ufeffX,B, A \r\n9,2,1\r\n\r\n   \r\n9,4,3\r\n", []string{"k a=1 b=2", "k a=3 b=4"}},
		{"quotes", "", "A,B\n\"1,\"\"x\"\"\",\"\"\n\"two\nlines\",2\n", []string{"k a=1,\"x\"", "k a=two\nlines b=2"}},
		{"CRLF in quotes", "", "A,B\r\n\"two\r\nlines\",2\r\n", []string{"k a=two\nlines b=2"}},
		{"quoted header", "", "\"A\",\"B\"\n1,2\n", []string{"k a=1 b=2"}},
		{"semicolon and apostrophe", "[options]\ndelimiter = \";\"\nquote = \"'\"\n", "A;B\n'1;2';\"3\n", []string{"k a=1;2 b=\"3"}},
		{"tab and no quotes", "[options]\ndelimiter = \"\\t\"\nquote = \"\"\n", "A\tB\n\"1\t2\"\n", []string{"k a=\"1 b=2\""}},
		{"delimiter beyond ASCII", "[options]\ndelimiter = \"¦\"\n", "A¦B\n1¦\"2\"\n", []string{"k a=1 b=2"}},
		{"empty cells", "[options]\nempty = [\"\", \"NA\"]\n", "A,B\n NA , \n", []string{"k"}},
		{"NA kept", "", "A,B\nNA,2\n", []string{"k a=NA b=2"}},
		{"no trim", "[options]\ntrim = false\n", "A,B\n 1, \n", []string{"k a= 1 b= "}},
		{"too few and too many", "", "A,B\n1\n1,2,3\n5,6\n", []string{"line 2: has 1 cells, not 2 as the first line", "line 3: has 3 cells, not 2 as the first line", "k a=5 b=6"}},
		{"quote inside", "", "A,B\n1\",2\n5,6\n", []string{"line 2: a quote inside cell 1, which does not begin with one", "k a=5 b=6"}},
		{"text behind quote", "", "A,B\n1,\"2\"x\n5,6\n", []string{"line 2: text behind the closing quote of cell 2", "k a=5 b=6"}},
		{"open quote", "", "A,B\n1,\"2\n5,6\n7,8\n", []string{"line 2: a quote is never closed", "k a=5 b=6", "k a=7 b=8"}},
		{"open quote, then a good one", "", "A,B\n1,\"2\n\"5\",6\n7,8\n", []string{"line 2: text behind the closing quote of cell 2", "k a=5 b=6", "k a=7 b=8"}},
		{"open quote far from the end", "", "A,B\n1,\"2\n" + strings.Repeat("5,6\n", 300),
			append([]string{"line 2: a quote is never closed"}, strings.Split(strings.Repeat("k a=5 b=6;", 299)+"k a=5 b=6", ";")...)},
		{"as many lines as a record may have", "", "A,B\n\"" + strings.Repeat("\n", 100) + "\",2\n", []string{"k b=2"}},
		{"one line more", "", "A,B\n\"" + strings.Repeat("\n", 101) + "\",2\n",
			[]string{"line 2: a quote is never closed", "line 103: a quote is never closed"}},
		{"not UTF-8", "", "A,B\n1,\xe9\n5,6\n", []string{"line 2: not UTF-8", "k a=5 b=6"}},
		{"NUL", "", "A,B\n1,\x00\n5,6\n", []string{"line 2: has a NUL or a carriage return inside", "k a=5 b=6"}},
		{"old Mac", "", "A,B\n1,2\r3,4\n5,6\n", []string{"line 2: has a NUL or a carriage return inside", "k a=5 b=6"}},
		{"long cell", "", "A,B\n" + long + ",2\n5,6\n", []string{"line 2: cell 1 is longer than 65536 bytes", "k a=5 b=6"}},
		{"long quoted cell", "", "A,B\n\"" + long + "\",2\n5,6\n", []string{"line 2: cell 1 is longer than 65536 bytes", "k a=5 b=6"}},
		{"longest cell", "", "A,B\n" + long[1:] + ",2\n", []string{"k a=" + long[1:] + " b=2"}},
		{"long line", "", "A,B\n" + strings.Repeat("x", 3*MaxLine) + ",2\n5,6\n", []string{"line 2: longer than 1048576 bytes", "k a=5 b=6"}},
		{"long last line", "", "A,B\n" + strings.Repeat("x", 3*MaxLine), []string{"line 2: longer than 1048576 bytes"}},
		{"header alone", "", "A,B\n", nil},
		{"no header", "[options]\nheader = false\n", "\n1,2\n3\n", []string{"k a=1 b=2", "line 3: has 1 cells, not 2 as the first line"}},
	} {
		mapping := twoColumns
		if strings.Contains(c.options, "header = false") {
			mapping = strings.NewReplacer(`"A"`, `"1"`, `"B"`, `"2"`).Replace(mapping)
		}
		m := mustParse(t, strings.Replace(mapping, "[fields]", c.options+"[fields]", 1))
		if d := cmp.Diff(c.want, dump(t, m, c.csv)); d != "" {
			t.Errorf("%s: %.2000s", c.name, d)
		}
	}
}

func TestNewReaderRefuses(t *testing.T) {
	m := mustParse(t, twoColumns)
	for csv, want := range map[string]string{
		"": "it is empty", "\ufeff": "it is empty", "\n\n": "it is empty",
		"\xff\xfeA\x00": "UTF-16", "\xfe\xff\x00A": "UTF-16", "A,\xe9\n": "line 1: not UTF-8", "A,\"B\n": "line 1: a quote is never closed",
		"A\n1\n": `no column "B" (mapping line 4: fields.b)`, "a,b\n": `no column "A" (mapping line 3: fields.a)`, "A;B\n": "no column",
		"A,B,A\n": `column "A" is there twice (mapping line 3: fields.a)`,
	} {
		if _, err := NewReader(strings.NewReader(csv), m); !errors.Is(err, ErrHeader) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", csv, err, want)
		}
	}
	if _, err := NewReader(strings.NewReader("A,B,C,C\n"), m); err != nil {
		t.Error("a column nobody reads may be there twice:", err)
	}
}

// TestLongLinesAreNotKept reads a line of 64 MiB.
func TestLongLinesAreNotKept(t *testing.T) {
	endless := io.LimitReader(letters{}, 64<<20)
	l := liner{in: bufio.NewReader(io.MultiReader(endless, strings.NewReader("\nnext\n")))}
	first, err := l.next()
	if err != nil || !first.tooLong || first.text != "" || l.bytes != 64<<20+1 {
		t.Errorf("%d bytes kept, too long %v, %d bytes read, %v", len(first.text), first.tooLong, l.bytes, err)
	}
	if second, err := l.next(); err != nil || second != (line{number: 2, text: "next"}) {
		t.Errorf("%+v, %v", second, err)
	}
}

type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestRecordsPassOnTheFilesErrors(t *testing.T) {
	broken := errors.New("disk gone")
	r, err := NewReader(io.MultiReader(strings.NewReader("A,B\n1,2\n3"), iotest.ErrReader(broken)), mustParse(t, twoColumns))
	if err != nil {
		t.Fatal(err)
	}
	var records, failures int
	for _, err := range r.Records() {
		if err == nil {
			records++
			continue
		}
		failures++
		if _, isLine := errors.AsType[*LineError](err); isLine || !errors.Is(err, broken) {
			t.Error(err)
		}
	}
	if records != 1 || failures != 1 {
		t.Errorf("%d records, %d errors", records, failures)
	}
	if _, err := NewReader(iotest.ErrReader(broken), mustParse(t, twoColumns)); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// TestRecordsStopAndGoOn breaks off in the middle of a line's records.
func TestRecordsStopAndGoOn(t *testing.T) {
	m := mustParse(t, twoColumns+"[[rows]]\nkind = \"r\"\n[rows.fields]\na = {column = \"A\"}\n")
	r, err := NewReader(strings.NewReader("A,B\n1,2\nx\n3,4\n"), m)
	if err != nil {
		t.Fatal(err)
	}
	for range r.Records() {
		break
	}
	var got []string
	for rec, err := range r.Records() {
		got = append(got, fmt.Sprint(rec.Line, rec.Kind, err != nil))
		if err != nil {
			break
		}
	}
	for rec := range r.Records() {
		got = append(got, fmt.Sprint(rec.Line, rec.Kind))
	}
	if d := cmp.Diff([]string{"3true", "4k", "4r"}, got); d != "" {
		t.Error(d)
	}
}

// TestReaderReadsWhatAWriterWrites quotes cells as RFC 4180 says and reads them back.
func TestReaderReadsWhatAWriterWrites(t *testing.T) {
	m := mustParse(t, strings.Replace(twoColumns, "[fields]", "[options]\ntrim = false\n[fields]", 1))
	cell := rapid.StringMatching(`[a-z,"\n ñ😀;']{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		var file strings.Builder
		file.WriteString("A,B\n")
		var want [][2]string
		for range rapid.IntRange(0, 5).Draw(t, "lines") {
			pair := [2]string{cell.Draw(t, "a"), cell.Draw(t, "b")}
			want = append(want, pair)
			for i, s := range pair {
				if rapid.Bool().Draw(t, "quoted") || strings.ContainsAny(s, "\",\n") {
					s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
				}
				file.WriteString(s + string(",\n"[i]))
			}
		}
		r, err := NewReader(iotest.OneByteReader(strings.NewReader(file.String())), m)
		if err != nil {
			t.Fatal(err)
		}
		var got [][2]string
		for rec, err := range r.Records() {
			if err != nil {
				t.Fatalf("%q: %v", file.String(), err)
			}
			got = append(got, [2]string{rec.Text("a"), rec.Text("b")})
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%q: %s", file.String(), d)
		}
	})
}

func FuzzReader(f *testing.F) {
	f.Add("A,B\n1,2\n", ",", `"`)
	f.Add("\ufeffA;B\r\n'1\r\n;\r\n2';\r\n", ";", "'")
	f.Add("A,B\n\"1,2\n3,4\n\"\"5\"\",\"6\"7\n", ",", `"`)
	f.Fuzz(func(t *testing.T, csv, delimiter, quote string) {
		m, err := Parse([]byte(strings.Replace(twoColumns, "[fields]", fmt.Sprintf("[options]\ndelimiter = %q\nquote = %q\n[fields]", delimiter, quote), 1)))
		if err != nil {
			return
		}
		r, err := NewReader(strings.NewReader(csv), m)
		if err != nil {
			return
		}
		last := 0
		for rec, err := range r.Records() {
			if rec.Line <= last || rec.Line > 1+strings.Count(csv, "\n") {
				t.Fatalf("line %d after line %d of %q", rec.Line, last, csv)
			}
			last = rec.Line
			if _, isLine := errors.AsType[*LineError](err); err != nil && !isLine {
				t.Fatal(err)
			}
			for _, v := range rec.Values {
				if v == "" || len(v) > MaxField {
					t.Fatalf("value %q", v)
				}
			}
		}
		if r.Bytes() != int64(len(csv)) {
			t.Errorf("%d of %d bytes read", r.Bytes(), len(csv))
		}
	})
}
