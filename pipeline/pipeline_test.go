package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"testing"
	"time"

	"dropcut/pipeline/timeline"
)

func TestIDsSortByWhenTheyWereMinted(t *testing.T) {
	var ids []string
	for range 2000 {
		ids = append(ids, Mint(ClipID))
	}
	if !sort.StringsAreSorted(ids) {
		t.Error("IDs minted one after another do not sort")
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] || !HasPrefix(id, ClipID) {
			t.Fatalf("%s is minted twice or has the wrong prefix", id)
		}
		seen[id] = true
	}
}

func TestTheLineLeadsEverySubjectOn(t *testing.T) {
	for _, c := range []struct {
		from    Step
		subject string
		want    Step
	}{
		{Ingest, RecordingID, Detect}, {Detect, MomentID, Excerpt}, {Detect, RecordingID, Publish}, {Plan, MomentID, Compose},
		{Compose, RunID, Render}, {Compose, VariantID, Assemble}, {Compose, MomentID, Publish}, {Publish, MomentID, ""},
	} {
		if got, ok := Next(c.from, Mint(c.subject)); got != c.want || ok != (c.want != "") {
			t.Errorf("%s of %s leads to %q (%v), want %q", c.from, c.subject, got, ok, c.want)
		}
	}
}

func TestAnErrorKeepsItsKindThroughWrappingAndJSON(t *testing.T) {
	cause := Fail(Invalid, "no_picture", "send one with a picture", "probe x: %w", errors.New("no video stream"))
	err := fmt.Errorf("ingest x: %w", cause)
	if !errors.Is(err, Invalid) || errors.Is(err, NotFound) || KindOf(err) != Invalid {
		t.Errorf("kind of %v is %s", err, KindOf(err))
	}
	e := AsError(err, Ingest)
	if e.Code != "no_picture" || e.Step != Ingest || e.Hint == "" || e.Detail != err.Error() || e.Retryable() {
		t.Errorf("as a record: %+v", e)
	}
	b, jsonErr := json.Marshal(e)
	var back Error
	if jsonErr != nil || json.Unmarshal(b, &back) != nil || !errors.Is(&back, Invalid) || back.Detail != e.Detail {
		t.Errorf("through JSON: %s", b)
	}
	if s := AsError(errors.New("surprise"), Plan); s.Kind != Internal || !s.Retryable() {
		t.Errorf("an error without a kind: %+v", s)
	}
}

func TestShownSizeIsSquareAndUpright(t *testing.T) {
	for _, c := range []struct {
		v    Video
		w, h int
	}{
		{Video{Width: 1920, Height: 1080}, 1920, 1080},
		{Video{Width: 1920, Height: 1080, Rotation: 90}, 1080, 1920},
		{Video{Width: 640, Height: 360, SAR: sar(2, 1)}, 1280, 360},
		{Video{Width: 320, Height: 180, SAR: sar(3, 4)}, 320, 240},
	} {
		if w, h := c.v.Shown(); w != c.w || h != c.h {
			t.Errorf("%+v is shown %dx%d, want %dx%d", c.v, w, h, c.w, c.h)
		}
	}
}

func sar(num, den int64) timeline.Rate { return timeline.NewRate(num, den) }

func TestEveryAspectHasASize(t *testing.T) {
	for _, a := range append(Aspects(), "", "2:1") {
		w, h, ok := Size(a)
		if known := slices.Contains(Aspects(), a); ok != known || known && (w <= 0 || h <= 0) {
			t.Errorf("%s: %d × %d, %v", a, w, h, ok)
		}
	}
}

func TestAPriorityIsOfOneUrgencyAndKeepsItsPlace(t *testing.T) {
	var before int64 = math.MinInt64
	for _, u := range Urgencies {
		for _, n := range []int64{0, 1, 5000, band - 1} {
			p := u.Priority(n)
			if UrgencyOf(p) != u || p <= before {
				t.Errorf("place %d of %s is priority %d, which is %s", n, u, p, UrgencyOf(p))
			}
			before = p
			want := u
			if u == First {
				want = Bulk
			}
			if r := Rest(p); UrgencyOf(r) != want || r != want.Priority(n) {
				t.Errorf("the rest after place %d of %s is %d", n, u, r)
			}
		}
	}
}

func TestAnIDSaysWhenItWasMinted(t *testing.T) {
	before := time.Now().Truncate(time.Millisecond)
	at, ok := MintedAt(Mint(WorkID))
	if !ok || at.Before(before) || at.After(time.Now().Add(time.Second)) {
		t.Errorf("minted at %v, it is %v", at, before)
	}
	for _, text := range []string{"", "w", "w_", "w_0", "stream.mp4", "w_ILOU"} {
		if _, ok := MintedAt(text); ok {
			t.Errorf("%q is an ID", text)
		}
	}
}

func TestAnIDTellsWhetherItWasMintedBefore(t *testing.T) {
	before := time.Now().Add(-time.Millisecond)
	id := Mint(WorkID)
	if low, high := FirstAt(WorkID, before), FirstAt(WorkID, time.Now().Add(time.Hour)); id < low || id >= high || low >= high {
		t.Errorf("%s was not minted between %s and %s", id, low, high)
	}
}
