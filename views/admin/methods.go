package admin

import (
	"myisp/models/db"
	books "myisp/models/finance"
)

// CustomerMethods are a customer's saved methods and autopay, as staff see them.
type CustomerMethods struct {
	Card
	Today   db.Day
	Rows    []books.SavedMethod
	Autopay books.Autopay // zero before the first
	Method  books.SavedMethod
	Next    books.NextCharge
	Charges []books.AutopayCharge
	Until   string
	Errors  map[string]string
}
