package finance

import (
	"slices"
	"strings"
)

// ConfigAddress is the key under which a gateway's configuration has the address of the provider's API, where it can be another one.
const ConfigAddress = "base_url"

// Readdressed reports whether a configuration, given as SetUpGateway takes it, leads to another address than the known one.
func Readdressed(known, config map[string]string, drop []string) bool {
	address := strings.TrimSpace(config[ConfigAddress])
	if address == "" && !slices.Contains(drop, ConfigAddress) {
		return false
	}
	return address != known[ConfigAddress]
}

// without takes out of a configuration what is not given anew, and names it. It is for one that is taken to another address:
// whoever may enter that may not see the keys, and would have them sent there.
func without(known, config map[string]string) (gone []string) {
	for key := range known {
		if key != ConfigAddress && strings.TrimSpace(config[key]) == "" {
			delete(known, key)
			gone = append(gone, key)
		}
	}
	return gone
}
