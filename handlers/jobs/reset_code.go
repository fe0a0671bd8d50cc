package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"myisp/internal/courier"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/job"
	"myisp/models/portal"
	"myisp/views/i18n"
	"myisp/views/mail"
)

// resetCode sends a password reset code as G4–G6 say.
func (w *Worker) resetCode(ctx context.Context, j *job.Job) error {
	var p customer.ResetCode
	if err := w.m.Jobs.Decode(j, &p); err != nil {
		return courier.Lasting(err)
	}
	if p.CustomerID == 0 {
		return nil // asked for in vain: enqueued only so that asking costs the same for all
	}
	if w.m.DB.Now().Sub(j.CreatedAt) > customer.ResetLife {
		return courier.Lasting(errors.New("the code has expired before it could be sent"))
	}
	who, err := w.m.Customers.Find(ctx, p.CustomerID)
	if db.KindOf(err) == db.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	snap, err := w.m.Portal.Snapshot(ctx)
	if err != nil {
		return err
	}
	view := snap.Partner(who.PartnerID)
	ctx = i18n.With(ctx, p.Language)
	link := p.Host + "/reset/code"
	if p.Request != "" {
		link += "?request=" + p.Request
	}
	if p.Channel == customer.BySMS {
		if w.couriers.SMS == nil {
			return errors.New("no SMS courier is configured (MYISP_SMS_URL)")
		}
		text := portal.FillText(portal.ResetSMSText.Of(view.Values), map[string]string{"code": p.Code, "partner": portal.PortalTitle.Of(view.Values)})
		if p.Request != "" {
			text += " " + link
		}
		return w.couriers.SMS.Send(ctx, courier.SMS{To: p.To, Text: text, ID: fmt.Sprintf("job-%d", j.ID)})
	}
	page := mail.ResetCode{Name: who.Name, Brand: portal.PortalTitle.Of(view.Values), Color: view.Brand.Color, Code: p.Code,
		URL: link, Short: portal.ResetMailTemplate.Of(view.Values) == "customer_password_reset_short" && p.Request == ""}
	return w.sendMail(ctx, j, view, p.To, page.Subject(ctx), page.Text(ctx), page)
}

// sendMail sends a composed mail of a partner to one address.
func (w *Worker) sendMail(ctx context.Context, j *job.Job, view *portal.View, to, subject, text string, page mail.Page, files ...courier.Attachment) error {
	if w.couriers.Mail == nil {
		return errors.New("no mail courier is configured (MYISP_SMTP_URL)")
	}
	var html bytes.Buffer
	if err := page.HTML().Render(ctx, &html); err != nil {
		return courier.Lasting(err)
	}
	from := w.couriers.Sender
	if from == "" {
		from = view.Company.Email
	}
	m := courier.Mail{From: from, FromName: portal.PortalTitle.Of(view.Values), To: []string{to}, Subject: subject, Text: text, HTML: html.String(), Attachments: files,
		MessageID: courier.MessageID(fmt.Sprintf("%s:%d", j.Kind, j.ID), from)}
	if view.Company.Email != "" && view.Company.Email != from {
		m.ReplyTo = view.Company.Email
	}
	return w.couriers.Mail.Send(ctx, m)
}
