package customer

import (
	"math/big"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"myisp/internal/phone"
	"myisp/models/db"
)

// Locale is what reading a value needs to know of who wrote it: the zone of times, the country of phone numbers.
type Locale struct {
	Zone   *time.Location // nil is UTC
	Region string         // ISO 3166, "" reads international numbers only
}

func (l Locale) zone() *time.Location {
	if l.Zone == nil {
		return time.UTC
	}
	return l.Zone
}

// The most characters of a value, by type; what the type's own bounds may not exceed.
const (
	mostString   = 250
	mostTextarea = 5000
	mostURL      = 500
	mostPassword = 200
)

// datetimeLayout is the canonical form of a moment, in UTC; localLayout is what browsers send.
const (
	datetimeLayout = "2006-01-02T15:04Z"
	localLayout    = "2006-01-02T15:04"
)

// The reasons why a value is refused, as message keys.
const (
	badValue   = "error.invalid"
	badLong    = "error.too_long"
	badShort   = "error.too_short"
	badNumber  = "error.number"
	badDate    = "error.date"
	badChoice  = "error.choice"
	badEmail   = "error.email"
	badPhone   = "error.phone"
	badMissing = "error.required"
	badWhole   = "attributes.error.whole"
	badPlaces  = "attributes.error.places"
	badSmall   = "attributes.error.small"
	badLarge   = "attributes.error.large"
	badTime    = "attributes.error.time"
	badURL     = "attributes.error.url"
	badIP      = "attributes.error.ip"
	badEarly   = "attributes.error.early"
	badLate    = "attributes.error.late"
	badFew     = "attributes.error.too_few"
	badMany    = "attributes.error.too_many"
	badTaken   = "attributes.error.taken"
)

// Read brings what a person entered into canonical form; "" is no value. The reason is a message key, "" when the value
// is good; a value that is only out of bounds comes back all the same, so that one who has it already may keep it.
func (a Attribute) Read(entered []string, l Locale) (canonical, reason string) {
	var given []string
	for _, e := range entered {
		if a.Type != AttrPassword {
			e = strings.TrimSpace(e)
		}
		if e != "" {
			given = append(given, e)
		}
	}
	if len(given) == 0 {
		if a.Type == AttrBoolean && len(entered) > 0 {
			return "false", "" // the form has the box and nobody ticked it
		}
		return "", ""
	}
	if a.Type == AttrSelectMultiple {
		return a.readChoices(given)
	}
	canonical, reason = a.readOne(given[len(given)-1], l)
	if reason == "" {
		reason = a.outOfBounds(canonical)
	}
	return canonical, reason
}

func (a Attribute) readOne(s string, l Locale) (string, string) {
	if len(s) > 4*mostTextarea || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", badLong
	}
	switch a.Type {
	case AttrString:
		return line(s, mostString)
	case AttrTextarea:
		return paragraphs(s)
	case AttrInteger, AttrDecimal, AttrNumeric:
		return readNumber(s, a.Type)
	case AttrDate:
		return readDate(s)
	case AttrDatetime:
		return readMoment(s, l.zone())
	case AttrBoolean:
		switch s {
		case "true", "1":
			return "true", ""
		case "false", "0":
			return "false", ""
		}
		return "", badChoice
	case AttrSelect:
		if _, ok := a.Choice(s); !ok {
			return "", badChoice
		}
		return s, a.retired(s)
	case AttrEmail:
		if !ValidEmail(s) {
			return "", badEmail
		}
		return FoldEmail(s), ""
	case AttrPhone:
		n, err := phone.Normalize(s, l.Region)
		if err != nil {
			return "", badPhone
		}
		return n, ""
	case AttrURL:
		return readURL(s)
	case AttrIP:
		addr, err := netip.ParseAddr(s)
		if err != nil || addr.Zone() != "" {
			return "", badIP
		}
		return addr.String(), ""
	case AttrPassword:
		if utf8.RuneCountInString(s) > mostPassword {
			return "", badLong
		}
		return s, ""
	}
	return "", badValue
}

func (a Attribute) retired(key string) string {
	if o, _ := a.Choice(key); o.Retired {
		return badChoice
	}
	return ""
}

// readChoices keeps the options in their declared order, each once; keys hold no comma.
func (a Attribute) readChoices(given []string) (string, string) {
	if len(given) == 1 {
		given = strings.Split(given[0], ",")
	}
	var kept []string
	reason := ""
	for _, o := range a.Choices() {
		if slices.Contains(given, o.Key) {
			kept = append(kept, o.Key)
			if o.Retired {
				reason = badChoice
			}
		}
	}
	for _, g := range given {
		if !slices.Contains(kept, g) {
			return "", badChoice
		}
	}
	canonical := strings.Join(kept, ",")
	if reason == "" {
		reason = a.outOfBounds(canonical)
	}
	return canonical, reason
}

// line is a text without line breaks or other controls.
func line(s string, most int) (string, string) {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", badValue
	}
	if utf8.RuneCountInString(s) > most {
		return "", badLong
	}
	return s, ""
}

func paragraphs(s string) (string, string) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return "", badValue
	}
	if utf8.RuneCountInString(s) > mostTextarea {
		return "", badLong
	}
	return s, ""
}

var numberShape = regexp.MustCompile(`^([+-]?)(\d{1,20})(?:([.,])(\d{1,20}))?$`)

// latin writes Arabic and Persian digits, the Arabic decimal mark and the true minus as a program reads them.
var latin = strings.NewReplacer("٠", "0", "١", "1", "٢", "2", "٣", "3", "٤", "4", "٥", "5", "٦", "6", "٧", "7", "٨", "8", "٩", "9",
	"۰", "0", "۱", "1", "۲", "2", "۳", "3", "۴", "4", "۵", "5", "۶", "6", "۷", "7", "۸", "8", "۹", "9", "٫", ".", "−", "-", "\u200e", "", "\u200f", "")

// readNumber reads a number with a point or a comma before its decimals. "1,000" is refused rather than guessed at: it is
// a thousand to some and one to others.
func readNumber(s string, t AttributeType) (string, string) {
	m := numberShape.FindStringSubmatch(latin.Replace(s))
	if m == nil || m[3] == "," && len(m[4]) == 3 {
		return "", badNumber
	}
	whole, decimals := strings.TrimLeft(m[2], "0"), strings.TrimRight(m[4], "0")
	switch {
	case t == AttrInteger && decimals != "":
		return "", badWhole
	case t == AttrDecimal && len(decimals) > 2, t == AttrNumeric && len(decimals) > 10:
		return "", badPlaces
	case len(whole) > 18:
		return "", badLarge
	}
	if whole == "" {
		whole = "0"
	}
	if decimals != "" {
		whole += "." + decimals
	}
	if m[1] == "-" && whole != "0" {
		whole = "-" + whole
	}
	return whole, ""
}

// The years that dates may be of: outside of them somebody mistyped.
const firstYear, lastYear = 1800, 2200

func readDate(s string) (string, string) {
	t, err := time.Parse(time.DateOnly, latin.Replace(s))
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return "", badDate
	}
	return t.Format(time.DateOnly), ""
}

func readMoment(s string, zone *time.Location) (string, string) {
	s = strings.Replace(latin.Replace(s), " ", "T", 1)
	t, err := time.Parse(datetimeLayout, s)
	if err != nil {
		if len(s) == len("2006-01-02T15:04:05") {
			s = s[:len(localLayout)]
		}
		t, err = time.ParseInLocation(localLayout, s, zone)
	}
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return "", badTime
	}
	return t.UTC().Format(datetimeLayout), ""
}

// Moment is the time of a datetime value; false when it is none.
func Moment(canonical string) (time.Time, bool) {
	t, err := time.Parse(datetimeLayout, canonical)
	return t, err == nil
}

func readURL(s string) (string, string) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.ContainsFunc(s, unicode.IsSpace) || strings.ContainsAny(s, `"'<>\`) {
		return "", badURL
	}
	return line(s, mostURL)
}

// outOfBounds says why a canonical value is less or more than the attribute takes.
func (a Attribute) outOfBounds(canonical string) string {
	if a.Least != "" && a.compare(canonical, a.Least) < 0 {
		return map[Bounds]string{BoundNumber: badSmall, BoundLength: badShort, BoundDay: badEarly, BoundCount: badFew}[a.Type.Bounds()]
	}
	if a.Most != "" && a.compare(canonical, a.Most) > 0 {
		return map[Bounds]string{BoundNumber: badLarge, BoundLength: badLong, BoundDay: badLate, BoundCount: badMany}[a.Type.Bounds()]
	}
	return ""
}

// compare sets a canonical value against a bound of its type.
func (a Attribute) compare(canonical, bound string) int {
	length := func(n int) int {
		most, _ := strconv.Atoi(bound)
		return n - most
	}
	switch a.Type.Bounds() {
	case BoundNumber:
		x, ok := new(big.Rat).SetString(canonical)
		y, fine := new(big.Rat).SetString(bound)
		if !ok || !fine {
			return 0
		}
		return x.Cmp(y)
	case BoundLength:
		return length(utf8.RuneCountInString(canonical))
	case BoundDay:
		return strings.Compare(canonical[:min(len(canonical), len(time.DateOnly))], bound)
	case BoundCount:
		return length(strings.Count(canonical, ",") + 1)
	}
	return 0
}

// folded is a value as it is searched and compared: cut to what an index takes; "" for what is neither.
func (a Attribute) folded(canonical string) string {
	if !a.Type.MayBeUnique() && !a.Type.MayBeSearched() {
		return ""
	}
	s := db.Fold(canonical)
	for len(s) > 1000 {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// ValidEmail reports whether s is one plain address with a domain, without a name or comments around it.
func ValidEmail(s string) bool {
	if len(s) > 254 || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return false
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" {
		return false
	}
	local, domain, _ := strings.Cut(s, "@")
	dot := strings.LastIndex(domain, ".")
	return len(local) <= 64 && dot > 0 && dot < len(domain)-1 && !strings.ContainsAny(s, `"'<>()[],;:\`)
}
