package finance

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestGuessText: of several columns that hold text the one with references is read first, then one with the numbers of
// documents, then those whose names say so; several are joined, and none of them is taken for anything else.
func TestGuessText(t *testing.T) {
	rf := Reference{RefInvoice, 602}.Grouped()
	for name, c := range map[string]struct{ file, want, first string }{
		"text before the bank's reference":        {"Date;Payer;Text;Reference;Amount\n2026-11-20;Alice;" + rf + ";A1;20.00\n", "Text Reference", rf + " A1"},
		"references in a column of another name":  {"Date;Payer;Details;Extra;Amount\n2026-11-20;Alice;Transfer;" + rf + ";20.00\n", "Extra Details", rf + " Transfer"},
		"references in what is called the bank's": {"Date;Name;Transaction reference;Amount\n2026-11-20;Alice;" + rf + ";20.00\n", "Transaction reference", rf},
		"numbers of documents":                    {"Date;Name;Description;Note;Amount\n2026-11-20;Alice;Incoming;pays 2026-000371;20.00\n", "Note Description", "pays 2026-000371 Incoming"},
		"numbers with a prefix":                   {"Date;Name;Description;Note;Amount\n2026-11-20;Alice;Incoming;CN2026-00012;20.00\n", "Note Description", "CN2026-00012 Incoming"},
		"German":                                  {"Buchungstag;Auftraggeber;Buchungstext;Verwendungszweck;Betrag\n20.11.2026;Alice;SEPA-Gutschrift;Danke;20,00\n", "Verwendungszweck Buchungstext", "Danke SEPA-Gutschrift"},
		"Spanish":                                 {"Fecha;Ordenante;Concepto;Referencia;Importe\n20/11/2026;Alicia;Recibo;7;20,00\n", "Concepto Referencia", "Recibo 7"},
		"Arabic":                                  {"التاريخ;الاسم;البيان;المبلغ\n2026-11-20;أليس;فاتورة;20.00\n", "البيان", "فاتورة"},
		"the same said twice":                     {"Date;Name;Purpose;Message;Amount\n2026-11-20;Alice;Danke;Danke;20.00\n", "Purpose Message", "Danke"},
		"no name that tells":                      {"Date;Name;Zusatz;Kennung;Amount\n2026-11-20;Alice;so many thanks to you;X1;20.00\n", "Zusatz", "so many thanks to you"},
		"quotes around the sign between columns":  {"Date,Name,Text,Amount\n2026-11-20,\"Carter, Alice\",\"" + rf + ", thanks\",20.00\n", "Text", rf + ", thanks"},
	} {
		f := GuessFormat(c.file)
		var got []string
		for _, field := range bankTexts {
			if f.Columns[field] != "" {
				got = append(got, f.Columns[field])
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: guessed %q of %v", name, got, f.Columns)
		}
		file, err := f.Read(c.file, eur)
		if err != nil || len(file.Lines) != 1 || file.Lines[0].Text != c.first || file.Lines[0].Amount != 2000 || file.Lines[0].Payer == "" {
			t.Errorf("%s: read %+v, %v", name, file, err)
		}
	}
}

// FuzzGuessFormat: whatever a file holds, each column is guessed once at most, and only columns that it has.
func FuzzGuessFormat(f *testing.F) {
	f.Add("Date;Text;Reference;Amount\n2026-11-20;RF18 5390 0754 7034;A1;20.00\n")
	f.Add("a,\"b\n,\",c\r\n\"\",2026-000001")
	f.Add("text,text,id\n1,2,3")
	f.Fuzz(func(t *testing.T, text string) {
		text = BankText([]byte(text))
		format := GuessFormat(text)
		header, seen := BankHeader(text, format), map[string]string{}
		for _, target := range slices.Sorted(maps.Keys(format.Columns)) {
			name := format.Columns[target]
			if name == "" {
				continue
			}
			if !slices.Contains(BankColumns, target) || !slices.Contains(header, name) || seen[name] != "" {
				t.Errorf("%q is %s and %s, of %q", name, target, seen[name], header)
			}
			seen[name] = target
		}
	})
}
