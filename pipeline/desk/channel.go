package desk

import (
	"dropcut/pipeline"
	"dropcut/pipeline/channels"
	"dropcut/storage/catalog"
)

// AddChannel keeps a new channel of a creator, and has it wait for all that was
// approved and fits. One that was removed and posted on the same account is
// taken up again, with its ID: what was handed out there stays handed out.
// Invalid where the channel is not well described, Conflict where there is one
// of that name or account.
func (d *Desk) AddChannel(tx *catalog.Tx, c pipeline.Channel) (pipeline.Channel, error) {
	if err := channels.Check(c); err != nil {
		return c, err
	}
	if err := tx.Enter(c.Creator); err != nil {
		return c, err
	}
	all, err := tx.Channels(c.Creator, "", mostChannels)
	if err != nil {
		return c, err
	}
	if len(all) == mostChannels {
		return c, pipeline.Fail(pipeline.Conflict, "too_many_channels", "remove one", "%s has %d channels", c.Creator, mostChannels)
	}
	c.ID, c.Revision = pipeline.Mint(pipeline.ChannelID), 1
	if c, err = tx.AddChannel(c); err != nil {
		return c, err
	}
	return c, d.refill(tx, c)
}

// EditChannel keeps a channel anew; its Revision is the one it was read with.
func (d *Desk) EditChannel(tx *catalog.Tx, c pipeline.Channel) (pipeline.Channel, error) {
	if err := channels.Check(c); err != nil {
		return c, err
	}
	if err := tx.Enter(c.Creator); err != nil {
		return c, err
	}
	c, err := tx.EditChannel(c)
	if err != nil {
		return c, err
	}
	return c, d.refill(tx, c)
}

// RemoveChannel ends a channel; twice is NotFound.
func (d *Desk) RemoveChannel(tx *catalog.Tx, who Who, id string) error {
	c, err := tx.Channel(who.Creator, id)
	if err != nil {
		return err
	}
	if err := tx.Enter(c.Creator); err != nil {
		return err
	}
	return tx.RemoveChannel(c.ID)
}

// refill decides anew what a channel waits for.
func (d *Desk) refill(tx *catalog.Tx, c pipeline.Channel) error {
	if err := tx.AwaitNone(c.ID); err != nil {
		return err
	}
	all, err := tx.EachReady(c.Creator)
	if err != nil {
		return err
	}
	p := plans{tx: tx}
	for _, r := range all {
		if err := p.await(c, r); err != nil {
			return err
		}
	}
	return nil
}
