//go:build linux

package main

import (
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline/inspect"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/versitygw"
	"dropcut/storage/storagetest/wire"
)

var longFlag = flag.Bool("long", false, "recordings in a store are 2 h long and 5 GB large, as make bench has them")

// stored is a store behind a wire that counts, with a bucket named show.
type stored struct {
	environment map[string]string
	bucket      storage.Bucket
	wire        *wire.Wire
}

func openStored(t *testing.T) stored {
	t.Helper()
	store, err := versitygw.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Remove)
	w := wire.New(t, strings.TrimPrefix(store.Endpoint(), "http://"))
	out := stored{wire: w, environment: map[string]string{"AWS_ENDPOINT_URL": "http://" + w.Address(), "AWS_REGION": "us-east-1",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": versitygw.Access, "AWS_SECRET_ACCESS_KEY": versitygw.Secret}}
	for name, value := range out.environment {
		t.Setenv(name, value)
	}
	t.Setenv("AWS_ENDPOINT_URL", store.Endpoint())
	if out.bucket, err = openBucket(t.Context(), "s3://show"); err != nil {
		t.Fatal(err)
	}
	if err := out.bucket.(interface{ Create(context.Context) error }).Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out
}

// put uploads a file.
func (s stored) put(t *testing.T, key, file string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := s.bucket.Put(t.Context(), key, f, ""); err != nil {
		t.Fatal(err)
	}
}

// answered is how many bytes the store has answered from now on.
func (s stored) answered() func() int64 {
	n := int64(0) // the wire tells of one message at a time
	s.wire.Hear(func(m wire.Message) wire.Fault {
		if m.Answer {
			n += int64(len(m.Bytes))
		}
		return wire.None
	})
	return func() int64 { s.wire.Hear(nil); return n }
}

// weigh is how much lies in a folder.
func weigh(folder string) (n int64) {
	_ = filepath.WalkDir(folder, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			if info, err := e.Info(); err == nil {
				n += info.Size()
			}
		}
		return nil
	})
	return n
}

// excerpted is how many milliseconds of its recording a moment's excerpt holds.
func (s stall) excerpted(t *testing.T, moment string) (millis int64) {
	t.Helper()
	db, err := catalog.Open(t.Context(), s.path("svc/catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(t.Context(), func(tx *catalog.Tx) error {
		x, err := tx.ExcerptOf(moment)
		if err != nil {
			return err
		}
		rec, err := tx.Recording(x.Recording)
		millis = rec.Media.Rate.Millis(x.Window.Out) - rec.Media.Rate.Millis(x.Window.In)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return millis
}

// containers are the ways in which recorders write a recording.
var containers = []struct {
	name, ending string
	options      []string
	long         bool // only with -long
}{
	{"MP4, index last", "mp4", nil, false},
	{"MP4, index first", "mp4", []string{"-movflags", "+faststart"}, true},
	{"fragmented MP4", "mp4", []string{"-movflags", "+frag_keyframe+empty_moov+default_base_moof"}, false},
	{"Matroska", "mkv", nil, true},
	{"MPEG-TS", "ts", nil, false},
}

// TestOfAStoresRecordingOnlyTheMomentIsRead counts on the wire what a service
// has a store send until the excerpt of the one moment of a long recording
// stands, and that nothing as long as the recording ever lies on its disk.
func TestOfAStoresRecordingOnlyTheMomentIsRead(t *testing.T) {
	if testing.Short() {
		t.Skip("uploads long recordings")
	}
	loops, size, rate, mark, allowed := "9", "320x180", "600k", "10:00 the drop\n", int64(8<<20)
	if *longFlag {
		loops, size, rate, mark, allowed = "59", "1280x720", "5600k", "1:05:00 the drop\n", 24<<20
	}
	show := drawn(t, size, rate)
	store := openStored(t)
	for _, c := range containers {
		if c.long && !*longFlag {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			s := stall{t.TempDir()}
			file := s.path("long." + c.ending)
			command(t, "ffmpeg", append(append([]string{"-v", "error", "-stream_loop", loops, "-i", show, "-c", "copy"}, c.options...), file)...)
			index := int64(0)
			if c.ending == "mp4" {
				index = indexBytes(t, file)
			}
			if err := os.WriteFile(s.path("long.txt"), []byte(mark), 0o644); err != nil {
				t.Fatal(err)
			}
			folder := strings.NewReplacer(" ", "-", ",", "").Replace(strings.ToLower(c.name))
			store.put(t, folder+"/ada/long.txt", s.path("long.txt"))
			store.put(t, folder+"/ada/long."+c.ending, file)
			info, err := os.Stat(file)
			if err != nil || os.Remove(file) != nil {
				t.Fatal(err)
			}
			answered := store.answered()
			v := s.serveWith(t, store.environment, "--source", "s3://show/"+folder)
			most := int64(0) // that ever lay on the disk
			v.waits(t, "plan", func(all []inspect.Document) bool {
				most = max(most, weigh(s.path("svc")))
				return len(all) == 1 && len(all[0].Moments) == 1 && len(all[0].Moments[0].Clips) > 0
			})
			wired, d := answered(), s.known(t)[0]
			_ = v.cmd.Process.Kill() // what follows reads the excerpt
			v.end(t, 20*time.Second)
			span := info.Size() * s.excerpted(t, d.Moments[0].ID) / d.Recording.DurationMS
			t.Logf("of %d MB: span %.1f MB, index %.1f MB; %.1f MB on the wire, %.1f MB counted, at most %.1f MB on the disk; read ÷ (span + index) %.3f",
				info.Size()/1e6, mb(span), mb(index), mb(wired), mb(d.BytesRead), mb(most), float64(wired)/float64(span+index))
			bound := (span+index)*5/4 + allowed
			if wired > bound || wired < span {
				t.Errorf("%.1f MB on the wire, want at most %.1f MB and at least the span", mb(wired), mb(bound))
			}
			if d.BytesRead > wired || d.BytesRead < wired*9/10-1<<20 {
				t.Errorf("%.1f MB are counted, and %.1f MB were on the wire", mb(d.BytesRead), mb(wired))
			}
			if room := 4*(span+index) + allowed; most > room || most < span { // read, cut, put together and put away
				t.Errorf("%.1f MB lay on the disk, of which %.1f MB are to be used: want at most %.1f MB", mb(most), mb(span), mb(room))
			}
		})
	}
}

func mb(n int64) float64 { return float64(n) / 1e6 }
