package main

import (
	"fmt"
	"net/url"
	"strings"

	"myisp/handlers/jobs"
	"myisp/internal/courier"
	"myisp/internal/courier/capture"
	"myisp/internal/courier/httpsms"
	"myisp/internal/courier/smtp"
	"myisp/models"
)

// couriers are what mail and SMS leave by: MYISP_SMTP_URL and MYISP_SMS_URL. Without a URL the demo keeps the messages for
// /admin/outbox, and a real installation has no courier: its jobs wait and say so.
func (e *Environment) couriers(m *models.Models, demo bool) (c jobs.Couriers, err error) {
	switch {
	case e.SMTPURL != "":
		c.Mail, c.Sender, err = mailer(e.SMTPURL)
		if err != nil {
			return c, err
		}
	case demo:
		c.Mail = capture.Mailer(m.Messages)
	}
	switch {
	case e.SMSURL != "":
		sms, err := httpsms.New(e.SMSURL)
		if err != nil {
			return c, fmt.Errorf("MYISP_SMS_URL: %w", err)
		}
		c.SMS = sms
	case demo:
		c.SMS = capture.Texter(m.Messages)
	}
	return c, nil
}

// mailer reads the SMTP URL and who mail comes from: ?from=portal@isp.example, or the log-in where that is an address.
// Without either, mail comes from the partner's own address.
func mailer(raw string) (courier.Mailer, string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		_, err = smtp.New(raw) // says what is wrong without the password
		return nil, "", fmt.Errorf("MYISP_SMTP_URL: %w", err)
	}
	query := u.Query()
	sender := query.Get("from")
	if query.Has("from") {
		if err := courier.CheckAddress("from", sender); err != nil {
			return nil, "", fmt.Errorf("MYISP_SMTP_URL: %w", err)
		}
		query.Del("from")
		u.RawQuery = query.Encode()
	} else if user := u.User.Username(); strings.Contains(user, "@") && courier.CheckAddress("from", user) == nil {
		sender = user
	}
	out, err := smtp.New(u.String())
	if err != nil {
		return nil, "", fmt.Errorf("MYISP_SMTP_URL: %w", err)
	}
	return out, sender, nil
}
