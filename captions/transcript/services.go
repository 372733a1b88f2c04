package transcript

import (
	"strconv"
	"strings"
)

// number is a share from 0 to 1 that a service writes as a number or as text.
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	if err != nil || !(v >= 0 && v <= 1) {
		v = 0
	}
	*n = number(v)
	return nil
}

// choice is what a service takes for said.
type choice struct {
	Content    string `json:"content"`
	Confidence number `json:"confidence"`
	Language   string `json:"language"`
}

// spelt is one word or sign of a service.
type spelt struct {
	Type         string   `json:"type"`
	Start        instant  `json:"start_time"`
	End          instant  `json:"end_time"`
	Alternatives []choice `json:"alternatives"`
}

// joined is words with the signs behind them.
func joined(items []spelt) []Part {
	var out []Part
	for _, x := range items {
		if len(x.Alternatives) == 0 || strings.TrimSpace(x.Alternatives[0].Content) == "" {
			continue
		}
		best := x.Alternatives[0]
		n := len(out)
		switch {
		case x.Type == "punctuation" && n > 0:
			out[n-1].Text += best.Content
		case x.Type != "punctuation" && x.Start.known:
			out = append(out, Part{Start: x.Start.at, End: x.End.at, Text: " " + best.Content, Confidence: float64(best.Confidence)})
		}
	}
	return out
}

// readAmazon reads what Amazon Transcribe writes.
func readAmazon(in raw) (File, error) {
	var doc struct {
		Results struct {
			Language string  `json:"language_code"`
			Items    []spelt `json:"items"`
		} `json:"results"`
	}
	if err := document(in, &doc); err != nil {
		return File{}, err
	}
	var s stretches
	if err := s.flow(joined(doc.Results.Items), tongue(doc.Results.Language)); err != nil {
		return File{}, err
	}
	return s.file(doc.Results.Language)
}

// readGoogle reads what Google Speech-to-Text writes, in both of its versions.
func readGoogle(in raw) (File, error) {
	var doc struct {
		Results []struct {
			Language     string `json:"languageCode"`
			Alternatives []struct {
				Transcript string `json:"transcript"`
				Words      []struct {
					Word        string  `json:"word"`
					Start       instant `json:"startTime"`
					End         instant `json:"endTime"`
					StartOffset instant `json:"startOffset"`
					EndOffset   instant `json:"endOffset"`
					Confidence  number  `json:"confidence"`
				} `json:"words"`
			} `json:"alternatives"`
		} `json:"results"`
	}
	if err := document(in, &doc); err != nil {
		return File{}, err
	}
	var s stretches
	language := ""
	for _, r := range doc.Results {
		if len(r.Alternatives) == 0 {
			continue
		}
		if language == "" {
			language = r.Language
		}
		var parts []Part
		for _, w := range r.Alternatives[0].Words {
			start, end := w.Start, w.End
			if w.StartOffset.known || w.EndOffset.known {
				start, end = w.StartOffset, w.EndOffset
			}
			if n := len(parts); !start.known && n > 0 { // the second version leaves out what is zero
				start.at = parts[n-1].End
			}
			parts = append(parts, Part{Start: start.at, End: end.at, Text: " " + strings.TrimSpace(w.Word), Confidence: float64(w.Confidence)})
		}
		if len(parts) == 0 {
			continue // the text again, by speaker
		}
		if err := s.add(instant{}, instant{}, r.Alternatives[0].Transcript, parts); err != nil {
			return File{}, err
		}
	}
	return s.file(language)
}

func isSpeechmatics(in raw) bool {
	k := in.keys
	return k["words.name"] && k["words.time"] && k["words.duration"] || k["results.start_time"] && k["results.alternatives.content"]
}

// readSpeechmatics reads both versions of what Speechmatics writes.
func readSpeechmatics(in raw) (File, error) {
	var doc struct {
		Job struct {
			Language string `json:"lang"`
		} `json:"job"`
		Metadata struct {
			Config struct {
				Language string `json:"language"`
			} `json:"transcription_config"`
		} `json:"metadata"`
		Results []spelt `json:"results"`
		Words   []struct {
			Name       string  `json:"name"`
			Time       instant `json:"time"`
			Duration   instant `json:"duration"`
			Confidence number  `json:"confidence"`
		} `json:"words"`
	}
	if err := document(in, &doc); err != nil {
		return File{}, err
	}
	parts := joined(doc.Results)
	for _, w := range doc.Words {
		name := strings.TrimSpace(w.Name)
		switch n := len(parts); {
		case name == "" || !w.Time.known:
		case n > 0 && letters(name) == "":
			parts[n-1].Text += name
		default:
			parts = append(parts, Part{Start: w.Time.at, End: w.Time.at + w.Duration.at, Text: " " + name, Confidence: float64(w.Confidence)})
		}
	}
	var s stretches
	if err := s.flow(parts, tongue(doc.Job.Language+doc.Metadata.Config.Language)); err != nil {
		return File{}, err
	}
	return s.file(doc.Job.Language + doc.Metadata.Config.Language)
}
