// Package secret is everything the portal does with secrets: password hashes, random tokens, check codes, keys derived
// from MYISP_SECRET, sealed payloads, and which passwords are refused. Nothing here logs, and no error repeats a secret.
package secret
