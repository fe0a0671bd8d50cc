package finance

import (
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// GuessFormat looks at the beginning of a statement for how it is written. What it does not find is left for staff.
func GuessFormat(text string) BankFormat {
	f := BankFormat{Delimiter: ",", Decimal: "1234.56", Date: BankDates[0], Columns: map[string]string{}}
	var lines []string
	for line := range strings.Lines(text) {
		if lines = append(lines, strings.TrimRight(line, "\r\n")); len(lines) == 40 {
			break
		}
	}
	most := 0
	for _, d := range BankDelimiters {
		for i, line := range lines { // the header is the first of the widest lines
			if n := separators(line, d); n > most {
				most, f.Delimiter, f.Skip = n, d, i
			}
		}
	}
	names := BankHeader(text, f)
	cells := bankCells(lines[min(f.Skip, len(lines)):], f.Delimiter)
	texts, taken := textColumns(names, cells), map[string]string{}
	for _, name := range texts { // what holds references is no bank's id, whatever it is called
		if referred(cells[name]) > 0 {
			taken["for the text: "+name] = name
		}
	}
	for _, target := range []string{"bank_id", "day", "amount", "currency", "account", "payer"} {
		f.Columns[target] = guessColumn(names, bankWords[target], taken)
		taken[target] = f.Columns[target]
	}
	texts = slices.DeleteFunc(texts, func(name string) bool { return slices.Contains(slices.Collect(maps.Values(f.Columns)), name) })
	if len(texts) == 0 {
		texts = wordiest(names, cells, f.Columns)
	}
	for i, name := range texts[:min(len(texts), len(bankTexts))] {
		f.Columns[bankTexts[i]] = name
	}
	f.Date = guessDate(cells[f.Columns["day"]])
	f.Decimal = guessDecimal(cells[f.Columns["amount"]])
	return f
}

// separators counts the signs between columns of a line: those within quotes are none.
func separators(line, sign string) (n int) {
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 0 {
			n += strings.Count(part, sign)
		}
	}
	return n
}

// BankHeader lists the columns of a statement, as its delimiter, its lines before the header and its header say.
func BankHeader(text string, f BankFormat) []string {
	line, _, _ := strings.Cut(skipLines(text, f.Skip), "\n")
	var names []string
	for i, cell := range strings.Split(strings.TrimRight(line, "\r"), orText(f.Delimiter, ",")) {
		name := strings.TrimSpace(strings.Trim(strings.TrimSpace(cell), `"`))
		if f.Headless {
			name = strconv.Itoa(i + 1)
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, cut(name, 100))
		}
		if len(names) == 100 {
			break
		}
	}
	return names
}

func orText(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// bankWords are what banks call their columns, the surest first.
var bankWords = map[string][]string{
	"day":      {"booking date", "buchungstag", "buchungsdatum", "fecha operaci", "fecha valor", "transaction date", "value date", "date", "datum", "fecha", "valuta", "التاريخ", "تاريخ"},
	"amount":   {"amount", "betrag", "importe", "bedrag", "montant", "credit", "haber", "abono", "المبلغ", "مبلغ", "value"},
	"currency": {"currency", "währung", "waehrung", "moneda", "divisa", "devise", "ccy", "العملة"},
	"payer":    {"payer", "counterparty", "auftraggeber", "zahlungspflichtig", "ordenante", "debtor", "name", "remitter", "الاسم", "المرسل"},
	"account":  {"payer iban", "counterparty iban", "iban", "account", "konto", "cuenta", "الحساب"},
	"text": {"remittance", "verwendungszweck", "concepto", "purpose", "message", "mededeling", "description", "details", "communication", "text", "narrative", "zweck", "libell", "motif",
		"omschrijving", "observaci", "asunto", "memo", "reference", "referenz", "referencia", "البيان", "الوصف", "التفاصيل", "الغرض", "المرجع"},
	"bank_id": {"transaction id", "transaction reference", "bank reference", "entry reference", "transaktions", "referencia banco", "fitid", "id"},
}

// foldedName is a column's name as bankWords are written.
func foldedName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return ' '
		}
		return unicode.ToLower(r)
	}, name)
}

func guessColumn(names, words []string, taken map[string]string) string {
	for _, w := range words {
		for _, name := range names {
			used := false
			for _, other := range taken {
				used = used || other == name
			}
			if folded := foldedName(name); !used && (folded == w || len(w) > 2 && strings.Contains(folded, w)) {
				return name
			}
		}
	}
	return ""
}

// bankCells are the values of each column in the lines of a statement, whose first is the header. Broken lines are left out.
func bankCells(lines []string, delimiter string) map[string][]string {
	r := csv.NewReader(strings.NewReader(strings.Join(lines, "\n")))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = []rune(delimiter)[0], true, -1
	cells := map[string][]string{}
	names, err := r.Read()
	for i, name := range names {
		names[i] = cut(strings.TrimSpace(name), 100)
	}
	for err == nil || !errors.Is(err, io.EOF) {
		var record []string
		if record, err = r.Read(); err != nil {
			continue // a broken line, or the end
		}
		for i, cell := range record[:min(len(record), len(names))] {
			cells[names[i]] = append(cells[names[i]], strings.TrimSpace(cell))
		}
	}
	return cells
}

// numberLike is written like the number of a document: a year, perhaps behind some letters, and a running number.
var numberLike = regexp.MustCompile(`\b[A-Z]{0,4}(?:19|20)[0-9]{2}-?[0-9]{5,10}\b`)

// referred counts the values that name a document or a customer by a creditor reference.
func referred(values []string) (n int) {
	for _, v := range values {
		if len(ParseReferences(v)) > 0 {
			n++
		}
	}
	return n
}

// textColumns are the columns that may hold what payers wrote, the likeliest first: those with references in them, then with
// numbers of documents, then by their names.
func textColumns(names []string, cells map[string][]string) []string {
	score := map[string]int{}
	for _, name := range names {
		for i, w := range bankWords["text"] {
			if strings.Contains(foldedName(name), w) {
				score[name] = len(bankWords["text"]) - i
				break
			}
		}
		for _, v := range cells[name] {
			if numberLike.MatchString(v) {
				score[name] += 100
				break
			}
		}
		score[name] += 1000 * referred(cells[name])
	}
	likely := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return score[name] == 0 })
	slices.SortStableFunc(likely, func(a, b string) int { return score[b] - score[a] })
	return likely
}

// wordiest is the column with the most words, of those that are nothing else, where no name tells which holds the text.
func wordiest(names []string, cells map[string][]string, taken map[string]string) []string {
	best, most := "", 0
	for _, name := range names {
		words := 0
		for _, v := range cells[name] {
			words += strings.Count(v, " ")
		}
		if words > most && !slices.Contains(slices.Collect(maps.Values(taken)), name) {
			best, most = name, words
		}
	}
	if best == "" {
		return nil
	}
	return []string{best}
}

// guessDate takes the order that most values fit, the first of several: some lines of a file may be broken.
func guessDate(values []string) string {
	best, most := BankDates[0], 0
	for _, date := range BankDates {
		layout := strings.NewReplacer("YYYYMMDD", "20060102", "YYYY", "2006", "YY", "06", "M", "1", "D", "2", "hh", "15", "mm", "04", "ss", "05").Replace(date)
		fit := 0
		for _, v := range values {
			if _, err := time.Parse(layout, v); err == nil {
				fit++
			}
		}
		if fit > most {
			best, most = date, fit
		}
	}
	return best
}

// guessDecimal looks for the sign before the last digits: three of them behind a single sign are a group.
func guessDecimal(values []string) string {
	for _, style := range []string{"1,234.56", "1.234,56", "1 234,56", "1'234.56"} {
		group, point := style[1:2], style[5:6]
		for _, v := range values {
			v = strings.ReplaceAll(v, "\u00a0", " ")
			if g, p := strings.Index(v, group), strings.LastIndex(v, point); g > 0 && p > g && (group != " " || g > 0 && v[g-1] >= '0' && v[g-1] <= '9') {
				return style
			}
		}
	}
	for _, v := range values {
		if i := strings.LastIndex(v, ","); i >= 0 && len(strings.TrimRight(v[i+1:], " €$EURSD-+")) != 3 {
			return "1234,56"
		}
	}
	return BankDecimals[0]
}
