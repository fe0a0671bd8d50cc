package handlerstest

import (
	"net/http"
	"strings"
	"testing"

	"myisp/handlers"
	"myisp/handlers/cashier"
	"myisp/internal/gateway"
	"myisp/internal/gateway/sandbox"
	"myisp/models/finance"
)

// pretend gives the portal the pretend payment provider. Its notices are sent to nobody: a test sends them when it wants.
func (s *Site) pretend(cfg *handlers.Config) {
	s.t.Helper()
	provider, err := sandbox.New("", s.M.Keys.Sub("sandbox"), s.M.DB.Now, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Provider = provider
	s.Till = cashier.New(s.M, []gateway.Definition{sandbox.Definition(provider, func(id string) string { return "/sandbox/" + id })}, http.DefaultClient)
	cfg.Cashier, cfg.Hosted = s.Till, provider.Hosted()
}

// TakePayments sets the pretend gateway up for a partner, with a fee of one per cent.
func (s *Site) TakePayments(partner int64) {
	s.t.Helper()
	err := s.M.Finance.SetUpGateway(s.Context, finance.GatewaySetup{PartnerID: partner, Gateway: sandbox.Name, Enabled: true, MethodID: finance.MethodCard, FeePPM: 10_000,
		Invoices: true, Proformas: true, Ahead: true}, nil)
	if err != nil {
		s.t.Fatal(err)
	}
}

// Tell sends the provider's latest notice about a payment to the portal and returns the status.
func (s *Site) Tell(t testing.TB, id string) int {
	t.Helper()
	y, ok := s.Provider.Payment(id)
	if !ok {
		t.Fatalf("no payment %s", id)
	}
	header, body := s.Provider.Notice(y, s.M.DB.Now())
	return s.TellRaw(t, header, body)
}

// TellRaw posts a notice as it is given.
func (s *Site) TellRaw(t testing.TB, header, body string) int {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.URL+"/webhooks/"+sandbox.Name, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(sandbox.SignatureHeader, header)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}
