// Package capture is the courier of the demo: it hands every mail and text message to a Sink, which keeps them to be
// read at /admin/outbox, and sends nothing.
package capture

import (
	"context"
	"strings"

	"myisp/internal/courier"
)

// What a Sink is told it captures.
const (
	KindMail = "mail"
	KindSMS  = "sms"
)

// Sink keeps captured messages, each id once; "" is no id. from and subject and html are empty for an SMS; several recipients are joined
// by ", "; files are what is attached, by name.
type Sink interface {
	Capture(ctx context.Context, id, kind, from, to, subject, text, html string, files map[string][]byte) error
}

type mailer struct{ sink Sink }

// Mailer captures mail. It refuses what a real Mailer refuses, so the demo shows mistakes too.
func Mailer(s Sink) courier.Mailer { return mailer{s} }

func (m mailer) Send(ctx context.Context, p courier.Mail) error {
	if err := p.Check(); err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, a := range p.Attachments {
		files[a.Name] = a.Data
	}
	return m.sink.Capture(ctx, p.MessageID, KindMail, p.From, strings.Join(p.To, ", "), p.Subject, p.Text, p.HTML, files)
}

type texter struct{ sink Sink }

// Texter captures text messages, and refuses what a real Texter refuses.
func Texter(s Sink) courier.Texter { return texter{s} }

func (t texter) Send(ctx context.Context, p courier.SMS) error {
	if err := p.Check(); err != nil {
		return err
	}
	return t.sink.Capture(ctx, p.ID, KindSMS, "", p.To, "", p.Text, "", nil)
}
