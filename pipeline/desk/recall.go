package desk

import (
	"cmp"
	"encoding/json"
	"errors"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Over is what is recalled: one variant, or all that speaks of an offer in a
// moment or a recording, also what is planned or made there later; exactly one
// is named.
type Over struct {
	Variant   string
	Moment    string
	Recording string
}

// TakenBack is what a recall took back.
type TakenBack struct {
	Variants []string            // that are there now
	Claims   []catalog.HandedOut // that a person, or a scheduler, is to take down, at most mostListed
	Count    int                 // of them, listed or not
	At       string              // where the API lists them all
}

// mostListed is how many claims the answer to a recall lists.
const mostListed = 500

// Recall takes variants back: no new claims, and whoever wants to hear of it is
// told which posts are live. Twice is once. NotFound where what is named is no
// such thing, or one of another kind.
func (d *Desk) Recall(tx *catalog.Tx, who Who, o Over, reason string) (TakenBack, error) {
	creator, err := o.owner(tx, who)
	if err != nil {
		return TakenBack{}, err
	}
	if err := tx.Enter(creator); err != nil {
		return TakenBack{}, err
	}
	all := []string{o.Variant}
	if o.Variant == "" {
		if all, err = tx.OfferVariants(o.Recording, o.Moment); err != nil {
			return TakenBack{}, err
		}
	}
	if err := d.recall(tx, creator, catalog.Recall{Variant: o.Variant, Moment: o.Moment, Recording: o.Recording, Reason: reason, By: who.Token}, all); err != nil {
		return TakenBack{}, err
	}
	at, err := o.claims(tx)
	out := TakenBack{Variants: all, At: at}
	for _, v := range all {
		f := revokedOf(creator, v, mostListed-len(out.Claims))
		n, failed := tx.CountClaims(f)
		some, unread := tx.Claims(f)
		if err = errors.Join(err, failed, unread); err != nil {
			return out, err
		}
		out.Count, out.Claims = out.Count+n, append(out.Claims, some...)
	}
	return out, err
}

// owner is whose that is which is named.
func (o Over) owner(tx *catalog.Tx, who Who) (string, error) {
	kind, r, err := "recording", pipeline.Recording{}, error(nil)
	switch {
	case o.Variant != "":
		var v pipeline.Variant
		kind = "variant"
		if v, err = tx.VariantFor(who.Creator, o.Variant); err == nil {
			_, _, r, err = tx.Lineage(v.Clip)
		}
	case o.Moment != "":
		var m pipeline.Moment
		kind = "moment"
		if m, err = tx.MomentFor(who.Creator, o.Moment); err == nil {
			r, err = tx.Recording(m.Recording)
		}
	default:
		r, err = tx.RecordingFor(who.Creator, o.Recording)
	}
	if errors.Is(err, pipeline.NotFound) {
		err = pipeline.Fail(pipeline.NotFound, "no_such_"+kind, "", "there is no such %s to recall", kind).At("/" + kind)
	}
	return r.Creator, err
}

// claims is where the API lists all that was handed out of what is recalled, and
// of what else of the recording was.
func (o Over) claims(tx *catalog.Tx) (string, error) {
	if o.Variant != "" {
		return claimsAt + "&variant=" + o.Variant, nil
	}
	if o.Moment != "" {
		m, err := tx.Moment(o.Moment)
		return claimsAt + "&recording=" + m.Recording, err
	}
	return claimsAt + "&recording=" + o.Recording, nil
}

// claimsAt is where the API lists claims that were recalled and are not over.
const claimsAt = "/v1/claims?revoked=true&state=claimed,scheduled,posted,unknown"

// revokedOf finds a variant's claims that were recalled and are not over.
func revokedOf(creator, variant string, most int) catalog.ClaimFilter {
	return catalog.ClaimFilter{Creator: creator, Variant: variant, Revoked: true, Limit: most,
		States: []pipeline.ClaimState{pipeline.Claimed, pipeline.Scheduled, pipeline.Posted, pipeline.Unknown}}
}

// Revoked is what was handed out of something that was recalled, as it is shown.
func Revoked(all []catalog.HandedOut) []pipeline.RevokedWork {
	out := []pipeline.RevokedWork{}
	for _, h := range all {
		out = append(out, pipeline.RevokedWork{Claim: h.ID, Channel: h.Channel, State: h.State, URL: h.URL})
	}
	return out
}

// Lift allows what was recalled to be approved again: a variant, or all of a
// moment or a recording but what is recalled by itself. A variant that is
// recalled with others is lifted alone. NotFound where it is not recalled.
func (d *Desk) Lift(tx *catalog.Tx, who Who, id string) error {
	creator, err := tx.OwnerOf(who.Creator, id)
	if errors.Is(err, pipeline.NotFound) {
		err = pipeline.Fail(pipeline.NotFound, "no_such_thing", "", "there is no such thing to recall")
	}
	if err != nil {
		return err
	}
	if err := tx.Enter(creator); err != nil {
		return err
	}
	was, err := tx.LiftRecall(id)
	if err != nil {
		return err
	}
	if pipeline.HasPrefix(id, pipeline.VariantID) {
		r, err := tx.RecallOf(id)
		if err != nil {
			return err
		}
		if r != nil {
			return tx.Except(creator, id)
		}
	}
	if !was {
		return pipeline.Fail(pipeline.NotFound, "no_such_recall", "", "%s is not recalled", id)
	}
	return nil
}

// recalled is why a variant that is under a recall is not approved or handed out.
func recalled(variant string, r catalog.Recall) error {
	if r.Variant != "" {
		return pipeline.Fail(pipeline.Conflict, codeRecalled, "lift the recall first: DELETE /v1/recalls/"+variant, "%s was recalled", variant)
	}
	all := cmp.Or(r.Moment, r.Recording)
	return pipeline.Fail(pipeline.Conflict, codeRecalled, "lift it for this one alone, DELETE /v1/recalls/"+variant+", or for all, DELETE /v1/recalls/"+all,
		"%s speaks of an offer, and what does in %s was recalled", variant, all)
}

const codeRecalled = "recalled"

// isRecalled reports whether err is that of something that is under a recall.
func isRecalled(err error) bool {
	return err != nil && pipeline.AsError(err, "").Code == codeRecalled
}

// recall keeps a recall, and takes back all of it that is out, and all that was
// not recalled before.
func (d *Desk) recall(tx *catalog.Tx, creator string, r catalog.Recall, all []string) error {
	var back []string
	for _, v := range all {
		was, err := tx.RecallOf(v)
		out, unread := tx.IsOut(v) // though recalled: what a recall covers changes
		if err := errors.Join(err, unread); err != nil {
			return err
		}
		if out || was == nil {
			back = append(back, v)
		}
		if r.Variant == "" {
			if err := tx.ExceptNot(v); err != nil {
				return err
			}
		}
	}
	if err := tx.PutRecall(creator, r); err != nil {
		return err
	}
	for _, v := range back {
		if err := d.takeBack(tx, creator, v, r.Reason); err != nil {
			return err
		}
	}
	return nil
}

// takeBack has nobody be handed a variant any more, and says so.
func (d *Desk) takeBack(tx *catalog.Tx, creator, variant, reason string) error {
	ready, err := tx.Ready(variant)
	if errors.Is(err, pipeline.NotFound) {
		var v pipeline.Variant
		var c pipeline.Clip
		var m pipeline.Moment
		var rec pipeline.Recording
		v, c, m, rec, err = tx.VariantToJudge(creator, variant)
		ready = AsReady(v, c, m, rec, time.Time{})
	}
	if err != nil {
		return err
	}
	if err := errors.Join(tx.DropReady(variant), tx.RevokeClaims(variant, "")); err != nil {
		return err
	}
	return d.revoked(tx, creator, ready, reason)
}

const (
	mostTold    = 20  // claims of a variant in a message, which must stay short
	longestTold = 500 // bytes of an address in it, as JSON writes it
)

// revoked tells that a file is not to be posted any more, and where all claims
// are read.
func (d *Desk) revoked(tx *catalog.Tx, creator string, r pipeline.Ready, reason string) error {
	f := revokedOf(creator, r.Variant, mostTold)
	n, err := tx.CountClaims(f)
	if err != nil {
		return err
	}
	handed, err := tx.Claims(f)
	if err != nil {
		return err
	}
	m := pipeline.RevokedVariant{Variant: r.Variant, Digest: r.Digest, Clip: r.Clip, Moment: r.Moment, Recording: r.Recording, Reason: reason,
		Claims: Revoked(handed), Count: n, At: claimsAt + "&variant=" + r.Variant}
	for i, w := range m.Claims {
		if written, err := json.Marshal(w.URL); err != nil || len(written) > longestTold {
			m.Claims[i].URL, m.Claims[i].URLAt = "", "/v1/claims/"+w.Claim
		}
	}
	return d.tell(tx, creator, pipeline.TellVariantRevoked, m)
}
