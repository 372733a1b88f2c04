package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"dropcut/pipeline"
)

// asks makes calls out of the document: good ones, ones that are nearly good,
// and ones that mean harm.
type asks struct {
	*rand.Rand
	*described
	known map[string][]string // IDs and names of what there is, by resource
	calm  bool                // this call means well
}

// ask is one call.
type ask struct {
	operation
	url     string
	headers map[string]string
	body    string
	spoilt  string // how it must be refused, whatever else it says: an unknown field or parameter; "" where it need not
}

// make is one call of an operation.
func (s *asks) make(o operation) ask {
	a := ask{operation: o, url: o.path, headers: map[string]string{}}
	s.calm = s.IntN(2) == 0
	query := url.Values{}
	all, _ := o.says["parameters"].([]any)
	for _, p := range all {
		name, in := under(p, "name").(string), under(p, "in").(string)
		required, _ := under(p, "required").(bool)
		needed := s.calm && (name == "creator" || name == "If-Match") // the document cannot say so: some tokens need none, some edits may be blind
		if !required && !needed && s.IntN(3) > 0 {
			continue
		}
		if name == "id" {
			parts := strings.Split(o.path, "/")
			name = parts[max(slices.Index(parts, "{id}")-1, 0)]
		}
		value := fmt.Sprint(s.value(under(p, "schema"), name, 0))
		name = under(p, "name").(string)
		if !s.calm && s.IntN(6) == 0 {
			value = s.hostile()
		}
		switch in {
		case "path":
			a.url = strings.ReplaceAll(a.url, "{"+name+"}", url.PathEscape(s.orDot(value)))
		case "query":
			query.Set(name, value)
		case "header":
			a.headers[name] = headerOf(value)
		}
	}
	if !s.calm && s.IntN(8) == 0 {
		query.Set("no_such_parameter", "1")
		a.spoilt = "a parameter that is not described"
	}
	if len(query) > 0 {
		a.url += "?" + query.Encode()
	}
	s.fill(&a)
	return a
}

// learn knows what there is from now on.
func (s *asks) learn(body string) {
	for _, m := range idIn.FindAllStringSubmatch(body, -1) {
		for _, resource := range resources[m[2]] {
			if len(s.known[resource]) < 200 {
				s.known[resource] = append(s.known[resource], m[1])
			}
		}
	}
}

var (
	idIn      = regexp.MustCompile(`"id":"((\w+)_\w+)"`)
	resources = map[string][]string{pipeline.ClaimID: {"claims", "posts"}, pipeline.ChannelID: {"channels"}, pipeline.TokenID: {"tokens"}, pipeline.LiveMarkID: {"marks"}}
)

// orDot is a part of a path that no router takes for another path.
func (s *asks) orDot(value string) string {
	if strings.Trim(value, "./") == "" {
		return "x"
	}
	return value
}

// headerOf is text as a header may hold it.
func headerOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

// fill gives a call its body.
func (s *asks) fill(a *ask) {
	content := under(a.says, "requestBody", "content")
	if under(content, "application/octet-stream") != nil {
		a.headers["Content-Type"], a.body = "application/octet-stream", strings.Repeat("x", s.IntN(1000))
	}
	schema := under(content, "application/json", "schema")
	if schema == nil {
		return
	}
	a.headers["Content-Type"] = "application/json"
	body := s.value(schema, "", 0)
	chance := s.IntN(8)
	switch {
	case s.calm:
	case chance < 2:
		body = s.spoil(body)
	case chance < 4:
		if o, ok := body.(map[string]any); ok && s.closed(schema) {
			o["no_such_field"] = s.hostile()
			a.spoilt = "a field that is not described"
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		text = []byte("null")
	}
	a.body = string(text)
	if s.calm {
		return
	}
	switch s.IntN(30) {
	case 0:
		a.body = a.body[:s.IntN(len(a.body)+1)]
	case 1:
		a.body += `{"and":"more"}`
	case 2:
		a.body = strings.Repeat("[", 20_000)
	case 3:
		a.headers["Content-Type"] = []string{"text/xml", "", "application/json; charset=utf-16", "multipart/form-data", "a/b/c"}[s.IntN(5)]
	case 4:
		a.body = "\xff\xfe" + a.body
	}
}

// closed reports whether a schema refuses fields that it does not name.
func (s *asks) closed(schema any) bool {
	return under(s.plain(schema), "additionalProperties") == false
}

// plain is a schema behind its references.
func (s *asks) plain(schema any) any {
	for {
		ref, ok := under(schema, "$ref").(string)
		if !ok {
			return schema
		}
		schema = s.find(ref)
	}
}

// value is one that a schema allows, as far as it says.
func (s *asks) value(schema any, name string, depth int) any {
	schema = s.plain(schema)
	if all, ok := under(schema, "enum").([]any); ok {
		return all[s.IntN(len(all))]
	}
	switch kind := s.kind(schema); kind {
	case "object":
		return s.object(schema, depth)
	case "array":
		out := []any{}
		for range s.IntN(4) {
			out = append(out, s.value(under(schema, "items"), name, depth+1))
		}
		return out
	case "integer", "number":
		return s.number(schema)
	case "boolean":
		return s.IntN(2) == 0
	case "string":
		return s.text(schema, name)
	}
	return s.hostile()
}

// kind is the type of a schema, one of several.
func (s *asks) kind(schema any) string {
	switch k := under(schema, "type").(type) {
	case string:
		return k
	case []any:
		return fmt.Sprint(k[s.IntN(len(k))])
	}
	return ""
}

// bare is how deep an object lies that has no more than it must.
const bare = 6

func (s *asks) object(schema any, depth int) map[string]any {
	out := map[string]any{}
	fields, _ := under(schema, "properties").(map[string]any)
	required, _ := under(schema, "required").([]any)
	if s.calm && depth == 0 && s.IntN(2) == 0 {
		depth = bare
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(required, any(name)) && (depth >= bare || s.IntN(3) > 0) || name == "$schema" {
			continue
		}
		out[name] = s.value(fields[name], name, depth+1)
	}
	return out
}

func (s *asks) number(schema any) any {
	low, high := int64(0), int64(1000)
	if n, ok := under(schema, "minimum").(json.Number); ok {
		low, _ = n.Int64()
		high = low + 1000
	}
	if n, ok := under(schema, "maximum").(json.Number); ok {
		high, _ = n.Int64()
	}
	chance := s.IntN(12)
	switch {
	case s.calm:
	case chance == 0:
		return low - 1
	case chance == 1:
		return high + 1
	case chance == 2:
		return []any{int64(math.MaxInt64), int64(math.MinInt64), 1.5, json.Number("1e400"), json.Number("9223372036854775808")}[s.IntN(5)]
	}
	return low + s.Int64N(max(high-low, 0)+1)
}

// text is a string: mostly something that there is, or one of its format.
func (s *asks) text(schema any, name string) string {
	if under(schema, "format") == "date-time" && s.calm {
		return time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	}
	if under(schema, "format") == "date-time" {
		return []string{time.Now().UTC().Format(time.RFC3339), time.Now().Add(-time.Hour).Format(time.RFC3339Nano), "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
			"2026-02-30T00:00:00Z", "2026-11-26", "1969-07-20T20:17:40-23:59", "9999-12-31T23:59:59-23:59"}[s.IntN(8)]
	}
	chance := s.IntN(6)
	switch {
	case s.calm:
	case chance == 0:
		return s.hostile()
	case chance == 1:
		return strings.Repeat("é", s.IntN(300))
	}
	for _, some := range [][]string{likely[name], s.known[name], s.known[name+"s"]} {
		if len(some) > 0 && (s.calm || s.IntN(8) > 0) {
			return some[s.IntN(len(some))]
		}
	}
	some := s.known[slices.Sorted(maps.Keys(s.known))[s.IntN(len(s.known))]]
	return some[s.IntN(len(some))]
}

// likely is what is meant by fields of a name.
var likely = map[string][]string{
	"zone": {"Europe/Berlin", "UTC"}, "at": {"09:30"}, "days": {"monday"}, "If-Match": {`"1"`, "*", "*", `W/"2"`},
	"url": {"https://example.com/p/1"}, "cursor": {"", "v_1"}, "creator": {"ada", "ada", "eve"}, "key": {"ada/show.mp4"}, "source": {"shop"}, "language": {"en"}, "languages": {"en"},
	"post": {"tiktok/7"}, "Last-Event-ID": {"0"}, "state": {"posted"}, "by": {"clip"}, "scopes": {"editor"},
	"name": {"show.mp4", "main", "second", "third", "fourth", "fifth", "sixth", "seventh"},
}

// hostile is text that means harm.
func (s *asks) hostile() string {
	all := []string{"", " ", "\x00", "null", "'; DROP TABLE claims; --", "%00%0a", "../../etc/passwd", "..%2f..", "\u202e\u2066evil", "😀\U0010ffff", "\xff\xfe\xfd",
		strings.Repeat("A", 70_000), strings.Repeat("%", 300), "<script>", "{{.}}", "${x}", "-1", "1e309", "NaN", "0x10", "true", "%", "_", "Mars/Olympus", "25:00", "\r\nX-Evil: 1", "9223372036854775808"}
	text := all[s.IntN(len(all))]
	if len(text) > 5000 && s.IntN(4) > 0 {
		text = text[:5000]
	}
	return text
}

// spoil puts something else somewhere into a body.
func (s *asks) spoil(body any) any {
	strange := []any{nil, true, -1, 1.5, "", s.hostile(), []any{}, map[string]any{}, []any{nil, []any{nil}}, json.Number("1e400")}
	switch v := body.(type) {
	case map[string]any:
		if names := slices.Sorted(maps.Keys(v)); len(names) > 0 && s.IntN(6) > 0 {
			name := names[s.IntN(len(names))]
			v[name] = s.spoil(v[name])
			return v
		}
	case []any:
		if len(v) > 0 && s.IntN(3) > 0 {
			n := s.IntN(len(v))
			v[n] = s.spoil(v[n])
			return v
		}
	}
	return strange[s.IntN(len(strange))]
}
