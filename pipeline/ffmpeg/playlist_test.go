package ffmpeg

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"dropcut/pipeline"
)

// playlists are text files, named as recordings, that make ffmpeg read the
// file at path, which belongs to somebody else.
var playlists = map[string]struct {
	text  func(path string) string
	leaks bool // plain ffmpeg shows the other file
}{
	"hls": {func(path string) string {
		return "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2.0,\n" + path + "\n#EXT-X-ENDLIST\n"
	}, true},
	"hls with a map": {func(path string) string {
		return "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:9\n#EXT-X-MAP:URI=\"" + path + "\"\n#EXTINF:2.0,\n" + path + "\n#EXT-X-ENDLIST\n"
	}, true},
	"hls master": {func(path string) string {
		return "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\n" + path + "\n"
	}, false},
	"dash": {func(path string) string {
		return `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S" minBufferTime="PT1S" ` +
			`profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet contentType="video" mimeType="video/mp2t">` +
			`<Representation id="1" bandwidth="1000" codecs="avc1.42c01e"><BaseURL>` + path + `</BaseURL></Representation></AdaptationSet></Period></MPD>`
	}, true},
	"concat": {func(string) string { return "ffconcat version 1.0\nfile theirs.ts\n" }, true},
	"sdp": {func(string) string {
		return "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
	}, false},
}

// theirs makes somebody else's recording, and a folder for ours beside it.
func theirs(t *testing.T) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	film(t, at(dir, "theirs.ts"), 2, "-f", "mpegts")
	return dir, at(dir, "theirs.ts")
}

func TestAPlaylistNamedAsARecordingShowsNothing(t *testing.T) {
	t.Parallel()
	dir, path := theirs(t)
	secret := plainly(t, path)
	if len(secret) != 50 {
		t.Fatalf("%d pictures", len(secret))
	}
	for name, c := range playlists {
		for _, mode := range []string{SandboxAuto, SandboxOff} { // the lists hold without the walls too
			t.Run(name+", sandbox "+mode, func(t *testing.T) {
				t.Parallel()
				r := runnerWith(t, Config{Sandbox: mode})
				file := put(t, at(dir, fmt.Sprintf("mine %s.mp4", strings.ReplaceAll(t.Name(), "/", " "))), []byte(c.text(path)))
				if p, err := probed(t, r, file); pipeline.KindOf(err) != pipeline.Invalid {
					t.Errorf("probe %+v, %v", p, err)
				}
				if got, err := shown(t, r, file); pipeline.KindOf(err) != pipeline.Invalid || len(got) > 0 {
					t.Errorf("%d pictures, %v", len(got), err)
				}
			})
		}
	}
}

func TestWithoutTheFormatListAPlaylistShowsAnothersRecording(t *testing.T) {
	t.Parallel()
	dir, path := theirs(t)
	secret := plainly(t, path)
	held := whole(t, runner(t))
	for name, c := range playlists {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := put(t, at(dir, fmt.Sprintf("mine %s.mp4", strings.ReplaceAll(t.Name(), "/", " "))), []byte(c.text(path)))
			leaked := 0
			for _, x := range plainly(t, file) {
				if slices.Contains(secret, x) {
					leaked++
				}
			}
			if c.leaks && leaked < 40 {
				t.Errorf("plain ffmpeg shows %d of their pictures: the test shows nothing", leaked)
			}
			args := []string{"-nostdin", "-v", "error", "-y", "-i", "file:" + file, "-map", "0:v:0", "-f", "framemd5", "list"}
			out := t.TempDir()
			_, err := runner(t).Run(t.Context(), Command{Dir: out, Read: []string{file}, Args: args})
			if got := pictures(t, at(out, "list")); held && (err == nil || len(got) > 0) {
				t.Errorf("the walls alone let %d pictures through: %v", len(got), err)
			}
		})
	}
}

func TestAPlaylistReachesNoServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, url := range []string{"http://127.0.0.1:9/x.ts", "https://127.0.0.1:9/x.ts", "tcp://127.0.0.1:9", "concat:/etc/passwd|/etc/passwd", "crypto:/etc/passwd", "subfile,,start,0,end,9,,:/etc/passwd"} {
		file := put(t, at(dir, fmt.Sprint(i)+".mp4"), []byte(playlists["hls"].text(url)))
		if _, err := runner(t).Probe(t.Context(), file); pipeline.KindOf(err) != pipeline.Invalid {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestARecordingWithASmallFaultIsShownWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := runner(t)
	film(t, at(dir, "whole.ts"), 4, "-f", "mpegts")
	body, err := os.ReadFile(at(dir, "whole.ts"))
	if err != nil {
		t.Fatal(err)
	}
	middle := len(body) / 2 / 188 * 188
	lost := put(t, at(dir, "lost.ts"), append(slices.Clone(body[:middle]), body[middle+7*188:]...)) // seven packets did not arrive
	args := func(own bool) []string {
		return Arguments(Input{File: lost, Own: own}, "[0:v:0]fps=25[v]", Output{Maps: []string{"[v]"}, File: "list", Options: []Option{{"f", "framemd5"}}})
	}
	res, err := r.Run(t.Context(), Command{Dir: dir, Read: []string{lost}, Args: args(false)})
	if n := len(pictures(t, at(dir, "list"))); err != nil || n < 98 || n > 100 {
		t.Errorf("%d of 100 pictures, %v", n, err)
	}
	if res.Stderr == "" {
		t.Error("the fault is not said")
	}
	if _, err := r.Run(t.Context(), Command{Dir: dir, Read: []string{lost}, Args: args(true)}); err == nil || len(pictures(t, at(dir, "list"))) > 90 {
		t.Errorf("a file of ours with a fault: %d pictures, %v", len(pictures(t, at(dir, "list"))), err)
	}
	if _, err := r.Decode(t.Context(), lost, dir); pipeline.KindOf(err) != pipeline.Corrupt {
		t.Errorf("the strict decode: %v", err)
	}
}
