package pipeline

import "dropcut/pipeline/timeline"

// ClipKind is core or short.
type ClipKind string

// A moment has at most one core, of 60–90 s, and up to three shorts of 15–30 s.
const (
	Core  ClipKind = "core"
	Short ClipKind = "short"
)

// Clip is what is approved, posted and counted: one or more windows of one moment.
type Clip struct {
	ID       string            `json:"id"`
	Moment   string            `json:"moment"`
	Kind     ClipKind          `json:"kind"`
	N        int               `json:"n"`               // 1 … among all clips of its kind the moment ever had, the clip's for life
	Place    int               `json:"place,omitempty"` // 1 … within its kind in the newest plan, best first
	Revision int               `json:"revision"`
	Parts    []timeline.Window `json:"parts"`
	Why      []string          `json:"why"`
	Text     string            `json:"text"`
	Hooks    []Hook            `json:"hooks"`
	Notes    []Note            `json:"notes,omitempty"`
	Points   int64             `json:"points,omitempty"` // how good plan found its window; beside Over only
	Over     []Rival           `json:"over,omitempty"`   // windows that lost against it, best first
}

// Rival is a window that plan weighed for a clip and did not take.
type Rival struct {
	Window timeline.Window `json:"window"`
	Points int64           `json:"points"`
	Lost   string          `json:"lost"` // where it is most behind the one that won, in plain words
}

// Window is the clip's first part; clips of this version have one.
func (c Clip) Window() timeline.Window { return c.Parts[0] }

// Hook is an opening line and where it came from.
type Hook struct {
	Text       string `json:"text"`                  // empty: no hook
	From       string `json:"from"`                  // flag, plan, defaults, label, model, words
	Kind       string `json:"kind,omitempty"`        // question, number, superlative, imperative, reveal, quote, offer, countdown, statement
	Offer      bool   `json:"offer,omitempty"`       // it speaks of an offer: to be withdrawn when that ends
	OfferUntil string `json:"offer_until,omitempty"` // RFC 3339, where the plan says
}

// Look is everything that touches pixels over the whole clip.
type Look struct {
	Aspect   string `json:"aspect"`   // 9:16, 4:5, 1:1, 16:9
	Layout   string `json:"layout"`   // fill, fit
	Style    string `json:"style"`    // karaoke, phrase, subtitle, none
	Language string `json:"language"` // BCP 47; "und" when unknown
}

// Aspects are the shapes that a picture can have.
func Aspects() []string { return []string{"9:16", "4:5", "1:1", "16:9"} }

// Layouts are the ways in which it fills its frame.
func Layouts() []string { return []string{"fill", "fit"} }

// Size is the picture of an aspect in pixels, and false for an unknown one.
func Size(aspect string) (width, height int, ok bool) {
	switch aspect {
	case "9:16":
		return 1080, 1920, true
	case "4:5":
		return 1080, 1350, true
	case "1:1":
		return 1080, 1080, true
	case "16:9":
		return 1920, 1080, true
	}
	return 0, 0, false
}
