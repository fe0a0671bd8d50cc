package main

import (
	"strings"
	"testing"

	"myisp/internal/courier"
	"myisp/models"
	"myisp/models/db/dbtest"
	"myisp/models/message"
)

// Mail and SMS leave by what the URLs name; without them the demo keeps what would be sent and others have no courier.
func TestCouriers(t *testing.T) {
	for _, c := range []struct {
		name, smtp, sms string
		demo            bool
		mail, text      bool
		sender, fails   string
	}{
		{name: "nothing"},
		{name: "demo", demo: true, mail: true, text: true},
		{name: "log-in is an address", smtp: "smtp://portal%40isp.example:secret@mail.isp.example:587", mail: true, sender: "portal@isp.example"},
		{name: "log-in is a name", smtp: "smtp://portal:secret@mail.isp.example:587", mail: true},
		{name: "from", smtp: "smtp://portal:secret@mail.isp.example:587?from=hello%40isp.example&timeout=10s", mail: true, sender: "hello@isp.example"},
		{name: "from is no address", smtp: "smtp://mail.isp.example?from=hello", fails: "from"},
		{name: "no scheme", smtp: "mail.isp.example", fails: "MYISP_SMTP_URL"},
		{name: "not a URL", smtp: "smtp://a:sec%ret@x", fails: "MYISP_SMTP_URL"},
		{name: "SMS", sms: "https://sms.example/send?to={digits}&text={text}", text: true},
		{name: "SMS to nobody", sms: "https://sms.example/send", fails: "MYISP_SMS_URL"},
		{name: "demo that sends mail", demo: true, smtp: "smtp://localhost:25", mail: true, text: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := Environment{SMTPURL: c.smtp, SMSURL: c.sms}
			got, err := env.couriers(&models.Models{Messages: message.New(nil)}, c.demo)
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "sec%ret") {
					t.Errorf("error %v, want %s and no password", err, c.fails)
				}
				return
			}
			if err != nil || (got.Mail != nil) != c.mail || (got.SMS != nil) != c.text || got.Sender != c.sender {
				t.Errorf("couriers %+v, error %v", got, err)
			}
		})
	}
}

// What the demo captures is read in the outbox.
func TestCapturing(t *testing.T) {
	d := dbtest.SQLite(t, nil)
	m := &models.Models{DB: d, Messages: message.New(d)}
	c, err := (&Environment{}).couriers(m, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Mail.Send(t.Context(), courier.Mail{From: "a@isp.example", To: []string{"b@isp.example"}, Subject: "Hello", Text: "x"}); err != nil {
		t.Fatal(err)
	}
	if err := c.SMS.Send(t.Context(), courier.SMS{To: "+14155552671", Text: "y"}); err != nil {
		t.Fatal(err)
	}
	if list, err := m.Messages.Captured(t.Context(), 10); err != nil || len(list) != 2 {
		t.Errorf("captured %v %v", list, err)
	}
}
