package jobs

import (
	"context"
	"strings"

	"myisp/handlers/web"
	"myisp/internal/courier"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/job"
	"myisp/models/portal"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/mail"
)

// profileNotice tells an address that the account's e-mail address or password was changed.
func (w *Worker) profileNotice(ctx context.Context, j *job.Job) error {
	var p customer.ProfileNotice
	if err := w.m.Jobs.Decode(j, &p); err != nil {
		return courier.Lasting(err)
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
	if p.Language == "" {
		p.Language = i18n.Match("", portal.OfferedLanguages.Of(view.Values))
	}
	ctx = format.With(i18n.With(ctx, p.Language), web.Localisation(view.Values))
	page := mail.ProfileChanged{Name: who.Name, Brand: portal.PortalTitle.Of(view.Values), Color: view.Brand.Color, Email: p.Email, Password: p.Password, At: p.At, IP: p.IP, Staff: p.Staff,
		Contact: contact(view)}
	return w.sendMail(ctx, j, view, p.To, page.Subject(ctx), page.Text(ctx), page)
}

// contact is where a partner's customers find help.
func contact(v *portal.View) string {
	var ways []string
	for _, pair := range [][2]string{{portal.HelpEmail.Of(v.Values), v.Company.Email}, {portal.HelpPhone.Of(v.Values), v.Company.Phone}} {
		if pair[0] == "" {
			pair[0] = pair[1]
		}
		if pair[0] != "" {
			ways = append(ways, pair[0])
		}
	}
	if len(ways) == 0 {
		return v.Company.Name
	}
	return strings.Join(ways, ", ")
}
