package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/inspect"
)

// sample is the path of a sample recording, which need not be there.
func sample(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "samples", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skip("the sample recordings are not here: ", name)
	}
	return path
}

// planned is what `dropcut run --plan-only` would cut.
func planned(t *testing.T, args ...string) []pipeline.Manifest {
	t.Helper()
	return plannedInto(t, t.TempDir(), args...)
}

// plannedInto is planned where other rounds may have been before.
func plannedInto(t *testing.T, folder string, args ...string) []pipeline.Manifest {
	t.Helper()
	var out, talk bytes.Buffer
	all := append([]string{"run", "--plan-only", "--json", "--quiet", "--out", folder}, args...)
	if code := run(all, console{&out, &talk}); code != exitMade {
		t.Fatalf("exit %d: %s", code, talk.String())
	}
	var manifests []pipeline.Manifest
	for dec := json.NewDecoder(&out); dec.More(); {
		var m pipeline.Manifest
		if err := dec.Decode(&m); err != nil {
			t.Fatal(err)
		}
		manifests = append(manifests, m)
	}
	return manifests
}

// seconds is an interval of a recording as the samples' truth gives it.
type seconds [2]float64

func (s seconds) overlap(c pipeline.ManifestClip) float64 {
	return min(s[1], float64(c.OutMS)/1000) - max(s[0], float64(c.InMS)/1000)
}

func (s seconds) inside(c pipeline.ManifestClip) bool { return s.overlap(c) >= s[1]-s[0]-0.001 }

func TestTheCrowdIsInTheCoreAndInAShort(t *testing.T) {
	t.Parallel()
	words := filepath.Join(t.TempDir(), "jfk.srt")
	srt := "1\n00:00:34,000 --> 00:00:45,000\nAnd so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.\n"
	if err := os.WriteFile(words, []byte(srt), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, shorts := range []string{"2", "3"} {
		m := planned(t, "--mark", "0:47 crowd went wild", "--transcript", words, "--shorts", shorts, sample(t, "long/excerpt_418-530s_1080p.mkv"))
		if len(m) != 1 || len(m[0].Clips) < 3 {
			t.Fatalf("%d moments, clips %+v", len(m), m)
		}
		onset := seconds{45.5, 46.5}
		core, rest := m[0].Clips[0], m[0].Clips[1:]
		if core.Kind != pipeline.Core || !onset.inside(core) {
			t.Errorf("the core %d-%d ms misses the crowd's onset", core.InMS, core.OutMS)
		}
		held := 0
		for i, c := range rest {
			if onset.inside(c) {
				held++
			}
			for _, d := range rest[i+1:] {
				shared := seconds{float64(d.InMS) / 1000, float64(d.OutMS) / 1000}.overlap(c)
				if shorter := float64(min(c.OutMS-c.InMS, d.OutMS-d.InMS)) / 1000; shared > shorter/2 {
					t.Errorf("shorts %d-%d and %d-%d ms are near-duplicates", c.InMS, c.OutMS, d.InMS, d.OutMS)
				}
			}
		}
		if held == 0 {
			t.Error("no short holds the crowd's onset")
		}
		for _, c := range m[0].Clips {
			promised := slices.ContainsFunc(c.Variants, func(v pipeline.ManifestVariant) bool { return v.Hook == "Crowd went wild" })
			if said := len(c.Text) > 0; promised != onset.inside(c) && said {
				t.Errorf("the %s %d-%d ms promises the crowd: %v", c.Kind, c.InMS, c.OutMS, promised)
			}
		}
	}
}

func TestCoresHoldThePayoffsFromEveryFormat(t *testing.T) {
	t.Parallel()
	video := sample(t, "long/proxy_360p_with_chapters.mp4")
	truth, folder := readTruth(t), t.TempDir() // what was heard and seen in one round is known in the next
	for _, format := range []string{"", "twitch_markers.csv", "youtube_chapters.txt"} {
		t.Run("from "+map[bool]string{true: "chapters", false: format}[format == ""], func(t *testing.T) {
			args := []string{video}
			if format != "" {
				args = append(args, "--marks", sample(t, "long/marks/"+format))
			}
			all := plannedInto(t, folder, args...)
			if len(all) > 5 {
				t.Errorf("%d moments", len(all))
			}
			for _, want := range truth.Moments {
				if !held(all, want) {
					t.Errorf("moment %s: no core holds it; cores %s", want.ID, cores(all))
				}
			}
			for _, m := range all {
				for _, c := range m.Clips {
					truth.checkEdges(t, m.Moment.Label, c)
				}
			}
		})
	}
}

type truthMoment struct {
	ID     string   `json:"id"`
	Start  float64  `json:"start"`
	End    float64  `json:"end"`
	Payoff *seconds `json:"payoff"`
}

type truthFile struct {
	Moments []truthMoment
	Speech  []struct{ Start, End float64 }
	Talk    []seconds
}

func readTruth(t *testing.T) truthFile {
	t.Helper()
	var out truthFile
	var payoffs struct{ Moments []truthMoment }
	var truth struct {
		Speech   []struct{ Start, End float64 } `json:"speech_intervals"`
		Sections []struct {
			Start, End float64
			Kind       string
		}
	}
	for name, into := range map[string]any{"long/payoffs.json": &payoffs, "long/truth.json": &truth} {
		body, err := os.ReadFile(sample(t, name))
		if err == nil {
			err = json.Unmarshal(body, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	out.Moments, out.Speech = payoffs.Moments, truth.Speech
	for _, s := range truth.Sections {
		if s.Kind == "talk" {
			out.Talk = append(out.Talk, seconds{s.Start, s.End})
		}
	}
	return out
}

func held(all []pipeline.Manifest, want truthMoment) bool {
	for _, m := range all {
		for _, c := range m.Clips {
			switch {
			case c.Kind != pipeline.Core:
			case want.Payoff != nil && want.Payoff.inside(c), want.Payoff == nil && seconds{want.Start, want.End}.overlap(c) >= 25:
				return true
			}
		}
	}
	return false
}

func cores(all []pipeline.Manifest) string {
	var out []string
	for _, m := range all {
		for _, c := range m.Clips {
			if c.Kind == pipeline.Core {
				out = append(out, fmt.Sprintf("%q %d-%d", m.Moment.Label, c.InMS/1000, c.OutMS/1000))
			}
		}
	}
	return strings.Join(out, ", ")
}

// checkEdges finds edges inside speech where a gap of 150 ms lies within 2 s.
func (f truthFile) checkEdges(t *testing.T, label string, c pipeline.ManifestClip) {
	t.Helper()
	for _, ms := range []int64{c.InMS, c.OutMS} {
		at := float64(ms) / 1000
		for i, s := range f.Speech {
			if at <= s.Start+0.02 || at >= s.End-0.02 {
				continue
			}
			before := i > 0 && at-s.Start <= 2 && s.Start-f.Speech[i-1].End >= 0.15
			after := i+1 < len(f.Speech) && s.End-at <= 2 && f.Speech[i+1].Start-s.End >= 0.15
			if before || after {
				t.Errorf("%s: the %s's edge at %.2f s cuts speech [%.2f, %.2f) though a gap is near", label, c.Kind, at, s.Start, s.End)
			}
		}
	}
}

func TestTheMisclickIsReportedAndNotClipped(t *testing.T) {
	t.Parallel()
	video := sample(t, "long/proxy_360p_with_chapters.mp4")
	var out, talk bytes.Buffer
	if code := run([]string{"inspect", video, "--marks", sample(t, "long/marks/twitch_markers.csv"), "--json"}, console{&out, &talk}); code != exitMade {
		t.Fatalf("exit %d: %s", code, talk.String())
	}
	var doc inspect.Document
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, m := range doc.Marks {
		if m.AtMS == 385_000 {
			found = true
			if m.Used || m.UnusedCode != "dead_air" || m.Unused == "" {
				t.Errorf("%+v", m)
			}
		}
	}
	if !found {
		t.Error("the misclick is not listed")
	}
	for _, m := range doc.Moments {
		if m.StartMS < 385_000 && m.EndMS > 385_000 {
			t.Errorf("moment %d-%d ms grew from the misclick", m.StartMS, m.EndMS)
		}
	}
}
