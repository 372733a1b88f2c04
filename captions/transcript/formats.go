package transcript

import (
	"regexp"
	"strings"
)

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
	{"vtt", "WebVTT", isVTT, readCues},
	{"srt", "SubRip", isSRT, readCues},
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
