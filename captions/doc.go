// Package captions turns a transcript into cues, cues into tracks, and tracks
// into ASS for the picture and SRT and VTT beside it. It knows styles, hooks,
// fonts, scripts, directions and line breaks, and imports only
// pipeline/timeline. Files with words are read by captions/transcript.
//
// go-astisub writes SRT and VTT, and in tests it must read what we write.
package captions
