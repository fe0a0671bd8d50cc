package jobs

import (
	"context"
	"strconv"

	"myisp/internal/courier"
	"myisp/models"
	"myisp/models/db"
	"myisp/models/job"
	"myisp/models/portal"
	"myisp/views/i18n"
	"myisp/views/mail"
)

// booksAlarm writes to an administrator that the books do not agree.
func (w *Worker) booksAlarm(ctx context.Context, j *job.Job) error {
	var p models.BooksAlarm
	if err := w.m.Jobs.Decode(j, &p); err != nil {
		return courier.Lasting(err)
	}
	who, err := w.m.Staff.Find(ctx, p.MemberID)
	if db.KindOf(err) == db.NotFound || err == nil && (who.Email == "" || who.Disabled) {
		return nil
	}
	if err != nil {
		return err
	}
	snap, err := w.m.Portal.Snapshot(ctx)
	if err != nil {
		return err
	}
	view := snap.Partner(portal.DefaultPartner)
	ctx = i18n.With(ctx, who.Language)
	page := mail.BooksAlarm{Name: who.Name, Brand: portal.PortalTitle.Of(view.Values), Color: view.Brand.Color, Wrong: strconv.FormatInt(p.Wrong, 10)}
	return w.sendMail(ctx, j, view, who.Email, page.Subject(ctx), page.Text(ctx), page)
}
