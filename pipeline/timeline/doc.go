// Package timeline is exact media time: rates, frames, windows and pieces.
//
// Everything inside dropcut counts whole frames of one show's rate, from the
// recording's first shown frame. Milliseconds and time.Duration exist only at
// edges (files, API, ASS), and every conversion lives here, in integers.
// The package imports nothing of ours.
package timeline
