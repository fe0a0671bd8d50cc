package finance

import (
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// TestTakeBackImport: a file that was read wrongly goes as a whole and is imported anew with other columns, once; what came with
// another file stays, and so does everything once somebody has dealt with a line of it, even if that was undone.
func TestTakeBackImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c, inv := desk(t, d, "2026-11-19,9.99,other,O\n")
		stays := incoming(t, ctx, s, IncomingOpen)[0]
		file := "date,amount,payer,note,more\n2026-11-20,12.34,A,x," + Reference{RefInvoice, inv.ID}.String() + "\n2026-11-21,5.00,B,y,rent\n"
		take := func(column string) []IncomingPayment {
			t.Helper()
			st := must(s.AddStatement(ctx, 1, "wrong.csv", []byte(file), eur))(t)
			f := GuessFormat(file)
			f.Columns["text"], f.Columns["text_2"] = column, ""
			if err := s.SetStatementFormat(ctx, st.ID, f); err != nil {
				t.Fatal(err)
			}
			if n := must(s.ImportStatement(ctx, st.ID, eur))(t); n != 2 {
				t.Fatalf("%d came in", n)
			}
			var mine []IncomingPayment
			for _, p := range incoming(t, ctx, s, IncomingOpen) {
				if p.ID != stays.ID {
					mine = append(mine, p)
				}
			}
			return mine
		}
		wrong := take("note")
		if m := must(s.ImportOf(ctx, wrong[0]))(t); !m.Free || m.Lines != 2 || m.File != "wrong.csv" {
			t.Errorf("%+v", m)
		}
		if n := must(s.TakeBackImport(ctx, wrong[0].ID))(t); n != 2 {
			t.Errorf("%d went", n)
		}
		if left := incoming(t, ctx, s, IncomingOpen); len(left) != 1 || left[0].ID != stays.ID {
			t.Errorf("left are %+v", left)
		}
		if _, err := s.TakeBackImport(ctx, wrong[0].ID); db.KindOf(err) != db.NotFound {
			t.Errorf("twice: %v", err)
		}
		right := take("more")
		var paid IncomingPayment
		for _, p := range right {
			if p.Amount == 1234 {
				paid = p
			}
		}
		if found := must(s.Propose(ctx, right))(t); !found[paid.ID].Certain {
			t.Errorf("read rightly, %+v", found)
		}
		must(s.BookIncoming(ctx, paid.ID, Target{CustomerID: c.CustomerID}))(t)
		for _, undone := range []bool{false, true} {
			if undone {
				if err := s.UndoIncoming(ctx, paid.ID, "2026-11-22"); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.TakeBackImport(ctx, right[0].ID); db.KindOf(err) != db.Conflict {
				t.Errorf("booked, undone %t: %v", undone, err)
			}
		}
		if left := incoming(t, ctx, s, IncomingOpen); len(left) != 3 {
			t.Errorf("left are %+v", left)
		}
		clean(t, ctx, s)
	})
}
