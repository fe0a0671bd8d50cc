package finance

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/db/dbtest"

	"pgregory.net/rapid"
)

const statement = "Account,DE89370400440532013000\n" +
	"Buchungstag;Auftraggeber;IBAN;Verwendungszweck;Betrag;Währung\n" +
	"20.11.2026;Alice Carter;DE02120300000000202051;\"Rechnung RF63 I000 0000 01\";1.234,56;EUR\n" +
	"20.11.2026;Alice Carter;DE02120300000000202051;\"Rechnung RF63 I000 0000 01\";1.234,56;EUR\n" +
	"21.11.2026;Landlord;;rent;-700,00;EUR\n" +
	"22.11.2026;Bob;;what for;12,345;EUR\n" +
	"32.11.2026;Bob;;what for;12,34;EUR\n" +
	"22.11.2026;Bob;;what for;12,34;USD\n" +
	"22.11.2026;Bob\n" +
	"22.11.2026;Carl;;thanks;+5,00 EUR;EUR\n"

// A statement is read as banks write it: lines before the header, semicolons, decimal commas, Windows-1252, a mark. Bad lines
// are told by number, the same line twice is one.
func TestBankFile(t *testing.T) {
	latin := []byte(strings.ReplaceAll(statement, "ä", "\xe4"))
	for name, data := range map[string][]byte{"UTF-8": []byte(statement), "marked": []byte("\ufeff" + statement), "Windows-1252": latin, "UTF-16": utf16of(statement),
		"CRLF": []byte(strings.ReplaceAll(statement, "\n", "\r\n"))} {
		text := BankText(data)
		f := GuessFormat(text)
		if f.Delimiter != ";" || f.Skip != 1 || f.Decimal != "1.234,56" || f.Columns["currency"] != "Währung" || f.Columns["payer"] != "Auftraggeber" {
			t.Errorf("%s: guessed %+v", name, f)
		}
		file, err := f.Read(text, eur)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(file.Lines) != 3 || file.Lines[0].Amount != 123_456 || file.Lines[0].Line != 3 || file.Lines[0].Known || !file.Lines[1].Known || file.Lines[2].Amount != 500 || file.Out != 1 {
			t.Errorf("%s: %+v, %d out", name, file.Lines, file.Out)
		}
		want := []BadLine{{6, "amount", "12,345"}, {7, "day", "32.11.2026"}, {8, "currency", "USD"}, {9, "line", ""}}
		if len(file.Bad) != len(want) {
			t.Fatalf("%s: bad %v", name, file.Bad)
		}
		for i := range want {
			if file.Bad[i] != want[i] {
				t.Errorf("%s: bad line %v, want %v", name, file.Bad[i], want[i])
			}
		}
	}
}

func utf16of(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, r := range s {
		out = append(out, byte(r), byte(r>>8))
	}
	return out
}

// Every amount of 0, 2 and 3 decimals comes back in every decimal style, to the last unit.
func TestBankDecimals(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := rapid.SampledFrom([]money.Currency{"JPY", "USD", "KWD"}).Draw(rt, "currency")
		style := rapid.SampledFrom(BankDecimals).Draw(rt, "style")
		amount := rapid.Int64Range(1, 1_000_000_000_000).Draw(rt, "amount")
		whole, frac, _ := strings.Cut(money.Of(amount, c).Decimal(), ".")
		point, group := ".", ""
		if strings.HasSuffix(style, ",56") {
			point = ","
		}
		if len(style) == 8 {
			group = style[1:2]
		}
		var b strings.Builder
		for i, r := range whole {
			if i > 0 && (len(whole)-i)%3 == 0 {
				b.WriteString(group)
			}
			b.WriteRune(r)
		}
		if frac != "" {
			b.WriteString(point + frac)
		}
		f := BankFormat{Delimiter: ";", Decimal: style, Date: BankDates[0], Columns: map[string]string{"day": "d", "amount": "a"}}
		file, err := f.Read("d;a\n2026-11-22;"+b.String()+"\n", c)
		if err != nil || len(file.Lines) != 1 || file.Lines[0].Amount != amount {
			rt.Fatalf("%s in %s: %+v %v", b.String(), style, file, err)
		}
	})
}

func FuzzBankFile(f *testing.F) {
	f.Add([]byte(statement))
	f.Add([]byte("\xff\xfea\x00"))
	f.Add([]byte("a,b\n\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		text := BankText(data)
		format := GuessFormat(text)
		if _, err := format.Read(text, eur); err != nil {
			var bad db.Invalid
			if !errors.Is(err, ErrBankFile) && !errors.As(err, &bad) {
				t.Error(err)
			}
		}
	})
}

// desk is a partner's books with one invoice of 12.34 and a statement with three lines that concern it.
func desk(t *testing.T, d *db.DB, lines string) (context.Context, *Store, Party, Invoice) {
	t.Helper()
	ctx, s, c := books(t, d)
	inv := must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", DueDay: "2026-11-15", Items: []Item{item("Fiber", 1234)}}))(t)
	lines = strings.NewReplacer("{rf}", Reference{RefInvoice, inv.ID}.Grouped(), "{number}", inv.Number, "{customer}", Reference{RefCustomer, c.CustomerID}.String()).Replace(lines)
	st := must(s.AddStatement(ctx, 1, "november.csv", []byte("date,amount,text,payer\n"+lines), eur))(t)
	must(s.ImportStatement(ctx, st.ID, eur))(t)
	return ctx, s, c, inv
}

func incoming(t *testing.T, ctx context.Context, s *Store, state IncomingState) []IncomingPayment {
	t.Helper()
	return must(s.IncomingPage(ctx, 1, state, Filter{Size: 50}))(t).Rows
}

// A statement imported again adds nothing, even by many at once; the format is remembered for the partner.
func TestImportStatementOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _, _ := desk(t, d, "2026-11-20,12.34,a,A\n2026-11-20,12.34,b,B\n")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				st, err := s.AddStatement(ctx, 1, "again.csv", []byte("date,amount,text,payer\n2026-11-20,12.34,b,B\n2026-11-21,1.00,c,C\n"), eur)
				if err == nil {
					_, err = s.ImportStatement(ctx, st.ID, eur)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := len(incoming(t, ctx, s, IncomingOpen)); n != 3 {
			t.Errorf("%d lines, want 3", n)
		}
		st := must(s.AddStatement(ctx, 1, "x.csv", []byte("date,amount,text,payer\n2026-11-20,12.34,b,B\n"), eur))(t)
		if file := must(s.ReadStatement(ctx, st, eur))(t); len(file.Lines) != 1 || !file.Lines[0].Known {
			t.Errorf("the preview does not know the line: %+v", file)
		}
		if _, err := s.AddStatement(ctx, 1, "big.csv", make([]byte, MaxStatement+1), eur); db.KindOf(err) != db.Unprocess {
			t.Errorf("a large one: %v", err)
		}
	})
}

// What the text names and the amount confirm is certain; anything else is a person's to decide.
func TestPropose(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c, inv := desk(t, d, "2026-11-20,12.34,for {rf} thanks,exact\n2026-11-20,12.34,invoice {number},number\n2026-11-20,10.00,{number},part\n"+
			"2026-11-20,12.34,{customer},customer\n2026-11-20,12.34,C1,plain\n2026-11-20,12.34,hello,nothing\n2026-11-20,12.34,RF00I000000001,forged\n")
		lines := incoming(t, ctx, s, IncomingOpen)
		all := must(s.Propose(ctx, lines))(t)
		for _, l := range lines {
			p, ok := all[l.ID]
			switch l.Payer {
			case "exact", "number":
				if !p.Certain || p.InvoiceID != inv.ID || p.CustomerID != c.CustomerID {
					t.Errorf("%s: %+v", l.Payer, p)
				}
			case "part":
				if p.Certain || p.InvoiceID != inv.ID {
					t.Errorf("part: %+v", p)
				}
			case "customer", "plain":
				if !p.Certain || p.CustomerID != c.CustomerID {
					t.Errorf("%s: %+v", l.Payer, p)
				}
			default:
				if ok {
					t.Errorf("%s: %+v", l.Payer, p)
				}
			}
		}
	})
}

// 64 presses at once book one payment (FIN-3); undone, the invoice is open again and the line can be booked anew.
func TestBookIncomingOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c, inv := desk(t, d, "2026-11-20,12.34,{rf},A\n")
		line := incoming(t, ctx, s, IncomingOpen)[0]
		to := Target{CustomerID: c.CustomerID, InvoiceID: inv.ID}
		var wg sync.WaitGroup
		var mu sync.Mutex
		ids := map[int64]bool{}
		for range 64 {
			wg.Go(func() {
				pay, err := s.BookIncoming(ctx, line.ID, to)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				ids[pay.ID] = true
				mu.Unlock()
			})
		}
		wg.Wait()
		due := func() int64 { return must(s.Of(c.CustomerID).Invoice(ctx, inv.ID, "2026-11-22"))(t).Due }
		if len(ids) != 1 || due() != 0 || balance(t, ctx, s, c.CustomerID) != 0 {
			t.Errorf("%d payments, due %d", len(ids), due())
		}
		if _, err := s.BookIncoming(ctx, line.ID, Target{CustomerID: c.CustomerID}); db.KindOf(err) != db.Conflict {
			t.Errorf("for something else: %v", err)
		}
		if err := s.UndoIncoming(ctx, line.ID, "2026-11-22"); err != nil {
			t.Fatal(err)
		}
		if due() != 1234 || balance(t, ctx, s, c.CustomerID) != -1234 {
			t.Errorf("undone, %d is due", due())
		}
		if err := s.UndoIncoming(ctx, line.ID, "2026-11-22"); db.KindOf(err) != db.Conflict {
			t.Errorf("undone twice: %v", err)
		}
		if _, err := s.BookIncoming(ctx, line.ID, to); err != nil || due() != 0 {
			t.Errorf("booked anew: %v, due %d", err, due())
		}
		clean(t, ctx, s)
		var jobs int64
		if err := d.Q(ctx).Raw("SELECT COUNT(*) FROM jobs WHERE kind = ?", JobPaid).Scan(&jobs).Error; err != nil || jobs != 2 {
			t.Errorf("%d receipts, want one a booking: %v", jobs, err)
		}
	})
}

// A payment that staff delete at the customer opens the transfer that it was booked from, in one go with Undo at the transfer,
// whoever is first: its money did come, and has to be on a list. A payment by hand opens none.
func TestDeletedPaymentOpensTransfer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c, inv := desk(t, d, "2026-11-20,12.34,{rf},A\n")
		line := incoming(t, ctx, s, IncomingOpen)[0]
		to := Target{CustomerID: c.CustomerID, InvoiceID: inv.ID}
		hand := must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCash, Day: "2026-11-20", Amount: 5, KeepAsCredit: true}))(t)
		staff := s.Desk(c.CustomerID)
		for round := range 3 {
			pay := must(s.BookIncoming(ctx, line.ID, to))(t)
			if id := must(staff.TransferOf(ctx, pay.ID))(t); id != line.ID {
				t.Errorf("it was booked from %d", id)
			}
			if round == 0 {
				ok(t, staff.DeletePayment(ctx, hand.ID, Reversal{Day: "2026-11-22", Reason: "slip"}))
				if now := must(s.Incoming(ctx, line.ID))(t); now.State != IncomingBooked {
					t.Errorf("a payment by hand is deleted: %s", now.State)
				}
			}
			var wg sync.WaitGroup
			for i := range 4 {
				wg.Go(func() {
					if i%2 == 1 && round == 2 {
						if err := s.UndoIncoming(ctx, line.ID, "2026-11-22"); err != nil && db.KindOf(err) != db.Conflict {
							t.Error(err)
						}
					} else if err := staff.DeletePayment(ctx, pay.ID, Reversal{Day: "2026-11-22", Reason: "another's"}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			now := must(s.Incoming(ctx, line.ID))(t)
			if now.State != IncomingOpen || now.PaymentID != 0 || now.CustomerID != 0 || now.Round != round+1 {
				t.Errorf("the line: %+v", now)
			}
			if p := must(s.PaymentByID(ctx, pay.ID))(t); p.DeletedDay != "2026-11-22" || round < 2 && p.DeletedReason != "another's" {
				t.Errorf("the payment: %+v", p)
			}
		}
		var undone int64
		ok(t, d.Q(ctx).Raw("SELECT COUNT(*) FROM audit_entries WHERE action = 'incoming_undone'").Scan(&undone).Error)
		if undone != 3 {
			t.Errorf("%d entries, want one a round", undone)
		}
		clean(t, ctx, s)
	})
}

// A line that was booked for a proforma invoice answers with its payment for that one only.
func TestBookIncomingForAnotherProforma(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c, _ := desk(t, d, "2026-11-20,12.34,x,A\n")
		line := incoming(t, ctx, s, IncomingOpen)[0]
		var docs []int64
		for range 2 {
			docs = append(docs, must(s.IssueProforma(ctx, NewProforma{Party: c, Day: "2026-11-01", Items: []Item{item("a", 1_234)}}))(t).ID)
		}
		pay := must(s.BookIncoming(ctx, line.ID, Target{CustomerID: c.CustomerID, ProformaID: docs[0]}))(t)
		if again, err := s.BookIncoming(ctx, line.ID, Target{CustomerID: c.CustomerID, ProformaID: docs[0]}); err != nil || again.ID != pay.ID {
			t.Errorf("pressed again: payment %d, then %d, %v", pay.ID, again.ID, err)
		}
		for _, other := range []int64{docs[1], 0} {
			if _, err := s.BookIncoming(ctx, line.ID, Target{CustomerID: c.CustomerID, ProformaID: other}); db.KindOf(err) != db.Conflict {
				t.Errorf("for proforma invoice %d: %v", other, err)
			}
		}
	})
}

// What cannot be is refused and writes nothing.
func TestBookIncomingRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c, inv := desk(t, d, "2026-11-20,12.34,x,A\n2026-11-20,1.00,y,B\n")
		other := customer(t, d, 2)
		lines := incoming(t, ctx, s, IncomingOpen)
		for name, to := range map[string]Target{"nobody": {}, "no such customer": {CustomerID: 99}, "somebody else's invoice": {CustomerID: other.CustomerID, InvoiceID: inv.ID},
			"no such invoice": {CustomerID: c.CustomerID, InvoiceID: 99}} {
			if _, err := s.BookIncoming(ctx, lines[0].ID, to); db.KindOf(err) != db.Unprocess {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.IgnoreIncoming(ctx, lines[0].ID, " "); db.KindOf(err) != db.Unprocess {
			t.Errorf("ignored without a reason: %v", err)
		}
		if err := s.IgnoreIncoming(ctx, lines[0].ID, "our own transfer"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.BookIncoming(ctx, lines[0].ID, Target{CustomerID: c.CustomerID}); db.KindOf(err) != db.Conflict {
			t.Errorf("booked although it is ignored: %v", err)
		}
		if err := s.ReopenIncoming(ctx, lines[0].ID); err != nil {
			t.Fatal(err)
		}
		if n := len(incoming(t, ctx, s, IncomingOpen)); n != 2 || balance(t, ctx, s, c.CustomerID) != -1234 {
			t.Errorf("%d lines are open", n)
		}
		clean(t, ctx, s)
	})
}
