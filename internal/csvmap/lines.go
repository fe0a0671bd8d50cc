package csvmap

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Bounds of a file, so that a broken one cannot fill the memory.
const (
	MaxLine  = 1 << 20  // bytes of a record, line breaks inside quotes included
	MaxField = 64 << 10 // bytes of a cell, and of a value made of several
	maxCells = 4096     // cells of a record
	maxSpan  = 100      // lines of a record
)

// line is one line of the file as it stands there.
type line struct {
	number  int // 1-based
	text    string
	tooLong bool
}

// liner reads records, each of one line or, within quotes, of several.
type liner struct {
	in              *bufio.Reader
	delimiter, quot rune
	number          int
	bytes           int64
	pending         []line // read once as part of a record that was none
}

// badLine is a complaint about a record's text.
type badLine struct {
	number int
	reason string
}

func (b badLine) Error() string { return fmt.Sprintf("line %d: %s", b.number, b.reason) }

// next reads a line. The error is that of the reader, io.EOF after the last line.
func (l *liner) next() (line, error) {
	if len(l.pending) > 0 {
		first := l.pending[0]
		l.pending = l.pending[1:]
		return first, nil
	}
	var text []byte
	tooLong := false
	for {
		chunk, err := l.in.ReadSlice('\n')
		l.bytes += int64(len(chunk))
		if tooLong = tooLong || len(text)+len(chunk) > MaxLine+2; tooLong {
			text = text[:0]
		} else {
			text = append(text, chunk...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || len(text) == 0 && !tooLong) {
			return line{}, err
		}
		l.number++
		s := strings.TrimSuffix(string(text), "\n")
		return line{number: l.number, text: strings.TrimSuffix(s, "\r"), tooLong: tooLong}, nil
	}
}

// record reads the next record that is not a blank line. A badLine error concerns this record alone; after a quote
// that is never closed, reading goes on with the very next line. Every other error ends the file.
func (l *liner) record() (number int, cells []string, err error) {
	first, err := l.next()
	for err == nil && !first.tooLong && strings.TrimSpace(first.text) == "" {
		first, err = l.next()
	}
	if err != nil {
		return 0, nil, err
	}
	p := parser{delimiter: l.delimiter, quot: l.quot}
	reason := p.feed(first)
	var more []line
	for reason == "" && p.open {
		following, err := l.next()
		switch {
		case errors.Is(err, io.EOF), len(more) == maxSpan:
			reason = "a quote is never closed"
		case err != nil:
			return 0, nil, err
		default:
			reason = p.feed(following)
		}
		if err == nil {
			more = append(more, following)
		}
	}
	if reason != "" {
		l.pending = append(more, l.pending...)
		return first.number, nil, badLine{first.number, reason}
	}
	return first.number, p.cells, nil
}

// parser takes a record apart, line by line.
type parser struct {
	delimiter, quot rune
	cells           []string
	cell            strings.Builder // the one within quotes
	open            bool            // within quotes
	size            int
}

// feed adds a line and returns what is wrong with the record, "" if nothing is.
func (p *parser) feed(in line) string {
	p.size += len(in.text) + 1
	switch {
	case in.tooLong || p.size > MaxLine+2:
		return fmt.Sprintf("longer than %d bytes", MaxLine)
	case !utf8.ValidString(in.text):
		return "not UTF-8"
	case strings.ContainsAny(in.text, "\x00\r"):
		return "has a NUL or a carriage return inside"
	}
	rest := in.text
	if p.open {
		p.cell.WriteByte('\n')
	}
	for {
		var reason string
		var last bool
		switch quote, quoted := p.opens(rest); {
		case p.open:
			rest, last, reason = p.within(rest)
		case quoted:
			p.open = true
			rest, last, reason = p.within(rest[len(quote):])
		default:
			rest, last, reason = p.plain(rest)
		}
		if reason != "" || last {
			return reason
		}
	}
}

// opens reports whether a cell begins with a quote.
func (p *parser) opens(s string) (quote string, ok bool) {
	if p.quot == 0 {
		return "", false
	}
	quote = string(p.quot)
	return quote, strings.HasPrefix(s, quote)
}

// plain reads a cell without quotes.
func (p *parser) plain(s string) (rest string, last bool, reason string) {
	cell, rest, found := strings.Cut(s, string(p.delimiter))
	if p.quot != 0 && strings.ContainsRune(cell, p.quot) {
		return "", true, fmt.Sprintf("a quote inside cell %d, which does not begin with one", len(p.cells)+1)
	}
	return rest, !found, p.add(cell)
}

// within reads a cell from behind its opening quote, or from the beginning of a further line of it.
func (p *parser) within(s string) (rest string, last bool, reason string) {
	quote := string(p.quot)
	for {
		before, after, found := strings.Cut(s, quote)
		p.cell.WriteString(before)
		if p.cell.Len() > MaxField {
			return "", true, p.add(p.cell.String())
		}
		if !found {
			return "", true, ""
		}
		if !strings.HasPrefix(after, quote) {
			s = after
			break
		}
		p.cell.WriteString(quote)
		s = after[len(quote):]
	}
	p.open = false
	cell := p.cell.String()
	p.cell.Reset()
	if s == "" {
		return "", true, p.add(cell)
	}
	rest, ok := strings.CutPrefix(s, string(p.delimiter))
	if !ok {
		return "", true, fmt.Sprintf("text behind the closing quote of cell %d", len(p.cells)+1)
	}
	return rest, false, p.add(cell)
}

func (p *parser) add(cell string) (reason string) {
	switch {
	case len(cell) > MaxField:
		return fmt.Sprintf("cell %d is longer than %d bytes", len(p.cells)+1, MaxField)
	case len(p.cells) == maxCells:
		return fmt.Sprintf("more than %d cells", maxCells)
	}
	p.cells = append(p.cells, cell)
	return ""
}
