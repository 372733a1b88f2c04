package channels

import (
	"regexp"
	"slices"
	"strings"

	"dropcut/pipeline"
)

// fields are what templates name in braces.
var fields = []string{"hook", "quote", "label", "drop", "price", "link", "tags"}

// piece is a stretch of a template: text as it stands, or the field it names.
type piece struct{ text, field string }

// parseTemplate takes a template apart. Braces are for fields only.
func parseTemplate(s string) ([]piece, *pipeline.Error) {
	const hint = "known are {hook} {quote} {label} {drop} {price} {link} {tags}; braces are for these only"
	var out []piece
	for s != "" {
		text, rest, open := strings.Cut(s, "{")
		if strings.Contains(text, "}") {
			return nil, pipeline.Fail(pipeline.Invalid, "bad_template", hint, "a } closes nothing")
		}
		if text != "" {
			out = append(out, piece{text: text})
		}
		if !open {
			break
		}
		field, after, closed := strings.Cut(rest, "}")
		switch {
		case !closed:
			return nil, pipeline.Fail(pipeline.Invalid, "bad_template", hint, "a { is not closed")
		case !slices.Contains(fields, field):
			return nil, pipeline.Fail(pipeline.Invalid, "unknown_field", hint, "{%s} is not known", short(field))
		}
		out, s = append(out, piece{field: field}), after
	}
	return out, nil
}

var manyLines = regexp.MustCompile(`\n{3,}`)

// fill puts values into a template, once: braces in values are text. A line
// whose fields are all empty is left out, with what stands in it.
func fill(pieces []piece, values map[string]string) string {
	var out, line strings.Builder
	named, given := false, false
	end := func(text string) {
		if !named || given {
			out.WriteString(strings.TrimRight(line.String(), " ") + text)
		}
		line.Reset()
		named, given = false, false
	}
	for _, p := range pieces {
		if p.field != "" {
			named, given = true, given || values[p.field] != ""
			line.WriteString(values[p.field])
			continue
		}
		for i, text := range strings.Split(p.text, "\n") {
			if i > 0 {
				end("\n")
			}
			line.WriteString(text)
		}
	}
	end("")
	return strings.TrimSpace(manyLines.ReplaceAllString(out.String(), "\n\n"))
}
