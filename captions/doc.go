// Package captions turns a transcript into cues, cues into tracks, and tracks
// into ASS for the picture and SRT and VTT beside it. It knows styles, hooks,
// fonts and line breaks, and imports only pipeline/timeline.
package captions
