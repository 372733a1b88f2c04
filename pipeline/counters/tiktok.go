package counters

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"dropcut/pipeline"
)

// TikTok asks the Display API, which shows an account its own public videos.
// https://developers.tiktok.com/doc/tiktok-api-v2-video-query
type TikTok struct{ client }

// OpenTikTok needs a user's access token with the scope video.list; it asks
// nothing yet. Usage: an address or a key that cannot be used.
func OpenTikTok(a Access) (*TikTok, error) {
	c, err := newClient(a, "https://open.tiktokapis.com")
	return &TikTok{c}, err
}

// Name is TikTok.
func (*TikTok) Name() pipeline.Platform { return pipeline.TikTok }

// Source is what its snapshots are kept under.
func (*TikTok) Source() string { return "tiktok_api" }

// Most is what video/query takes.
func (*TikTok) Most() int { return 20 }

// Pause keeps within 600 requests a minute.
func (*TikTok) Pause() time.Duration { return 100 * time.Millisecond }

// Counters implements Platform.
func (t *TikTok) Counters(ctx context.Context, ids []string) (map[string]Counters, error) {
	body, err := json.Marshal(map[string]any{"filters": map[string]any{"video_ids": ids}})
	if err != nil {
		return nil, err
	}
	var doc struct {
		Data struct {
			Videos []struct {
				ID       string `json:"id"`
				Views    *int64 `json:"view_count"`
				Shares   *int64 `json:"share_count"`
				Likes    *int64 `json:"like_count"`
				Comments *int64 `json:"comment_count"`
			} `json:"videos"`
		} `json:"data"`
		Error struct {
			Code    string `json:"code"` // ok where all went well
			Message string `json:"message"`
			LogID   string `json:"log_id"`
		} `json:"error"`
	}
	if err := t.ask(ctx, http.MethodPost, "/v2/video/query/?fields=id,view_count,share_count,like_count,comment_count", body, &doc); err != nil {
		return nil, err
	}
	switch doc.Error.Code {
	case "ok", "":
	case "rate_limit_exceeded":
		return nil, &Busy{err: pipeline.Fail(pipeline.Unavailable, "busy", "", "%s has had enough requests", t.place)}
	case "access_token_invalid", "scope_not_authorized", "scope_permission_missed":
		return nil, pipeline.Fail(pipeline.Usage, "bad_key", "renew the key in its variable, with the scope video.list", "%s says %s: %s", t.place, doc.Error.Code, t.scrub(doc.Error.Message))
	default:
		return nil, pipeline.Fail(pipeline.Unavailable, "no_answer", "", "%s says %s: %s (%s)", t.place, t.scrub(doc.Error.Code), t.scrub(doc.Error.Message), t.scrub(doc.Error.LogID))
	}
	out := map[string]Counters{}
	for _, v := range doc.Data.Videos {
		out[v.ID] = Counters{v.Views, v.Shares, v.Likes, v.Comments}
	}
	return out, nil
}
