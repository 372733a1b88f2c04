package captions

import "strings"

// grammar is the small words of a language that decide where a line may break.
type grammar struct {
	tag    string          // of the language
	before map[string]bool // a break in front of these reads well: conjunctions, prepositions
	open   map[string]bool // no sentence ends in these, whatever sign stands behind them: articles, conjunctions
	tied   map[string]bool // never leave these at a line's end: articles, possessives, prepositions, pronouns, auxiliaries, negations
}

// grammars hold only words that are common and plain in their role.
var grammars = map[string]grammar{
	"en": words(
		"and but or nor so yet because although though while if when where that which who than as until unless since after before for with from into onto about over under between through during without within against in on at by to of",
		"a an the this that these those my your his her its our their some any every no each of in on at by to for with from into about as and or but i you he she it we they who is are was were am be been has have had do does did will would can could shall should may might must not don't doesn't didn't can't won't isn't aren't wasn't i'm you're we're they're it's he's she's very too so mr. mrs. ms. dr.",
		"a an the my your our their its every and or but nor because although than very mr. mrs. ms. dr."),
	"es": words(
		"y e o u pero porque aunque mientras si cuando donde que quien como hasta desde para con sin sobre entre hacia por en a de",
		"el la los las un una unos unas lo al del de en a con por para sin sobre mi tu su nuestro nuestra este esta estos estas ese esa y o que no se me te nos le les muy es son está están ha han he yo tú él ella",
		"el la los las un una unos unas del al y o e u pero mi tu su nuestro nuestra de en con para por"),
	"fr": words(
		"et ou mais car parce quand si que qui où comme avec sans pour dans sur sous entre vers par chez depuis pendant de à en",
		"le la les un une des du de d' l' au aux à en dans sur par pour avec sans mon ma mes ton ta tes son sa ses notre votre leur leurs ce cet cette ces et ou que qui ne n' pas je tu il elle on nous vous ils elles est sont a ont très se me te",
		"le la les un une des du de d' l' au aux à et ou mais car mon ma mes ton ta tes son sa ses notre votre leurs ce cet cette ces ne n' très"),
	"de": words(
		"und oder aber denn weil obwohl während wenn als dass ob bis seit mit ohne für gegen über unter zwischen durch von zu aus bei nach in an auf",
		"der die das den dem des ein eine einen einem einer eines mein dein sein ihr unser euer kein keine in an auf mit von zu für und oder nicht ich du er sie es wir ihr ist sind war hat haben wird werden kann sehr im am zum zur vom beim",
		"den dem des eine einen einem einer eines mein dein unser euer und oder aber denn weil obwohl dass ob im am zum zur vom beim für"),
	"it": words(
		"e o ma perché mentre se quando dove che chi come con senza per tra fra su da in a di",
		"il lo la i gli le un uno una di del della dei delle da dal dalla in nel nella su sul sulla con per a al alla mio tuo suo nostro vostro questo questa e o che non mi ti si ci è sono ha hanno molto",
		"il lo la i gli le un uno una di del della dei delle da dal dalla nel nella sul sulla al alla e o ma mio tuo suo nostro vostro"),
	"pt": words(
		"e ou mas porque embora enquanto se quando onde que quem como até desde para com sem sobre entre por em a de",
		"o a os as um uma uns umas do da dos das de em no na nos nas por para com sem meu minha teu seu sua nosso este esta esse essa e ou que não se me te eu você ele ela nós é são foi está tem muito",
		"o a os as um uma uns umas do da dos das de em no na nos nas e ou mas com para"),
	"nl": words(
		"en of maar want omdat hoewel terwijl als wanneer dat die tot met zonder voor tegen over onder tussen door van naar uit bij na in op aan",
		"de het een deze dit die dat mijn jouw zijn haar ons onze hun geen in op aan met van naar voor en of niet ik jij je hij zij ze wij we is was heeft heb wordt kan zeer te",
		"de een mijn jouw onze en of maar want omdat hoewel"),
	"ru": words(
		"и или но а потому хотя пока если когда где что кто чтобы как до с без для против над под между через от к из у после в на о",
		"в на с к о от до из у для без под над при про по за не ни и или а но я ты он она оно мы вы они мой твой его её наш ваш их этот эта это эти очень",
		"и или но а в на с к о от до из у для под над при про по не ни"),
	"uk": words(
		"і й та або але бо хоча поки якщо коли де що хто щоб як до з без для проти над під між через від із у після в на про",
		"в у на з із до від без для під над при про по за не ні і й та або але я ти він вона воно ми ви вони мій твій його її наш ваш їх цей ця це ці дуже",
		"і й та або але бо в у на з із до від для під над при про по не"),
	"el": words(
		"και ή αλλά γιατί επειδή αν όταν όπου που ότι όπως μέχρι με χωρίς για κατά πάνω κάτω μεταξύ από προς σε",
		"ο η το οι τα του της των τον την τις τους ένας μία ένα στο στη στην στον στα με για από σε και ή να θα δεν μην μη μου σου μας σας είναι πολύ",
		"ο η οι του της των τον την τις τους ένας μία και ή αλλά στο στη στην στον στα να θα"),
}

func words(before, tied, open string) grammar {
	return grammar{before: wordSet(before), tied: wordSet(tied), open: wordSet(open)}
}

// breaksOff reports whether a line that ends in a word has lost its end: the
// word belongs to one that does not follow.
func (g grammar) breaksOff(word string) bool {
	w := Fold(word)
	return g.open[w] || g.open[strings.ToLower(word)] || !EndsClause(word) && (g.tied[w] || g.before[w])
}

// grammarOf is the grammar of a BCP 47 tag. An unknown language has no small
// words: it breaks by punctuation and width alone.
func grammarOf(language string) grammar {
	g := grammars[listed(language)]
	g.tag = language
	return g
}
