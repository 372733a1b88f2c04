package marks

import "time"

// clip lays what a clip holds into its sequence.
func (p *reels) clip(n node) {
	r := p.rateAt(n)
	from, _ := n.frames("in", r)
	to, ends := n.frames("out", r)
	seq := p.holder("sequence")
	for i := range n.pins {
		if x := &n.pins[i]; n.mine && !x.placed && x.nowhere == "" {
			x.in, x.placed = x.at, true
		}
	}
	if seq == nil { // a clip of the bin: its media is all there is
		p.pins = append(p.pins, n.pins...)
		return
	}
	start, ok := n.frames("start", p.rateAt(*seq))
	if end, okEnd := n.frames("end", p.rateAt(*seq)); !ok && okEnd && ends {
		start, ok = end-(to-from), true // a transition hides where it begins
	}
	for i := range n.pins {
		x := &n.pins[i]
		if x.nowhere == "" && !ok {
			x.nowhere = "transitions hide where its clip lies"
		}
		if x.nowhere == "" && (x.at < from || ends && x.at >= to) {
			x.nowhere = "it is hidden: it lies outside the part of the clip that is used"
			x.placed, x.elsewhere = false, x.nowhere
		}
		x.at += start - from
	}
	seq.pins = joined(seq.pins, n.pins)
	if n.mine && ok && ends {
		seq.spans = append(seq.spans, span{start, start + to - from, from})
	}
	for _, s := range n.spans { // a sequence inside the clip
		lo, hi := max(s.from, from), s.to
		if ends {
			hi = min(hi, to)
		}
		if ok && lo < hi {
			seq.spans = append(seq.spans, span{lo - from + start, hi - from + start, s.in + lo - s.from})
		}
	}
}

// sequence gives its markers their place in the recording, where a clip of it
// runs below them.
func (p *reels) sequence(n node) {
	if r := p.rateAt(n); !r.IsZero() {
		p.frame = max(p.frame, min(r.Duration(1), 100*time.Millisecond))
	}
	const most = 2000 // stretches that are looked at
	for i := range n.pins {
		x := &n.pins[i]
		if !x.own {
			continue // of a clip, which is on the recording or is not
		}
		x.own = false
		for _, s := range n.spans[:min(len(n.spans), most)] {
			if !x.placed && x.nowhere == "" && x.at >= s.from && x.at < s.to {
				x.in, x.placed = s.in+x.at-s.from, true
			}
		}
	}
	if c := p.holder("clipitem", "clip"); c != nil {
		c.pins, c.spans = joined(c.pins, n.pins), joined(c.spans, n.spans)
		return
	}
	p.pins = append(p.pins, n.pins...)
}

// joined is a and b; b itself where a is empty, for sequences stand in clips in
// sequences, and what lies deep is handed up many times.
func joined[T any](a, b []T) []T {
	if len(a) == 0 {
		return b
	}
	return append(a, b...)
}
