package marks

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// of is the recording that the tests' marks are for.
var of = func() Recording {
	at := time.Date(2026, 1, 1, 20, 0, 0, 0, time.UTC)
	return Recording{Name: "stream.mp4", Rate: timeline.Rate30, Length: 20 * time.Minute, StartedAt: &at}
}()

// proof is what every row of a file's format brings with it: a writer made from
// the format's description, not from the parser, and what its fuzz target
// begins with.
type proof struct {
	write  func(all []wrote) string
	points bool                // the format has no ends
	always bool                // everything in it has an end; points last 20 s
	keeps  func(string) string // what the format keeps of a label; nil: all
	seeds  []string
}

var proofs = map[string]proof{}

// prove adds a row's proof. A format's own test file calls it.
func prove(source string, p proof) bool { proofs[source] = p; return true }

// marked is what every format is asked to carry: four points and ranges that
// leave gaps. Times are whole seconds where the format has no finer ones.
func marked(row Format) []wrote {
	all := []wrote{{200.04, 270.08, "battle!!"}, {463.52, 466, "clip this, é ü 🔥"}, {690, 0, `say "yes" & <go>; a = b # 1`}, {1019.48, 1022, "the drop"}}
	for i := range all {
		if proofs[row.Source].points {
			all[i].end = 0
		}
		if proofs[row.Source].always {
			all[i].end = ended(all[i])
		}
		if row.Finest == time.Second {
			all[i].at, all[i].end = float64(int(all[i].at)), float64(int(all[i].end))
		}
	}
	return all
}

func TestEveryFormatReadsWhatAnotherWrote(t *testing.T) {
	for _, row := range Formats() {
		if !row.IsFile() {
			continue
		}
		t.Run(row.Source, func(t *testing.T) {
			p, ok := proofs[row.Source]
			if !ok || p.write == nil || len(p.seeds) == 0 {
				t.Fatal("the row has no proof: call prove in its test file")
			}
			want := marked(row)
			text := p.write(want)
			all, err := Read("a file", []byte(text), of)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			i := slices.IndexFunc(all, func(l List) bool { return l.Source == row.Source })
			if i < 0 || len(all[i].Entries) != len(want) || len(all[i].Problems) > 0 {
				t.Fatalf("%+v\n%s", all, text)
			}
			for k, e := range all[i].Entries {
				checkEntry(t, e)
				label := CleanLabel(want[k].label)
				if p.keeps != nil {
					label = p.keeps(label)
				}
				if e.Label != label || (e.At-sec(want[k].at)).Abs() > e.Step || (e.End != nil) != (want[k].end > 0) ||
					e.End != nil && (*e.End-sec(want[k].end)).Abs() > e.Step || e.Step < row.Finest {
					t.Errorf("%+v came back as %v %v ± %v %q", want[k], e.At, e.End, e.Step, e.Label)
				}
			}
			if !isMarks([]byte(text)) {
				t.Error("beside a recording it is not seen")
			}
		})
	}
}

// TestNoTwoFormatsKnowOneFile: a list of times, the last row, takes what is left.
func TestNoTwoFormatsKnowOneFile(t *testing.T) {
	for source, p := range proofs {
		for _, row := range Formats() {
			f := &file{name: "x", text: p.write(marked(FormatOf(source)))}
			if row.IsFile() && row.Source != source && row.Source != SourceTimestamps && row.looks(f) {
				t.Errorf("%s is taken for %s", source, row.Source)
			}
		}
	}
}

// isMarks reports whether a file that nobody named is taken for marks.
func isMarks(b []byte) bool {
	_, ok := Told(b)
	return ok
}

// fuzzRow runs one row's parser, also on what its row would not take.
func fuzzRow(f *testing.F, source string) {
	p := proofs[source]
	f.Add(p.write(marked(FormatOf(source))))
	for _, s := range p.seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		row := FormatOf(source)
		in := &file{name: "x", text: s}
		row.looks(in)
		all, err := row.parse(in, of)
		if err != nil && !errors.Is(err, pipeline.Invalid) {
			t.Fatal(err)
		}
		for _, l := range all {
			if !slices.ContainsFunc(Formats(), func(f Format) bool { return f.Source == l.Source }) {
				t.Fatalf("no row has the source %q", l.Source)
			}
			for _, e := range l.Entries {
				checkEntry(t, e)
			}
		}
	})
}

// target is how a row's fuzz target is written.
var target = regexp.MustCompile(`(?m)^func Fuzz\w+\(f \*testing\.F\) *\{ *fuzzRow\(f, "(\w+)"\) *\}`)

func TestEveryFormatHasAFuzzTarget(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	var have []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range target.FindAllStringSubmatch(string(text), -1) {
			have = append(have, m[1])
		}
	}
	for _, row := range Formats() {
		if row.IsFile() != slices.Contains(have, row.Source) {
			t.Errorf("%s: read from a file %v, fuzzed %v", row.Source, row.IsFile(), !row.IsFile())
		}
	}
}

func TestEveryRowSaysWhatItIs(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range Formats() {
		h := row.Habit
		if seen[row.Source] || row.Name == "" || row.Told == "" || row.From == "" || h.Point <= 0 || h.Point > 1 || h.Ranged < h.Point || h.Ranged > 1 || (row.looks == nil) != (row.parse == nil) {
			t.Errorf("%+v", row)
		}
		seen[row.Source] = true
		if row.IsFile() && !strings.Contains(accepted(), row.Name) {
			t.Errorf("hints do not name %s", row.Name)
		}
	}
	if all := Formats(); all[len(all)-1].Source != SourceTimestamps {
		t.Error("a list of times must be the last row: it takes what is left")
	}
}

func FuzzRead(f *testing.F) {
	for source, p := range proofs {
		f.Add([]byte(p.write(marked(FormatOf(source)))))
	}
	for _, s := range []string{"\xff\xfe0\x00:\x001\x000\x00", "1\n00:00:01,000 --> 00:00:02,000\nx\n", "<?xml version=\"1.0\" encoding=\"x\"?><a/>", "{", "[{}]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := Read("x", b, of)
		if err != nil {
			if !errors.Is(err, pipeline.Invalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, l := range all {
			for _, e := range l.Entries {
				checkEntry(t, e)
			}
		}
	})
}

// folder is every file of a folder of the samples, by its path among them.
func folder(t *testing.T, name string) map[string][]byte {
	t.Helper()
	root := filepath.Join("..", "..", "..", "shared", "samples")
	if _, err := os.Stat(root); err != nil {
		t.Skip("the sample recordings are not here")
	}
	out := map[string][]byte{}
	err := filepath.WalkDir(filepath.Join(root, filepath.FromSlash(name)), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(root, path)
		out[filepath.ToSlash(rel)] = b
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%d files in %s (%v)", len(out), name, err)
	}
	return out
}

// sample is a file of the sample recordings, which are not part of the
// project: without them the test is skipped.
func sample(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "samples", filepath.FromSlash(name)))
	if err != nil {
		t.Skip("the sample recordings are not here")
	}
	return b
}

func sec(s float64) time.Duration { return time.Duration(s*1e9 + 0.5) }
