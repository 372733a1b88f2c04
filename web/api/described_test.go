package api

import (
	"bytes"
	"fmt"
	"mime"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// described is the OpenAPI document, and judges answers by it.
type described struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
}

// operation is one that the document describes.
type operation struct {
	method, path string
	at           string // pointer into the document
	says         map[string]any
}

const document = "https://dropcut.example/openapi.json"

func describe(t *testing.T, h *house) *described {
	t.Helper()
	text, err := h.Document()
	if err != nil {
		t.Fatal(err)
	}
	d := &described{compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	d.doc = doc.(map[string]any)
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(document, doc); err != nil {
		t.Fatal(err)
	}
	return d
}

func escaped(part string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(part) }

// operations is every operation, by path and method.
func (d *described) operations() (out []operation) {
	for path, methods := range d.doc["paths"].(map[string]any) {
		for method, says := range methods.(map[string]any) {
			out = append(out, operation{strings.ToUpper(method), path, "#/paths/" + escaped(path) + "/" + method, says.(map[string]any)})
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return out
}

// find follows a reference within the document; nil where it leads nowhere.
func (d *described) find(ref string) any {
	var at any = d.doc
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		m, _ := at.(map[string]any)
		at = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
	}
	return at
}

// under is the member of a JSON object below keys; nil where there is none.
func under(at any, keys ...string) any {
	for _, k := range keys {
		m, _ := at.(map[string]any)
		at = m[k]
	}
	return at
}

// schema is the one at a pointer.
func (d *described) schema(pointer string) (*jsonschema.Schema, error) {
	if s := d.schemas[pointer]; s != nil {
		return s, nil
	}
	s, err := d.compiler.Compile(document + pointer)
	d.schemas[pointer] = s
	return s, err
}

// judge says how an answer is not what the document says; "" where it is.
func (d *described) judge(o operation, a answer) string {
	status := fmt.Sprint(a.status)
	said := under(o.says, "responses", status)
	if a.status >= 500 || said == nil {
		return "status " + status + " is not documented, or a fault"
	}
	content, _ := under(said, "content").(map[string]any)
	if len(content) == 0 {
		if a.body != "" {
			return "a body where none is documented"
		}
		return ""
	}
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || content[kind] == nil {
		return fmt.Sprintf("content type %q is not documented", a.header.Get("Content-Type"))
	}
	if kind == "text/event-stream" {
		return ""
	}
	s, err := d.schema(o.at + "/responses/" + status + "/content/" + escaped(kind) + "/schema")
	if err != nil {
		return err.Error()
	}
	body, err := jsonschema.UnmarshalJSON(strings.NewReader(a.body))
	if err == nil {
		err = s.Validate(body)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// TestTheDocumentSaysAllOfEachOperation: what a client is made from.
func TestTheDocumentSaysAllOfEachOperation(t *testing.T) {
	d := describe(t, open(t))
	ids := map[string]bool{}
	for _, o := range d.operations() {
		id, _ := o.says["operationId"].(string)
		summary, _ := o.says["summary"].(string)
		tags, _ := o.says["tags"].([]any)
		security, _ := o.says["security"].([]any)
		if id == "" || ids[id] || summary == "" || len(tags) == 0 || len(security) == 0 {
			t.Errorf("%s %s: operationId %q (again: %v), summary %q, tags %v, security %v", o.method, o.path, id, ids[id], summary, tags, security)
		}
		ids[id] = true
		for _, w := range d.unsaid(o) {
			t.Errorf("%s %s: %s", o.method, o.path, w)
		}
	}
	for _, ref := range refs(d.doc) {
		if !strings.HasPrefix(ref, "#/") || d.find(ref) == nil {
			t.Errorf("%s leads nowhere", ref)
		}
	}
	for name := range under(d.doc, "components", "schemas").(map[string]any) {
		if _, err := d.schema("#/components/schemas/" + escaped(name)); err != nil {
			t.Errorf("%s is no schema: %v", name, err)
		}
	}
}

// TestEveryTagIsToldAndUsed: pages and clients group operations by them.
func TestEveryTagIsToldAndUsed(t *testing.T) {
	d := describe(t, open(t))
	told := map[string]bool{} // and whether an operation has it
	all, _ := d.doc["tags"].([]any)
	for _, x := range all {
		tag, _ := x.(map[string]any)
		name, _ := tag["name"].(string)
		if what, _ := tag["description"].(string); name == "" || what == "" {
			t.Errorf("a tag says %v", tag)
		}
		told[name] = false
	}
	for _, o := range d.operations() {
		tags, _ := o.says["tags"].([]any)
		for _, x := range tags {
			name, _ := x.(string)
			if _, ok := told[name]; !ok {
				t.Errorf("%s %s: nobody says what %s is", o.method, o.path, name)
			}
			told[name] = true
		}
	}
	for name, used := range told {
		if !used {
			t.Errorf("no operation has the tag %s", name)
		}
	}
}

// unsaid is what an operation does not say.
func (d *described) unsaid(o operation) (out []string) {
	wants := []string{"400", "401", "422", "429", "500", "503"}
	if !isInbound(o) {
		wants = append(wants, "403", "404") // whoever signs has no scope
	}
	if o.method == "PUT" {
		wants = append(wants, "412", "428")
	}
	for _, status := range wants {
		if under(o.says, "responses", status, "content", "application/problem+json", "schema") == nil {
			out = append(out, status+" is no documented problem")
		}
	}
	all, _ := o.says["responses"].(map[string]any)
	good := 0
	for status, r := range all {
		if text, _ := under(r, "description").(string); text == "" {
			out = append(out, status+" has no description")
		}
		if status[0] == '2' {
			good++
		}
	}
	if good == 0 {
		out = append(out, "no success is documented")
	}
	for _, part := range strings.Split(o.path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok && !hasParameter(o, "path", strings.TrimSuffix(name, "}")) {
			out = append(out, "the path's "+name+" is not described")
		}
	}
	if o.method == "POST" && !isInbound(o) && !hasParameter(o, "header", "Idempotency-Key") {
		out = append(out, "a POST takes an Idempotency-Key")
	}
	return out
}

// isInbound reports whether an operation is for strangers who sign.
func isInbound(o operation) bool { return strings.HasPrefix(o.path, "/v1/inbound/") }

func hasParameter(o operation, in, name string) bool {
	all, _ := o.says["parameters"].([]any)
	return slices.ContainsFunc(all, func(p any) bool { return under(p, "in") == in && under(p, "name") == name })
}

// refs is every reference in a document.
func refs(at any) (out []string) {
	switch v := at.(type) {
	case map[string]any:
		for k, below := range v {
			if ref, ok := below.(string); ok && k == "$ref" {
				out = append(out, ref)
			}
			out = append(out, refs(below)...)
		}
	case []any:
		for _, below := range v {
			out = append(out, refs(below)...)
		}
	}
	return out
}

// TestAnAnswerThatIsNotAsDocumentedIsSeen: what judges answers is no rubber stamp.
func TestAnAnswerThatIsNotAsDocumentedIsSeen(t *testing.T) {
	h := open(t)
	d := describe(t, h)
	i := slices.IndexFunc(d.operations(), func(o operation) bool { return o.says["operationId"] == "get-channel" })
	o := d.operations()[i]
	h.channel(t, "ada", "main", nil)
	good := h.call(t, root, "GET", "/v1/channels/main", nil)
	if wrong := d.judge(o, good); wrong != "" {
		t.Fatalf("%s: %s", wrong, good.body)
	}
	for what, change := range map[string]func(a *answer){
		"a fault":               func(a *answer) { a.status = 500 },
		"another status":        func(a *answer) { a.status = 418 },
		"another type":          func(a *answer) { a.header = a.header.Clone(); a.header.Set("Content-Type", "text/plain") },
		"a field more":          func(a *answer) { a.body = strings.Replace(a.body, `{"id"`, `{"zzz":1,"id"`, 1) },
		"a number for a string": func(a *answer) { a.body = strings.Replace(a.body, `"main"`, `7`, 1) },
		"half a body":           func(a *answer) { a.body = a.body[:len(a.body)/2] },
	} {
		a := good
		if change(&a); d.judge(o, a) == "" {
			t.Errorf("%s is not seen: %s", what, a.body)
		}
	}
}
