package captions

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// profane is swear words by language: the forms of each root with what stands
// before and behind it in words that mean nothing else, so that no innocent word
// is one (Scunthorpe, страхуй, cazzuola). The lists are small on purpose: they
// hold what platforms limit, not what somebody may dislike.
var profane = map[string]*regexp.Regexp{
	"en": roots(`(mother|cluster|mind|dumb|rat|un)?fu+c+k.*`, `(bull|horse|dip|bat|ape|chicken|dog|jack)?shit(s|e|ty|tier|tiest|ters?|ting|ted|tin|heads?|holes?|shows?|storms?|loads?|faces?|bags?)?`,
		`(son-of-a-)?bitch(es|y|ing|ed|in|iest)?`, `cunts?|cunty`, `(ass|arse)holes?|dumbass(es)?|jackass(es)?`, `bastards?`, `dickheads?`, `cocksuck(s|er|ers|ing)?`, `wank(s|er|ers|ing|ed|y)?`, `twats?`,
		`nigg(er|ers|a|as|az)`, `fagg?ots?`),
	"es": roots(`mierd(a|as|ero|oso|osa)`, `jod(er|ido|ida|idos|idas|iendo|e|es|en|an|as|ete|erse|erte)`, `(hijo|hija|hijos)?(de)?put(a|o|as|os|ada|adas|ita|itas|azo)`, `cabr(ón|on|ones|ona|onas|onazo)`, `coñ(o|os|azo)`,
		`gilipoll(as|ez|eces)`, `hostias?`, `pendej(o|a|os|as|ada|adas)`, `ching(a|as|ar|ada|adas|ado|ados|an|o|ue|uen|ón|ones|ona|onas|aste|ando)`, `vergas?`, `culer(o|a|os|as)`),
	"fr": roots(`(em|dé)?merd(e|es|er|é|ée|ant|ique|iques|eux|ier)`, `putains?|putes?`, `conn(ard|ards|arde|ardes|asse|asses|erie|eries)`, `salop(e|es|ard|ards|erie|eries)`, `encul(é|és|ée|ées|er|e|es|ent)`, `bordels?`, `foutre|foutu(s|e|es)?`, `niqu(e|es|er|é|ée|és|ent)`),
	"de": roots(`(be|ver|an)?schei(ß|ss).*`, `beschissen(e|er|es|en|em)?`, `arsch(loch|lochs|loches|löcher|löchern|geige|geigen)`, `(ver|ge|rum|herum|abge)?fick(e|en|er|ern|t|te|ten|st|erei)?|verfickt(e|er|es|en|em)?`, `fotzen?`, `hurens(ohn|ohns|öhne|öhnen)`, `wichs(er|ern|en|t|e)?`, `schlampen?`, `nutten?`),
	"it": roots(`cazz(o|i|ata|ate|one|oni|uto|uta|uti|eggiare|etto)`, `incazz(a|o|i|ato|ata|ati|ate|are|arsi|atura|ature)`, `merd(a|e|oso|osa|osi|ose|ata|ate)`, `stronz(o|i|a|e|ata|ate|one|oni)`, `(vaf)?fanculo`, `puttan(a|e|ata|ate|iere)`, `troi(a|e)`, `coglion(e|i|a|ata|ate|azzo)`, `minchi(a|e|ata|ate|one|oni)`, `fottut(o|a|i|e)`),
	"pt": roots(`merd(a|as|inha)`, `caralhos?`, `porras?`, `put(a|as|o|os|aria|arias|inha)`, `fod(a|as|e|er|eu|em|endo|ido|ida|idos|idas|ão)(-se)?`, `bucetas?`, `cuz(ão|ões|ona)`, `filho-da-puta|filhos-da-puta`, `arrombad(o|a|os|as)`),
	"nl": roots(`kut(ten|wijf|wijven|zooi|weer)?`, `klootzak(ken)?`, `(god)?verdomme|godver`, `tering(lijer|zooi)?`, `kanker(lijer|s)?`, `hoer(en)?`, `lul(len)?`, `(ge)?neuk(en|t|te|ten|er|ers)?`),
	"ru": roots(`(на|по|о|а|от|до|ни|за|вы|рас|при|про|с)?ху[йяеёюи].*`, `.*пизд.*`, `(вы|раз|от|на)?бля[дт].*|бля`, `(за|на|по|вы|от|отъ|до|про|пере|у|разъ|подъ|объ|съ|въ|изъ|долбо|недо|наи)?(еб[аёеулнитыш]|ёб).*`, `сук(а|и|е|у|ой|ою|ам|ами|ах|ин|ины|ина|ин)`, `муд(ак|ил|озвон|охает).*`, `пид(о|а)р.*`),
	"uk": roots(`(на|по|о|від|до|ні|за|ви|роз|при)?ху[йяєїюі].*`, `.*пизд.*`, `бля[дт].*|бля`, `(за|на|по|ви|від|до|про|пере|у|роз|під|об|з|с|в|довбо)?'?([їє]б[аеуилнт]|йоб).*`, `сук(а|и|у|о|ою|ам|ами|ах|ин)|суці`, `муд(ак|ил).*`, `під(о|а)р.*`),
	"el": roots(`μαλάκ(α|ας|ες)|μαλακί(α|ες|ας)|μαλακισμέν.*`, `γαμ(ώ|άω|άς|άει|ιέσαι|ήσου|ημέν.*|ώτο|η.*)`, `σκατ(ά|ό)`, `πουτάν(α|ες|ας)`),
}

// roots is one expression of several, of whole words.
func roots(all ...string) *regexp.Regexp {
	return regexp.MustCompile(`^(?:` + strings.Join(all, "|") + `)$`)
}

// Mask hides swear words of a language behind stars and leaves their first and
// last letter: "fuck" is "f**k". A language without a list changes nothing.
// The words are not changed; a copy is.
func Mask(words []Word, tag string) []Word {
	out := slices.Clone(words)
	for i := range out {
		out[i].Text = maskText(out[i].Text, tag)
	}
	return out
}

// Masked is transcripts with their swear words masked, each by its language.
func Masked(all []Transcript) []Transcript {
	out := slices.Clone(all)
	for i := range out {
		out[i].Words = Mask(out[i].Words, out[i].Language)
	}
	return out
}

// MaskText is text with its swear words masked.
func MaskText(text, tag string) string {
	parts := strings.Fields(text)
	for i := range parts {
		parts[i] = maskText(parts[i], tag)
	}
	return strings.Join(parts, " ")
}

func maskText(word, tag string) string {
	if !isProfane(Fold(word), tag) {
		return word
	}
	letter := func(r rune) bool { return unicode.IsLetter(r) }
	from, to := strings.IndexFunc(word, letter), strings.LastIndexFunc(word, letter)
	_, tail := splitRune(word[to:])
	letters := clusters(word[from : len(word)-len(tail)])
	for i := 1; i < len(letters)-1; i++ {
		letters[i] = "*"
	}
	return word[:from] + strings.Join(letters, "") + tail
}

func splitRune(s string) (head, tail string) {
	for i := range s {
		if i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// isProfane reports whether a folded word, or what a hyphen parts from it, is
// on its language's list, also with a letter held for long.
func isProfane(word, tag string) bool {
	list := profane[listed(tag)]
	if list == nil {
		return false
	}
	word = held(word)
	return list.MatchString(word) || strings.Contains(word, "-") && slices.ContainsFunc(strings.Split(word, "-"), list.MatchString)
}

// held is a word with one letter where it has three or more: "shiiit".
func held(word string) string {
	runes := []rune(word)
	out := runes[:0]
	for i := 0; i < len(runes); {
		n := 1
		for i+n < len(runes) && runes[i+n] == runes[i] {
			n++
		}
		out = append(out, runes[i])
		if n == 2 {
			out = append(out, runes[i])
		}
		i += n
	}
	return string(out)
}
