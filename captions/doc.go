// Package captions turns a transcript into cues, cues into tracks, and tracks
// into ASS for the picture and SRT and VTT beside it. It knows styles, hooks,
// fonts and line breaks, and imports only pipeline/timeline.
//
// SRT and VTT are read by a reader of our own, because one odd line must not
// cost a whole file; go-astisub writes them, and in tests it must read what we
// write and agree with what we read.
package captions
