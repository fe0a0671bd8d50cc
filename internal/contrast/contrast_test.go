package contrast

import (
	"math"
	"testing"
)

func TestRatio(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21}, {"#fff", "#ffffff", 1}, {"#777777", "#ffffff", 4.48}, {"#1d5eff", "#ffffff", 5.1}, {"red", "#fff", 0}, {"#12345", "#fff", 0},
	} {
		if got := Ratio(c.a, c.b); math.Abs(got-c.want) > 0.1 {
			t.Errorf("Ratio(%s, %s) = %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"#1d5eff", "#1d5eff"}, {"#FFCC00", "#ffcc00"}, {"#000", "#000000"}, {"nonsense", Default}, {"", Default},
	} {
		if got := Nearest(c.in); got != c.want {
			t.Errorf("Nearest(%s) = %s, want %s", c.in, got, c.want)
		}
	}
	// Between the darkest fill for dark ink and the lightest for white, neither is readable.
	if in := "#7b7b7b"; Nearest(in) == in || Ratio(Nearest(in), in) > 1.2 {
		t.Errorf("Nearest(%s) = %s is not near", in, Nearest(in))
	}
}
