// Package pipeline holds dropcut's words: the records that steps hand to each
// other, the line that orders the steps, and the kinds of error.
//
//	ingest → detect → excerpt → transcribe → plan → render → publish
//
// Read line.go for the order, then one step's package. Nothing here knows
// ffmpeg, SQL, HTTP or Asynq. The words are those of docs/design.md.
package pipeline
