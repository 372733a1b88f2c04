// Package marks reads files of marks, in every format creators have: bytes to
// lists of entries. What an entry is worth, and what becomes of it, is decided
// in detect.
//
// Read formats.go first: it is the table of everything that points into a
// recording. A new format is a row there and a file beside it. docs/marks.md is
// made from the table.
package marks
