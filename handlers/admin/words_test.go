package admin_test

import (
	"slices"
	"testing"

	"myisp/models/portal"
	"myisp/views/i18n"
)

// TestEverySettingHasWords: a name, a help text and a word for each option, for every setting that Config → Main → Portal
// shows; i18n's tests hold the other languages to English.
func TestEverySettingHasWords(t *testing.T) {
	need := func(key string) {
		if !i18n.Has(key) {
			t.Errorf("no message %q", key)
		}
	}
	for _, d := range portal.Declarations() {
		if d.Section == "localization" {
			continue // has a page of its own
		}
		need("setting." + d.Key + ".name")
		need("setting." + d.Key + ".help")
		need("config.section." + d.Section)
		if d.Later != "" {
			need("config.later." + string(d.Later))
		}
		if d.Type == portal.Perm || slices.Equal(d.Options, portal.Languages) {
			continue // common words, and languages in their own
		}
		for _, o := range d.Options {
			need("config.option." + d.OptionWords() + ".o_" + o)
		}
	}
}
