package detect

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"dropcut/pipeline"
)

const (
	near     = 2 * time.Second  // two marks this close point at the same
	sameName = 30 * time.Second // so do two of different sources with one label
	longest  = 2 * time.Minute  // between a start and its end
	lookBack = 64               // kept marks that a new one is compared with
)

// inOrder sorts marks by time, then surest first.
func inOrder(all []found) {
	slices.SortStableFunc(all, func(a, b found) int {
		switch {
		case a.At != b.At:
			return cmp.Compare(a.At, b.At)
		case a.IsRange() != b.IsRange():
			return map[bool]int{true: -1, false: 1}[a.IsRange()]
		}
		return habitOf(a.Source).Rank - habitOf(b.Source).Rank
	})
}

// bound says of marks outside the recording that they are.
func bound(all []found, length time.Duration) {
	for i := range all {
		m := &all[i]
		switch {
		case !m.Used():
		case m.At < 0:
			m.unuse(UnusedOutside, "it lies before the recording begins")
		case m.At > length+m.Precision || m.IsRange() && m.At >= length:
			m.unuse(UnusedOutside, "it lies behind the end of the recording, which is %s long", spoken(length))
		}
	}
}

// Labels by which people mark a beginning and an end.
var (
	startLabel = regexp.MustCompile(`(?i)^(?:start|in|begin)(?:\s+of)?(?:$|[\s:.–—-]+)`)
	endLabel   = regexp.MustCompile(`(?i)^(?:end|out|stop)(?:\s+of)?(?:$|[\s:.–—-]+)`)
)

// pair makes one range of two points of one list whose labels say start and
// end of the same, less than two minutes apart. The start becomes the range,
// the end is named in Also.
func pair(all []found) []found {
	gone := make([]bool, len(all))
	for i := range all {
		head := startLabel.FindString(all[i].Label)
		if gone[i] || all[i].IsRange() || !all[i].Used() || head == "" {
			continue
		}
		name := strings.TrimSpace(all[i].Label[len(head):])
		for j := i + 1; j < len(all) && j <= i+lookBack && all[j].At-all[i].At < longest; j++ {
			tail := endLabel.FindString(all[j].Label)
			if gone[j] || tail == "" || !sameList(all[i], all[j]) || all[j].IsRange() || !all[j].Used() || all[j].At <= all[i].At {
				continue
			}
			other := strings.TrimSpace(all[j].Label[len(tail):])
			if name != "" && other != "" && !strings.EqualFold(name, other) {
				continue
			}
			all[i] = paired(all[i], all[j], name, other)
			gone[j] = true
			break
		}
	}
	var out []found
	for i, m := range all {
		if !gone[i] {
			out = append(out, m)
		}
	}
	return out
}

func paired(from, to found, name, other string) found {
	end := to.At
	from.End, from.Late = &end, false
	from.Confidence = habitOf(from.Source).Ranged
	from.Precision = max(from.Precision, to.Precision)
	from.Also = append(from.Also, to.Origin+" (its end)")
	if from.Label = name; name == "" {
		from.Label = other
	}
	return from
}

func sameList(a, b found) bool { return a.Source == b.Source && a.list == b.list }

// merge makes one mark of those that say the same: of different lists within
// two seconds, or within half a minute under one label; of one list, a press
// repeated within two seconds, which stays as a duplicate. The most precise
// time is kept, and every source is named. all is in order of time; so is what
// comes back.
func merge(all []found) []found {
	var out []found
	for _, m := range all {
		at := -1
		for i := len(out) - 1; i >= 0 && i >= len(out)-lookBack && m.At-out[i].At <= sameName; i-- {
			if says(out[i], m) {
				at = i
				break
			}
		}
		switch {
		case at < 0:
			out = append(out, m)
		case sameList(out[at], m):
			if m.Used() {
				m.unuse(UnusedDuplicate, "the same was marked at %s already", spoken(out[at].At))
			}
			out = append(out, m)
		default:
			out[at] = joined(out[at], m)
		}
	}
	inOrder(out)
	return out
}

// says reports whether b says the same as a, which is kept.
func says(a, b found) bool {
	if a.UnusedCode == UnusedDuplicate || a.Used() != b.Used() || a.IsRange() && b.IsRange() && (*a.End-*b.End).Abs() > near {
		return false
	}
	apart := (b.At - a.At).Abs()
	label := a.Label != "" && strings.EqualFold(a.Label, b.Label)
	if sameList(a, b) {
		return apart <= near && (label || a.Label == "" || b.Label == "") && a.IsRange() == b.IsRange()
	}
	return apart <= near || label && a.IsRange() == b.IsRange()
}

// joined is two marks of different lists as one. The more precise leads; a
// range leads a point.
func joined(a, b found) found {
	if b.IsRange() != a.IsRange() {
		if b.IsRange() {
			a, b = b, a
		}
	} else if b.Precision < a.Precision || b.Precision == a.Precision && habitOf(b.Source).Rank < habitOf(a.Source).Rank {
		a, b = b, a
	}
	a.Also = append(append(slices.Clone(a.Also), said(b.Mark)), b.Also...)
	a.Confidence = sum(a.Confidence, b.Confidence)
	if a.Label == "" {
		a.Label = b.Label
	}
	return a
}

// said names a mark in another's Also.
func said(m pipeline.Mark) string {
	return m.Source + " " + spoken(m.At) + " (" + m.Origin + ")"
}

// spoken is a time as people read it: 1:02:03, with milliseconds only if there are any.
func spoken(d time.Duration) string {
	ms := d.Milliseconds()
	below := ""
	if ms < 0 {
		below, ms = "-", -ms
	}
	h, m, s := ms/3600000, ms/60000%60, ms/1000%60
	text := fmt.Sprintf("%d:%02d", m, s)
	if h > 0 {
		text = fmt.Sprintf("%d:%02d:%02d", h, m, s)
	}
	if ms%1000 != 0 {
		text += fmt.Sprintf(".%03d", ms%1000)
	}
	return below + text
}
