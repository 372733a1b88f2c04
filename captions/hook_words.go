package captions

import "strings"

// Words that say what a line does. Only words that are plain in their role, in
// the languages whose small words lists.go knows.
var (
	commands = wordSet("look watch stop ask wait don't never imagine guess listen try get go take see come let's remember think keep make give tell hold " +
		"mira espera escucha regarde regardez attends attendez écoute schau schaut warte wartet hör guarda aspetta ascolta olha espere " +
		"kijk wacht luister смотри смотрите подожди подождите слушай дивись дивіться зачекай κοίτα περίμενε")
	superlatives = wordSet("most best biggest worst first last only ever never every nobody everyone everybody always secret crazy insane impossible unbelievable " +
		"incredible amazing greatest fastest cheapest rarest mejor nunca único primera primero jamais meilleur premier seul nie beste erste letzte einzige " +
		"mai migliore unico melhor primeiro nooit enige лучший никогда первый единственный найкращий ніколи перший καλύτερο ποτέ")
	reveals = wordSet("reveal reveals revealed revealing secret finally introducing unveil unveiled behold surprise revelar secreto sorpresa " +
		"révèle enfin secrets überraschung endlich geheimnis enthüllt sorpresa finalmente segreto segredo surpresa eindelijk geheim verrassing " +
		"наконец секрет сюрприз нарешті επιτέλους μυστικό")
	revealOpenings = []string{"this is", "here it is", "here they are", "here is", "here's", "meet", "watch what", "look what", "wait for", "wait till", "wait until",
		"and there it is", "there it is", "esto es", "aquí está", "voici", "voilà", "das ist", "hier ist", "ecco", "este é", "dit is", "это", "вот", "ось"}
	offers = wordSet("buy price sale discount deal code shop order preorder stock sold cheap free drop drops restock bundle shipping link " +
		"comprar precio oferta descuento gratis acheter prix promo soldes gratuit kaufen preis angebot rabatt kostenlos ausverkauft " +
		"comprare prezzo sconto offerta grátis preço desconto kopen prijs korting купить цена скидка бесплатно купити ціна знижка αγορά τιμή έκπτωση")
	units = wordSet("second seconds minute minutes hour hours day days piece pieces item items unit units left pair pairs plate plates lamp lamps " +
		"segundos minutos horas piezas secondes minutes heures pièces sekunden minuten stunden stück secondi minuti ore pezzi " +
		"seconden uur stuks секунд минут часов штук хвилин годин λεπτά ώρες")
	leavings = wordSet("left only last until remaining remain more till quedan sólo solo últimos reste restent plus encore dernières noch nur übrig letzten " +
		"rimasti restano ultimi restam últimas só nog over laatste осталось последние только залишилось останні μόνο έμειναν")
	runsOut = wordSet("t-minus countdown")
	numbers = wordSet("two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million " +
		"dos tres cuatro cinco diez cien mil deux trois quatre cinq dix cent mille zwei drei vier fünf zehn hundert tausend due tre quattro cinque dieci cento " +
		"dois três quatro dez twee drie vier vijf tien honderd два три четыре пять десять сто тысяча п'ять δύο τρία δέκα εκατό")
	firstPersons = wordSet("i i'm i've i'll i'd my me myself we we're we've our yo mi je j'ai mon ma ich mein wir io mio eu meu minha ik mijn я мой мы мій ми εγώ μου")
)

// wordSet is words parted by spaces, each folded as Fold does.
func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}
