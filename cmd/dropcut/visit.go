package main

import (
	"cmp"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"

	"dropcut/pipeline"
	"dropcut/pipeline/upkeep"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// visited are the flags of commands that look after premises in which others
// may work.
type visited struct {
	Data     string `placeholder:"DIR" help:"The folder that a serve or a run works with (default ./dropcut-data, else ./clips/.dropcut)."`
	Database string `placeholder:"URL" help:"PostgreSQL, postgres://…, as given to serve."`
	Output   string `placeholder:"DIR|s3://…" help:"Where clips are (default DATA/clips, or what DATA/.. is to a run)."`
	Store    string `placeholder:"DIR|s3://…" help:"Where segments and excerpts are (default DATA/store, else with the output where that is a store, else DATA)."`
}

// catalogFile is the embedded catalogue in a data folder.
const catalogFile = "catalog.db"

// premises is what the flags name, with what they leave open filled in from
// what is there.
func (v visited) premises() (premises, error) {
	p := premises{data: v.Data, database: v.Database, output: v.Output, store: v.Store}
	if p.data == "" {
		usual := []string{"dropcut-data", filepath.Join("clips", ".dropcut")}
		i := slices.IndexFunc(usual, func(d string) bool { return exists(filepath.Join(d, catalogFile)) })
		p.data = usual[max(i, 0)]
	}
	if p.database == "" && !exists(filepath.Join(p.data, catalogFile)) {
		return p, pipeline.Fail(pipeline.NotFound, "no_catalogue", "name the folder with --data, or the server with --database", "there is no catalogue in %s", p.data)
	}
	ofRun := filepath.Base(p.data) == ".dropcut"
	clips, store := filepath.Join(p.data, "clips"), filepath.Join(p.data, "store")
	switch {
	case p.output != "":
	case exists(clips):
		p.output = clips
	case ofRun:
		p.output = filepath.Dir(p.data)
	default:
		return p, pipeline.Fail(pipeline.Usage, "usage", "name it with --output, as it was given to serve or run", "nothing says where the clips of %s are", p.data)
	}
	switch {
	case p.store != "":
	case exists(store):
		p.store = store
	case isStore(p.output):
		p.store = p.output
	default:
		p.store = p.data
	}
	return p, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// visit opens premises beside whoever works in them: it takes no lock, and
// makes and empties nothing. What it opened is closed by the function it returns.
func visit(ctx context.Context, p premises) (_ upkeep.Premises, leave func(), err error) {
	var closers []io.Closer
	leave = func() {
		for _, c := range slices.Backward(closers) {
			_ = c.Close()
		}
	}
	defer func() {
		if err != nil {
			leave()
		}
	}()
	open := func(where string) (storage.Bucket, error) {
		if isStore(where) {
			return openBucket(ctx, where)
		}
		b, err := dir.OpenExisting(where)
		if err == nil {
			closers = append(closers, b)
		}
		return b, err
	}
	var out upkeep.Premises
	db, err := catalog.Open(ctx, cmp.Or(p.database, filepath.Join(p.data, catalogFile)))
	if err != nil {
		return out, leave, err
	}
	closers, out.Catalog = append(closers, db), db
	if out.Output, err = open(p.output); err != nil {
		return out, leave, err
	}
	out.Data = out.Output
	if p.store != p.output {
		out.Data, err = open(p.store)
	}
	return out, leave, err
}
