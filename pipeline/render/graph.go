package render

import (
	"fmt"
	"slices"
	"strings"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/timeline"
)

// preRoll is how many frames before a run pictures begin to be taken, so that
// what a filter remembers, and the picture still held at the first frame, are
// the same wherever a run begins.
const preRoll = 15

// leadMillis is pipeline.ExcerptLead in an excerpt's own ticks.
const leadMillis = pipeline.ExcerptLead / 1e6

// graph is the filter graph of a run: pictures are decoded and put on the
// timeline once, laid out once a canvas, written on once a strand. Strand n
// leaves it as [vn], its first picture at 0.
//
// Frames are numbered by when they are shown, never by counting from where the
// seek landed: the grid does not depend on the run.
func graph(o runOrder, rate timeline.Rate) string {
	var b strings.Builder
	w := o.window()
	b.WriteString("[0:v:0]" + head(o.Picture, w, rate))
	canvases := groups(o.Strands)
	b.WriteString(split("c", len(canvases)))
	for i, members := range canvases {
		b.WriteString(";" + fmt.Sprintf("[c%d]", i) + layOut(o.Picture, o.Strands[members[0]].Canvas, i) + split(fmt.Sprintf("s%d_", i), len(members)))
		for j, n := range members {
			fmt.Fprintf(&b, ";[s%d_%d]%s[v%d]", i, j, finish(o.Strands[n], n, w), n)
		}
	}
	return b.String()
}

// head puts pictures on the timeline: constant rate, numbered from the
// recording's zero, deinterlaced, upright. The first filter keeps the size
// should a stream change it half-way.
func head(t treatment, w timeline.Window, rate timeline.Rate) string {
	f := []string{fmt.Sprintf("scale=%d:%d", t.Width, t.Height), "settb=1/1000", fmt.Sprintf("setpts=PTS-%d", leadMillis)}
	if t.Interlaced != "" {
		f = append(f, "bwdif=mode=send_frame:parity="+t.Interlaced+":deint=all")
	}
	f = append(f, "fps="+rate.String()+":round=near:start_time="+ffmpeg.Seconds(wholeBefore(w.In, rate)*1e6),
		fmt.Sprintf("tpad=stop=%d:stop_mode=clone", w.Frames()+preRoll),
		fmt.Sprintf("trim=start_pts=%d:end_pts=%d", w.In, w.Out))
	switch t.Rotation {
	case 90:
		f = append(f, "transpose=clock")
	case 180:
		f = append(f, "hflip", "vflip")
	case 270:
		f = append(f, "transpose=cclock")
	}
	return strings.Join(f, ",")
}

// wholeBefore is the last instant at or before frame in, in milliseconds, that
// is a whole number of frames and of milliseconds: pictures are counted from
// it, so that rounding is the same wherever a run begins, and a stretch whose
// first pictures are damaged begins with the next whole one.
func wholeBefore(in int64, rate timeline.Rate) int64 {
	frames, millis := rate.Num, int64(1000)
	if rate.Den != 1 { // 24000, 30000 or 60000/1001: 1001 ms are 24, 30 or 60 frames
		frames, millis = rate.Num/1000, rate.Den
	}
	return max(in, 0) / frames * millis
}

// groups is the strands by canvas, in order of first appearance.
func groups(strands []strand) [][]int {
	var out [][]int
	for n, s := range strands {
		i := slices.IndexFunc(out, func(g []int) bool { return same(strands[g[0]].Canvas, s.Canvas) })
		if i < 0 {
			out = append(out, []int{n})
			continue
		}
		out[i] = append(out[i], n)
	}
	return out
}

func same(a, b geometry) bool { return hashOf(a) == hashOf(b) }

// split fans out to n labels.
func split(prefix string, n int) string {
	out := ""
	if n > 1 {
		out = fmt.Sprintf(",split=%d", n)
	}
	for i := range n {
		out += fmt.Sprintf("[%s%d]", prefix, i)
	}
	return out
}

// layOut fills a canvas. n makes labels unique.
func layOut(t treatment, g geometry, n int) string {
	if g.Layout != fit {
		c := g.Crop
		return fmt.Sprintf("crop=%d:%d:%d:%d,", c.Width, c.Height, c.X, c.Y) + show(t, g.Width, g.Height)
	}
	b := g.Behind
	return show(t, g.Fit.Width, g.Fit.Height) + fmt.Sprintf(",split=2[f%d][b%d];", n, n) +
		fmt.Sprintf("[b%d]crop=%d:%d:%d:%d,%s[d%d];", n, b.Width, b.Height, b.X, b.Y, blur(g), n) +
		fmt.Sprintf("[d%d][f%d]overlay=x=%d:y=%d:format=yuv420", n, n, g.Fit.X, g.Fit.Y)
}

// blur is made on a small copy, where it costs next to nothing.
func blur(g geometry) string {
	w, h := max(even(g.Width/12), 16), max(even(g.Height/12), 16)
	return fmt.Sprintf("scale=%d:%d:flags=area,boxblur=luma_radius=3:luma_power=3:chroma_radius=2:chroma_power=3,lutyuv=y=16+(val-16)*0.5,"+
		"scale=%d:%d:flags=bicubic,setsar=1", w, h, g.Width, g.Height)
}

// show scales to a size as BT.709 in video range and square pixels. High
// dynamic range is mapped at that size, where it costs least; its own words
// for what it is may be missing in the stream, so they are said again.
func show(t treatment, w, h int64) string {
	if t.Tone != toneMapped {
		return fmt.Sprintf("scale=%d:%d:flags=bicubic:in_color_matrix=%s:in_range=%s:out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=1",
			w, h, t.Matrix, t.Range)
	}
	space := "bt2020nc"
	if t.Matrix == "bt709" {
		space = "bt709"
	}
	return fmt.Sprintf("scale=%d:%d:flags=bicubic,format=yuv420p10le,setparams=color_primaries=%s:color_trc=%s:colorspace=%s:range=%s,"+
		"zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p,setsar=1",
		w, h, t.Primaries, t.Transfer, space, t.Range)
}

// finish cuts a strand's own stretch out of the run's, writes on it and sets
// its clock to zero. ASS times count on the timeline, so the clock moves last.
func finish(s strand, n int, run timeline.Window) string {
	var f []string
	w := s.window()
	if w != run {
		f = append(f, fmt.Sprintf("trim=start_pts=%d:end_pts=%d", w.In, w.Out))
	}
	if s.Script != "" {
		f = append(f, "ass="+scriptFile(n)+":fontsdir="+fontFolder)
	}
	return strings.Join(append(f, fmt.Sprintf("setpts=PTS-%d", w.In)), ",")
}

// fontFolder is where a run's fonts lie in its folder.
const fontFolder = "fonts"

// scriptFile is the ASS file of strand n: names of ours, never anything of a stranger.
func scriptFile(n int) string { return fmt.Sprintf("captions-%d.ass", n) }
