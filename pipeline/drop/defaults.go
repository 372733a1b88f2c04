package drop

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"golang.org/x/text/language"

	"dropcut/captions"
	"dropcut/pipeline"
)

// Defaults are what a creator wants of all recordings, in a .dropcut.yaml.
// Empty fields leave dropcut's own defaults.
type Defaults struct {
	Aspects    []string
	Layouts    []string
	Styles     []string
	Languages  []string // BCP 47
	Hooks      []string
	Dictionary []pipeline.Term
	Pointing   []string
	Fonts      []string // files or folders below that of the file, slash-separated
	Zone       string   // IANA name of where the recorder's clock is
	Shorts     *int     // at most so many a moment, 0 … 3; nil: as many as usual
}

// ParseDefaults reads a .dropcut.yaml. An empty one is none. What is not one is
// Invalid, code bad_defaults; the detail begins with name:line:column.
func ParseDefaults(name string, b []byte) (Defaults, error) {
	f := file{name, "bad_defaults", planPage}
	var d Defaults
	root, err := f.parse(b)
	if err != nil || root == nil {
		return d, err
	}
	return d, f.fields(root, map[string]func(ast.Node) error{
		"aspects":    f.among(&d.Aspects, pipeline.Aspects()...),
		"layouts":    f.among(&d.Layouts, pipeline.Layouts()...),
		"styles":     f.among(&d.Styles, captions.Styles()...),
		"languages":  f.list(mostHeard, func(n ast.Node) error { return f.tag(n, &d.Languages) }),
		"hooks":      f.texts(mostHooks, shortText, &d.Hooks),
		"dictionary": f.terms(&d.Dictionary),
		"pointing":   f.texts(mostHeard, 40, &d.Pointing),
		"fonts":      f.list(mostHeard, func(n ast.Node) error { return f.below(n, &d.Fonts) }),
		"zone":       f.zone(&d.Zone),
		"shorts":     f.shorts(&d.Shorts),
	})
}

// among reads a list of some of the values.
func (f file) among(to *[]string, values ...string) func(ast.Node) error {
	return f.list(len(values), func(n ast.Node) error {
		var s string
		if err := f.line(40, &s)(n); err != nil {
			return err
		}
		if !slices.Contains(values, s) {
			return f.fail(n.GetToken(), "it is one of "+strings.Join(values, ", "), "%q is not known here", s)
		}
		if !slices.Contains(*to, s) {
			*to = append(*to, s)
		}
		return nil
	})
}

func (f file) shorts(to **int) func(ast.Node) error {
	return func(n ast.Node) error {
		var most int
		if err := f.number(&most)(n); err != nil {
			return err
		}
		if most < 0 || most > pipeline.UsualShorts {
			return f.fail(n.GetToken(), fmt.Sprintf("it is 0 to %d", pipeline.UsualShorts), "%d shorts", most)
		}
		*to = &most
		return nil
	}
}

func (f file) tag(n ast.Node, to *[]string) error {
	var s string
	if err := f.line(35, &s)(n); err != nil {
		return err
	}
	t, err := language.Parse(s)
	if err != nil {
		return f.fail(n.GetToken(), "write a tag such as en, de or pt-BR", "%q is no language", s)
	}
	*to = append(*to, t.String())
	return nil
}

// below reads a path that stays below the file's own folder.
func (f file) below(n ast.Node, to *[]string) error {
	var s string
	if err := f.line(500, &s)(n); err != nil {
		return err
	}
	if strings.Contains(s, `\`) || !filepath.IsLocal(filepath.FromSlash(s)) {
		return f.fail(n.GetToken(), "put the fonts beside this file and write fonts: fonts", "%q does not lie below the folder of this file", short(s))
	}
	*to = append(*to, s)
	return nil
}
