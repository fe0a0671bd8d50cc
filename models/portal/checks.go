package portal

import (
	"regexp"
	"strings"
	"time"

	"myisp/internal/money"
	"myisp/internal/secret"
)

// The checks of texts return the message key of what is wrong, or "".

var variable = regexp.MustCompile(`{{\s*([^{}]*?)\s*}}`)

// FillText replaces {{ name }} in a text of a setting by the given values.
func FillText(s string, values map[string]string) string {
	return variable.ReplaceAllStringFunc(s, func(m string) string { return values[variable.FindStringSubmatch(m)[1]] })
}

// knows checks that a text has no variables but those named.
func knows(names ...string) func(string) string {
	known := map[string]bool{}
	for _, n := range names {
		known[n] = true
	}
	return func(s string) string {
		for _, m := range variable.FindAllStringSubmatch(s, -1) {
			if !known[m[1]] {
				return "config.error.variable"
			}
		}
		return ""
	}
}

// holdsCode checks a reset text: it must carry the code.
func holdsCode(s string) string {
	for _, m := range variable.FindAllStringSubmatch(s, -1) {
		if m[1] == "code" {
			return ""
		}
	}
	return "config.error.code"
}

func isAlphabet(s string) string {
	_, err := secret.ParseAlphabet(s)
	return wrongIf(err != nil, "config.error.alphabet")
}

func notBlank(s string) string { return wrongIf(strings.TrimSpace(s) == "", "error.required") }

func wrongIf(wrong bool, key string) string {
	if wrong {
		return key
	}
	return ""
}

// matches makes a check of the shape of a text; an empty one is fine.
func matches(pattern, key string) func(string) string {
	shape := regexp.MustCompile(pattern)
	return func(s string) string { return wrongIf(s != "" && !shape.MatchString(s), key) }
}

var (
	isGooglePlayID = matches(`^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+$`, "config.error.google_play")
	isAppStoreID   = matches(`^id[0-9]{6,12}$`, "config.error.app_store")
	isWebAddress   = matches(`^https?://[^\s"'<>]+$`, "config.error.web_address")
	isHostAddress  = matches(`^https?://[a-z0-9.-]+(:[0-9]{1,5})?/?$`, "config.error.host_address")
	isRegion       = matches(`^[A-Z]{2}$`, "config.error.region")
)

func isZone(s string) string {
	_, err := time.LoadLocation(s)
	return wrongIf(err != nil || s == "Local" || s == "", "config.error.zone")
}

func isCurrency(s string) string {
	return wrongIf(!money.Currency(s).Valid(), "config.error.currency")
}
