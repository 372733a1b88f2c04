package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/render"
	"dropcut/storage/catalog"
)

// command runs a program to its end.
func command(b testing.TB, name string, args ...string) {
	b.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		b.Fatalf("%s: %v: %s", name, err, out)
	}
}

// drawn is a show of a minute and a half with noise in its pictures, so that it
// has the bit rate of a stream.
func drawn(b testing.TB, size, bitrate string) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), "show.mp4")
	command(b, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s="+size+":r=30:d=120,noise=alls=30:allf=t",
		"-f", "lavfi", "-i", "sine=f=440:r=48000:d=120,volume='if(lt(mod(t,5),0.5),0,0.5)':eval=frame",
		"-c:v", "libx264", "-preset", "ultrafast", "-b:v", bitrate, "-maxrate", bitrate, "-bufsize", bitrate, "-g", "60", "-c:a", "aac", file)
	return file
}

// BenchmarkFirstShort compares the wall time from the call of `dropcut run` to
// the first finished short with one plain ffmpeg process that encodes the same
// seconds at the same size with the same encoder settings. Pictures are half
// size.
func BenchmarkFirstShort(b *testing.B) {
	b.Setenv("DROPCUT_DRAFT", "2")
	show := drawn(b, "1920x1080", "6M")
	for range b.N {
		out := b.TempDir()
		line := runCommand{Recordings: []string{show}, Out: out, Mark: []string{"1:00 the drop"}, Quiet: true}
		results, w, err := line.walk(b.Context(), console{os.Stdout, os.Stderr})
		if err != nil || len(results[0].manifests) != 1 || w.first == 0 {
			b.Fatal("no short was made: ", err)
		}
		short := firstOf(results[0].manifests[0], pipeline.Short)
		began := time.Now()
		plainEncode(b, show, float64(short.InMS)/1000, float64(short.OutMS-short.InMS)/1000, filepath.Join(out, "plain.mp4"))
		plain := time.Since(began)
		b.ReportMetric(w.first.Seconds()/plain.Seconds(), "first-short/plain")
		b.ReportMetric(w.first.Seconds(), "first-short-s")
		b.ReportMetric(float64(short.OutMS-short.InMS)/1000, "short-s")
	}
}

// plainEncode is one process: a seek, a crop, pictures and sound encoded. A key
// picture every two seconds, as segments have.
func plainEncode(b *testing.B, show string, from, lasts float64, to string) {
	b.Helper()
	args := []string{"-v", "error", "-y", "-ss", fmt.Sprint(from), "-i", show, "-t", fmt.Sprint(lasts), "-vf", "crop=ih*9/16:ih,scale=540:960"}
	for _, o := range render.Encoder() {
		value := strings.ReplaceAll(o.Value, "keyint=infinite", "keyint=60")
		args = append(args, "-"+o.Name, value)
	}
	command(b, "ffmpeg", append(args, "-c:a", "aac", "-b:a", "192k", to)...)
}

func firstOf(m pipeline.Manifest, kind pipeline.ClipKind) pipeline.ManifestClip {
	for _, c := range m.Clips {
		if c.Kind == kind {
			return c
		}
	}
	return pipeline.ManifestClip{}
}

// BenchmarkBytesRead counts what one moment takes from a recording of two hours,
// all steps and the fingerprint together, against the bytes of the excerpt's
// span and of the index.
func BenchmarkBytesRead(b *testing.B) {
	b.Setenv("DROPCUT_DRAFT", "4")
	show := drawn(b, "640x360", "3M")
	for _, container := range []string{"mp4", "mkv", "ts", "flv"} {
		b.Run(container, func(b *testing.B) {
			long := filepath.Join(b.TempDir(), "long."+container)
			command(b, "ffmpeg", "-v", "error", "-stream_loop", "59", "-i", show, "-c", "copy", long)
			info, err := os.Stat(long)
			if err != nil {
				b.Fatal(err)
			}
			for range b.N {
				read, span, length := bytesRead(b, long)
				ratio := float64(read) / (float64(info.Size())*span/length + float64(indexBytes(b, long)))
				b.ReportMetric(ratio, "read/(span+index)")
				b.ReportMetric(float64(read)/(1<<20), "read-MiB")
				b.ReportMetric(float64(info.Size())/(1<<20), "recording-MiB")
			}
		})
	}
}

// fingerprintBytes is what ingest.Fingerprint reads, charged to no moment.
const fingerprintBytes = 3 << 20

// bytesRead walks the line as far as the plan; span and length are frames.
func bytesRead(b *testing.B, file string) (read int64, span, length float64) {
	b.Helper()
	out := b.TempDir()
	var talk bytes.Buffer
	if code := run([]string{"run", "--quiet", "--plan-only", "--json", "--out", out, "--mark", "1:30:00 the drop", file}, console{&talk, &talk}); code != exitMade {
		b.Fatalf("exit %d: %s", code, talk.String())
	}
	var m pipeline.Manifest
	if err := json.Unmarshal(talk.Bytes(), &m); err != nil {
		b.Fatal(err)
	}
	db, err := catalog.Open(b.Context(), filepath.Join(out, ".dropcut", "catalog.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	err = db.Write(b.Context(), func(tx *catalog.Tx) error {
		x, err := tx.ExcerptOf(m.Moment.ID)
		rec, recErr := tx.Recording(m.Recording.ID)
		tally, tallyErr := tx.Tally(m.Moment.ID)
		read, span, length = tally.BytesRead+fingerprintBytes, float64(x.Window.Frames()), float64(rec.Media.Frames)
		return errors.Join(err, recErr, tallyErr)
	})
	if err != nil {
		b.Fatal(err)
	}
	return read, span, length
}

// indexBytes is how long the index of an MP4 is (moov); the other containers
// are charged for none, though what finds the stretch is read too.
func indexBytes(b testing.TB, file string) int64 {
	b.Helper()
	f, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for at := int64(0); ; {
		var head [16]byte
		if n, err := f.ReadAt(head[:], at); n < len(head) || err != nil {
			return 0
		}
		size := int64(head[0])<<24 | int64(head[1])<<16 | int64(head[2])<<8 | int64(head[3])
		if size == 1 {
			size = 0
			for _, x := range head[8:16] {
				size = size<<8 | int64(x)
			}
		}
		switch {
		case string(head[4:8]) == "moov":
			return size
		case size < 8:
			return 0
		}
		at += size
	}
}
