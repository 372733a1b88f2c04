package captions

import (
	"slices"
	"strings"
	"unicode"
)

// profane are stems of swear words by language: a word that is one, or one
// with an ending of its language, is masked. The lists are small on purpose:
// they hold what platforms limit, not what somebody may dislike.
var profane = map[string]struct{ stems, endings []string }{
	"en": {strings.Fields("fuck motherfuck bullshit shit bitch cunt asshole bastard dickhead cocksuck wank twat"), strings.Fields("s er ers ed ing in y ty tin ting es face head")},
	"es": {strings.Fields("mierda joder puta puto cabrón cabron coño gilipollas hostia pendejo pendeja chinga verga"), strings.Fields("s es r da do te ndo")},
	"fr": {strings.Fields("merde putain connard connasse salope enculé encule bordel foutre nique"), strings.Fields("s r s")},
	"de": {strings.Fields("scheiße scheisse scheiß arschloch fick fotze hurensohn wichser schlampe"), strings.Fields("n e en er es t haufen")},
	"it": {strings.Fields("cazzo merda stronzo stronza vaffanculo puttana troia coglione minchia"), strings.Fields("i e ni")},
	"pt": {strings.Fields("merda caralho porra puta foda buceta cuzão filho-da-puta"), strings.Fields("s r se")},
	"nl": {strings.Fields("kut klootzak godverdomme tering kanker hoer lul neuk"), strings.Fields("s en")},
	"ru": {strings.Fields("хуй хуя хуё блять блядь пизд еба ёба сука мудак"), strings.Fields("а у и е ы ть л ла ец ный ная ное")},
	"uk": {strings.Fields("хуй хуя блять блядь пизд йоба єба сука мудак"), strings.Fields("а у и і е ти ець")},
	"el": {strings.Fields("μαλάκα γαμώ γαμη σκατά πουτάνα"), strings.Fields("ς ες σου μένο")},
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

func isProfane(word, tag string) bool {
	list := profane[listed(tag)]
	for _, stem := range list.stems {
		if rest, ok := strings.CutPrefix(word, stem); ok && (rest == "" || slices.Contains(list.endings, rest)) {
			return true
		}
	}
	return false
}
