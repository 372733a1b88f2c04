package desk

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/channels"
	"dropcut/storage/catalog"
)

// Ask is what a scheduler asks for.
type Ask struct {
	Channel string // its ID or name
	catalog.Wanted
	Max   int           // at most so many; 0: one
	Hold  time.Duration // how soon it will report; 0: Hold
	Again bool          // of one variant that is named, although its clip was posted there
}

const (
	mostTaken = 50
	// Hold is how long a claim is held without a report.
	Hold = 15 * time.Minute
	// MostHold is the longest that a scheduler may ask for.
	MostHold = 24 * time.Hour
	page     = 50
	looked   = 1000 // files that are looked at for one claim, or to say why there is none
)

// Taken is what a scheduler gets.
type Taken struct {
	Channel pipeline.Channel
	Claims  []catalog.HandedOut
	Make    []string // variants that are only offered: ask for them, and come again
	Why     []Reason // where nothing is handed out
}

// Reason is why something is not handed out, and of how many files that is true.
type Reason struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Files  int    `json:"files"`
}

// Take hands out approved files that fit a channel and were not posted there,
// newest recordings first, each to one scheduler only. Where none waits,
// Taken.Why says why.
func (d *Desk) Take(tx *catalog.Tx, who Who, a Ask) (Taken, error) {
	c, err := tx.Channel(who.Creator, a.Channel)
	if err != nil {
		return Taken{}, err
	}
	if err := tx.Enter(c.Creator); err != nil {
		return Taken{}, err
	}
	if c, err = tx.Channel(c.Creator, c.ID); err != nil {
		return Taken{}, err
	}
	if _, err := tx.RunOut(c.Creator); err != nil {
		return Taken{}, err
	}
	t, err := d.open(tx, who, c, a)
	if err != nil {
		return Taken{Channel: c}, err
	}
	switch {
	case c.Paused:
		t.out.Why = []Reason{{Code: "paused", Detail: "the channel is paused"}}
	case a.Again:
		err = t.again()
	case a.Variant != "":
		err = t.named()
	default:
		err = t.any()
	}
	if err == nil && len(t.out.Claims) == 0 && len(t.out.Make) == 0 && len(t.out.Why) == 0 {
		t.out.Why = []Reason{{Code: "nothing_waits", Detail: "no approved file waits for this channel" + t.cut}}
	}
	return t.out, err
}

// taking is one Take.
type taking struct {
	*Desk
	tx    *catalog.Tx
	who   Who
	c     pipeline.Channel
	ask   Ask
	now   time.Time // the one instant at which all of it happens
	taken []time.Time
	plans plans
	tried int    // clips of which another look was looked for
	cut   string // what of all there is was not looked at; "" where all was
	out   Taken
}

func (d *Desk) open(tx *catalog.Tx, who Who, c pipeline.Channel, a Ask) (*taking, error) {
	a.Max = min(max(a.Max, 1), mostTaken)
	a.Hold = min(cmp.Or(a.Hold, Hold), MostHold)
	t := &taking{Desk: d, tx: tx, who: who, c: c, ask: a, plans: plans{tx: tx}, out: Taken{Channel: c}}
	var err error
	if t.now, err = tx.Now(); err != nil {
		return nil, err
	}
	if len(c.Slots) > 0 || len(c.Audience) > 0 || c.GapMS > 0 || c.Daily > 0 {
		past := max(time.Duration(c.GapMS)*time.Millisecond, 48*time.Hour) // a day of 25 hours, and one begun
		t.taken, err = tx.Taken(c.ID, t.now.Add(-past))
	}
	return t, err
}

// any hands out what waits, and where nothing does what could.
func (t *taking) any() error {
	for skip := 0; len(t.out.Claims) < t.ask.Max && skip < looked; {
		some, err := t.tx.Waiting(t.c.ID, t.ask.Wanted, t.now, skip, page)
		if err != nil {
			return err
		}
		if len(some) == 0 {
			break
		}
		left, err := t.from(some)
		if err != nil {
			return err
		}
		if skip += left; t.isFull() {
			break
		}
	}
	if len(t.out.Claims) > 0 || len(t.out.Why) > 0 {
		return nil
	}
	return t.siblings()
}

// isFull reports whether the channel has no time for anything, and not only for
// what must go out before an offer ends.
func (t *taking) isFull() bool {
	return slices.ContainsFunc(t.out.Why, func(r Reason) bool { return !channels.OfOffer(r.Code) })
}

// from hands out some of what waits, and says how many still do.
func (t *taking) from(some []pipeline.Ready) (left int, err error) {
	seen := map[string]bool{}
	for _, r := range some {
		switch {
		case seen[r.Clip]:
			continue // went with the clip
		case len(t.out.Claims) == t.ask.Max || t.isFull():
			left++
			continue
		}
		handed, err := t.clip(r.Clip)
		if err != nil {
			return left, err
		}
		if !handed {
			left++
			continue
		}
		seen[r.Clip] = true
	}
	return left, nil
}

// clip hands out one of a clip's files that wait and are under no recall.
func (t *taking) clip(id string) (bool, error) {
	all, err := t.tx.WaitingOf(t.c.ID, id, t.now)
	if err != nil {
		return false, err
	}
	all = slices.DeleteFunc(all, func(r pipeline.Ready) bool { return !t.ask.Is(r) })
	for len(all) > 0 {
		n, why := 0, json.RawMessage(nil)
		if t.Choose != nil && len(all) > 1 {
			if n, why, err = t.Choose(t.c, all); err != nil {
				return false, err
			}
		}
		handed, err := t.hand(all[n], why)
		if !isRecalled(err) {
			return handed, err
		}
		all = slices.Delete(all, n, n+1) // a sweep takes it back
	}
	return false, nil
}

// hand gives one file out, at the best time that is free; Conflict where it is
// under a recall, whatever it was when it was approved. choice is why this one of
// its clip.
func (t *taking) hand(r pipeline.Ready, choice json.RawMessage) (bool, error) {
	recall, err := t.tx.RecallOf(r.Variant)
	if err == nil && recall != nil {
		err = recalled(r.Variant, *recall)
	}
	if err != nil {
		return false, err
	}
	var until time.Time
	if r.OfferUntil != nil {
		until = *r.OfferUntil
	}
	at, why := channels.When(t.c, t.taken, t.now, until)
	if why != nil {
		t.because(why.Code, why.Detail)
		return false, nil
	}
	c := pipeline.Claim{ID: pipeline.Mint(pipeline.ClaimID), Creator: t.c.Creator, Channel: t.c.ID, Moment: r.Moment, Clip: r.Clip, Kind: r.Kind,
		Variant: r.Variant, Digest: r.Digest, State: pipeline.Claimed, By: t.who.Token, Again: t.ask.Again, ClaimedAt: t.now, Until: t.now.Add(t.ask.Hold), PostAt: at}
	if r, err = captioned(t.tx, r); err != nil {
		return false, err
	}
	ok, err := t.tx.Hand(c, r, choice)
	if err != nil || !ok {
		return false, err
	}
	t.taken = append(t.taken, at)
	h, err := t.tx.Claim(t.c.Creator, c.ID)
	t.out.Claims = append(t.out.Claims, h)
	return true, err
}

func (t *taking) because(code, detail string) {
	for i, r := range t.out.Why {
		if r.Code == code {
			t.out.Why[i].Files++
			return
		}
	}
	t.out.Why = append(t.out.Why, Reason{Code: code, Detail: detail, Files: 1})
}

// again hands out a variant whose clip was posted there before.
func (t *taking) again() error {
	if t.ask.Variant == "" {
		return pipeline.Fail(pipeline.Invalid, "name_the_variant", "name the variant that is to be posted again", "again is for one variant").At("/variant")
	}
	r, err := t.ready()
	if err != nil || r.Variant == "" {
		return err
	}
	ok, err := t.plans.fits(t.c, r)
	if err != nil {
		return err
	}
	if !ok {
		return t.unfit(r)
	}
	if t.ask.Again, err = t.tx.IsHeld(t.c.ID, r.Clip); err != nil { // what was never there is not there again
		return err
	}
	handed, err := t.hand(r, nil)
	if err == nil && !handed && len(t.out.Why) == 0 {
		err = pipeline.Fail(pipeline.Conflict, "claimed", "wait for its report, or release it", "%s is in a scheduler's hands for this channel", r.Variant)
	}
	return err
}

// ready is the approved file of the variant that is asked for; none where it is
// to be made first.
func (t *taking) ready() (pipeline.Ready, error) {
	if _, err := ownerOf(t.tx, Who{Creator: t.c.Creator}, t.ask.Variant); err != nil {
		return pipeline.Ready{}, err
	}
	r, err := t.tx.Ready(t.ask.Variant)
	if pipeline.KindOf(err) != pipeline.NotFound || err == nil {
		return r, err
	}
	v, err := t.tx.Variant(t.ask.Variant)
	if err != nil {
		return r, err
	}
	recall, err := t.tx.RecallOf(v.ID)
	switch {
	case err != nil:
		return r, err
	case recall != nil:
		return r, recalled(v.ID, *recall)
	case v.State == pipeline.VariantOffered:
		t.out.Make = append(t.out.Make, v.ID)
		return pipeline.Ready{}, nil
	case v.State == pipeline.VariantRendering:
		return pipeline.Ready{}, BeingMade(v.ID)
	case v.State == pipeline.VariantMade && t.c.Siblings:
		return t.sibling(v.ID)
	}
	return r, pipeline.Fail(pipeline.Conflict, "not_approved", "an editor approves it first", "%s is %s", v.ID, v.State)
}

// BeingMade is why a variant is not handed out yet.
func BeingMade(variant string) error {
	return pipeline.Fail(pipeline.Unavailable, CodeBeingMade, "ask again later", "%s is being made", variant)
}

// CodeBeingMade is the code of BeingMade.
const CodeBeingMade = "being_made"

// named hands out one variant.
func (t *taking) named() error {
	r, err := t.ready()
	if err != nil || r.Variant == "" {
		return err
	}
	if !t.ask.Is(r) {
		return pipeline.Fail(pipeline.Invalid, "contradiction", "name the variant alone", "%s is not what else is asked for", r.Variant).At("/variant")
	}
	all, err := t.tx.WaitingOf(t.c.ID, r.Clip, t.now)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(w pipeline.Ready) bool { return w.Variant == r.Variant }) {
		return t.unfit(r)
	}
	_, err = t.hand(r, nil)
	return err
}

// unfit says why a file that is approved is not handed out.
func (t *taking) unfit(r pipeline.Ready) error {
	plan, err := t.plans.of(r.Recording)
	if err != nil {
		return err
	}
	for _, f := range Fit(t.c, r, plan) {
		if f.Must && !f.OK {
			return pipeline.Fail(pipeline.Conflict, "unfit", "claim another, or edit the channel", "%s does not fit %s: %s: %s", r.Variant, t.c.Name, f.Rule, f.Detail)
		}
	}
	return pipeline.Fail(pipeline.Conflict, "claimed", `claim it with "again": true if it is really to be posted twice`, "clip %s was handed out for %s before, or its platform wants it later", r.Clip, t.c.Name)
}

// mostSiblings is for how many clips another look is looked for.
const mostSiblings = 20

// siblings approves another look of what was approved, where the channel takes
// that, and hands it out; where it is only offered it is to be made.
func (t *taking) siblings() error {
	if !t.c.Siblings {
		return nil
	}
	seen := map[string]bool{} // clips that were looked at
	for skip := 0; skip < looked; skip += page {
		all, err := t.tx.Approved(t.c.Creator, t.c.ID, skip, page)
		if err != nil || len(all) == 0 {
			return err
		}
		for _, r := range all {
			if done, err := t.siblingIn(seen, r.Ready); done || err != nil {
				return err
			}
		}
	}
	t.cut = fmt.Sprintf(", nor another look among the newest %d", looked)
	return nil
}

// siblingIn looks for another look of r's clip, once, and reports whether there
// is enough.
func (t *taking) siblingIn(seen map[string]bool, r pipeline.Ready) (done bool, err error) {
	if seen[r.Clip] {
		return false, nil
	}
	seen[r.Clip] = true
	held, err := t.tx.IsHeld(t.c.ID, r.Clip)
	if err != nil || held {
		return false, err
	}
	if err := t.siblingOf(r); err != nil {
		return false, err
	}
	t.tried++
	return len(t.out.Claims)+len(t.out.Make) >= t.ask.Max || t.tried >= mostSiblings, nil
}

// siblingOf hands out the first other look of r's clip and hook that is wanted.
func (t *taking) siblingOf(r pipeline.Ready) error {
	all, err := t.tx.VariantsOf(r.Clip)
	if err != nil {
		return err
	}
	for _, v := range all {
		like := r
		like.Variant, like.Look, like.Digest = v.ID, v.Look, ""
		if v.ID == r.Variant || v.Hook.Text != r.Hook.Text || v.Look.Language != r.Look.Language || !t.ask.Is(like) {
			continue
		}
		if like.Width, like.Height, _ = pipeline.Size(v.Look.Aspect); v.Made == nil {
			like.Bytes = 0
		}
		ok, err := t.plans.fits(t.c, like)
		if err != nil {
			return err
		}
		recall, err := t.tx.RecallOf(v.ID)
		if err != nil {
			return err
		}
		if !ok || recall != nil {
			continue
		}
		switch v.State {
		case pipeline.VariantOffered, pipeline.VariantRendering:
			t.out.Make = append(t.out.Make, v.ID)
			return nil
		case pipeline.VariantMade:
			ready, err := t.sibling(v.ID)
			if err != nil {
				return err
			}
			_, err = t.hand(ready, nil)
			return err
		}
	}
	return nil
}

// sibling approves a made file in its channel's name.
func (t *taking) sibling(variant string) (pipeline.Ready, error) {
	v, err := t.tx.Variant(variant)
	if err != nil {
		return pipeline.Ready{}, err
	}
	like, err := t.tx.ReadyOf(v.Clip)
	if err != nil {
		return pipeline.Ready{}, err
	}
	if !slices.ContainsFunc(like, func(r pipeline.Ready) bool { return r.Hook.Text == v.Hook.Text && r.Look.Language == v.Look.Language }) {
		return pipeline.Ready{}, pipeline.Fail(pipeline.Conflict, "not_approved", "an editor approves it, or another look of it, first", "%s is %s", v.ID, v.State)
	}
	if _, err := t.Judge(t.tx, Who{Token: t.c.ID, Creator: t.c.Creator}, variant, v.Made.Digest, pipeline.Approve, "another look of it was approved"); err != nil {
		return pipeline.Ready{}, err
	}
	return t.tx.Ready(variant)
}
