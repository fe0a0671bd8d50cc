package export

import (
	"mime"
	"strconv"
	"strings"
)

// Accepted is the format that an Accept header asks for, "csv" or "xlsx", whichever it prefers; "" when it names neither, as
// a browser's does not.
func Accepted(accept string) string {
	best, weight := "", 0.0
	for part := range strings.SplitSeq(accept, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if v, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(v, 64); err != nil {
				continue
			}
		}
		format := ""
		switch kind {
		case "text/html":
			format = "" // a page is better than a file when both will do
		case "text/csv":
			format = "csv"
		case TypeXLSX:
			format = "xlsx"
		default:
			continue
		}
		if q > weight {
			best, weight = format, q
		}
	}
	return best
}
