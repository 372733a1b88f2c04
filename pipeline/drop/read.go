package drop

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// fields reads a mapping: each value by the function of its name. Names that
// are not known are refused.
func (f file) fields(n ast.Node, known map[string]func(ast.Node) error) error {
	seen := map[string]bool{}
	return f.pairs(n, func(key *token.Token, value ast.Node) error {
		read, ok := known[key.Value]
		if !ok {
			return f.fail(key, unknownHint(key.Value, known), "%q is not known here", short(key.Value))
		}
		if seen[key.Value] {
			return f.fail(key, "keep one of them", "%q stands here twice", key.Value)
		}
		seen[key.Value] = true
		return read(value)
	})
}

// pairs calls each for every name of a mapping.
func (f file) pairs(n ast.Node, each func(key *token.Token, value ast.Node) error) error {
	var all []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		all = m.Values
	case *ast.MappingValueNode:
		all = []*ast.MappingValueNode{m}
	default:
		return f.fail(n.GetToken(), "write names and values, one a line, as in "+f.page, "names with values are wanted here")
	}
	for _, v := range all {
		if v.Key == nil || v.Key.GetToken() == nil || v.Value == nil {
			return f.fail(n.GetToken(), "write names and values, one a line", "a name without a value")
		}
		if err := each(v.Key.GetToken(), v.Value); err != nil {
			return err
		}
	}
	return nil
}

// unknownHint names what was likely meant, else all that could be.
func unknownHint(name string, known map[string]func(ast.Node) error) string {
	var names []string
	best, least := "", 3
	for k := range known {
		names = append(names, k)
	}
	slices.Sort(names)
	if utf8.RuneCountInString(name) <= 40 {
		for _, k := range names {
			if d := levenshtein.ComputeDistance(strings.ToLower(name), k); d < least && d < len(k) {
				best, least = k, d
			}
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "known are " + strings.Join(names, ", ")
}

func isMapping(n ast.Node) bool {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// line reads text of one line, at most so many characters.
func (f file) line(most int, to *string) func(ast.Node) error {
	return func(n ast.Node) error {
		s, err := f.text(n, most)
		if err == nil && strings.ContainsAny(s, "\n\r") {
			return f.fail(n.GetToken(), "write it in one line", "one line is wanted here")
		}
		*to = s
		return err
	}
}

// lines reads text of any lines.
func (f file) lines(most int, to *string) func(ast.Node) error {
	return func(n ast.Node) (err error) {
		*to, err = f.text(n, most)
		return err
	}
}

// text is a scalar as it is written: 50 and 49.90 are text too.
func (f file) text(n ast.Node, most int) (string, error) {
	at := n.GetToken()
	var s string
	switch x := n.(type) {
	case *ast.StringNode:
		s = x.Value
	case *ast.LiteralNode:
		s = x.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		s = at.Value
	case *ast.NullNode:
		return "", f.fail(at, "write a value, or remove the line", "a value is missing")
	default:
		return "", f.fail(at, "quote it if it is text", "text is wanted here")
	}
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", f.fail(at, "write a value, or remove the line", "a value is missing")
	case utf8.RuneCountInString(s) > most:
		return "", f.fail(at, "shorten it", "it has more than %d characters", most)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' || r == utf8.RuneError }):
		return "", f.fail(at, "remove the character", "there is a character in it that is no text")
	}
	return s, nil
}

// yes reads true or false.
func (f file) yes(to *bool) func(ast.Node) error {
	return func(n ast.Node) error {
		b, ok := n.(*ast.BoolNode)
		if !ok {
			return f.fail(n.GetToken(), "write true or false", "true or false is wanted here")
		}
		*to = b.Value
		return nil
	}
}

// list reads a sequence, or one value that stands for a list of one.
func (f file) list(most int, each func(ast.Node) error) func(ast.Node) error {
	return func(n ast.Node) error {
		s, ok := n.(*ast.SequenceNode)
		if !ok {
			return each(n)
		}
		if len(s.Values) > most {
			return f.fail(s.Values[most].GetToken(), "keep the best", "there are more than %d", most)
		}
		for _, v := range s.Values {
			if v == nil {
				return f.fail(n.GetToken(), "write a value, or remove the line", "a value is missing")
			}
			if err := each(v); err != nil {
				return err
			}
		}
		return nil
	}
}

// texts reads a list of lines.
func (f file) texts(most, characters int, to *[]string) func(ast.Node) error {
	return f.list(most, func(n ast.Node) error {
		var s string
		err := f.line(characters, &s)(n)
		if err == nil && !slices.Contains(*to, s) {
			*to = append(*to, s)
		}
		return err
	})
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
