package captions

import (
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
	if kinds := kindsOf(strings.Fields(text)); len(kinds) > 0 {
		return kinds[0]
	}
	return KindStatement
}

// kindsOf is all that a line does, in the order of the kinds.
func kindsOf(words []string) []HookKind {
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
		{KindOffer, l.has(offers) || l.price},
		{KindQuestion, l.asks},
		{KindReveal, l.has(reveals) || l.opens(revealOpenings)},
		{KindImperative, commands[l.folded[0]]},
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
	price                bool
	digits               int // words that are nothing but digits
}

func readLine(words []string) line {
	text := strings.Join(words, " ")
	l := line{asks: asks(text),
		quoted: strings.IndexAny(text, `"“„«「`) == 0,
		price:  strings.ContainsAny(text, "$€£¥₽₴₹₩₺%")}
	for _, w := range words {
		f := Fold(w)
		l.folded = append(l.folded, f)
		if f != "" && strings.Trim(f, "0123456789.,:") == "" {
			l.digits++
		}
		l.number = l.number || strings.ContainsFunc(f, unicode.IsNumber) || numbers[f]
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

// opens reports whether the line begins with one of the phrases.
func (l line) opens(phrases []string) bool {
	text := strings.Join(l.folded, " ") + " "
	return slices.ContainsFunc(phrases, func(p string) bool { return strings.HasPrefix(text, p+" ") })
}

// countsDown is three numbers that fall, or a number of something with a word
// for what is left of it, or for how soon.
func (l line) countsDown() bool {
	if l.digits >= 3 && len(l.folded) <= 2*l.digits {
		return true
	}
	return l.number && (l.has(units) && l.has(leavings) || l.has(runsOut))
}
