package transcript

import "strings"

// saidWord is a word as Whisper and its kin write it.
type saidWord struct {
	Word        string  `json:"word"`
	Text        string  `json:"text"`
	Start       instant `json:"start"`
	End         instant `json:"end"`
	Probability float64 `json:"probability"`
	Score       float64 `json:"score"`
}

// openAI is verbose_json and diarized_json of the OpenAI contract, and what
// Whisper itself and programs like it write: segments, and words beside them
// (without punctuation) or in them (with it).
type openAI struct {
	Language string `json:"language"`
	Segments []struct {
		Start instant    `json:"start"`
		End   instant    `json:"end"`
		Text  string     `json:"text"`
		Words []saidWord `json:"words"`
	} `json:"segments"`
	Words []saidWord `json:"words"`
}

func isOpenAI(in raw) bool {
	k := in.keys
	return k["segments.start"] && k["segments.end"] && k["segments.text"] || k["words.word"] && k["words.start"] && k["words.end"]
}

func readOpenAI(in raw) (File, error) {
	var doc openAI
	if err := document(in, &doc); err != nil {
		return File{}, err
	}
	var s stretches
	beside := spokenWords(doc.Words)
	for i, x := range doc.Segments {
		parts := spokenWords(x.Words)
		if len(parts) == 0 && len(beside) > 0 {
			n := len(beside)
			if i < len(doc.Segments)-1 {
				n = begun(beside, doc.Segments[i+1].Start)
			}
			parts, beside = punctuated(beside[:n], x.Text), beside[n:]
		}
		if err := s.add(x.Start, x.End, x.Text, parts); err != nil {
			return File{}, err
		}
	}
	if len(doc.Segments) == 0 {
		if err := s.flow(beside, tongue(doc.Language)); err != nil {
			return File{}, err
		}
	}
	return s.file(doc.Language)
}

// begun is how many words begin before a segment does; a word that begins at
// the same time belongs to it.
func begun(words []Part, next instant) int {
	n := 0
	for n < len(words) && next.known && words[n].Start < next.at {
		n++
	}
	return n
}

// spokenWords is words as parts. One without a time stands with the one before.
func spokenWords(words []saidWord) []Part {
	var out []Part
	for _, w := range words {
		text := strings.TrimSpace(w.Word + w.Text)
		if text == "" {
			continue
		}
		if !w.Start.known {
			if n := len(out); n > 0 {
				out[n-1].Text += " " + text
			}
			continue
		}
		out = append(out, Part{Start: w.Start.at, End: w.End.at, Text: " " + text, Confidence: max(w.Probability, w.Score)})
	}
	return out
}
