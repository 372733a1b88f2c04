package transcript

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// script is an encoding and the letters that its language writes most.
type script struct {
	name   string
	code   encoding.Encoding
	common string
}

const kana = "のにをはがたでてとしるいなれらもっかまりすさこうくよそきあんだどえけせちつみめわやおねへじぶばびイトンスラリルクアドシーテレマタ、。"

// scripts are the encodings of several bytes a letter, without a mark of their
// own, that subtitles are found in.
var scripts = []script{
	{"GB18030", simplifiedchinese.GB18030, "的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市让这测试欢迎吗呢吧啊，。？！：“”"},
	{"Big5", traditionalchinese.Big5, "的一是不了人我在有他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她裡後小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長知民樣現分將外但身些與高意進把法此實回二理美點月明其種聲全工己話兒者向情部正名定女問力機給等幾很業最間新什打便位因重被走電四第門相次東政海口使教西再平真聽世氣信北少關並內加化由卻代軍產入先山五太水萬市讓測試歡迎嗎呢吧啊，。？！："},
	{"Shift JIS", japanese.ShiftJIS, kana},
	{"EUC-JP", japanese.EUCJP, kana},
	{"EUC-KR", korean.EUCKR, "이다는을가에고의하지은나도를사한어기아니리그로들자게서인대해시정일있것수보라만제과오스야여러안무면내우주으당거구말신원소부비상세미장전동마조할까요네습않때너와왜"},
}

const (
	guessed   = 64 << 10 // bytes that are looked at
	likely    = 0.25     // of the letters beyond ASCII are common ones in a text that is read rightly …
	standsOut = 1.4      // … and so many times more than in any other reading
)

// likeliest reads a text in the encoding in which it has most letters that its
// language uses often; tag is the language that its file's name says, "" when
// it says none. guess is "" when none stands out.
func likeliest(b []byte, tag string) (text, guess string) {
	head := b[:min(len(b), guessed)]
	best, second := 0.0, 0.0
	var found script
	for _, s := range scripts {
		switch share := s.share(head); {
		case share > best:
			best, second, found = share, best, s
		case share > second && s.common != found.common:
			second = share
		}
	}
	if best >= likely && best >= standsOut*second {
		if out, err := found.code.NewDecoder().Bytes(b); err == nil {
			return string(out), found.name
		}
	}
	r, ok := spelled(head, tag)
	if !ok && isWestern(b) {
		r, ok = reading{name: "Windows-1252"}, true
	}
	for _, a := range alphabets {
		if ok && a.name == r.name {
			if out, err := a.code.NewDecoder().Bytes(b); err == nil {
				return string(out), a.name
			}
		}
	}
	return "", ""
}

// share is how many of a text's letters beyond ASCII are common ones; 0 when
// it cannot be read so, or reads as signs.
func (s script) share(b []byte) float64 {
	out, err := s.code.NewDecoder().Bytes(b)
	if err != nil {
		return 0
	}
	text := string(out)
	all, common, wrong := 0, 0, 0
	before := ' '
	for i, r := range text {
		last := before
		if before = r; r < utf8.RuneSelf {
			continue
		}
		all++
		switch {
		case r == utf8.RuneError && i < len(text)-4, !unicode.IsGraphic(r), unicode.In(r, unicode.Co),
			unicode.IsUpper(r) && unicode.IsLower(last): // no word is written so
			wrong++
		case strings.ContainsRune(s.common, r):
			common++
		}
	}
	if all == 0 || wrong*50 > all {
		return 0
	}
	return float64(common) / float64(all)
}
