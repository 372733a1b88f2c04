package upkeep

import (
	"errors"
	"os"
	"path"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// ready is the n-th made variant as an editor approved it.
func (w *world) ready(n int) pipeline.Ready {
	w.t.Helper()
	v, s := w.made()[n], w.subject()
	return pipeline.Ready{Creator: "ada", Recording: s.recording.ID, Moment: s.moments[0].ID, Clip: v.Clip, Kind: pipeline.Core, Variant: v.ID, Look: v.Look,
		Digest: v.Made.Digest, File: v.Made.Key, Poster: v.Made.Poster, Bytes: v.Made.Bytes, Approved: time.Now()}
}

// claimed hands the n-th made variant out on a channel, which it adds where it
// is not there.
func (w *world) claimed(id, channel string, n int) {
	w.t.Helper()
	r, now := w.ready(n), time.Now()
	w.write(func(tx *catalog.Tx) error {
		if _, err := tx.Channel("ada", channel); errors.Is(err, pipeline.NotFound) {
			if _, err := tx.AddChannel(pipeline.Channel{ID: channel, Creator: "ada", Name: channel, Platform: pipeline.TikTok}); err != nil {
				return err
			}
		}
		c := pipeline.Claim{ID: id, Creator: "ada", Channel: channel, State: pipeline.Claimed, ClaimedAt: now, Until: now.Add(time.Hour), PostAt: now}
		ok, err := tx.Hand(c, r, nil)
		if err == nil && !ok {
			w.t.Errorf("%s was not handed out", id)
		}
		return err
	})
}

// posted is claimed, and then posted under its own ID.
func (w *world) posted(id, channel string, n int) {
	w.t.Helper()
	w.claimed(id, channel, n)
	w.write(func(tx *catalog.Tx) error {
		h, err := tx.Claim("ada", id)
		if err != nil {
			return err
		}
		now, err := tx.Now()
		h.State, h.PostedAt, h.ExternalID = pipeline.Posted, &now, id
		return errors.Join(err, tx.PutClaim(h, false))
	})
}

// told has a share told of a name.
func (w *world) told(named string) {
	w.t.Helper()
	w.write(func(tx *catalog.Tx) error {
		_, _, err := tx.PutShareEvents("ada", []pipeline.ShareEvent{{ID: named, Source: "shop", Post: named, At: time.Now()}})
		return err
	})
}

// promise is an approved file of an older revision of the first made variant:
// the variant shows another by now, and no manifest names it.
func (w *world) promise() pipeline.Ready {
	w.t.Helper()
	r := w.ready(0)
	w.write(func(tx *catalog.Tx) error {
		for _, key := range []*string{&r.File, &r.Poster} {
			older := path.Join(path.Dir(*key), "older-"+path.Base(*key))
			body, err := os.ReadFile(w.output.Path(*key))
			if err := errors.Join(err, os.WriteFile(w.output.Path(older), body, 0o644)); err != nil {
				return err
			}
			*key = older
		}
		return tx.PutReady(r)
	})
	return r
}
