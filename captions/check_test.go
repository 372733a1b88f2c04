package captions

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dropcut/pipeline/timeline"
)

func TestWhatIsComposedKeepsTheRulesButWhereWordsAreSaidTooFast(t *testing.T) {
	f := testFonts(t)
	rapid.Check(t, func(t *rapid.T) {
		var words []Word
		at := int64(0)
		rate := rapid.SampledFrom(timeline.Standards()).Draw(t, "rate")
		for range rapid.IntRange(1, 25).Draw(t, "words") {
			at += rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 90)).Draw(t, "gap")
			n := rapid.Int64Range(1, 60).Draw(t, "frames")
			words = append(words, Word{Text: manyScripts().Draw(t, "text"), Start: at, End: at + n, LastOfCue: rapid.Bool().Draw(t, "last")})
			at += n
		}
		style := rapid.SampledFrom([]string{Karaoke, Phrase, Subtitle}).Draw(t, "style")
		track := Compose(Transcript{Language: "en", Words: words}, style, canvasGenerator().Draw(t, "canvas"), rate, f)
		in := rapid.Int64Range(0, at).Draw(t, "in")
		for _, clip := range []timeline.Window{{In: 0, Out: at + 100}, {In: in, Out: in + rapid.Int64Range(30, 900).Draw(t, "length")}} {
			for _, fault := range track.Check(clip).Faults {
				if !fault.Said && !(fault.Rule == "flash" && isAlone(track, fault.Window)) {
					t.Fatalf("%+v", fault)
				}
			}
		}
	})
}

// isAlone reports whether the caption at w cannot be read any better together
// with a caption beside it.
func isAlone(t Track, w timeline.Window) bool {
	i := slices.IndexFunc(t.Cues, func(c Cue) bool { return c.Window == w })
	return i >= 0 && (i == 0 || !t.better(&t.Cues[i-1], &t.Cues[i])) && (i+1 == len(t.Cues) || !t.better(&t.Cues[i], &t.Cues[i+1]))
}

func TestCaptionsThatFitAsOneExcuseNothing(t *testing.T) {
	f := testFonts(t)
	clip := timeline.Window{In: 0, Out: 900}
	for style, frames := range map[string]int64{Karaoke: 6, Phrase: 7, Subtitle: 9} {
		words := said("It is so. We are in. They go. He is up. You do it.", 0, 14*frames)
		track := Compose(Transcript{Language: "en", Words: words}, style, phone, testRate, f)
		if r := track.Check(clip); !r.OK() {
			t.Errorf("%s: %s", style, r.Detail())
		}
		// the same words, a caption for each two
		var split []Cue
		for i := 0; i+1 < len(words); i += 2 {
			c := track.Cues[0]
			c.Window = timeline.Window{In: words[i].Start, Out: words[i+1].End}
			c.Words, c.Lines, c.full, c.closed, c.key = words[i:i+2], [][]int{{0, 1}}, true, false, -1
			split = append(split, c)
		}
		track.Cues = split
		r := track.Check(clip)
		if style == Karaoke { // ten frames are enough for two words
			if !r.OK() {
				t.Errorf("%s: %s", style, r.Detail())
			}
		} else if r.OK() {
			t.Errorf("%s: captions of %d frames excuse each other: %s", style, 2*frames, r.Detail())
		}
	}
}

func TestWhatNobodyCanReadIsNeverExcused(t *testing.T) {
	f := testFonts(t)
	words := said(strings.Repeat("Wonderful. ", 40), 0, 80)
	track := Compose(Transcript{Language: "en", Words: words}, Karaoke, phone, testRate, f)
	if r := track.Check(timeline.Window{In: 0, Out: 80}); r.OK() || r.Faults[0].Rule != "flash" || !strings.Contains(r.Detail(), "250 are the least") {
		t.Errorf("%s", r.Detail())
	}
}

func TestFewWordsTooBriefToReadJoinTheirNeighbours(t *testing.T) {
	words := said("I do. I am. So it is. We go up. He is in it. Oh no.", 0, 17*3)
	for _, c := range Compose(Transcript{Language: "en", Words: words}, Karaoke, phone, testRate, testFonts(t)).Cues {
		if c.Window.Frames() < testRate.FramesOfMillis(250) {
			t.Errorf("%q stands for %d frames", c.texts(), c.Window.Frames())
		}
	}
}

func TestACaptionTooBriefToBeSeenIsLentTime(t *testing.T) {
	words := said("Extraordinary misunderstandings. Unquestionably. Incomprehensibilities everywhere.", 0, 110)
	words[2].Start, words[2].End = words[1].End, words[1].End+6 // 200 ms
	for i := 3; i < len(words); i++ {
		words[i].Start, words[i].End = words[i].Start-words[3].Start+words[2].End, words[i].End-words[3].Start+words[2].End
	}
	words[3].Start = words[2].End
	track := Compose(Transcript{Language: "en", Words: words}, Karaoke, phone, testRate, testFonts(t))
	if r := track.Check(timeline.Window{In: 0, Out: 300}); !r.OK() {
		t.Errorf("%s", r.Detail())
	}
	i := slices.IndexFunc(track.Cues, func(c Cue) bool { return len(c.Words) == 1 && Fold(c.Words[0].Text) == "unquestionably" })
	if i < 1 {
		t.Fatalf("%v", shownAs(track))
	}
	if c := track.Cues[i]; c.Window.Frames() != testRate.FramesOfMillis(flash) || c.Words[0].Start-c.Window.In > 2 || track.Cues[i-1].Window.Out != c.Window.In {
		t.Errorf("%v after %v", c.Window, track.Cues[i-1].Window)
	}
}

func TestEveryRuleCanBeBroken(t *testing.T) {
	f := testFonts(t)
	clip := timeline.Window{In: 0, Out: 900}
	fresh := func(style string) Track {
		return Compose(Transcript{Language: "en", Words: said("Here we are again, my friends. And there is more to come today.", 30, 300)}, style, phone, testRate, f)
	}
	if r := fresh(Phrase).Check(clip); !r.OK() || len(r.Faults) != 0 || r.Captions < 3 {
		t.Fatalf("%+v", r)
	}
	long := func(c *Cue) { c.Words[0].Text = strings.Repeat("i", 60) }
	for rule, spoil := range map[string]func(x *Track){
		"columns": func(x *Track) { long(&x.Cues[0]) },
		"lines":   func(x *Track) { x.Cues[0].Lines = [][]int{{0}, {1}, {2}} },
		"short":   func(x *Track) { x.Cues[1].full, x.Cues[1].Window.Out = false, x.Cues[1].Window.In+8 },
		"flash":   func(x *Track) { x.Cues[1].Window.Out = x.Cues[1].Window.In + 6 },
		"long":    func(x *Track) { x.Cues[len(x.Cues)-1].Window.Out += 400 },
		"fast":    func(x *Track) { x.Cues[1].full, x.Cues[1].Window.Out = false, x.Cues[1].Window.In+8 },
		"gap":     func(x *Track) { x.Cues[0].Window.Out -= 6 },
		"early":   func(x *Track) { x.Cues[0].Window.In -= 20 },
		"overlap": func(x *Track) { x.Cues[0].Window.Out += 4 },
		"box":     func(x *Track) { x.Cues[0].percent = 300 },
	} {
		x := fresh(Phrase)
		spoil(&x)
		found := false
		for _, fault := range x.Check(clip).Faults {
			found = found || fault.Rule == rule && !fault.Said
		}
		if r := x.Check(clip); !found || r.OK() || !strings.Contains(r.Detail(), "captions") {
			t.Errorf("%s is not seen: %+v", rule, r)
		}
	}
}

func TestFastSpeechIsExcusedAndCounted(t *testing.T) {
	f := testFonts(t)
	words := said("Extraordinarily straightforward communication notwithstanding considerable misunderstandings everywhere", 0, 45)
	r := Compose(Transcript{Language: "en", Words: words}, Phrase, phone, testRate, f).Check(timeline.Window{In: 0, Out: 46})
	if !r.OK() || len(r.Faults) <= r.Captions || !strings.Contains(r.Detail(), fmt.Sprintf("%[1]d captions; %[1]d on screen as long as their words allow", r.Captions)) {
		t.Errorf("%s %+v", r.Detail(), r.Faults)
	}
}

func TestThePictureCheckSeesWhatIsWrong(t *testing.T) {
	f := testFonts(t)
	track := Compose(Transcript{Language: "en", Words: said("Here we are.", 0, 60)}, Phrase, phone, testRate, f)
	right := track.Events(timeline.Window{In: 0, Out: 100})
	moved := track.Events(timeline.Window{In: 0, Out: 100})
	for i := range moved {
		moved[i].Text = strings.Replace(moved[i].Text, `\pos(540,`, `\pos(200,`, 1)
	}
	all := []still{{"right", right, 30}, {"moved", moved, 30}, {"nothing", []Event{{Window: timeline.Window{In: 0, Out: 60}, Style: Phrase}}, 30}}
	for i, pair := range film(t, phone, f, all) {
		if fault := judge(pair, all[i], phone); (fault == "") != (i == 0) {
			t.Errorf("%s: %q", all[i].name, fault)
		}
	}
}

func TestANameKeepsItsCapitalsWhereTheyAreItsOwn(t *testing.T) {
	words := said("buy the iPhone or a Nova", 0, 90)
	words[2].Fixed, words[5].Fixed = true, true
	track := Compose(Transcript{Language: "en", Words: words}, Karaoke, phone, testRate, testFonts(t))
	if got := strings.Join(shownAs(track), " "); got != "BUY THE iPhone OR A NOVA" {
		t.Errorf("capitals: %q", got)
	}
	flat := said("BUY THE iPhone NOW", 0, 90)
	flat[2].Fixed = true
	if got := strings.Join(sentences("en", flat), " "); got != "Buy the iPhone now" {
		t.Errorf("sentence: %q", got)
	}
}

func TestOrdinarySwearWordsAreMaskedAndInnocentOnesAreNot(t *testing.T) {
	for tag, words := range map[string]string{
		"en": "fuck fuckers motherfuckers clusterfuck FUUUCK fucking bullshit bullshitter shits shiiit shithead bitches wankers cocksuckers son-of-a-bitch assholes",
		"ru": "хуй нахуй похуй хуйня нихуя охуенно ебаный заебись наебал долбоёб ёбаный суки сука сукой блядский блять бля пиздец спиздил распиздяй мудаки",
		"uk": "хуйня нахуй пиздець блядь заєбись суки мудак",
		"it": "cazzo cazzi cazzata stronzi stronza incazzato vaffanculo coglioni merda puttane fottuto",
		"es": "mierda jodido jodida joder putas hijoputa cabrones pendejos coño gilipollas chingada",
		"fr": "merde emmerder putain putes connards salope enculés niquer",
		"de": "Scheiße Scheißegal beschissen verfickt ficken Arschlöcher Wichser Hurensöhne",
		"pt": "merdas caralho porra putaria foda foda-se fodido", "nl": "klootzakken godverdomme neuken", "el": "μαλάκας γαμημένο σκατά",
	} {
		for w := range strings.FieldsSeq(words) {
			if got := MaskText(w, tag); got == w || !strings.Contains(got, "*") {
				t.Errorf("%s: %s stays", tag, w)
			}
		}
	}
	for tag, words := range map[string]string{
		"en": "Scunthorpe shiitake classic cockpit Essex assassin Hancock mishit pushit dickens button Moby Dick snigger niggle faggoted bass passhole swank Cuntz",
		"ru": "страхуй подстрахуй застрахуй психуй рубль рубля употреблять потреблять ослаблять ребята ребёнок требовать хлеба небо себе тебя учебный мебель лебедь загребать погреб хуже худой сук сукно суконный мудрый мудрец команда ебонит потребитель оскорблять истреблять",
		"uk": "страхуй хліба небо треба рубль худий сукня мудрий вживати", "it": "cazzuola incastro scrittore merluzzo puttino", "es": "computadora disputa reputación diputado hostal jota chingolo codo",
		"fr": "connaître concert député saloon mercredi", "de": "scheinen arschkalt Fichte Schlamm verstrickt", "pt": "reputação deputado disputa computador foto modo", "nl": "hoera lullaby neuklein",
	} {
		for w := range strings.FieldsSeq(words) {
			if got := MaskText(w, tag); got != w {
				t.Errorf("%s: %s is masked: %s", tag, w, got)
			}
		}
	}
}

func TestSwearWordsAreMaskedByChoice(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"en", "What the fuck, this shitty thing!", "What the f**k, this s****y thing!"},
		{"en", "Scunthorpe shiitake classic", "Scunthorpe shiitake classic"},
		{"de", "So eine Scheiße.", "So eine S*****e."},
		{"xx", "fuck", "fuck"},
		{"und", "fuck", "f**k"},
	} {
		if got := MaskText(c.text, c.lang); got != c.want {
			t.Errorf("%s: %q, want %q", c.lang, got, c.want)
		}
	}
	words := said("oh fuck", 0, 30)
	if got := Masked([]Transcript{{Language: "en", Words: words}})[0].Words[1].Text; got != "f**k" || words[1].Text != "fuck" {
		t.Errorf("%q %q", got, words[1].Text)
	}
}
