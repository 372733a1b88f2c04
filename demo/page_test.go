package demo

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
)

// hostile is what a stranger may have typed as a label, a hook or a reason.
const hostile = `</script><script>document.title="owned"</script><img src=x onerror=alert(1)>"'&{{.}}`

// sheet makes a small recording and clips of it, and writes the page over them.
func sheet(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	moment := filepath.Join(folder, "show", "01-a b#c%")
	if err := os.MkdirAll(moment, 0o755); err != nil {
		t.Fatal(err)
	}
	clip := func(name, size, length string) {
		made(t, filepath.Join(moment, name), "testsrc2=s="+size+":r=30:d="+length)
	}
	made(t, filepath.Join(folder, "night.mp4"), "testsrc2=s=320x180:r=10:d=60")
	for _, n := range []string{"core a.mp4", "short-1.mp4", "short-2.mp4"} {
		clip(n, "108x192", "3")
	}
	for _, n := range []string{"core.jpg", "short.jpg"} {
		args := ffmpeg.Generated("lavfi", "color=orange:s=108x192", nil, "", ffmpeg.Output{Maps: []string{"0:v"}, File: n,
			Options: []ffmpeg.Option{{Name: "frames:v", Value: "1"}, {Name: "f", Value: "image2"}, {Name: "update", Value: "1"}}})
		if _, err := runner(t).Run(context.Background(), ffmpeg.Command{Args: args, Dir: moment}); err != nil {
			t.Fatal(err)
		}
	}
	was := manifestOf("old")
	now := manifestOf("new")
	write(t, filepath.Join(moment, "manifest.json"), now)
	write(t, filepath.Join(folder, "show", "recording.json"), map[string]any{"recording": now.Recording, "marks": now.Moment.Marks})
	r := runner(t)
	t.Chdir(folder) // as the demo is called: with relative paths
	manifest := filepath.Join("show", filepath.Base(moment), "manifest.json")
	kept, err := Keep(".", manifest, was)
	if err != nil {
		t.Fatal(err)
	}
	err = Page(context.Background(), PageInput{Folder: ".", Runner: r, Recording: "night.mp4",
		Document: filepath.Join("show", "recording.json"), Manifests: []string{manifest},
		Figures:    []Figure{{"first short after", "4 s"}},
		Correction: &Correction{From: hostile, To: "Lamp", Was: was, WasFile: kept, Took: 1200 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// manifestOf is a moment whose second segment of the short is called changed.
func manifestOf(changed string) pipeline.Manifest {
	segments := func(names ...string) (out []pipeline.ManifestSegment) {
		for _, n := range names {
			out = append(out, pipeline.ManifestSegment{Recipe: n, Frames: 30})
		}
		return out
	}
	variant := func(id, file, style string, s ...string) pipeline.ManifestVariant {
		return pipeline.ManifestVariant{ID: id, State: pipeline.VariantMade, Aspect: "9:16", Style: style, Hook: hostile, HookFrom: "label",
			File: file, Width: 108, Height: 192, Frames: 90, Bytes: 1_250_000, Segments: segments(s...)}
	}
	marks := []pipeline.ManifestMark{
		{Source: "obs_chapter", AtMS: 30000, Label: hostile, Used: true},
		{Source: "twitch_csv", AtMS: 10000, Unused: hostile, UnusedCode: "dead_air"}}
	return pipeline.Manifest{Version: 1, Recording: pipeline.ManifestRecording{DurationMS: 60000, Width: 320, Height: 180},
		Moment: pipeline.ManifestMoment{ID: "m", Label: hostile, Marks: marks},
		Clips: []pipeline.ManifestClip{
			{ID: "c1", Poster: "core.jpg", Kind: pipeline.Core, InMS: 10000, OutMS: 50000, Why: []string{hostile}, Variants: []pipeline.ManifestVariant{variant("v1", "core a.mp4", "phrase", "a", "b")}},
			{ID: "c2", Poster: "short.jpg", Kind: pipeline.Short, InMS: 25000, OutMS: 28000, Why: []string{"ends in silence"},
				Variants: []pipeline.ManifestVariant{variant("v2", "short-1.mp4", "karaoke", "c", changed, "d"), variant("v3", "short-2.mp4", "phrase", "e", "f", "d")}}}}
}

func made(t *testing.T, file, source string) {
	t.Helper()
	args := ffmpeg.Generated("lavfi", source, nil, "", ffmpeg.Output{Maps: []string{"0:v"}, File: filepath.Base(file),
		Options: []ffmpeg.Option{{Name: "c:v", Value: "libx264"}, {Name: "preset", Value: "ultrafast"}, {Name: "pix_fmt", Value: "yuv420p"}, {Name: "movflags", Value: "+faststart"}}})
	if _, err := runner(t).Run(context.Background(), ffmpeg.Command{Args: args, Dir: filepath.Dir(file)}); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, file string, v any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err == nil {
		err = os.WriteFile(file, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func runner(t *testing.T) *ffmpeg.Runner {
	t.Helper()
	r, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Skip("no ffmpeg here: ", err)
	}
	return r
}

func TestThePageNeedsNothingFromOutsideItsFolder(t *testing.T) {
	folder := sheet(t)
	text, err := os.ReadFile(filepath.Join(folder, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`(?i)(https?:|wss?:)?//[a-z]`).FindAllString(string(text), -1); len(m) > 0 {
		t.Errorf("the page names something outside: %q", m)
	}
	doc, err := html.Parse(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if n.Type != html.ElementNode || a.Key != "src" && a.Key != "href" && a.Key != "data-src" && a.Key != "poster" || strings.HasPrefix(a.Val, "data:") {
				continue
			}
			name, err := url.PathUnescape(a.Val)
			if err != nil || !strings.HasPrefix(name, "./") {
				t.Errorf("%s %s=%q is not a relative path", n.Data, a.Key, a.Val)
			}
			if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
				t.Errorf("%s %s=%q: %v", n.Data, a.Key, a.Val, err)
			}
			files++
		}
	}
	if files < 8 {
		t.Errorf("only %d files are named: the page shows next to nothing", files)
	}
}

func TestHostileTextStaysText(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(sheet(t), "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	scripts, seen := 0, 0
	for n := range doc.Descendants() {
		switch {
		case n.Type == html.ElementNode && n.Data == "script":
			scripts++
		case n.Type == html.TextNode && strings.Contains(n.Data, hostile):
			seen++
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s has %s", n.Data, a.Key)
			}
		}
	}
	if scripts != 1 || seen < 4 {
		t.Errorf("%d scripts (want our own), the label is shown %d times as it was typed (want some)", scripts, seen)
	}
}

func TestACorrectedWordIsCountedBySegment(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(sheet(t), "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	// a b, c new d, e f d: seven distinct segments, one of them new; three in the shown file.
	for _, want := range []string{"1 of 7<small>", "This file: 1 of 3.", `data-start="1.000"`, "before.mp4"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// browser opens a page in headless Chromium, or skips.
func browser(t *testing.T, width, height int, page string) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil && path == "" {
			path = p
		}
	}
	if path == "" {
		t.Skip("no Chromium here: the page is not opened (apt-get install chromium)")
	}
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(width, height), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Flag("hide-scrollbars", true))
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if _, err := chromedp.Run(ctx, chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Run(ctx, chromedp.Navigate((&url.URL{Scheme: "file", Path: page}).String())); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// eventually asks the page until it says yes.
func eventually(ctx context.Context, t *testing.T, what, js string) {
	t.Helper()
	for end := time.Now().Add(40 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool](js))
		if err != nil {
			t.Fatal(what, ": ", err)
		}
		if yes {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func do(ctx context.Context, t *testing.T, js string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("(()=>{"+js+";return true})()")); err != nil {
		t.Fatal(err)
	}
}

func TestVariantsPlayInStepAndObeyTheKeyboard(t *testing.T) {
	ctx := browser(t, 1280, 900, filepath.Join(sheet(t), "index.html"))
	eventually(ctx, t, "the winner plays, muted", `(v=>v.muted&&!v.paused&&v.currentTime>0.2)(document.getElementById("winner"))`)
	do(ctx, t, `document.querySelector('[data-group="c2"]').scrollIntoView()`)
	eventually(ctx, t, "both variants play within a tenth of a second of each other",
		`(v=>v.length==2&&v.every(x=>!x.paused&&x.currentTime>0.5)&&Math.abs(v[0].currentTime-v[1].currentTime)<0.1)([...document.querySelectorAll('[data-group="c2"] video')])`)
	press := func(key string) {
		do(ctx, t, `document.activeElement.blur();document.body.dispatchEvent(new KeyboardEvent("keydown",{key:"`+key+`",bubbles:true,cancelable:true}))`)
	}
	press(" ")
	eventually(ctx, t, "one key stops everything", `[...document.querySelectorAll("video")].every(v=>v.paused)`)
	press("z")
	eventually(ctx, t, "safe zones are shown", `getComputedStyle(document.querySelector('[data-group="c2"] .zones')).display=="block"`)
	press("z")
	eventually(ctx, t, "and hidden", `getComputedStyle(document.querySelector('[data-group="c2"] .zones')).display=="none"`)
	press("1")
	eventually(ctx, t, "a digit chooses a clip", `!document.querySelector('[data-group="c1"]').hidden&&document.querySelector('[data-group="c2"]').hidden`)
	if title, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.title")); err != nil || title == "owned" {
		t.Errorf("title %q, %v", title, err)
	}
}

func TestThePageFitsAPhone(t *testing.T) {
	ctx := browser(t, 390, 844, filepath.Join(sheet(t), "index.html"))
	eventually(ctx, t, "nothing sticks out sideways", `innerWidth==390&&document.documentElement.scrollWidth<=390&&[...document.querySelectorAll("main *")].every(e=>e.closest(".strip,.lanes,.rule,svg,.pins,.sr,.zones")||e.getBoundingClientRect().right<=391)`)
	do(ctx, t, `document.querySelector(".facts span").textContent="a-recording-with-a-name-of-some-length-that-nobody-shortened.mp4"`)
	eventually(ctx, t, "logo, length and size stay on one line, whatever the recording is called",
		`[document.querySelector("header b"),...document.querySelectorAll(".facts .one")].every(e=>e.getBoundingClientRect().height<30)&&document.documentElement.scrollWidth<=390`)
	eventually(ctx, t, "what stands on a clip's bar is whole", `(b=>b.length==2&&b.every(x=>x.scrollWidth<=x.clientWidth+1))([...document.querySelectorAll(".bar")])`)
}

// The poster is the clip's; hooks and styles are a variant's.
func TestATileThatIsPausedShowsItsOwnVariant(t *testing.T) {
	ctx := browser(t, 1280, 900, filepath.Join(sheet(t), "index.html"))
	do(ctx, t, `document.querySelector("[data-play]").click()`)
	do(ctx, t, `document.querySelector('[data-group="c2"]').scrollIntoView()`)
	eventually(ctx, t, "each shows a picture of its own file", `(all=>all.length>1&&all.every(v=>v.paused&&v.readyState>=2&&v.currentTime>0&&v.parentElement.classList.contains("moving")&&getComputedStyle(v.parentElement.querySelector(".still")).visibility=="hidden"))([...document.querySelectorAll('[data-group="c2"] video')])`)
	do(ctx, t, `document.querySelector("[data-play]").click()`)
	eventually(ctx, t, "then it plays", `[...document.querySelectorAll('[data-group="c2"] video')].every(v=>!v.paused)`)
}

// A video that plays and has no picture yet is black in Chromium.
func TestATileShowsItsPosterUntilItMoves(t *testing.T) {
	ctx := browser(t, 1280, 900, filepath.Join(sheet(t), "index.html"))
	covered := `[...document.querySelectorAll("video")].every(v=>{const s=v.parentElement.querySelector(".still");return v.parentElement.classList.contains("moving")||s&&!s.hidden&&s.naturalWidth==108&&getComputedStyle(s).visibility=="visible"})`
	eventually(ctx, t, "every tile that does not move shows a picture", covered)
	do(ctx, t, `document.querySelector('[data-group="c2"]').scrollIntoView()`)
	eventually(ctx, t, "then it moves", `[...document.querySelectorAll('[data-group="c2"] video')].every(v=>v.parentElement.classList.contains("moving"))`)
	do(ctx, t, `document.querySelector('[name=clip][value=c1]').click()`)
	eventually(ctx, t, "another clip shows its own poster until it moves", `document.getElementById("still").src.includes("core.jpg")&&`+covered)
}
