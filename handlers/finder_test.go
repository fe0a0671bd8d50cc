package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"myisp/handlers/cashier"
	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/handlers/web"
	"myisp/handlers/webhook"
	"myisp/internal/gateway"
	"myisp/internal/gateway/sandbox"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// finder is the pretend gateway, whose notices name what lies behind a checkout, as those about disputes do.
type finder struct {
	gateway.Gateway
	key   string
	found error
}

func (f *finder) ParseNotice(ctx context.Context, n gateway.Notice) ([]gateway.Event, error) {
	events, err := f.Gateway.ParseNotice(ctx, n)
	for i := range events {
		f.key, events[i].Ref = events[i].Ref.Key, gateway.Ref{ExternalID: "behind-" + events[i].Ref.ExternalID}
	}
	return events, err
}

func (f *finder) Find(_ context.Context, ref gateway.Ref) (gateway.Ref, error) {
	if f.found != nil {
		return ref, f.found
	}
	if f.key == "" || ref.ExternalID == "behind-" {
		return ref, gateway.ErrUnknown
	}
	return gateway.Ref{Key: f.key}, nil
}

// A notice about something that the portal does not know, such as a dispute, is looked up at the provider and settles the
// attempt that it leads to; a stranger's leads nowhere and fails no job (beyond.md, payments).
func TestNoticeIsLookedUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPayer(t, handlerstest.New(t, d))
		id := p.begin()
		p.choose(id, sandbox.Success)
		kind, _ := p.Till.Kind(sandbox.Name)
		make := kind.New
		kind.New = func(config map[string]string, client *http.Client) (gateway.Gateway, error) {
			g, err := make(config, client)
			return &finder{Gateway: g}, err
		}
		till := cashier.New(p.M, []gateway.Definition{kind}, http.DefaultClient)
		pay, _ := p.Provider.Payment(id)
		header, body := p.Provider.Notice(pay, p.M.DB.Now())
		for range 2 { // the second is heard already
			must(t, till.Hear(p.Context, sandbox.Name, gateway.Notice{Header: http.Header{sandbox.SignatureHeader: {header}}, Body: []byte(body), Now: p.M.DB.Now()}))
		}
		if p.due() == 0 {
			t.Error("a notice alone has settled something")
		}
		worker := jobs.New(p.M, jobs.Couriers{}).Payments(till)
		for worker.Once(p.Context) {
		}
		if due, n := p.due(), p.payments(); due != 0 || n != 1 {
			t.Errorf("%d due and %d payments", due, n)
		}
		p.prove()
		must(t, till.Find(p.Context, cashier.Clue{Gateway: sandbox.Name, PartnerID: 1, Ref: gateway.Ref{ExternalID: "behind-"}}))
		must(t, till.Find(p.Context, cashier.Clue{Gateway: "gone", PartnerID: 1}))
	})
}

// A dispute has nothing but its notice: it is looked up for a day, however long the provider does not answer meanwhile.
func TestNoticeIsLookedUpForADay(t *testing.T) {
	at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return at }, func(t *testing.T, d *db.DB) {
		p := newPayer(t, handlerstest.New(t, d))
		id := p.begin()
		p.choose(id, sandbox.Success)
		kind, _ := p.Till.Kind(sandbox.Name)
		down := &finder{found: gateway.ErrUnavailable}
		make := kind.New
		kind.New = func(config map[string]string, client *http.Client) (gateway.Gateway, error) {
			var err error
			down.Gateway, err = make(config, client)
			return down, err
		}
		till := cashier.New(p.M, []gateway.Definition{kind}, http.DefaultClient)
		pay, _ := p.Provider.Payment(id)
		header, body := p.Provider.Notice(pay, p.M.DB.Now())
		must(t, till.Hear(p.Context, sandbox.Name, gateway.Notice{Header: http.Header{sandbox.SignatureHeader: {header}}, Body: []byte(body), Now: p.M.DB.Now()}))
		worker := jobs.New(p.M, jobs.Couriers{}).Payments(till)
		for began := at; at.Sub(began) < 24*time.Hour; at = at.Add(10 * time.Minute) {
			for worker.Once(p.Context) {
			}
		}
		if p.due() == 0 {
			t.Error("settled without an answer")
		}
		down.found = nil
		at = at.Add(time.Hour)
		for worker.Once(p.Context) {
		}
		if due, n := p.due(), p.payments(); due != 0 || n != 1 {
			t.Errorf("%d due and %d payments", due, n)
		}
	})
}

// silent is a gateway that cannot say now whether a notice is its provider's.
type silent struct{ gateway.Gateway }

func (silent) ParseNotice(context.Context, gateway.Notice) ([]gateway.Event, error) {
	return nil, fmt.Errorf("%w: the certificate", gateway.ErrUnavailable)
}

// A notice that cannot be held to its provider now is asked for again, and is no failure of ours.
func TestNoticeIsPutOff(t *testing.T) {
	p := newPayer(t, handlerstest.New(t, dbtest.SQLite(t, nil)))
	kind, _ := p.Till.Kind(sandbox.Name)
	kind.New = func(map[string]string, *http.Client) (gateway.Gateway, error) { return silent{}, nil }
	till := cashier.New(p.M, []gateway.Definition{kind}, http.DefaultClient)
	c := echo.New().NewContext(httptest.NewRequest(http.MethodPost, "/webhooks/sandbox", strings.NewReader("{}")), httptest.NewRecorder())
	c.SetParamNames("gateway")
	c.SetParamValues(sandbox.Name)
	if err := webhook.Gateway(till)(c); err == nil || web.Status(err) != http.StatusServiceUnavailable {
		t.Errorf("%v", err)
	}
}
