// Package courier names what carries mail and text messages out of the house, and the parcels they carry. The couriers
// themselves are the packages below: smtp, httpsms, and capture, which only shows what would have been sent.
package courier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mail is one e-mail. Use one recipient where a refusal of one address must not hold up another.
type Mail struct {
	From     string   // bare address: portal@isp.example
	FromName string   // shown before From; may be empty
	ReplyTo  string   // bare address; may be empty
	To       []string // bare addresses, at least one
	Subject  string   // one line
	Text     string   // plain text body; Text or HTML or both
	HTML     string
	// Attachments are sent in this order.
	Attachments []Attachment
	// MessageID is the Message-ID header without its brackets, the same at every attempt of one job (see MessageID), so
	// that servers and readers recognise a retry. Empty lets the courier invent one.
	MessageID string
}

// Attachment is a file in a mail.
type Attachment struct {
	Name string // file name, without folders
	Type string // media type such as application/pdf; empty for application/octet-stream
	Data []byte
}

// SMS is one text message.
type SMS struct {
	To   string // E.164: +14155552671
	Text string
	// ID is the same at every attempt of one job; providers that know idempotency keys take it. May be empty.
	ID string
}

// Mailer sends mail. An error for which Permanent is true is no use repeating.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// Texter sends text messages. An error for which Permanent is true is no use repeating.
type Texter interface {
	Send(ctx context.Context, s SMS) error
}

// permanent marks an error that will be the same next time.
type permanent struct{ err error }

func (p permanent) Error() string { return p.err.Error() }
func (p permanent) Unwrap() error { return p.err }

// Lasting marks err as permanent; nil stays nil.
func Lasting(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

// Permanent reports whether err, or one it wraps, says that repeating is no use: the parcel is malformed, or the other
// side refuses this recipient or content for good. Everything else, wrong credentials included, may be mended, so the
// queue goes on trying.
func Permanent(err error) bool {
	_, is := errors.AsType[permanent](err)
	return is
}

// ErrMalformed says what is wrong with a parcel; it is permanent.
var ErrMalformed = errors.New("courier: malformed")

func malformed(format string, args ...any) error {
	return Lasting(fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...))
}

// Bounds of a parcel.
const (
	MaxSubject = 998      // bytes, RFC 5322 §2.1.1
	MaxMail    = 20 << 20 // bytes of bodies and attachments
	MaxText    = 1600     // characters of an SMS: ten parts
)

// Check refuses what must not reach a wire: line breaks or other control characters in any header, addresses that are
// more or less than one bare address, nobody to send to, nothing to say. The error is ErrMalformed and permanent; it
// repeats no content.
func (m Mail) Check() error {
	if err := CheckAddress("from", m.From); err != nil {
		return err
	}
	if m.ReplyTo != "" {
		if err := CheckAddress("reply-to", m.ReplyTo); err != nil {
			return err
		}
	}
	if len(m.To) == 0 {
		return malformed("no recipient")
	}
	for _, to := range m.To {
		if err := CheckAddress("recipient", to); err != nil {
			return err
		}
	}
	for name, value := range map[string]string{"subject": m.Subject, "sender's name": m.FromName} {
		if !oneLine(value) || len(value) > MaxSubject {
			return malformed("%s is too long or has control characters", name)
		}
	}
	if m.MessageID != "" && !messageID(m.MessageID) {
		return malformed("message id")
	}
	if m.Text == "" && m.HTML == "" {
		return malformed("no text")
	}
	size := len(m.Text) + len(m.HTML)
	for _, a := range m.Attachments {
		if a.Name == "" || !oneLine(a.Name) || strings.ContainsAny(a.Name, `/\"`) || !oneLine(a.Type) {
			return malformed("attachment's name or type")
		}
		size += len(a.Data)
	}
	if size > MaxMail {
		return malformed("%d bytes are more than %d", size, MaxMail)
	}
	return nil
}

// CheckAddress accepts exactly one bare e-mail address, without name or comment. what names the field in the error,
// which is ErrMalformed.
func CheckAddress(what, address string) error {
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || parsed.Name != "" || len(address) > 254 || !oneLine(address) {
		return malformed("%s is not an e-mail address", what)
	}
	return nil
}

// Check refuses an SMS whose recipient is not E.164 or whose text is empty, longer than MaxText or not UTF-8.
func (s SMS) Check() error {
	digits, plus := strings.CutPrefix(s.To, "+")
	if !plus || len(digits) < 5 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' {
		return malformed("recipient is not an E.164 number")
	}
	if s.Text == "" || !utf8.ValidString(s.Text) || utf8.RuneCountInString(s.Text) > MaxText {
		return malformed("text is empty, too long or not UTF-8")
	}
	if !oneLine(s.ID) {
		return malformed("id")
	}
	return nil
}

// oneLine reports whether s is UTF-8 without control characters, so without line breaks.
func oneLine(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	})
}

func messageID(id string) bool {
	left, right, ok := strings.Cut(id, "@")
	return ok && left != "" && right != "" && len(id) <= 250 &&
		!strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' }) &&
		!strings.Contains(right, "@")
}

// MessageID makes the Message-ID of a job from what identifies it ("job/4711") and the domain of the sender or of the
// portal ("isp.example", "https://isp.example" or "portal@isp.example"). It tells nothing about the job.
func MessageID(key, domain string) string {
	if _, after, ok := strings.Cut(domain, "://"); ok {
		domain = after
	}
	domain, _, _ = strings.Cut(domain, "/")
	domain = domain[strings.LastIndexByte(domain, '@')+1:]
	domain, _, _ = strings.Cut(domain, ":")
	if domain == "" {
		domain = "localhost"
	}
	sum := sha256.Sum256([]byte("myisp message id\x00" + domain + "\x00" + key))
	return hex.EncodeToString(sum[:16]) + "@" + domain
}
