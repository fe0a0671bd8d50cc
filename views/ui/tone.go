package ui

import "github.com/a-h/templ"

// Tone is what a badge, notice or toast means. Colour never says it alone: each tone has an icon, and a word goes with it.
type Tone string

// The tones; their colours are tokens of the stylesheet.
const (
	Neutral Tone = "neutral"
	Info    Tone = "info"
	Ok      Tone = "ok"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
)

// icon is the tone's default drawing.
func (t Tone) icon() string {
	switch t {
	case Ok:
		return "check"
	case Warn:
		return "clock"
	case Bad:
		return "triangle-alert"
	case Info:
		return "info"
	}
	return "circle-dashed"
}

// tinted is the class attribute of what stands on a tone's tint; "" is no tint. Lists have dozens of them, and class={} costs
// twenty times as much, because it looks for classes that it has to write styles for.
func tinted(class string, t Tone) templ.OrderedAttributes {
	if t != "" {
		class += " tone-" + string(t)
	}
	return templ.OrderedAttributes{{Key: "class", Value: class}}
}

// The page's background in each theme, as tokens.css has it, for browsers' own bars.
const (
	pageLight = "#f4f6fa"
	pageDark  = "#0b0f19"
)
