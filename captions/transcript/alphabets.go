package transcript

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// alphabet is an encoding of one byte a letter, and the languages that are
// written in it: their letters beyond ASCII, the commonest first.
type alphabet struct {
	name      string
	code      *charmap.Charmap
	languages map[string]string
}

var (
	russian   = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
	ukrainian = "оанивітерслкудмпяьзгбчйхїєжцюшщфґ"
	bulgarian = "аиоетнрсвлкдпмзуябъгчжйщцшхфью"
)

// alphabets are those that subtitles are found in, those first that are found
// most: where two give the same text, the first names it.
var alphabets = []alphabet{
	{"Windows-1252", charmap.Windows1252, map[string]string{
		"fr": "éèàêçôâîùûœëïæ", "de": "üäöß", "es": "óáíéñúü¿¡", "pt": "ãáéçíóêõâúàô", "it": "èàòùìé", "nl": "ëéïèöü", "sv": "äöåé", "da": "øåæé", "nb": "øåæéòô", "fi": "äöå",
		"is": "áíðéóþöúæý", "ca": "àóéèçíòïúü", "sq": "ëç", "et": "äõüö"}},
	{"Windows-1250", charmap.Windows1250, map[string]string{
		"pl": "łąęóżśćńź", "cs": "íáěéýřščžůúťňóď", "sk": "áíčéýžšúťôľóňďäŕĺ", "hu": "áéőöíüóúű", "ro": "ăîşţâ", "hr": "čšžćđ", "sl": "čšž"}},
	{"Windows-1254", charmap.Windows1254, map[string]string{"tr": "ıüşğçöİâî"}},
	{"Windows-1251", charmap.Windows1251, map[string]string{"ru": russian, "uk": ukrainian, "bg": bulgarian, "sr": "аоиенрстјувкдмлпбзгчшжћцљњђхфџ"}},
	{"KOI8-R", charmap.KOI8R, map[string]string{"ru": russian}},
	{"Windows-1253", charmap.Windows1253, map[string]string{"el": "αοιτσενηρκπυμλςίάόέδήγωύχθφώβξζψϊ"}},
	{"Windows-1255", charmap.Windows1255, map[string]string{"he": "יוהלאתרמשבםנכעדחקפגסטןצזךץף"}},
	{"Windows-1256", charmap.Windows1256, map[string]string{"ar": "اليمونرتبعدسهفكحقةجشصطأخضىذثزءغئإظؤآ،؟", "fa": "اینردهمتوبسشکزلگخفعقپجحچطصذغثضئآ،؟"}},
	{"Windows-874", charmap.Windows874, map[string]string{"th": "านร่อกเง้มยลวดีท์ัสตะิปบคหแจพชขใไุโู็ผณศซธื"}},
}

const (
	shareLost   = 0.9  // each letter is so much rarer than the one before it
	rareLetter  = -11  // bits: one that its language does not have
	readsWell   = -6.5 // bits a letter; what is read rightly has -3 to -5.5
	isItsOwn    = 1.0  // bits in favour of the language that the file's name says
	farEnough   = 0.4  // bits by which a reading beats any other, where no name helps
	lettersLeft = 12   // letters that tell a script
)

// reading is a text in one encoding, and how likely a language's letters make it.
type reading struct {
	name, text string
	bits       float64 // mean of a letter's logarithm
	letters    int
	latin      bool
	own        bool // in the language that it should be in
}

// spelled reads a text in the encoding of one byte a letter in which its
// letters are likeliest; tag is the language it should be in, where that is
// known. False when none stands out.
func spelled(b []byte, tag string) (reading, bool) {
	head := b[:min(len(b), guessed)]
	var best, second reading
	for _, a := range alphabets {
		r, ok := a.read(head, tag)
		switch {
		case !ok || r.text == best.text:
		case best.text == "" || r.bits > best.bits:
			best, second = r, best
		case second.text == "" || r.bits > second.bits:
			second = r
		}
	}
	switch {
	case best.text == "" || best.bits < readsWell:
		return best, false
	case best.own:
		return best, true
	case !best.latin && best.letters < lettersLeft, !best.latin && second.text != "" && best.bits < second.bits+farEnough:
		return best, false
	}
	return best, true
}

// read is the text in the language of the alphabet that makes it likeliest;
// false where it cannot be read so.
func (a alphabet) read(b []byte, tag string) (reading, bool) {
	out, err := a.code.NewDecoder().Bytes(b)
	if err != nil {
		return reading{}, false
	}
	text := string(out)
	if isGarbled(text) {
		return reading{}, false
	}
	r := reading{name: a.name, text: text, bits: math.Inf(-1)}
	for language, letters := range a.languages {
		bits, n := weigh(text, letters)
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		own := base == language
		if own {
			bits += isItsOwn
		}
		if bits > r.bits {
			r.own, r.bits, r.letters, r.latin = own, bits, n, !strings.ContainsFunc(letters, func(c rune) bool { return unicode.IsLetter(c) && !unicode.Is(unicode.Latin, c) })
		}
	}
	return r, r.letters > 0
}

// weigh is the mean logarithm of how common a text's letters beyond ASCII are
// in a language, and how many there are. Signs that every encoding has do not count.
func weigh(text, letters string) (bits float64, n int) {
	order := []rune(letters)
	rank := make(map[rune]float64, len(order))
	all := (1 - math.Pow(shareLost, float64(len(order)))) / (1 - shareLost)
	for i, r := range order {
		rank[r] = math.Log2(math.Pow(shareLost, float64(i)) / all)
	}
	for _, r := range text {
		if r < utf8.RuneSelf || isEverywhere(r) {
			continue
		}
		n++
		own, ok := rank[r]
		if !ok {
			own, ok = rank[unicode.ToLower(r)]
		}
		if !ok {
			own = rareLetter
		}
		bits += own
	}
	if n == 0 {
		return math.Inf(-1), 0
	}
	return bits / float64(n), n
}

// isEverywhere reports whether a sign beyond ASCII tells nothing: all of these
// encodings have it, mostly in the same place.
func isEverywhere(r rune) bool {
	return strings.ContainsRune("\u00a0“”„‘’‚–—…«»°€•·\u200e\u200f\ufeff", r)
}

// isGarbled reports whether a text holds what nobody writes: letters of two
// scripts in one word, a capital behind a small letter, a mark on no letter,
// signs in the middle of words, and places that stand for nothing.
func isGarbled(text string) bool {
	wrong, all := 0, 0
	before := ' '
	for _, r := range text {
		last := before
		before = r
		if r >= utf8.RuneSelf && !isEverywhere(r) {
			all++
		} else if last < utf8.RuneSelf || !unicode.IsLetter(r) {
			continue
		}
		switch {
		case r == utf8.RuneError, !unicode.IsGraphic(r) && !isEverywhere(r) && !unicode.Is(unicode.Cf, r),
			unicode.IsUpper(r) && unicode.IsLower(last),
			unicode.Is(unicode.M, r) && !unicode.IsLetter(last) && !unicode.Is(unicode.M, last),
			unicode.IsLetter(r) && unicode.IsLetter(last) && scriptOf(r) != scriptOf(last),
			r >= utf8.RuneSelf && unicode.IsLetter(last) && unicode.In(r, unicode.S, unicode.N):
			wrong++
		}
	}
	return wrong*50 > all
}

// scriptOf is the alphabet that a letter is of.
func scriptOf(r rune) *unicode.RangeTable {
	for _, t := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Hebrew, unicode.Arabic, unicode.Thai} {
		if unicode.Is(t, r) {
			return t
		}
	}
	return nil
}
