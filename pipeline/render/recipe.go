package render

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"dropcut/pipeline/timeline"
)

// recipeVersion is raised when the same fields come to mean other pixels.
const recipeVersion = 1

// recipe is all that decides the pixels of one segment. Its fields, in this
// order, are its canonical form; nothing in it depends on the machine, on the
// excerpt the pictures are read from, or on neighbours.
type recipe struct {
	Version     int             `json:"version"`
	Fingerprint string          `json:"fingerprint"` // of the recording
	Stream      int             `json:"stream"`
	Pieces      timeline.Pieces `json:"pieces"` // of the recording, cut to the range
	Rate        timeline.Rate   `json:"rate"`
	In          int64           `json:"in_frame"` // from the recording's zero
	Out         int64           `json:"out_frame"`
	Picture     treatment       `json:"picture"`
	Canvas      geometry        `json:"canvas"`
	Script      string          `json:"script,omitempty"` // what is written on the pictures; empty where nothing is
	Fonts       []string        `json:"fonts,omitempty"`  // digests, where something is written
	Encoder     []string        `json:"encoder"`
}

// ID names the recipe.
func (r recipe) ID() string { return hashOf(r) }

// soundRecipe is all that decides one clip's sound.
type soundRecipe struct {
	Version     int             `json:"version"`
	Fingerprint string          `json:"fingerprint"`
	Sound       int             `json:"sound"` // stream
	Pieces      timeline.Pieces `json:"pieces"`
	Rate        timeline.Rate   `json:"rate"`
	In          int64           `json:"in_frame"`
	Out         int64           `json:"out_frame"`
	Encoder     []string        `json:"encoder"`
}

// ID names the recipe; it never equals a segment's.
func (r soundRecipe) ID() string { return hashOf(r) }

// variantInput is all that decides the bytes of one variant's file but the
// encoder's build and where its pictures are cut.
type variantInput struct {
	Version int               `json:"version"`
	Whole   recipe            `json:"whole"` // as if the clip were one segment
	Parts   []timeline.Window `json:"parts"`
	Sound   string            `json:"sound"`
}

// hashOf is the hash of v's JSON: structs keep their fields' order, and none
// of ours holds a map or a float.
func hashOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("render: a recipe that is no JSON: %v", err)) // a bug of ours: recipes are plain data
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
