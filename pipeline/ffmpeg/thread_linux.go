package ffmpeg

import (
	"os"
	"runtime"
)

// A sandboxed child stays on its first thread until it becomes the program.
// The kernel's promise to end it with its worker belongs to that thread: a
// program that another thread becomes outlives the worker (Linux clears the
// signal for every thread but the first).
func init() {
	if len(os.Args) == 3 && os.Args[1] == sandboxWord {
		runtime.LockOSThread()
	}
}
