package desk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/postgres"
)

func TestMain(m *testing.M) { os.Exit(postgres.Around(m).Run()) }

// stand is a desk over a real catalogue.
type stand struct {
	*testing.T
	*Desk
	db   *catalog.DB
	told []message
}

// message is one that somebody was told.
type message struct {
	kind string
	data any
}

// open is a desk for a test that runs beside others.
func open(t *testing.T) *stand {
	t.Helper()
	t.Parallel()
	return openOn(t, filepath.Join(t.TempDir(), "c.db"))
}

func openOn(t *testing.T, where string) *stand {
	t.Helper()
	db, err := catalog.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := &stand{T: t, db: db}
	s.Desk = &Desk{Tell: func(tx *catalog.Tx, creator, kind string, data any) error {
		s.told = append(s.told, message{kind, data})
		return tx.Tell(creator, kind, data)
	}}
	return s
}

// both runs a test at a desk over each engine.
func both(t *testing.T, f func(s *stand)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { f(open(t)) })
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(openOn(t, postgres.Database(t)))
	})
}

// try runs f in one transaction.
func (s *stand) try(f func(tx *catalog.Tx) error) error {
	return s.db.AtDesk(s.Context(), f)
}

func (s *stand) do(f func(tx *catalog.Tx) error) {
	s.Helper()
	if err := s.try(f); err != nil {
		s.Fatal(err)
	}
}

// times is how often something of a kind was told.
func (s *stand) times(kind string) (n int) {
	for _, m := range s.told {
		if m.kind == kind {
			n++
		}
	}
	return n
}

// refused fails where an error has another code; "" is none.
func (s *stand) refused(err error, code, what string) {
	s.Helper()
	got := ""
	if err != nil {
		got = pipeline.AsError(err, "").Code
	}
	if got != code {
		s.Errorf("%s: %q (%v), want %q", what, got, err, code)
	}
}

// made is one moment with a core.
type made struct {
	rec      pipeline.Recording
	moment   pipeline.Moment
	clip     pipeline.Clip
	variants []pipeline.Variant // one a hook, of 70 s
}

func hook(text string) pipeline.Hook {
	return pipeline.Hook{Text: text, From: "label", Kind: "question"}
}

func offer(text string) pipeline.Hook {
	return pipeline.Hook{Text: text, From: "plan", Kind: "offer", Offer: true}
}

// make lays in a recording of ada's with made variants of so many hooks.
func (s *stand) make(hooks ...pipeline.Hook) made {
	s.Helper()
	rec := pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: "ada", Fingerprint: pipeline.Mint("f"), Key: "ada/show.mp4", Folder: "ada/shows/s", State: pipeline.RecordingDone}
	rec.Media.Rate = timeline.NewRate(30, 1)
	s.do(func(tx *catalog.Tx) error { return tx.PutRecording(rec) })
	return s.moment(rec, hooks...)
}

// moment lays in a moment of a recording.
func (s *stand) moment(rec pipeline.Recording, hooks ...pipeline.Hook) made {
	s.Helper()
	m := made{rec: rec}
	m.moment = pipeline.Moment{ID: pipeline.Mint(pipeline.MomentID), Recording: rec.ID, State: pipeline.MomentMade, Label: "the reveal", Window: timeline.Window{In: 0, Out: 3000}}
	m.clip = pipeline.Clip{ID: pipeline.Mint(pipeline.ClipID), Moment: m.moment.ID, Kind: pipeline.Core, N: 1, Parts: []timeline.Window{{In: 0, Out: 2100}}, Text: "here it is at last"}
	s.do(func(tx *catalog.Tx) error {
		return errors.Join(tx.PutMarks(rec.ID, nil), tx.PutMoment(m.moment), tx.PutClip(m.clip, false))
	})
	for _, h := range hooks {
		m.variants = append(m.variants, s.variant(m, "9:16", h, pipeline.VariantMade))
	}
	return m
}

// variant adds one to a moment's clip.
func (s *stand) variant(m made, aspect string, hook pipeline.Hook, state pipeline.VariantState) pipeline.Variant {
	s.Helper()
	v := pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: m.clip.ID, State: state, Revision: 1, Hook: hook, HookN: 1,
		Look: pipeline.Look{Aspect: aspect, Layout: "fill", Style: "phrase", Language: "en"}}
	if state != pipeline.VariantOffered {
		v = withFile(m, v, 2100)
	}
	s.put(v)
	return v
}

// withFile is a variant with a file of so many frames.
func withFile(m made, v pipeline.Variant, frames int64) pipeline.Variant {
	width, height, _ := pipeline.Size(v.Look.Aspect)
	loud, digest := -14.0, storage.DigestBytes([]byte(fmt.Sprint(v.ID, v.Revision)))
	v.Made = &pipeline.MadeFile{Key: fmt.Sprintf("%s/m/%s-%s.mp4", m.rec.Folder, v.ID, storage.Hex(digest)[:8]), Digest: digest, Width: width, Height: height,
		Frames: frames, Bytes: 9_000_000, Loudness: &loud}
	return v
}

func (s *stand) put(v pipeline.Variant) {
	s.Helper()
	s.do(func(tx *catalog.Tx) error { return tx.PutVariant(v) })
}

// remade gives a variant a newer file of so many frames.
func (s *stand) remade(m made, v pipeline.Variant, frames int64) pipeline.Variant {
	s.Helper()
	v.Revision, v.State = v.Revision+1, pipeline.VariantMade
	v = withFile(m, v, frames)
	s.put(v)
	return v
}

var editor = Who{Token: "t_editor", Over: true}

// judge says something of a variant's file.
func (s *stand) judge(v pipeline.Variant, says pipeline.Says) (out pipeline.Verdict, err error) {
	err = s.try(func(tx *catalog.Tx) (err error) {
		out, err = s.Judge(tx, editor, v.ID, v.Made.Digest, says, "")
		return err
	})
	return out, err
}

func (s *stand) approve(all ...pipeline.Variant) {
	s.Helper()
	for _, v := range all {
		if _, err := s.judge(v, pipeline.Approve); err != nil {
			s.Fatal(err)
		}
	}
}

// channel adds one of ada's that takes everything.
func (s *stand) channel(name string, say ...func(c *pipeline.Channel)) pipeline.Channel {
	s.Helper()
	c := pipeline.Channel{Creator: "ada", Name: name, Platform: pipeline.Other, Zone: "Europe/Berlin"}
	for _, f := range say {
		f(&c)
	}
	c, err := s.add(c)
	if err != nil {
		s.Fatal(err)
	}
	return c
}

func (s *stand) add(c pipeline.Channel) (out pipeline.Channel, err error) {
	err = s.try(func(tx *catalog.Tx) (err error) {
		out, err = s.AddChannel(tx, c)
		return err
	})
	return out, err
}

var scheduler = Who{Token: "t_scheduler", Creator: "ada"}

// asks is what a scheduler gets.
func (s *stand) asks(a Ask) (out Taken, err error) {
	err = s.try(func(tx *catalog.Tx) (err error) {
		out, err = s.Take(tx, scheduler, a)
		return err
	})
	return out, err
}

// takes is the claims that a scheduler gets.
func (s *stand) takes(a Ask) []catalog.HandedOut {
	s.Helper()
	out, err := s.asks(a)
	if err != nil {
		s.Fatal(err)
	}
	return out.Claims
}

// takesOne is the only claim that a scheduler gets.
func (s *stand) takesOne(a Ask) catalog.HandedOut {
	s.Helper()
	all := s.takes(a)
	if len(all) != 1 {
		s.Fatalf("%d were handed out, not one", len(all))
	}
	return all[0]
}

// reports says what became of a claim.
func (s *stand) reports(claim string, r Report) (out catalog.HandedOut, err error) {
	err = s.try(func(tx *catalog.Tx) (err error) {
		out, err = s.Keep(tx, scheduler, claim, 0, r)
		return err
	})
	return out, err
}

func (s *stand) reported(claim string, r Report) catalog.HandedOut {
	s.Helper()
	out, err := s.reports(claim, r)
	if err != nil {
		s.Fatal(err)
	}
	return out
}

// recalls takes something back.
func (s *stand) recalls(o Over) (out TakenBack) {
	s.Helper()
	s.do(func(tx *catalog.Tx) (err error) {
		out, err = s.Recall(tx, editor, o, "sold_out")
		return err
	})
	return out
}

func (s *stand) lifts(id string) error {
	return s.try(func(tx *catalog.Tx) error { return s.Lift(tx, editor, id) })
}
