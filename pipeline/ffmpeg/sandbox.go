package ffmpeg

import (
	"encoding/json"
	"fmt"
	"os"
)

// sandboxWord, as the first argument, makes this program a sandboxed child.
const sandboxWord = "_sandbox"

// jail is what a child is told about its walls, as JSON in its arguments. It
// holds paths only, never anything of a stranger but file names we chose.
type jail struct {
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

// Sandbox must be the first call of main, and of TestMain in packages whose
// tests start processes: in a sandboxed child it puts up the walls, becomes
// the program and never returns. Elsewhere it does nothing.
func Sandbox() {
	if len(os.Args) != 3 || os.Args[1] != sandboxWord {
		return
	}
	var j jail
	err := json.Unmarshal([]byte(os.Args[2]), &j)
	if err == nil {
		err = j.enter() // returns only when it failed
	}
	fmt.Fprintln(os.Stderr, "sandbox:", err)
	os.Exit(sandboxFailed)
}

// sandboxFailed is the exit code of a child that could not put up its walls.
const sandboxFailed = 117

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
