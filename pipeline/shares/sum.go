package shares

import (
	"cmp"
	"maps"
	"slices"

	"dropcut/pipeline"
)

// By is what posts are added up by.
type By string

// What can be compared. The rate of core clips is the micro-share rate; shorts
// are told apart in every one of these.
const (
	ByClip     By = "clip"
	ByVariant  By = "variant"
	ByHookKind By = "hook_kind"
	ByStyle    By = "style"
	ByChannel  By = "channel"
	ByMoment   By = "moment"
	ByKind     By = "kind"
)

// Bys is every way to add up.
var Bys = []By{ByClip, ByVariant, ByHookKind, ByStyle, ByChannel, ByMoment, ByKind}

// of is the key of a post, which may be "": no hook.
func (b By) of(p pipeline.Post) string {
	switch b {
	case ByClip:
		return p.Clip
	case ByVariant:
		return p.Variant
	case ByHookKind:
		return p.HookKind
	case ByStyle:
		return p.Style
	case ByChannel:
		return p.Channel
	case ByMoment:
		return p.Moment
	}
	return string(p.Kind)
}

// Sum is the rate of several posts: their re-shares added up, over their views
// added up.
type Sum struct {
	By       By                `json:"by"`
	Key      string            `json:"key"`             // "" is no hook
	Kind     pipeline.ClipKind `json:"kind"`            // core and short are never in one sum
	Place    int               `json:"place,omitempty"` // 1 … within its kind, by the interval's lower end; 0: not ranked
	State    State             `json:"state"`
	Posts    int               `json:"posts"`   // in the sum: their windows are over and both figures known
	Open     int               `json:"open"`    // not in it: their windows are not over
	Missing  int               `json:"missing"` // not in it: nobody tells both figures
	Shares   int64             `json:"shares"`
	Views    int64             `json:"views"`
	Interval                   // Wilson's, as if every view were a trial of its own
	Spread   *Spread           `json:"spread"` // nil: no views
	Hours    []Hour            `json:"hours"`  // when its posts went out, local
	Notes    []pipeline.Note   `json:"notes"`
}

// Hour is how many posts went out in one local hour of the day.
type Hour struct {
	Hour  int `json:"hour"` // 0 … 23
	Posts int `json:"posts"`
}

// Group adds posts up, cores before shorts, the best first: by the lower end of
// Wilson's interval, so that a high rate of few views does not lead. Sums of
// fewer than 200 views are not ranked and come last.
func Group(posts []Counted, by By) []Sum {
	type name struct {
		kind pipeline.ClipKind
		key  string
	}
	of := map[name][]Counted{}
	kinds := map[pipeline.ClipKind][]Counted{}
	for _, c := range posts {
		if c.Post.PostedAt.IsZero() || c.Rate.has(SamePost) {
			continue
		}
		n := name{c.Post.Kind, by.of(c.Post)}
		of[n] = append(of[n], c)
		kinds[n.kind] = append(kinds[n.kind], c)
	}
	out := []Sum{}
	for n := range maps.Keys(of) {
		s := add(of[n])
		s.By, s.Key, s.Kind = by, n.key, n.kind
		s.compareHours(of[n], kinds[n.kind])
		out = append(out, s)
	}
	slices.SortFunc(out, bySums)
	rank(out)
	return out
}

func bySums(a, b Sum) int {
	return cmp.Or(
		cmp.Compare(a.Kind, b.Kind), // core, short
		first(a.isRanked(), b.isRanked()),
		compareLow(b, a),
		cmp.Compare(b.Views, a.Views),
		cmp.Compare(a.Key, b.Key),
	)
}

func compareLow(a, b Sum) int {
	if !a.isRanked() || !b.isRanked() {
		return 0
	}
	return cmp.Compare(*a.Low, *b.Low)
}

func (s Sum) isRanked() bool { return s.State == Final || s.State == Provisional }

// rank gives places. Equal lower ends share one.
func rank(sums []Sum) {
	place := 0
	for i := range sums {
		if i == 0 || sums[i].Kind != sums[i-1].Kind {
			place = 0
		}
		if !sums[i].isRanked() {
			continue
		}
		place++
		sums[i].Place = place
		if place > 1 && *sums[i].Low == *sums[i-1].Low {
			sums[i].Place = sums[i-1].Place
		}
	}
}

// add is the sum of posts of one kind.
func add(posts []Counted) Sum {
	s := Sum{State: Final, Hours: hours(posts), Notes: []pipeline.Note{}}
	var each []trial
	cut, estimated := 0, 0
	for _, c := range posts {
		switch {
		case c.Rate.State == Open:
			s.Open++
			continue
		case !c.Rate.IsCounted():
			s.Missing++
			continue
		}
		s.Posts++
		s.Shares += *c.Rate.Shares
		s.Views += *c.Rate.Views
		each = append(each, trial{shares: float64(*c.Rate.Shares), views: float64(*c.Rate.Views)})
		if c.Rate.State == Provisional || c.Rate.State == LowSample && !c.Rate.isSettled() {
			s.State = Provisional
		}
		if c.Rate.has(RemovedEarly) {
			cut++
		}
		if c.Rate.Estimated {
			estimated++
		}
	}
	s.Interval = Wilson(s.Shares, s.Views)
	s.Spread = spreadOf(each)
	switch {
	case s.Posts == 0 && s.Open > 0:
		s.State = Open
	case s.Posts == 0:
		s.State = NoData
	case s.Views < enough:
		s.State = LowSample
	}
	s.explain(each, cut, estimated, platforms(posts))
	return s
}

func (s *Sum) explain(each []trial, cut, estimated int, on map[pipeline.Platform]bool) {
	tell := func(code, format string, args ...any) { s.Notes = append(s.Notes, note(code, format, args...)) }
	if s.Open+s.Missing > 0 {
		tell(NotAllCounted, "%d still open and %d without both figures are not in the sum", s.Open, s.Missing)
	}
	switch {
	case s.Posts == 1:
		tell(OnePost, "one post cannot show how much posts differ: the wider interval rests on what is usual")
	case differ(each):
		tell(PostsDiffer, "its posts differ by more than chance: the wider interval is the one to go by")
	}
	if cut > 0 {
		tell(RemovedInside, "%s removed before 12 h, with what was counted until then", some(cut, "post"))
	}
	if estimated > 0 {
		tell(EstimateInside, "%s estimated from whole days", some(estimated, "post"))
	}
	if on[pipeline.Instagram] && on[pipeline.Facebook] {
		tell(MayCountTwice, "Instagram's counters may hold those of the same clip on Facebook")
	}
}

// platforms is where the posts that are in a sum are.
func platforms(posts []Counted) map[pipeline.Platform]bool {
	out := map[pipeline.Platform]bool{}
	for _, c := range posts {
		out[c.Post.Platform] = out[c.Post.Platform] || c.Rate.IsCounted()
	}
	return out
}

func hours(posts []Counted) []Hour {
	var n [24]int
	for _, c := range posts {
		n[c.Hour()]++
	}
	out := []Hour{}
	for h, posts := range n {
		if posts > 0 {
			out = append(out, Hour{Hour: h, Posts: posts})
		}
	}
	return out
}

// compareHours notes where a sum's posts went out in other quarters of the day
// than those it is compared with: then the hour may be what differs.
func (s *Sum) compareHours(own, all []Counted) {
	if len(own) == len(all) || len(own) < 2 {
		return
	}
	apart := 0.0
	a, b := quarters(own), quarters(all)
	for q := range a {
		apart += max(0, a[q]-b[q])
	}
	if apart >= 0.5 {
		s.Notes = append(s.Notes, note(HoursDiffer, "half of its posts or more went out in other quarters of the day than those it is compared with"))
	}
}

func quarters(posts []Counted) (out [4]float64) {
	for _, c := range posts {
		out[c.Hour()/6] += 1 / float64(len(posts))
	}
	return out
}
