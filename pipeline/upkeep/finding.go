package upkeep

import (
	"context"
	"fmt"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Promise is the number of a promise; docs/findings.md has them in words.
type Promise string

// The promises that are proved.
const (
	Ends    Promise = "I1" // what was accepted ends, or is on its way
	Once    Promise = "I2" // nothing is there twice
	Held    Promise = "I3" // no clip is in two hands
	Counted Promise = "I4" // what is posted is counted, and once
	Whole   Promise = "I5" // what is named is there, and is what it says
	Clean   Promise = "I6" // nothing is held or half done that nobody will finish
)

// Finding is one promise that does not hold of one subject.
type Finding struct {
	Promise  Promise `json:"promise"`
	Code     string  `json:"code"`    // stable, see docs/findings.md
	Subject  string  `json:"subject"` // an ID, a recipe, or a key
	Detail   string  `json:"detail"`
	Repair   string  `json:"repair"`     // what puts it right
	CanMend  bool    `json:"repairable"` // and Repair does it
	Repaired bool    `json:"repaired"`

	recording string                          // whose rows must be at rest for it; "" for none
	change    func(*catalog.Tx) (bool, error) // of the records; false: it is no longer needed. May be nil
	begin     start                           // where the line begins anew; zero: nowhere
	sweep     func(ctx context.Context) error // of a bucket. May be nil
}

// start is a step that is to be done again, and of what.
type start struct {
	step    pipeline.Step
	subject string
}

// canMend reports whether Repair can do something about it.
func (f Finding) canMend() bool {
	return f.change != nil || f.sweep != nil || f.begin != start{}
}

// found is a finding of a known code.
func found(code, subject, format string, args ...any) Finding {
	k := kinds[code]
	return Finding{Promise: k.promise, Code: code, Subject: subject, Detail: fmt.Sprintf(format, args...), Repair: k.repair}
}

// Looked counts what was read.
type Looked struct {
	Recordings int `json:"recordings"`
	Moments    int `json:"moments"`
	Variants   int `json:"variants"` // made ones
	Files      int `json:"files"`    // in the output bucket
	Segments   int `json:"segments"`
	Excerpts   int `json:"excerpts"`
	Sidecars   int `json:"sidecars"`
	Decoded    int `json:"decoded"` // files, from end to end
}

func (l *Looked) add(o Looked) {
	l.Recordings += o.Recordings
	l.Moments += o.Moments
	l.Variants += o.Variants
	l.Files += o.Files
	l.Segments += o.Segments
	l.Excerpts += o.Excerpts
	l.Sidecars += o.Sidecars
	l.Decoded += o.Decoded
}

// Report is what a check found. It is stable as JSON: additions only.
type Report struct {
	Version  int       `json:"version"`
	Promises []Promise `json:"promises"`
	Deep     bool      `json:"deep"`
	Looked   Looked    `json:"looked"`
	Findings []Finding `json:"findings"` // by promise, code and subject
}

// Mendable counts the findings that Repair would put right.
func (r Report) Mendable() int {
	n := 0
	for _, f := range r.Findings {
		if f.CanMend && !f.Repaired {
			n++
		}
	}
	return n
}

// Broken counts the findings that were not repaired.
func (r Report) Broken() int {
	n := 0
	for _, f := range r.Findings {
		if !f.Repaired {
			n++
		}
	}
	return n
}
