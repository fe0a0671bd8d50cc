package finance

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"myisp/internal/money"
	"myisp/models/audit"
	books "myisp/models/finance"
	"myisp/models/portal"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// PayLink is the page of a pay link: all that a stranger gets to see of a customer. Pay holds the ways to pay.
type PayLink struct {
	Shell    ui.Shell
	Name     string // masked
	Document books.LinkDocument
	Kind     books.DocumentKind
	Path     string
	PDF      bool // the document may be seen
	Pay      Pay
}

// Masked leaves of a name the first letter of each word: "Alice Carter" is "A… C…".
func Masked(name string) string {
	var words []string
	for _, w := range strings.Fields(name) {
		words = append(words, string([]rune(w)[:1])+"…")
	}
	if len(words) > 3 {
		words = words[:3]
	}
	return strings.Join(words, " ")
}

func (p PayLink) terms(ctx context.Context) []ui.Term {
	list := []ui.Term{{Label: i18n.T(ctx, "paylink.for"), Value: p.Name}, {Label: linkDocument(ctx, p.Kind), Value: p.Document.Number},
		{Label: i18n.T(ctx, "finance.document.date"), Value: day(ctx, p.Document.Day)}}
	if p.Document.DueDay != "" {
		list = append(list, ui.Term{Label: i18n.T(ctx, "finance.document.due"), Value: day(ctx, p.Document.DueDay)})
	}
	return list
}

func linkDocument(ctx context.Context, kind books.DocumentKind) string {
	if kind == books.KindProforma {
		return i18n.T(ctx, "paylink.proforma")
	}
	return i18n.T(ctx, "paylink.invoice")
}

// PayLinkGone says that a link is good for nothing more. State is "unknown", or a finance.LinkState.
type PayLinkGone struct {
	Shell   ui.Shell
	State   string
	Company portal.CompanyInfo
}

func (p PayLinkGone) icon() string {
	if p.State == string(books.LinkPaid) {
		return "circle-check"
	}
	return "circle-x"
}

// PayLinks is the customer's page of the links that let others pay. New and URL are the one just made.
type PayLinks struct {
	Shell   ui.Shell
	Menu    Menu
	Rows    []books.PayLinkRow
	New     int64
	URL     string
	Problem string // message key
}

// LinkTitle names what a link pays.
func LinkTitle(ctx context.Context, r books.PayLinkRow) string {
	return linkDocument(ctx, r.Kind) + " " + format.Isolate(ctx, r.Document.Number)
}

// LinkText says what a link pays, or once nothing is due has paid; until when it is good; and who made it when.
func LinkText(ctx context.Context, r books.PayLinkRow) string {
	amount, until := r.Document.Due, i18n.T(ctx, "paylink.until", "day", format.Date(ctx, r.ExpiresAt))
	if amount <= 0 {
		amount = r.Document.Total
	}
	if r.State == books.LinkPaid {
		until = ""
	}
	return dotted(ctx, format.Money(ctx, money.Of(amount, r.Document.Currency)), until, linkMaker(ctx, r.PayLink))
}

func linkMaker(ctx context.Context, l books.PayLink) string {
	at := format.DateTime(ctx, l.CreatedAt)
	if l.MadeBy == audit.System || l.MakerName == "" {
		return i18n.T(ctx, "paylink.made_letter", "at", at)
	}
	return i18n.T(ctx, "paylink.made", "name", format.Isolate(ctx, l.MakerName), "at", at)
}

// LinkBadge is how the state of a link looks.
func LinkBadge(ctx context.Context, s books.LinkState) (ui.Tone, string) {
	tone := ui.Neutral
	if s == books.LinkLive {
		tone = ui.Ok
	}
	return tone, i18n.T(ctx, "paylink.state."+string(s))
}

// LinkMail begins a mail with a link in it, in the program that the reader uses for mail.
func LinkMail(ctx context.Context, link string) string {
	q := url.Values{"subject": {i18n.T(ctx, "paylink.mail_subject")}, "body": {i18n.T(ctx, "paylink.mail_body") + "\n\n" + link}}
	return "mailto:?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

func closureURL(id int64) string {
	return "/finance/pay-links/" + strconv.FormatInt(id, 10) + "/closure"
}
