package jobs

import (
	"context"
	"errors"

	"myisp/internal/courier"
	"myisp/models/job"
	"myisp/models/portal"
	"myisp/models/staff"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/mail"
)

// staffLink sends an invitation, or a link to a new password, to a member of staff.
func (w *Worker) staffLink(ctx context.Context, j *job.Job) error {
	var p staff.Link
	if err := w.m.Jobs.Decode(j, &p); err != nil {
		return courier.Lasting(err)
	}
	if !w.m.DB.Now().Before(p.ExpiresAt) {
		return courier.Lasting(errors.New("the link has expired before it could be sent"))
	}
	snap, err := w.m.Portal.Snapshot(ctx)
	if err != nil {
		return err
	}
	view := snap.Partner(portal.DefaultPartner)
	ctx = format.With(i18n.With(ctx, p.Language), format.Format{Zone: view.Values.Zone(), DatePattern: "d mmm yyyy"})
	page := mail.StaffLink{Name: p.Name, By: p.By, Brand: portal.PortalTitle.Of(view.Values), Color: view.Brand.Color, URL: p.URL, Invitation: p.Invitation,
		Until: p.ExpiresAt}
	return w.sendMail(ctx, j, view, p.To, page.Subject(ctx), page.Text(ctx), page)
}
