package transcribe

import (
	"context"
	"encoding/json"

	"dropcut/captions"
	"dropcut/pipeline"
)

// Proposer writes opening lines. openai.Client is one.
type Proposer interface {
	// Name says what writes, down to the model: lines are kept under it.
	Name() string

	// Propose gives lines for a stretch in which these are said.
	Propose(ctx context.Context, language, label string, lines []string) ([]string, error)
}

// propose asks for opening lines where the brief wants that and there are words
// to go by. What goes wrong is a note: our own rules still make hooks.
func (s *Step) propose(ctx context.Context, l loaded, all []captions.Transcript) ([]string, []pipeline.Note, error) {
	if s.Proposer == nil || !l.brief.ProposeHooks || len(all) == 0 {
		return nil, nil, nil
	}
	var said []string
	for _, x := range captions.Stretches(all[0], l.rec.Media.Rate) {
		if x.Window.Overlaps(l.moment.Window) {
			said = append(said, x.Text)
		}
	}
	label := captions.Label(l.moment.Label)
	key := recipe("hooks", all[0].Language, label, s.Proposer.Name(), said)
	var out []string
	if body, ok := s.kept(ctx, l, key); ok && json.Unmarshal(body, &out) == nil {
		return out, nil, nil
	}
	out, err := s.Proposer.Propose(ctx, all[0].Language, label, said)
	if err != nil {
		if err := fatal(err); err != nil {
			return nil, nil, err
		}
		return nil, []pipeline.Note{unproposed(s.Proposer.Name(), err)}, nil
	}
	body, err := json.Marshal(out)
	if err != nil {
		return nil, nil, err
	}
	return out, nil, s.keepDocument(ctx, key, body)
}
