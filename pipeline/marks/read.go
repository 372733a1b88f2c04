package marks

import (
	"io"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// Read reads a file of marks, whatever it is called: content decides. One file
// may hold several lists. A file that is none of the formats, or in which no
// mark is, is Invalid, code unknown_marks; one of more than 32 MiB is Invalid,
// code marks_too_large. Nothing in a file makes it panic.
func Read(name string, b []byte, of Recording) (all []List, err error) {
	defer func() {
		if r := recover(); r != nil {
			all, err = nil, unknown(name, "it cannot be read")
		}
	}()
	if len(b) > MostBytes {
		return nil, pipeline.Fail(pipeline.Invalid, "marks_too_large", "give the marks of this recording only", "%s has more than 32 MiB", name)
	}
	text, ok := decode(b)
	if !ok {
		return nil, unknown(name, "it is no text")
	}
	f := &file{name: name, text: text}
	row, ok := formatOf(f)
	if !ok {
		return nil, unknown(name, "it is in another format")
	}
	if all, err = row.parse(f, of); err != nil {
		return nil, err
	}
	return all, named(all, row, name)
}

// formatOf is the first row that knows the file.
func formatOf(f *file) (Format, bool) {
	for _, row := range Formats() {
		if row.IsFile() && row.looks(f) {
			return row, true
		}
	}
	return Format{}, false
}

// named gives every list its name, and refuses those that are all empty.
func named(all []List, row Format, name string) error {
	entries, log := 0, false
	for i := range all {
		all[i].Name = name
		entries += len(all[i].Entries)
		log = log || all[i].Log
	}
	switch {
	case entries > 0:
		return nil
	case log:
		return unknown(name, "it is a log, with a time every few seconds, and no list")
	case row.Loose:
		return unknown(name, "there is no time in it")
	}
	return unknown(name, "it looks like "+row.Name+", but there is no mark in it")
}

func unknown(name, why string) error {
	return pipeline.Fail(pipeline.Invalid, "unknown_marks", "accepted are "+accepted(), "%s: %s that dropcut reads as marks", name, why)
}

// IsMarks reports whether b is a file of marks, by its content alone. It is
// stricter than reading a file that a person named: a few times in a page of
// prose are no list.
func IsMarks(b []byte) bool {
	all, err := Read("", b, Recording{Rate: timeline.Rate30})
	if err != nil {
		return false
	}
	const listed = 3
	for _, l := range all {
		if len(l.Entries) > 0 && (!FormatOf(l.Source).Loose || len(l.Entries) >= listed || l.Share >= 0.5) {
			return true
		}
	}
	return false
}

// asItIs is the reader of XML that names a character set: the text is UTF-8 by now.
func asItIs(_ string, r io.Reader) (io.Reader, error) { return r, nil }
