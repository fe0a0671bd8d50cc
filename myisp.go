// Package myisp holds what has to lie at the root of the repository: the web app manifest that every partner's brand
// starts from.
package myisp

import _ "embed"

// Manifest is manifest.webmanifest, a JSON object. The portal replaces name, short_name, lang, colours, icons and the
// names of shortcuts by those of the partner whose host was asked.
//
//go:embed manifest.webmanifest
var Manifest []byte
