package shares

import (
	"fmt"
	"strings"
	"time"

	"dropcut/pipeline"
)

// The codes of notes. They are stable: pages, scripts and tests rely on them.
const (
	NoPost         = "no_post"          // a claim that was never posted: nothing is counted
	NoSnapshots    = "no_snapshots"     // no source told anything of this post
	NoSampleAfter  = "no_sample_after"  // the last sample lies before the edge: counted up to there
	WideGap        = "wide_gap"         // samples on either side of the edge lie far apart
	Fell           = "fell"             // a counter fell, and was held where it was
	StillMoving    = "still_moving"     // the source's counters of this time may still change
	Moved          = "moved"            // the source's counters come late: the figure may be low
	DayLevel       = "day_level"        // the source knows whole days only: estimated
	Late           = "late"             // data of the window came long after it
	BeforePost     = "before_post"      // data from before the post was left out
	AfterRemoval   = "after_removal"    // data from after the removal was left out
	InFuture       = "in_future"        // data of a time that has not come was left out
	Negative       = "negative_counter" // a counter below zero was left out
	Duplicates     = "duplicates"       // events that came more than once were counted once
	RemovedEarly   = "removed_early"    // the post was removed before its window ended, which ends there
	SharesNotTold  = "shares_not_told"  // the source tells no re-shares; that is not none
	ViewsNotTold   = "views_not_told"   // the source tells no views: no rate
	EventsBeside   = "events_beside"    // the source sends events too; its counters were taken
	MoreShares     = "more_shares"      // more re-shares than views: no rate
	SourcesDiffer  = "sources_differ"   // another source's interval does not meet this one's
	UnknownZone    = "unknown_zone"     // hours are UTC's
	Repost         = "repost"           // the clip was posted on this channel before
	CrossPosted    = "cross_posted"     // the clip was posted on another channel too
	SamePost       = "same_post"        // another claim reported the same post: counted there
	OnePost        = "one_post"         // one post cannot show how much posts differ
	PostsDiffer    = "posts_differ"     // posts differ by more than chance: see the wider interval
	HoursDiffer    = "hours_differ"     // what is compared was posted at other hours
	MayCountTwice  = "may_count_twice"  // one platform's counters may hold another's
	NotAllCounted  = "not_all_counted"  // some posts are not in the sum
	RemovedInside  = "removed_inside"   // posts removed early are in the sum
	EstimateInside = "estimate_inside"  // day-level estimates are in the sum
)

func note(code, format string, args ...any) pipeline.Note {
	return pipeline.Note{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// spoken is a stretch of time as a person says it, to the minute.
func spoken(d time.Duration) string {
	d = d.Round(time.Minute)
	h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case h >= 48 && m == 0 && h%24 == 0:
		return fmt.Sprintf("%d days", h/24)
	case m == 0:
		return fmt.Sprintf("%d h", h)
	case h == 0:
		return fmt.Sprintf("%d min", m)
	}
	return fmt.Sprintf("%d h %d min", h, m)
}

// some counts things: 1 post, 2 posts.
func some(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, strings.TrimSuffix(what, "s"))
}
