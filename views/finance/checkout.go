package finance

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"myisp/internal/gateway"
	"myisp/internal/money"
	books "myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Checkout is the part of the page /pay that pays through a gateway. Key is the attempt's: sending the form twice pays once.
type Checkout struct {
	Key     string
	Choices []books.Choice
	Saved   []SavedChoice // the customer's methods that pay in one step, before the gateways' pages
	Save    bool          // and the customer has asked for it
	Saves   bool          // one of the choices can keep the method
	Chosen  string
	Amount  money.Money // what the button pays without its fee
	// Invoices or Proforma name what is paid; without them it is all that is owed, or money is added.
	Invoices []int64
	Proforma []int64
	Part     money.Money // less than is due; zero is the whole
	Ahead    bool        // an amount of the customer's choice
	Action   string      // where the form goes; "" is /pay
	Errors   map[string]string
	Problem  string // message key of what stands in the way; "" is nothing
	// Whole would pay Debt, which is all that is owed, and nothing less: they are not among the choices.
	Whole []books.Choice
	Debt  money.Money
}

// Ready reports whether there is a gateway to pay with.
func (c Checkout) Ready() bool { return len(c.Choices) > 0 }

// refused is the message key of why a payment was not begun; "" is nothing.
func (c Checkout) refused() string {
	if c.Problem != "" {
		return c.Problem
	}
	return c.Errors["gateway"]
}

// Divides reports whether a part of what is owed can be paid with one of the choices.
func (c Checkout) Divides() bool {
	return slices.ContainsFunc(c.Choices, func(g books.Choice) bool { return !g.CoversDebt })
}

// wholeText says that a gateway takes the whole debt alone.
func (c Checkout) wholeText(ctx context.Context, g books.Choice) string {
	return i18n.T(ctx, "pay.whole_only", "name", format.Isolate(ctx, gatewayName(ctx, g.GatewaySetup)), "amount", format.Money(ctx, c.Debt))
}

func (c Checkout) action() string {
	if c.Action != "" {
		return c.Action
	}
	return "/pay"
}

func (c Checkout) chosen(name string, i int) bool {
	return c.Chosen == name || c.Chosen == "" && i == 0
}

// hint says where paying leads; a saved method pays at once.
func (c Checkout) hint(ctx context.Context) string {
	if len(c.Saved) > 0 {
		return i18n.T(ctx, "methods.pay_hint")
	}
	return i18n.T(ctx, "pay.leads_away")
}

func (c Checkout) title(ctx context.Context) string {
	if c.Ahead {
		return i18n.T(ctx, "pay.add_money")
	}
	return i18n.T(ctx, "pay.online")
}

// payLabel names what the button takes, fee included; where the fees differ it depends on the choice, and stands there.
func (c Checkout) payLabel(ctx context.Context) string {
	for _, g := range c.Choices {
		if g.Fee != c.Choices[0].Fee {
			return i18n.T(ctx, "pay.title")
		}
	}
	return i18n.T(ctx, "pay.pay", "amount", format.Money(ctx, c.Amount.Add(c.Choices[0].Fee)))
}

// prefix keeps the ids of the page's two forms apart.
func (c Checkout) prefix() string {
	if c.Ahead {
		return "f-ahead-"
	}
	return "f-gateway-"
}

// gatewayName is a gateway as customers know it: the partner's own words, or the portal's.
func gatewayName(ctx context.Context, g books.GatewaySetup) string {
	if g.Label != "" {
		return g.Label
	}
	return i18n.T(ctx, "gateway.name."+g.Gateway)
}

func gatewayIcon(name string) string {
	switch name {
	case "gocardless":
		return "landmark"
	case "paypal":
		return "wallet"
	}
	return "credit-card"
}

// feeText tells what paying this way costs on top.
func feeText(ctx context.Context, c books.Choice, amount money.Money) string {
	if !c.Fee.Positive() {
		return i18n.T(ctx, "pay.no_fee")
	}
	if !amount.Positive() {
		return i18n.T(ctx, "pay.with_fee")
	}
	return i18n.T(ctx, "pay.fee", "fee", format.Money(ctx, c.Fee), "total", format.Money(ctx, amount.Add(c.Fee)))
}

// Attempt is the page that tells what has become of a payment.
type Attempt struct {
	Shell     ui.Shell
	Attempt   books.Attempt
	Receipt   int64 // id of the payment; 0 while there is none
	RetryURL  string
	OtherURL  string          // where a checkout that is open is left for another one
	Numbers   []string        // of the documents that it is for
	Covers    []books.Covered // what it has paid
	Left      money.Money     // what is still owed after it
	Unsettled bool            // the gateway did not answer just now
	Pretend   bool            // it is the pretend gateway's: no money
	Back      Back            // what it did about suspended services
	Missing   money.Money     // BackMore
	// Link is the page of the pay link that it was begun with, "" for the customer's own; Again is this page.
	Link, Again string
}

// again is this page's address.
func (p Attempt) again() string {
	if p.Link != "" {
		return p.Again
	}
	return p.Shell.Path
}

// reference is what to name when asking about the payment.
func (p Attempt) reference() string { return "P" + strconv.FormatInt(p.Attempt.ID, 10) }

// face is how a state looks: its tone, icon and words.
func (p Attempt) face() (tone ui.Tone, icon, key string) {
	switch p.Attempt.State {
	case books.AttemptPaid:
		return ui.Ok, "circle-check", "paid"
	case books.AttemptReturned:
		return ui.Info, "undo-2", "returned"
	case books.AttemptDeclined:
		return ui.Bad, "circle-x", "declined"
	case books.AttemptCancelled:
		if p.Attempt.Reason == books.ReasonClosed {
			return ui.Info, "info", "closed"
		}
		return ui.Info, "circle-x", "cancelled"
	case books.AttemptFailed:
		return ui.Bad, "triangle-alert", "failed"
	case books.AttemptHeld:
		if p.Attempt.Reason == books.ReasonUnanswered {
			return ui.Warn, "clock", "unanswered"
		}
		return ui.Warn, "clock", "held"
	case books.AttemptPending:
		return ui.Info, "clock", "pending"
	}
	if p.Attempt.Unknown() {
		return ui.Warn, "clock", "unknown"
	}
	return ui.Info, "clock", "open"
}

// advice says why a payment was declined and what to do.
func (p Attempt) advice(ctx context.Context) string {
	if key := "pay.reason." + p.Attempt.Reason; i18n.Has(key) {
		return i18n.T(ctx, key)
	}
	return i18n.T(ctx, "pay.reason.unknown")
}

// receiptKind keeps the page at one button that stands out.
func (p Attempt) receiptKind() ui.Kind {
	if p.Left.Positive() {
		return ui.Secondary
	}
	return ui.Primary
}

// Sandbox is the pretend provider's page.
type Sandbox struct {
	Shell   ui.Shell
	Payment gateway.HostedPage
	Error   string // message key
}

func (p Attempt) terms(ctx context.Context) []ui.Term {
	list := []ui.Term{{Label: i18n.T(ctx, "pay.number"), Value: p.reference(), Copy: true}, {Label: i18n.T(ctx, "pay.when"), Value: format.DateTime(ctx, p.Attempt.CreatedAt)}}
	list = append(list, p.payees(ctx)...)
	if back := p.Attempt.Returned - p.Attempt.Reinstated; back > 0 && p.Attempt.State != books.AttemptReturned { // of the whole the heading tells
		list = append(list, ui.Term{Label: i18n.T(ctx, "finance.pdf.given_back"), Value: format.Money(ctx, money.Of(back, p.Attempt.Currency))})
	}
	if asked := p.Attempt.AskedFor(); p.Attempt.Received > 0 && asked != p.Attempt.Total() {
		list = append(list, ui.Term{Label: i18n.T(ctx, "attempts.asked"), Value: format.Money(ctx, asked)})
	}
	if p.Attempt.Fee > 0 {
		list = append(list, ui.Term{Label: i18n.T(ctx, "pay.fee_item"), Value: format.Money(ctx, money.Of(p.Attempt.Fee, p.Attempt.Currency))})
	}
	if p.Attempt.Method != "" {
		list = append(list, ui.Term{Label: i18n.T(ctx, "pay.with"), Value: p.Attempt.Method})
	}
	return list
}

// payees tell what the payment is for, or once it has come what it has paid, document by document.
func (p Attempt) payees(ctx context.Context) (list []ui.Term) {
	label := i18n.T(ctx, "pay.for")
	for _, c := range p.Covers {
		list = append(list, ui.Term{Label: i18n.T(ctx, "finance.document.invoice", "number", format.Isolate(ctx, c.Number)), Value: format.Money(ctx, c.Amount)})
	}
	switch {
	case len(list) > 0:
		return list
	case len(p.Numbers) > 0:
		return []ui.Term{{Label: label, Value: strings.Join(p.Numbers, ", ")}}
	}
	return []ui.Term{{Label: label, Value: i18n.T(ctx, "pay.purpose."+string(p.Attempt.Purpose))}}
}

// text says what the state means for whoever paid: a customer is told what is still owed, and nobody else is.
func (p Attempt) text(ctx context.Context, key string) string {
	switch {
	case p.Attempt.State == books.AttemptPaid && p.Link != "":
		return i18n.T(ctx, "pay.state_text.paid_link", "number", strings.Join(p.Numbers, ", "))
	case p.Attempt.State == books.AttemptPaid && p.Left.Positive():
		return i18n.T(ctx, "pay.state_text.paid_part", "amount", format.Money(ctx, p.Left))
	}
	return i18n.T(ctx, "pay.state_text."+key)
}

func noticeOptions(ctx context.Context, ways []string) (list []ui.Option) {
	for _, w := range ways {
		list = append(list, ui.Option{Value: w, Label: i18n.T(ctx, "sandbox.notice."+w)})
	}
	return list
}
