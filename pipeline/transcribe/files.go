package transcribe

import (
	"context"
	"path"
	"strings"

	"golang.org/x/text/language"

	"dropcut/captions"
	"dropcut/captions/transcript"
	"dropcut/pipeline"
	"dropcut/storage"
)

const mostFile = storage.MostSidecar // bytes of one that is made here

// files reads the words that came beside the recording, in the brief's order.
func (s *Step) files(ctx context.Context, l loaded) (out []source, notes []pipeline.Note, err error) {
	for _, f := range l.brief.Transcripts {
		body, err := storage.ReadSidecar(ctx, s.Data, f)
		if err != nil {
			return nil, nil, err
		}
		file, err := transcript.ReadIn(body, l.rec.Media.Rate, languageOf(f.Name, l.rec.Name))
		switch {
		case err != nil && f.Asked:
			return nil, nil, pipeline.Fail(pipeline.Invalid, "bad_transcript", "give SRT, WebVTT or the JSON of a recogniser, with times counted from the recording's start",
				"%s cannot be used as words: %w", f.Name, err)
		case err != nil:
			notes = append(notes, unread(f.Name, err))
			continue
		}
		notes = append(notes, fromFile(f.Name, file.Notes)...)
		t := captions.Transcript{Language: languageIn(f.Name, l.rec.Name, file), Source: file.Format, Origin: f.Name, Words: on(file.Said, l.rec.Media)}
		out = append(out, source{t, f.Asked, file.WordTimed})
	}
	return out, notes, nil
}

// unknown is the language of words whose language nobody named.
const unknown = "und"

// languageOf is the language that a file's name gives: stream.en.srt beside
// stream.mp4, or en.srt in a folder of its own.
func languageOf(name, recording string) string {
	name = strings.TrimSuffix(name, path.Ext(name))
	stem := strings.TrimSuffix(recording, path.Ext(recording))
	if rest, ok := strings.CutPrefix(name, stem); ok {
		name = strings.TrimLeft(rest, "._- ")
	}
	return tag(name[strings.LastIndexByte(name, '.')+1:])
}

// tag is the BCP 47 tag of a name such as en, pt-BR, eng or en-orig; und for
// what is not one. Words of three letters are languages only where a shorter
// name for them exists: stream.new.srt is not in Newari.
func tag(name string) string {
	name = strings.ReplaceAll(name, "_", "-")
	if len(name) > 35 {
		return unknown
	}
	t, err := language.Parse(name)
	if err != nil {
		head, _, cut := strings.Cut(name, "-")
		if t, err = language.Parse(head); !cut || err != nil {
			return unknown
		}
	}
	if base, _ := t.Base(); len(base.String()) != 2 {
		return unknown
	}
	return t.String()
}
