package courier

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func good() Mail {
	return Mail{
		From: "portal@isp.example", FromName: "Harbor Fiber", ReplyTo: "help@isp.example", To: []string{"alice@example.com"},
		Subject: "Your code", Text: "1234", HTML: "<p>1234</p>", MessageID: MessageID("job/1", "isp.example"),
		Attachments: []Attachment{{Name: "a b.pdf", Type: "application/pdf", Data: []byte("%PDF")}},
	}
}

func TestMailCheck(t *testing.T) {
	if err := good().Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Mail){
		"no sender":             func(m *Mail) { m.From = "" },
		"sender with a name":    func(m *Mail) { m.From = "A <portal@isp.example>" },
		"sender injects":        func(m *Mail) { m.From = "portal@isp.example\r\nBcc: eve@example.com" },
		"no recipient":          func(m *Mail) { m.To = nil },
		"empty recipient":       func(m *Mail) { m.To = []string{"alice@example.com", ""} },
		"recipient injects":     func(m *Mail) { m.To = []string{"alice@example.com\nCc: eve@example.com"} },
		"two in one":            func(m *Mail) { m.To = []string{"alice@example.com, bob@example.com"} },
		"recipient without @":   func(m *Mail) { m.To = []string{"alice"} },
		"recipient with spaces": func(m *Mail) { m.To = []string{" alice@example.com"} },
		"long recipient":        func(m *Mail) { m.To = []string{strings.Repeat("a", 250) + "@b.example"} },
		"reply-to injects":      func(m *Mail) { m.ReplyTo = "a@b.example\r\nX: y" },
		"subject injects CRLF":  func(m *Mail) { m.Subject = "x\r\nBcc: eve@example.com" },
		"subject injects LF":    func(m *Mail) { m.Subject = "x\ny" },
		"subject injects CR":    func(m *Mail) { m.Subject = "x\ry" },
		"subject with NUL":      func(m *Mail) { m.Subject = "x\x00" },
		"subject not UTF-8":     func(m *Mail) { m.Subject = "\xff" },
		"subject of 1 MB":       func(m *Mail) { m.Subject = strings.Repeat("x", 1<<20) },
		"name injects":          func(m *Mail) { m.FromName = "x\r\nBcc: eve@example.com" },
		"id injects":            func(m *Mail) { m.MessageID = "a@b>\r\nX: <y" },
		"id without @":          func(m *Mail) { m.MessageID = "a" },
		"id with brackets":      func(m *Mail) { m.MessageID = "<a@b>" },
		"nothing to say":        func(m *Mail) { m.Text, m.HTML = "", "" },
		"file name injects":     func(m *Mail) { m.Attachments[0].Name = "a\r\nX: y" },
		"file with a folder":    func(m *Mail) { m.Attachments[0].Name = "../a" },
		"file without a name":   func(m *Mail) { m.Attachments[0].Name = "" },
		"file type injects":     func(m *Mail) { m.Attachments[0].Type = "a/b\r\nX: y" },
		"too large":             func(m *Mail) { m.Attachments[0].Data = make([]byte, MaxMail) },
	} {
		m := good()
		spoil(&m)
		if err := m.Check(); !errors.Is(err, ErrMalformed) || !Permanent(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSMSCheck(t *testing.T) {
	for _, c := range []struct {
		sms SMS
		ok  bool
	}{
		{SMS{To: "+14155552671", Text: "Code: 1"}, true},
		{SMS{To: "+14155552671", Text: "two\nlines 😀", ID: "job-1"}, true},
		{SMS{To: "14155552671", Text: "x"}, false},
		{SMS{To: "+1415555267a", Text: "x"}, false},
		{SMS{To: "+04155552671", Text: "x"}, false},
		{SMS{To: "+", Text: "x"}, false},
		{SMS{To: "+1234567890123456", Text: "x"}, false},
		{SMS{To: "+14155552671"}, false},
		{SMS{To: "+14155552671", Text: "\xff"}, false},
		{SMS{To: "+14155552671", Text: strings.Repeat("x", MaxText+1)}, false},
		{SMS{To: "+14155552671", Text: "x", ID: "a\r\nX: y"}, false},
	} {
		if err := c.sms.Check(); (err == nil) != c.ok || err != nil && !Permanent(err) {
			t.Errorf("%.40v: %v", c.sms, err)
		}
	}
}

func TestPermanent(t *testing.T) {
	cause := errors.New("no such user")
	lasting := Lasting(cause)
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false}, {cause, false}, {context.DeadlineExceeded, false}, {lasting, true},
		{fmt.Errorf("job 7: %w", lasting), true}, {errors.Join(cause, lasting), true}, {Lasting(nil), false},
	} {
		if Permanent(c.err) != c.want {
			t.Errorf("%v: %v", c.err, !c.want)
		}
	}
	if !errors.Is(lasting, cause) || lasting.Error() != cause.Error() {
		t.Error("the cause is hidden")
	}
}

func TestMessageID(t *testing.T) {
	a := MessageID("job/1", "isp.example")
	if a != MessageID("job/1", "https://isp.example:8080/portal") || a != MessageID("job/1", "portal@isp.example") {
		t.Error("one job, several ids")
	}
	if a == MessageID("job/2", "isp.example") || a == MessageID("job/1", "other.example") {
		t.Error("one id for several jobs")
	}
	if !messageID(a) || !strings.HasSuffix(a, "@isp.example") || strings.Contains(a, "job") {
		t.Error(a)
	}
	if !messageID(MessageID("", "")) {
		t.Error("no id without a domain")
	}
}

func FuzzMailCheck(f *testing.F) {
	f.Add("portal@isp.example", "alice@example.com", "Hello", "Name")
	f.Add("a@b\r\n", "\"x y\"@z", "=?utf-8?q?=0d=0a?=", "\u2028")
	f.Fuzz(func(t *testing.T, from, to, subject, name string) {
		m := good()
		m.From, m.To, m.Subject, m.FromName = from, []string{to}, subject, name
		if m.Check() == nil && strings.ContainsAny(from+to+subject+name, "\r\n\x00") {
			t.Errorf("passes: %q", m)
		}
	})
}
