package transcript

import "strings"

// readWhisperCPP reads what whisper.cpp writes: segments, with -ojf also their
// tokens. A token is a piece of a word that begins with a space where a word
// begins; those in brackets such as [_BEG_] say nothing.
func readWhisperCPP(in raw) (File, error) {
	var doc struct {
		Params struct {
			Language string `json:"language"`
		} `json:"params"`
		Result struct {
			Language string `json:"language"`
		} `json:"result"`
		Transcription []struct {
			Offsets span   `json:"offsets"`
			Text    string `json:"text"`
			Tokens  []struct {
				Text    string  `json:"text"`
				Offsets span    `json:"offsets"`
				P       float64 `json:"p"`
			} `json:"tokens"`
		} `json:"transcription"`
	}
	if err := document(in, &doc); err != nil {
		return File{}, err
	}
	var s stretches
	for _, x := range doc.Transcription {
		var parts []Part
		for _, t := range x.Tokens {
			from, to := millis(t.Offsets.From), millis(t.Offsets.To)
			if isSpecial(t.Text) || !from.known {
				continue
			}
			parts = append(parts, Part{Start: from.at, End: to.at, Text: t.Text, Confidence: t.P})
		}
		parts, ok := whole(parts, x.Text)
		if !ok {
			parts = nil
		}
		if err := s.add(millis(x.Offsets.From), millis(x.Offsets.To), x.Text, parts); err != nil {
			return File{}, err
		}
	}
	if doc.Result.Language == "" {
		doc.Result.Language = doc.Params.Language
	}
	return s.file(doc.Result.Language)
}

// span is milliseconds.
type span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

func isSpecial(token string) bool {
	token = strings.TrimSpace(token)
	return strings.HasPrefix(token, "[_") && strings.HasSuffix(token, "]") || strings.HasPrefix(token, "<|") && strings.HasSuffix(token, "|>")
}

const broken = "\uFFFD"

// whole mends letters that were cut between tokens: such a token is no text by
// itself, but the segment's is. Neighbours that share a letter become one
// part. It reports whether the tokens and the segment say the same.
func whole(parts []Part, text string) ([]Part, bool) {
	if !strings.Contains(textOf(parts), broken) {
		return parts, true
	}
	var out []Part
	for i := 0; i < len(parts); i++ {
		p := parts[i]
		if !strings.Contains(p.Text, broken) {
			if !strings.HasPrefix(text, p.Text) {
				return nil, false
			}
			text = text[len(p.Text):]
			out = append(out, p)
			continue
		}
		for i+1 < len(parts) && strings.Contains(parts[i+1].Text, broken) {
			i++
		}
		follows := parts[i].Text[strings.LastIndex(parts[i].Text, broken)+len(broken):]
		if i+1 < len(parts) {
			follows += parts[i+1].Text
		}
		n := len(text)
		if follows != "" {
			if n = strings.Index(text, follows); n <= 0 {
				return nil, false
			}
			n += len(parts[i].Text) - strings.LastIndex(parts[i].Text, broken) - len(broken)
		}
		p.Text, p.End = text[:n], parts[i].End
		text = text[n:]
		out = append(out, p)
	}
	return out, true
}
