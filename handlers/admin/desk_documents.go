package admin

import (
	"context"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	views "myisp/views/admin"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// The lines of a document's form: how many stand ready, how many more a press of "More lines" brings, and how many at most.
const (
	blankLines = 3
	mostLines  = 100
)

// documentKinds are the kinds of documents that staff write, by their lists.
var documentKinds = map[finance.ListKind]finance.DocumentKind{finance.ListInvoices: finance.KindInvoice, finance.ListProforma: finance.KindProforma, finance.ListCreditNotes: finance.KindCreditNote}

// documentForm is the form of a new document of a kind, or of the one that is corrected, before anybody typed.
func (h *Handlers) documentForm(c echo.Context, kind finance.ListKind) (p views.DeskDocument, party finance.Party, how finance.Manner, err error) {
	if p.DeskHead, party, err = h.deskHead(c, kind, ""); err != nil {
		return p, party, how, err
	}
	r, ctx := web.From(c), c.Request().Context()
	if how, err = h.m.Finance.Manner(ctx, party.PartnerID); err != nil {
		return p, party, how, err
	}
	if p.Taxes, err = h.m.TaxChoice(ctx, party.CustomerID, party.PartnerID); err != nil {
		return p, party, how, err
	}
	today := todayOf(r, p.Customer)
	billing, err := h.m.Customers.Of(party.CustomerID).Billing(ctx)
	if err != nil {
		return p, party, how, err
	}
	p.Day, p.DueDay, p.TaxIncluded, p.FromBalance = string(today), string(dueOn(today, billing)), how.TaxIncluded, true
	p.Tells, p.Mail = how.Mailed[documentKinds[kind]], true
	me := h.m.Finance.Of(party.CustomerID)
	switch kind {
	case finance.ListInvoices:
		if p.Waiting, err = me.Waiting(ctx); err != nil {
			return p, party, how, err
		}
		p.Chosen = map[int64]bool{}
		for _, t := range p.Waiting {
			p.Chosen[t.ID] = true
		}
	case finance.ListCreditNotes:
		page, err := me.Invoices(ctx, finance.Filter{Size: 100}, today)
		if err != nil {
			return p, party, how, err
		}
		p.Invoices = []ui.Option{{Value: "0", Label: i18n.T(ctx, "desk.free")}}
		for _, inv := range page.Rows {
			if inv.Status != finance.StatusDeleted {
				p.Invoices = append(p.Invoices, ui.Option{Value: text(inv.ID), Label: inv.Number + " · " + format.Money(ctx, money.Of(inv.Total, inv.Currency))})
			}
		}
		if p.InvoiceID = c.QueryParam("invoice"); p.InvoiceID == "" {
			p.InvoiceID = "0"
		}
	}
	for range blankLines {
		p.Lines = append(p.Lines, views.DeskLine{Tax: text(p.Taxes.Usual)})
	}
	return p, party, how, nil
}

// dueOn is when a document of a day falls due: the customer's next due day (§3.1).
func dueOn(day db.Day, b customer.Billing) db.Day {
	due := min(max(b.DueDay, 1), 28)
	for range 62 {
		if day = day.AddDays(1); day.Time().Day() == due {
			break
		}
	}
	return day
}

// typed reads the form as it was sent.
func typed(c echo.Context, p *views.DeskDocument) {
	p.Day, p.DueDay, p.Note, p.Memo, p.InvoiceID = c.FormValue("day"), c.FormValue("due_day"), c.FormValue("note"), c.FormValue("memo"), c.FormValue("invoice_id")
	p.TaxIncluded, p.FromBalance, p.Chosen = c.FormValue("tax_included") != "", c.FormValue("from_balance") != "", set(ids(c, "future"))
	p.Mail = c.FormValue("mail") != ""
	p.Lines = nil
	form, _ := c.FormParams()
	for i := range mostLines {
		at := "line." + strconv.Itoa(i) + "."
		if _, ok := form[at+"description"]; !ok {
			break
		}
		p.Lines = append(p.Lines, views.DeskLine{Description: c.FormValue(at + "description"), Quantity: c.FormValue(at + "quantity"), Unit: c.FormValue(at + "unit"),
			Price: c.FormValue(at + "price"), Discount: c.FormValue(at + "discount"), Tax: c.FormValue(at + "tax")})
	}
}

// items are the lines that say something, each with its discount; what is wrong stands beside its line.
func items(ctx context.Context, p views.DeskDocument) ([]finance.Item, error) {
	bad, list := db.Invalid{}, []finance.Item{}
	for i, l := range p.Lines {
		if strings.TrimSpace(l.Description+l.Price) == "" {
			continue
		}
		at := "line." + strconv.Itoa(i) + "."
		it := finance.Item{Description: strings.TrimSpace(l.Description), Unit: strings.TrimSpace(l.Unit), TaxIncluded: p.TaxIncluded,
			Quantity: scaled(ctx, l.Quantity, 3, 1000, at+"quantity", "finance.error.quantity", bad),
			Price:    amount(ctx, l.Price, p.Currency, at+"price", "finance.error.amount", bad)}
		if it.Description == "" {
			bad[at+"description"] = "finance.error.description"
		}
		if it.Quantity == 0 {
			bad[at+"quantity"] = "finance.error.quantity"
		}
		taxed(&it, p.Taxes.All(), l.Tax, at+"tax", bad)
		off := scaled(ctx, l.Discount, 4, 0, at+"discount", "finance.error.discount", bad)
		lines, err := it.Discounted(off, i18n.T(ctx, "desk.discount_line", "name", it.Description, "percent", strings.TrimSpace(l.Discount)))
		if wrong, ok := web.Fields(err); ok {
			for field, key := range wrong {
				bad[at+field] = key
			}
		}
		list = append(list, lines...)
	}
	return list, bad.Or()
}

// DocumentForm is GET /admin/customers/:id/{invoices,proforma-invoices,credit-notes}/new.
func (h *Handlers) DocumentForm(kind finance.ListKind) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, _, _, err := h.documentForm(c, kind)
		if err != nil {
			return err
		}
		return web.OK(c, views.DeskDocumentPage(p))
	}
}

// IssueDocument is POST /admin/customers/:id/{invoices,proforma-invoices,credit-notes}.
func (h *Handlers) IssueDocument(kind finance.ListKind) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, party, how, err := h.documentForm(c, kind)
		if err != nil {
			return err
		}
		typed(c, &p)
		if c.FormValue("more") != "" {
			return web.OK(c, views.DeskDocumentPage(moreLines(p)))
		}
		items, err := items(c.Request().Context(), p)
		if err == nil {
			err = sameCurrency(c, p.DeskHead)
		}
		if err == nil {
			p.Reckoned, err = h.reckon(c, party, kind, items, how)
		}
		if p.Reckoned != nil {
			return web.OK(c, views.DeskDocumentPage(p))
		}
		var made int64
		if err == nil {
			made, err = h.issue(c, p, party, how, items)
		}
		if bad, ok := refused(err); ok {
			p.Errors = bad
			return web.Again(c, views.DeskDocumentPage(p))
		}
		if err != nil {
			return err
		}
		if made == 0 {
			return web.SeeOther(c, customerPath(party.CustomerID)+"/finance?list="+string(kind))
		}
		return h.done(c, views.DeskURL(party.CustomerID, kind, text(made)), "desk.issued")
	}
}

func moreLines(p views.DeskDocument) views.DeskDocument {
	for range min(5, mostLines-len(p.Lines)) {
		p.Lines = append(p.Lines, views.DeskLine{Tax: text(p.Taxes.Usual)})
	}
	return p
}

func (h *Handlers) issue(c echo.Context, p views.DeskDocument, party finance.Party, how finance.Manner, items []finance.Item) (int64, error) {
	ctx, desk := c.Request().Context(), h.m.Finance.Desk(party.CustomerID)
	switch p.Kind {
	case finance.ListInvoices:
		doc, err := desk.IssueInvoice(ctx, finance.NewInvoice{Key: p.Key, Party: party, Day: db.Day(p.Day), DueDay: db.Day(p.DueDay), Items: items, Rounding: how.Rounding,
			Note: p.Note, Memo: p.Memo, FromBalance: p.FromBalance, FutureIDs: ids(c, "future"), NoMail: !p.Mail})
		return doc.ID, err
	case finance.ListProforma:
		doc, err := desk.IssueProforma(ctx, p.Key, finance.NewProforma{Party: party, Day: db.Day(p.Day), DueDay: db.Day(p.DueDay), Items: items, Rounding: how.Rounding, Note: p.Note, Memo: p.Memo, NoMail: !p.Mail})
		return doc.ID, err
	}
	invoice, err := strconv.ParseInt(p.InvoiceID, 10, 64)
	if err != nil || invoice < 0 {
		return 0, db.Invalid{"invoice_id": "error.choice"}
	}
	doc, err := desk.IssueCreditNote(ctx, finance.NewCreditNote{Key: p.Key, Party: party, InvoiceID: invoice, Day: db.Day(p.Day), Items: items, Rounding: how.Rounding, Note: p.Note, Memo: p.Memo, NoMail: !p.Mail})
	return doc.ID, err
}

// correctionForm is the form with what the invoice holds now.
func (h *Handlers) correctionForm(c echo.Context) (views.DeskDocument, finance.Party, finance.Manner, error) {
	p, party, how, err := h.documentForm(c, finance.ListInvoices)
	if err != nil {
		return p, party, how, err
	}
	id, err := documentID(c)
	if err != nil {
		return p, party, how, err
	}
	ctx := c.Request().Context()
	d, err := h.m.Finance.Of(party.CustomerID).Invoice(ctx, id, db.Day(p.Day))
	if err != nil {
		return p, party, how, err
	}
	p.ID, p.Number, p.DueDay, p.Note, p.Memo, p.Waiting, p.Lines = id, d.Number, string(d.DueDay), d.Note, d.Memo, nil, nil
	p.Currency, party.Currency = d.Currency, d.Currency
	for _, it := range d.Items {
		p.TaxIncluded = p.TaxIncluded && it.Tax == 0 || it.TaxIncluded()
		p.Lines = append(p.Lines, views.DeskLine{Description: it.Description, Quantity: views.TypedQuantity(ctx, it.Quantity), Unit: it.Unit,
			Price: format.Typed(ctx, money.Of(it.Price, d.Currency)), Tax: text(it.TaxID)})
	}
	p.Lines = append(p.Lines, views.DeskLine{Tax: text(p.Taxes.Usual)})
	return p, party, how, nil
}

// CorrectionForm is GET /admin/customers/:id/invoices/:document/edit.
func (h *Handlers) CorrectionForm(c echo.Context) error {
	p, _, _, err := h.correctionForm(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.DeskDocumentPage(p))
}

// CorrectInvoice is POST /admin/customers/:id/invoices/:document.
func (h *Handlers) CorrectInvoice(c echo.Context) error {
	p, party, how, err := h.correctionForm(c)
	if err != nil {
		return err
	}
	today := db.Day(p.Day)
	typed(c, &p)
	if c.FormValue("more") != "" {
		return web.OK(c, views.DeskDocumentPage(moreLines(p)))
	}
	items, err := items(c.Request().Context(), p)
	if err == nil {
		err = sameCurrency(c, p.DeskHead)
	}
	if err == nil {
		p.Reckoned, err = h.reckon(c, party, p.Kind, items, how)
	}
	if p.Reckoned != nil {
		return web.OK(c, views.DeskDocumentPage(p))
	}
	if err == nil {
		_, err = h.m.Finance.Desk(party.CustomerID).CorrectInvoice(c.Request().Context(), p.ID,
			finance.NewInvoice{Party: party, DueDay: db.Day(p.DueDay), Items: items, Rounding: how.Rounding, Note: p.Note, Memo: p.Memo, NoMail: !p.Mail}, today)
	}
	if bad, ok := refused(err); ok {
		p.Errors = bad
		return web.Again(c, views.DeskDocumentPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, views.DeskURL(party.CustomerID, p.Kind, text(p.ID)), "desk.corrected")
}
