package catalog

import "time"

// Outcome is what a step leaves behind: records to keep, and rows to add for
// the next step of the line.
type Outcome struct {
	// Keep writes the step's records, in the transaction that finishes its work. It may be nil.
	Keep func(*Tx) error
	// Next is what to do for the next step of the line, which the worker names.
	// Keep may fill it in; a row without a subject is not added.
	Next []Work
	// Made says what the step had to make, for those who watch.
	Made Made
}

// Made counts what a piece of work had to do.
type Made struct {
	Moment    string        // for which moment; "" counts nowhere
	Frames    int64         // pictures encoded
	BytesRead int64         // of the recording
	CPU       time.Duration // of child processes
	Wanted    int64         // different pictures of all variants found to be missing
	Todo      int64         // pictures found to be missing, which runs will encode
	Files     int           // variants found to be missing, which will be assembled
	Next      int           // rows the next step was given; the worker counts them
	File      string        // in the output bucket, when a variant was finished
	Short     bool          // File is a short
	Label     string        // what a person calls what was made
}
