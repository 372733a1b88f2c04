package transcript

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/captions"
	"dropcut/pipeline/timeline"
)

// heard is words as a person writes them down: word@start-end in milliseconds,
// ~ where the time is estimated.
func heard(all []captions.Word, rate timeline.Rate) string {
	var out []string
	for _, w := range all {
		mark := "@"
		if w.Estimated {
			mark = "~"
		}
		out = append(out, fmt.Sprintf("%s%s%d-%d", w.Text, mark, rate.Millis(w.Start), rate.Millis(w.End)))
	}
	return strings.Join(out, " ")
}

const (
	whisperCPP = `{"result":{"language":"en"},"transcription":[{"timestamps":{"from":"00:00:00,000","to":"00:00:04,000"},"offsets":{"from":0,"to":4000},"text":" Well, fellow Americans: ask.",
"tokens":[{"text":"[_BEG_]","offsets":{"from":0,"to":0},"id":50363,"p":0.98},{"text":" Well","offsets":{"from":320,"to":600},"p":0.7},{"text":",","offsets":{"from":600,"to":640},"p":0.9},
{"text":" fell","offsets":{"from":1000,"to":1200},"p":0.5},{"text":"ow","offsets":{"from":1200,"to":1400},"p":0.9},{"text":" Americans","offsets":{"from":1400,"to":2000},"p":0.9},{"text":":","offsets":{"from":2000,"to":2000},"p":0.9},
{"text":" ask","offsets":{"from":3000,"to":3400},"p":0.9},{"text":".","offsets":{"from":3400,"to":3500},"p":0.9},{"text":"[_TT_200]","offsets":{"from":4000,"to":4000},"p":0.1}]}]}`
	verbose = `{"task":"transcribe","language":"english","duration":4.0,"text":"The beach, well-known! Is 5 o'clock.","words":[{"word":"The","start":0.0,"end":0.24},{"word":"beach","start":0.24,"end":0.68},
{"word":"well","start":1.0,"end":1.2},{"word":"known","start":1.2,"end":1.52},{"word":"Is","start":2.0,"end":2.2},{"word":"5","start":2.2,"end":2.4},{"word":"o'clock","start":2.4,"end":3.0}],
"segments":[{"id":0,"start":0.0,"end":1.6,"text":" The beach, well-known!"},{"id":1,"start":2.0,"end":3.0,"text":" Is 5 o'clock."}]}`
	whisperPython = `{"text":" Hi there.","segments":[{"id":0,"start":1.0,"end":2.0,"text":" Hi there.","words":[{"word":" Hi","start":1.0,"end":1.4,"probability":0.5},{"word":" there.","start":1.4,"end":2.0,"probability":0.9}]}],"language":"de"}`
	json3         = `{"wireMagic":"pb3","events":[{"tStartMs":0,"dDurationMs":9000,"id":1,"wpWinPosId":1},
{"tStartMs":1000,"dDurationMs":4000,"wWinId":1,"segs":[{"utf8":"hello","acAsrConf":0},{"utf8":" and","tOffsetMs":400},{"utf8":" welcome","tOffsetMs":1000}]},
{"tStartMs":2990,"dDurationMs":2010,"wWinId":1,"aAppend":1,"segs":[{"utf8":"\n"}]},
{"tStartMs":3000,"dDurationMs":2000,"wWinId":1,"segs":[{"utf8":"everybody"}]}]}`
	rollingVTT = "WEBVTT\nKind: captions\nLanguage: en\n\n00:00:01.000 --> 00:00:03.000 align:start position:0%\n \nhello<00:00:01.400><c> and</c><00:00:02.000><c> welcome</c>\n\n" +
		"00:00:03.000 --> 00:00:03.010 align:start position:0%\nhello and welcome\n \n\n00:00:03.010 --> 00:00:05.000 align:start position:0%\nhello and welcome\nto<00:00:03.400><c> the</c><00:00:04.000><c> show</c>\n\n" +
		"00:00:05.000 --> 00:00:05.010 align:start position:0%\nto the show\n \n\n00:00:05.010 --> 00:00:06.000\nto the show\neverybody\n"
	amazon       = `{"jobName":"x","results":{"language_code":"en-US","transcripts":[{"transcript":"Hi there. You"}],"items":[{"start_time":"0.5","end_time":"0.74","alternatives":[{"confidence":"0.9","content":"Hi"}],"type":"pronunciation"},{"start_time":"1.0","end_time":"1.5","alternatives":[{"confidence":"1.0","content":"there"}],"type":"pronunciation"},{"alternatives":[{"confidence":"0.0","content":"."}],"type":"punctuation"},{"start_time":"1.5","end_time":"2.0","alternatives":[{"confidence":"1.0","content":"You"}],"type":"pronunciation"}]}}`
	google       = `{"results":[{"alternatives":[{"transcript":"Hi there","confidence":0.9,"words":[{"startTime":{"seconds":"1","nanos":500000000},"endTime":{"seconds":"2"},"word":"Hi"},{"startTime":"2s","endTime":"2.500s","word":"there"}]}],"languageCode":"en-us"}]}`
	speechmatics = `{"job":{"lang":"en","duration":62},"words":[{"duration":"0.12","confidence":"1.000","name":"On","time":"1.00"},{"duration":"0.5","confidence":"0.9","name":"one","time":"1.20"},{"duration":"0.0","confidence":null,"name":".","time":"1.70"}]}`
	matics2      = `{"format":"2.7","metadata":{"transcription_config":{"language":"fr"}},"results":[{"alternatives":[{"confidence":0.9,"content":"Bonjour","language":"fr"}],"end_time":1.5,"start_time":1.0,"type":"word"},{"alternatives":[{"confidence":1.0,"content":"!"}],"attaches_to":"previous","end_time":1.5,"start_time":1.5,"type":"punctuation"}]}`
	diarized     = `{"task":"transcribe","duration":27.4,"text":"A: Hi","segments":[{"type":"transcript.text.segment","id":"seg_001","start":0.0,"end":2.0,"text":"Thanks for calling.","speaker":"agent"}]}`
)

func TestWordsKeepTheTimesTheirFileGives(t *testing.T) {
	rate := timeline.Rate50
	for _, c := range []struct{ why, file, format, language, want string }{
		{"tokens of whisper.cpp", whisperCPP, "whispercpp", "en", "Well,@320-640 fellow@1000-1400 Americans:@1400-2000 ask.@3000-3500"},
		{"words beside the segments take their marks", verbose, "openai", "en", "The@0-240 beach,@240-680 well-known!@1000-1520 Is@2000-2200 5@2200-2400 o'clock.@2400-3000"},
		{"words in the segments", whisperPython, "openai", "de", "Hi@1000-1400 there.@1400-2000"},
		{"json3: a word ends where the next begins", json3, "json3", "", "hello@1000-1400 and@1400-1920 welcome@2000-2880 everybody@3000-4060"},
		{"automatic WebVTT says every line once", rollingVTT, "vtt", "en", "hello@1000-1400 and@1400-1920 welcome@2000-2880 to@3020-3400 the@3400-3920 show@4000-4620 everybody~5020-6000"},
		{"Amazon", amazon, "amazon", "en-US", "Hi@500-740 there.@1000-1500 You@1500-2000"},
		{"Google", google, "google", "en-US", "Hi@1500-2000 there@2000-2500"},
		{"Speechmatics", speechmatics, "speechmatics", "en", "On@1000-1120 one.@1200-1700"},
		{"Speechmatics, second version", matics2, "speechmatics", "fr", "Bonjour!@1000-1500"},
		{"segments by speaker have no word times", diarized, "openai", "", "Thanks~0-580 for~580-920 calling.~920-2000"},
	} {
		f, err := Read([]byte(c.file))
		if err != nil {
			t.Errorf("%s: %v", c.why, err)
			continue
		}
		words := Words(f.Said, rate, 5000)
		checkWords(t, words, 5000)
		if got := heard(words, rate); f.Format != c.format || f.Language != c.language || got != c.want || f.WordTimed != strings.Contains(c.want, "@") {
			t.Errorf("%s: %s %q word-timed %v\n got %s\nwant %s", c.why, f.Format, f.Language, f.WordTimed, got, c.want)
		}
	}
}

func TestALetterCutBetweenTokensIsMended(t *testing.T) {
	tokens := func(all ...string) string {
		var out []string
		for i, x := range all {
			out = append(out, fmt.Sprintf(`{"text":"%s","offsets":{"from":%d,"to":%d},"p":1}`, x, i*500, i*500+500))
		}
		return strings.Join(out, ",")
	}
	for _, c := range []struct{ why, text, tokens, want string }{
		{"one letter over two tokens", " Größe zählt", tokens(" Gr", "\xc3", "\xb6\xc3\x9fe", " z", "\xc3\xa4hlt"), "Größe@0-1500 zählt@1500-2500"},
		{"a script without spaces", "日本語", tokens("日", "\xe6\x9c", "\xac", "語"), "日@0-500 本@500-1500 語@1500-2000"},
		{"the last letter", " é", tokens(" \xc3", "\xa9"), "é@0-1000"},
		{"tokens that say something else than the segment", " Haus", tokens(" \xc3", "x"), "Haus~0-3000"},
	} {
		file := `{"transcription":[{"offsets":{"from":0,"to":3000},"text":"` + c.text + `","tokens":[` + c.tokens + `]}],"x":"äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü"}`
		f, err := Read([]byte(file))
		if err != nil {
			t.Errorf("%s: %v", c.why, err)
			continue
		}
		if got := heard(Words(f.Said, timeline.Rate50, 500), timeline.Rate50); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
}

func TestSoundsAndSpeakersAreNoWordsInTimedWordsEither(t *testing.T) {
	part := func(at int, text string) Part { return Part{Start: seconds(at), End: seconds(at + 1), Text: text} }
	all := []Timed{{Start: 0, End: seconds(20), Text: "x", Parts: []Part{part(0, " [door"), part(1, " slams]"), part(2, " >>"), part(3, " JOHN:"), part(4, " Hel"), part(5, "lo"), part(6, " ♪"), part(7, " -"), part(8, " again"), part(9, " (LAUGHTER)")}}}
	if got := texts(Words(all, testRate, 900)); got != "Hello -|again" {
		t.Error(got)
	}
}

func TestWordTimedSamplesAreRead(t *testing.T) {
	dir := sample(t, "transcripts")
	for name, want := range map[string]struct {
		words int
		first string
	}{
		"stt/amazonTranscribe.sample.json":        {1000, "There@"},
		"stt/gcpStt.sample.json":                  {1000, "there@12900-13300"},
		"stt/speechmatics-short.sample.json":      {100, "On@960-1080"},
		"whisper/openai_example_diarization.json": {15, "Thanks~0-"},
		"youtube/transcript.xml.static":           {0, ""},
	} {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		f, err := Read(b)
		if want.words == 0 {
			continue
		}
		words := Words(f.Said, timeline.Rate50, 50*7200)
		checkWords(t, words, 50*7200)
		if err != nil || len(words) < want.words || !strings.HasPrefix(heard(words[:1], timeline.Rate50), want.first) {
			t.Errorf("%s: %d words, %s, %v", name, len(words), heard(words[:min(len(words), 3)], timeline.Rate50), err)
		}
		t.Logf("%s: %s, %d words: %s", name, f.Language, len(words), heard(words[:8], timeline.Rate50))
	}
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

func FuzzTimedWords(f *testing.F) {
	for _, s := range []string{whisperCPP, verbose, whisperPython, json3, rollingVTT, amazon, google, speechmatics, matics2, diarized, `{"transcription":[{"offsets":{"from":0,"to":9e9}}]}`, `{"segments":[{"start":1e99,"end":"x","text":""}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkRead(t, b) })
}
