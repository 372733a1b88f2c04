package plan

import (
	"time"

	"dropcut/pipeline/timeline"
)

// What every plan keeps to. Lengths of clips are docs/design.md's; the others
// were chosen by listening to cuts.
const (
	coreShortest, coreLongest, coreAim    = 60 * time.Second, 90 * time.Second, 75 * time.Second
	shortShortest, shortLongest, shortAim = 15 * time.Second, 30 * time.Second, 24 * time.Second

	mostShorts  = 3
	apart       = int64(8)               // frames between hard boundaries that do not coincide
	pauseLeast  = 150 * time.Millisecond // shorter quiet is heard as a cut
	reach       = 2 * time.Second        // an edge goes to a pause this near
	airBefore   = 200 * time.Millisecond // left before a first word
	airAfter    = 300 * time.Millisecond // left after a last word
	unknownSize = 3 * time.Second        // a longer stretch without words may hold speech that nobody wrote down
	onsetBefore = 3 * time.Second        // shown before the sound rises …
	onsetAfter  = 5 * time.Second        // … and after
	areaReach   = 90 * time.Second       // either side of the payoff clips are looked for
	areaMost    = 6 * time.Minute
)

// rules are the constants in frames of one rate. Shortest lengths are rounded
// up and longest down, so that no clip breaks a rule by a part of a frame.
type rules struct {
	rate                          timeline.Rate
	second                        int64 // for points only
	coreMin, coreMax, coreAim     int64
	shortMin, shortMax, shortAim  int64
	hook, pause, reach            int64
	airBefore, airAfter, unknown  int64
	onsetBefore, onsetAfter, area int64
}

func rulesAt(r timeline.Rate) rules {
	f := r.Frames
	return rules{rate: r, second: f(time.Second),
		coreMin: r.FramesCeil(coreShortest), coreMax: r.FramesFloor(coreLongest), coreAim: f(coreAim),
		shortMin: r.FramesCeil(shortShortest), shortMax: r.FramesFloor(shortLongest), shortAim: f(shortAim),
		hook: r.HookFrames(), pause: r.FramesCeil(pauseLeast), reach: f(reach),
		airBefore: f(airBefore), airAfter: f(airAfter), unknown: f(unknownSize),
		onsetBefore: f(onsetBefore), onsetAfter: f(onsetAfter), area: f(areaReach)}
}

// points is what frames cost at so many points a second. Points are whole
// numbers, hundredths of what the tables below say, so that the same input
// gives the same plan on any machine.
func (r rules) points(frames, each int64) int64 { return frames * each / r.second }
