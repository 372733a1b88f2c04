package timeline

import "time"

// Timecode is a frame's name as editing programs write it: 01:00:59:29, or
// 01:00:59;29 where numbers are dropped. It is a name and no time: what it
// means depends on a rate.
type Timecode struct {
	Hours, Minutes, Seconds, Frames int64
	Drop                            bool
}

// ParseTimecode reads HH:MM:SS:FF, with ; or . in front of the frames (or ;
// everywhere) for drop-frame. Hours are below 100, minutes and seconds below
// 60; frames have two or three digits and are held against a rate by Frame.
func ParseTimecode(s string) (Timecode, bool) {
	var parts [4]int64
	var t Timecode
	for i := range parts {
		digits := 0
		for digits < len(s) && digits < 3 && s[digits] >= '0' && s[digits] <= '9' {
			parts[i] = parts[i]*10 + int64(s[digits]-'0')
			digits++
		}
		s = s[digits:]
		switch {
		case digits == 0 || digits > 2 && i < 3 || (i == 1 || i == 2) && parts[i] > 59:
			return Timecode{}, false
		case i == 3:
			if s != "" {
				return Timecode{}, false
			}
		case s == "" || s[0] != ':' && s[0] != ';' && (s[0] != '.' || i < 2):
			return Timecode{}, false
		default:
			t.Drop = t.Drop || s[0] != ':'
			s = s[1:]
		}
	}
	t.Hours, t.Minutes, t.Seconds, t.Frames = parts[0], parts[1], parts[2], parts[3]
	return t, true
}

// Nominal is how many frame numbers a second of timecode has at the rate: 30
// for 30000/1001.
func (r Rate) Nominal() int64 { return -divFloor(-1, r.Num, r.Den) }

// dropped is how many frame numbers drop-frame timecode leaves out at the
// beginning of each minute but every tenth; zero where it is not defined
// (SMPTE ST 12-1: 30000/1001 leaves out two, and twice that at twice the rate).
func (r Rate) dropped() int64 {
	switch r {
	case Rate2997:
		return 2
	case Rate5994:
		return 4
	}
	return 0
}

// TimecodeRate is the rate that drop-frame timecode counts at in a recording of
// rate r: 29.97 for 30, 59.94 for 60, for it is not defined for any but those.
// Timecode that drops nothing counts at r itself.
func (t Timecode) TimecodeRate(r Rate) Rate {
	switch {
	case !t.Drop || r.dropped() > 0:
		return r
	case r.Num > 45*r.Den:
		return Rate5994
	}
	return Rate2997
}

// Frame is the number of the frame that t names at rate r, counted from
// 00:00:00:00. A number that drop-frame leaves out is the first that follows
// it. False when the rate has no such frame number.
func (r Rate) Frame(t Timecode) (int64, bool) {
	nominal := r.Nominal()
	if t.Frames >= nominal || t.Drop && r.dropped() == 0 {
		return 0, false
	}
	minutes := t.Hours*60 + t.Minutes
	f := t.Frames
	if !t.Drop {
		return (minutes*60+t.Seconds)*nominal + f, true
	}
	if t.Minutes%10 != 0 && t.Seconds == 0 {
		f = max(f, r.dropped())
	}
	return (minutes*60+t.Seconds)*nominal + f - r.dropped()*(minutes-minutes/10), true
}

// Seconds is n/per seconds (a film editor's n/ds, a count of centiseconds),
// rounded to the nearest nanosecond. per must be positive.
func Seconds(n, per int64) time.Duration {
	return time.Duration(DivRound(n, int64(time.Second), per))
}
