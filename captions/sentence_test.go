package captions

import "testing"

func TestSentencesAreKnownByTheirEnds(t *testing.T) {
	for text, want := range map[string]bool{"end.": true, "end!": true, "“end?”": true, "end.)": true, "好。": true, "τέλος;": true,
		"Mr.": false, "and;": false, "word": false, "": false, "e.g.": false, "…": true,
		"هذا؟": true, "ہے۔": true, "है।": true, "ነው።": true, "です｡": true, "吗？”": true, "what‽": false, "really?!": true,
		"J.": false, "z.B.": false, "Sra.": false, "np.": false, "т.е.": false, "года.": true, "3.5": false, "U.S.": false, "I.": true, "es.": true, "'so.'": true, "2024.": true, "สวัสดี": false} {
		if got := EndsSentence(text); got != want {
			t.Errorf("%q ends a sentence: %v", text, got)
		}
	}
}
