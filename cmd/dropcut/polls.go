package main

import (
	"os"

	"dropcut/pipeline"
	"dropcut/pipeline/counters"
	"dropcut/pipeline/stranger"
)

// poll asks platforms for the counters of posts, where a token was set.
func (s *service) poll() error {
	platforms, err := platforms()
	if err != nil || len(platforms) == 0 {
		return err
	}
	p := &counters.Poller{Catalog: s.db, Platforms: platforms, Member: pipeline.Mint("k"), Log: s.said}
	s.parts = append(s.parts, p.Run)
	for _, on := range platforms {
		s.said.Info("asks for counters", "platform", on.Name())
	}
	return nil
}

// platforms is those that a token was set for.
func platforms() (out []counters.Platform, err error) {
	if key := stranger.Key(os.Getenv("DROPCUT_TIKTOK_TOKEN")); key != "" {
		on, err := counters.OpenTikTok(counters.Access{URL: os.Getenv("DROPCUT_TIKTOK_URL"), Key: key})
		if err != nil {
			return nil, err
		}
		out = append(out, on)
	}
	if key := stranger.Key(os.Getenv("DROPCUT_X_TOKEN")); key != "" {
		on, err := counters.OpenX(counters.Access{URL: os.Getenv("DROPCUT_X_URL"), Key: key})
		if err != nil {
			return nil, err
		}
		out = append(out, on)
	}
	return out, nil
}
