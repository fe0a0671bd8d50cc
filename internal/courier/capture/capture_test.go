package capture

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myisp/internal/courier"
)

type sink struct {
	got   [][]string
	files []string
	err   error
}

func (s *sink) Capture(_ context.Context, fields ...string) error {
	s.got = append(s.got, fields)
	return s.err
}

type adapter struct{ *sink }

func (a adapter) Capture(ctx context.Context, id, kind, from, to, subject, text, html string, files map[string][]byte) error {
	for name, data := range files {
		a.files = append(a.files, name+" "+string(data))
	}
	return a.sink.Capture(ctx, id, kind, from, to, subject, text, html)
}

func TestCapture(t *testing.T) {
	s := &sink{}
	mail := courier.Mail{From: "p@isp.example", To: []string{"a@example.com", "b@example.com"}, Subject: "S", Text: "T", HTML: "H", MessageID: "1@isp.example", Attachments: []courier.Attachment{{Name: "a.pdf", Data: []byte("%PDF")}}}
	if err := Mailer(adapter{s}).Send(t.Context(), mail); err != nil {
		t.Error(err)
	}
	if err := Texter(adapter{s}).Send(t.Context(), courier.SMS{To: "+14155552671", Text: "Code 1", ID: "job-2"}); err != nil {
		t.Error(err)
	}
	mail.Subject = "x\r\nBcc: eve@example.com"
	if err := Mailer(adapter{s}).Send(t.Context(), mail); !courier.Permanent(err) {
		t.Error("a malformed mail is captured:", err)
	}
	if err := Texter(adapter{s}).Send(t.Context(), courier.SMS{To: "alice", Text: "x"}); !courier.Permanent(err) {
		t.Error("a malformed SMS is captured:", err)
	}
	want := [][]string{
		{"1@isp.example", "mail", "p@isp.example", "a@example.com, b@example.com", "S", "T", "H"},
		{"job-2", "sms", "", "+14155552671", "", "Code 1", ""},
	}
	if d := cmp.Diff(want, s.got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"a.pdf %PDF"}, s.files); d != "" {
		t.Error(d)
	}
	s.err = errors.New("disk full")
	if err := Texter(adapter{s}).Send(t.Context(), courier.SMS{To: "+14155552671", Text: "x"}); !errors.Is(err, s.err) || courier.Permanent(err) {
		t.Error("the sink's error is lost:", err)
	}
}
