package cashier

import (
	"context"
	"errors"
	"log/slog"
	"strconv"

	"myisp/internal/gateway"
	"myisp/models/db"
	"myisp/models/finance"
)

// JobAsk asks a gateway about one attempt; Question is its payload.
const JobAsk = "payment.ask"

// Question names an attempt to ask about. Heard is the gateway's id of it, where only a notice has told that.
type Question struct {
	AttemptID int64
	Heard     string `json:",omitempty"`
}

// Answer asks what a Question wants to know.
func (c *Cashier) Answer(ctx context.Context, q Question) error {
	a, err := c.m.Finance.AttemptByID(ctx, q.AttemptID)
	if db.KindOf(err) == db.NotFound {
		return nil
	}
	if err == nil {
		_, err = c.askAbout(ctx, a, q.Heard)
	}
	return err
}

// Hear takes a gateway's webhook: it has to be one of a partner's, by its signature. Each event is heard once; asking about
// its attempt is a job written with that, so an answer of 200 means that nothing can be lost any more.
func (c *Cashier) Hear(ctx context.Context, name string, n gateway.Notice) error {
	n.Now = c.m.DB.Now()
	setups, err := c.m.Finance.GatewayPartners(ctx, name)
	if err != nil {
		return err
	}
	if _, ok := c.Kind(name); !ok || len(setups) == 0 {
		return db.ErrNotFound
	}
	for _, setup := range setups {
		g, err := c.open(setup)
		if err != nil {
			slog.ErrorContext(ctx, "a gateway cannot be used", "gateway", name, "partner", setup.PartnerID, "err", err)
			continue
		}
		events, err := g.ParseNotice(ctx, n)
		if errors.Is(err, gateway.ErrForged) {
			continue
		}
		if err != nil {
			return err
		}
		_, finds := g.(gateway.Finder)
		return c.hearAll(ctx, setup, events, finds)
	}
	return db.Fail(db.Forbidden, "error.forbidden")
}

func (c *Cashier) hearAll(ctx context.Context, setup finance.GatewaySetup, events []gateway.Event, finds bool) error {
	name := setup.Gateway
	for _, e := range events {
		err := c.m.DB.Tx(ctx, func(ctx context.Context) error {
			first, err := c.m.Finance.Heard(ctx, name, strconv.FormatInt(setup.PartnerID, 10)+"/"+e.ID, e.Ref.ExternalID)
			if err != nil || !first {
				return err
			}
			if e.Setup {
				m, err := c.m.Finance.MethodBy(ctx, name, e.Ref.ExternalID, e.Ref.Key)
				if err != nil && db.KindOf(err) == db.NotFound {
					return nil
				}
				if err != nil {
					return err
				}
				return c.m.Jobs.Enqueue(ctx, JobAskMethod, finance.MethodNamed{MethodID: m.ID})
			}
			a, err := c.m.Finance.AttemptBy(ctx, name, e.Ref.ExternalID, e.Ref.Key)
			if db.KindOf(err) == db.NotFound && finds && !e.Setup && e.Ref.ExternalID != "" {
				return c.m.Jobs.Enqueue(ctx, JobFind, Clue{name, setup.PartnerID, e.Ref}) // a dispute, or what lies behind a checkout
			}
			if db.KindOf(err) == db.NotFound {
				return nil // another system's, or one whose beginning is just being written down: the poller asks for it
			}
			if err != nil {
				return err
			}
			q := Question{AttemptID: a.ID}
			if a.ExternalID == nil && e.Ref.Key == a.Key {
				q.Heard = e.Ref.ExternalID
			}
			return c.m.Jobs.Enqueue(ctx, JobAsk, q)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// JobFind asks a gateway which attempt a notice was about; Clue is its payload.
const JobFind = "payment.find"

// Clue is what a notice told of, when that is nothing that the portal knows.
type Clue struct {
	Gateway   string
	PartnerID int64
	Ref       gateway.Ref
}

// Find asks the gateway which attempt a clue leads to, and then about that. One that leads to none is another system's.
func (c *Cashier) Find(ctx context.Context, clue Clue) error {
	setup, err := c.m.Finance.Gateway(ctx, clue.PartnerID, clue.Gateway)
	if db.KindOf(err) == db.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	g, err := c.open(setup)
	if err != nil {
		return err
	}
	finder, ok := g.(gateway.Finder)
	if !ok {
		return nil
	}
	call, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ref, err := finder.Find(call, clue.Ref)
	if errors.Is(err, gateway.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	a, err := c.m.Finance.AttemptBy(ctx, clue.Gateway, ref.ExternalID, ref.Key)
	if db.KindOf(err) == db.NotFound {
		return nil
	}
	if err == nil {
		_, err = c.askAbout(ctx, a, ref.ExternalID)
	}
	return err
}
