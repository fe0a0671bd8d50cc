package ui

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

// The page's background in each theme, as tokens.css has it, for browsers' own bars.
const (
	pageLight = "#f4f6fa"
	pageDark  = "#0b0f19"
)
