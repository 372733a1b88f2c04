package captions

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/image/font/gofont/gobold"
)

const (
	fontBytes  = 64 << 20
	fontFiles  = 20_000 // looked at by name in all folders
	fontFolder = 8      // folders deep
)

// Fonts are the faces that captions and hooks are set in. They are chosen
// once: what a face cannot write is left out, never borrowed from elsewhere.
// Fonts may be used by several goroutines.
type Fonts struct {
	black   *face // karaoke, hooks
	heavy   *face // phrase
	builtIn bool
}

// LoadFonts finds Inter in the folders, or in the system's font folders when
// none are named. Without Inter it gives the built-in Go font, which writes
// Latin, Greek and Cyrillic. Folders that are missing are passed over; a
// folder that was named and holds no Inter is no error either: Describe says
// what is in use.
func LoadFonts(folders []string) (*Fonts, error) {
	if folders == nil {
		folders = systemFolders()
	}
	found := map[string]*face{}
	for _, name := range fontFilesIn(folders) {
		for _, f := range openFaces(name) {
			if key := squeeze(f.name); found[key] == nil {
				found[key] = f
			}
		}
	}
	f := &Fonts{black: firstFace(found, "interblack", "interextrabold", "interbold"), heavy: firstFace(found, "interextrabold", "interblack", "interbold")}
	if f.black != nil {
		return f, nil
	}
	built, err := newFaces("Go-Bold.ttf", gobold.TTF)
	if err != nil {
		return nil, fmt.Errorf("the built-in font cannot be read: %w", err)
	}
	return &Fonts{black: built[0], heavy: built[0], builtIn: true}, nil
}

func firstFace(found map[string]*face, keys ...string) *face {
	for _, k := range keys {
		if f := found[k]; f != nil {
			return f
		}
	}
	return nil
}

// squeeze makes "Inter Extra Bold" and "Inter ExtraBold" one name.
func squeeze(name string) string { return strings.ToLower(strings.ReplaceAll(name, " ", "")) }

func systemFolders() []string {
	out := []string{"/usr/local/share/fonts", "/usr/share/fonts", "/opt/homebrew/share/fonts", "/Library/Fonts", "/System/Library/Fonts"}
	if u, err := user.Current(); err == nil && u.HomeDir != "" {
		out = append(out, filepath.Join(u.HomeDir, ".local/share/fonts"), filepath.Join(u.HomeDir, ".fonts"), filepath.Join(u.HomeDir, "Library/Fonts"))
	}
	return out
}

// fontFilesIn are files that by their name may hold an upright Inter, in an
// order that does not depend on the file system.
func fontFilesIn(folders []string) []string {
	var out []string
	seen := 0
	for _, folder := range folders {
		var here []string
		root := strings.Count(filepath.Clean(folder), string(filepath.Separator))
		_ = filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if seen++; err != nil || seen > fontFiles {
				return skipUnless(seen <= fontFiles)
			}
			if d.IsDir() && strings.Count(name, string(filepath.Separator))-root > fontFolder {
				return fs.SkipDir
			}
			if !d.IsDir() && isInter(d.Name()) {
				here = append(here, name)
			}
			return nil
		})
		slices.Sort(here)
		out = append(out, here...)
	}
	return out
}

func skipUnless(room bool) error {
	if room {
		return nil
	}
	return fs.SkipAll
}

func isInter(base string) bool {
	b := strings.ToLower(base)
	ending := filepath.Ext(b)
	if ending != ".otf" && ending != ".ttf" && ending != ".ttc" || !strings.HasPrefix(b, "inter") {
		return false
	}
	for _, other := range []string{"italic", "display", "thin", "light", "regular", "medium"} {
		if strings.Contains(b, other) {
			return false
		}
	}
	return true
}

// openFaces reads one file; one that cannot be read has no faces.
func openFaces(name string) []*face {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > fontBytes {
		return nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	faces, err := newFaces(filepath.Base(name), data)
	if err != nil {
		return nil
	}
	return faces
}

// face is the face a style or the hook is set in.
func (f *Fonts) face(style string) *face {
	if style == Phrase {
		return f.heavy
	}
	return f.black
}

// faces are the faces in use, each file once.
func (f *Fonts) faces() []*face {
	if f.black.digest == f.heavy.digest {
		return []*face{f.black}
	}
	return []*face{f.black, f.heavy}
}

// Install writes the font files in use, and nothing else, into dir, for a
// renderer that is given no other fonts. Doing it twice, or twice at once,
// leaves whole files.
func (f *Fonts) Install(dir string) error {
	for _, x := range f.faces() {
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

// Digests are the SHA-256 of the font files in use, in hex, sorted: they are
// part of every recipe that shows text.
func (f *Fonts) Digests() []string {
	var out []string
	for _, x := range f.faces() {
		out = append(out, x.digest)
	}
	slices.Sort(out)
	return out
}

// BuiltIn reports whether Inter was not found and the built-in font is in use.
func (f *Fonts) BuiltIn() bool { return f.builtIn }

// Describe names the faces in use, for a person.
func (f *Fonts) Describe() string {
	var names []string
	for _, x := range f.faces() {
		names = append(names, x.name)
	}
	if f.builtIn {
		return strings.Join(names, ", ") + " (built in)"
	}
	return strings.Join(names, ", ")
}

func sum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}
