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
	recogniserFailed    = "recogniser_failed"
	recogniserSilent    = "recogniser_heard_nothing"
	wordsInSilence      = "words_in_silence"
	translationFailed   = "translation_failed"
	proposalFailed      = "hooks_not_proposed"
	wordsCorrected      = "words_corrected"
)

func isOurs(n pipeline.Note) bool {
	switch n.Code {
	case noTranscript, transcriptUnread, transcriptElsewhere, transcriptEnds, recogniserFailed, recogniserSilent, wordsInSilence, translationFailed,
		languageMissing, encodingGuessed, rateGuessed, proposalFailed, wordsCorrected:
		return true
	}
	return false
}

// missing says what would mend it when nobody knows what was said. Where a
// recogniser was asked, its own note says what was wrong.
func (s *Step) missing(all []captions.Transcript, heard []pipeline.Note, l loaded) []pipeline.Note {
	if len(all) > 0 {
		return nil
	}
	byFile := fmt.Sprintf("dropcut run … --transcript FILE %s (counted from the recording's start)", l.rec.Name)
	n := pipeline.Note{Code: noTranscript, Detail: "no words are known of this moment, so its clips have no captions", Hint: byFile}
	switch {
	case !l.excerpt.HasSound:
	case s.Recogniser == nil:
		n.Hint = "dropcut recogniser install, then run again: the words are heard; or " + byFile
	case len(heard) > 0 && heard[0].Hint != "":
		n.Hint = heard[0].Hint
	}
	return []pipeline.Note{n}
}

// unheard is a recogniser that failed.
func unheard(name string, err error) pipeline.Note {
	return pipeline.Note{Code: recogniserFailed, Detail: fmt.Sprintf("%s did not hear this moment: %v", name, err), Hint: hintOf(err)}
}

// hintOf is what to do about something outside that failed.
func hintOf(err error) string {
	if hint := pipeline.AsError(err, pipeline.Transcribe).Hint; hint != "" {
		return hint
	}
	return "run again: what was made is kept"
}

// silent is a recogniser that heard nobody speak.
func silent(name string) pipeline.Note {
	return pipeline.Note{Code: recogniserSilent, Detail: name + " heard no words in this moment"}
}

// inSilence is words that a recogniser made up.
func inSilence(name string, n int) pipeline.Note {
	return pipeline.Note{Code: wordsInSilence, Detail: fmt.Sprintf("%d words that %s heard in silence were left out", n, name)}
}

// untranslated is a language that is not there.
func untranslated(name, language string, err error) pipeline.Note {
	return pipeline.Note{Code: translationFailed, Detail: fmt.Sprintf("%s did not translate into %s: %v", name, language, err), Hint: hintOf(err)}
}

// unproposed is hooks that are not there.
func unproposed(name string, err error) pipeline.Note {
	return pipeline.Note{Code: proposalFailed, Detail: fmt.Sprintf("%s proposed no hooks: %v", name, err), Hint: hintOf(err)}
}

// unread is a file found beside the recording that cannot be used.
func unread(name string, err error) pipeline.Note {
	return pipeline.Note{Code: transcriptUnread, Detail: fmt.Sprintf("%s was left out: %v", name, err),
		Hint: "give SRT, WebVTT or the JSON of a recogniser"}
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
