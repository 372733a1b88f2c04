package channels

import "dropcut/pipeline"

// limit is one thing that a platform wants of a file, or of its text.
type limit struct {
	rule    string   // of pipeline.Fit
	least   int64    // in the unit of the rule; 0: none
	most    int64    // 0: none
	among   []string // aspects
	unit    unit
	must    bool   // else the platform only advises it, or its number is from hearsay
	account bool   // an account may have more: the channel's own limit counts
	breaks  string // what comes of it, where that is not a refusal
	source  string
	read    string // when
}

// unit is what a limit counts, or how.
type unit string

const (
	millis     unit = "ms"
	bytes      unit = "bytes"     // a megabyte is 1,000,000: the smaller reading
	shorter    unit = "px"        // the shorter side
	longer     unit = "px long"   // the longer side
	columns    unit = "px wide"   // the width
	ratio      unit = "10000 w/h" // width to height
	millirate  unit = "mHz"       // frames in 1,000 s
	characters unit = "characters"
	utf16units unit = "UTF-16 units"
	utf8bytes  unit = "bytes of UTF-8"
	weighted   unit = "of X's characters" // 23 a link, 2 an emoji and most scripts of Asia
	tags       unit = "hashtags"
)

const (
	second   = 1000
	minute   = 60 * second
	megabyte = 1_000_000
	kilobyte = 1000
	cinema   = 23_976 // "24 frames" is read as with 23.976
)

const (
	tiktokGuide = "developers.tiktok.com/doc/content-posting-api-media-transfer-guide"
	tiktokPost  = "developers.tiktok.com/doc/content-posting-api-reference-direct-post"
	tiktokRules = "developers.tiktok.com/doc/content-sharing-guidelines"
	instagram   = "developers.facebook.com/docs/instagram-platform (ig-user/media)"
	facebook    = "developers.facebook.com/docs/video-api (reels-publishing)"
	shorts      = "support.google.com/youtube (Shorts, uploads since 15 October 2024)"
	uploads     = "support.google.com/youtube/answer/1722171"
	youtubeData = "developers.google.com/youtube/v3/docs/videos"
	xMedia      = "docs.x.com/x-api/media/quickstart/best-practices"
	xCount      = "github.com/twitter/twitter-text, config/v3.json"
	linkedin    = "LinkedIn Videos API"
	hearsay     = "third parties; not confirmed"
	november    = "2026-11"
)

// limits is what is known of each platform. The page docs/channels.md is
// written from it.
var limits = map[pipeline.Platform][]limit{
	pipeline.TikTok: {
		{rule: "length", unit: millis, least: 3 * second, most: 600 * second, must: true, account: true, source: tiktokGuide, read: november},
		{rule: "size", unit: bytes, most: 4000 * megabyte, must: true, source: tiktokGuide, read: november},
		{rule: "pixels", unit: shorter, least: 360, must: true, source: tiktokGuide, read: november},
		{rule: "pixels", unit: longer, most: 4096, must: true, source: tiktokGuide, read: november},
		{rule: "aspect", among: []string{"9:16", "16:9"}, breaks: "others get bars", source: tiktokGuide, read: november},
		{rule: "frame_rate", unit: millirate, least: 23_000, most: 60_000, must: true, source: tiktokGuide, read: november},
		{rule: "description", unit: utf16units, most: 2200, must: true, source: tiktokPost, read: november},
	},
	pipeline.Instagram: {
		{rule: "length", unit: millis, least: 3 * second, most: 15 * minute, must: true, source: instagram, read: november},
		{rule: "size", unit: bytes, most: 300 * megabyte, must: true, source: instagram, read: november},
		{rule: "pixels", unit: columns, most: 1920, must: true, source: instagram, read: november},
		{rule: "aspect", unit: ratio, least: 100, most: 100_000, must: true, source: instagram, read: november},
		{rule: "frame_rate", unit: millirate, least: 23_000, most: 60_000, must: true, source: instagram, read: november},
		{rule: "description", unit: characters, most: 2200, must: true, source: instagram, read: november},
		{rule: "hashtags", unit: tags, most: 30, must: true, source: instagram, read: november},
	},
	pipeline.YouTube: {
		{rule: "length", unit: millis, most: 180 * second, breaks: "longer ones are no Shorts", source: shorts, read: november},
		{rule: "music", unit: millis, most: 60 * second, must: true, breaks: "a longer Short with claimed music is blocked everywhere", source: shorts, read: november},
		{rule: "size", unit: bytes, most: 256_000 * megabyte, source: hearsay, read: november},
		{rule: "aspect", unit: ratio, most: 10_000, breaks: "wider ones are no Shorts", source: shorts, read: november},
		{rule: "frame_rate", unit: millirate, least: cinema, most: 60_000, breaks: "others are converted", source: uploads, read: november},
		{rule: "title", unit: characters, most: 100, must: true, source: youtubeData, read: november},
		{rule: "description", unit: utf8bytes, most: 5000, must: true, source: youtubeData, read: november},
	},
	pipeline.Facebook: {
		{rule: "length", unit: millis, least: 3 * second, most: 90 * second, must: true, source: facebook, read: november},
		{rule: "size", unit: bytes, most: 1000 * megabyte, source: hearsay, read: november},
		{rule: "pixels", unit: shorter, least: 540, must: true, source: facebook, read: november},
		{rule: "aspect", among: []string{"9:16"}, must: true, source: facebook, read: november},
		{rule: "frame_rate", unit: millirate, least: cinema, most: 60_000, must: true, source: facebook, read: november},
	},
	pipeline.X: {
		{rule: "length", unit: millis, least: second / 2, most: 140 * second, must: true, account: true, source: xMedia, read: november},
		{rule: "size", unit: bytes, most: 512 * megabyte, must: true, account: true, source: xMedia, read: november},
		{rule: "pixels", unit: longer, most: 1280, breaks: "larger ones are made smaller", source: xMedia, read: november},
		{rule: "aspect", unit: ratio, least: 3333, most: 30_000, must: true, source: xMedia, read: november},
		{rule: "frame_rate", unit: millirate, most: 60_000, must: true, source: xMedia, read: november},
		{rule: "description", unit: weighted, most: 280, must: true, source: xCount, read: november},
	},
	pipeline.LinkedIn: {
		{rule: "length", unit: millis, least: 3 * second, most: 30 * minute, must: true, source: linkedin, read: november},
		{rule: "size", unit: bytes, least: 75 * kilobyte, most: 500 * megabyte, must: true, source: linkedin, read: november},
		{rule: "aspect", unit: ratio, least: 4166, most: 24_000, must: true, source: linkedin, read: november},
		{rule: "frame_rate", unit: millirate, least: 10_000, most: 60_000, source: hearsay, read: november},
		{rule: "description", unit: characters, most: 3000, source: hearsay, read: november},
	},
	pipeline.Other: nil,
}

// limitOf is the platform's limit of a rule.
func limitOf(p pipeline.Platform, rule string) (limit, bool) {
	for _, l := range limits[p] {
		if l.rule == rule {
			return l, true
		}
	}
	return limit{}, false
}
