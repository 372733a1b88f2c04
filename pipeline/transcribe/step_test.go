package transcribe

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// desk is a step over a real catalogue and folder. Its moment lies at 100–160 s
// of an hour at 30 a second, its excerpt at 60–200 s.
type desk struct {
	*Step
	db     *catalog.DB
	rec    pipeline.Recording
	moment pipeline.Moment
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	runner, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = db.Close(), data.Close() })
	d := &desk{db: db, Step: &Step{Catalog: db, Data: data, FFmpeg: runner, Temp: t.TempDir()}}
	d.rec = pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: "local", Fingerprint: "sha256:1", Name: "show.mp4",
		Media: pipeline.Media{Rate: timeline.Rate30, Frames: 108000}}
	d.moment = pipeline.Moment{ID: pipeline.Mint(pipeline.MomentID), Recording: d.rec.ID, Window: timeline.Window{In: 3000, Out: 4800}, Payoff: timeline.Window{In: 4500, Out: 4530},
		Notes: []pipeline.Note{{Code: "somebody_elses"}, {Code: noTranscript, Detail: "of an older round"}}}
	d.write(t, func(tx *catalog.Tx) error {
		return errors.Join(tx.PutRecording(d.rec), tx.PutMoment(d.moment), tx.PutExcerpt(d.excerpt()))
	})
	return d
}

func (d *desk) excerpt() pipeline.Excerpted {
	return pipeline.Excerpted{ID: pipeline.Mint(pipeline.ExcerptID), Moment: d.moment.ID, Window: timeline.Window{In: 1800, Out: 6000}}
}

func (d *desk) write(t *testing.T, f func(*catalog.Tx) error) {
	t.Helper()
	if err := d.db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// file is a sidecar with that content, kept in the data bucket.
func (d *desk) file(t *testing.T, name, content string, asked bool) pipeline.Sidecar {
	t.Helper()
	s := pipeline.Sidecar{Name: name, Digest: storage.DigestBytes([]byte(content)), Asked: asked}
	if _, err := d.Data.Put(t.Context(), storage.SidecarKey(s.Digest), bytes.NewReader([]byte(content)), s.Digest); err != nil {
		t.Fatal(err)
	}
	return s
}

// do runs the step with those sidecars and gives what was kept, and the codes of the moment's notes.
func (d *desk) do(t *testing.T, files ...pipeline.Sidecar) ([]captions.Transcript, []string, error) {
	t.Helper()
	d.write(t, func(tx *catalog.Tx) error { return tx.PutBrief(d.rec.ID, pipeline.Brief{Transcripts: files}) })
	out, err := d.Do(t.Context(), catalog.Work{Kind: pipeline.Transcribe, Subject: d.moment.ID, Input: "round", Priority: 5}, nil)
	if err != nil {
		return nil, nil, err
	}
	if n := out.Next; len(n) != 1 || n[0].Subject != d.moment.ID || n[0].Input != "round" || n[0].Recording != d.rec.ID || n[0].Priority != 5 {
		t.Errorf("passed on %+v", n)
	}
	var all []captions.Transcript
	var codes []string
	d.write(t, func(tx *catalog.Tx) error {
		if err := out.Keep(tx); err != nil {
			return err
		}
		var err error
		if all, err = tx.Transcripts(d.moment.ID); err != nil {
			return err
		}
		m, err := tx.Moment(d.moment.ID)
		codes = nil
		for _, n := range m.Notes {
			codes = append(codes, n.Code)
		}
		return err
	})
	return all, codes, nil
}

// cue is one SRT cue, in seconds.
func cue(from, to int, text string) string {
	at := func(s int) string { return fmt.Sprintf("%02d:%02d:%02d,000", s/3600, s/60%60, s%60) }
	return fmt.Sprintf("1\n%s --> %s\n%s\n\n", at(from), at(to), text)
}

func said(t captions.Transcript) string {
	var words []string
	for _, w := range t.Words {
		words = append(words, w.Text)
	}
	return strings.Join(words, " ")
}

func TestWordsAreThoseOfTheExcerpt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	text := cue(10, 12, "long before") + cue(110, 114, "the crowd goes wild") + cue(150, 152, "here it is") + cue(300, 302, "long after")
	all, codes, err := d.do(t, d.file(t, "show.en.srt", text, true))
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	x := all[0]
	if said(x) != "the crowd goes wild here it is" || x.Language != "en" || x.Source != "srt" || x.Origin != "show.en.srt" {
		t.Errorf("%+v", x)
	}
	last := int64(1800)
	for _, w := range x.Words {
		if w.Start < last || w.End <= w.Start || w.End > 6000 || !w.Estimated {
			t.Errorf("word %+v after frame %d", w, last)
		}
		last = w.End
	}
	if first := x.Words[0]; first.Start != 3300 {
		t.Errorf("the first word starts at %d", first.Start)
	}
	if !slices.Equal(codes, []string{"somebody_elses"}) {
		t.Errorf("notes %v", codes)
	}
}

func TestTheBestSourceOfEachLanguageWins(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	english, german := cue(110, 114, "hello there"), cue(110, 114, "guten Tag")
	elsewhere, damaged := cue(10, 12, "hello"), "1\n00:00:xx --> 00:00:05,000\nhello\n"
	for _, c := range []struct {
		why   string
		files []pipeline.Sidecar
		want  []string // language: words
		codes []string
	}{
		{"no words are a note", nil, nil, []string{noTranscript}},
		{"one a language", []pipeline.Sidecar{d.file(t, "show.en.srt", english, false), d.file(t, "show.de.srt", german, false), d.file(t, "show.en.vtt", "WEBVTT\n\n"+english, false)},
			[]string{"de: guten Tag", "en: hello there"}, nil},
		{"what a person named replaces what was found", []pipeline.Sidecar{d.file(t, "show.en.srt", english, false), d.file(t, "mine.srt", german, true)},
			[]string{"und: guten Tag"}, nil},
		{"but not with words of another place", []pipeline.Sidecar{d.file(t, "mine.srt", elsewhere, true), d.file(t, "show.en.srt", english, false)},
			[]string{"en: hello there"}, []string{transcriptElsewhere}},
		{"a damaged file that was found is passed over", []pipeline.Sidecar{d.file(t, "show.srt", damaged, false), d.file(t, "show.en.srt", english, false)},
			[]string{"en: hello there"}, []string{transcriptUnread}},
		{"nothing but that", []pipeline.Sidecar{d.file(t, "show.srt", damaged, false)}, nil, []string{transcriptUnread, noTranscript}},
		{"words with times before cues, whatever their order", []pipeline.Sidecar{d.file(t, "show.en.srt", english, false), d.file(t, "show.words.json", timedWords, false)},
			[]string{"en-US: well hello"}, nil},
		{"a language as the file says it", []pipeline.Sidecar{d.file(t, "show.vtt", "WEBVTT\nLanguage: de\n\n"+german, false), d.file(t, "show.srt", english, false)},
			[]string{"de: guten Tag", "und: hello there"}, nil},
		{"letters that were guessed", []pipeline.Sidecar{d.file(t, "show.de.srt", cue(110, 114, "sch\xf6n"), false)}, []string{"de: schön"}, []string{encodingGuessed}},
		{"frames of the recording's rate", []pipeline.Sidecar{d.file(t, "show.sub", "{3300}{3330}hello", false)}, []string{"und: hello"}, nil},
		{"words that end before the moment", []pipeline.Sidecar{d.file(t, "show.srt", cue(80, 84, "almost there"), false)},
			[]string{"und: almost there"}, []string{transcriptEnds}},
	} {
		all, codes, err := d.do(t, c.files...)
		if err != nil {
			t.Errorf("%s: %v", c.why, err)
			continue
		}
		var got []string
		for _, x := range all {
			got = append(got, x.Language+": "+said(x))
		}
		if want := append([]string{"somebody_elses"}, c.codes...); !slices.Equal(got, c.want) || !slices.Equal(codes, want) {
			t.Errorf("%s: %q with notes %v, want %q with %v", c.why, got, codes, c.want, want)
		}
	}
}

func TestEstimatedWordsAreMovedToWhereTheyAreHeard(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	x := d.excerpt()
	x.Signals.Levels = pipeline.Levels{From: 1800, Below: bytes.Repeat([]byte{70}, 7000)}
	for _, at := range []int{2600, 2660} { // said at 112.0 and 113.2 s of the recording, for 400 ms each
		copy(x.Signals.Levels.Below[at:], bytes.Repeat([]byte{20}, 20))
	}
	d.write(t, func(tx *catalog.Tx) error { return tx.PutExcerpt(x) })
	all, _, err := d.do(t, d.file(t, "show.srt", cue(110, 114, "hello there"), false))
	if err != nil || len(all) != 1 || len(all[0].Words) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	if a, b := all[0].Words[0], all[0].Words[1]; a.Start != 3360 || b.Start != 3396 || !a.Estimated || b.End > 3410 {
		t.Errorf("%+v %+v", a, b)
	}
}

const timedWords = `{"segments":[{"start":110.0,"end":112.0,"text":" well hello","words":[{"word":" well","start":110.0,"end":110.5},{"word":" hello","start":111.0,"end":111.5}]}],"language":"en-US"}`

func TestALanguageThatNobodyBringsIsSaid(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file := d.file(t, "show.en-US.srt", cue(110, 114, "hello"), false)
	for _, c := range []struct {
		asked []string
		want  int
	}{{nil, 0}, {[]string{"en"}, 0}, {[]string{"en-US"}, 0}, {[]string{"fr"}, 1}, {[]string{"en", "fr", "de"}, 2}} {
		d.write(t, func(tx *catalog.Tx) error {
			return tx.PutBrief(d.rec.ID, pipeline.Brief{Transcripts: []pipeline.Sidecar{file}, Languages: c.asked})
		})
		out, err := d.Do(t.Context(), catalog.Work{Kind: pipeline.Transcribe, Subject: d.moment.ID, Input: "round"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var notes []pipeline.Note
		d.write(t, func(tx *catalog.Tx) error {
			if err := out.Keep(tx); err != nil {
				return err
			}
			m, err := tx.Moment(d.moment.ID)
			notes = slices.DeleteFunc(m.Notes, func(n pipeline.Note) bool { return n.Code != languageMissing })
			return err
		})
		if len(notes) != c.want {
			t.Errorf("%v: %+v", c.asked, notes)
		}
		if c.want > 0 && (!strings.Contains(notes[0].Detail, "en-US") || !strings.Contains(notes[0].Hint, "show.fr.srt")) {
			t.Errorf("%+v", notes[0])
		}
	}
}

func TestADamagedFileThatWasAskedForIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, _, err := d.do(t, d.file(t, "mine.srt", "1\n00:00:01,000 --> 00:00:xx\nhello\n", true))
	e := pipeline.AsError(err, pipeline.Transcribe)
	if !errors.Is(err, pipeline.Invalid) || e.Code != "bad_transcript" || e.Hint == "" || !strings.Contains(e.Detail, "mine.srt") || !strings.Contains(e.Detail, "line ") {
		t.Errorf("%+v", e)
	}
}

func TestAKeptSidecarThatChangedIsCorrupt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := d.file(t, "show.srt", cue(110, 112, "hello"), false)
	if _, err := d.Data.Put(t.Context(), storage.SidecarKey(s.Digest), strings.NewReader("other"), ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.do(t, s); !errors.Is(err, pipeline.Corrupt) {
		t.Errorf("%v", err)
	}
}

// embed stores an excerpt of 60–200 s with two text streams.
func (d *desk) embed(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	lead := 10
	for name, text := range map[string]string{"one.srt": cue(110+lead, 114+lead, "<i>hello</i> there"), "two.srt": cue(150+lead, 152+lead, "guten <00:02:41.000>Tag")} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(folder, "x.mkv")
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-copyts", "-itsoffset", "70", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=1:d=130",
		"-i", filepath.Join(folder, "one.srt"), "-i", filepath.Join(folder, "two.srt"), "-map", "0", "-map", "1", "-map", "2",
		"-c:v", "libx264", "-c:s:0", "ass", "-c:s:1", "srt", "-metadata:s:s:1", "language=ger", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	x := d.excerpt()
	x.TextCount = 2
	d.keepExcerpt(t, x, file)
}

// keepExcerpt keeps a file as the excerpt.
func (d *desk) keepExcerpt(t *testing.T, x pipeline.Excerpted, file string) {
	t.Helper()
	x.Key = storage.ExcerptKey(x.ID)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := d.Data.Put(t.Context(), x.Key, f, ""); err != nil {
		t.Fatal(err)
	}
	d.write(t, func(tx *catalog.Tx) error { return tx.PutExcerpt(x) })
}

func TestTextInsideTheRecordingIsUsedWhereNothingBetterIs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.embed(t)
	all, codes, err := d.do(t)
	if err != nil || len(all) != 2 || len(codes) != 1 {
		t.Fatalf("%+v, notes %v, %v", all, codes, err)
	}
	if x := all[0]; x.Language != "de" || said(x) != "guten Tag" || x.Words[0].Start != 4500 || x.Words[1].Start != 4530 || x.Source != "embedded" {
		t.Errorf("second stream: %+v", x)
	}
	if x := all[1]; x.Language != "und" || said(x) != "hello there" || x.Words[0].Start != 3300 {
		t.Errorf("first stream: %+v", x)
	}
	all, _, err = d.do(t, d.file(t, "show.de.srt", cue(110, 112, "besser so"), false))
	if err != nil || len(all) != 2 || said(all[0]) != "besser so" {
		t.Errorf("a file beside is better than a stream: %+v, %v", all, err)
	}
	all, _, err = d.do(t, d.file(t, "mine.srt", cue(110, 112, "mine alone"), true))
	if err != nil || len(all) != 1 || said(all[0]) != "mine alone" {
		t.Errorf("a file that was asked for stands alone: %+v, %v", all, err)
	}
	left, err := os.ReadDir(d.Temp)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestALanguageIsTakenFromTheName(t *testing.T) {
	for _, c := range []struct{ why, name, want string }{
		{"none", "show.srt", "und"}, {"two letters", "show.en.srt", "en"}, {"a region", "show.pt-BR.vtt", "pt-BR"}, {"an underscore", "show.pt_BR.vtt", "pt-BR"},
		{"three letters that have two", "show.eng.srt", "en"}, {"a word that is a small language", "show.new.srt", "und"},
		{"no language at all", "show.final.srt", "und"}, {"what a downloader adds", "show.en-orig.vtt", "en"}, {"in a folder of its own", "de.srt", "de"},
		{"the last of several", "show.v2.fr.srt", "fr"}, {"another name altogether", "words.es.srt", "es"}, {"endless", "show." + strings.Repeat("a-", 400) + ".srt", "und"},
	} {
		if got := languageOf(c.name, "show.mp4"); got != c.want {
			t.Errorf("%s: %s is %s, want %s", c.why, c.name, got, c.want)
		}
	}
	if got := languageOf("talk.it.srt", "talk.it.mp4"); got != "und" {
		t.Errorf("the recording's own name is taken for a language: %s", got)
	}
}

func FuzzLanguageOf(f *testing.F) {
	f.Add("show.en.srt", "show.mp4")
	f.Add("show.zh-Hant-TW.vtt", "other.mkv")
	f.Fuzz(func(t *testing.T, name, recording string) {
		if got := languageOf(name, recording); got == "" || len(got) > 60 || strings.ContainsAny(got, "/\\ \n") {
			t.Errorf("%q gives %q", name, got)
		}
	})
}
