package captions

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dropcut/pipeline/timeline"
)

// What words can tell of a moment.
const (
	Reveals = "reveal" // something is shown or has come about: look, here it is
	Sells   = "offer"  // something can be had: link, price, sold out
)

// Telling is words by which people show or sell something.
type Telling struct {
	Window timeline.Window // from the first of them to the end of the last
	Kind   string          // Reveals or Sells
	Text   string          // as the list has them
}

// telling is what people say when they show something or sell it, in small
// letters. It is the same list for every recording: a language is not asked
// for, because people mix them. Words that are said all the time are left out.
var telling = map[string][]string{
	Reveals: {
		"reveal", "unveil", "here it is", "there it is", "here we go", "there we go", "this is it", "check this out", "check it out", "look at this", "look at that",
		"oh my god", "oh my gosh", "no way", "let's go", "i can't believe", "the moment you", "ladies and gentlemen", "are you ready", "ta-da", "tada", "voilà", "drum roll",
		"miren esto", "mira esto", "aquí está", "ahí está", "no lo puedo creer", "dios mío", "vamos allá", "por fin",
		"olha isso", "olhem isso", "aqui está", "meu deus", "não acredito", "finalmente",
		"regardez ça", "regarde ça", "le voilà", "la voilà", "les voilà", "c'est parti", "oh mon dieu", "j'y crois pas", "incroyable",
		"schaut euch das an", "schau dir das an", "da ist es", "da ist er", "da ist sie", "oh mein gott", "los geht's", "unglaublich", "endlich",
		"guardate qui", "guarda qui", "eccolo", "eccola", "ecco qua", "oh mio dio", "non ci credo", "incredibile",
		"kijk eens", "daar is hij", "daar is het", "ongelooflijk",
		"patrzcie na to", "oto jest", "o mój boże", "nie wierzę",
		"işte bu", "işte burada", "inanmıyorum", "aman tanrım",
		"смотрите", "вот оно", "вот он", "вот она", "боже мой", "не может быть", "поехали", "наконец-то",
		"дивіться", "ось воно", "боже мій", "не може бути",
		"انظروا", "ها هو", "ها هي", "يا إلهي", "لا أصدق", "أخيرا",
		"תראו", "הנה זה", "אלוהים", "לא מאמין",
		"देखिए", "ये देखो", "यह देखो", "ये रहा", "हे भगवान",
		"ดูนี่", "นี่ไง", "มาแล้ว", "โอ้พระเจ้า",
		"lihat ini", "ini dia", "ya ampun", "akhirnya",
		"nhìn này", "đây rồi", "trời ơi", "cuối cùng",
		"看这个", "看這個", "快看", "就是这个", "就是這個", "来了来了", "天哪", "天啊", "终于", "終於", "揭晓", "揭曉",
		"見てください", "見て見て", "これです", "じゃーん", "ついに", "発表します", "やばい",
		"보세요", "이겁니다", "이거예요", "드디어", "짜잔", "대박", "세상에",
	},
	Sells: {
		"link in bio", "link below", "link in the", "sold out", "in stock", "limited edition", "discount", "promo code", "use code", "coupon", "add to cart",
		"buy now", "order now", "pre-order", "preorder", "how much", "the price", "giveaway", "free shipping", "only today", "last ones", "available now",
		"enlace en", "agotado", "descuento", "cupón", "código", "edición limitada", "envío gratis", "cuánto cuesta", "el precio", "sorteo", "compra ya", "a la venta",
		"link na bio", "esgotado", "desconto", "cupom", "edição limitada", "frete grátis", "quanto custa", "o preço", "sorteio",
		"lien en bio", "en stock", "rupture de stock", "code promo", "édition limitée", "livraison gratuite", "combien ça coûte", "le prix", "précommande", "en vente",
		"link in der", "ausverkauft", "rabatt", "gutschein", "limitierte", "kostenloser versand", "wie viel kostet", "der preis", "vorbestellen", "gewinnspiel",
		"esaurito", "sconto", "codice", "edizione limitata", "spedizione gratuita", "quanto costa", "il prezzo",
		"uitverkocht", "korting", "kortingscode", "wyprzedane", "zniżka", "rabat", "tükendi", "indirim", "kupon",
		"ссылка в", "распродано", "скидка", "промокод", "сколько стоит", "розыгрыш", "знижка",
		"الرابط في", "نفد", "خصم", "كود", "السعر", "קוד קופון", "הנחה", "המחיר",
		"छूट", "कूपन", "कीमत", "ลดราคา", "โค้ด", "ราคา", "สินค้าหมด", "diskon", "kode promo", "harganya", "giảm giá", "mã giảm", "bao nhiêu tiền", "hết hàng",
		"链接", "連結", "优惠", "優惠", "折扣", "售罄", "卖完", "限量", "下单", "下單", "多少钱", "多少錢", "抽奖",
		"リンク", "割引", "クーポン", "完売", "売り切れ", "限定", "送料無料", "予約", "いくら", "お値段",
		"링크", "할인", "쿠폰", "품절", "완판", "한정", "무료배송", "얼마",
	},
}

// phrase is one entry of the list as it is looked for.
type phrase struct {
	text, kind string
	whole      bool // of a script that puts spaces between words
}

// tellers is the list by the first letter of what is looked for.
var tellers = func() map[rune][]phrase {
	out := map[rune][]phrase{}
	for kind, all := range telling {
		for _, text := range all {
			r, _ := utf8.DecodeRuneInString(text)
			out[r] = append(out[r], phrase{text, kind, !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)})
		}
	}
	return out
}()

// Tellings finds where words show or sell something, in order, whatever their
// language. words are in order.
func Tellings(words []Word) []Telling {
	var text strings.Builder
	var starts []int // of each word in text
	for _, w := range words {
		starts = append(starts, text.Len())
		if t := Fold(w.Text); t != "" {
			text.WriteString(t)
			text.WriteByte(' ')
		}
	}
	var out []Telling
	said := text.String()
	for i, at := range starts {
		end := text.Len()
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		for k, r := range said[at:end] {
			p, ok := longest(said[at+k:], tellers[r], k == 0)
			if !ok {
				continue
			}
			last := i
			for last+1 < len(starts) && starts[last+1] < at+k+len(p.text) {
				last++
			}
			out = append(out, Telling{timeline.Window{In: words[i].Start, Out: max(words[last].End, words[i].End)}, p.kind, p.text})
			break // a word tells one thing
		}
	}
	return out
}

// longest is the longest of the phrases that text begins with. One of whole
// words begins where a word does, and ends there; where no space is written
// between words, nobody knows.
func longest(text string, all []phrase, first bool) (best phrase, ok bool) {
	for _, p := range all {
		found := strings.HasPrefix(text, p.text)
		if p.whole {
			found = found && first && strings.HasPrefix(text[len(p.text):], " ")
		} else if !found {
			found = strings.HasPrefix(strings.ReplaceAll(text[:min(len(text), 4*len(p.text))], " ", ""), p.text)
		}
		if found && len(p.text) > len(best.text) {
			best, ok = p, true
		}
	}
	return best, ok
}
