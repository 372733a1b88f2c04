package captions

import "testing"

func TestSentencesAreKnownByTheirEnds(t *testing.T) {
	for _, c := range []struct {
		tag, word, next string
		want            bool
	}{
		{"en", "no.", "Then", true}, {"en", "No.", "", true}, {"en", "No.", "5", false}, {"en", "no.", "“12”", false}, {"", "no.", "we", true}, {"de", "Nr.", "7", false}, {"de", "Nr.", "Dann", true},
		{"en", "m.", "Then", true}, {"fr", "M.", "Dupont", false}, {"fr", "Mme.", "Dupont", false}, {"de", "ca.", "5", false}, {"en", "ca.", "5", true}, {"pl", "ul.", "Długa", false}, {"es", "ul.", "x", true},
		{"es", "Av.", "Sur", false}, {"sv", "av.", "Sen", true}, {"it", "ing.", "Rossi", false}, {"en", "ing.", "Then", true}, {"es", "Sra.", "Ruiz", false}, {"pl", "np.", "tak", false}, {"ru", "г.", "Москва", false},
	} {
		if got := EndsSentence(c.word, c.next, c.tag); got != c.want {
			t.Errorf("%s: %q before %q ends a sentence: %v", c.tag, c.word, c.next, got)
		}
	}
	if got := (HookSources{Language: "en", Words: spokenWords("I", "said", "no.", "Then", "we", "left", "the", "shop.")}).sentences(); len(got) != 2 {
		t.Errorf("%d sentences", len(got))
	}
	for text, want := range map[string]bool{"end.": true, "end!": true, "“end?”": true, "end.)": true, "好。": true, "τέλος;": true,
		"Mr.": false, "and;": false, "word": false, "": false, "e.g.": false, "…": true,
		"هذا؟": true, "ہے۔": true, "है।": true, "ነው።": true, "です｡": true, "吗？”": true, "what‽": false, "really?!": true,
		"J.": false, "z.B.": false, "т.е.": false, "года.": true, "3.5": false, "U.S.": false, "I.": true, "es.": true, "'so.'": true, "2024.": true, "สวัสดี": false} {
		if got := EndsSentence(text, "", ""); got != want {
			t.Errorf("%q ends a sentence: %v", text, got)
		}
	}
}
