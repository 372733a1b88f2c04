// Package jail is what a started process does before it becomes ffmpeg: it puts
// up its walls. The child is this program again, with Word as its first argument.
//
// It does so while packages are initialised, and imports almost nothing: Go
// initialises a package as soon as what it imports is, in the order of their
// paths, so that a child comes here before most of the program was set up, which
// it would never use (measured: a third of the processor that starting ffmpeg
// takes). The main goroutine is on the process's first thread then, as it must
// be: the kernel's promise to end a child with its worker belongs to that thread.
package jail

import (
	"encoding/json"
	"os"
)

// Word, as the first of two arguments, makes this program a sandboxed child; the
// second is a Jail.
const Word = "_sandbox"

// Failed is the exit code of a child that could not put up its walls.
const Failed = 117

// Jail is what a child is told about its walls, as JSON in its arguments. It
// holds paths only, never anything of a stranger but file names we chose.
type Jail struct {
	Program string   `json:"program"`
	Args    []string `json:"args"`
	Dir     string   `json:"dir"`  // may be read and written
	Read    []string `json:"read"` // files or folders that may be read
	Env     []string `json:"env"`
	CPU     uint64   `json:"cpu"` // seconds
	Memory  uint64   `json:"memory"`
	File    uint64   `json:"file"`
	Probe   string   `json:"probe,omitempty"` // instead of a program: try what must fail, on this file
	Open    bool     `json:"open,omitempty"`  // no walls but the limits
}

// Level is how far processes are held, each part proven by trying.
type Level struct {
	Files   bool   `json:"files"`   // cannot open what it was not given (Landlock)
	Network bool   `json:"network"` // cannot make a socket (seccomp)
	Others  bool   `json:"others"`  // cannot signal other processes (seccomp, Landlock)
	Limits  bool   `json:"limits"`  // memory, time and file size
	Detail  string `json:"detail"`  // kernel features found
}

// Full reports whether all of it holds.
func (l Level) Full() bool { return l.Files && l.Network && l.Others && l.Limits }

func init() {
	if len(os.Args) != 3 || os.Args[1] != Word {
		return
	}
	var j Jail
	err := json.Unmarshal([]byte(os.Args[2]), &j)
	if err == nil {
		err = j.enter() // returns only when it failed
	}
	_, _ = os.Stderr.WriteString("sandbox: " + err.Error() + "\n")
	os.Exit(Failed)
}
