package captions

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// HookKind is what an opening line does to earn attention.
type HookKind string

// The kinds, in the order in which a line that does several things is named.
const (
	KindCountdown   HookKind = "countdown"   // time or things run out
	KindOffer       HookKind = "offer"       // a price, a stock, a way to buy
	KindQuestion    HookKind = "question"    // asks
	KindReveal      HookKind = "reveal"      // promises that something will be shown
	KindImperative  HookKind = "imperative"  // tells the viewer what to do
	KindSuperlative HookKind = "superlative" // the first, the most, never, nobody
	KindNumber      HookKind = "number"      // has a number
	KindQuote       HookKind = "quote"       // somebody speaks of themselves, or is quoted
	KindStatement   HookKind = "statement"   // none of these
)

// KindOf is what a line does first of all.
func KindOf(text string) HookKind {
	if kinds := kindsOf(text); len(kinds) > 0 {
		return kinds[0]
	}
	return KindStatement
}

// kindsOf is all that a line does, in the order of the kinds.
func kindsOf(text string) []HookKind {
	words := strings.Fields(text)
	if len(words) == 0 {
		return nil
	}
	l := readLine(words)
	var out []HookKind
	for _, k := range []struct {
		kind HookKind
		is   bool
	}{
		{KindCountdown, l.countsDown()},
		{KindOffer, l.has(offers) || l.says(offerPhrases) || l.price},
		{KindQuestion, l.asks},
		{KindReveal, l.has(reveals) || l.reveals()},
		{KindImperative, commands[l.folded[0]] || l.folded[0] == "never" && len(l.folded) > 1 && neverDo[l.folded[1]]},
		{KindSuperlative, l.has(superlatives)},
		{KindNumber, l.number},
		{KindQuote, l.quoted || l.has(firstPersons)},
	} {
		if k.is {
			out = append(out, k.kind)
		}
	}
	return out
}

// line is what rules ask of one.
type line struct {
	folded               []string
	asks, number, quoted bool
	price                bool // a sign of money, or a part off
	digits               int  // words that are nothing but digits
}

func readLine(words []string) line {
	text := strings.Join(words, " ")
	l := line{asks: asks(text),
		quoted: strings.IndexAny(text, `"“„«「`) == 0,
		price:  strings.ContainsAny(text, "$€£¥₽₴₹₩₺") || partOff.MatchString(text)}
	for _, w := range words {
		f := Fold(w)
		l.folded = append(l.folded, f)
		if f != "" && strings.Trim(f, "0123456789.,:") == "" {
			l.digits++
		}
		l.number = l.number || strings.ContainsFunc(f, isChineseNumber) || strings.ContainsFunc(f, unicode.IsNumber) || numbers[f]
	}
	return l
}

// asks reports whether a line ends or begins as a question does; the Greek
// sign is a semicolon once text is normalised.
func asks(text string) bool {
	switch lastSign(text) {
	case '?', '؟', '？', '՞':
		return true
	case ';':
		return strings.ContainsFunc(text, isGreek)
	}
	return strings.HasPrefix(text, "¿")
}

// has reports whether one of the words is in a set.
func (l line) has(set map[string]bool) bool {
	return slices.ContainsFunc(l.folded, func(w string) bool { return set[w] })
}

// says reports whether one of the phrases is in the line: as whole words, or
// anywhere where a script writes no spaces, or no end of words.
func (l line) says(phrases []string) bool {
	spaced := " " + strings.Join(l.folded, " ") + " "
	return slices.ContainsFunc(phrases, func(p string) bool {
		if strings.ContainsFunc(p, func(r rune) bool { return IsUnspaced(r) || unicode.Is(unicode.Hangul, r) }) {
			return strings.Contains(spaced, p)
		}
		return strings.Contains(spaced, " "+p+" ")
	})
}

// reveals reports whether the line begins as one that shows something, and not
// with what it does not show.
func (l line) reveals() bool {
	text := strings.Join(l.folded, " ") + " "
	for _, p := range revealOpenings {
		if rest, ok := strings.CutPrefix(text, p+" "); ok {
			next, _, _ := strings.Cut(rest, " ")
			return !refusals[next]
		}
	}
	return false
}

// partOff is a part of a price: 20% off, -50 %.
var partOff = regexp.MustCompile(`(?i)\d\s?% off|[-−–]\s?\d+\s?%|save \d+\s?%`)

func isChineseNumber(r rune) bool {
	return strings.ContainsRune("二三四五六七八九十百千万萬两兩", r)
}

// countsDown is three numbers that fall, something that is half or nearly gone,
// or so many of something with a word for what is left of it: "only" before the
// number, "left" behind what is counted.
func (l line) countsDown() bool {
	if l.digits >= 3 && len(l.folded) <= 2*l.digits || l.number && (l.has(runsOut) || l.says(leftPhrases)) || l.says(gonePhrases) {
		return true
	}
	for i, w := range l.folded {
		if !isCount(w) {
			continue
		}
		few := slices.ContainsFunc(l.folded[max(i-3, 0):i], func(w string) bool { return fewOnly[w] })
		behind := l.folded[i+1:]
		if len(behind) > 0 && leftOver[behind[0]] && (few || len(behind) == 1 || len(behind) == 2 && soon[behind[1]]) { // "three left", and no "two left feet"
			return true
		}
		unit := slices.IndexFunc(behind[:min(len(behind), 2)], func(w string) bool { return units[w] })
		if unit < 0 {
			continue
		}
		after := behind[unit+1:]
		if few || slices.ContainsFunc(after[:min(len(after), 3)], func(w string) bool { return leftOver[w] }) {
			return true
		}
	}
	return false
}

// isCount reports whether a folded word says how many.
func isCount(w string) bool {
	return numbers[w] || w == "one" || strings.ContainsFunc(w, unicode.IsNumber)
}
