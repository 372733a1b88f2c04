package detect

import (
	"fmt"
	"slices"
	"strings"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
)

// The codes of what detect notes about a recording or a moment.
const (
	codeShortened = "range_shortened"
	codeUnknown   = "unknown_marks"
	codeUnread    = "marks_not_read"
	codeOther     = "marks_of_another"
	codeRead      = "marks_read"
	codeNothing   = "no_usable_mark"
	codeProposed  = "proposed"
)

// ours reports whether a note is detect's own, and so replaced by the next detection.
func ours(n pipeline.Note) bool {
	return slices.Contains([]string{codeUnknown, codeUnread, codeOther, codeRead, codeNothing, codeProposed, codeShortened, UnusedDeadAir}, n.Code)
}

func others(n pipeline.Note) bool { return !ours(n) }

// unread is what could not be read of a list, so that nothing is dropped unsaid.
func unread(l marks.List, recording string) (out []pipeline.Note) {
	if len(l.Problems) > 0 {
		out = append(out, pipeline.Note{Code: codeUnread, Detail: l.Name + ": " + strings.Join(l.Problems, "; "),
			Hint: "correct those lines; the others are read"})
	}
	if l.Cut {
		out = append(out, pipeline.Note{Code: codeUnread, Detail: fmt.Sprintf("%s: only its first %d marks are read", l.Name, len(l.Entries))})
	}
	if len(l.Remarks) > 0 {
		out = append(out, pipeline.Note{Code: codeRead, Detail: l.Name + ": " + strings.Join(l.Remarks, "; ")})
	}
	if l.Named != "" && recording != "" && l.Named != recording {
		out = append(out, pipeline.Note{Code: codeOther, Detail: fmt.Sprintf("%s says it is for %q, and the recording is called %q; its times are taken as they are",
			l.Name, l.Named, recording)})
	}
	return out
}

const pointHint = `point at something: --mark "7:45-8:10 the reveal"; or put a list of times beside the recording`

// isProposed reports whether nobody made the mark.
func isProposed(m pipeline.Mark) bool { return m.Source == marks.SourceSignal }

// nothing says why no mark can be used, and what would help.
func nothing(rec pipeline.Recording, marks []pipeline.Mark) pipeline.Note {
	n := pipeline.Note{Code: codeNothing, Detail: rec.Name + ": nobody pointed at anything in it", Hint: pointHint}
	if slices.ContainsFunc(marks, isProposed) {
		n.Detail += ", and nothing in it stands out enough to be proposed"
		marks = slices.DeleteFunc(slices.Clone(marks), isProposed)
	}
	if len(marks) == 0 {
		return n
	}
	counts := map[string]int{}
	example := map[string]string{}
	var codes []string
	for _, m := range marks {
		if counts[m.UnusedCode]++; counts[m.UnusedCode] == 1 {
			codes = append(codes, m.UnusedCode)
			example[m.UnusedCode] = fmt.Sprintf("%s: %s", spoken(m.At), m.Unused)
		}
	}
	var why []string
	for _, c := range codes {
		text := example[c]
		if more := counts[c] - 1; more > 0 {
			text += fmt.Sprintf(" (and %d more like it)", more)
		}
		why = append(why, text)
	}
	n.Detail = fmt.Sprintf("%s: none of its %d marks can be used: %s", rec.Name, len(marks), strings.Join(why, "; "))
	if len(marks) == 1 {
		n.Detail = fmt.Sprintf("%s: its one mark cannot be used: %s", rec.Name, why[0])
	}
	if counts[UnusedStructure] > 0 {
		n.Hint = `begin the label of a chapter that you want with "MOMENT" or "CLIP", or ` + pointHint
	}
	return n
}
