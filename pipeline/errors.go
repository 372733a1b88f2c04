package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
)

// Kind says what a failure asks of whoever sees it. Compare with errors.Is.
type Kind string

// Error makes a Kind usable with errors.Is.
func (k Kind) Error() string { return string(k) }

// The kinds. cmd/dropcut maps each to an exit code, web to a status.
const (
	Usage       Kind = "usage"       // the call is wrong
	Invalid     Kind = "invalid"     // the input cannot be used as it is
	NotFound    Kind = "not_found"   // there is no such thing, or nothing to do with it
	Conflict    Kind = "conflict"    // somebody else was first
	Corrupt     Kind = "corrupt"     // what was kept is not what was written
	Unavailable Kind = "unavailable" // something outside does not answer; try again
	NoRoom      Kind = "no_room"     // disk, memory or quota
	Stopped     Kind = "stopped"     // asked to stop
	Internal    Kind = "internal"    // a bug of ours
)

// Error is a failure with what a person or a scheduler needs to act on it.
type Error struct {
	Kind   Kind   `json:"kind"`
	Code   string `json:"code"`            // stable, snake_case: no_picture, recording_gone
	Step   Step   `json:"step,omitempty"`  // where it happened, if in the line
	Detail string `json:"detail"`          // what was being done, to what, and what went wrong
	Hint   string `json:"hint,omitempty"`  // what to do about it
	Where  string `json:"where,omitempty"` // JSON pointer to what is wrong in what was sent, such as /slots/0/at; "" for none
	Err    error  `json:"-"`               // the cause, if another error
}

// Fail makes an Error. The hint may be empty.
func Fail(kind Kind, code, hint, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Code: code, Detail: err.Error(), Hint: hint, Err: errors.Unwrap(err)}
}

// At is e, pointing at what is wrong in what was sent.
func (e *Error) At(pointer string) *Error {
	e.Where = pointer
	return e
}

// Error is the detail, without the hint.
func (e *Error) Error() string { return e.Detail }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is this error's kind.
func (e *Error) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && k == e.Kind
}

// Retryable reports whether the same call may succeed later.
func (e *Error) Retryable() bool {
	switch e.Kind {
	case Unavailable, NoRoom, Internal, Stopped:
		return true
	}
	return false
}

// full are the codes of a disk or a store that is full.
var full = []string{"no_room", "disk_full", "bucket_full"}

// IsFull reports whether err says that a disk or a store is full, or would be:
// once there is room the same call may succeed, and no sooner.
func IsFull(err error) bool {
	var e *Error
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		errors.As(err, &e) && e.Kind == NoRoom && slices.Contains(full, e.Code)
}

// KindOf is the kind of err: Internal when nothing in its chain has one.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	var k Kind
	if errors.As(err, &k) {
		return k
	}
	return Internal
}

// AsError finds the Error in err's chain, or makes one of kind Internal. Detail
// is always err's whole text.
func AsError(err error, step Step) *Error {
	var e *Error
	out := Error{Kind: KindOf(err), Code: string(KindOf(err))}
	if errors.As(err, &e) {
		out = *e
	}
	out.Detail, out.Err = err.Error(), err
	if out.Step == "" {
		out.Step = step
	}
	return &out
}
