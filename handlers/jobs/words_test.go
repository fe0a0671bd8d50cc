package jobs

import (
	"testing"

	"myisp/views/admin"
	"myisp/views/i18n"
)

// TestKindsHaveWords: staff read in the queue what each kind of job does, in every language.
func TestKindsHaveWords(t *testing.T) {
	w := New(nil, Couriers{}).Payments(nil)
	for kind := range w.kinds {
		for _, l := range i18n.Languages() {
			if admin.JobKind(i18n.With(t.Context(), l.Code), kind) == kind {
				t.Errorf("%s: %q has no words (system.job)", l.Code, kind)
			}
		}
	}
}
