// Package pages shows the pages that need no records: About, questions, Settings, More, Offline and how to install.
package pages

import (
	"context"

	"myisp/models/message"
	"myisp/models/portal"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// About is the company behind the portal (2.14). Rows without a value are hidden.
type About struct {
	Shell ui.Shell
	Name  string
	Rows  []AboutRow
}

// AboutRow is one fact about the company.
type AboutRow struct {
	LabelKey string // message key: "about.street", "about.email" …
	Value    string
}

// AboutOf makes the page from the partner's company information (X14); rows without a value are left out.
func AboutOf(s ui.Shell, c portal.CompanyInfo) About {
	p := About{Shell: s, Name: c.Name}
	for _, r := range []AboutRow{{"about.street", c.Street}, {"about.zip", c.Zip}, {"about.city", c.City}, {"about.country", c.Country},
		{"about.email", c.Email}, {"about.phone", c.Phone}, {"about.website", c.Website}, {"about.company_id", c.CompanyID}, {"about.vat_id", c.VatID}} {
		if r.Value != "" {
			p.Rows = append(p.Rows, r)
		}
	}
	return p
}

// FAQ is a list of questions with their answers, both written by the operator.
type FAQ struct {
	Shell ui.Shell
	Items []message.FAQItem
}

// Settings is language and theme. It posts language and theme to /settings.
type Settings struct {
	Shell     ui.Shell
	Languages []i18n.Language
	Language  string // chosen code
	Theme     string // "auto", "light" or "dark"
}

// More lists the modules that have no tab, and the way out. It posts to /logout.
type More struct {
	Shell ui.Shell
	Items []ui.NavItem
}

// Offline is what the service worker shows without a network; it needs nothing but its stylesheets and logo.
type Offline struct {
	Brand ui.Brand
}

// Install explains how to put the portal on the home screen of each kind of phone.
type Install struct {
	Shell ui.Shell
}

func (p Settings) languageOptions() []ui.Option {
	var options []ui.Option
	for _, l := range p.Languages {
		options = append(options, ui.Option{Value: l.Code, Label: l.Native, Lang: l.Code})
	}
	return options
}

func themeOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: "auto", Label: i18n.T(ctx, "settings.theme_auto"), Icon: "smartphone"},
		{Value: "light", Label: i18n.T(ctx, "settings.theme_light"), Icon: "sun"},
		{Value: "dark", Label: i18n.T(ctx, "settings.theme_dark"), Icon: "moon"},
	}
}

func (p About) terms(ctx context.Context) []ui.Term {
	var terms []ui.Term
	for _, r := range p.Rows {
		terms = append(terms, ui.Term{Label: i18n.T(ctx, r.LabelKey), Value: r.Value})
	}
	return terms
}
