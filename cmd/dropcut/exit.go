package main

import (
	"errors"

	"dropcut/pipeline"
)

// Exit codes are stable; scripts rely on them.
const (
	exitMade        = 0
	exitOther       = 1
	exitUsage       = 2
	exitInvalid     = 3
	exitNotFound    = 4
	exitConflict    = 5
	exitCorrupt     = 6
	exitUnavailable = 7
	exitNoRoom      = 8
	exitSome        = 9
	exitStopped     = 130
)

const exitHelp = `Exit codes: 0 made, 2 usage, 3 invalid input, 4 not found, 5 conflict, 6 corrupt,
7 unavailable, 8 out of room, 9 some made and some failed, 1 anything else, 130 stopped.`

var exitCodes = map[pipeline.Kind]int{
	pipeline.Usage:       exitUsage,
	pipeline.Invalid:     exitInvalid,
	pipeline.NotFound:    exitNotFound,
	pipeline.Conflict:    exitConflict,
	pipeline.Corrupt:     exitCorrupt,
	pipeline.Unavailable: exitUnavailable,
	pipeline.NoRoom:      exitNoRoom,
	pipeline.Stopped:     exitStopped,
}

// errSome says that some recordings were made and some failed; the failures
// were reported already.
var errSome = errors.New("some made and some failed")

// exitCode is the code for what a command returned.
func exitCode(err error) int {
	switch {
	case err == nil:
		return exitMade
	case errors.Is(err, errSome):
		return exitSome
	}
	if code, ok := exitCodes[pipeline.KindOf(err)]; ok {
		return code
	}
	return exitOther
}
