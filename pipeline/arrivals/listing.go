package arrivals

import (
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"dropcut/pipeline"
	"dropcut/pipeline/beside"
	"dropcut/storage"
)

// doneEnding is the end of the key of an empty object that says: the recording
// of that name is whole, as it was when the object was put.
const doneEnding = ".done"

// listing is one look at a source bucket, and a place of sidecars.
type listing struct {
	bucket  storage.Bucket
	objects map[string]storage.Object
	names   map[string][]string // by folder, in order; folders end with a slash
	refused map[string]*pipeline.Error
	prints  map[string]print // by key, of what was compared
}

// telling is a bucket that says what it leaves out of a listing.
type telling interface {
	ListAll(ctx context.Context, prefix string, f func(storage.Object) bool, refused func(key string, why error)) error
}

// list reads a whole bucket.
func list(ctx context.Context, b storage.Bucket) (listing, error) {
	l := listing{bucket: b, objects: map[string]storage.Object{}, names: map[string][]string{}, refused: map[string]*pipeline.Error{}}
	add := func(o storage.Object) bool {
		l.add(o)
		return true
	}
	all, ok := b.(telling)
	if !ok {
		return l, b.List(ctx, "", add)
	}
	return l, all.ListAll(ctx, "", add, func(key string, why error) {
		if !isHidden(key) {
			l.refused[key] = pipeline.AsError(why, pipeline.Ingest)
		}
	})
}

func isHidden(key string) bool { return strings.HasPrefix(key, ".") || strings.Contains(key, "/.") }

func (l *listing) add(o storage.Object) {
	l.objects[o.Key] = o
	folder, name := split(o.Key)
	for {
		if slices.Contains(l.names[folder], name) {
			return
		}
		l.names[folder] = append(l.names[folder], name)
		if folder == "" {
			return
		}
		folder, name = split(folder)
		name += "/"
	}
}

func split(key string) (folder, name string) {
	folder, name = path.Split(key)
	return strings.TrimSuffix(folder, "/"), name
}

// Names implements beside.Place.
func (l listing) Names(_ context.Context, folder string) []string { return l.names[folder] }

// Read implements beside.Place: the version that was listed, whole.
func (l listing) Read(ctx context.Context, file string) ([]byte, error) {
	o, ok := l.objects[file]
	if !ok || o.Size > storage.MostSidecar {
		return nil, beside.TooLarge(file)
	}
	r, err := l.bucket.OpenRange(ctx, file, o.Version, 0, -1)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r, storage.MostSidecar))
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, "storage", "", "read %s: %w", file, err)
	}
	return body, nil
}

// recordings is every object that may be a recording, in order of keys. Hidden
// files and folders, and objects without a byte, are none.
func (l listing) recordings() (out []storage.Object) {
	for key, o := range l.objects {
		if o.Size > 0 && beside.IsRecording(key) && !isHidden(key) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b storage.Object) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// isDone reports whether somebody said that a recording is whole, and it was
// not written since.
func (l listing) isDone(key string) bool {
	said, ok := l.objects[key+doneEnding]
	return ok && !said.Modified.Before(l.objects[key].Modified)
}

// state is a digest of the versions of what lies beside a recording.
func (l listing) state(paths beside.Paths) string {
	var text strings.Builder
	for _, file := range paths.All() {
		text.WriteString(file + "\x00" + l.objects[file].Version + "\x00")
	}
	return storage.DigestBytes([]byte(text.String()))
}
