package sandbox

import (
	"slices"

	"myisp/internal/gateway"
	"myisp/internal/money"
)

// Hosted shows the provider's page through the portal.
func (p *Provider) Hosted() gateway.Hosted { return hosted{p} }

type hosted struct{ p *Provider }

var ways = []Notices{AfterReturn, BeforeReturn, Thrice, Lost, BadSignature, Replayed}

func (h hosted) Page(id string) (gateway.HostedPage, bool) {
	y, ok := h.p.Payment(id)
	if !ok {
		return gateway.HostedPage{}, false
	}
	page := gateway.HostedPage{ID: y.ID, Amount: money.Of(y.Amount, y.Currency), Description: y.Description, Language: y.Language, State: y.State, Setup: y.Setup,
		Challenged: y.Challenged, ReturnURL: y.ReturnURL}
	for _, o := range y.Steps() {
		page.Outcomes = append(page.Outcomes, string(o))
	}
	for _, w := range ways {
		page.Notices = append(page.Notices, string(w))
	}
	return page, true
}

func (h hosted) Choose(id, outcome, notices string) (string, error) {
	how := Notices(notices)
	if !slices.Contains(ways, how) {
		how = AfterReturn
	}
	return h.p.Choose(id, Outcome(outcome), how)
}
