package captions

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/image/font/gofont/gobold"
)

// Fonts are the faces that captions and hooks are set in: Inter, and for
// letters that Inter lacks a face found by what it can write. A script names
// every face it is set in, so that a renderer never borrows one from
// elsewhere. Fonts may be used by several goroutines.
type Fonts struct {
	main    map[string]*face // by style and design
	builtIn bool
	others  []*source

	mu    sync.Mutex
	faces map[string]*typeface // by style and region
	found map[wanted]*face
}

// weights are how heavy each style is, Inter's faces for it, best first.
var weights = map[string]struct {
	weight int
	inter  []string
}{
	Karaoke:    {900, []string{"interblack", "interextrabold", "interbold"}},
	hookDesign: {900, []string{"interblack", "interextrabold", "interbold"}},
	Phrase:     {800, []string{"interextrabold", "interblack", "interbold"}},
	Subtitle:   {600, []string{"intersemibold", "interbold", "interextrabold", "interblack"}},
}

// LoadFonts finds faces in the folders, or in the system's font folders when
// none are named. Without Inter it gives the built-in Go font, which writes
// Latin, Greek and Cyrillic. Folders that are missing are passed over; a
// folder that was named and holds no Inter is no error either: Describe says
// what is in use.
func LoadFonts(folders []string) (*Fonts, error) {
	if folders == nil {
		return loadFonts(nil, systemFolders())
	}
	return loadFonts(folders, nil)
}

// LoadOwnFonts is LoadFonts with a creator's own files and folders looked
// through before the system's folders.
func LoadOwnFonts(own []string) (*Fonts, error) { return loadFonts(own, systemFolders()) }

// loadFonts takes every family of the folders that were named, and of the
// system's those that are known to do.
func loadFonts(named, system []string) (*Fonts, error) {
	f := &Fonts{main: map[string]*face{}, faces: map[string]*typeface{}, found: map[wanted]*face{}}
	inter := map[string]*source{}
	for _, s := range shelf(named, system) {
		if key := squeeze(s.name); strings.HasPrefix(key, "inter") {
			inter[key] = s
		} else {
			f.others = append(f.others, s)
		}
	}
	for style, w := range weights {
		f.main[style] = firstFace(inter, w.inter)
	}
	if f.main[Karaoke] != nil {
		if f.main[Subtitle] == nil {
			f.main[Subtitle] = f.main[Phrase]
		}
		return f, nil
	}
	built, err := newFace("Go-Bold.ttf", gobold.TTF, 0)
	if err != nil {
		return nil, fmt.Errorf("the built-in font cannot be read: %w", err)
	}
	for style := range weights {
		f.main[style] = built
	}
	f.builtIn = true
	return f, nil
}

func firstFace(found map[string]*source, keys []string) *face {
	for _, k := range keys {
		if s := found[k]; s != nil && s.open() != nil {
			return s.face
		}
	}
	return nil
}

// named are the faces that scripts name, by digest and name.
func (f *Fonts) named(scripts []string) []*face {
	var out []*face
	add := func(x *face) {
		if x != nil && !slices.Contains(out, x) && slices.ContainsFunc(scripts, func(s string) bool { return names(s, x.name) }) {
			out = append(out, x)
		}
	}
	for _, x := range f.main {
		add(x)
	}
	for _, s := range f.others {
		if slices.ContainsFunc(scripts, func(text string) bool { return names(text, s.name) }) {
			add(s.open())
		}
	}
	slices.SortFunc(out, func(a, b *face) int { return strings.Compare(a.digest+a.name, b.digest+b.name) })
	return out
}

// names reports whether a script sets something in the face of this name.
func names(script, face string) bool {
	return strings.Contains(script, ","+face+",") || strings.Contains(script, `\fn`+face+`\`)
}

// Install writes the font files that the scripts name, and nothing else, into
// dir, for a renderer that is given no other fonts. Doing it twice, or twice
// at once, leaves whole files.
func (f *Fonts) Install(dir string, scripts ...string) error {
	for _, x := range f.named(scripts) {
		if err := install(filepath.Join(dir, x.digest[:16]+filepath.Ext(x.file)), x.data); err != nil {
			return fmt.Errorf("put the font %s in place: %w", x.name, err)
		}
	}
	return nil
}

func install(name string, data []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, data) {
		return nil
	}
	t, err := os.CreateTemp(filepath.Dir(name), ".font-*")
	if err != nil {
		return err
	}
	_, err = t.Write(data)
	if err = errors.Join(err, t.Chmod(0o644), t.Close()); err == nil {
		err = os.Rename(t.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(t.Name()))
	}
	return nil
}

// Digests are the SHA-256 of the font files that the scripts name, in hex,
// sorted, each once: they are part of every recipe that shows text.
func (f *Fonts) Digests(scripts ...string) []string {
	var out []string
	for _, x := range f.named(scripts) {
		out = append(out, x.digest)
	}
	return slices.Compact(out)
}

// BuiltIn reports whether Inter was not found and the built-in font is in use.
func (f *Fonts) BuiltIn() bool { return f.builtIn }

// Describe names the faces in use and how many others may help out, for a person.
func (f *Fonts) Describe() string {
	var names []string
	for _, style := range []string{Karaoke, Phrase, Subtitle} {
		if n := f.main[style].name; !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	text := strings.Join(names, ", ")
	if f.builtIn {
		text += " (built in)"
	}
	return text
}

func sum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}
