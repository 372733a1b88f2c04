//go:build linux

package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// TestAServeAsksPlatformsAndTellsNobodyTheKey: posts that are there are asked
// for, and neither its log nor its children know the token.
func TestAServeAsksPlatformsAndTellsNobodyTheKey(t *testing.T) {
	t.Parallel()
	const key = "act.neverToBeSeen"
	var asked atomic.Int64
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer "+key && r.URL.Path == "/v2/video/query/" {
			asked.Add(1)
			_, _ = io.WriteString(w, `{"data":{"videos":[{"id":"77","view_count":10,"share_count":2}]},"error":{"code":"ok"}}`)
		}
	}))
	defer platform.Close()
	s := openStall(t)
	if err := os.MkdirAll(s.path("svc"), 0o755); err != nil {
		t.Fatal(err)
	}
	snapshots := func(f func(tx *catalog.Tx) error) {
		db, err := catalog.Open(t.Context(), s.path("svc/catalog.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	snapshots(func(tx *catalog.Tx) error {
		return tx.PutPost(pipeline.Post{ID: "cl_1", Creator: "ada", Platform: pipeline.TikTok, ExternalID: "77", PostedAt: time.Now().Add(-time.Hour)})
	})
	v := s.serveWith(t, map[string]string{"DROPCUT_TIKTOK_TOKEN": key, "DROPCUT_TIKTOK_URL": platform.URL})
	v.until(t, "asks", func() bool { return strings.Contains(v.talk.String(), "asked for counters") })
	snapshots(func(tx *catalog.Tx) error {
		got, err := tx.SnapshotsOf("cl_1")
		if asked.Load() != 1 || len(got) != 1 || *got[0].Views != 10 || *got[0].Shares != 2 || got[0].Likes != nil {
			t.Errorf("asked %d times: %+v", asked.Load(), got)
		}
		return err
	})
	if strings.Contains(v.talk.String(), "neverToBeSeen") {
		t.Error("the log shows the token")
	}
}
