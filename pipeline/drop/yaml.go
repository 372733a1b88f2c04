package drop

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"dropcut/pipeline"
)

// What a file may be. The parser of go-yaml takes time that grows with the
// square of width and depth (its issues 889 and 902), and follows aliases
// without end: so its tokens, which are made in one pass, are looked at first.
const (
	mostBytes  = 1 << 20
	mostTokens = 10_000
	mostSigns  = 100_000 // of those that make tokens
	mostDepth  = 16
)

// file is one YAML file being read. Its errors are Invalid, code Code, and
// begin with name:line:column.
type file struct {
	name string
	code string // of its errors: bad_plan, bad_defaults, bad_channels
	page string // that shows how it is written
}

// fail is an error at a token.
func (f file) fail(at *token.Token, hint, format string, args ...any) error {
	line, column := 1, 1
	if at != nil && at.Position != nil {
		line, column = max(at.Position.Line, 1), max(at.Position.Column, 1)
	}
	return pipeline.Fail(pipeline.Invalid, f.code, hint, "%s:%d:%d: "+format, append([]any{f.name, line, column}, args...)...)
}

// parse gives the file's one mapping; nil for a file that says nothing.
func (f file) parse(b []byte) (root ast.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, f.fail(nil, "write it as in "+f.page, "it cannot be read as YAML")
		}
	}()
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	switch {
	case len(b) > mostBytes:
		return nil, f.fail(nil, "keep it short", "it has more than 1 MiB")
	case !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0:
		return nil, f.fail(nil, "save it as UTF-8", "it is no text in UTF-8")
	}
	if signs(b) > mostSigns {
		return nil, f.fail(nil, "keep it short", "it has more than %d parts", mostTokens)
	}
	tokens := lexer.Tokenize(string(b))
	if err := f.bounded(tokens); err != nil {
		return nil, err
	}
	doc, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, f.syntax(err)
	}
	for _, d := range doc.Docs {
		switch {
		case d.Body == nil || d.Body.Type() == ast.CommentType:
		case root != nil:
			return nil, f.fail(d.Body.GetToken(), "remove the line ---", "one document is enough")
		default:
			root = d.Body
		}
	}
	return root, nil
}

// signs counts the bytes that may begin a token of YAML.
func signs(b []byte) (n int) {
	for _, c := range b {
		switch c {
		case '[', ']', '{', '}', ',', ':', '-', '?', '#', '&', '*', '!', '%', '|', '>', '\'', '"':
			n++
		}
	}
	return n
}

// syntax is go-yaml's error in our words.
func (f file) syntax(err error) error {
	var e yaml.Error
	if errors.As(err, &e) {
		return f.fail(e.GetToken(), "mind the indentation, and quote text that has a colon or a # in it", "%s", e.GetMessage())
	}
	return f.fail(nil, "write it as in "+f.page, "it cannot be read as YAML")
}

// bounded refuses what no person writes: anchors, aliases, tags, and more
// tokens or depth than a plan can have.
func (f file) bounded(all token.Tokens) error {
	if len(all) > mostTokens {
		return f.fail(all[mostTokens], "keep it short", "it has more than %d parts", mostTokens)
	}
	d := depth{line: -1}
	for _, t := range all {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType, token.DirectiveType:
			return f.fail(t, "write it out, or in quotes if it is text", "%q: anchors, aliases and tags are not read", t.Value)
		case token.InvalidType:
			return f.fail(t, "mind the indentation, and quote text that begins with a sign", "%s", t.Error)
		}
		if d.after(t) > mostDepth {
			return f.fail(t, "write it flatter", "it is nested more than %d deep", mostDepth)
		}
	}
	return nil
}

// depth is how deep the tokens so far are nested, at most.
type depth struct {
	flow    int   // brackets that are open
	columns []int // of the lines that stand further in than those before them
	line    int
	dashes  int // and question marks and colons of this line, outside brackets
}

func (d *depth) after(t *token.Token) int {
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		d.flow++
	case token.SequenceEndType, token.MappingEndType:
		d.flow = max(d.flow-1, 0)
	}
	if d.flow == 0 && t.Position != nil && t.Type != token.CommentType {
		if t.Position.Line != d.line {
			d.line, d.dashes = t.Position.Line, 0
			for len(d.columns) > 0 && d.columns[len(d.columns)-1] >= t.Position.Column {
				d.columns = d.columns[:len(d.columns)-1]
			}
			d.columns = append(d.columns, t.Position.Column)
		}
		switch t.Type {
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
			d.dashes++
		}
	}
	return d.flow + len(d.columns) + d.dashes
}
