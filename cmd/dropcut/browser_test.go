package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"dropcut/pipeline"
)

// seen is what a browser says of a file it played to the end.
type seen struct {
	Times    []float64 `json:"times"` // media time of every presented frame
	Duration float64   `json:"duration"`
	Width    int       `json:"width"`
	Plays    int       `json:"plays"`
	Ended    bool      `json:"ended"`
	Error    string    `json:"error"`
}

// watchPage plays a file muted and slowly, and notes the time of every frame
// that is presented. A loaded machine drops frames by chance, and then others
// the next time: it plays on until every frame was presented, at most five times.
const watchPage = `<!doctype html><meta charset="utf-8"><video id="v" muted playsinline></video><script>
const v = document.getElementById("v"), out = {times: [], plays: 0, ended: false, error: ""};
const frames = +new URLSearchParams(location.search).get("frames"), seen = new Set();
const next = (now, meta) => {
  const frame = Math.round(meta.mediaTime * 25);
  if (!seen.has(frame)) { seen.add(frame); out.times.push(meta.mediaTime); }
  v.requestVideoFrameCallback(next);
};
v.requestVideoFrameCallback(next);
v.onended = () => { out.duration = v.duration; out.width = v.videoWidth; out.plays++; setTimeout(() => {
  if (seen.size >= frames || out.plays === 5) { out.ended = true; } else { v.currentTime = 0; v.play(); }
}, 300); };
v.onerror = () => { out.error = String(v.error && v.error.message); out.ended = true; };
v.src = "clip.mp4"; v.playbackRate = 0.5; v.play().catch(e => { out.error = String(e); out.ended = true; });
</script>`

func TestABrowserPresentsEveryFrameFirstToLast(t *testing.T) {
	if testing.Short() {
		t.Skip("plays a clip for half a minute")
	}
	browser := chromium()
	if browser == "" {
		t.Skip("neither Chromium nor Chrome is installed: scripts/setup test installs it")
	}
	t.Setenv("DROPCUT_DRAFT", "4")
	file, v := shortClip(t)
	got := play(t, browser, file, v.Frames)
	if got.Error != "" {
		t.Fatal(got.Error)
	}
	presented := map[int64]bool{}
	for _, at := range got.Times {
		presented[int64(at*25+0.5)] = true
	}
	for f := range v.Frames {
		if !presented[f] {
			t.Errorf("frame %d of %d was never presented", f, v.Frames)
		}
	}
	if int64(len(presented)) != v.Frames || got.Width != v.Width {
		t.Errorf("%d frames presented of %d, %d pixels wide of %d", len(presented), v.Frames, got.Width, v.Width)
	}
	t.Logf("played %d times", got.Plays)
	if want := float64(v.Frames) / 25; got.Duration < want-0.05 || got.Duration > want+0.05 {
		t.Errorf("lasts %.3f s of %.3f", got.Duration, want)
	}
}

// chromium is a browser that can be led from here, "" where there is none.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// shortClip makes the smallest clip there is from the drawn show: a short of 15 s.
func shortClip(t *testing.T) (string, pipeline.ManifestVariant) {
	t.Helper()
	body, err := made()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	video := filepath.Join(dir, "show.mp4")
	if err := os.WriteFile(video, body, 0o644); err != nil {
		t.Fatal(err)
	}
	var out, talk bytes.Buffer
	if code := run([]string{"run", "--json", "--quiet", "--out", filepath.Join(dir, "clips"), "--shorts", "1", "--mark", "0:45-1:00 the drop", video}, console{&out, &talk}); code != exitMade {
		t.Fatalf("exit %d: %s", code, talk.String())
	}
	var m pipeline.Manifest
	if err := json.Unmarshal(out.Bytes(), &m); err != nil {
		t.Fatal(err)
	}
	for _, c := range m.Clips {
		for _, v := range c.Variants {
			if c.Kind == pipeline.Short && v.File != "" {
				return filepath.Join(filepath.Dir(m.Path), v.File), v
			}
		}
	}
	t.Fatal("no short was made")
	return "", pipeline.ManifestVariant{}
}

// play opens a file in a browser of our own and waits for its end.
func play(t *testing.T, browser, file string, frames int64) seen {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/clip.mp4" {
			http.ServeFile(w, r, file)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, watchPage)
	}))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate(fmt.Sprintf("%s/?frames=%d", server.URL, frames))); err != nil {
		t.Fatal(err)
	}
	for {
		ended, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("out.ended"))
		if err != nil {
			t.Fatal(err)
		}
		if ended {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[seen]("out"))
	if err != nil {
		t.Fatal(err)
	}
	return got
}
