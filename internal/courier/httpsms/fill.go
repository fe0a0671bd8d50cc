package httpsms

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"

	"myisp/internal/courier"
)

const formType = "application/x-www-form-urlencoded"

// request fills the placeholders. In one pass each: a text that holds "{to}" stays as it is.
func (s *Texter) request(ctx context.Context, p courier.SMS) (*http.Request, error) {
	u := *s.url
	// Path and query may hold braces as they are or percent-encoded.
	u.RawPath = fill(unbrace(u.EscapedPath()), p, url.PathEscape)
	path, err := url.PathUnescape(u.RawPath)
	if err != nil {
		return nil, err
	}
	u.Path = path
	u.RawQuery = fill(unbrace(u.RawQuery), p, url.QueryEscape)
	var body *strings.Reader
	if s.body != "" {
		body = strings.NewReader(fill(s.body, p, escaper(s.kind)))
	} else {
		body = strings.NewReader("")
	}
	req, err := http.NewRequestWithContext(ctx, s.method, u.String(), body)
	if err != nil {
		return nil, err
	}
	for name, values := range s.headers {
		for _, v := range values {
			req.Header.Add(name, strings.ReplaceAll(v, "{id}", url.QueryEscape(p.ID)))
		}
	}
	if s.body != "" {
		req.Header.Set("Content-Type", s.kind)
	}
	if s.user != nil {
		password, _ := s.user.Password()
		req.SetBasicAuth(s.user.Username(), password)
	}
	return req, nil
}

func unbrace(s string) string {
	return strings.NewReplacer("%7B", "{", "%7b", "{", "%7D", "}", "%7d", "}").Replace(s)
}

func fill(template string, p courier.SMS, escape func(string) string) string {
	return strings.NewReplacer(
		"{to}", escape(p.To), "{digits}", escape(strings.TrimPrefix(p.To, "+")), "{text}", escape(p.Text), "{id}", escape(p.ID),
	).Replace(template)
}

// escaper is how a value is written into a body of the given media type.
func escaper(kind string) func(string) string {
	kind, _, _ = strings.Cut(kind, ";")
	switch kind = strings.ToLower(strings.TrimSpace(kind)); {
	case kind == formType:
		return url.QueryEscape
	case kind == "application/json", strings.HasSuffix(kind, "+json"):
		return func(s string) string {
			quoted, _ := json.Marshal(s) // a string always marshals
			return string(quoted[1 : len(quoted)-1])
		}
	case strings.HasSuffix(kind, "/xml"), strings.HasSuffix(kind, "+xml"):
		return html.EscapeString
	default:
		return func(s string) string { return s }
	}
}
