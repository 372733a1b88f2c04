package render

import "dropcut/pipeline"

// How pictures of high dynamic range are shown.
const (
	toneMapped = "hable" // mapped with zscale and tonemap
	toneLost   = "lost"  // this build of ffmpeg cannot: shown as they are
)

// treatment is all about source pictures that decides how they are shown:
// upright, in square pixels, progressive, as BT.709 in video range.
type treatment struct {
	Width      int    `json:"width"` // coded
	Height     int    `json:"height"`
	Rotation   int    `json:"rotation,omitempty"`   // degrees clockwise
	Interlaced string `json:"interlaced,omitempty"` // tff or bff
	Matrix     string `json:"matrix"`               // as the scale filter names it
	Range      string `json:"range"`                // tv or pc
	Tone       string `json:"tone,omitempty"`       // toneMapped, toneLost; empty for ordinary pictures
	Transfer   string `json:"transfer,omitempty"`   // with a tone
	Primaries  string `json:"primaries,omitempty"`  // with a tone
}

// treat decides how pictures of v are shown. mapped says whether high dynamic
// range can be mapped here.
func treat(v pipeline.Video, mapped bool) treatment {
	t := treatment{Width: v.Width, Height: v.Height, Rotation: v.Rotation, Matrix: matrix(v), Range: "tv"}
	if v.Range == "pc" || len(v.PixFmt) > 4 && v.PixFmt[:4] == "yuvj" {
		t.Range = "pc"
	}
	switch v.Interlaced {
	case "tt", "tb":
		t.Interlaced = "tff"
	case "bb", "bt":
		t.Interlaced = "bff"
	}
	if v.IsHDR() {
		t.Tone, t.Transfer, t.Primaries = toneLost, v.Transfer, v.Primaries
		if mapped {
			t.Tone = toneMapped
		}
		if t.Primaries != "bt709" && t.Primaries != "smpte432" {
			t.Primaries = "bt2020"
		}
	}
	return t
}

// matrix is the colour matrix of v. Where the stream does not say, small
// pictures are BT.601 and others BT.709, as players assume.
func matrix(v pipeline.Video) string {
	switch v.Matrix {
	case "bt709":
		return "bt709"
	case "smpte170m", "bt470bg":
		return "bt601"
	case "smpte240m":
		return "smpte240m"
	case "fcc":
		return "fcc"
	case "bt2020nc", "bt2020c":
		return "bt2020"
	}
	if v.Height < 720 && v.Width < 1280 && v.Height > 0 {
		return "bt601"
	}
	return "bt709"
}
