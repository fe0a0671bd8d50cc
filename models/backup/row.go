package backup

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"gorm.io/gorm/schema"

	"myisp/models/db"
)

// Type is what a column's values are, the same on both databases.
type Type string

// The types, and how a value is written: 12, true, 0.5, "text", "2026-11-22T14:05:00.123456Z", "YmFzZTY0".
const (
	Int   Type = "int"
	Bool  Type = "bool"
	Float Type = "float"
	Text  Type = "text"
	Time  Type = "time"
	Bytes Type = "bytes"
)

// typeOf finds the type of a declared column.
func typeOf(f *schema.Field) (Type, error) {
	switch t := f.IndirectFieldType; {
	case t == reflect.TypeFor[time.Time]():
		return Time, nil
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return Bytes, nil
	case t.Kind() == reflect.Bool:
		return Bool, nil
	case t.Kind() == reflect.String:
		return Text, nil
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint32:
		return Int, nil
	case t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64:
		return Float, nil
	default:
		return "", fmt.Errorf("backup: column %s has type %s, which is none that can be written down", f.DBName, t)
	}
}

// cell reads one column's value from the database.
type cell interface {
	append(line []byte) []byte // as JSON
}

func (t Type) cell(filled bool) any {
	switch t {
	case Int:
		return new(intCell)
	case Bool:
		return new(boolCell)
	case Float:
		return new(floatCell)
	case Time:
		return new(timeCell)
	case Bytes:
		return &bytesCell{filled: filled}
	default:
		return new(textCell)
	}
}

type (
	intCell   struct{ sql.NullInt64 }
	boolCell  struct{ sql.NullBool }
	floatCell struct{ sql.NullFloat64 }
	textCell  struct{ sql.NullString }
	timeCell  struct{ sql.NullTime }
	bytesCell struct {
		b []byte
		// filled says that the column is never NULL: a driver may give nil for no bytes.
		filled bool
	}
)

const null = "null"

func (c *intCell) append(l []byte) []byte {
	if !c.Valid {
		return append(l, null...)
	}
	return strconv.AppendInt(l, c.Int64, 10)
}

func (c *boolCell) append(l []byte) []byte {
	if !c.Valid {
		return append(l, null...)
	}
	return strconv.AppendBool(l, c.Bool)
}

func (c *floatCell) append(l []byte) []byte {
	if !c.Valid {
		return append(l, null...)
	}
	return strconv.AppendFloat(l, c.Float64, 'g', -1, 64)
}

func (c *textCell) append(l []byte) []byte {
	if !c.Valid {
		return append(l, null...)
	}
	text, err := json.Marshal(c.String)
	if err != nil {
		panic(err) // strings have no other
	}
	return append(l, text...)
}

func (c *timeCell) append(l []byte) []byte {
	if !c.Valid {
		return append(l, null...)
	}
	l = append(l, '"')
	l = db.Time(c.Time).AppendFormat(l, time.RFC3339Nano)
	return append(l, '"')
}

// Scan takes a copy: the driver's bytes are gone with the next row.
func (c *bytesCell) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		c.b = nil
	case []byte:
		c.b = append([]byte{}, v...)
	case string:
		c.b = []byte(v)
	default:
		return fmt.Errorf("backup: bytes cannot be %T", v)
	}
	return nil
}

func (c *bytesCell) append(l []byte) []byte {
	if c.b == nil && !c.filled {
		return append(l, null...)
	}
	l = append(l, '"')
	l = base64.StdEncoding.AppendEncode(l, c.b)
	return append(l, '"')
}

// parseRow reads a line of a table's file into values that both databases take.
func parseRow(line []byte, columns []Column) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, fmt.Errorf("%w: a row is no JSON", ErrDamaged)
	}
	if len(raw) != len(columns) {
		return nil, fmt.Errorf("%w: a row has %d values for %d columns", ErrDamaged, len(raw), len(columns))
	}
	row := make([]any, len(raw))
	for i, text := range raw {
		v, err := columns[i].Type.parse(text)
		if err != nil {
			return nil, fmt.Errorf("%w: column %s: %w", ErrDamaged, columns[i].Name, err)
		}
		row[i] = v
	}
	return row, nil
}

func (t Type) parse(text json.RawMessage) (any, error) {
	if string(text) == null {
		return nil, nil
	}
	switch t {
	case Int:
		return strconv.ParseInt(string(text), 10, 64)
	case Bool:
		return strconv.ParseBool(string(text))
	case Float:
		return strconv.ParseFloat(string(text), 64)
	case Text, Time, Bytes:
	default:
		return nil, fmt.Errorf("unknown type %q", t)
	}
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	switch t {
	case Time:
		at, err := time.Parse(time.RFC3339Nano, s)
		return db.Time(at), err
	case Bytes:
		return base64.StdEncoding.DecodeString(s)
	}
	return s, nil
}
