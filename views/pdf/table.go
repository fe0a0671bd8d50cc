package pdf

// column is one of a table. Width 0 takes what the others leave; align is L or R.
type column struct {
	title string
	width float64
	align string
}

// cell is a text with an optional second line in a quieter tone, below it.
type cell struct {
	text, below string
	bold        bool
}

// table draws rows under a heading that each further page repeats.
type table struct {
	s    *sheet
	cols []column
	x    []float64
}

func (s *sheet) table(cols []column) *table {
	t := &table{s: s, cols: cols}
	rest := width
	for _, c := range cols {
		rest -= c.width
	}
	x := left
	for i := range t.cols {
		if t.cols[i].width == 0 {
			t.cols[i].width = rest
		}
		t.x = append(t.x, x)
		x += t.cols[i].width
	}
	return t
}

const gutter = 3.0 // between a column's text and the next column

func (t *table) head(y float64) float64 {
	t.s.font("", 8, muted)
	for i, c := range t.cols {
		t.s.fit(t.x[i], y, t.inner(i), c.align, c.title)
	}
	t.s.line(left, y+5.4, right, rule, 0.3)
	return y + 7.4
}

func (t *table) inner(i int) float64 {
	if i == len(t.cols)-1 {
		return t.cols[i].width
	}
	return t.cols[i].width - gutter
}

// row draws one row at y, on a new page where it does not fit any more, and returns the y below it.
func (t *table) row(y float64, cells ...cell) float64 {
	type block struct{ lines, below []string }
	blocks, height := make([]block, len(cells)), 0.0
	for i, c := range cells {
		var b block
		t.s.font(style(c.bold), 9, ink)
		if t.cols[i].align == "L" {
			b.lines = t.s.wrap(c.text, t.inner(i))
		} else {
			b.lines = []string{c.text}
		}
		if c.below != "" {
			t.s.font("", 7.5, muted)
			b.below = t.s.wrap(c.below, t.inner(i))
		}
		blocks[i] = b
		height = max(height, float64(len(b.lines))*4.4+float64(len(b.below))*3.8)
	}
	if y = t.s.room(y, height+2.6); y < 40 {
		y = t.head(y)
	}
	for i, b := range blocks {
		at := y
		t.s.font(style(cells[i].bold), 9, ink)
		for _, l := range b.lines {
			if t.cols[i].align == "L" {
				t.s.text(t.x[i], at, t.inner(i), "L", l)
			} else {
				t.s.fit(t.x[i], at, t.inner(i), t.cols[i].align, l)
			}
			at += 4.4
		}
		t.s.font("", 7.5, muted)
		for _, l := range b.below {
			t.s.text(t.x[i], at, t.inner(i), t.cols[i].align, l)
			at += 3.8
		}
	}
	y += height + 1.3
	t.s.line(left, y, right, rule, 0.2)
	return y + 1.3
}

func style(bold bool) string {
	if bold {
		return "B"
	}
	return ""
}

// room returns y where height still fits on the page, or else the top of a new page.
func (s *sheet) room(y, height float64) float64 {
	if y+height <= bottom {
		return y
	}
	s.f.AddPage()
	return 20
}
