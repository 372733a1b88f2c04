package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"dropcut/pipeline"
)

// lockName is the file whose lock says who works in a data folder.
const lockName = "lock"

// takeLock holds path for this process until it is closed or the process
// ends, however it ends.
func takeLock(path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, "lock", "", "open %s: %w", path, err)
	}
	if err := hold(f, syscall.LOCK_EX, filepath.Dir(path), "--data"); err != nil {
		return nil, err
	}
	return f, nil
}

// takeOutput holds a folder of clips itself, so that nobody tidies it while
// another names what it just finished there. Those who share a database share
// it: they know of each other's files. A file system on which a folder cannot
// be held is used without.
func (p premises) takeOutput() (io.Closer, error) {
	f, err := os.Open(p.output)
	if err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, "lock", "", "open %s: %w", p.output, err)
	}
	how := syscall.LOCK_EX
	if p.database != "" {
		how = syscall.LOCK_SH
	}
	if err := hold(f, how, p.output, p.flag); errors.Is(err, pipeline.Conflict) {
		return nil, err
	}
	return f, nil
}

// hold locks f, or closes it and says who is in the way.
func hold(f *os.File, how int, folder, flag string) error {
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if err == nil {
		return nil
	}
	_ = f.Close()
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return pipeline.Fail(pipeline.Unavailable, "lock", "name a folder on a disk of this machine with "+flag, "lock %s: %w", folder, err)
	}
	return pipeline.Fail(pipeline.Conflict, "in_use", "wait until it is finished, or name another "+flag, "another dropcut works in the folder %s", folder)
}
