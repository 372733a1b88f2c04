package recording

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheWrapOf33BitsIsStraightened(t *testing.T) {
	t.Parallel()
	path := streamed(t, "wrap.ts", "30000/1001", 8, 0, "-output_ts_offset", "95439")
	r, _ := opened(t, path)
	c := r.Clock()
	if len(c.Pieces) != 2 || c.Pieces[1].From != 0 || c.Frames != 240 || len(c.Notes) > 0 {
		t.Fatalf("%+v", c)
	}
	showsTheSame(t, path, r)
}

func TestPacketsAreFoundWhateverStandsAroundThem(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(streamed(t, "a.ts", "25", 4, 0))
	if err != nil {
		t.Fatal(err)
	}
	plain, _ := opened(t, written(t, "a.ts", b))
	random := rand.New(rand.NewPCG(7, 8))
	garbage := make([]byte, 3000)
	for i := range garbage {
		garbage[i] = byte(random.Uint32())
	}
	var checked []byte // DVB's 16 check bytes after each packet
	for at := 0; at+tsPacket <= len(b); at += tsPacket {
		checked = append(append(checked, b[at:at+tsPacket]...), garbage[:16]...)
	}
	for _, x := range []struct {
		why string
		b   []byte
	}{
		{"a capture that begins in a packet", b[77:]},
		{"garbage in front", append(append([]byte{}, garbage...), b...)},
		{"204 bytes a packet", checked},
	} {
		path := written(t, "a.ts", x.b)
		r, err := Open(t.Context(), fileSource(t, path))
		if err != nil {
			t.Errorf("%s: %v", x.why, err)
			continue
		}
		defer r.Close()
		if c := r.Clock(); c.Frames != plain.Clock().Frames || c.Zero != plain.Clock().Zero {
			t.Errorf("%s: %d frames from %d", x.why, c.Frames, c.Zero)
		}
		sliceShows(t, r, time.Second, 3*time.Second, pictures, pictures(t, written(t, "plain.ts", b)), onClock(plain))
	}
}

// TestKeyPicturesAreKnownByTheirBytes: with every writer's own flag cleared the
// same pictures are found to stand alone.
func TestKeyPicturesAreKnownByTheirBytes(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		codec []string
		why   string
	}{
		{[]string{"-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25"}, "H.264, IDR"},
		{[]string{"-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "25", "-x264-params", "open-gop=1"}, "H.264, recovery points"},
		{[]string{"-c:v", "mpeg2video", "-bf", "2", "-g", "25"}, "MPEG-2"},
		{[]string{"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "keyint=25:min-keyint=25:log-level=none"}, "HEVC, CRA"},
	} {
		t.Run(x.why, func(t *testing.T) {
			t.Parallel()
			path := streamed(t, "a.ts", "25", 5, 0, x.codec...)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for at := 0; at+tsPacket <= len(b); at += tsPacket {
				if b[at+3]&0x20 != 0 && b[at+4] > 0 {
					b[at+5] &^= 0x40
				}
			}
			r, _ := opened(t, written(t, "bare.ts", b))
			keys := 0
			err = r.index.(*mpegts).reel.walk(t.Context(), r.bytes, 0, r.bytes.Size(), func(u unit) bool {
				if u.key {
					keys++
				}
				return true
			})
			want := strings.Count(string(tool(t, "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=flags", "-of", "csv=p=0", path)), "K")
			if err != nil || keys != want || keys < 5 {
				t.Errorf("%d pictures stand alone, want %d (%v)", keys, want, err)
			}
			flagged, _ := opened(t, path)
			if r.Clock().Zero != flagged.Clock().Zero || r.Clock().Frames != flagged.Clock().Frames {
				t.Errorf("%+v, with flags %+v", r.Clock(), flagged.Clock())
			}
			sliceShows(t, r, 2500*time.Millisecond, 4*time.Second, pictures, pictures(t, path), onClock(r))
		})
	}
}

func TestTablesAreReadAsTheyAreWritten(t *testing.T) {
	want := tsProgram{number: 7, pid: 0x1000, pcr: 0x100, info: []byte{5, 4, 'H', 'D', 'M', 'V'}, streams: []tsStream{
		{0x1B, 0x100, nil}, {0x0F, 0x101, []byte{10, 4, 'e', 'n', 'g', 0}}, {0x86, 0x1ff, nil}}}
	for range 40 { // tables of more than one packet
		want.streams = append(want.streams, tsStream{0x0F, 0x300, make([]byte, 6)})
	}
	b := want.tables()
	r := &tsReel{step: tsPacket, end: int64(len(b))}
	kept, err := newBytes(heldBytes(b), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	got, ok, err := r.findProgram(t.Context(), kept)
	if err != nil || !ok || got.number != 7 || got.pid != 0x1000 || got.pcr != 0x100 || string(got.info) != string(want.info) {
		t.Fatalf("%+v %v", got, err)
	}
	if len(got.streams) != len(want.streams)-1 || got.video().pid != 0x100 || string(got.streams[1].info) != string(want.streams[1].info) {
		t.Errorf("streams %+v", got.streams)
	}
	b[20] ^= 1 // the check sum no longer fits
	if kept, err = newBytes(heldBytes(b), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	if _, ok, _ = r.findProgram(t.Context(), kept); ok {
		t.Error("a damaged table was believed")
	}
}

func TestStampsAreReadAsTheyAreWritten(t *testing.T) {
	for _, want := range []int64{0, 1, 900000, 1 << 32, tsWrap - 1, 0x155555555} {
		b := []byte{0x31, 0, 1, 0, 1}
		putStamp(b, want)
		if got := stampOf(b); got != want || b[0]&0xf1 != 0x31 || b[2]&1 != 1 || b[4]&1 != 1 {
			t.Errorf("%d is read as %d from %x", want, got, b)
		}
	}
}

func TestTeletextAloneHasNoPicture(t *testing.T) {
	p := tsProgram{number: 1, pid: 0x1000, pcr: 0x100, streams: []tsStream{{0x06, 0x100, nil}}}
	b := p.tables()
	for range 10 {
		b = append(b, p.tables()...)
	}
	if _, err := Open(t.Context(), fileSource(t, written(t, "text.ts", b))); err == nil || errorCode(err) != "no_picture" {
		t.Errorf("%v", err)
	}
}

// TestASampleShowsWhatItShows walks real recordings of the formats that are
// found by walking.
func TestASampleShowsWhatItShows(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name   string
		frames int64
		pieces int
		notes  string
	}{
		{"media/webm/bbb_642x642_768kbps_30fps_vp9.webm", 90, 1, ""},
		{"media/webm/big-buck-bunny_trailer.webm", 812, 1, ""},
		{"media/broken/missing-keyframe-labels.ts", 600, 1, ""},
		{"media/broadcast/sample_scte35.ts", 3, 1, ""},
		{"media/subs/matroska-test-w1-test5-short.mkv", 48, 1, "duration_differs"},
		{"media/subs/sample_with_ass_subtitles.mkv", 30, 1, ""},
		{"media/subs/webvtt.mkv", 60, 1, ""},
		{"media/subs/sintel-captions.ts", 240, 1, ""},
		{"media/flv/bbb.flv", 250, 1, ""},
		{"media/people/book.mkv", 109, 1, ""},
		{"media/people/sister.mkv", 87, 1, ""},
		{"derived/truncated_60pct.mkv", 765, 1, "truncated"},
		{"derived/start_at_10h.ts", 1272, 1, ""},
		{"derived/obs_two_audio_tracks.mkv", 1272, 1, ""},
		{"derived/flower_ass_font.mkv", 150, 1, "duration_differs"},
	} {
		t.Run(filepath.Base(x.name), func(t *testing.T) {
			path := samplePath(t, x.name)
			r, _ := opened(t, path)
			if c := r.Clock(); c.Frames != x.frames || len(c.Pieces) != x.pieces || noteCodes(c) != x.notes {
				t.Errorf("%d frames, %d pieces, notes %v", c.Frames, len(c.Pieces), c.Notes)
			}
			if x.frames <= 300 {
				showsTheSame(t, path, r)
				return
			}
			// decoding the long ones would take minutes: their sound is compared
			length := r.Clock().Rate.Duration(x.frames)
			sliceShows(t, r, length/3, length/2, packets, packets(t, path), onClock(r))
		})
	}
}

func TestARolloverInSegmentsPutTogetherIsStraight(t *testing.T) {
	t.Parallel()
	first := samplePath(t, "media/hls/ts-rollover/360p30_h264_48k_160_aac_ts-0000000024.ts")
	all, err := filepath.Glob(filepath.Join(filepath.Dir(first), "*.ts"))
	if err != nil {
		t.Fatal(err)
	}
	path := joinFiles(t, "all.ts", 0, all...)
	r, _ := opened(t, path)
	if c := r.Clock(); c.Frames != 480 || len(c.Pieces) != 2 {
		t.Errorf("%d frames, pieces %v", c.Frames, c.Pieces)
	}
	showsTheSame(t, path, r)
}
