package desk

import (
	"encoding/json"
	"errors"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/channels"
	"dropcut/storage/catalog"
)

// Desk decides what is handed out, and keeps what became of it.
type Desk struct {
	// Tell puts a message for whoever wants to hear of that kind into the
	// transaction; nil tells nobody.
	Tell func(tx *catalog.Tx, creator, kind string, data any) error
	// Choose picks one of several approved files of one clip for a channel, by
	// their place in the list, and says why; nil takes the one that was approved
	// first.
	Choose func(c pipeline.Channel, of []pipeline.Ready) (int, json.RawMessage, error)
}

// Who asks: a token, and whose things it reaches ("": everybody's).
type Who struct {
	Token   string
	Creator string
	Over    bool // may report on what others claimed
}

func (d *Desk) tell(tx *catalog.Tx, creator, kind string, data any) error {
	if d.Tell == nil {
		return nil
	}
	return d.Tell(tx, creator, kind, data)
}

func readyMessage(r pipeline.Ready) pipeline.ReadyVariant {
	return pipeline.ReadyVariant{Variant: r.Variant, Digest: r.Digest, Clip: r.Clip, Kind: r.Kind, Moment: r.Moment, Recording: r.Recording,
		Aspect: r.Look.Aspect, Layout: r.Look.Layout, Style: r.Look.Style, Language: r.Look.Language, Hook: r.Hook.Text, DurationMS: r.LengthMS}
}

func postMessage(c pipeline.Claim, r pipeline.Ready, p pipeline.Platform) pipeline.PostedClip {
	m := pipeline.PostedClip{Claim: c.ID, Channel: c.Channel, Platform: p, Variant: c.Variant, Digest: c.Digest, Clip: c.Clip, Kind: c.Kind, Moment: c.Moment,
		Recording: r.Recording, URL: c.URL, ExternalID: c.ExternalID}
	if c.PostedAt != nil {
		m.PostedAt = *c.PostedAt
	}
	return m
}

// plans reads drop plans once a transaction.
type plans struct {
	tx  *catalog.Tx
	all map[string]*pipeline.DropPlan
}

func (p *plans) of(recording string) (*pipeline.DropPlan, error) {
	if plan, known := p.all[recording]; known {
		return plan, nil
	}
	b, err := p.tx.Brief(recording)
	if errors.Is(err, pipeline.NotFound) {
		err = nil
	}
	if p.all == nil {
		p.all = map[string]*pipeline.DropPlan{}
	}
	p.all[recording] = b.Drop
	return b.Drop, err
}

// Fit is what a file keeps and breaks on a channel.
func Fit(c pipeline.Channel, r pipeline.Ready, plan *pipeline.DropPlan) []pipeline.Fit {
	return channels.Fit(c, channels.FileOf(r, plan))
}

// Text is what to write beside a file on a channel, and whether it fits there.
func Text(c pipeline.Channel, r pipeline.Ready, plan *pipeline.DropPlan, at time.Time) (pipeline.PostedText, []pipeline.Fit) {
	return channels.Text(c, channels.WordsOf(r, plan, at))
}

// await has a channel wait for a file where it fits, for as long as a platform
// asked to be left alone with its clip.
func (p *plans) await(c pipeline.Channel, r pipeline.Ready) error {
	ok, err := p.fits(c, r)
	if err != nil || !ok {
		return err
	}
	notBefore, err := p.tx.RetryAt(c.ID, r.Clip)
	if err != nil {
		return err
	}
	return p.tx.Await(c.ID, r, notBefore)
}

// fits reports whether a file may be handed out on a channel.
func (p *plans) fits(c pipeline.Channel, r pipeline.Ready) (bool, error) {
	plan, err := p.of(r.Recording)
	return err == nil && channels.Takes(Fit(c, r, plan)), err
}
