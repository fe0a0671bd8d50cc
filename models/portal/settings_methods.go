package portal

// MethodRemoval says what customers may do about a payment method that they have saved: remove it, only replace it by
// another, or ask the provider (beyond the reference; replacing is always allowed).
var MethodRemoval = declare(Declaration{ID: "B80", Scope: PerPartner, Section: "finance", Key: "method_removal", Type: One,
	Options: []string{RemovalFree, RemovalReplace, RemovalAsk}, Beyond: true}, RemovalFree)

// The values of MethodRemoval.
const (
	RemovalFree    = "remove"
	RemovalReplace = "replace_only"
	RemovalAsk     = "ask_support"
)
