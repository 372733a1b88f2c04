package beside

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage/dir"
)

// files is a place: bodies by path.
type files map[string]string

func (f files) Names(_ context.Context, folder string) (out []string) {
	for _, file := range slices.Sorted(maps.Keys(f)) {
		below, ok := strings.CutPrefix(file, folder+"/")
		if folder == "" {
			below, ok = file, true
		}
		if name, _, deeper := strings.Cut(below, "/"); ok && deeper && !slices.Contains(out, name+"/") {
			out = append(out, name+"/")
		} else if ok && !deeper {
			out = append(out, name)
		}
	}
	return out
}

func (f files) Read(_ context.Context, file string) ([]byte, error) {
	if body, ok := f[file]; ok {
		return []byte(body), nil
	}
	return nil, TooLarge(file)
}

// find is Find of a place that compares nothing.
func find(t *testing.T, p Place, file, top string) Paths {
	t.Helper()
	out, err := Find(t.Context(), p, file, top)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestASidecarIsWhatItsContentSays: in one folder, under names that say nothing.
func TestASidecarIsWhatItsContentSays(t *testing.T) {
	place := files{ // body by name; the kind is the end of the name
		"show.a.marks":        "WEBVTT\n\n00:00.000 --> 01:00.000\nWelcome\n\n01:00.000 --> 03:00.000\nThe drop\n",
		"show.b.words":        "WEBVTT\n\n00:00.000 --> 00:02.000\nWelcome all.\n\n00:02.000 --> 00:05.000\nHere we go.\n",
		"show.c.words":        "1\n00:00:00,000 --> 00:00:02,000\nWelcome all.\n\n2\n00:00:02,000 --> 00:00:05,000\nHere we go.\n",
		"show.info.marks":     `{"extractor":"youtube","chapters":[{"start_time":0,"end_time":60,"title":"a"}]}`,
		"show_marks.d.marks":  "0:10 a\n0:20 b\n",
		"show-proj.llc":       "{version:2,cutSegments:[{start:1,end:2,name:'x'},]}",
		"show.letter.neither": "Dear all,\nwe meet at nine.\n",
		"shower.e.other":      "0:10 a\n0:20 b\n",
		"show.mp4":            "",
	}
	got := map[string]string{}
	for _, file := range find(t, place, "show.mp4", "").Sidecars {
		got[file] = kindOf([]byte(place[file]))
	}
	want := map[string]string{"show.a.marks": "marks", "show.b.words": "words", "show.c.words": "words", "show.info.marks": "marks",
		"show_marks.d.marks": "marks", "show-proj.llc": "marks", "show.letter.neither": ""}
	if !maps.Equal(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
}

func TestWhatBelongsToARecordingIsFoundAndNothingElse(t *testing.T) {
	place := files{
		"ada/.dropcut.yaml": "", "ada/live/show.mp4": "", "ada/live/show.srt": "", "ada/live/show/chapters.txt": "", "ada/live/show/deep/x.txt": "",
		"ada/live/markers.csv": "", "ada/live/drop.yaml": "", "bob/one.mp4": "", "bob/two.mp4": "", "bob/markers.csv": "", "bob/two.drop.yml": "",
		"top.mkv": "", "top/drop.yaml": "",
	}
	for _, c := range []struct {
		why, file, top string
		want           []string
	}{
		{"its own, its folder's, the only one's, a plan, defaults above", "ada/live/show.mp4", "", []string{"ada/live/markers.csv", "ada/live/show/chapters.txt", "ada/live/show.srt", "ada/live/drop.yaml", "ada/.dropcut.yaml"}},
		{"defaults above the top are somebody else's", "ada/live/show.mp4", "ada/live", []string{"ada/live/markers.csv", "ada/live/show/chapters.txt", "ada/live/show.srt", "ada/live/drop.yaml"}},
		{"of two recordings in a folder neither owns markers.csv", "bob/one.mp4", "", nil},
		{"a plan with the recording's name", "bob/two.mp4", "", []string{"bob/two.drop.yml"}},
		{"at the root, with a folder of its name", "top.mkv", "", []string{"top/drop.yaml"}},
	} {
		got := find(t, place, c.file, c.top).All()
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestAFileIsPinnedOnceAndDefaultsYieldToWhatWasAsked(t *testing.T) {
	place := files{"a/show.mp4": "", "a/show.txt": "0:10 a\n0:20 b\n", "a/show.copy.txt": "0:10 a\n0:20 b\n",
		"a/.dropcut.yaml": "aspects: [\"1:1\"]\nstyles: [phrase]\nshorts: 0\n", "a/drop.yaml": "name: night drop\n"}
	f, err := Look(t.Context(), place, find(t, place, "a/show.mp4", ""))
	if err != nil {
		t.Fatal(err)
	}
	data, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	brief := pipeline.Brief{Aspects: []string{"9:16"}}
	if err := f.Into(t.Context(), data, &brief); err != nil {
		t.Fatal(err)
	}
	if len(brief.Marks) != 1 || brief.Plan == nil || path.Base(brief.Defaults.Name) != ".dropcut.yaml" || brief.Drop.Name != "night drop" {
		t.Errorf("%+v", brief)
	}
	if !slices.Equal(brief.Aspects, []string{"9:16"}) || !slices.Equal(brief.Styles, []string{"phrase"}) {
		t.Errorf("aspects %v, styles %v", brief.Aspects, brief.Styles)
	}
	for _, c := range []struct {
		found       Found
		asked, want int
	}{{f, -1, 0}, {f, 2, 2}, {Found{}, -1, pipeline.UsualShorts}, {Found{}, 0, 0}} {
		brief := pipeline.Brief{Shorts: c.asked}
		if c.found.merge(&brief); brief.Shorts != c.want {
			t.Errorf("%d shorts where %d were asked for, want %d", brief.Shorts, c.asked, c.want)
		}
	}
}

func TestAPlanThatIsWrongSaysWhere(t *testing.T) {
	place := files{"show.mp4": "", "drop.yaml": "name: [\n"}
	_, err := Look(t.Context(), place, find(t, place, "show.mp4", ""))
	if pipeline.KindOf(err) != pipeline.Invalid || !strings.Contains(err.Error(), "drop.yaml:") {
		t.Errorf("%v", err)
	}
}
