package web

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/gob"
	"net/http"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"myisp/models/session"
	"myisp/views/ui"
)

const (
	languageCookie = "myisp_lang"
	keyToken       = "token"
	keyReset       = "reset"
	keyPending     = "pending"
	// cookieLife is in seconds. The table of sessions says when one ends; a cookie that went before it would end sessions
	// that are in use.
	cookieLife = int(session.Longest / time.Second)
)

func init() { gob.Register(Flash{}) }

// Flash is what the next page says about what was just done: a tone and a message key with its values.
type Flash struct {
	Tone ui.Tone
	Key  string
	Args []string
}

// Values are the name/value pairs for i18n.T.
func (f Flash) Values() []any {
	values := make([]any, len(f.Args))
	for i, a := range f.Args {
		values[i] = a
	}
	return values
}

// newCookieStore signs and encrypts the cookies. They hold a random token and flash messages, nothing about the person.
func newCookieStore(key []byte) *sessions.CookieStore {
	derived, err := hkdf.Expand(sha256.New, key, "cookie store", 64)
	if err != nil {
		panic(err) // HKDF yields up to 255 blocks; this asks for two
	}
	store := sessions.NewCookieStore(derived[:32], derived[32:])
	store.MaxAge(cookieLife)
	return store
}

// jar returns the cookie of a realm. Over HTTPS its name carries the __Host- prefix, which ties it to this very host.
func (k *Kit) jar(c echo.Context, realm session.Realm) *sessions.Session {
	name, secure := "myisp", k.Secure(c)
	if realm == session.Staff {
		name = "myisp-staff"
	}
	if secure {
		name = "__Host-" + name
	}
	jar, _ := k.cookies.Get(c.Request(), name) // an unreadable cookie is an empty one
	if From(c).Preview {
		jar = sessions.NewSession(k.cookies, name) // the cookies are those of the staff who look
	}
	jar.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode, MaxAge: cookieLife}
	return jar
}

func (k *Kit) save(c echo.Context, jar *sessions.Session) error {
	return jar.Save(c.Request(), c.Response())
}

func (k *Kit) value(c echo.Context, realm session.Realm, key string) string {
	v, _ := k.jar(c, realm).Values[key].(string)
	return v
}

// SignIn puts a new session's token into the cookie and forgets everything the cookie held before, the session included.
func (k *Kit) SignIn(c echo.Context, realm session.Realm, token string) error {
	jar := k.jar(c, realm)
	if old, ok := jar.Values[keyToken].(string); ok {
		if err := k.M.Sessions.Drop(c.Request().Context(), realm, old); err != nil {
			return err
		}
	}
	clear(jar.Values)
	jar.Values[keyToken] = token
	return k.save(c, jar)
}

// SetPending remembers the log-in of this browser that waits for the second factor.
func (k *Kit) SetPending(c echo.Context, token string) error {
	jar := k.jar(c, session.Staff)
	jar.Values[keyPending] = token
	return k.save(c, jar)
}

// Pending is the log-in of this browser that waits for the second factor; "" when none does.
func (k *Kit) Pending(c echo.Context) string { return k.value(c, session.Staff, keyPending) }

// SignOut empties the cookie.
func (k *Kit) SignOut(c echo.Context, realm session.Realm) error {
	jar := k.jar(c, realm)
	clear(jar.Values)
	jar.Options.MaxAge = -1
	return k.save(c, jar)
}

// SetResetHandle remembers which password reset this browser asked for; "" forgets it.
func (k *Kit) SetResetHandle(c echo.Context, handle string) error {
	jar := k.jar(c, session.Customer)
	jar.Values[keyReset] = handle
	return k.save(c, jar)
}

// ResetHandle is the password reset this browser asked for.
func (k *Kit) ResetHandle(c echo.Context) string { return k.value(c, session.Customer, keyReset) }

// SetFlash has the next page of the realm say something. Args are name/value pairs for the message.
func (k *Kit) SetFlash(c echo.Context, realm session.Realm, tone ui.Tone, key string, args ...string) error {
	jar := k.jar(c, realm)
	jar.AddFlash(Flash{tone, key, args})
	return k.save(c, jar)
}

// TakeFlash returns what the page is to say, once.
func (k *Kit) TakeFlash(c echo.Context, realm session.Realm) *Flash {
	jar := k.jar(c, realm)
	flashes := jar.Flashes()
	if len(flashes) == 0 {
		return nil
	}
	f, ok := flashes[len(flashes)-1].(Flash)
	if !ok || k.save(c, jar) != nil {
		return nil
	}
	return &f
}

// SetNote keeps a short text of a topic for the next page that asks for it. All that a cookie holds is some 3 KB.
func (k *Kit) SetNote(c echo.Context, realm session.Realm, topic, text string) error {
	jar := k.jar(c, realm)
	jar.Values["note:"+topic] = text
	return k.save(c, jar)
}

// TakeNote returns the text that SetNote kept for a topic, once; "" when there is none.
func (k *Kit) TakeNote(c echo.Context, realm session.Realm, topic string) string {
	jar := k.jar(c, realm)
	text, ok := jar.Values["note:"+topic].(string)
	if !ok {
		return ""
	}
	delete(jar.Values, "note:"+topic)
	if k.save(c, jar) != nil {
		return ""
	}
	return text
}

// SetLanguage remembers the language that this browser chose before log-in.
func (k *Kit) SetLanguage(c echo.Context, code string) {
	c.SetCookie(&http.Cookie{Name: languageCookie, Value: code, Path: "/", MaxAge: 365 * 24 * 60 * 60, HttpOnly: true, Secure: k.Secure(c), SameSite: http.SameSiteLaxMode})
}
