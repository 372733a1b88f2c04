package demo

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"dropcut/pipeline"
)

// page is the contact sheet as its template sees it. Places are percent.
type page struct {
	rel func(string) (string, error)

	Name, Length, Shape string
	Live                string // the length in words
	Files, Clips        int
	Strip               string
	Ticks               []tick
	Marks               []pageMark
	Moments             []pageMoment
	Fix                 *pageFix
	Figures             []Figure
}

// tick is a time written below the strip.
type tick struct {
	Left float64
	At   string
}

type pageMark struct {
	N                       int
	Left, Width             float64
	At, Source, Label, Note string
	Used                    bool
}

type pageMoment struct {
	Left, Right         float64 // its clips, on the whole recording: from either end
	BandEnd             float64
	Label, From, To     string
	Marks               []pageMark // on the zoomed stretch
	Ticks               []tick
	Clips               []pageClip
	Manifest            string
	Encoded, Reused, MB string
}

type pageClip struct {
	ID, Kind, Long, From, To string
	Left, Width              float64 // on the zoomed stretch
	Lane                     int
	Why                      []string
	Poster, SRT, VTT         string
	Variants                 []pageVariant
}

type pageVariant struct {
	File, Style, Hook, HookFrom, Aspect, Size string
	Width, Height, Segments                   int
	Upright                                   bool // 9:16: safe zones are known
}

// pageFix is the corrected word.
type pageFix struct {
	From, To, Took string
	Before, After  pageVariant
	Poster         string
	Changed, All   int
	Cells          []bool // the shown file's segments: true was encoded again
	InFile         int
	Start          string // seconds into the clip where both begin to play
}

func (p *page) describe(r pipeline.ManifestRecording, name string) {
	p.Name, p.Length, p.Strip = name, clock(r.DurationMS), "strip.jpg"
	p.Live = fmt.Sprintf("%d seconds", (r.DurationMS+500)/1000)
	if minutes := (r.DurationMS + 30000) / 60000; minutes > 1 {
		p.Live = fmt.Sprintf("%d minutes", minutes)
	}
	p.Shape = fmt.Sprintf("%d × %d", r.Width, r.Height)
	step := int64(60000)
	for r.DurationMS/step > 6 {
		step *= 2
	}
	for at := int64(0); at <= r.DurationMS && len(p.Ticks) < 12; at += step {
		p.Ticks = append(p.Ticks, tick{percent(at, r.DurationMS), clock(at)})
	}
}

func percent(at, of int64) float64 {
	if of <= 0 {
		return 0
	}
	return min(max(float64(at*10000/of)/100, 0), 100)
}

func clock(ms int64) string {
	s := (ms + 500) / 1000
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// sourceNames are the sources of marks as a person knows them.
var sourceNames = map[string]string{"flag": "command line", "dropcut_json": "dropcut marks", "timestamps": "list of times",
	"twitch_csv": "Twitch marker", "obs_chapter": "OBS chapter", "gopro_hilight": "GoPro HiLight", "chapter": "chapter"}

func pageMarks(all []pipeline.ManifestMark, length int64) []pageMark {
	var out []pageMark
	for i, m := range all {
		x := pageMark{N: i + 1, Left: percent(m.AtMS, length), At: clock(m.AtMS), Source: m.Source, Label: m.Label, Used: m.Used, Note: m.Unused}
		if name, ok := sourceNames[m.Source]; ok {
			x.Source = name
		}
		if m.EndMS != nil {
			x.Width, x.At = percent(*m.EndMS-m.AtMS, length), x.At+"–"+clock(*m.EndMS)
		}
		if x.Used {
			x.Note = "used"
			if len(m.Also) > 0 {
				x.Note += ", also in " + strings.Join(m.Also, ", ")
			}
		}
		out = append(out, x)
	}
	return out
}

// add puts a moment on the page.
func (p *page) add(m pipeline.Manifest, file string, marks []pipeline.ManifestMark) error {
	rel, err := p.rel(file)
	if err != nil || len(m.Clips) == 0 {
		return err
	}
	from, to := m.Clips[0].InMS, m.Clips[0].OutMS
	for _, c := range m.Clips {
		from, to = min(from, c.InMS), max(to, c.OutMS)
	}
	whole := m.Recording.DurationMS
	x := pageMoment{Left: percent(from, whole), Right: 100 - percent(to, whole), BandEnd: percent(to, whole), Label: m.Moment.Label, From: clock(from), To: clock(to), Manifest: link(rel)}
	x.cost(m.Made)
	pad := (to - from) / 24
	from, to = from-pad, to+pad
	for i, mark := range marks {
		if mark.AtMS >= from && mark.AtMS <= to {
			y := pageMarks(marks[i:i+1], whole)[0]
			y.N, y.Left, y.Width = i+1, percent(mark.AtMS-from, to-from), 0
			x.Marks = append(x.Marks, y)
		}
	}
	for at := (from/10000 + 1) * 10000; at < to; at += 10000 {
		x.Ticks = append(x.Ticks, tick{percent(at-from, to-from), clock(at)})
	}
	for i, c := range m.Clips {
		x.Clips = append(x.Clips, p.clip(c, path.Dir(rel), i, from, to))
	}
	p.Moments = append(p.Moments, x)
	return nil
}

// cost is what a round had to do for the moment.
func (x *pageMoment) cost(made pipeline.ManifestMade) {
	x.Encoded, x.Reused, x.MB = fmt.Sprint(made.EncodedFrames), fmt.Sprint(made.ReusedFrames), megabytes(made.BytesRead)
}

func (p *page) clip(c pipeline.ManifestClip, folder string, lane int, from, to int64) pageClip {
	out := pageClip{ID: c.ID, Kind: string(c.Kind), Long: fmt.Sprintf("%d s", (c.OutMS-c.InMS+500)/1000), From: clock(c.InMS), To: clock(c.OutMS), Lane: lane,
		Left: percent(c.InMS-from, to-from), Width: percent(c.OutMS-c.InMS, to-from), Why: c.Why}
	at := func(name string) string {
		if name == "" {
			return ""
		}
		return link(path.Join(folder, name))
	}
	out.Poster = at(c.Poster)
	for _, x := range c.Captions {
		out.SRT, out.VTT = at(x.SRT), at(x.VTT)
	}
	for _, v := range c.Variants {
		if v.File != "" {
			out.Variants = append(out.Variants, pageVariantOf(v, at(v.File)))
		}
	}
	p.Clips++
	p.Files += len(out.Variants)
	return out
}

func pageVariantOf(v pipeline.ManifestVariant, file string) pageVariant {
	return pageVariant{File: file, Style: v.Style, Hook: v.Hook, HookFrom: v.HookFrom, Aspect: v.Aspect, Size: megabytes(v.Bytes),
		Width: v.Width, Height: v.Height, Segments: len(v.Segments), Upright: v.Aspect == "9:16"}
}

func megabytes(b int64) string { return fmt.Sprintf("%d.%d MB", b/1e6, b/1e5%10) }

// link is a relative path as a URL: names may hold anything.
func link(rel string) string {
	return (&url.URL{Path: "./" + filepath.ToSlash(rel)}).EscapedPath()
}

// correct shows what one corrected word cost.
func (p *page) correct(c Correction, now pipeline.Manifest, file string) {
	old := recipes(c.Was)
	before, ok := shown(c.Was)
	rel, err := p.rel(file)
	kept, errKept := p.rel(c.WasFile)
	if !ok || err != nil || errKept != nil {
		return
	}
	fix := &pageFix{From: c.From, To: c.To, Took: fmt.Sprintf("%.1f s", c.Took.Seconds()), Before: pageVariantOf(before, link(kept))}
	all := map[string]bool{}
	for _, x := range now.Clips {
		for _, v := range x.Variants {
			at := int64(0)
			for _, s := range v.Segments {
				if fresh := !old[s.Recipe]; v.ID == before.ID {
					if fresh && fix.InFile == 0 {
						fix.Start = seconds3(max(0, x.OutMS-x.InMS) * at / max(1, v.Frames))
					}
					fix.InFile += count(fresh)
					fix.Cells = append(fix.Cells, fresh)
				}
				if !all[s.Recipe] {
					all[s.Recipe] = true
					fix.Changed += count(!old[s.Recipe])
				}
				at += s.Frames
			}
			if v.ID == before.ID {
				if x.Poster != "" {
					fix.Poster = link(path.Join(path.Dir(rel), x.Poster))
				}
				fix.After = pageVariantOf(v, link(path.Join(path.Dir(rel), v.File)))
			}
		}
	}
	if fix.All = len(all); fix.After.File != "" {
		p.Fix = fix
	}
}

// recipes are all segments of a moment.
func recipes(m pipeline.Manifest) map[string]bool {
	out := map[string]bool{}
	for _, c := range m.Clips {
		for _, v := range c.Variants {
			for _, s := range v.Segments {
				out[s.Recipe] = true
			}
		}
	}
	return out
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func seconds3(ms int64) string { return fmt.Sprintf("%d.%03d", ms/1000, ms%1000) }
