package finance

import (
	"context"
	"strconv"
	"strings"

	"myisp/internal/money"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// ConsentVersion names the words of the consent to autopay; it changes with them.
const ConsentVersion = "2026-11"

// Autopay is the page of autopay: where it stands, what it has done, and the form that sets it up.
type Autopay struct {
	Shell   ui.Shell
	Today   db.Day
	Rows    []books.SavedMethod // to choose from
	Rule    books.Autopay       // zero before the first
	Next    books.NextCharge
	Method  books.SavedMethod // of Rule
	Consent books.AutopayConsent
	Charges []books.AutopayCharge
	Brand   string
	Form    AutopayForm
	Errors  map[string]string
	Until   string // the pause's day as typed
}

// AutopayForm is what the form says.
type AutopayForm struct {
	Method, Rule, DaysBefore, DayOfMonth, Most string
	Currency                                   money.Currency
}

// FormOf is the form as autopay stands.
func FormOf(ctx context.Context, a books.Autopay, rows []books.SavedMethod, currency money.Currency) AutopayForm {
	f := AutopayForm{Rule: string(books.RuleDue), DaysBefore: "3", DayOfMonth: "1", Currency: currency}
	if len(rows) > 0 {
		f.Method = strconv.FormatInt(rows[0].ID, 10)
	}
	if !a.On() {
		return f
	}
	f.Method, f.Rule = strconv.FormatInt(a.MethodID, 10), string(a.Rule)
	switch a.Rule {
	case books.RuleBefore:
		f.DaysBefore = strconv.Itoa(a.Days)
	case books.RuleDay:
		f.DayOfMonth = strconv.Itoa(a.Days)
	}
	if a.MostMinor > 0 {
		f.Most = format.Typed(ctx, a.Most())
	}
	return f
}

// ConsentText is what a customer agrees to.
func ConsentText(ctx context.Context, brand string) string {
	return i18n.T(ctx, "autopay.consent", "brand", brand)
}

// AgreedTerms are the consent with what was chosen, as it is kept.
func AgreedTerms(ctx context.Context, brand string, a books.Autopay, m books.SavedMethod) string {
	lines := []string{ConsentText(ctx, brand), i18n.T(ctx, "autopay.method") + ": " + SavedName(ctx, m), i18n.T(ctx, "autopay.when") + ": " + ruleText(ctx, a),
		i18n.T(ctx, "autopay.most") + ": " + mostText(ctx, a)}
	return strings.Join(lines, "\n")
}

func ruleText(ctx context.Context, a books.Autopay) string {
	switch a.Rule {
	case books.RuleBefore:
		return i18n.N(ctx, "autopay.rule_before", a.Days)
	case books.RuleDay:
		return i18n.T(ctx, "autopay.rule_day", "day", a.Days)
	}
	return i18n.T(ctx, "autopay.rule_due")
}

// AutopayTerms are when autopay charges and how much at most, for letters.
func AutopayTerms(ctx context.Context, a books.Autopay) (rule, most string) {
	return ruleText(ctx, a), mostText(ctx, a)
}

func mostText(ctx context.Context, a books.Autopay) string {
	if a.MostMinor == 0 {
		return i18n.T(ctx, "autopay.no_most")
	}
	return format.Money(ctx, a.Most())
}

// NextText tells what autopay charges next.
func NextText(ctx context.Context, n books.NextCharge, a books.Autopay, today db.Day) string {
	amount := format.Money(ctx, n.Amount)
	switch {
	case n.Underway:
		return i18n.T(ctx, "autopay.next_underway", "amount", amount)
	case a.Paused(today) && n.Day == "":
		return i18n.T(ctx, "autopay.paused_until", "date", day(ctx, a.PausedUntil))
	case n.Day == "":
		return i18n.T(ctx, "autopay.next_none")
	case n.TooMuch:
		return i18n.T(ctx, "autopay.next_too_much", "amount", amount)
	case n.Stuck == books.StuckDebt:
		return i18n.T(ctx, "autopay.next_stuck_debt", "amount", amount)
	case n.Stuck != "":
		return i18n.T(ctx, "autopay.next_stuck", "amount", amount)
	case n.Retry:
		return i18n.T(ctx, "autopay.next_retry", "amount", amount, "date", day(ctx, n.Day))
	case !n.Amount.Positive():
		return i18n.T(ctx, "autopay.next_day", "date", day(ctx, n.Day))
	case a.Paused(today) && n.Day == a.PausedUntil:
		return i18n.T(ctx, "autopay.next_after_pause", "amount", amount, "date", day(ctx, n.Day)) // else it seems to contradict the rule
	}
	return i18n.T(ctx, "autopay.next", "amount", amount, "date", day(ctx, n.Day))
}

func (p Autopay) terms(ctx context.Context) []ui.Term {
	list := []ui.Term{{Label: i18n.T(ctx, "autopay.method"), Value: dotted(ctx, savedTitle(ctx, p.Method), expiry(ctx, p.Method))}, {Label: i18n.T(ctx, "autopay.when"), Value: ruleText(ctx, p.Rule)},
		{Label: i18n.T(ctx, "autopay.most"), Value: mostText(ctx, p.Rule)}}
	if p.Rule.Paused(p.Today) {
		list = append(list, ui.Term{Label: i18n.T(ctx, "autopay.paused"), Value: i18n.T(ctx, "autopay.paused_until", "date", day(ctx, p.Rule.PausedUntil))})
	}
	if len(p.Next.Schedule) > 0 {
		var days []string
		for _, d := range p.Next.Schedule {
			days = append(days, format.Isolate(ctx, dayNear(ctx, d, p.Today)))
		}
		list = append(list, ui.Term{Label: i18n.T(ctx, "autopay.schedule"), Value: strings.Join(days, ", ")})
	}
	if p.Consent.ID != 0 {
		list = append(list, ui.Term{Label: i18n.T(ctx, "autopay.agreed"), Value: i18n.T(ctx, "autopay.agreed_at", "date", format.DateTime(ctx, p.Consent.CreatedAt), "version", p.Consent.Version)})
	}
	return list
}

func (p Autopay) endedText(ctx context.Context) string {
	if key := "autopay.ended." + p.Rule.Reason; i18n.Has(key) {
		return i18n.T(ctx, key)
	}
	return ""
}

func (p Autopay) methodOptions(ctx context.Context) (list []ui.Option) {
	for _, m := range p.Rows {
		if !m.Expired(p.Today) {
			list = append(list, ui.Option{Value: strconv.FormatInt(m.ID, 10), Label: strings.TrimSuffix(savedTitle(ctx, m)+" · "+expiry(ctx, m), " · ")})
		}
	}
	return list
}

func (p Autopay) ruleOptions(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: string(books.RuleDue), Label: i18n.T(ctx, "autopay.option_due")}, {Value: string(books.RuleBefore), Label: i18n.T(ctx, "autopay.option_before")},
		{Value: string(books.RuleDay), Label: i18n.T(ctx, "autopay.option_day")}}
}

func chargeBadge(ctx context.Context, c books.AutopayCharge) (ui.Tone, string) {
	word := i18n.T(ctx, "autopay.state."+string(c.State))
	switch c.State {
	case books.ChargePaid:
		return ui.Ok, word
	case books.ChargeFailed:
		return ui.Bad, word
	case books.ChargeRetry, books.ChargeTooMuch:
		return ui.Warn, word
	case books.ChargeUnderway:
		return ui.Info, word
	}
	return ui.Neutral, word
}

func chargeText(ctx context.Context, c books.AutopayCharge) string {
	tries := ""
	if c.Tries > 1 {
		tries = i18n.N(ctx, "autopay.tries", c.Tries)
	}
	next := ""
	if c.NextOn != "" {
		next = i18n.T(ctx, "autopay.again_on", "date", day(ctx, c.NextOn))
	}
	return dotted(ctx, tries, next)
}
