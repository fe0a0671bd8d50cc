package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// mirrored icons point along the line of writing.
var mirrored = map[string]bool{"chevron-right": true, "chevron-left": true, "arrow-left": true, "log-out": true, "arrow-up-right": true, "arrow-down-left": true, "external-link": true, "send": true}

// drawn are the icons as they stand in a page. A list has forty of them, so they are put together once.
var drawn = func() map[string]templ.Component {
	all := map[string]templ.Component{}
	for name, paths := range icons {
		class := "icon"
		if mirrored[name] {
			class = "icon icon-mirrored"
		}
		svg := `<svg class="` + class + `" viewBox="0 0 24 24" aria-hidden="true">` + paths + `</svg>`
		all[name] = templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, err := io.WriteString(w, svg)
			return err
		})
	}
	return all
}()

// Icon draws a Lucide icon that stands beside a word, so screen readers skip it. An unknown name draws nothing.
func Icon(name string) templ.Component {
	if c, ok := drawn[name]; ok {
		return c
	}
	return templ.NopComponent
}
