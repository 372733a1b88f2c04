package excerpt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/recording"
	"dropcut/pipeline/timeline"
	"dropcut/storage/catalog"
)

// scenes is a filter graph of one colour pattern after another, each of so many seconds.
func scenes(rate string, seconds ...float64) []string {
	patterns := []string{"testsrc2", "smptebars", "rgbtestsrc", "testsrc"}
	var args []string
	var labels strings.Builder
	for i, s := range seconds {
		args = append(args, "-f", "lavfi", "-i", fmt.Sprintf("%s=s=160x120:r=%s:d=%g,format=yuv420p,setsar=1", patterns[i%len(patterns)], rate, s))
		fmt.Fprintf(&labels, "[%d:v]", i)
	}
	return append(args, "-filter_complex", fmt.Sprintf("%sconcat=n=%d:v=1:a=0[v]", labels.String(), len(seconds)), "-map", "[v]")
}

func TestShotsBeginWhereThePictureChanges(t *testing.T) {
	t.Parallel()
	long := []string{"-c:v", "libx264", "-preset", "ultrafast", "-g", "60", "-sc_threshold", "0", "-bf", "2"}
	for _, c := range []struct {
		why, name, rate string
		encode          []string
		want            []int64 // on the timeline
	}{
		{"inside groups of pictures, on their edge, and in the last", "a.mp4", "30", long, []int64{165, 300, 540}},
		{"an encoder that sees shots itself", "x.mp4", "30", []string{"-c:v", "libx264", "-preset", "veryfast", "-g", "60"}, []int64{165, 300, 540}},
		{"a fractional rate", "a.mkv", "30000/1001", long, []int64{165, 300, 540}},
		{"every picture stands alone", "m.mov", "30", []string{"-c:v", "mjpeg", "-pix_fmt", "yuvj420p"}, []int64{165, 300, 540}},
		{"one keyframe in all", "g.mp4", "30", []string{"-c:v", "libx264", "-preset", "ultrafast", "-g", "9999", "-sc_threshold", "0"}, []int64{165, 300, 540}},
		{"one picture a second", "s.mp4", "1", long, []int64{180, 300, 540}},
	} {
		t.Run(c.why, func(t *testing.T) {
			lengths := []float64{5.5, 4.5, 8, 2}
			if c.rate == "1" {
				lengths = []float64{6, 4, 8, 2}
			}
			if c.rate == "30000/1001" {
				lengths = []float64{165 * 1.001 / 30, 135 * 1.001 / 30, 240 * 1.001 / 30, 2}
			}
			d := newDesk(t, draw(t, c.name, slices.Concat(scenes(c.rate, lengths...), c.encode)...), 0, 100)
			x, _ := d.do(t)
			var got []int64
			for _, s := range x.Signals.Shots {
				got = append(got, s.At)
				if s.Score <= 0 || s.Score > 1 {
					t.Errorf("score %v", s.Score)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("shots at %v, want %v", got, c.want)
			}
			if x.HasSound || x.Signals.Silences != nil || x.Signals.Loudness != nil {
				t.Errorf("sound was heard where there is none: %+v", x.Signals)
			}
		})
	}
}

func TestAFlashOrAFadeIsNoShot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ why, filter string }{
		{"one white picture", "drawbox=t=fill:c=white:enable='eq(n,190)'"},
		{"a slow fade to black and back", "fade=out:150:60,fade=in:240:60"},
		{"a pan", "crop=160:120:x='n*2'"},
	} {
		source := "testsrc2=s=160x120:r=30:d=20"
		if strings.HasPrefix(c.filter, "crop") {
			source = "testsrc2=s=1600x120:r=30:d=20"
		}
		file := draw(t, "a.mp4", "-f", "lavfi", "-i", source, "-t", "20", "-vf", c.filter+",format=yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-g", "60", "-sc_threshold", "0")
		if x, _ := newDesk(t, file, 0, 100).do(t); len(x.Signals.Shots) != 0 {
			t.Errorf("%s: shots %v", c.why, x.Signals.Shots)
		}
	}
}

func TestSilencesAndGapsLieWhereNothingIsHeard(t *testing.T) {
	t.Parallel()
	// Tone over a floor of noise at about -44 dB; the noise is gone from 12 s to 14 s.
	const tone = "0.3*sin(2*PI*300*t)*(1-between(t,3,3.25))*(1-between(t,5,5.08))*(1-between(t,8,9))*(1-between(t,12,14))"
	const floor = "0.02*(random(0)-0.5)*(1-between(t,12,14))"
	for _, start := range []string{"0", "5000"} { // the second recording's clock begins late
		name := "a.mp4"
		if start != "0" {
			name = "a.ts"
		}
		file := draw(t, name, "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=20", "-f", "lavfi", "-i", "aevalsrc='"+tone+"+"+floor+"':s=48000:d=20",
			"-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-c:a", "aac", "-b:a", "192k", "-output_ts_offset", start)
		d := newDesk(t, file, 0, 100)
		x, _ := d.do(t)
		near := func(what string, got, want []timeline.Window) {
			if len(got) != len(want) {
				t.Errorf("%s: %s at %v, want %v", name, what, got, want)
				return
			}
			for i := range want {
				if a, b := got[i].In-want[i].In, got[i].Out-want[i].Out; max(a, -a, b, -b) > 1 {
					t.Errorf("%s: %s at %v, want %v", name, what, got, want)
				}
			}
		}
		near("silences", x.Signals.Silences, []timeline.Window{{In: 300, Out: 350}})
		near("gaps", x.Signals.Gaps, []timeline.Window{{In: 75, Out: 81}, {In: 200, Out: 225}, {In: 300, Out: 350}})
		if n := len(x.Signals.Loudness); n < 190 || n > 201 {
			t.Errorf("%s: loudness each 100 ms of 20 s: %d", name, n)
		}
		for _, l := range x.Signals.Loudness {
			if l.At > 312 && l.At < 349 && l.LUFS > -60 || l.At > 20 && l.At < 70 && l.LUFS < -20 {
				t.Errorf("%s: loudness %v", name, l)
			}
		}
	}
}

func TestAWholeExcerptIsNotTakenTwice(t *testing.T) {
	t.Parallel()
	file := draw(t, "a.mkv", slices.Concat([]string{"-f", "lavfi", "-i", picture + "25", "-f", "lavfi", "-i", noise}, x264, []string{"-c:a", "aac"})...)
	d := newDesk(t, file, 100, 300)
	first, out := d.do(t)
	if first.ID == "" || out.Made.BytesRead == 0 || d.moment.State != pipeline.MomentExcerpted || first.Digest == "" || first.Bytes == 0 {
		t.Fatalf("first time: %+v, moment %s", first, d.moment.State)
	}
	if n := out.Next; len(n) != 1 || n[0].Subject != d.moment.ID || n[0].Input != "round" || n[0].Recording != d.rec.ID || n[0].Priority != 7 {
		t.Errorf("passed on %+v", n)
	}
	again, out := d.do(t)
	if again.ID != first.ID || out.Made != (catalog.Made{}) {
		t.Errorf("taken again: %+v", out.Made)
	}
	for _, c := range []struct {
		why   string
		alter func()
	}{
		{"its bytes are gone", func() {
			if err := d.Data.Delete(t.Context(), again.Key); err != nil {
				t.Fatal(err)
			}
		}},
		{"the recording is another version", func() { d.rec.Version = "2" }},
	} {
		c.alter()
		d.write(t, func(tx *catalog.Tx) error { return tx.PutRecording(d.rec) })
		x, _ := d.do(t)
		if x.ID == again.ID {
			t.Errorf("not taken again though %s", c.why)
		}
		again = x
	}
}

func TestARecordingThatIsGoneOrChangedSaysSo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why   string
		spoil func(string) error
		kind  pipeline.Kind
		code  string
	}{
		{"removed", os.Remove, pipeline.NotFound, "recording_gone"},
		{"written over", func(f string) error {
			if err := os.WriteFile(f, make([]byte, 1<<20), 0o644); err != nil {
				return err
			}
			return os.Chtimes(f, time.Unix(1, 0), time.Unix(1, 0))
		}, pipeline.Conflict, ""},
	} {
		file := draw(t, "a.mkv", slices.Concat([]string{"-f", "lavfi", "-i", strings.Replace(picture, "d=30", "d=200", 1) + "25"}, x264, []string{"-b:v", "900k", "-maxrate", "900k", "-bufsize", "1M"})...)
		d := newDesk(t, file, 4000, 4100)
		if err := c.spoil(file); err != nil {
			t.Fatal(err)
		}
		_, err := d.Do(t.Context(), catalog.Work{Subject: d.moment.ID}, func(float64) {})
		if !errors.Is(err, c.kind) || c.code != "" && pipeline.AsError(err, "").Code != c.code {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

func TestAStopLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	d := newDesk(t, draw(t, "a.mkv", slices.Concat([]string{"-f", "lavfi", "-i", picture + "25"}, x264)...), 0, 100)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := d.Do(ctx, catalog.Work{Subject: d.moment.ID}, func(done float64) {
		if done >= 0.4 {
			cancel()
		}
	})
	if !errors.Is(err, pipeline.Stopped) {
		t.Errorf("stopped: %v", err)
	}
	left, err := os.ReadDir(d.Temp)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestAFileThatLostOrMovedPacketsIsCorrupt(t *testing.T) {
	whole := make([]packet, 200)
	for i := range whole {
		whole[i] = packet{at: int64(i) * 40e6, key: i%50 == 0}
	}
	alter := func(f func([]packet) []packet) []packet { return f(slices.Clone(whole)) }
	for _, c := range []struct {
		why string
		got []packet
		ok  bool
	}{
		{"the same", whole, true},
		{"rounded to milliseconds", alter(func(p []packet) []packet { p[7].at += 5e5; return p }), true},
		{"one of two with the same time", alter(func(p []packet) []packet { p[7].at += 2e6; return p }), true},
		{"one lost", whole[:199], false},
		{"all late", alter(func(p []packet) []packet {
			for i := range p {
				p[i].at += 7e6
			}
			return p
		}), false},
		{"none", nil, false},
	} {
		if err := same("picture", whole, c.got); (err == nil) != c.ok || err != nil && !errors.Is(err, pipeline.Corrupt) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

func TestLevelsOfAKnownTone(t *testing.T) {
	var pcm strings.Builder
	for i := range pcmRate {
		v := int16(8192) // -12 dB, square
		if i >= pcmRate/2 {
			v = 0
		} else if i/20%2 == 1 {
			v = -v
		}
		pcm.WriteByte(byte(v))
		pcm.WriteByte(byte(uint16(v) >> 8))
	}
	all, n, err := levels(strings.NewReader(pcm.String()))
	if err != nil || n != pcmRate || len(all) != 100 {
		t.Fatalf("%d levels of %d samples, %v", len(all), n, err)
	}
	if all[3] < -12.1 || all[3] > -12 || all[70] != silentDB || all[49] < -15.1 || all[49] > -15 {
		t.Errorf("levels %v, %v, %v", all[3], all[49], all[70])
	}
	if _, _, err := levels(io.LimitReader(failing{}, 10)); err == nil {
		t.Error("a read that failed went unnoticed")
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("cut") }

func TestAQuietRecordingIsNotAllSilence(t *testing.T) {
	quiet := make([]float64, 1000)
	for i := range quiet {
		quiet[i] = -55
		if i >= 400 && i < 500 {
			quiet[i] = -90
		}
	}
	if got := silences(quiet); len(got) != 1 || got[0].from != 400 {
		t.Errorf("silences %v", got)
	}
	for i := range quiet {
		quiet[i] = silentDB
	}
	if got := silences(quiet); len(got) != 1 || got[0] != (run{0, 1001}) {
		t.Errorf("silences of nothing %v", got)
	}
}

func FuzzListings(f *testing.F) {
	f.Add("#tb 0: 1/1000\n0, 1, 2, 3, 4, 0x1\n0, 1, 5, 3, 4, 0x1, F=0x0\n")
	f.Add("frame:0 pts:1 pts_time:10.5\nlavfi.r128.M=-23.1\n")
	f.Add("#tb 0: 9223372036854775807/1\n0,0,9223372036854775807,0,0,0\npts_time:999999999999\nlavfi.r128.M=nan\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := readPackets(strings.NewReader(text)); err != nil && len(text) < 1000 {
			t.Error(err)
		}
		for _, l := range readLoudness(strings.NewReader(text), timeline.Rate30) {
			if !(l.LUFS >= silentLUFS && l.LUFS <= 20) {
				t.Errorf("loudness %v", l)
			}
		}
	})
}

func FuzzNanos(f *testing.F) {
	f.Add("12.345")
	f.Add("-0.000001")
	f.Fuzz(func(t *testing.T, s string) {
		if ns, ok := nanos(s); ok && (ns > 2e18 || ns < -2e18) {
			t.Errorf("%q is %d", s, ns)
		}
	})
}

func FuzzTold(f *testing.F) {
	f.Add([]byte("1\n00:00:15,000 --> 00:00:15,000\nhi\n"), int64(17e9))
	f.Add([]byte("99999999999999999999:00:00,000 --> 00:00:00,000\n"), int64(-1))
	f.Fuzz(func(t *testing.T, srt []byte, next int64) {
		if got := told(srt, []int64{next}); strings.Count(string(got), "\n") != strings.Count(string(srt), "\n") {
			t.Errorf("%q became %q", srt, got)
		}
	})
}

func TestATextStandsUntilTheNext(t *testing.T) {
	srt := "1\n00:00:15,000 --> 00:00:15,000\nhi\n\n2\n01:00:00,500 --> 01:00:00,500\n00:00:01,000 --> here\n"
	want := "1\n00:00:15,000 --> 00:00:17,000\nhi\n\n2\n01:00:00,500 --> 01:00:03,500\n00:00:01,000 --> here\n"
	if got := string(told([]byte(srt), []int64{10e9, 15e9, 17e9, 3600.5e9})); got != want {
		t.Errorf("%q", got)
	}
}

func TestTheArgumentsOfACopyAreTheseAndNoOthers(t *testing.T) {
	probe := ffmpeg.Probe{Streams: []ffmpeg.Stream{{Index: 0, Type: "audio", Codec: "opus"}, {Index: 1, Type: "video", Codec: "h264"},
		{Index: 2, Type: "subtitle", Codec: "subrip", Language: "en"}, {Index: 3, Type: "subtitle", Codec: "mov_text", Language: "e\nvil"}, {Index: 4, Type: "subtitle", Codec: "hdmv_pgs_subtitle"}}}
	slice := recording.Slice{Path: "/t/slice", Shift: -1_400_000_000}
	for _, c := range []struct {
		mending
		want string
	}{
		{mending{}, "-copyts -itsoffset 8.600000000 -i file:/t/slice" +
			" -avoid_negative_ts disabled -c copy -f matroska -fflags +bitexact -map 0:1 -map 0:0 -map 0:2 -map_chapters -1 -map_metadata -1 -map_metadata:s -1 -max_muxing_queue_size 4096 -metadata:s:s:0 language=en file:excerpt.mkv" +
			" -c copy -f framecrc -map 0:1 -map 0:0 -map 0:2 -map 0:3 -map_chapters -1 -map_metadata -1 file:slice.packets" +
			" -c:s srt -f srt -map 0:3 -map_chapters -1 -map_metadata -1 file:text-1.srt"},
		{mending{sound: 6_500_000, told: true}, "-copyts -itsoffset 8.600000000 -i file:/t/slice" +
			" -avoid_negative_ts disabled -bsf:a setts=ts=TS+0.006500000/TB -c copy -f matroska -fflags +bitexact -map 1:1 -map 1:0 -map 1:2 -map 0:0 -map_chapters -1 -map_metadata -1 -map_metadata:s -1 -max_muxing_queue_size 4096 -metadata:s:s:0 language=en file:excerpt.mkv" +
			" -c copy -f framecrc -map 1:1 -map 1:0 -map 1:2 -map 1:3 -map_chapters -1 -map_metadata -1 file:slice.packets"},
	} {
		args := copyArguments(slice, probe, c.mending)
		got := strings.Join(args, " ")
		got = got[strings.Index(got, "-copyts"):]
		if got != c.want {
			t.Errorf("%+v:\n%s\nwant\n%s", c.mending, got, c.want)
		}
		if before := strings.Contains(strings.Join(args, " "), "-f srt -i file:text-1.srt -protocol_whitelist"); before != c.told {
			t.Errorf("%+v: %v", c.mending, args)
		}
	}
}

// TestTheArgumentsOfSeveralLooksAreTheseAndNoOthers: each view reads the excerpt
// from its own place, and writes files of its own.
func TestTheArgumentsOfSeveralLooksAreTheseAndNoOthers(t *testing.T) {
	args := lookArguments([]view{{"shots-3", []ffmpeg.Option{{Name: "ss", Value: "2"}}, "trim=start=12"}, {"shots-4", []ffmpeg.Option{{Name: "ss", Value: "9"}}, "trim=start=19"}})
	got := strings.Join(args, " ")
	for _, g := range []string{"mov,matroska,flv,mpegts", "matroska"} { // the guards of both inputs
		before, rest, _ := strings.Cut(got, "-protocol_whitelist file -format_whitelist "+g+" ")
		_, after, ok := strings.Cut(rest, "-analyzeduration 20000000 ")
		if got = before + "GUARDS " + after; !ok {
			t.Fatalf("an input has no guards: %v", args)
		}
	}
	const thumbs = "scale=48:27:flags=area,format=rgb24,split"
	want := "-nostdin -hide_banner -nostats -v error -abort_on empty_output -y GUARDS -f matroska -ss 2 -i file:excerpt.mkv GUARDS -copyts -ss 9 -i file:excerpt.mkv" +
		" -enc_time_base 1:1000 -f rawvideo -filter_complex [0:v:0]trim=start=12," + thumbs + "[a0][b0];[1:v:0]trim=start=19," + thumbs + "[a1][b1]" +
		" -fps_mode passthrough -frames:v 16384 -map [a0] -map_chapters -1 -map_metadata -1 file:shots-3.rgb" +
		" -enc_time_base 1:1000 -f framecrc -fps_mode passthrough -frames:v 16384 -map [b0] -map_chapters -1 -map_metadata -1 file:shots-3.packets" +
		" -enc_time_base 1:1000 -f rawvideo -fps_mode passthrough -frames:v 16384 -map [a1] -map_chapters -1 -map_metadata -1 file:shots-4.rgb" +
		" -enc_time_base 1:1000 -f framecrc -fps_mode passthrough -frames:v 16384 -map [b1] -map_chapters -1 -map_metadata -1 file:shots-4.packets"
	if got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}

// TestHoweverManyStretchesFewAreDecodedAtOnce: each takes threads and files, of
// which a process may have so many.
func TestHoweverManyStretchesFewAreDecodedAtOnce(t *testing.T) {
	for _, c := range []struct{ width, height, stretches, want int }{
		{320, 180, 1, 1}, {320, 180, 5, 3}, {320, 180, 200, 8}, {1920, 1080, 200, 6}, {3840, 2160, 200, 1}, {8192, 4320, 7, 1},
	} {
		b := bench{video: pipeline.Video{Width: c.width, Height: c.height}}
		if got := b.together(c.stretches); got != c.want {
			t.Errorf("%d×%d: %d of %d at once, want %d", c.width, c.height, got, c.stretches, c.want)
		}
	}
}

// TestManyShotsAreFoundByFewProcesses: twenty scenes, and a keyframe a second.
func TestManyShotsAreFoundByFewProcesses(t *testing.T) {
	t.Parallel()
	lengths, want := []float64{}, []int64{}
	for n := range 20 {
		lengths = append(lengths, 3.5)
		if n > 0 {
			want = append(want, int64(n)*105)
		}
	}
	d := newDesk(t, draw(t, "many.mp4", append(scenes("30", lengths...), "-c:v", "libx264", "-preset", "ultrafast", "-g", "30", "-sc_threshold", "0", "-bf", "2")...), 0, 100)
	x, _ := d.do(t)
	var got []int64
	for _, s := range x.Signals.Shots {
		got = append(got, s.At)
	}
	if !slices.Equal(got, want) {
		t.Errorf("shots at %v, want %v", got, want)
	}
}

func TestKeptLevelsAreEveryOtherInWholeDecibels(t *testing.T) {
	if got := below([]float64{-20.4, -1, silentDB, -2, 3, -3, -200}); !bytes.Equal(got, []byte{20, 120, 0, 120}) {
		t.Error(got)
	}
	if got := below(nil); len(got) != 0 {
		t.Error(got)
	}
}
