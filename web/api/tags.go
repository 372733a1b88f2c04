package api

import "github.com/danielgtaylor/huma/v2"

// tags is what operations are about, in the order of a clip's life.
func tags() []*huma.Tag {
	return []*huma.Tag{
		{Name: "recordings", Description: "Streams that were taken in, how far their clips are, and why not."},
		{Name: "uploads", Description: "A recording, or what belongs to it, sent over the API."},
		{Name: "notifications", Description: "A store or a program says that something arrived."},
		{Name: "landings", Description: "What lies in the source and is not, or not yet, a recording."},
		{Name: "tasks", Description: "One piece of work: cancelled or tried again by itself."},
		{Name: "marks", Description: "Marks made while a show goes on."},
		{Name: "moments", Description: "The stretches worth showing."},
		{Name: "clips", Description: "Cores and shorts, cut from moments."},
		{Name: "variants", Description: "A clip in one look with one hook: its file, captions, poster and text."},
		{Name: "verdicts", Description: "What editors say of variants: approve, reject, adjust."},
		{Name: "channels", Description: "Accounts on platforms: when they post, and what they want."},
		{Name: "claims", Description: "The exclusive right to post a variant on a channel, and what became of it."},
		{Name: "ready-clips", Description: "What could be claimed, as tools read it that poll: a bare list, newest first."},
		{Name: "posts", Description: "What is out."},
		{Name: "recalls", Description: "What is not to be posted any more."},
		{Name: "share-events", Description: "Re-shares, each counted once by its ID."},
		{Name: "snapshots", Description: "Platforms' cumulative counters at a time."},
		{Name: "results", Description: "Micro-share rates: numerator, denominator and interval beside each."},
		{Name: "events", Description: "What changes, as it changes (server-sent events)."},
		{Name: "webhooks", Description: "Addresses that are told what happens (Standard Webhooks)."},
		{Name: "messages", Description: "One thing told to one webhook."},
		{Name: "inbound", Description: "Shares told by others, signed (Standard Webhooks)."},
		{Name: "tokens", Description: "Who may call, for what, and until when."},
	}
}
