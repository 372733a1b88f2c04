package transcript

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asticode/go-astisub"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"dropcut/pipeline/timeline"
)

// plainly is stretches as a person writes them down, in milliseconds.
func plainly(all []Timed) string {
	var out []string
	for _, x := range all {
		out = append(out, fmt.Sprintf("%d-%d %s", x.Start.Milliseconds(), x.End.Milliseconds(), strings.ReplaceAll(x.Text, "\n", "/")))
	}
	return strings.Join(out, "; ")
}

const (
	ttmlFile = `<?xml version="1.0" encoding="UTF-16"?><tt xml:lang="fr" xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:frameRate="25" ttp:tickRate="10000000"><head><metadata><title>no</title></metadata></head>
<body><div begin="10s"><p begin="1s" dur="2.5s">Un <span>deux</span><br/>trois &amp; quatre</p><p begin="00:00:04:05" end="00:00:06.000"> cinq</p></div><div><p begin="200000000t" end="210000000t">six</p><p>nothing</p><p begin="30s">endless</p></div></body></tt>`
	ttmlWords = `<tt xml:lang="en"><body><div><p begin="0s" end="3s"><span begin="0s" end="0.5s">one </span><span begin="1s" end="1.5s">two</span></p></div></body></tt>`
	srv1      = `<?xml version="1.0" encoding="utf-8" ?><transcript><text start="1" dur="1.5">Tom &amp;amp; &lt;i&gt;Jerry&lt;/i&gt;</text><text start="5" dur="0.5"></text></transcript>`
	srv3      = `<timedtext format="3"><head><pen id="1"/></head><body><w t="0" id="1"/><p t="1000" d="4000" w="1"><s ac="0">hello</s><s t="500"> there</s></p><p t="2500" d="100" w="1" a="1">
</p></body></timedtext>`
	assFile = "[Script Info]\nTitle: x\n\n[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:01.00,0:00:03.00,D,{\\an8}Hel{\\i1}lo\\Nthere, {\\b1}you\nDialogue: 0,broken,0:00:03.00,D,lost\nComment: 0,0:00:01.00,0:00:03.00,D,no\nDialogue: 0,0:00:04.00,0:00:05.00,D,{\\p1}m 0 0 l 1 1{\\p0}\n"
	sungASS = "[Script Info]\n[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:01.00,0:00:03.00,D,{\\k50}Hel{\\k30}lo {\\kf100}there\n"
	sbvFile = "0:00:01.000,0:00:02.500\nHello\nthere\n\n0:00:03.000,0:00:04.000\nyou\n"
	micro   = "{1}{1}25.000\n{25}{50}Hello|{y:i}there\n{75}{100}{c:$0000ff}you\n"
	spruce  = "$FontName = Arial\n//a comment\n00:00:01:00 , 00:00:02:12 , Hello | there\n00:00:03:00,00:00:04:00,you\n"
	lrcFile = "[ar:Somebody]\n[la:en]\n[00:01.50]Hello there\n[00:03.00][00:09.00]again\n[00:05.00]\n[00:20.00]<00:20.00>word <00:20.50>by <00:21.00>word\n"
)

func TestCuesOfEveryKindAreRead(t *testing.T) {
	for _, c := range []struct{ why, file, format, language, want string }{
		{"TTML: lengths, frames, ticks, times within a part", ttmlFile, "ttml", "fr", "11000-13500 Un deux/trois & quatre; 14200-16000 cinq; 20000-21000 six"},
		{"timed text in seconds, escaped twice", srv1, "timedtext", "", "1000-2500 Tom & Jerry"},
		{"ASS: overrides, a damaged event, a comment, a drawing", assFile, "ass", "", "1000-3000 Hello/there, you"},
		{"SBV", sbvFile, "sbv", "", "1000-2500 Hello/there; 3000-4000 you"},
		{"MicroDVD that says its rate", micro, "microdvd", "", "1000-2000 Hello/there; 3000-4000 you"},
		{"Spruce STL", spruce, "stl", "", "1000-2480 Hello/there; 3000-4000 you"},
		{"LRC", lrcFile, "lrc", "en", "1500-3000 Hello there; 3000-5000 again; 9000-11900 again; 20000-24160 word by word"},
	} {
		f, err := Read([]byte(c.file))
		if got := plainly(f.Said); err != nil || f.Format != c.format || f.Language != c.language || got != c.want {
			t.Errorf("%s: %s %q %v\n got %s\nwant %s", c.why, f.Format, f.Language, err, got, c.want)
		}
		for cut := range len(c.file) { // whatever is broken off, nothing falls over
			_, _ = Read([]byte(c.file[:cut]))
		}
	}
}

func TestCuesWithWordTimesKeepThem(t *testing.T) {
	for _, c := range []struct{ why, file, want string }{
		{"TTML spans", ttmlWords, "one@0-500 two@1000-1500"},
		{"timed text in milliseconds", srv3, "hello@1000-1500 there@1500-2200"},
		{"karaoke in ASS", sungASS, "Hello@1000-1800 there@1800-2800"},
		{"LRC by the word", lrcFile, "Hello~1500-2260 there~2260-3000 again~3000-5000 again~9000-11900 word@20000-20500 by@20500-20940 word@21000-21620"},
	} {
		f, err := Read([]byte(c.file))
		if got := heard(Words(f.Said, timeline.Rate50, 5000), timeline.Rate50); err != nil || got != c.want {
			t.Errorf("%s: %v\n got %s\nwant %s", c.why, err, got, c.want)
		}
	}
}

func TestFramesAreOfTheRecordingsRateWhereNothingSaysOtherwise(t *testing.T) {
	file := []byte("{30}{60}Hello\n")
	if _, err := Read(file); err == nil || !strings.Contains(err.Error(), "{1}{1}25.000") {
		t.Errorf("frames of no rate: %v", err)
	}
	f, err := ReadFor(file, timeline.Rate30)
	if err != nil || plainly(f.Said) != "1000-2000 Hello" {
		t.Errorf("%s %v", plainly(f.Said), err)
	}
	f, err = Read([]byte(spruce))
	if err != nil || len(f.Notes) != 1 || f.Notes[0].Code != "rate_guessed" {
		t.Errorf("%v %v", f.Notes, err)
	}
}

// ebuFile is an EBU STL file as the library writes it.
func ebuFile(t testing.TB) []byte {
	t.Helper()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	subs := astisub.NewSubtitles()
	subs.Metadata = &astisub.Metadata{Framerate: 25, Language: astisub.LanguageEnglish, STLCreationDate: &now, STLRevisionDate: &now, STLDisplayStandardCode: "1"}
	for i, text := range []string{"Hello there", "you"} {
		subs.Items = append(subs.Items, &astisub.Item{StartAt: time.Duration(i+1) * time.Second, EndAt: time.Duration(i+1)*time.Second + 800*time.Millisecond, Lines: []astisub.Line{{Items: []astisub.LineItem{{Text: text}}}}})
	}
	var b strings.Builder
	if err := subs.WriteToSTL(&b); err != nil {
		t.Fatal(err)
	}
	return []byte(b.String())
}

func TestEBUFilesAreReadWhateverBroke(t *testing.T) {
	b := ebuFile(t)
	f, err := Read(b)
	if err != nil || f.Format != "ebu-stl" || plainly(f.Said) != "1000-1800 Hello there; 2000-2800 you" {
		t.Fatalf("%s %s %v", f.Format, plainly(f.Said), err)
	}
	if f, err := Read(b[:len(b)-5]); err != nil || plainly(f.Said) != "1000-1800 Hello there" {
		t.Errorf("a block that broke off: %s %v", plainly(f.Said), err)
	}
	for cut := 0; cut < len(b); cut += 7 {
		_, _ = Read(b[:cut])
	}
	for i := 11; i < ebuHeader; i++ {
		damaged := slices.Clone(b)
		damaged[i] = 0xFF
		if _, err := Read(damaged); err != nil && strings.Contains(err.Error(), "runtime") {
			t.Errorf("byte %d: %v", i, err)
		}
	}
}

func TestAnEncodingIsToldByTheLettersItGives(t *testing.T) {
	chinese := "你好，世界。这是一个测试，我们今天来看一看这个新的东西。"
	for _, c := range []struct {
		name, text string
		code       encoding.Encoding
	}{
		{"GB18030", chinese, simplifiedchinese.GB18030},
		{"Big5", "你好，這是一個測試，我們今天來看一看這個新的東西，大家說好不好？", traditionalchinese.Big5},
		{"Shift JIS", "こんにちは、今日はこの新しいものを見ていきましょう。", japanese.ShiftJIS},
		{"EUC-JP", "こんにちは、今日はこの新しいものを見ていきましょう。", japanese.EUCJP},
		{"EUC-KR", "안녕하세요 오늘은 이 새로운 것을 보여 드리겠습니다. 정말 좋은 날이네요.", korean.EUCKR},
		{"Windows-1251", "Сегодня мы покажем вам что-то невероятное, смотрите внимательно и не пропустите.", charmap.Windows1251},
		{"KOI8-R", "Сегодня мы покажем вам что-то невероятное, смотрите внимательно и не пропустите.", charmap.KOI8R},
		{"Windows-1253", "Καλησπέρα σε όλους, σήμερα θα δούμε κάτι που δεν έχετε ξαναδεί ποτέ στη ζωή σας.", charmap.Windows1253},
		{"Windows-1252", "Un café “déjà vu” pour les garçons", charmap.Windows1252},
		{"Windows-1252", "Heute zeigen wir euch etwas Schönes für draußen, überall und günstig.", charmap.Windows1252},
		{"Windows-1252", "¿Qué es esto? Mañana habrá más, señores, ¡no se lo pierdan!", charmap.Windows1252},
		{"Windows-1252", "Hoje não há promoção, só amanhã: três peças, uma opção, corações.", charmap.Windows1252},
		{"Windows-1252", "Perché no? È già così: più città, più virtù.", charmap.Windows1252},
		{"Windows-1252", "I dag får du se noget nyt på bordet, så kom nærmere, vær sød.", charmap.Windows1252},
		{"Windows-1252", "Nú er það komið: þetta er nýja úrið, sjáið þið það ekki?", charmap.Windows1252},
		{"Windows-1250", "Zażółć gęślą jaźń, proszę państwa. Dzisiaj mamy świetną cenę i wszystko się sprzedało.", charmap.Windows1250},
		{"Windows-1250", "Będzie taniej, ale tylko dziś.", charmap.Windows1250},
		{"Windows-1250", "Příliš žluťoučký kůň úpěl ďábelské ódy. Dnes máme skvělou cenu pro všechny.", charmap.Windows1250},
		{"Windows-1250", "Üdvözlök mindenkit, ma őszinte és különleges ajánlatunk van: tűzálló bögre.", charmap.Windows1250},
		{"Windows-1250", "Astăzi vă arătăm ceva nou și frumos, în sală.", nil},
		{"Windows-1254", "Şimdi arkadaşlar çok güzel bir ürün göstereceğim. İşte burada, gerçekten ışıl ışıl.", charmap.Windows1254},
		{"Windows-1255", "שלום לכולם היום אנחנו נראה לכם משהו מיוחד מאוד ויפה", charmap.Windows1255},
		{"Windows-1256", "مرحبا بكم اليوم سوف نرى شيئا جميلا جدا ومميزا", charmap.Windows1256},
		{"Windows-874", "สวัสดีครับวันนี้เรามีของดีมาให้ดูกันทุกคน", charmap.Windows874},
		{"Windows-1251", "Сьогодні ми покажемо вам щось неймовірне, її ціна є чудова.", charmap.Windows1251},
	} {
		if c.code == nil { // the letters with commas are not in it; those with cedillas were written for them
			c.code, c.text = charmap.Windows1250, strings.NewReplacer("ș", "ş", "ț", "ţ").Replace(c.text)
		}
		b, err := c.code.NewEncoder().Bytes([]byte(cueOne + c.text + "\n"))
		if err != nil {
			t.Fatal(c.name, err)
		}
		f, err := Read(b)
		if err != nil || f.Said[0].Text != c.text || len(f.Notes) != 1 || f.Notes[0].Code != "encoding_guessed" || !strings.Contains(f.Notes[0].Detail, c.name) {
			t.Errorf("%s: %v %v %v", c.name, plainly(f.Said), f.Notes, err)
		}
	}
	if f, err := Read([]byte(cueOne + chinese + "\n")); err != nil || len(f.Notes) != 0 {
		t.Errorf("UTF-8 is no guess: %v %v", f.Notes, err)
	}
}

func TestTheLanguageInAFilesNameHelpsToTellItsLetters(t *testing.T) {
	b, err := charmap.Windows1251.NewEncoder().Bytes([]byte(cueOne + "Привет мир\n"))
	if err != nil {
		t.Fatal(err)
	}
	if f, err := ReadIn(b, timeline.Rate30, "ru"); err != nil || f.Said[0].Text != "Привет мир" {
		t.Errorf("%v %v", plainly(f.Said), err)
	}
	if f, err := ReadIn(b, timeline.Rate30, "ja"); err == nil {
		t.Errorf("%v: a name that does not fit helps nothing", plainly(f.Said))
	}
	// a word whose bytes are good letters in both
	b, err = charmap.Windows1250.NewEncoder().Bytes([]byte(cueOne + "Dnes večer\n"))
	if err != nil {
		t.Fatal(err)
	}
	if f, err := ReadIn(b, timeline.Rate30, "cs"); err != nil || f.Said[0].Text != "Dnes večer" {
		t.Errorf("%v %v", plainly(f.Said), err)
	}
}

func FuzzKinds(f *testing.F) {
	for _, s := range []string{ttmlFile, ttmlWords, srv1, srv3, assFile, sungASS, sbvFile, micro, spruce, lrcFile, "[00:00.00]", "<tt><p begin=\"00:00:00.000\"></tt>", "{0}{}x"} {
		f.Add([]byte(s))
	}
	f.Add(ebuFile(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		checkRead(t, b)
		_, _ = ReadFor(b, timeline.Rate2997)
	})
}
