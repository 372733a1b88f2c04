package marks

import (
	"slices"
	"strings"

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
	_, _, all, err = read(name, b, of)
	return all, err
}

// read is Read, and the row and the file that it found.
func read(name string, b []byte, of Recording) (row Format, f *file, all []List, err error) {
	if len(b) > MostBytes {
		return row, nil, nil, pipeline.Fail(pipeline.Invalid, "marks_too_large", "give the marks of this recording only", "%s has more than 32 MiB", name)
	}
	text, ok := decode(b)
	if !ok {
		return row, nil, nil, unknown(name, "it is not text")
	}
	f = &file{name: name, text: text}
	if row, ok = formatOf(f); !ok {
		return row, f, nil, unknown(name, "it is in another format")
	}
	if all, err = row.parse(f, of); err != nil {
		return row, f, nil, err
	}
	all = slices.DeleteFunc(all, List.isEmpty)
	return row, f, all, finish(all, row, name)
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

// finish gives every list its name and no precision beyond its format's, and
// refuses those that are all empty.
func finish(all []List, row Format, name string) error {
	entries, log := 0, false
	var problems []string
	for i := range all {
		l := &all[i]
		l.Name = name
		entries += len(l.Entries)
		log = log || l.Log
		problems = append(problems, l.Problems...)
		for k := range l.Entries {
			l.Entries[k].Step = max(l.Entries[k].Step, FormatOf(l.Source).Finest)
		}
	}
	switch {
	case entries > 0:
		return nil
	case log:
		return unknown(name, "it is a log, with a time every few seconds, and no list")
	case row.Source == SourceTimestamps:
		return unknown(name, "there is no time in it")
	}
	return unknown(name, strings.Join(append([]string{"it is " + row.Name + ", but there is no mark in it"}, problems...), "; "))
}

func unknown(name, why string) error {
	return pipeline.Fail(pipeline.Invalid, "unknown_marks", "accepted are "+accepted(), "%s is no file of marks that dropcut reads: %s", name, why)
}

// Told is the source of the marks in b, told by its content alone; false when
// it holds none. It is stricter than reading a file that a person named: a few
// times in a page of prose are no list, captions are no chapters.
func Told(b []byte) (source string, ok bool) {
	defer func() {
		if recover() != nil {
			source, ok = "", false
		}
	}()
	row, f, all, err := read("", b, Recording{Rate: timeline.Rate30})
	if err != nil || row.found != nil && !row.found(f, all) {
		return "", false
	}
	return row.Source, true
}
