package imports

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"myisp/internal/csvmap"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
)

// key names an imported document for ever, so that not even a lost reference posts it twice.
func (im *importer) key(kind, id string) string {
	sum := sha256.Sum256([]byte(im.o.Source + "\x00" + kind + "\x00" + id))
	return "import:" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// booked reads a document of an earlier run.
func booked[T any](ctx context.Context, im *importer, id int64) (T, error) {
	var doc T
	err := im.m.DB.Q(ctx).Where("id = ?", id).Take(&doc).Error
	return doc, db.Found(err)
}

// payer is the customer of a record with the currency of its amounts.
func (im *importer) payer(ctx context.Context, rec csvmap.Record) (finance.Party, error) {
	h, err := im.whose(ctx, rec, "customer")
	if err != nil {
		return finance.Party{}, err
	}
	p := h.party()
	if rec.Has("currency") {
		p.Currency = money.Currency(rec.Text("currency"))
	}
	if !p.Currency.Valid() {
		return p, rec.Bad("currency", "must be an ISO 4217 code such as EUR")
	}
	return p, nil
}

// differs is what happens to a document that another run has imported otherwise: the books do not change.
func differs(rec csvmap.Record, field, was string) error {
	return rec.Bad(field, "was imported as "+was+" before, and documents in the books do not change")
}

// invoice issues an invoice with the items of all its lines, or finds it as it was imported before.
func (im *importer) invoice(ctx context.Context, u unit) ([]outcome, error) {
	done := make([]outcome, len(u.records))
	var head *csvmap.Record
	var items []csvmap.Record
	for i, rec := range u.records {
		switch {
		case rec.Kind == Item:
			items = append(items, rec)
		case rec.Kind != Invoice:
			return nil, rec.Bad("", "cannot stand on an invoice's line")
		case head == nil:
			head = &u.records[i]
		default:
			for _, field := range []string{"customer", "day", "number", "total"} {
				if rec.Text(field) != head.Text(field) {
					return nil, rec.Bad(field, fmt.Sprintf("is %s here and %s on line %d of the same invoice", short(rec.Text(field)), short(head.Text(field)), head.Line))
				}
			}
		}
	}
	if head == nil {
		return nil, items[0].Bad("invoice", "is on no invoice of this file")
	}
	n, total, err := im.newInvoice(ctx, *head, items)
	if err != nil {
		return nil, &recordError{*head, err}
	}
	ext := u.invoice
	id, err := im.local(ctx, Invoice, ext)
	if err != nil {
		return nil, err
	}
	if id == 0 {
		n.Key = im.key(Invoice, ext)
		inv, err := im.m.Finance.IssueInvoice(ctx, n)
		if err != nil {
			return nil, &recordError{*head, err}
		}
		im.remember(Invoice, ext, inv.ID)
		return done, nil
	}
	was, err := booked[finance.Invoice](ctx, im, id)
	switch {
	case err != nil:
		return nil, err
	case was.CustomerID != n.CustomerID:
		return nil, differs(*head, "customer", "another customer's")
	case was.Total != total:
		return nil, differs(*head, "total", money.Of(was.Total, was.Currency).String())
	case n.Number != "" && n.Number != was.Number:
		return nil, differs(*head, "number", short(was.Number))
	}
	for i := range done {
		done[i] = unchanged
	}
	return done, nil
}

func (im *importer) newInvoice(ctx context.Context, head csvmap.Record, items []csvmap.Record) (n finance.NewInvoice, total int64, err error) {
	if len(head.Text("id")) > 200 {
		return n, 0, head.Bad("id", "is longer than 200 bytes")
	}
	if n.Party, err = im.payer(ctx, head); err != nil {
		return n, 0, err
	}
	n.Number, n.Kind, n.Note, n.Memo, n.Source = head.Text("number"), "one_time", head.Text("note"), head.Text("memo"), finance.SourceImport
	if err := choice(head, "kind", &n.Kind, "one_time", "recurring"); err != nil {
		return n, 0, err
	}
	if err := yes(head, "from_balance", &n.FromBalance); err != nil {
		return n, 0, err
	}
	if n.Day, err = im.day(head, "day"); err != nil {
		return n, 0, err
	}
	if head.Has("due_day") {
		if n.DueDay, err = im.day(head, "due_day"); err != nil {
			return n, 0, err
		}
	}
	for _, rec := range items {
		it, err := im.item(ctx, rec, n.Party)
		if err != nil {
			return n, 0, err
		}
		n.Items = append(n.Items, it)
	}
	if len(n.Items) == 0 {
		return n, 0, head.Bad("", "has no items")
	}
	_, sums, err := finance.Lines(n.Items, n.Rounding)
	if err != nil || !head.Has("total") {
		return n, sums.Total, err
	}
	want, err := head.Money("total", n.Currency)
	if err != nil {
		return n, 0, err
	}
	if want.Minor != sums.Total {
		return n, 0, head.Bad("total", fmt.Sprintf("is %s, and the items make %s", want, money.Of(sums.Total, n.Currency)))
	}
	return n, sums.Total, nil
}

func (im *importer) item(ctx context.Context, rec csvmap.Record, p finance.Party) (it finance.Item, err error) {
	price, err := rec.Money("price", p.Currency)
	if err != nil {
		return it, err
	}
	t, err := im.tax(ctx, rec)
	if err != nil {
		return it, err
	}
	it = finance.Item{Description: rec.Text("description"), Unit: rec.Text("unit"), Price: price.Minor, TaxID: t.ID, TaxName: t.Name, TaxRatePPM: t.RatePPM}
	if it.Description == "" {
		return it, rec.Bad("description", "is empty")
	}
	if rec.Has("quantity") {
		if it.Quantity, err = thousandths(rec, "quantity"); err != nil {
			return it, err
		}
	}
	if err := yes(rec, "tax_included", &it.TaxIncluded); err != nil {
		return it, err
	}
	for field, to := range map[string]*db.Day{"period_from": &it.PeriodFrom, "period_to": &it.PeriodTo} {
		if rec.Has(field) {
			if *to, err = im.day(rec, field); err != nil {
				return it, err
			}
		}
	}
	if rec.Has("service") {
		id, err := im.local(ctx, Service, rec.Text("service"))
		if err != nil {
			return it, err
		}
		if id == 0 {
			return it, rec.Bad("service", "there is no service "+short(rec.Text("service")))
		}
		it.ServiceID = id
	}
	return it, nil
}

// payment records a payment, or a refund when the amount is below zero.
func (im *importer) payment(ctx context.Context, rec csvmap.Record) (outcome, error) {
	ext, err := externalID(rec, "id", "receipt_number")
	if err != nil {
		return 0, err
	}
	p, err := im.payer(ctx, rec)
	if err != nil {
		return 0, err
	}
	amount, err := rec.Money("amount", p.Currency)
	if err != nil {
		return 0, err
	}
	if amount.Minor == 0 {
		return 0, rec.Bad("amount", "is zero")
	}
	id, err := im.local(ctx, Payment, ext)
	if err != nil {
		return 0, err
	}
	if id != 0 {
		was, err := booked[finance.Payment](ctx, im, id)
		switch {
		case err != nil:
			return 0, err
		case was.CustomerID != p.CustomerID:
			return 0, differs(rec, "customer", "another customer's")
		case was.Amount != amount.Minor:
			return 0, differs(rec, "amount", money.Of(was.Amount, was.Currency).String())
		}
		return unchanged, nil
	}
	day, err := im.day(rec, "day")
	if err != nil {
		return 0, err
	}
	method := finance.MethodOther
	if rec.Has("method") {
		if method, err = im.method(ctx, rec, "method"); err != nil {
			return 0, err
		}
	}
	var five [5]string
	for i := range five {
		five[i] = rec.Text(fmt.Sprintf("field_%d", i+1))
	}
	fields, note, memo := finance.FiveOf(five), rec.Text("note"), rec.Text("memo")
	var pay finance.Payment
	if amount.Minor < 0 {
		pay, err = im.m.Finance.Refund(ctx, finance.NewRefund{Key: im.key(Payment, ext), Party: p, MethodID: method, Day: day, Amount: -amount.Minor,
			ReceiptNumber: rec.Text("receipt_number"), Comment: rec.Text("comment"), Fields: fields, Note: note, Memo: memo, Source: finance.SourceImport, AllowDebt: true})
	} else {
		var invoices []int64
		if invoices, err = im.meant(ctx, rec, p); err != nil {
			return 0, err
		}
		pay, err = im.m.Finance.RecordPayment(ctx, finance.NewPayment{Quiet: true, Key: im.key(Payment, ext), Party: p, MethodID: method, Day: day, Amount: amount.Minor,
			ReceiptNumber: rec.Text("receipt_number"), Comment: rec.Text("comment"), Fields: fields, Note: note, Memo: memo, InvoiceIDs: invoices, Source: finance.SourceImport})
	}
	if err != nil {
		return 0, err
	}
	im.remember(Payment, ext, pay.ID)
	return created, nil
}

// meant are the invoices that a payment names, by external id or number, with commas between.
func (im *importer) meant(ctx context.Context, rec csvmap.Record, p finance.Party) (ids []int64, err error) {
	for _, name := range strings.Split(rec.Text("invoices"), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		id, err := im.local(ctx, Invoice, name)
		if err != nil {
			return nil, err
		}
		if id == 0 {
			var found []int64
			err := im.m.DB.Q(ctx).Model(&finance.Invoice{}).Where("partner_id = ? AND number = ? AND customer_id = ?", p.PartnerID, name, p.CustomerID).Pluck("id", &found).Error
			if err != nil {
				return nil, err
			}
			if len(found) == 0 {
				return nil, rec.Bad("invoices", "the customer has no invoice "+short(name))
			}
			id = found[0]
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// transaction posts what was before the books began: a debit that the customer owes, or a credit that they have. An
// amount below zero is the other type; zero is nothing to post.
func (im *importer) transaction(ctx context.Context, rec csvmap.Record) (outcome, error) {
	ext, err := externalID(rec, "id")
	if err != nil {
		return 0, err
	}
	p, err := im.payer(ctx, rec)
	if err != nil {
		return 0, err
	}
	amount, err := rec.Money("amount", p.Currency)
	if err != nil {
		return 0, err
	}
	kind, against := string(finance.Debit), string(finance.AccountOpening)
	if err := choice(rec, "type", &kind, string(finance.Debit), string(finance.Credit)); err != nil {
		return 0, err
	}
	if err := choice(rec, "against", &against, string(finance.AccountOpening), string(finance.AccountRevenue)); err != nil {
		return 0, err
	}
	if amount.Minor < 0 {
		amount.Minor = -amount.Minor
		if kind = string(finance.Credit); rec.Text("type") == kind {
			kind = string(finance.Debit)
		}
	}
	id, err := im.local(ctx, Transaction, ext)
	if err != nil {
		return 0, err
	}
	if id != 0 {
		was, err := booked[finance.Transaction](ctx, im, id)
		switch {
		case err != nil:
			return 0, err
		case was.CustomerID != p.CustomerID:
			return 0, differs(rec, "customer", "another customer's")
		case was.Total != amount.Minor || string(was.Type) != kind:
			return 0, differs(rec, "amount", string(was.Type)+" "+money.Of(was.Total, was.Currency).String())
		}
		return unchanged, nil
	}
	if amount.Minor == 0 {
		return unchanged, nil
	}
	day := im.today
	if rec.Has("day") {
		if day, err = im.day(rec, "day"); err != nil {
			return 0, err
		}
	}
	row, err := im.m.Finance.AddTransaction(ctx, finance.NewTransaction{Key: im.key(Transaction, ext), Party: p, Day: day, Type: finance.TransactionType(kind),
		Item:    finance.Item{Description: or(rec.Text("description"), "Opening balance"), Price: amount.Minor, CategoryID: finance.CategoryCorrection},
		Comment: rec.Text("comment"), Source: finance.SourceImport, Against: finance.AccountKind(against)})
	if err != nil {
		return 0, err
	}
	im.remember(Transaction, ext, row.ID)
	return created, nil
}
