package transcript

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// ebuSTL is the one kind that is no text.
const ebuSTL = "ebu-stl"

// format is one kind of file that brings words.
type format struct {
	name string
	what string // for people
	is   func(raw) bool
	read func(raw) (File, error)
}

// formats is every kind, the surest to be told first.
var formats = []format{
	{"whispercpp", "JSON of whisper.cpp (-oj, -ojf)", has("transcription.offsets.from"), readWhisperCPP},
	{"json3", "json3 of YouTube", has("events.tStartMs"), readYouTube},
	{"amazon", "JSON of Amazon Transcribe", has("results.items.alternatives"), readAmazon},
	{"google", "JSON of Google Speech-to-Text", has("results.alternatives.words"), readGoogle},
	{"speechmatics", "JSON of Speechmatics", isSpeechmatics, readSpeechmatics},
	{"openai", "JSON of OpenAI and of Whisper (verbose_json, diarized_json)", isOpenAI, readOpenAI},
	{"timedtext", "timed text of YouTube (XML)", roots("transcript", "timedtext"), readTimedText},
	{"ttml", "TTML, DFXP", roots("tt"), readTTML},
	{ebuSTL, "EBU STL", isEBU, readEBU},
	{"vtt", "WebVTT", isVTT, readCues},
	{"ass", "ASS, SSA", isASS, readASS},
	{"sbv", "SubViewer of YouTube (SBV)", begins(sbvLine), readSBV},
	{"microdvd", "MicroDVD", begins(microLine), readMicroDVD},
	{"stl", "Spruce STL", begins(spruceLine), readSpruce},
	{"lrc", "LRC", begins(lrcLine), readLRC},
	{"scc", "Scenarist closed captions", starts("Scenarist_SCC"), refuse("closed captions of Scenarist (SCC) are not read; turn them into SRT: ffmpeg -i FILE.scc FILE.srt")},
	{"rttm", "RTTM", begins(rttmLine), refuse("RTTM says who speaks when, but no words")},
	{"srt", "SubRip", isSRT, readCues},
}

// starts tells a text by its first words.
func starts(with string) func(raw) bool {
	return func(in raw) bool { return strings.HasPrefix(firstLine(in.head()), with) }
}

// begins tells a text by one of its first lines.
func begins(line *regexp.Regexp) func(raw) bool {
	return func(in raw) bool {
		n := 0
		for l := range strings.SplitSeq(in.head(), "\n") {
			if l = strings.TrimSpace(l); l == "" {
				continue
			}
			if line.MatchString(l) {
				return true
			}
			if n++; n > 12 {
				return false
			}
		}
		return false
	}
}

// roots tells an XML document by its first element.
func roots(names ...string) func(raw) bool {
	return func(in raw) bool { return slices.Contains(names, in.root) }
}

var rttmLine = regexp.MustCompile(`^SPEAKER \S+ \d+ \d+\.?\d* \d+\.?\d* `)

// refuse reads nothing of a kind that is known, and says why.
func refuse(why string) func(raw) (File, error) {
	return func(raw) (File, error) { return File{}, errors.New(why) }
}

// has tells a JSON document by one of its keys.
func has(key string) func(raw) bool { return func(in raw) bool { return in.keys[key] } }

func isVTT(in raw) bool {
	rest, ok := strings.CutPrefix(firstLine(in.head()), "WEBVTT")
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

// arrowLine is how a cue's line of times begins, in any state of repair.
var arrowLine = regexp.MustCompile(`(?m)^\s*\d\S{0,30}\s*-->`)

func isSRT(in raw) bool { return arrowLine.MatchString(in.head()) }
