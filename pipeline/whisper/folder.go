package whisper

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dropcut/pipeline"
	"dropcut/storage"
)

const (
	listFile = "models.json"
	mostList = 1 << 20
	mostFile = 8 << 30 // bytes of a model from a file
)

// Installed is a model that lies in the folder.
type Installed struct {
	Name   string `json:"name"`
	Path   string `json:"-"`
	File   string `json:"file"` // in the folder
	Bytes  int64  `json:"bytes"`
	Digest string `json:"digest"`
	From   string `json:"from"`   // the address or the file's name it came from
	Proved bool   `json:"proved"` // it has heard three seconds here
}

// Folder is where models are kept, with a list of what was checked and proved.
type Folder struct{ Path string }

// list is models.json.
type list struct {
	Version int         `json:"version"`
	Chosen  string      `json:"chosen"` // the model that is used
	Models  []Installed `json:"models"`
}

// All is every installed model whose file is there, in the order in which they
// came, and the name of the one that is used; both empty where nothing was
// installed. A list that cannot be read is Corrupt.
func (f Folder) All() (all []Installed, chosen string, err error) {
	l, err := f.read()
	if err != nil {
		return nil, "", err
	}
	for _, m := range l.Models {
		m.Path = filepath.Join(f.Path, m.File)
		if size(m.Path) == m.Bytes {
			all = append(all, m)
		}
	}
	return all, l.Chosen, nil
}

// Find is the installed model of that name; with none, the one that is used.
// Nothing installed, or not that one, is NotFound, code no_model.
func (f Folder) Find(name string) (Installed, error) {
	all, chosen, err := f.All()
	if err != nil {
		return Installed{}, err
	}
	if name == "" {
		name = chosen
	}
	i := slices.IndexFunc(all, func(m Installed) bool { return m.Name == name })
	switch {
	case i >= 0:
		return all[i], nil
	case name == "":
		return Installed{}, pipeline.Fail(pipeline.NotFound, "no_model", "dropcut recogniser install", "no model is installed")
	}
	return Installed{}, pipeline.Fail(pipeline.NotFound, "no_model", again(name), "the model %q is not installed", name)
}

// Keep puts m on the list, in place of one of its name, and makes it the one
// that is used.
func (f Folder) Keep(m Installed) error {
	l, err := f.read()
	if err != nil {
		l = list{} // what cannot be read is written anew
	}
	l.Version, l.Chosen = 1, m.Name
	l.Models = append(slices.DeleteFunc(l.Models, func(o Installed) bool { return o.Name == m.Name }), m)
	body, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(f.Path, listFile)
	if err := os.WriteFile(path+".part", append(body, '\n'), 0o644); err != nil {
		return unwritten(path, err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		return unwritten(path, err)
	}
	return nil
}

func (f Folder) read() (l list, err error) {
	file, err := os.Open(filepath.Join(f.Path, listFile))
	if errors.Is(err, os.ErrNotExist) {
		return list{}, nil
	}
	if err != nil {
		return list{}, pipeline.Fail(pipeline.Unavailable, "storage", "", "read the list of models: %w", err)
	}
	defer file.Close()
	body, err := io.ReadAll(io.LimitReader(file, mostList))
	if err == nil {
		err = json.Unmarshal(body, &l)
	}
	for _, m := range l.Models {
		if err == nil && (m.File == "" || m.File != filepath.Base(m.File)) {
			err = errors.New("it names a file outside the folder")
		}
	}
	if err != nil {
		return list{}, pipeline.Fail(pipeline.Corrupt, "bad_list", "dropcut recogniser install writes it anew", "read %s: %w", file.Name(), err)
	}
	return l, nil
}

// Path is where the file of a model of that name lies.
func (f Folder) path(name string) string { return filepath.Join(f.Path, File(name)) }

// Bring fetches m into the folder. A file that is there already and is the
// model is taken as it is. Errors as of Fetcher.Fetch.
func (f Folder) Bring(ctx context.Context, by Fetcher, m Model) (Installed, error) {
	path := f.path(m.Name)
	from := by.From
	if from == "" {
		from = Source
	}
	out := Installed{Name: m.Name, Path: path, File: File(m.Name), Bytes: m.Bytes, Digest: m.Digest, From: strings.TrimRight(from, "/") + "/" + File(m.Name)}
	if size(path) == m.Bytes && out.check() == nil {
		return out, nil
	}
	return out, by.Fetch(ctx, m, path)
}

// Take copies a model from a file. name may be empty: then a file with the
// bytes of a known model has that model's name, and any other the file's own.
// A file that does not begin as a model does is Invalid, code bad_model, and
// nothing is copied. One that is not what its name asks for is Corrupt, code model_mismatch;
// the copy is removed, the file itself is left alone.
func (f Folder) Take(file, name string) (Installed, error) {
	digest, n, err := storage.DigestFile(file)
	switch {
	case err != nil:
		return Installed{}, pipeline.Fail(pipeline.NotFound, "no_such_file", "check the path", "read %s: %w", file, err)
	case n == 0 || n > mostFile:
		return Installed{}, pipeline.Fail(pipeline.Invalid, "bad_model", "give a ggml file, such as ggml-base.bin", "%s has %d bytes", file, n)
	}
	m, isKnown := ByDigest(digest)
	if want, ok := ByName(name); ok && want.Digest != digest {
		return Installed{}, pipeline.Fail(pipeline.Corrupt, "model_mismatch", "fetch the file again, or give it another name",
			"%s has digest %s and %s should have %s", file, digest, name, want.Digest)
	}
	if !isKnown && !isModel(file) {
		return Installed{}, pipeline.Fail(pipeline.Invalid, "bad_model", "give a ggml file, such as ggml-base.bin", "%s is no model of whisper.cpp: it begins otherwise", file)
	}
	switch {
	case name == "" && isKnown:
		name = m.Name
	case name == "":
		name = storage.SafeName(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "ggml-"), ".bin"), "own")
	}
	m = Model{Name: name, Bytes: n, Digest: digest}
	out := Installed{Name: name, Path: f.path(name), File: File(name), Bytes: n, Digest: digest, From: filepath.Base(file)}
	if size(out.Path) == n && out.check() == nil {
		return out, nil
	}
	part := out.Path + ".part"
	if err := copyFile(file, part); err != nil {
		return Installed{}, err
	}
	return out, settle(m, part, out.Path)
}

// isModel reports whether a file begins as models do: ggml's number, which
// whisper.cpp asks for first (whisper_model_load), or gguf's name.
func isModel(file string) bool {
	in, err := os.Open(file)
	if err != nil {
		return false
	}
	defer in.Close()
	var head [4]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return false
	}
	return string(head[:]) == "lmgg" || string(head[:]) == "GGUF"
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return pipeline.Fail(pipeline.NotFound, "no_such_file", "check the path", "read %s: %w", from, err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return unwritten(to, err)
	}
	_, err = io.Copy(out, io.LimitReader(in, mostFile+1))
	if err = errors.Join(err, out.Close()); err != nil {
		return unwritten(to, errors.Join(err, os.Remove(to)))
	}
	return nil
}
