package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/cached"
	"dropcut/storage/dir"
	"dropcut/storage/disks"
)

// premises is where a workshop keeps everything.
type premises struct {
	data     string // folder of this machine: lock, temporary files, cache; the embedded catalogue
	database string // URL of PostgreSQL; "" for SQLite in the data folder
	output   string // folder or store of what a person gets
	flag     string // that names output
	store    string // folder or store of segments, excerpts and sidecars
}

// openFolders makes the folders, takes the locks, opens the buckets and removes
// what a killed process left.
func (h *workshop) openFolders(ctx context.Context) (err error) {
	if err := h.lock(); err != nil {
		return err
	}
	if h.data, err = h.bucket(ctx, h.premises.store); err != nil {
		return err
	}
	h.output = h.data
	if h.premises.output != h.premises.store {
		if h.output, err = h.bucket(ctx, h.premises.output); err != nil {
			return err
		}
	}
	if !isStore(h.premises.output) {
		held, err := h.premises.takeOutput()
		if err != nil {
			return err
		}
		h.closers = append(h.closers, held)
	}
	if err := os.RemoveAll(h.temp); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "empty %s: %w", h.temp, err)
	}
	if err := os.MkdirAll(h.temp, 0o700); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "make %s: %w", h.temp, err)
	}
	if h.temp, err = filepath.Abs(h.temp); err != nil {
		return err
	}
	if err := half(ctx, h.data, "."); err != nil {
		return err
	}
	return h.cache()
}

// lock makes the data folder this process's own.
func (h *workshop) lock() error {
	folder, err := dir.Open(h.premises.data)
	if err != nil {
		return err
	}
	if err := errors.Join(folder.Writable(), folder.Close()); err != nil {
		return err
	}
	lock, err := takeLock(filepath.Join(h.premises.data, lockName))
	if err != nil {
		return err
	}
	h.locked = true
	h.closers = append(h.closers, lock)
	return nil
}

// bucket opens one that the workshop writes to.
func (h *workshop) bucket(ctx context.Context, where string) (storage.Bucket, error) {
	b, err := openBucket(ctx, where)
	if err != nil {
		return nil, err
	}
	if c, ok := b.(io.Closer); ok {
		h.closers = append(h.closers, c)
	}
	return b, usable(ctx, b)
}

// cacheBytes is how much of a store is kept on this machine.
const cacheBytes = 20 << 30

// cache puts a folder of this machine before a store of segments and excerpts.
func (h *workshop) cache() (err error) {
	h.kept = h.data
	if !isStore(h.premises.store) {
		return nil
	}
	h.data, err = cached.Open(h.data, filepath.Join(h.premises.data, "cache"), cacheBytes)
	return err
}

// measure is the room there is on this machine, of which so much stays free.
func (h *workshop) measure(spare size) *disks.Room {
	r := &disks.Room{Catalog: h.db, Temp: h.temp, Data: h.premises.store, Output: h.premises.output, Spare: int64(spare)}
	if isStore(r.Data) {
		r.Data = filepath.Join(h.premises.data, "cache")
	}
	if isStore(r.Output) {
		r.Output = ""
	}
	return r
}
