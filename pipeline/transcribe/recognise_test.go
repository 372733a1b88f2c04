package transcribe

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/openai"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// sounds stores an excerpt of 60–70 s with a tone from 62 s on, and is its window.
func (d *desk) sounds(t *testing.T) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.mkv")
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-copyts", "-itsoffset", "70", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=5:d=10",
		"-itsoffset", "72", "-f", "lavfi", "-i", "sine=f=440:d=8", "-map", "0", "-map", "1", "-c:v", "libx264", "-c:a", "aac", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	x := pipeline.Excerpted{ID: pipeline.Mint(pipeline.ExcerptID), Moment: d.moment.ID, Window: timeline.Window{In: 1800, Out: 2100}, HasSound: true}
	x.Signals.Silences = []timeline.Window{{In: 1800, Out: 1860}}
	d.keepExcerpt(t, x, file)
}

// endpoint is a client of a server of our own that answers with that, and how
// often it was asked.
func endpoint(t *testing.T, serve http.HandlerFunc) (*openai.Client, *atomic.Int32) {
	t.Helper()
	var calls atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		serve(w, r)
	}))
	t.Cleanup(s.Close)
	c, err := openai.New(openai.Config{URL: s.URL, Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	return c, &calls
}

func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, body)
	}
}

// ten seconds of sound: two words in silence, three that are spoken, one that
// runs over the end and one beyond it.
const heardThere = `{"task":"transcribe","language":"english","duration":10,"text":"…","words":[
 {"word":"Thank","start":0.2,"end":0.6},{"word":"you","start":0.6,"end":1.0},
 {"word":"here","start":3.0,"end":4.0},{"word":"it","start":4.0,"end":4.5},{"word":"is","start":4.5,"end":5},
 {"word":"now","start":9.5,"end":12},{"word":"later","start":20,"end":21}]}`

func TestWordsThatNobodyBroughtAreHeard(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.sounds(t)
	var got []byte
	c, calls := endpoint(t, func(w http.ResponseWriter, r *http.Request) {
		f, _, err := r.FormFile("file")
		if err != nil {
			t.Error(err)
			return
		}
		got, _ = io.ReadAll(f)
		_, _ = io.WriteString(w, heardThere)
	})
	d.Recogniser = c
	all, codes, err := d.do(t)
	if err != nil || len(all) != 1 || !slices.Equal(codes, []string{"somebody_elses", wordsInSilence}) {
		t.Fatalf("%+v notes %v, %v", all, codes, err)
	}
	x := all[0]
	if said(x) != "here it is now" || x.Source != recognisedSource || x.Origin != c.Name() {
		t.Errorf("%+v", x)
	}
	last := int64(1860)
	for _, w := range x.Words {
		if w.Start < last || w.End <= w.Start || w.End > 2100 {
			t.Errorf("word %+v after frame %d", w, last)
		}
		last = w.End
	}
	if first := x.Words[0]; first.Start != 1800+90 || first.Estimated {
		t.Errorf("the first word is %+v", first)
	}
	if baseOf("pt-BR") != "pt" || baseOf("") != "" {
		t.Errorf("a recogniser is told %s", baseOf("pt-BR"))
	}
	checkSound(t, got)
	again, codes, err := d.do(t)
	if err != nil || calls.Load() != 1 || said(again[0]) != said(x) || !slices.Contains(codes, wordsInSilence) {
		t.Errorf("a second round asked %d times, %v %v", calls.Load(), codes, err)
	}
	d.namesItsWords(t, 1)
	left, err := os.ReadDir(d.Temp)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// namesItsWords wants so many documents of words, each named by the moment.
func (d *desk) namesItsWords(t *testing.T, want int) {
	t.Helper()
	var named, there []string
	d.write(t, func(tx *catalog.Tx) error {
		m, err := tx.Moment(d.moment.ID)
		named = nil
		for _, recipe := range m.Words {
			named = append(named, storage.WordsKey(recipe))
		}
		return err
	})
	err := d.Data.List(t.Context(), "words/", func(o storage.Object) bool {
		there = append(there, o.Key)
		return true
	})
	slices.Sort(named)
	if err != nil || len(there) != want || !slices.Equal(there, named) {
		t.Errorf("%v are kept, the moment names %v: %v", there, named, err)
	}
}

// checkSound wants ten seconds of 16 kHz mono, silent for two and then not.
func checkSound(t *testing.T, wav []byte) {
	t.Helper()
	i := strings.Index(string(wav), "data")
	if i < 0 || string(wav[:4]) != "RIFF" || wav[22] != 1 || int(wav[24])|int(wav[25])<<8 != 16000 {
		t.Fatalf("no 16 kHz mono WAV: %d bytes", len(wav))
	}
	pcm := wav[i+8:]
	if n := len(pcm) / 2; n < 159_000 || n > 160_000 {
		t.Errorf("%d samples of ten seconds", n)
	}
	loudest := func(from, to int) (most int) {
		for s := from; s < to; s++ {
			most = max(most, int(int16(uint16(pcm[2*s])|uint16(pcm[2*s+1])<<8)))
		}
		return most
	}
	if a, b := loudest(0, 31_000), loudest(33_000, 150_000); a > 200 || b < 1000 {
		t.Errorf("loudest %d before the tone and %d in it", a, b)
	}
}

func TestARecogniserIsAskedOnlyWhereWordsAreMissing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.sounds(t)
	c, calls := endpoint(t, says(heardThere))
	d.Recogniser = c
	if all, _, err := d.do(t, d.file(t, "show.en.srt", cue(62, 64, "hello there"), false)); err != nil || said(all[0]) != "hello there" || calls.Load() != 0 {
		t.Errorf("%v after %d calls, %v", all, calls.Load(), err)
	}
	if all, _, err := d.do(t, d.file(t, "show.en.srt", cue(10, 12, "elsewhere"), false)); err != nil || len(all) != 1 || calls.Load() != 1 {
		t.Errorf("words of another place: %v after %d calls, %v", all, calls.Load(), err)
	}
}

func TestAnotherModelOrLanguageIsHeardAnew(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.sounds(t)
	c, calls := endpoint(t, says(heardThere))
	d.Recogniser = c
	for i, b := range []pipeline.Brief{{}, {Spoken: "de"}, {}, {Spoken: "de"}} {
		d.write(t, func(tx *catalog.Tx) error { return tx.PutBrief(d.rec.ID, b) })
		out, err := d.Do(t.Context(), catalog.Work{Subject: d.moment.ID}, nil)
		if err != nil || calls.Load() != int32(min(i+1, 2)) {
			t.Errorf("%d: %d calls, %v", i, calls.Load(), err)
		}
		d.write(t, out.Keep)
		d.write(t, func(tx *catalog.Tx) error {
			all, err := tx.Transcripts(d.moment.ID)
			if b.Spoken != "" && all[0].Language != "de" {
				t.Errorf("the language that was named is %s", all[0].Language)
			}
			return err
		})
	}
	var keys []string
	if err := d.Data.List(t.Context(), "words/", func(o storage.Object) bool { keys = append(keys, o.Key); return true }); err != nil || len(keys) != 2 {
		t.Fatalf("kept %v, %v", keys, err)
	}
	for _, k := range keys { // what is damaged is made again
		if _, err := d.Data.Put(t.Context(), k, strings.NewReader("sha256:0\n{}"), ""); err != nil {
			t.Fatal(err)
		}
	}
	if all, _, err := d.do(t); err != nil || len(all) != 1 || calls.Load() != 3 {
		t.Errorf("%v after %d calls, %v", all, calls.Load(), err)
	}
}

func TestARecogniserThatFailsIsANote(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why   string
		serve http.HandlerFunc
		codes []string
	}{
		{"a wrong key", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, []string{recogniserFailed, noTranscript}},
		{"not the contract", says("<html>"), []string{recogniserFailed, noTranscript}},
		{"words without times", says(`{"text":"hello"}`), []string{recogniserFailed, noTranscript}},
		{"nobody speaks", says(`{"text":"","language":"english","words":[],"segments":[]}`), []string{recogniserSilent, noTranscript}},
		{"only in silence", says(`{"text":"x","words":[{"word":"Thanks","start":0.1,"end":0.9}]}`), []string{wordsInSilence, recogniserSilent, noTranscript}},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.sounds(t)
			d.Recogniser, _ = endpoint(t, c.serve)
			all, codes, err := d.do(t)
			if want := append([]string{"somebody_elses"}, c.codes...); err != nil || len(all) != 0 || !slices.Equal(codes, want) {
				t.Errorf("%v, notes %v, want %v; %v", all, codes, want, err)
			}
		})
	}
}

func TestBeingStoppedIsNoNote(t *testing.T) {
	t.Parallel()
	for _, kind := range []pipeline.Kind{pipeline.Stopped, pipeline.NoRoom} {
		if err := fatal(pipeline.Fail(kind, "x", "", "x")); !errors.Is(err, kind) {
			t.Errorf("%s is passed over", kind)
		}
	}
	if err := fatal(pipeline.Fail(pipeline.Unavailable, "x", "", "x")); err != nil {
		t.Errorf("%v", err)
	}
}

func TestAMomentWithoutWordsNamesTheCommandThatBringsThem(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.sounds(t)
	if _, _, err := d.do(t); err != nil {
		t.Fatal(err)
	}
	d.write(t, func(tx *catalog.Tx) error {
		m, err := tx.Moment(d.moment.ID)
		if n := m.Notes[len(m.Notes)-1]; n.Code != noTranscript || !strings.Contains(n.Hint, "dropcut recogniser install") {
			t.Errorf("%+v", n)
		}
		return err
	})
}

func TestARecipeTellsItsPartsApart(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range []string{recipe("hear", "a", "b"), recipe("hear", "ab"), recipe("hear", "a", "b", ""), recipe("translate", "a", "b"), recipe("hear", []string{"a", "b"})} {
		if r == "" || seen[r] {
			t.Errorf("%q twice", r)
		}
		seen[r] = true
	}
}

// translates answers every question line for line, through f.
func translates(t *testing.T, f func(string) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Messages []struct{ Content string }
		}
		type line struct {
			N    int    `json:"n"`
			Text string `json:"text"`
		}
		var in struct {
			Lines []line `json:"lines"`
		}
		if json.NewDecoder(r.Body).Decode(&q) != nil || len(q.Messages) != 2 || json.Unmarshal([]byte(q.Messages[1].Content), &in) != nil {
			t.Error("the question cannot be read")
			return
		}
		for i := range in.Lines {
			in.Lines[i].Text = f(in.Lines[i].Text)
		}
		content, _ := json.Marshal(in)
		answer, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{"message": map[string]any{"content": string(content)}, "finish_reason": "stop"}}})
		_, _ = w.Write(answer)
	}
}

func TestATranslationKeepsTheTimesOfWhatWasSaid(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c, calls := endpoint(t, translates(t, func(s string) string {
		return map[string]string{"the crowd goes wild.": "die Menge\n{\\b1}tobt.\x1b", "here it is": "hier ist es"}[s]
	}))
	d.Translator = c
	english := d.file(t, "show.en.srt", cue(110, 114, "the crowd goes wild.")+cue(150, 152, "here it is"), false)
	brief := pipeline.Brief{Transcripts: []pipeline.Sidecar{english}, Translate: []string{"de", "en", "de", "nonsense!"}}
	for range 2 {
		d.write(t, func(tx *catalog.Tx) error { return tx.PutBrief(d.rec.ID, brief) })
		out, err := d.Do(t.Context(), catalog.Work{Subject: d.moment.ID}, nil)
		if err != nil {
			t.Fatal(err)
		}
		d.write(t, out.Keep)
	}
	if calls.Load() != 1 {
		t.Errorf("asked %d times", calls.Load())
	}
	d.write(t, func(tx *catalog.Tx) error {
		all, err := tx.Transcripts(d.moment.ID)
		if err != nil || len(all) != 2 {
			t.Fatalf("%+v %v", all, err)
		}
		if all[0].Language != "en" || all[1].Language != "de" || all[1].Source != captions.Translated {
			t.Errorf("what was said comes first: %s %s", all[0].Language, all[1].Language)
		}
		en, de := all[0].Words, all[1].Words
		if said(all[1]) != `die Menge {\b1}tobt. hier ist es` {
			t.Errorf("%q", said(all[1]))
		}
		n := len(de)
		if de[0].Start != en[0].Start || de[2].End != en[3].End || de[n-3].Start != en[4].Start || de[n-1].End != en[6].End {
			t.Errorf("the times of %+v are not those of %+v", de, en)
		}
		return nil
	})
}

func TestALineThatCannotBeATranslationIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why string
		f   func(string) string
	}{
		{"endless", func(string) string { return strings.Repeat("bla ", 70) }}, {"signs", func(string) string { return "…!" }}, {"control characters", func(string) string { return "\x00\x1b" }},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.Translator, _ = endpoint(t, translates(t, c.f))
			d.write(t, func(tx *catalog.Tx) error {
				return tx.PutBrief(d.rec.ID, pipeline.Brief{Translate: []string{"de"}, Transcripts: []pipeline.Sidecar{d.file(t, "show.en.srt", cue(110, 114, "hello there"), false)}})
			})
			out, err := d.Do(t.Context(), catalog.Work{Subject: d.moment.ID}, nil)
			if err != nil {
				t.Fatal(err)
			}
			d.write(t, out.Keep)
			d.write(t, func(tx *catalog.Tx) error {
				all, err := tx.Transcripts(d.moment.ID)
				m, _ := tx.Moment(d.moment.ID)
				if n := m.Notes[len(m.Notes)-1]; len(all) != 1 || n.Code != translationFailed || n.Hint == "" {
					t.Errorf("%+v, %+v", all, n)
				}
				return err
			})
		})
	}
	if err := accept([]string{"a", "b"}, []string{"a"}); err == nil {
		t.Error("too few lines are taken")
	}
}

func TestWordsInSilenceAreToldApart(t *testing.T) {
	word := func(in, out int64) captions.Word { return captions.Word{Text: fmt.Sprint(in), Start: in, End: out} }
	words := []captions.Word{word(0, 5), word(8, 12), word(12, 20), word(30, 40), word(45, 50)}
	got, lost := audible(words, []timeline.Window{{In: 0, Out: 10}, {In: 11, Out: 21}, {In: 30, Out: 39}, {In: 44, Out: 60}})
	if lost != 3 || len(got) != 2 || got[0].Start != 8 || got[1].Start != 30 {
		t.Errorf("%v, %d lost", got, lost)
	}
}

// FuzzHeard gives what recognisers may answer
// and wants words inside the excerpt, in order.
func FuzzHeard(f *testing.F) {
	f.Add([]byte(heardThere))
	f.Add([]byte(`{"result":{"language":"en"},"transcription":[{"offsets":{"from":-5,"to":99999999999},"text":" a b c"}]}`))
	client, err := openai.New(openai.Config{URL: "http://127.0.0.1:1", Model: "m"})
	if err != nil {
		f.Fatal(err)
	}
	s := &Step{Recogniser: client}
	l := loaded{rec: pipeline.Recording{Media: pipeline.Media{Rate: timeline.Rate30, Frames: 108000}}, excerpt: pipeline.Excerpted{Window: timeline.Window{In: 1800, Out: 6000}}}
	f.Fuzz(func(t *testing.T, body []byte) {
		x, _ := s.heard(body, l)
		if x == nil {
			return
		}
		last := int64(1800)
		for _, w := range x.Words {
			if w.Start < last || w.End <= w.Start || w.End > 6000 {
				t.Fatalf("%+v after %d", w, last)
			}
			last = w.End
		}
	})
}

func TestProposedHooksAreKeptAndAskedForOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c, calls := endpoint(t, says(`{"choices":[{"finish_reason":"stop","message":{"content":"{\"hooks\":[\"Nobody has seen this lamp\"]}"}}]}`))
	d.Proposer = c
	ask := func(wanted bool) []string {
		t.Helper()
		d.write(t, func(tx *catalog.Tx) error {
			return tx.PutBrief(d.rec.ID, pipeline.Brief{ProposeHooks: wanted, Transcripts: []pipeline.Sidecar{d.file(t, "show.en.srt", cue(62, 64, "hello there"), false)}})
		})
		out, err := d.Do(t.Context(), catalog.Work{Subject: d.moment.ID}, nil)
		if err != nil {
			t.Fatal(err)
		}
		d.write(t, out.Keep)
		var m pipeline.Moment
		d.write(t, func(tx *catalog.Tx) (err error) { m, err = tx.Moment(d.moment.ID); return err })
		return m.Proposed
	}
	if got := ask(false); got != nil || calls.Load() != 0 {
		t.Errorf("nobody asked for them: %v after %d calls", got, calls.Load())
	}
	for range 2 {
		if got := ask(true); len(got) != 1 || got[0] != "Nobody has seen this lamp" || calls.Load() != 1 {
			t.Errorf("%v after %d calls", got, calls.Load())
		}
	}
	d.Proposer, _ = endpoint(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) })
	if got := ask(true); got != nil {
		t.Errorf("a service that refuses: %v", got)
	}
}
