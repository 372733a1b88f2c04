package ingest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

func TestTheStartIsWhatTheMostTrustedOfThoseThatKnowSays(t *testing.T) {
	at := func(s string) *time.Time { x, _ := time.Parse(time.RFC3339, s); return &x }
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	here, told := zoned{berlin, false}, zoned{berlin, true}
	for _, c := range []struct {
		why, name string
		created   *time.Time
		modified  string
		zone      zoned
		want      string
		from      string
	}{
		{"OBS", "2026-11-25 20-00-00.mp4", nil, "2026-11-26T00:00:00Z", here, "2026-11-25T19:00:00Z", "name"},
		{"OBS in summer", "2026-07-25 20-00-00.mp4", nil, "2026-11-26T00:00:00Z", here, "2026-07-25T18:00:00Z", "name"},
		{"OBS without spaces", "2026-11-25_20-00-00.mkv", nil, "", here, "2026-11-25T19:00:00Z", "name"},
		{"mediamtx", "2026-11-25_20-00-00-123456.mp4", nil, "", here, "2026-11-25T19:00:00Z", "name"},
		{"a prefix", "booth 2026-11-25 20-00-00.mp4", nil, "", here, "2026-11-25T19:00:00Z", "name"},
		{"a replay is saved at its end", "Replay 2026-11-25 20-00-00.mp4", nil, "", here, "2026-11-25T18:59:00Z", "name"},
		{"made elsewhere: the container's clock says by how much", "2026-11-25 20-00-00.mp4", at("2026-11-26T01:00:03Z"), "", here, "2026-11-26T01:00:00Z", "name"},
		{"a zone that was named stands", "2026-11-25 20-00-00.mp4", at("2026-11-26T01:00:03Z"), "", told, "2026-11-25T19:00:00Z", "name"},
		{"a container written at some other time says nothing of zones", "2026-11-25 20-00-00.mp4", at("2026-11-25T20:07:31Z"), "", here, "2026-11-25T19:00:00Z", "name"},
		{"two dates are none", "2026-11-25 20-00-00 to 2026-11-25 21-00-00.mp4", at("2026-11-25T19:00:03Z"), "", here, "2026-11-25T19:00:03Z", "container"},
		{"no such day", "2026-13-45 20-00-00.mp4", at("2026-11-25T19:00:03Z"), "", here, "2026-11-25T19:00:03Z", "container"},
		{"a date in a longer number", "12026-11-25 20-00-001.mp4", nil, "2026-11-25T20:00:00Z", here, "2026-11-25T19:59:00Z", "modified"},
		{"the container", "show.mp4", at("2026-11-25T19:00:03Z"), "2026-11-26T00:00:00Z", here, "2026-11-25T19:00:03Z", "container"},
		{"only the file", "show.mp4", nil, "2026-11-25T20:00:00.7Z", here, "2026-11-25T19:59:00Z", "modified"},
		{"a file without a time", "show.mp4", nil, "1970-01-01T00:00:00Z", here, "", ""},
		{"no time at all", "show.mp4", nil, "", here, "", ""},
	} {
		rec := pipeline.Recording{Name: c.name, StartedFrom: "stale", Media: pipeline.Media{Rate: timeline.Rate30, Frames: 1800, Created: c.created}}
		modified, _ := time.Parse(time.RFC3339, c.modified)
		began(&rec, modified, c.zone)
		got := ""
		if rec.StartedAt != nil {
			got = rec.StartedAt.Format(time.RFC3339)
		}
		if got != c.want || rec.StartedFrom != c.from || (rec.StartedStep > 0) != (got != "") {
			t.Errorf("%s: %q from %q within %s, want %q from %q", c.why, got, rec.StartedFrom, rec.StartedStep, c.want, c.from)
		}
	}
}

func TestAKnownRecordingHasItsStartFromThisRound(t *testing.T) {
	t.Parallel()
	d := newDock(t)
	d.draw(t, "show.mp4", show("16", "-metadata", "creation_time=2026-11-25T19:00:05Z")...)
	first, _, err := d.ingest(t, "show.mp4", pipeline.Brief{})
	if err != nil || first.StartedAt == nil || first.StartedAt.Format(time.RFC3339) != "2026-11-25T19:00:05Z" || first.StartedFrom != "container" {
		t.Fatalf("%+v %s %v", first.StartedAt, first.StartedFrom, err)
	}
	if err := os.Rename(filepath.Join(d.folder, "show.mp4"), filepath.Join(d.folder, "2026-11-25 20-00-00.mp4")); err != nil {
		t.Fatal(err)
	}
	again, _, err := d.ingest(t, "2026-11-25 20-00-00.mp4", pipeline.Brief{Zone: "America/New_York"})
	if err != nil || again.ID != first.ID || again.StartedAt.Format(time.RFC3339) != "2026-11-26T01:00:00Z" || again.StartedFrom != "name" {
		t.Errorf("%+v %s %v", again.StartedAt, again.StartedFrom, err)
	}
}
