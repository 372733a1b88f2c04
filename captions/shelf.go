package captions

import (
	"cmp"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/go-text/typesetting/font/opentype"
)

const (
	fontBytes  = 64 << 20
	fontFiles  = 20_000 // looked at by name in all folders
	fontFolder = 8      // folders deep
	fontFaces  = 2_000  // whose names are read
)

// source is a face of a font file that is not read until it is wanted.
type source struct {
	file   *fontFile
	index  int // in its collection
	name   string
	family string
	weight int

	once sync.Once
	face *face // nil when it cannot be read
}

// open reads the face, once.
func (s *source) open() *face {
	s.once.Do(func() {
		if data := s.file.read(); data != nil {
			s.face, _ = newFace(filepath.Base(s.file.path), data, s.index)
		}
	})
	return s.face
}

// fontFile is a file that several faces may come from; it is read once.
type fontFile struct {
	path string
	once sync.Once
	data []byte // nil when it cannot be read
}

func (f *fontFile) read() []byte {
	f.once.Do(func() {
		data, err := os.ReadFile(f.path)
		if err == nil && len(data) <= fontBytes {
			f.data = wholeUnicode(data)
		}
	})
	return f.data
}

// shelf is what the folders hold: upright faces with outlines of one weight,
// each full name once, in the order of folders and names, those named first.
func shelf(named, system []string) []*source {
	var out []*source
	looked := 0
	files := append(fontFilesIn(named, isFont, &looked), fontFilesIn(system, isKnownFont, &looked)...)
	seen := map[string]bool{}
	for _, path := range files {
		if len(out) >= fontFaces {
			break
		}
		for _, s := range headersOf(path) {
			if key := squeeze(s.name); !seen[key] {
				seen[key] = true
				out = append(out, s)
			}
		}
	}
	return out
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

// fontFilesIn are the font files worth opening, by their names, in an order
// that does not depend on the file system. seen counts what is looked at.
func fontFilesIn(folders []string, worth func(base string) bool, seen *int) []string {
	var out []string
	for _, folder := range folders {
		var here []string
		root := strings.Count(filepath.Clean(folder), string(filepath.Separator))
		_ = filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if *seen++; err != nil || *seen > fontFiles {
				return skipUnless(*seen <= fontFiles)
			}
			if d.IsDir() && strings.Count(name, string(filepath.Separator))-root > fontFolder {
				return fs.SkipDir
			}
			if !d.IsDir() && worth(d.Name()) {
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

// isFont judges by a file's name.
func isFont(base string) bool {
	b := strings.ToLower(base)
	if ending := filepath.Ext(b); ending != ".otf" && ending != ".ttf" && ending != ".ttc" {
		return false
	}
	for _, other := range []string{"italic", "interdisplay", "thin", "light", "condensed"} {
		if strings.Contains(b, other) {
			return false
		}
	}
	return true
}

// isKnownFont is isFont of a family that is known to do.
func isKnownFont(base string) bool {
	b := strings.ToLower(base)
	for _, family := range []string{"inter", "notosans", "noto sans", "notoemoji", "noto emoji", "symbola"} {
		if strings.HasPrefix(b, family) {
			return isFont(base)
		}
	}
	return false
}

// headersOf reads the names in one file; one that cannot be read has no faces.
func headersOf(path string) (out []*source) {
	defer func() {
		if recover() != nil { // a table that lies
			out = nil
		}
	}()
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > fontBytes {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	loaders, err := opentype.NewLoaders(f)
	if err != nil {
		return nil
	}
	file := &fontFile{path: path}
	for i, l := range loaders {
		h, err := readHeader(l)
		if err != nil || strings.Contains(h.family, " Mono ") {
			continue
		}
		out = append(out, &source{file: file, index: i, name: h.name, family: h.family, weight: h.weight})
	}
	return out
}

// nearest orders faces of one family by how near they are to a weight, the
// heavier first among equals.
func nearest(all []*source, weight int) []*source {
	out := slices.Clone(all)
	far := func(s *source) int { return abs(s.weight-weight)*2 - min(max(s.weight-weight, 0), 1) }
	slices.SortStableFunc(out, func(a, b *source) int { return cmp.Compare(far(a), far(b)) })
	return out
}

func abs(x int) int { return max(x, -x) }
