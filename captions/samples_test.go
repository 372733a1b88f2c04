package captions

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// sampleFolder is where real transcripts lie beside a checkout, if they do.
var sampleFolder = filepath.Join("..", "..", "shared", "samples", "transcripts")

var (
	notSaid = regexp.MustCompile(`(?m)^(?:WEBVTT.*|\d+|[\d:.,]+ --> .*|NOTE.*|STYLE.*)$`)
	element = regexp.MustCompile(`<[^>]*>`)
)

// saidIn is the first words of a subtitle file that a condition accepts: what
// is no number, time or markup.
func saidIn(t *testing.T, name string, most int, accept func(line string) bool) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(sampleFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(name, "gb2312") {
		if b, err = simplifiedchinese.GBK.NewDecoder().Bytes(b); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.ReplaceAll(strings.TrimPrefix(string(b), "\ufeff"), "\r", "")
	text = notSaid.ReplaceAllString(element.ReplaceAllString(text, ""), "")
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); IsSpoken(line) && accept(line) && len(out) < most {
			out = append(out, line)
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s says nothing", name)
	}
	return strings.Join(out, " ")
}

func TestRealTranscriptsInEveryStyleAreThereAndInsideTheBox(t *testing.T) {
	if _, err := os.Stat(sampleFolder); err != nil {
		t.Skip("the sample transcripts are not beside this checkout")
	}
	f := testFonts(t)
	var all []still
	for _, x := range []struct {
		lang, file, has string // a letter that the lines are known by
	}{
		{"en", "srt/example.srt", "e"}, {"en", "srt/example__Podcastindex-org.srt", "e"}, {"sv", "vtt-langs/captions.sv.vtt", "e"}, {"es", "vtt-langs/sintel-es.vtt", "e"},
		{"ru", "ttml/captions.dfxp", "ч"}, {"ja", "ttml/captions.dfxp", "香"}, {"zh", "srt/gb2312.srt", "的"},
		{"ar", "ttml/unicode-bidi-embed-direction-ltr-001.ttml", "مصر"},
	} {
		text := saidIn(t, x.file, 4, func(line string) bool { return strings.Contains(line, x.has) })
		words := strings.Fields(text)
		hook := strings.Join(words[:min(len(words), 6)], " ")
		s, why := stills(t, f, tongue{x.lang, text, string([]rune(hook)[:min(len([]rune(hook)), 40)])}, phone)
		if why != "" {
			t.Logf("%s in %s skipped: %s", x.lang, x.file, why)
			continue
		}
		all = append(all, s...)
	}
	if len(all) < 45 {
		t.Fatalf("%d stills of eight transcripts in four looks", len(all))
	}
	for i, pair := range film(t, phone, f, all) {
		keep(t, pair[0], "sample-"+all[i].name)
		if fault := judge(pair, all[i], phone); fault != "" {
			t.Errorf("%s: %s", all[i].name, fault)
		}
	}
}
