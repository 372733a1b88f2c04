package captions

import "strings"

// Words that say what a line does. Only words that are plain in their role, in
// the languages whose small words lists.go knows.
var (
	commands = wordSet("look watch stop ask wait don't imagine guess listen try get go take see come let's remember think keep make give tell hold " +
		"mira espera escucha regarde regardez attends attendez écoute schau schaut warte wartet hör guarda aspetta ascolta olha espere " +
		"kijk wacht luister смотри смотрите подожди подождите слушай дивись дивіться зачекай κοίτα περίμενε")
	// never and what is not to be done: "never seen" tells nobody to do anything
	neverDo      = wordSet("ask buy do go let trust say forget give stop use eat put leave miss tell take pay try wear open look touch skip sell sleep underestimate wait wash throw come")
	superlatives = wordSet("most best biggest worst first last only ever never every nobody everyone everybody always secret crazy insane impossible unbelievable " +
		"incredible amazing greatest fastest cheapest rarest mejor nunca único primera primero jamais meilleur premier seul nie beste erste letzte einzige " +
		"mai migliore unico melhor primeiro nooit enige лучший никогда первый единственный найкращий ніколи перший καλύτερο ποτέ")
	reveals = wordSet("reveal reveals revealed revealing secret finally introducing unveil unveiled behold surprise revelar secreto sorpresa " +
		"révèle enfin secrets überraschung endlich geheimnis enthüllt sorpresa finalmente segreto segredo surpresa eindelijk geheim verrassing " +
		"наконец секрет сюрприз нарешті επιτέλους μυστικό")
	revealOpenings = []string{"this is", "here it is", "here they are", "here is", "here's", "meet", "watch what", "look what", "wait for", "wait till", "wait until",
		"and there it is", "there it is", "esto es", "aquí está", "voici", "voilà", "das ist", "hier ist", "ecco", "este é", "dit is", "это", "вот", "ось"}
	refusals = wordSet("not no never nothing nobody isn't nicht kein keine nie nunca pas jamais non mai não niet geen не нет никогда ні δεν")
	// words that are about buying wherever they stand, and phrases of words that are not
	offers = wordSet("price prices discount preorder pre-order restock coupon cheaper giveaway " +
		"comprar precio oferta descuento gratis acheter prix promo soldes gratuit kaufen preis angebot rabatt kostenlos ausverkauft " +
		"comprare prezzo sconto offerta grátis preço desconto kopen prijs korting купить цена скидка бесплатно купити ціна знижка αγορά τιμή έκπτωση")
	offerPhrases = phraseList("buy now|buy it|buy one|buy yours|buy this|buy these|where to buy|for sale|on sale|sale ends|flash sale|big sale|best deal|great deal|good deal|special deal|" +
		"promo code|use code|with code|use the code|the code is|discount code|my code|shop now|shop link|in our shop|order now|order today|order yours|order it|in stock|out of stock|last in stock|" +
		"sold out|sold in|almost sold|for free|is free|are free|get it free|free shipping|free delivery|free gift|one free|new drop|limited drop|limited edition|drops today|drops tonight|drops tomorrow|drops now|drop is live|" +
		"link in bio|link below|link in the|link is live|link is up|bundle deal|half off|" +
		"多少钱|多少錢|优惠|優惠|折扣|免费|免費|下单|下單|半价|半價|限量|送料無料|割引|半額|完売|いくら|円です|무료|할인|품절|얼마|ลดราคา|ราคาเพียง|ส่งฟรี|ฟรี")
	units = wordSet("second seconds minute minutes hour hours day days piece pieces item items unit units pair pairs plate plates lamp lamps " +
		"segundos minutos horas piezas secondes minutes heures pièces sekunden minuten stunden stück secondi minuti ore pezzi " +
		"seconden uur stuks секунд минут часов штук хвилин годин λεπτά ώρες")
	// before the number, and behind what is counted
	fewOnly = wordSet("only just last final sólo solo quedan últimos últimas reste restent encore dernières derniers plus nur noch letzten rimasti restano ultimi restam últimas só nog laatste " +
		"осталось последние только залишилось останні μόνο έμειναν until till")
	leftOver = wordSet("left remaining remain more übrig rimasti restantes restants over осталось")
	soon     = wordSet("now today tonight here")
	// in scripts that run on, beside a number
	gonePhrases = phraseList("half of them are gone|half of them gone|half are gone|half of it is gone|almost gone|nearly gone|almost sold out|nearly sold out")
	leftPhrases = phraseList("只剩|仅剩|僅剩|还剩|還剩|最后|最後の|残り|のこり|あと|남았|밖에 안|เหลือแค่|เหลือเพียง|เหลืออีก|เพียง")
	runsOut     = wordSet("t-minus countdown")
	numbers     = wordSet("two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million " +
		"dos tres cuatro cinco diez cien mil deux trois quatre cinq dix cent mille zwei drei vier fünf zehn hundert tausend due tre quattro cinque dieci cento " +
		"dois três quatro dez twee drie vier vijf tien honderd два три четыре пять десять сто тысяча п'ять δύο τρία δέκα εκατό")
	firstPersons = wordSet("i i'm i've i'll i'd my me myself we we're we've our yo mi je j'ai mon ma ich mein wir io mio eu meu minha ik mijn я мой мы мій ми εγώ μου")
)

// phraseList is phrases parted by bars.
func phraseList(s string) []string { return strings.Split(s, "|") }

// wordSet is words parted by spaces, each folded as Fold does.
func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}
