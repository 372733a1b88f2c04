package api

import (
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// What schemas say beside what huma makes of our types by itself.

// years are those that a call may speak of. A time that is in the year 10000 in
// UTC cannot be written as JSON, and the answer that has it would be none.
const years = `^[12]\d{3}-`

// say has the document, and what is checked by it, say which times are taken,
// and where an object may be null.
func say(doc *huma.OpenAPI) {
	seen := map[*huma.Schema]bool{}
	for name, s := range doc.Components.Schemas.Map() {
		sayYears(s, seen)
		t := doc.Components.Schemas.TypeFromRef("#/components/schemas/" + name)
		for t != nil && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t != nil && t.Kind() == reflect.Struct {
			sayNulls(t, s)
		}
	}
	for _, path := range doc.Paths {
		for _, o := range []*huma.Operation{path.Get, path.Post, path.Put, path.Patch, path.Delete} {
			if o == nil {
				continue
			}
			for _, p := range o.Parameters {
				sayYears(p.Schema, seen)
			}
		}
	}
}

// sayYears bounds the years of every time below a schema.
func sayYears(s *huma.Schema, seen map[*huma.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	if s.Type == huma.TypeString && s.Format == "date-time" {
		s.Pattern, s.PatternDescription = years, "a date, a time and a zone (RFC 3339), such as "+anInstant+", of a year from 1000 to 2999"
		s.PrecomputeMessages()
	}
	sayYears(s.Items, seen)
	for _, p := range s.Properties {
		sayYears(p, seen)
	}
}

// sayNulls has the schema of a type say which objects may be null: pointers that
// are written also where they are nil.
func sayNulls(t reflect.Type, s *huma.Schema) {
	for _, f := range reflect.VisibleFields(t) {
		name, more, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Type.Kind() != reflect.Pointer || f.Type.Elem() == reflect.TypeFor[time.Time]() || strings.Contains(more, "omit") {
			continue
		}
		if p := s.Properties[name]; p != nil && p.Ref != "" {
			s.Properties[name] = &huma.Schema{AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}, Description: p.Description}
		}
	}
}
