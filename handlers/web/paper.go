package web

import (
	"context"
	"net"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/views/pdf"
)

// Paper is what stands on every document of a customer as PDF: the partner's look and company, and to whom it is written.
func (k *Kit) Paper(v *portal.View, c customer.Customer) (pdf.Head, error) {
	logo, err := k.Logo(v)
	return pdf.Head{Brand: pdf.Brand{Name: portal.PortalTitle.Of(v.Values), Color: v.Brand.Color, Logo: logo}, Company: pdf.Company(v.Company),
		Customer: pdf.Customer{ID: c.ID, Name: c.Name, Street: c.Street, Zip: c.Zip, City: c.City, CompanyID: c.CompanyID, VatID: c.VatID}}, err
}

// Drawn is a customer's invoice, proforma invoice or credit note as PDF, in the language of ctx: the file's name and its bytes.
// Errors: db.ErrNotFound, pdf.ErrScript.
func Drawn(ctx context.Context, me finance.Mine, kind finance.DocumentKind, id int64, head pdf.Head, today db.Day) (name string, body []byte, err error) {
	switch w := pdf.Speak(ctx); kind {
	case finance.KindInvoice:
		d, failed := me.Invoice(ctx, id, today)
		if err = failed; err == nil {
			name = "invoice-" + d.Number
			body, err = pdf.Invoice(w, head, d)
		}
	case finance.KindProforma:
		d, failed := me.ProformaInvoice(ctx, id, today)
		if err = failed; err == nil {
			name = "proforma-invoice-" + d.Number
			body, err = pdf.Proforma(w, head, d)
		}
	case finance.KindCreditNote:
		d, failed := me.CreditNote(ctx, id)
		if err = failed; err == nil {
			name = "credit-note-" + d.Number
			body, err = pdf.CreditNote(w, head, d)
		}
	default:
		err = db.ErrNotFound
	}
	return FileName(name) + ".pdf", body, err
}

// SendFile answers with a file, shown in the browser where that is wanted and possible.
func SendFile(c echo.Context, contentType, name string, body []byte, inline bool) error {
	disposition := "attachment"
	if inline {
		disposition = "inline"
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, disposition+`; filename="`+FileName(name)+`"`)
	return c.Blob(http.StatusOK, contentType, body)
}

// FileName keeps of a name what every file system takes.
func FileName(s string) string {
	keep := func(b byte) bool {
		return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '.' || b == '_' || b == '-'
	}
	out := []byte(s)
	for i, b := range out {
		if !keep(b) {
			out[i] = '-'
		}
	}
	return string(slices.CompactFunc(out, func(a, b byte) bool { return a == '-' && b == '-' }))
}

// OriginOf is scheme and host for links that another partner's customers get by mail; see Kit.OriginOf. Without
// MYISP_BASE_URL (demo) the portal is where the request found it.
func (r *Request) OriginOf(v *portal.View) string { return r.kit.OriginOf(v, r.echo.Request().Host) }

// OriginOf is scheme and host for links that a partner's customers get by mail: the partner's own host where it has one, else
// where the portal is. here is host and port at which it answers, for want of MYISP_BASE_URL (demo).
func (k *Kit) OriginOf(v *portal.View, here string) string {
	scheme, host := "http", here
	if k.BaseURL != nil {
		scheme, host = k.BaseURL.Scheme, k.BaseURL.Host
	}
	if len(v.Hosts) > 0 {
		host = v.Hosts[0]
		if _, port, err := net.SplitHostPort(here); err == nil && k.BaseURL == nil {
			host = net.JoinHostPort(host, port)
		}
	}
	return scheme + "://" + host
}
