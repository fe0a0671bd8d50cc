package web

import (
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// addresses are the attributes that hold one.
var addresses = map[string]bool{"href": true, "src": true, "action": true, "formaction": true, "hx-get": true, "hx-post": true, "hx-put": true,
	"hx-patch": true, "hx-delete": true, "hx-push-url": true, "hx-replace-url": true, "poster": true, "data-src": true, "data-href": true}

// below puts a path of the portal under a prefix. Static files have one address for all; what is another site's, or a
// part of the page itself, stays.
func below(prefix, address string) string {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.HasPrefix(address, "/static/") {
		return address
	}
	return prefix + address
}

// rewrite copies a page, or a part of one, with its addresses below prefix. It marks the page as a preview, for app.js,
// and takes out the manifest: what is previewed is not installed. Everything else is copied as it stands.
func rewrite(w io.Writer, page io.Reader, prefix string) error {
	z := html.NewTokenizer(page)
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return err
			}
			return nil
		}
		// Raw is only good until the token is parsed.
		text := string(z.Raw())
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			text = rewriteTag(z.Token(), text, prefix)
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
}

func rewriteTag(t html.Token, raw, prefix string) string {
	changed := false
	for i, a := range t.Attr {
		if t.Data == "link" && a.Key == "rel" && a.Val == "manifest" {
			return ""
		}
		if !addresses[a.Key] {
			continue
		}
		if to := below(prefix, a.Val); to != a.Val {
			t.Attr[i].Val, changed = to, true
		}
	}
	if t.Data == "html" {
		t.Attr, changed = append(t.Attr, html.Attribute{Key: "data-preview"}), true
	}
	if !changed {
		return raw // a token written anew would lose the case of SVG's attributes
	}
	return t.String()
}
