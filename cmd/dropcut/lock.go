package main

import (
	"io"
	"os"
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
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, pipeline.Fail(pipeline.Conflict, "in_use", "wait until it is finished, or name another --data", "another dropcut works in the folder of %s", path)
	}
	return f, nil
}
