package beside

import (
	"context"
	"path"
	"slices"
	"strings"

	"dropcut/pipeline"
)

// Place is where recordings and their sidecars lie: slash-separated paths below
// one root, whose own path is "".
type Place interface {
	// Names is what lies directly in a folder, in order; names of folders end
	// with a slash. A folder that is not there, or cannot be read, is empty.
	Names(ctx context.Context, folder string) []string

	// Read is a file, whole. One that is larger than storage.MostSidecar, or no
	// plain file, is Invalid.
	Read(ctx context.Context, path string) ([]byte, error)
}

// Paths names what may belong to a recording; fields are empty where there is
// no such file.
type Paths struct {
	Sidecars []string // marks or words, in order of their names
	Plan     string
	Defaults string
}

// All is every path, for those who watch for changes.
func (p Paths) All() []string {
	out := slices.Clone(p.Sidecars)
	for _, file := range []string{p.Plan, p.Defaults} {
		if file != "" {
			out = append(out, file)
		}
	}
	return out
}

// comparing is a place that can tell whether two files have the same content.
type comparing interface {
	IsCopy(ctx context.Context, file, of string) (bool, error)
}

const mostSidecars = 200 // files looked at beside one recording

// mediaEndings are files that are recordings, or media beside them, and never read as sidecars.
var mediaEndings = []string{".mp4", ".mov", ".m4v", ".mkv", ".webm", ".ts", ".m2ts", ".flv", ".jpg", ".jpeg", ".png", ".wav", ".mp3", ".part"}

// recordingEndings are those of them that a bucket's watcher takes for recordings.
var recordingEndings = mediaEndings[:8]

// IsRecording reports whether a name is one that recordings have.
func IsRecording(name string) bool {
	return slices.Contains(recordingEndings, strings.ToLower(path.Ext(name)))
}

func isMedia(name string) bool {
	return slices.Contains(mediaEndings, strings.ToLower(path.Ext(name)))
}

// DefaultsName is the file of a creator's defaults.
const DefaultsName = ".dropcut.yaml"

// planNames are the files of a drop plan.
var planNames = []string{"drop.yaml", "drop.yml"}

// isBeforehand reports whether a file is a plan or defaults by its name, and so
// neither marks nor words.
func isBeforehand(name string) bool {
	name = strings.ToLower(name)
	return name == DefaultsName || slices.ContainsFunc(planNames, func(p string) bool { return name == p || strings.HasSuffix(name, "."+p) })
}

// Find names what may belong to the recording at file. The creator's defaults
// are the nearest ones, in the recording's folder or in a folder above it, up
// to and with top. An error is one of comparing files: what belongs to the
// recording is not known now.
func Find(ctx context.Context, p Place, file, top string) (Paths, error) {
	folder, base := split(file)
	stem := strings.TrimSuffix(base, path.Ext(base))
	names := p.Names(ctx, folder)
	var below []string
	if stem != "" && slices.Contains(names, stem+"/") {
		below = p.Names(ctx, path.Join(folder, stem))
	}
	alone := false
	if slices.ContainsFunc(names, isOfTheOnlyOne) {
		var err error
		if alone, err = isAlone(ctx, p, folder, base, names); err != nil {
			return Paths{}, err
		}
	}
	return Paths{
		Sidecars: sidecars(folder, base, stem, names, below, alone),
		Plan:     plan(folder, stem, names, below),
		Defaults: nearestDefaults(ctx, p, folder, top),
	}, nil
}

func split(file string) (folder, base string) {
	folder, base = path.Split(file)
	return strings.TrimSuffix(folder, "/"), base
}

// isOfTheOnlyOne reports whether a file of that name belongs to the recording that
// is alone in its folder.
func isOfTheOnlyOne(name string) bool { return name == "markers.csv" || name == "chapters.txt" }

// isAlone reports whether a recording is the only one in its folder. A copy of it
// is the same recording; where a place cannot compare, every other is another.
func isAlone(ctx context.Context, p Place, folder, base string, names []string) (bool, error) {
	place, compares := p.(comparing)
	for _, name := range names {
		if name == base || !isMedia(name) {
			continue
		}
		if !compares || !IsRecording(name) {
			return false, nil
		}
		same, err := place.IsCopy(ctx, path.Join(folder, name), path.Join(folder, base))
		if err != nil || !same {
			return false, err
		}
	}
	return true, nil
}

// sidecars is the files that may belong to a recording: name.*, name_marks.*,
// name-proj.llc, name/*, and markers.csv or chapters.txt where the recording is
// alone in its folder.
func sidecars(folder, base, stem string, names, below []string, alone bool) (out []string) {
	for _, name := range names {
		switch {
		case name == base || isMedia(name) || isBeforehand(name):
		case name == stem+"/":
			for _, inside := range below {
				if !strings.HasSuffix(inside, "/") && !isMedia(inside) && !isBeforehand(inside) {
					out = append(out, path.Join(folder, stem, inside))
				}
			}
		case strings.HasSuffix(name, "/"):
		case strings.HasPrefix(name, stem+"."), strings.HasPrefix(name, stem+"_marks."), name == stem+"-proj.llc",
			alone && isOfTheOnlyOne(name):
			out = append(out, path.Join(folder, name))
		}
	}
	return out[:min(len(out), mostSidecars)]
}

// plan is the drop plan of a recording: name.drop.yaml, name/drop.yaml or
// drop.yaml; "" for none.
func plan(folder, stem string, names, below []string) string {
	for _, name := range planNames {
		if stem != "" && slices.Contains(names, stem+"."+name) {
			return path.Join(folder, stem+"."+name)
		}
	}
	for _, name := range planNames {
		if slices.Contains(below, name) {
			return path.Join(folder, stem, name)
		}
	}
	for _, name := range planNames {
		if slices.Contains(names, name) {
			return path.Join(folder, name)
		}
	}
	return ""
}

func nearestDefaults(ctx context.Context, p Place, folder, top string) string {
	for {
		if slices.Contains(p.Names(ctx, folder), DefaultsName) {
			return path.Join(folder, DefaultsName)
		}
		if folder == top || folder == "" {
			return ""
		}
		if folder = path.Dir(folder); folder == "." {
			folder = ""
		}
	}
}

// TooLarge is why a file is not read as a sidecar.
func TooLarge(file string) error {
	return pipeline.Fail(pipeline.Invalid, "bad_sidecar", "marks and words are text files of at most 32 MiB", "%s is no such file", file)
}
