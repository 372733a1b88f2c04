package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/pipeline/desk"
	"dropcut/storage/catalog"
)

// Claim is a claim, what was handed out with it, and what to post.
type Claim struct {
	pipeline.Claim
	ChannelName string              `json:"channel_name"`
	Platform    pipeline.Platform   `json:"platform"`
	PostAtLocal string              `json:"post_at_local" doc:"post_at by the channel's clock"`
	Zone        string              `json:"zone"`
	Revision    int                 `json:"revision"`
	Choice      json.RawMessage     `json:"choice,omitempty" doc:"why this variant of its clip, with the chances of all; none where there was one alone"`
	Variants    HandedVariant       `json:"handed" doc:"what was handed out"`
	Text        pipeline.PostedText `json:"text" doc:"what to write beside it"`
	Fit         []pipeline.Fit      `json:"fit" doc:"what this file and this text keep and break on the platform"`
	File        HandedFile          `json:"file"`
}

// HandedVariant is what a claim is of.
type HandedVariant struct {
	Recording string        `json:"recording"`
	Aspect    string        `json:"aspect"`
	Layout    string        `json:"layout"`
	Style     string        `json:"style"`
	Language  string        `json:"language"`
	Hook      pipeline.Hook `json:"hook"`
	Label     string        `json:"label"`
}

// HandedFile is the file to post, by links that live for seven days, or
// as long as the credentials that sign them.
type HandedFile struct {
	Digest     string    `json:"digest" doc:"sha256:…, of its bytes"`
	Bytes      int64     `json:"bytes"`
	Width      int       `json:"width"`
	Height     int       `json:"height"`
	DurationMS int64     `json:"duration_ms"`
	URL        string    `json:"url" doc:"signed; its path ends in .mp4; ranges may be asked for"`
	Expires    time.Time `json:"url_expires_at"`
	Poster     string    `json:"poster_url,omitempty"`

	Captions []CaptionFile `json:"captions,omitempty" doc:"of the clip, in each language"`
}

type claimInput struct {
	Key  string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"255" doc:"any text of yours: the same call with the same key gets the same claims, whatever was lost on the way" json:"-"`
	Body struct {
		Channel  string            `json:"channel" minLength:"1" maxLength:"200" doc:"its ID or name"`
		Kind     pipeline.ClipKind `json:"kind,omitempty" enum:"core,short"`
		Aspect   string            `json:"aspect,omitempty" enum:"9:16,4:5,1:1,16:9"`
		Language string            `json:"language,omitempty" maxLength:"35"`
		Variant  string            `json:"variant,omitempty" maxLength:"64" doc:"this one alone"`
		Max      int               `json:"max,omitempty" default:"1" minimum:"1" maximum:"50"`
		HoldMS   int64             `json:"hold_ms,omitempty" minimum:"1000" maximum:"86400000" doc:"how soon you report; default 15 minutes"`
		Again    bool              `json:"again,omitempty" doc:"the variant that is named, although its clip was posted on this channel"`
	}
}

func (c claimInput) key() string { return c.Key }

// Claims is what was claimed.
type Claims struct {
	Claims []Claim  `json:"claims"`
	Making []string `json:"making,omitempty" doc:"variants that are being made: claim again later"`
}

type claimsInput struct {
	Page
	Channel      string    `query:"channel" maxLength:"200"`
	Variant      string    `query:"variant" maxLength:"64"`
	Moment       string    `query:"moment" maxLength:"64"`
	Recording    string    `query:"recording" maxLength:"64"`
	State        []string  `query:"state" doc:"one or more of claimed, scheduled, posted, removed, released, failed, unknown"`
	Revoked      bool      `query:"revoked" doc:"only those that were recalled: not to be posted, or to be removed by hand"`
	UpdatedSince time.Time `query:"updated_since"`
}

type oneClaim struct {
	ETag string `header:"ETag"`
	Body Claim
}

func (a *API) claims() {
	s := scope(pipeline.ScopeScheduler)
	reads := scope(pipeline.ScopeScheduler, pipeline.ScopeEditor, pipeline.ScopeCreator)
	take := op(http.MethodPost, "/v1/claims", "create-claims", "Claim approved variants that were not posted on a channel", s)
	take.Errors = append(take.Errors, http.StatusTooEarly)
	take.Description = "Each is handed to one scheduler only. 204: nothing fits now, and GET /v1/channels/{id}/reasons says why. 425: it is being made, claim again after Retry-After. " +
		"Report what becomes of a claim within hold_ms; one that runs out is unknown, and is not handed out again by itself, since it may be public. " +
		"Made again with its key, the call gives the same claims with their state by then: one may be revoked, and is not to be posted."
	take.Responses = map[string]*huma.Response{"204": {Description: "nothing fits now; see the channel's reasons"}}
	huma.Register(a.huma, take, a.take)
	huma.Register(a.huma, op(http.MethodGet, "/v1/claims", "list-claims", "Claims and posts", reads), a.listClaims)
	huma.Register(a.huma, op(http.MethodGet, "/v1/claims/{id}", "get-claim", "A claim, with fresh links", reads), a.getClaim)
	huma.Register(a.huma, op(http.MethodPost, "/v1/claims/{id}/scheduled", "report-scheduled", "It will be posted then; holds past the claim's time", s), a.scheduled)
	huma.Register(a.huma, op(http.MethodPost, "/v1/claims/{id}/posted", "report-posted", "It was posted", s), a.posted)
	huma.Register(a.huma, op(http.MethodPost, "/v1/claims/{id}/failed", "report-failed", "The platform refused it", s), a.failed)
	huma.Register(a.huma, op(http.MethodPost, "/v1/claims/{id}/removed", "report-removed", "The post is gone", s), a.removed)
	huma.Register(a.huma, op(http.MethodPost, "/v1/claims/{id}/released", "report-released", "It is given back, and was not posted", s), a.released)
	huma.Register(a.huma, op(http.MethodGet, "/v1/posts", "list-posts", "Claims that were posted, removed ones too", reads), a.listPosts)
}

func (a *API) take(ctx context.Context, in *claimInput) (*Reply[Claims], error) {
	b := in.Body
	var making []string
	out, err := once(a, ctx, in, func(tx *catalog.Tx) (*Reply[Claims], error) {
		t, err := a.Desk.Take(tx, who(ctx), desk.Ask{Channel: b.Channel, Max: b.Max, Hold: time.Duration(b.HoldMS) * time.Millisecond, Again: b.Again,
			Wanted: catalog.Wanted{Kind: b.Kind, Aspect: b.Aspect, Language: b.Language, Variant: b.Variant}})
		if err != nil {
			return nil, err
		}
		making = t.Make
		if len(t.Claims) == 0 {
			return &Reply[Claims]{Status: http.StatusNoContent, Link: fmt.Sprintf(`</v1/channels/%s/reasons>; rel="describedby"`, t.Channel.ID)}, nil
		}
		body := &Claims{Claims: []Claim{}, Making: t.Make}
		for _, h := range t.Claims {
			one, err := a.claim(ctx, tx, t.Channel, h)
			if err != nil {
				return nil, err
			}
			body.Claims = append(body.Claims, one)
		}
		return &Reply[Claims]{Status: http.StatusOK, Body: body}, nil
	})
	if err != nil {
		return nil, err
	}
	if out.Replayed != "" {
		making = out.Body.Making // whoever asked for them may have been killed before it did
		if err := a.asTheyAre(ctx, out.Body.Claims); err != nil {
			return nil, err
		}
	}
	for _, v := range making {
		if _, err := a.ask(ctx, v); err != nil {
			return nil, err
		}
	}
	if len(making) > 0 && out.Body == nil {
		return nil, desk.BeingMade(strings.Join(making, ", "))
	}
	return out, nil
}

// claim shows a claim with what is to be posted.
func (a *API) claim(ctx context.Context, tx *catalog.Tx, c pipeline.Channel, h catalog.HandedOut) (Claim, error) {
	r := h.Ready
	b, err := tx.Brief(r.Recording)
	if err != nil {
		return Claim{}, err
	}
	text, fits := desk.Text(c, r, b.Drop, h.PostAt)
	out := Claim{Claim: h.Claim, ChannelName: c.Name, Platform: c.Platform, Zone: c.Zone, PostAtLocal: local(h.PostAt, c.Zone), Revision: h.Revision, Choice: h.Choice,
		Variants: HandedVariant{Recording: r.Recording, Aspect: r.Look.Aspect, Layout: r.Look.Layout, Style: r.Look.Style, Language: r.Look.Language, Hook: r.Hook, Label: r.Label},
		Text:     text, Fit: slices.Concat(desk.Fit(c, r, b.Drop), fits),
		File: HandedFile{Digest: r.Digest, Bytes: r.Bytes, Width: r.Width, Height: r.Height, DurationMS: r.LengthMS}}
	if out.File.Captions, err = a.captions(ctx, r.Captions, claimLives); err != nil {
		return out, err
	}
	if out.File.URL, out.File.Expires, err = a.link(ctx, r.File, claimLives); err != nil || r.Poster == "" {
		return out, err
	}
	out.File.Poster, _, err = a.Links.Link(ctx, r.Poster, claimLives)
	return out, err
}

// asTheyAre has claims that are answered again say what became of them since:
// one may have been recalled, and whoever was killed before it posted is to hear
// that. What is to be posted, and its links, stay as they were told.
func (a *API) asTheyAre(ctx context.Context, all []Claim) error {
	return a.read(ctx, func(tx *catalog.Tx) error {
		for i := range all {
			h, err := tx.Claim(callerOf(ctx).Creator, all[i].ID)
			if err != nil {
				return err
			}
			all[i].Claim, all[i].Revision = h.Claim, h.Revision
		}
		return nil
	})
}

// local is a time by a zone's clock.
func local(t time.Time, zone string) string {
	z, err := time.LoadLocation(zone)
	if err != nil {
		return shown(t)
	}
	return t.In(z).Format(time.RFC3339)
}

// channelOf is a claim's channel, also one that was removed.
func channelOf(tx *catalog.Tx, cache map[string]pipeline.Channel, id string) (pipeline.Channel, error) {
	if c, known := cache[id]; known {
		return c, nil
	}
	c, err := tx.ChannelEver(id)
	cache[id] = c
	return c, err
}

func (a *API) listClaims(ctx context.Context, in *claimsInput) (*Listed[Claim], error) {
	before, err := in.before()
	if err != nil {
		return nil, err
	}
	states := make([]pipeline.ClaimState, len(in.State))
	for i, s := range in.State {
		states[i] = pipeline.ClaimState(s)
	}
	var out *Listed[Claim]
	err = a.read(ctx, func(tx *catalog.Tx) error {
		channel := in.Channel
		if channel != "" {
			c, err := tx.Channel(callerOf(ctx).Creator, channel)
			if err != nil {
				return err
			}
			channel = c.ID
		}
		all, err := tx.Claims(catalog.ClaimFilter{Creator: callerOf(ctx).Creator, Channel: channel, Variant: in.Variant, Moment: in.Moment, Recording: in.Recording, States: states,
			Revoked: in.Revoked, Before: before, Since: in.UpdatedSince, Limit: in.Limit + 1})
		if err != nil {
			return err
		}
		cache := map[string]pipeline.Channel{}
		out, err = page(in.Page, all, func(h catalog.HandedOut) string { return h.ID }, func(h catalog.HandedOut) (Claim, error) {
			c, err := channelOf(tx, cache, h.Channel)
			if err != nil {
				return Claim{}, err
			}
			return a.claim(ctx, tx, c, h)
		})
		return err
	})
	return out, err
}

func (a *API) listPosts(ctx context.Context, in *claimsInput) (*Listed[Claim], error) {
	if len(in.State) == 0 {
		in.State = []string{string(pipeline.Posted), string(pipeline.Removed)}
	}
	return a.listClaims(ctx, in)
}

func (a *API) getClaim(ctx context.Context, in *ByID) (*oneClaim, error) {
	out := &oneClaim{}
	err := a.read(ctx, func(tx *catalog.Tx) error {
		h, err := tx.Claim(callerOf(ctx).Creator, in.ID)
		if err != nil {
			return err
		}
		c, err := tx.ChannelEver(h.Channel)
		if err != nil {
			return err
		}
		out.Body, err = a.claim(ctx, tx, c, h)
		out.ETag = etag(h.Revision)
		return err
	})
	return out, err
}

// Reporting is what every report takes.
type Reporting struct {
	Once
	IfMatch string `header:"If-Match" doc:"the claim's ETag: refused where the claim changed since" json:"-"`
}

type scheduledInput struct {
	Reporting
	Body struct {
		At      time.Time `json:"at" doc:"when it will be posted, RFC 3339: 2026-03-01T20:15:00+01:00; not before it was claimed"`
		DraftID string    `json:"draft_id,omitempty" maxLength:"200" doc:"yours"`
	}
}

func (a *API) scheduled(ctx context.Context, in *scheduledInput) (*Reply[Claim], error) {
	return a.report(ctx, in, in.Reporting, desk.Report{State: pipeline.Scheduled, At: &in.Body.At, DraftID: in.Body.DraftID})
}

type postedInput struct {
	Reporting
	Body struct {
		URL        string     `json:"url,omitempty" maxLength:"2000" doc:"of the post"`
		ExternalID string     `json:"external_id,omitempty" maxLength:"200" doc:"the platform's"`
		PostedAt   *time.Time `json:"posted_at,omitempty" doc:"default: now; the micro-share rate is counted from then"`
	}
}

func (a *API) posted(ctx context.Context, in *postedInput) (*Reply[Claim], error) {
	return a.report(ctx, in, in.Reporting, desk.Report{State: pipeline.Posted, At: in.Body.PostedAt, URL: in.Body.URL, ExternalID: in.Body.ExternalID})
}

type failedInput struct {
	Reporting
	Body pipeline.PostFailure
}

func (a *API) failed(ctx context.Context, in *failedInput) (*Reply[Claim], error) {
	return a.report(ctx, in, in.Reporting, desk.Report{State: pipeline.Failed, Failure: &in.Body})
}

type removedInput struct {
	Reporting
	Body struct {
		RemovedAt *time.Time `json:"removed_at,omitempty" doc:"default: now"`
	}
}

func (a *API) removed(ctx context.Context, in *removedInput) (*Reply[Claim], error) {
	return a.report(ctx, in, in.Reporting, desk.Report{State: pipeline.Removed, At: in.Body.RemovedAt})
}

func (a *API) released(ctx context.Context, in *Reporting) (*Reply[Claim], error) {
	return a.report(ctx, in, *in, desk.Report{State: pipeline.Released})
}

func (a *API) report(ctx context.Context, in keyed, r Reporting, what desk.Report) (*Reply[Claim], error) {
	revision, err := revisionOf(r.IfMatch, false)
	if err != nil {
		return nil, err
	}
	out, err := once(a, ctx, in, func(tx *catalog.Tx) (*Reply[Claim], error) {
		h, err := a.Desk.Keep(tx, who(ctx), r.ID, revision, what)
		if err != nil {
			return nil, err
		}
		c, err := tx.ChannelEver(h.Channel)
		if err != nil {
			return nil, err
		}
		one, err := a.claim(ctx, tx, c, h)
		return &Reply[Claim]{Status: http.StatusOK, ETag: etag(h.Revision), Body: &one}, err
	})
	if err != nil || out.Replayed == "" {
		return out, err
	}
	now := []Claim{*out.Body}
	err = a.asTheyAre(ctx, now)
	out.Body, out.ETag = &now[0], etag(now[0].Revision)
	return out, err
}

// etag is a revision as a header shows it.
func etag(revision int) string { return strconv.Quote(strconv.Itoa(revision)) }

// revisionOf reads If-Match; 0 where there is none, or any will do.
func revisionOf(ifMatch string, must bool) (int, error) {
	if ifMatch == "" && must {
		return 0, pipeline.Fail(pipeline.Invalid, "no_precondition", "send If-Match with the ETag that you read", "edits say what they edit")
	}
	if ifMatch == "" || ifMatch == "*" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.Trim(ifMatch, `"`))
	if err != nil || n < 1 {
		return 0, pipeline.Fail(pipeline.Conflict, "stale", "send the ETag as it was read", "%q is none of our ETags", ifMatch)
	}
	return n, nil
}
