package catalog

import (
	"dropcut/pipeline"
)

// AddChannel keeps a new channel, or takes up again one that was removed and
// posted on the same account: then what was handed out there stays handed out,
// and what is kept has its ID. Conflict where its creator has one of that name
// or account.
func (t *Tx) AddChannel(c pipeline.Channel) (pipeline.Channel, error) {
	if err := t.isFree(c, true); err != nil {
		return c, err
	}
	was, err := t.removedLike(c)
	if err != nil {
		return c, err
	}
	if was == nil {
		_, err := t.exec(`INSERT INTO channels (id, creator, name, platform, account, revision, doc, created_ms, updated_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7, now_ms, now_ms)`, c.ID, c.Creator, c.Name, c.Platform, c.Handle(), c.Revision, text(c))
		return c, err
	}
	c.ID, c.Revision = was.ID, was.Revision+1
	_, err = t.exec(`UPDATE channels SET removed_ms = 0, `+channelEdit, c.ID, c.Name, c.Platform, c.Handle(), c.Revision, text(c))
	return c, err
}

// channelEdit keeps a channel anew. An account that is not named any more is
// remembered.
const channelEdit = `name = $2, account = CASE WHEN $4 = '' AND platform = $3 THEN account ELSE $4 END, platform = $3, revision = $5, doc = $6, updated_ms = now_ms
	WHERE id = $1`

// removedLike is the channel that was removed and posted on c's account, the
// last of several; where one of the two names no account, its name decides. Nil
// where there is none.
func (t *Tx) removedLike(c pipeline.Channel) (*pipeline.Channel, error) {
	all, err := docs[pipeline.Channel](t, `SELECT doc FROM channels WHERE creator = $1 AND platform = $2 AND removed_ms > 0
		  AND (account = $3 OR account = '' OR $3 = '') AND (name = $4 OR account = $3 AND $3 <> '')
		ORDER BY CASE WHEN account = $3 THEN 0 ELSE 1 END, removed_ms DESC, id DESC LIMIT 1`, c.Creator, c.Platform, c.Handle(), c.Name)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// isFree refuses a name, and an account, that another channel of the creator
// has; removed says that an account may be one of a channel that was removed.
func (t *Tx) isFree(c pipeline.Channel, removed bool) error {
	named, err := t.some(`SELECT COUNT(*) FROM channels WHERE creator = $1 AND name = $2 AND id <> $3 AND removed_ms = 0`, c.Creator, c.Name, c.ID)
	if err != nil {
		return err
	}
	if named {
		return pipeline.Fail(pipeline.Conflict, "channel_exists", "edit it, or choose another name", "%s has a channel %q", c.Creator, c.Name).At("/name")
	}
	all, err := docs[pipeline.Channel](t, `SELECT doc FROM channels WHERE creator = $1 AND platform = $2 AND account = $3 AND $3 <> '' AND id <> $4
		AND (removed_ms = 0 OR NOT CAST($5 AS BOOLEAN)) ORDER BY removed_ms LIMIT 1`, c.Creator, c.Platform, c.Handle(), c.ID, removed)
	if err == nil && len(all) > 0 {
		err = pipeline.Fail(pipeline.Conflict, "account_exists", "edit that one; one that was removed is taken up again when its account is added anew",
			"channel %q (%s) of %s posts, or posted, on %s", all[0].Name, all[0].ID, c.Creator, c.Account).At("/account")
	}
	return err
}

// EditChannel keeps c, whose Revision is the one it was read with; what is kept
// has the next. Conflict with code stale where it was edited since, and where
// another channel has its name, or has or had its account, or where it leaves an
// account for which it was handed clips.
func (t *Tx) EditChannel(c pipeline.Channel) (pipeline.Channel, error) {
	if err := t.isFree(c, false); err != nil {
		return c, err
	}
	if err := t.stays(c); err != nil {
		return c, err
	}
	was := c.Revision
	c.Revision++
	n, err := t.exec(`UPDATE channels SET `+channelEdit+` AND revision = $7 AND removed_ms = 0`, c.ID, c.Name, c.Platform, c.Handle(), c.Revision, text(c), was)
	if err == nil && n == 0 {
		err = Stale("channel", c.ID)
	}
	return c, err
}

// stays refuses to move a channel to another account, or platform, once a clip
// was handed out there: the account that it leaves would be forgotten, and a
// channel added for it would be handed the same clips again.
func (t *Tx) stays(c pipeline.Channel) error {
	moves, err := t.some(`SELECT COUNT(*) FROM channels ch WHERE ch.id = $1 AND ch.removed_ms = 0
		AND (ch.platform <> $2 OR (ch.account <> '' AND $3 <> '' AND ch.account <> $3))
		AND EXISTS (SELECT 1 FROM claims c WHERE c.channel_id = ch.id AND c.state IN `+handedOut+`)`, c.ID, c.Platform, c.Handle())
	if err == nil && moves {
		err = pipeline.Fail(pipeline.Conflict, "account_posted", "remove the channel, and add one for the other account",
			"channel %q has been handed clips for its account", c.Name).At("/account")
	}
	return err
}

// Stale is a Conflict: what was to be edited was edited meanwhile, or is gone.
func Stale(what, id string) error {
	return pipeline.Fail(pipeline.Conflict, "stale", "read it again", "the %s %s was changed meanwhile", what, id)
}

// Channel is a creator's channel with that ID or name; creator "" is anybody,
// and then a name that several have is Conflict.
func (t *Tx) Channel(creator, idOrName string) (pipeline.Channel, error) {
	all, err := docs[pipeline.Channel](t, `SELECT doc FROM channels
		WHERE (id = $2 OR name = $2) AND ($1 = '' OR creator = $1) AND removed_ms = 0 ORDER BY CASE WHEN id = $2 THEN 0 ELSE 1 END LIMIT 2`, creator, idOrName)
	switch {
	case err != nil:
		return pipeline.Channel{}, err
	case len(all) == 0:
		return pipeline.Channel{}, noSuch("channel")
	case len(all) == 2 && all[0].ID != idOrName && all[0].Creator != all[1].Creator:
		return pipeline.Channel{}, pipeline.Fail(pipeline.Conflict, "ambiguous_channel", "name it by its ID", "several creators have a channel %q", idOrName)
	}
	return all[0], nil
}

// ChannelEver is the channel with that ID, also one that was removed.
func (t *Tx) ChannelEver(id string) (pipeline.Channel, error) {
	return doc[pipeline.Channel](t, "channel", `SELECT doc FROM channels WHERE id = $1`, id)
}

// Channels is a creator's channels (creator "": everybody's), newest first,
// behind the ID before; "" begins.
func (t *Tx) Channels(creator, before string, limit int) ([]pipeline.Channel, error) {
	query, args := page("id", creator, before, limit, "removed_ms = 0")
	return docs[pipeline.Channel](t, `SELECT doc FROM channels `+query, args...)
}

// RemoveChannel ends a channel. Its claims and posts stay; its name is free, and
// AddChannel takes it up again.
func (t *Tx) RemoveChannel(id string) error {
	if _, err := t.exec(`DELETE FROM waiting WHERE channel_id = $1`, id); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE channels SET removed_ms = now_ms, updated_ms = now_ms WHERE id = $1`, id)
	return err
}
