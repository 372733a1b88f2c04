package desk

import (
	"errors"
	"slices"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Judge keeps what an editor says of a made file, which must be the newest of
// its variant: Conflict where it is not, was recalled, or its offer is over.
// What is approved waits at every channel that it fits. A rejection takes back
// what was approved. The same word twice is one verdict.
func (d *Desk) Judge(tx *catalog.Tx, who Who, variant, digest string, says pipeline.Says, reason string) (pipeline.Verdict, error) {
	creator, err := ownerOf(tx, who, variant)
	if err != nil {
		return pipeline.Verdict{}, err
	}
	if err := tx.Enter(creator); err != nil {
		return pipeline.Verdict{}, err
	}
	v, c, m, rec, err := tx.VariantToJudge(who.Creator, variant)
	if err != nil {
		return pipeline.Verdict{}, err
	}
	if err := mayJudge(v, digest); err != nil {
		return pipeline.Verdict{}, err
	}
	want := map[pipeline.Says]pipeline.VariantState{pipeline.Approve: pipeline.VariantApproved, pipeline.Reject: pipeline.VariantRejected}[says]
	if v.State == want {
		if was, ok, err := said(tx, variant, digest, says); err != nil || ok {
			return was, err
		}
	}
	verdict := pipeline.Verdict{ID: pipeline.Mint(pipeline.VerdictID), Creator: rec.Creator, Variant: variant, Digest: digest, Says: says, Reason: reason, By: who.Token}
	if verdict.At, err = tx.Now(); err != nil {
		return verdict, err
	}
	v.State = want
	if err := errors.Join(tx.PutVerdict(verdict), tx.PutVariant(v), republish(tx, m)); err != nil {
		return verdict, err
	}
	if says == pipeline.Reject {
		return verdict, d.reject(tx, rec.Creator, variant, digest)
	}
	return verdict, d.approve(tx, AsReady(v, c, m, rec, verdict.At))
}

// said is the newest verdict where it says this already, and still holds: a
// recall that was lifted takes an approval with it.
func said(tx *catalog.Tx, variant, digest string, says pipeline.Says) (pipeline.Verdict, bool, error) {
	all, err := tx.VerdictsOf(variant)
	if err != nil || len(all) == 0 || all[0].Says != says || all[0].Digest != digest {
		return pipeline.Verdict{}, false, err
	}
	if says == pipeline.Reject {
		return all[0], true, nil
	}
	r, err := tx.Ready(variant)
	if errors.Is(err, pipeline.NotFound) {
		return pipeline.Verdict{}, false, nil
	}
	return all[0], r.Digest == digest, err
}

// ownerOf is whose variant it is, without a lock.
func ownerOf(tx *catalog.Tx, who Who, variant string) (string, error) {
	v, err := tx.VariantFor(who.Creator, variant)
	if err != nil {
		return "", err
	}
	_, _, r, err := tx.Lineage(v.Clip)
	return r.Creator, err
}

// mayJudge refuses what has no file to be judged, or another than was seen.
func mayJudge(v pipeline.Variant, digest string) error {
	made := slices.Contains([]pipeline.VariantState{pipeline.VariantMade, pipeline.VariantApproved, pipeline.VariantRejected}, v.State)
	switch {
	case v.State == pipeline.VariantOffered:
		return pipeline.Fail(pipeline.Conflict, "not_made", "make it first: POST /v1/variants/"+v.ID+"/make", "%s is only offered", v.ID)
	case !made || v.Made == nil:
		return pipeline.Fail(pipeline.Conflict, "not_made", "wait until it is made", "%s is %s", v.ID, v.State)
	case v.Made.Digest != digest:
		return pipeline.Fail(pipeline.Conflict, "stale", "look at the newer file first", "%s has another file now: %s", v.ID, v.Made.Digest).At("/digest")
	}
	return nil
}

// approve has a file wait at every channel of its creator that it fits.
func (d *Desk) approve(tx *catalog.Tx, r pipeline.Ready) error {
	recall, err := tx.RecallOf(r.Variant)
	switch {
	case err != nil:
		return err
	case recall != nil:
		return recalled(r.Variant, *recall)
	case r.OfferUntil != nil && !r.OfferUntil.After(r.Approved):
		return pipeline.Fail(pipeline.Conflict, "offer_over", "approve a variant with another hook", "the offer that %s speaks of ended at %s", r.Variant, r.OfferUntil.Format(time.RFC3339))
	}
	if err := d.keep(tx, r); err != nil {
		return err
	}
	return d.tell(tx, r.Creator, pipeline.TellVariantReady, readyMessage(r))
}

// keep keeps an approved file, and has it wait where it fits as it is now.
func (d *Desk) keep(tx *catalog.Tx, r pipeline.Ready) error {
	if err := tx.PutReady(r); err != nil {
		return err
	}
	if err := tx.AwaitNot("", r.Variant); err != nil { // what was kept of it may have fitted where this does not
		return err
	}
	return d.await(tx, r)
}

// mostChannels is how many channels a creator has at most.
const mostChannels = 1000

// await has a file wait at every channel of its creator that it fits.
func (d *Desk) await(tx *catalog.Tx, r pipeline.Ready) error {
	all, err := tx.Channels(r.Creator, "", mostChannels)
	if err != nil {
		return err
	}
	p := plans{tx: tx}
	for _, c := range all {
		if err := p.await(c, r); err != nil {
			return err
		}
	}
	return nil
}

// reject takes back this very file where it was approved, and says so where it
// was handed out. An older one that was approved stays what it is.
func (d *Desk) reject(tx *catalog.Tx, creator, variant, digest string) error {
	r, err := tx.Ready(variant)
	if errors.Is(err, pipeline.NotFound) || err == nil && r.Digest != digest {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(tx.DropReady(variant), tx.RevokeClaims(variant, digest)); err != nil {
		return err
	}
	return d.revoked(tx, creator, r, "rejected")
}

// republish has a moment's manifest say what was judged.
func republish(tx *catalog.Tx, m pipeline.Moment) error {
	if m.Published == nil || m.Published.Key == "" {
		return nil // it will be published
	}
	_, err := tx.Enqueue(catalog.Work{Kind: pipeline.Publish, Subject: m.ID, Input: pipeline.Mint(pipeline.RoundID), Recording: m.Recording,
		Priority: pipeline.Edit.Priority(0)})
	return err
}

// AsReady is a variant as it is handed out once it is approved; what is not made
// has no file.
func AsReady(v pipeline.Variant, c pipeline.Clip, m pipeline.Moment, rec pipeline.Recording, approved time.Time) pipeline.Ready {
	r := pipeline.Ready{Creator: rec.Creator, Recording: rec.ID, Moment: m.ID, Clip: c.ID, Kind: c.Kind, N: c.N, Variant: v.ID, Look: v.Look, Hook: v.Hook,
		Label: m.Label, Words: c.Text, Approved: approved, Captions: m.CaptionsOf(c.ID)}
	if f := v.Made; f != nil {
		r.Digest, r.File, r.Poster, r.Width, r.Height, r.Bytes, r.Silent = f.Digest, f.Key, f.Poster, f.Width, f.Height, f.Bytes, f.Loudness == nil
	}
	if rate := rec.Media.Rate; !rate.IsZero() {
		r.FrameRate = rate.String()
		if v.Made != nil {
			r.LengthMS = rate.Millis(v.Made.Frames)
		}
	}
	r.OfferUntil = offerUntil(v.Hook)
	return r
}

// offerUntil is when the offer ends that a hook speaks of; nil where nobody said,
// or it speaks of none.
func offerUntil(h pipeline.Hook) *time.Time {
	until, err := time.Parse(time.RFC3339, h.OfferUntil)
	if err != nil || !h.Offer {
		return nil
	}
	return &until
}

func or(s, otherwise string) string {
	if strings.TrimSpace(s) == "" {
		return otherwise
	}
	return s
}
