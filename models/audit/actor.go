// Package audit is what happened, and who did it: the hash-chained log of what staff and the portal itself changed, and
// the portal log of what customers did (AUTH-4).
package audit

import "context"

// Kind says what sort of actor did something.
type Kind string

// The kinds of actors. System is the portal itself: schedules, imports, the command line.
const (
	System   Kind = "system"
	Staff    Kind = "staff"
	Customer Kind = "customer"
)

// Actor is who does something, and from where. The name is kept as it was: an entry outlives its author.
type Actor struct {
	Kind      Kind
	ID        int64
	Name      string
	IP        string
	UserAgent string
}

type actorKey struct{}

// With returns a context in which a does whatever is done.
func With(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// By returns the actor of ctx; the portal itself when nobody was named.
func By(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	return Actor{Kind: System, Name: "system"}
}
