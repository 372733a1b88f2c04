package pipeline

import "strings"

// Platform is where a channel posts.
type Platform string

// The platforms whose limits and counters are known; Other has neither.
const (
	TikTok    Platform = "tiktok"
	Instagram Platform = "instagram"
	YouTube   Platform = "youtube"
	Facebook  Platform = "facebook"
	X         Platform = "x"
	LinkedIn  Platform = "linkedin"
	Other     Platform = "other"
)

// Platforms is every platform.
var Platforms = []Platform{TikTok, Instagram, YouTube, Facebook, X, LinkedIn, Other}

// Channel is one account on one platform, and what its creator wants posted
// there. Zero values of limits mean: the platform's own.
type Channel struct {
	ID        string     `json:"id"`
	Creator   string     `json:"creator"`
	Name      string     `json:"name"` // unique among its creator's: what schedulers and drop plans call it
	Platform  Platform   `json:"platform"`
	Account   string     `json:"account,omitempty"`  // as the platform shows it; "": nobody said
	Zone      string     `json:"zone"`               // IANA name: slots, hours and days are its local ones
	Slots     []Slot     `json:"slots,omitempty"`    // when posts go out; none: by Audience, else at once
	Audience  []int      `json:"audience,omitempty"` // 168 numbers, Monday 00:00 first: how many are there in each local hour of a week
	GapMS     int64      `json:"gap_ms,omitempty"`   // at least so long between two posts
	Daily     int        `json:"daily,omitempty"`    // at most so many a local day; 0: no limit
	Kinds     []ClipKind `json:"kinds,omitempty"`    // none: every kind
	Aspects   []string   `json:"aspects,omitempty"`  // none: every aspect
	Languages []string   `json:"languages,omitempty"`
	MinMS     int64      `json:"min_ms,omitempty"` // shortest
	MaxMS     int64      `json:"max_ms,omitempty"` // longest
	MaxBytes  int64      `json:"max_bytes,omitempty"`
	Text      TextRules  `json:"text"`
	Overlay   Overlay    `json:"overlay,omitempty"`  // "": as the platform wants it
	Music     bool       `json:"music,omitempty"`    // recordings have music that others may claim
	Siblings  bool       `json:"siblings,omitempty"` // another look of a clip whose same hook was approved needs no verdict of its own
	Paused    bool       `json:"paused,omitempty"`   // nothing is handed out
	Revision  int        `json:"revision"`           // 1 …, raised by every edit
}

// Handle is the account as accounts are compared: @Neon and neon are one.
func (c Channel) Handle() string {
	return strings.ToLower(strings.TrimLeft(strings.TrimSpace(c.Account), "@"))
}

// Slot is a time of the week at which posts go out.
type Slot struct {
	Days []string `json:"days,omitempty"` // mon … sun; none: every day
	At   string   `json:"at"`             // local, HH:MM
}

// Overlay says what may stand in pictures posted on a channel.
type Overlay string

// OverlayAny lets everything through; OverlayPlain only what shows no link, no
// price and no offer: TikTok deletes those.
const (
	OverlayAny   Overlay = "any"
	OverlayPlain Overlay = "plain"
)

// TextRules is how the text beside a clip is made. Templates name fields in
// braces: {hook} {quote} {label} {drop} {price} {link} {tags}.
type TextRules struct {
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Hashtags    []string `json:"hashtags,omitempty"` // without #
	Link        string   `json:"link,omitempty"`     // "": the drop plan's
	Campaign    string   `json:"campaign,omitempty"` // utm_campaign; "": the drop's name, else the moment's
}

// PostedText is what is written beside a clip on one channel.
type PostedText struct {
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Hashtags    []string `json:"hashtags"`
	Link        string   `json:"link,omitempty"`    // with utm_source, utm_medium, utm_campaign and utm_content = the variant's ID
	Replies     []Reply  `json:"replies,omitempty"` // prepared by the drop plan
	FollowUp    string   `json:"follow_up,omitempty"`
}

// Fit is one thing that a file, or its text, keeps or breaks on a platform.
type Fit struct {
	Rule   string `json:"rule"` // stable, snake_case: kind, language, length, size, pixels, aspect, frame_rate, music, overlay, title, description, hashtags, link
	OK     bool   `json:"ok"`
	Must   bool   `json:"must"`             // the platform refuses or hides what breaks it; else it is advice
	Detail string `json:"detail,omitempty"` // with figures
}
