package main

import (
	"os"
	"strings"

	"dropcut/pipeline"
	"dropcut/web/webhooks"
)

// inboundSecrets are those with which strangers sign what they tell of a
// creator's posts: DROPCUT_INBOUND_SECRETS, such as "ada=whsec_… bob=whsec_…".
// A creator that stands there twice has two, while one takes the other's place.
func inboundSecrets() (map[string][]string, error) {
	out := map[string][]string{}
	for _, pair := range strings.Fields(os.Getenv("DROPCUT_INBOUND_SECRETS")) {
		creator, secret, ok := strings.Cut(pair, "=")
		if !ok || creator == "" || webhooks.CheckSecret(secret) != nil {
			return nil, pipeline.Fail(pipeline.Usage, "bad_secret", "write CREATOR=whsec_… with 24 to 64 bytes in base64, parted by spaces",
				"DROPCUT_INBOUND_SECRETS cannot be read at %q", creator)
		}
		out[creator] = append(out[creator], secret)
	}
	return out, nil
}
