package backup_test

import (
	"io"
	"testing"
	"time"

	"myisp/models/backup"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func readAll(t testing.TB, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	must(t, err)
	return string(b)
}

// FuzzRow: a line of an archive is read or refused; it never brings a value of another type than its column's.
func FuzzRow(f *testing.F) {
	for _, line := range []string{`[1,true,0.5,"a","2026-11-22T14:05:00.123456Z","YQ=="]`, `[null,null,null,null,null,null]`, `[]`, `[1e3,1,"x",2,"2026","*"]`, `{"a":1}`, `[1,2`} {
		f.Add([]byte(line))
	}
	columns := []backup.Column{{"i", backup.Int}, {"b", backup.Bool}, {"f", backup.Float}, {"t", backup.Text}, {"at", backup.Time}, {"raw", backup.Bytes}}
	f.Fuzz(func(t *testing.T, line []byte) {
		row, err := backup.ParseRow(line, columns)
		if err != nil {
			return
		}
		for i, v := range row {
			ok := v == nil
			switch v.(type) {
			case int64:
				ok = i == 0
			case bool:
				ok = i == 1
			case float64:
				ok = i == 2
			case string:
				ok = i == 3
			case time.Time:
				ok = i == 4
			case []byte:
				ok = i == 5
			}
			if !ok {
				t.Errorf("%s: value %d is %T", line, i, v)
			}
		}
	})
}
