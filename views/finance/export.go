package finance

import (
	"context"
	"iter"

	"myisp/internal/money"
	books "myisp/models/finance"
	"myisp/views/export"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/pdf"
)

// columns makes the heads of a file from message keys; width is in characters.
func columns(ctx context.Context, heads ...head) []export.Column {
	list := make([]export.Column, len(heads))
	for i, h := range heads {
		list[i] = export.Column{Title: i18n.T(ctx, h.key), Width: h.width}
	}
	return list
}

type head struct {
	key   string
	width float64
}

// each turns records into rows.
func each[T any](rows []T, row func(T) []any) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, r := range rows {
			if !yield(row(r)) {
				return
			}
		}
	}
}

// Separator is what stands between the values of a CSV file: a semicolon where the partner's decimal sign is a comma, as
// spreadsheets there expect.
func Separator(ctx context.Context) rune {
	if format.From(ctx).DecimalSep == "," {
		return ';'
	}
	return ','
}

// File is the list of invoices as a file.
func (p Invoices) File(ctx context.Context) export.Table {
	return export.Table{Name: i18n.T(ctx, "finance.invoices"), Columns: columns(ctx, head{"finance.column.number", 20}, head{"finance.column.date", 12}, head{"finance.column.due_date", 12},
		head{"finance.column.total", 12}, head{"finance.column.open", 12}, head{"finance.column.currency", 10}, head{"finance.column.state", 20}, head{"finance.column.paid_date", 12},
		head{"finance.column.method", 20}, head{"finance.column.what", 40}),
		Rows: each(p.Rows, func(r books.InvoiceRow) []any {
			by := make([]string, len(r.Methods))
			for i, m := range r.Methods {
				by[i] = MethodText(ctx, m)
			}
			return []any{r.Number, r.Day, r.DueDay, money.Of(r.Total, r.Currency), money.Of(r.Due, r.Currency), string(r.Currency), StateText(ctx, r.State), r.PaidDay, summary(by), summary(r.Summary)}
		})}
}

// File is the list of proforma invoices as a file.
func (p ProformaInvoices) File(ctx context.Context) export.Table {
	return export.Table{Name: i18n.T(ctx, "finance.proforma_invoices"), Columns: columns(ctx, head{"finance.column.number", 20}, head{"finance.column.date", 12}, head{"finance.column.due_date", 12},
		head{"finance.column.total", 12}, head{"finance.column.currency", 10}, head{"finance.column.state", 20}, head{"finance.column.paid_date", 12}, head{"finance.column.what", 40}),
		Rows: each(p.Rows, func(r books.ProformaRow) []any {
			return []any{r.Number, r.Day, r.DueDay, money.Of(r.Total, r.Currency), string(r.Currency), StateText(ctx, r.State), r.PaidDay, summary(r.Summary)}
		})}
}

// File is the list of payments as a file; refunds are below zero, and what was cancelled says so.
func (p Payments) File(ctx context.Context) export.Table {
	return export.Table{Name: i18n.T(ctx, "finance.payments"), Columns: columns(ctx, head{"finance.column.number", 20}, head{"finance.column.date", 12}, head{"finance.column.method", 20},
		head{"finance.column.amount", 12}, head{"finance.column.currency", 10}, head{"finance.column.state", 12}, head{"payment.column.cancelled_on", 12},
		head{"finance.column.invoice", 24}, head{"finance.column.credit_note", 20}, head{"finance.column.comment", 40}),
		Rows: each(p.Rows, func(r books.PaymentRow) []any {
			numbers := make([]string, len(r.Covers))
			for i, c := range r.Covers {
				numbers[i] = c.Number
			}
			return []any{r.ReceiptNumber, r.Day, MethodText(ctx, r.Method), money.Of(r.Amount, r.Currency), string(r.Currency), stateText(ctx, r.Payment), r.DeletedDay, summary(numbers), r.CreditNoteNumber, r.Comment}
		})}
}

// File is the list of credit notes as a file.
func (p CreditNotes) File(ctx context.Context) export.Table {
	return export.Table{Name: i18n.T(ctx, "finance.credit_notes"), Columns: columns(ctx, head{"finance.column.number", 20}, head{"finance.column.date", 12}, head{"finance.column.total", 12},
		head{"finance.column.currency", 10}, head{"finance.column.state", 20}, head{"finance.column.paid_date", 12}, head{"finance.column.invoice", 20}),
		Rows: each(p.Rows, func(r books.CreditNoteRow) []any {
			return []any{r.Number, r.Day, money.Of(r.Total, r.Currency), string(r.Currency), StateText(ctx, r.State), r.PaidDay, r.InvoiceNumber}
		})}
}

// File is the list of transactions as a file, with the columns that P53 leaves.
func (p Transactions) File(ctx context.Context) export.Table {
	heads := []head{{"finance.column.date", 12}, {"finance.column.what", 40}, {"finance.column.category", 16}}
	if p.Fields.InvoiceNumber {
		heads = append(heads, head{"finance.column.invoice", 20})
	}
	if p.Fields.DebitCredit {
		heads = append(heads, head{"finance.column.money_in", 12}, head{"finance.column.money_out", 12})
	}
	if p.Fields.Movement {
		heads = append(heads, head{"finance.column.amount", 12})
	}
	heads = append(heads, head{"finance.column.balance", 12}, head{"finance.column.currency", 10})
	return export.Table{Name: i18n.T(ctx, "finance.transactions"), Columns: columns(ctx, heads...), Rows: each(p.Rows, func(r books.TransactionRow) []any {
		row := []any{r.Day, TransactionTitle(ctx, r), CategoryText(ctx, r.Category)}
		if p.Fields.InvoiceNumber {
			row = append(row, r.InvoiceNumber)
		}
		if total := money.Of(r.Total, r.Currency); p.Fields.DebitCredit && r.Type == books.Credit {
			row = append(row, total, nil)
		} else if p.Fields.DebitCredit {
			row = append(row, nil, total)
		}
		if p.Fields.Movement {
			row = append(row, r.Movement())
		}
		return append(row, books.Shown(r.Balance, p.Invert), string(r.Currency))
	})}
}

// File is the statement as a file: the opening balance, the lines, the closing balance (FIN-6).
func (p Statement) File(ctx context.Context) export.Table {
	s := p.Statement
	return export.Table{Name: i18n.T(ctx, "finance.statements"), Columns: columns(ctx, head{"finance.column.date", 12}, head{"finance.column.what", 40}, head{"finance.column.due_date", 12},
		head{"finance.column.charged", 12}, head{"finance.column.paid", 12}, head{"finance.column.owed", 12}, head{"finance.column.currency", 10}),
		Rows: func(yield func([]any) bool) {
			currency := string(s.Opening.Currency)
			if !yield([]any{s.From, i18n.T(ctx, "finance.statement.opening_balance"), nil, nil, nil, s.Opening, currency}) {
				return
			}
			for _, r := range s.Rows {
				text, below := pdf.Row(pdf.Speak(ctx), r)
				if below != "" {
					text += " · " + below
				}
				if !yield([]any{r.Day, text, r.DueDay, r.Charge, r.Payment, r.Owed, currency}) {
					return
				}
			}
			yield([]any{s.To, i18n.T(ctx, "finance.statement.closing_balance"), nil, nil, nil, s.Closing, currency})
		}}
}
