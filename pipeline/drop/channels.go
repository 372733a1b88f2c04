package drop

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/goccy/go-yaml/ast"

	"dropcut/pipeline"
	"dropcut/pipeline/channels"
)

const mostOfFile = 100 // channels

// ParseChannels reads a channels.yaml: a list of channels, in the file's order,
// without IDs and creator. An empty one has none. What is not one, or has a
// channel that channels.Check refuses, is Invalid, code bad_channels; the detail
// begins with name:line:column.
func ParseChannels(name string, b []byte) ([]pipeline.Channel, error) {
	f := file{name, "bad_channels", "docs/channels.md"}
	root, err := f.parse(b)
	if err != nil || root == nil {
		return nil, err
	}
	var out []pipeline.Channel
	seen := map[string]bool{}
	err = f.list(mostOfFile, func(n ast.Node) error {
		c, err := f.channel(n)
		if err != nil {
			return err
		}
		if seen[c.Name] {
			return f.fail(locate(n, "/name").GetToken(), "give each its own", "a channel named %q stands here already", c.Name)
		}
		seen[c.Name] = true
		out = append(out, c)
		return nil
	})(root)
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (f file) channel(n ast.Node) (pipeline.Channel, error) {
	var c pipeline.Channel
	var platform, overlay string
	err := f.fields(n, map[string]func(ast.Node) error{
		"name": f.line(40, &c.Name), "platform": f.line(40, &platform), "account": f.line(shortText, &c.Account), "zone": f.line(64, &c.Zone),
		"slots": f.list(mostOfFile, func(n ast.Node) error { return f.slot(n, &c.Slots) }), "audience": f.list(168, each(f.number, &c.Audience)),
		"gap": f.millis(&c.GapMS), "daily": f.number(&c.Daily), "kinds": f.list(10, each(word[pipeline.ClipKind](f), &c.Kinds)),
		"aspects": f.list(10, each(word[string](f), &c.Aspects)), "languages": f.list(mostHeard, each(word[string](f), &c.Languages)),
		"min": f.millis(&c.MinMS), "max": f.millis(&c.MaxMS), "max_size": f.size(&c.MaxBytes), "text": func(n ast.Node) error { return f.rules(n, &c.Text) },
		"overlay": f.line(40, &overlay), "music": f.yes(&c.Music), "siblings": f.yes(&c.Siblings), "paused": f.yes(&c.Paused),
	})
	if err != nil {
		return c, err
	}
	c.Platform, c.Overlay = pipeline.Platform(platform), pipeline.Overlay(overlay)
	var e *pipeline.Error
	if errors.As(channels.Check(c), &e) {
		return c, f.fail(locate(n, e.Where).GetToken(), e.Hint, "%s", e.Detail)
	}
	return c, nil
}

// slot reads a time of the week: {days, at}, or a time of every day.
func (f file) slot(n ast.Node, to *[]pipeline.Slot) error {
	var s pipeline.Slot
	at := f.line(40, &s.At)
	err := error(nil)
	if isMapping(n) {
		err = f.fields(n, map[string]func(ast.Node) error{"at": at, "days": f.list(mostHeard, each(word[string](f), &s.Days))})
	} else {
		err = at(n)
	}
	*to = append(*to, s)
	return err
}

// rules reads how the text beside clips is made.
func (f file) rules(n ast.Node, to *pipeline.TextRules) error {
	return f.fields(n, map[string]func(ast.Node) error{
		"title": f.line(longText, &to.Title), "description": f.lines(longText, &to.Description), "link": f.line(2048, &to.Link),
		"hashtags": f.list(mostOfFile, each(word[string](f), &to.Hashtags)), "campaign": f.line(shortText, &to.Campaign),
	})
}

// each reads one of a list.
func each[T any](read func(*T) func(ast.Node) error, to *[]T) func(ast.Node) error {
	return func(n ast.Node) error {
		var v T
		err := read(&v)(n)
		*to = append(*to, v)
		return err
	}
}

func word[T ~string](f file) func(*T) func(ast.Node) error {
	return func(to *T) func(ast.Node) error {
		return func(n ast.Node) error {
			var s string
			err := f.line(shortText, &s)(n)
			*to = T(s)
			return err
		}
	}
}

func (f file) number(to *int) func(ast.Node) error {
	return func(n ast.Node) (err error) {
		s, err := f.text(n, 20)
		if err != nil {
			return err
		}
		if *to, err = strconv.Atoi(s); err != nil {
			return f.fail(n.GetToken(), "write it in digits", "%q is no number", s)
		}
		return nil
	}
}

func (f file) millis(to *int64) func(ast.Node) error {
	return func(n ast.Node) error {
		var d time.Duration
		err := f.lasting(&d)(n)
		*to = d.Milliseconds()
		return err
	}
}

func (f file) size(to *int64) func(ast.Node) error {
	return func(n ast.Node) error {
		s, err := f.text(n, 20)
		if err != nil {
			return err
		}
		size, err := humanize.ParseBytes(s)
		if err != nil || size == 0 || size > 1<<50 {
			return f.fail(n.GetToken(), "write 300MB or 2GB", "%q is no size", s)
		}
		*to = int64(size)
		return nil
	}
}

// locate is the node at a JSON pointer to the record that a mapping was read
// into, or the nearest around it.
func locate(n ast.Node, pointer string) ast.Node {
	for _, step := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		if i, err := strconv.Atoi(step); err == nil {
			if s, ok := n.(*ast.SequenceNode); ok && i < len(s.Values) {
				n = s.Values[i]
			}
			continue
		}
		var all []*ast.MappingValueNode
		switch m := n.(type) {
		case *ast.MappingNode:
			all = m.Values
		case *ast.MappingValueNode:
			all = []*ast.MappingValueNode{m}
		}
		for _, v := range all {
			if key := v.Key.GetToken().Value; key == step || key+"_ms" == step || key == "max_size" && step == "max_bytes" {
				n = v.Value
				break
			}
		}
	}
	return n
}
