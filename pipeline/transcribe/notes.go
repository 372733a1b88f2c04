package transcribe

import (
	"fmt"
	"time"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// The codes of this step's notes.
const (
	noTranscript        = "no_transcript"
	transcriptUnread    = "transcript_unreadable"
	transcriptElsewhere = "transcript_elsewhere"
	transcriptEnds      = "transcript_ends"
)

func isOurs(n pipeline.Note) bool {
	switch n.Code {
	case noTranscript, transcriptUnread, transcriptElsewhere, transcriptEnds:
		return true
	}
	return false
}

// missing says what would mend it when nobody knows what was said.
func missing(all []captions.Transcript, name string) []pipeline.Note {
	if len(all) > 0 {
		return nil
	}
	return []pipeline.Note{{Code: noTranscript, Detail: "no words are known of this moment, so its clips have no captions",
		Hint: fmt.Sprintf("dropcut run … --transcript FILE.srt %s (SRT or VTT, counted from the recording's start)", name)}}
}

// unread is a file found beside the recording that cannot be used.
func unread(name string, err error) pipeline.Note {
	return pipeline.Note{Code: transcriptUnread, Detail: fmt.Sprintf("%s was left out: %v", name, err),
		Hint: "give SRT or WebVTT in UTF-8"}
}

// elsewhere is a source that says nothing in the excerpt.
func elsewhere(x source, l loaded) pipeline.Note {
	detail := fmt.Sprintf("%s holds no words", x.Origin)
	if n := len(x.Words); n > 0 {
		rate := l.rec.Media.Rate
		detail = fmt.Sprintf("no words of %s fall into this moment: it covers %s to %s, and the moment is at %s", x.Origin,
			clock(rate, x.Words[0].Start), clock(rate, x.Words[n-1].End), clock(rate, l.moment.Payoff.In))
	}
	return pipeline.Note{Code: transcriptElsewhere, Detail: detail, Hint: "its times must count from the start of the recording"}
}

// endsEarly is a file that ends before the moment begins.
func endsEarly(x source, end int64, rate timeline.Rate) pipeline.Note {
	return pipeline.Note{Code: transcriptEnds, Detail: fmt.Sprintf("%s ends at %s, before this moment begins", x.Origin, clock(rate, end)),
		Hint: "give the words of the whole recording"}
}

// clock is a frame as a person reads its time: 1:02:03.
func clock(rate timeline.Rate, frame int64) string {
	s := int64(rate.Duration(frame) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
