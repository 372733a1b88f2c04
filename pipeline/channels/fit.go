package channels

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"dropcut/pipeline"
)

// File is what a platform takes or refuses. A number that is not known yet is
// 0: nothing is said of it.
type File struct {
	Kind          pipeline.ClipKind
	Aspect        string
	Language      string // BCP 47; "und" when unknown
	Width, Height int    // 0: those of the aspect
	FrameRate     string // 30000/1001
	MS            int64
	Bytes         int64
	Silent        bool // it has no sound
	Hook          pipeline.Hook
	Captions      string // the words that its pictures show, less the hook
	Plan          *pipeline.DropPlan
}

// FileOf is an approved file, whose recording came with a plan or nil.
func FileOf(r pipeline.Ready, plan *pipeline.DropPlan) File {
	f := File{Kind: r.Kind, Aspect: r.Look.Aspect, Language: r.Look.Language, Width: r.Width, Height: r.Height,
		FrameRate: r.FrameRate, MS: r.LengthMS, Bytes: r.Bytes, Silent: r.Silent, Hook: r.Hook, Plan: plan}
	if r.Look.Style != "none" {
		f.Captions = r.Words
	}
	return f
}

// Fit says what a file keeps and what it breaks on a channel: by its platform,
// and by what its creator wants there.
func Fit(c pipeline.Channel, f File) []pipeline.Fit {
	if w, h, ok := pipeline.Size(f.Aspect); ok && (f.Width <= 0 || f.Height <= 0) {
		f.Width, f.Height = w, h
	}
	var out []pipeline.Fit
	out = append(out, wanted(c, f)...)
	for _, l := range limitsOf(c) {
		if fit, known := l.fit(c, f); known {
			out = append(out, fit)
		}
	}
	return append(out, overlay(c, f))
}

// Takes reports whether a file may be handed out: all that must be is.
func Takes(fits []pipeline.Fit) bool {
	return !slices.ContainsFunc(fits, func(f pipeline.Fit) bool { return f.Must && !f.OK })
}

// limitsOf are the platform's limits, with the channel's own in them: the
// narrower of the two, and the channel's where an account may have more.
func limitsOf(c pipeline.Channel) []limit {
	out := slices.Clone(limits[c.Platform])
	own := func(rule string, unit unit, least, most int64) {
		if least == 0 && most == 0 {
			return
		}
		i := slices.IndexFunc(out, func(l limit) bool { return l.rule == rule })
		if i < 0 || !out[i].must { // the platform's own stays what it is: advice
			out = append(out, limit{rule: rule, unit: unit, least: least, most: most, must: true})
			return
		}
		l := &out[i]
		if least > 0 && (l.account || least > l.least) {
			l.least = least
		}
		if most > 0 && (l.account || l.most == 0 || most < l.most) {
			l.most = most
		}
	}
	own("length", millis, c.MinMS, c.MaxMS)
	own("size", bytes, 0, c.MaxBytes)
	return out
}

// wanted is what the channel's creator asks for.
func wanted(c pipeline.Channel, f File) (out []pipeline.Fit) {
	if len(c.Kinds) > 0 {
		out = append(out, pipeline.Fit{Rule: "kind", OK: slices.Contains(c.Kinds, f.Kind), Must: true,
			Detail: fmt.Sprintf("a %s; the channel wants %s", f.Kind, listed(c.Kinds))})
	}
	if len(c.Aspects) > 0 {
		out = append(out, pipeline.Fit{Rule: "aspect", OK: slices.Contains(c.Aspects, f.Aspect), Must: true,
			Detail: fmt.Sprintf("%s; the channel wants %s", f.Aspect, listed(c.Aspects))})
	}
	if len(c.Languages) > 0 {
		unknown := f.Language == "" || f.Language == "und"
		out = append(out, pipeline.Fit{Rule: "language", OK: slices.ContainsFunc(c.Languages, func(l string) bool { return speaks(f.Language, l) }), Must: !unknown,
			Detail: fmt.Sprintf("%s; the channel wants %s", map[bool]string{true: "its language is not known", false: f.Language}[unknown], listed(c.Languages))})
	}
	return out
}

// speaks reports whether a file in a language is for those who want another:
// en-GB for en, but not en for en-GB.
func speaks(has, want string) bool {
	h, err := language.Parse(has)
	w, err2 := language.Parse(want)
	if err != nil || err2 != nil {
		return false
	}
	for ; h != language.Und; h = h.Parent() {
		if h == w {
			return true
		}
	}
	return false
}

// fit is what a limit says of a file; false where it is of its text, or the
// number is not known.
func (l limit) fit(c pipeline.Channel, f File) (pipeline.Fit, bool) {
	out := pipeline.Fit{Rule: l.rule, Must: l.must}
	var has int64
	switch l.unit {
	case millis:
		has = f.MS
	case bytes:
		has = f.Bytes
	case shorter:
		has = int64(min(f.Width, f.Height))
	case longer:
		has = int64(max(f.Width, f.Height))
	case columns:
		has = int64(f.Width)
	case ratio:
		if f.Height > 0 {
			has = int64(f.Width) * 10_000 / int64(f.Height)
		}
	case millirate:
		frames, seconds, fraction := strings.Cut(f.FrameRate, "/")
		n, err := strconv.ParseInt(frames, 10, 32)
		d := int64(1)
		if fraction {
			d, _ = strconv.ParseInt(seconds, 10, 32)
		}
		if err == nil && d > 0 {
			has = n * 1000 / d
		}
	}
	switch {
	case l.among != nil:
		out.OK, out.Detail = slices.Contains(l.among, f.Aspect), f.Aspect+"; "+string(c.Platform)+" takes "+listed(l.among)
		if f.Aspect == "" {
			return out, false
		}
	case has <= 0:
		return out, false
	case l.rule == "music" && (!c.Music || f.Silent):
		out.OK, out.Detail = true, "no music that others may claim"
		return out, true
	default:
		out.OK = has >= l.least && (l.most == 0 || has <= l.most)
		out.Detail = l.unit.figure(has) + "; " + l.said() + " is taken"
	}
	if !out.OK && l.breaks != "" {
		out.Detail += ": " + l.breaks
	}
	return out, true
}

// said is a limit for people.
func (l limit) said() string {
	switch {
	case l.among != nil:
		return listed(l.among)
	case l.most == 0:
		return "from " + l.unit.figure(l.least)
	case l.least == 0:
		return "up to " + l.unit.figure(l.most)
	}
	return l.unit.figure(l.least) + " to " + l.unit.figure(l.most)
}

// figure is a number of the unit for people.
func (u unit) figure(n int64) string {
	thousandths := func(n int64, of string) string {
		return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(float64(n)/1000, 'f', 3, 64), "0"), ".") + " " + of
	}
	switch u {
	case millis:
		return thousandths(n, "s")
	case bytes:
		if n < megabyte {
			return thousandths(n, "KB")
		}
		return thousandths(n/1000, "MB")
	case millirate:
		return thousandths(n, "frames/s")
	case ratio:
		return strconv.FormatFloat(float64(n)/10_000, 'g', 4, 64) + ":1"
	}
	return strconv.FormatInt(n, 10) + " " + string(u)
}
