package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"

	"dropcut/pipeline"
	"dropcut/pipeline/drop"
)

// channelsCommand says where clips are posted.
type channelsCommand struct {
	Apply channelsApply `cmd:"" help:"Have a serve know the channels of a file, docs/channels.md."`
	List  channelsList  `cmd:"" help:"List channels."`
}

// channelsApply tells a serve of a channels.yaml.
type channelsApply struct {
	remote
	File    string `arg:"" help:"A channels.yaml."`
	Creator string `placeholder:"NAME" help:"Whose channels; needed with a token that reaches everybody's."`
}

// Help is shown below the flags.
func (channelsApply) Help() string {
	return "Example:\n\n  dropcut channels apply --creator ada channels.yaml\n\nThe same file again changes nothing. A channel that is not in it stays as it is.\n\n" + exitHelp
}

// mostChannelsFile is how much of a file is read.
const mostChannelsFile = 1 << 20

// Run reads the whole file before it tells of any channel.
func (c *channelsApply) Run(ctx context.Context, con console) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return pipeline.Fail(pipeline.NotFound, "no_file", "", "open %s: %w", c.File, err)
	}
	if len(text) > mostChannelsFile {
		return pipeline.Fail(pipeline.Invalid, "too_large", "split it", "%s has more than %d bytes", c.File, mostChannelsFile)
	}
	all, err := drop.ParseChannels(c.File, text)
	if err != nil {
		return err
	}
	known, err := c.known(ctx)
	if err != nil {
		return err
	}
	for _, one := range all {
		said, err := c.apply(ctx, one, known[one.Name])
		if err != nil {
			return err
		}
		fmt.Fprintf(con.Err, "%-10s %s\n", said, printable(one.Name))
	}
	return nil
}

// known is the creator's channels by name.
func (c *channelsApply) known(ctx context.Context) (map[string]pipeline.Channel, error) {
	all, err := c.channels(ctx)
	out := map[string]pipeline.Channel{}
	for _, one := range all {
		if c.Creator == "" || one.Creator == c.Creator {
			out[one.Name] = one
		}
	}
	return out, err
}

// apply makes a channel what the file says.
func (c *channelsApply) apply(ctx context.Context, one, was pipeline.Channel) (said string, err error) {
	body, err := described(one)
	if err != nil {
		return "", err
	}
	if was.ID == "" {
		path := "/v1/channels"
		if c.Creator != "" {
			path += "?creator=" + url.QueryEscape(c.Creator)
		}
		return "added", c.send(ctx, http.MethodPost, path, body, nil)
	}
	before, err := described(was)
	if err != nil || string(before) == string(body) {
		return "known", err
	}
	return "edited", c.call(ctx, http.MethodPut, "/v1/channels/"+url.PathEscape(was.ID), http.Header{"If-Match": {fmt.Sprintf("%q", fmt.Sprint(was.Revision))}}, body, nil)
}

// described is what a creator says of a channel, without what the catalogue adds.
func described(c pipeline.Channel) (json.RawMessage, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	err = json.Unmarshal(text, &fields)
	for _, ours := range []string{"id", "creator", "revision"} {
		delete(fields, ours)
	}
	text, marshal := json.Marshal(fields)
	return text, errors.Join(err, marshal)
}

// channels is every channel that the token reaches.
func (r remote) channels(ctx context.Context) (all []pipeline.Channel, err error) {
	for cursor := ""; ; {
		var list struct {
			Data []pipeline.Channel
			Next *string `json:"next_cursor"`
		}
		if err := r.ask(ctx, http.MethodGet, "/v1/channels?limit=100&cursor="+url.QueryEscape(cursor), &list); err != nil {
			return nil, err
		}
		all = append(all, list.Data...)
		if list.Next == nil {
			return all, nil
		}
		cursor = *list.Next
	}
}

// channelsList lists channels.
type channelsList struct {
	remote
	JSON bool `name:"json" help:"Print one JSON document."`
}

// Run prints them, newest first.
func (c *channelsList) Run(ctx context.Context, con console) error {
	all, err := c.channels(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(con.Out).Encode(all)
	}
	out := tabwriter.NewWriter(con.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "ID\tCREATOR\tNAME\tPLATFORM\tZONE\tSLOTS\tSTATE")
	for _, one := range all {
		state := "open"
		if one.Paused {
			state = "paused"
		}
		var slots []string
		for _, s := range one.Slots {
			slots = append(slots, strings.TrimSpace(strings.Join(s.Days, ",")+" "+s.At))
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", one.ID, printable(one.Creator), printable(one.Name), one.Platform, one.Zone, strings.Join(slots, "; "), state)
	}
	return out.Flush()
}
