package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/pipeline/desk"
	"dropcut/storage/catalog"
)

// ChannelBody is what a creator says of a channel.
type ChannelBody struct {
	Name      string              `json:"name" minLength:"1" maxLength:"100"`
	Platform  pipeline.Platform   `json:"platform" enum:"tiktok,instagram,youtube,facebook,x,linkedin,other"`
	Account   string              `json:"account,omitempty" maxLength:"200" doc:"as the platform shows it; one channel an account"`
	Zone      string              `json:"zone" minLength:"1" maxLength:"64" doc:"IANA name, such as Europe/Berlin"`
	Slots     []pipeline.Slot     `json:"slots,omitempty" maxItems:"200" doc:"when posts go out; none: by audience, else at once"`
	Audience  []int               `json:"audience,omitempty" maxItems:"168" doc:"168 numbers, Monday 00:00 first: how many are there in each local hour of a week"`
	GapMS     int64               `json:"gap_ms,omitempty" minimum:"0" doc:"at least so long between two posts"`
	Daily     int                 `json:"daily,omitempty" minimum:"0" doc:"at most so many a local day"`
	Kinds     []pipeline.ClipKind `json:"kinds,omitempty" enum:"core,short"`
	Aspects   []string            `json:"aspects,omitempty" enum:"9:16,4:5,1:1,16:9"`
	Languages []string            `json:"languages,omitempty" maxItems:"100"`
	MinMS     int64               `json:"min_ms,omitempty" minimum:"0"`
	MaxMS     int64               `json:"max_ms,omitempty" minimum:"0"`
	MaxBytes  int64               `json:"max_bytes,omitempty" minimum:"0"`
	Text      pipeline.TextRules  `json:"text,omitempty"`
	Overlay   pipeline.Overlay    `json:"overlay,omitempty" enum:"any,plain"`
	Music     bool                `json:"music,omitempty" doc:"recordings have music that others may claim"`
	Siblings  bool                `json:"siblings,omitempty" doc:"another look of a clip whose same hook was approved needs no verdict of its own"`
	Paused    bool                `json:"paused,omitempty" doc:"nothing is handed out"`
}

func (b ChannelBody) channel() pipeline.Channel {
	return pipeline.Channel{Name: b.Name, Platform: b.Platform, Account: b.Account, Zone: b.Zone, Slots: b.Slots, Audience: b.Audience, GapMS: b.GapMS, Daily: b.Daily,
		Kinds: b.Kinds, Aspects: b.Aspects, Languages: b.Languages, MinMS: b.MinMS, MaxMS: b.MaxMS, MaxBytes: b.MaxBytes, Text: b.Text, Overlay: b.Overlay,
		Music: b.Music, Siblings: b.Siblings, Paused: b.Paused}
}

type newChannelInput struct {
	Keyed
	Creator string `query:"creator" maxLength:"200" doc:"for tokens that reach everybody's"`
	Body    ChannelBody
}

type editChannelInput struct {
	ByID
	IfMatch string `header:"If-Match" doc:"the channel's ETag" json:"-"`
	Body    ChannelBody
}

type oneChannel struct {
	ETag string `header:"ETag"`
	Body pipeline.Channel
}

// Reasons is why approved files are not handed out on a channel now.
type Reasons struct {
	Body struct {
		Waiting int64         `json:"waiting" doc:"files that wait for this channel, now or later"`
		Reasons []desk.Reason `json:"reasons"`
	}
}

func (a *API) channels() {
	reads := scope(pipeline.ScopeCreator, pipeline.ScopeEditor, pipeline.ScopeScheduler)
	writes := scope(pipeline.ScopeCreator)
	huma.Register(a.huma, op(http.MethodGet, "/v1/channels", "list-channels", "Channels", reads), a.listChannels)
	add := answering(http.StatusCreated, op(http.MethodPost, "/v1/channels", "create-channel", "Add a channel", writes))
	add.Description = "One that was removed and posted on the same account, or, where one of the two names none, has its name, is taken up again: it has the ID that it had, and what was handed out there stays handed out."
	huma.Register(a.huma, add, a.createChannel)
	huma.Register(a.huma, op(http.MethodGet, "/v1/channels/{id}", "get-channel", "A channel, by ID or name", reads), a.getChannel)
	huma.Register(a.huma, op(http.MethodPut, "/v1/channels/{id}", "edit-channel", "Say anew what a channel is", writes), a.editChannel)
	huma.Register(a.huma, op(http.MethodDelete, "/v1/channels/{id}", "remove-channel", "End a channel; its posts stay", writes), a.removeChannel)
	huma.Register(a.huma, op(http.MethodGet, "/v1/channels/{id}/reasons", "channel-reasons", "Why nothing is handed out there", reads), a.reasons)
}

func (a *API) listChannels(ctx context.Context, in *Page) (*Listed[pipeline.Channel], error) {
	return listOf(a, ctx, *in, func(tx *catalog.Tx, before string) ([]pipeline.Channel, error) {
		return tx.Channels(callerOf(ctx).Creator, before, in.Limit+1)
	}, func(c pipeline.Channel) string { return c.ID }, asItIs[pipeline.Channel])
}

func (a *API) createChannel(ctx context.Context, in *newChannelInput) (*Reply[pipeline.Channel], error) {
	return once(a, ctx, in, func(tx *catalog.Tx) (*Reply[pipeline.Channel], error) {
		c := in.Body.channel()
		var err error
		if c.Creator, err = owner(ctx, in.Creator); err != nil {
			return nil, err
		}
		c, err = a.Desk.AddChannel(tx, c)
		return &Reply[pipeline.Channel]{Status: http.StatusCreated, ETag: etag(c.Revision), Body: &c}, err
	})
}

func (a *API) getChannel(ctx context.Context, in *ByID) (*oneChannel, error) {
	out := &oneChannel{}
	err := a.read(ctx, func(tx *catalog.Tx) (err error) {
		out.Body, err = tx.Channel(callerOf(ctx).Creator, in.ID)
		out.ETag = etag(out.Body.Revision)
		return err
	})
	return out, err
}

func (a *API) editChannel(ctx context.Context, in *editChannelInput) (*oneChannel, error) {
	revision, err := revisionOf(in.IfMatch, true)
	if err != nil {
		return nil, err
	}
	out := &oneChannel{}
	err = a.Catalog.AtDesk(ctx, func(tx *catalog.Tx) error {
		was, err := tx.Channel(callerOf(ctx).Creator, in.ID)
		if err != nil {
			return err
		}
		c := in.Body.channel()
		c.ID, c.Creator, c.Revision = was.ID, was.Creator, was.Revision
		if revision != 0 {
			c.Revision = revision
		}
		out.Body, err = a.Desk.EditChannel(tx, c)
		out.ETag = etag(out.Body.Revision)
		return err
	})
	return out, err
}

// Nothing is an answer without a body.
type Nothing struct{}

func (a *API) removeChannel(ctx context.Context, in *ByID) (*Nothing, error) {
	return nil, a.Catalog.AtDesk(ctx, func(tx *catalog.Tx) error { return a.Desk.RemoveChannel(tx, who(ctx), in.ID) })
}

func (a *API) reasons(ctx context.Context, in *ByID) (*Reasons, error) {
	out := &Reasons{}
	err := a.read(ctx, func(tx *catalog.Tx) error {
		c, err := tx.Channel(callerOf(ctx).Creator, in.ID)
		if err != nil {
			return err
		}
		if out.Body.Waiting, err = tx.CountWaiting(c.ID); err != nil {
			return err
		}
		all, err := a.Desk.Reasons(tx, c)
		out.Body.Reasons = append([]desk.Reason{}, all...)
		return err
	})
	return out, err
}

type textInput struct {
	ByID
	Channel string `query:"channel" required:"true" maxLength:"200" doc:"its ID or name"`
}

// PostText is what to write beside a variant on a channel.
type PostText struct {
	Body struct {
		Text pipeline.PostedText `json:"text"`
		Fit  []pipeline.Fit      `json:"fit"`
	}
}

func (a *API) textVariant(ctx context.Context, in *textInput) (*PostText, error) {
	out := &PostText{}
	err := a.read(ctx, func(tx *catalog.Tx) error {
		v, err := tx.VariantFor(callerOf(ctx).Creator, in.ID)
		if err != nil {
			return err
		}
		c, m, r, err := tx.Lineage(v.Clip)
		if err != nil {
			return err
		}
		ch, err := tx.Channel(r.Creator, in.Channel)
		if err != nil {
			return err
		}
		b, err := tx.Brief(r.ID)
		if err != nil {
			return err
		}
		now, err := tx.Now()
		ready := desk.AsReady(v, c, m, r, now)
		text, fits := desk.Text(ch, ready, b.Drop, now)
		out.Body.Text, out.Body.Fit = text, append(desk.Fit(ch, ready, b.Drop), fits...)
		return err
	})
	return out, err
}
