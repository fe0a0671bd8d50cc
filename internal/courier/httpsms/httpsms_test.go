package httpsms

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"myisp/internal/courier"
)

var sms = courier.SMS{To: "+14155552671", Text: `Code: "1&2" 50% ñ{to}` + "\n<b>", ID: "job-7"}

func TestSendWritesTheRequest(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, pass, _ := r.BasicAuth()
		got = fmt.Sprintf("%s %s|%s|%s|%s|%s|%s:%s", r.Method, r.RequestURI, r.Header.Get("Content-Type"), r.Header.Get("X-Api-Key"), r.Header.Get("X-Id"), body, user, pass)
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	for _, c := range []struct{ url, want string }{
		{"http://H/send?key=K%26&to={to}&msg={text}", "GET /send?key=K%26&to=%2B14155552671&msg=Code%3A+%221%262%22+50%25+%C3%B1%7Bto%7D%0A%3Cb%3E|||||:"},
		{"http://H/send?to=%7Bdigits%7D&msg=%7Btext%7D", "GET /send?to=14155552671&msg=Code%3A+%221%262%22+50%25+%C3%B1%7Bto%7D%0A%3Cb%3E|||||:"},
		{"http://u:p%40@H/{digits}/{text}", "GET /14155552671/Code:%20%221&2%22%2050%25%20%C3%B1%7Bto%7D%0A%3Cb%3E|||||u:p@"},
		{"http://H/m#body=to={to}%26text={text}", "POST /m|application/x-www-form-urlencoded|||to=%2B14155552671&text=Code%3A+%221%262%22+50%25+%C3%B1%7Bto%7D%0A%3Cb%3E|:"},
		{`http://H/m#type=application/json&header=X-Api-Key:%20KEY&header=X-Id:{id}&method=put&body={"to":"{to}","text":"{text}"}`,
			"PUT /m|application/json|KEY|job-7|" + `{"to":"+14155552671","text":"Code: \"1\u00262\" 50% ñ{to}\n\u003cb\u003e"}` + "|:"},
		{`http://H/m?to={digits}#type=text/xml&body=<t>{text}</t>`, "POST /m?to=14155552671|text/xml|||<t>Code: &#34;1&amp;2&#34; 50% ñ{to}\n&lt;b&gt;</t>|:"},
		{`http://H/m?to={digits}#type=text/plain&body={text}`, "POST /m?to=14155552671|text/plain|||" + sms.Text + "|:"},
	} {
		s, err := New(strings.Replace(c.url, "H", host, 1))
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if err := s.Send(t.Context(), sms); err != nil {
			t.Errorf("%s: %v", c.url, err)
		}
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.url, got, c.want)
		}
	}
}

func TestSendClassifies(t *testing.T) {
	status, hits := 200, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits++
		w.Header().Set("Location", "/elsewhere?"+r.URL.RawQuery)
		w.WriteHeader(status)
	}))
	s, err := New(server.URL + "/?key=SECRETKEY&to={to}&text={text}")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		status            int
		failed, permanent bool
	}{
		{200, false, false}, {201, false, false}, {202, false, false}, {204, false, false},
		{301, true, false}, {302, true, false}, {307, true, false},
		{400, true, true}, {403, true, true}, {404, true, true}, {422, true, true},
		{401, true, false}, {407, true, false}, {408, true, false}, {425, true, false}, {429, true, false},
		{500, true, false}, {503, true, false},
	} {
		status, hits = c.status, 0
		err := s.Send(t.Context(), sms)
		if (err != nil) != c.failed || courier.Permanent(err) != c.permanent || hits != 1 {
			t.Errorf("%d: %v, permanent %v, %d requests", c.status, err, courier.Permanent(err), hits)
		}
		quiet(t, err)
	}
	hits = 0
	if err := s.Send(t.Context(), courier.SMS{To: "alice", Text: "x"}); !courier.Permanent(err) || hits != 0 {
		t.Error("a malformed message leaves:", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Send(ctx, sms); !errors.Is(err, context.Canceled) || courier.Permanent(err) {
		t.Error("cancelled:", err)
	} else {
		quiet(t, err)
	}
	server.Close()
	err = s.Send(t.Context(), sms)
	if err == nil || courier.Permanent(err) {
		t.Error("nobody there:", err)
	}
	quiet(t, err)
}

// quiet sees that an error gives nothing away.
func quiet(t *testing.T, err error) {
	t.Helper()
	if err != nil && (strings.Contains(err.Error(), "SECRETKEY") || strings.Contains(err.Error(), "4155552671") || strings.Contains(err.Error(), "Code")) {
		t.Error("the error tells:", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, u := range []string{
		"", "sms.example", "ftp://sms.example/{to}/{text}", "https:///?{to}{text}", "https://{to}.example/{text}?{to}",
		"https://sms.example/?to={to}", "https://sms.example/?text={text}", "https://SECRETKEY:x y@sms.example/%zz{to}{text}",
		"http://sms.example/?to={to}&text={text}", "http://8.8.8.8/?to={to}&text={text}",
		"https://sms.example/{to}/{text}#method=DELETE", "https://sms.example/{to}/{text}#metod=POST",
		"https://sms.example/{to}/{text}#method=GET&method=POST", "https://sms.example/{to}/{text}#method=GET&body=x",
		"https://sms.example/{to}/{text}#type=text/plain", "https://sms.example/{to}/{text}#timeout=1h",
		"https://sms.example/{to}/{text}#header=SECRETKEY", "https://sms.example/{to}/{text}#header=X:a%0d%0aY:b",
		"https://sms.example/{to}/{text}#header=X%20Y:a", "https://sms.example/{to}/{text}#body=a;b",
	} {
		_, err := New(u)
		if !errors.Is(err, ErrURL) {
			t.Errorf("%s: %v", u, err)
		}
		quiet(t, err)
	}
	for _, u := range []string{
		"https://sms.example/?to={to}&text={text}", "http://127.0.0.1/?to={to}&text={text}", "http://localhost:8080/?to={to}&text={text}",
		"http://192.168.1.5/?to={to}&text={text}", "http://[::1]/?to={digits}&text={text}",
	} {
		s, err := New(u)
		if err != nil || strings.Contains(s.String(), "text") {
			t.Errorf("%s: %v", u, err)
		}
	}
}

func FuzzNew(f *testing.F) {
	f.Add("https://u:p@sms.example/{to}?text={text}#header=A:%20b&body={id}&type=application/json")
	f.Add("http://127.0.0.1/%7Bto%7D/%2F{text}#timeout=5s")
	f.Fuzz(func(t *testing.T, raw string) {
		s, err := New(raw)
		if err != nil {
			if !errors.Is(err, ErrURL) {
				t.Error(err)
			}
			return
		}
		req, err := s.request(t.Context(), sms)
		if err == nil && req.URL.Hostname() != s.url.Hostname() {
			t.Errorf("%q goes to %q", raw, req.URL.Host)
		}
	})
}
