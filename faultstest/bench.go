package faultstest

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// Bench is where controls are checked, one after the other. A control counts
// only beside its test in a build that has every guard: a test that fails there
// too shows nothing. Each room is built once like that, and each test done once.
type Bench struct {
	Folder   string // for what is built
	Seed     uint64
	Patience time.Duration // of a test, at first

	built map[string]string
	known map[trial]outcome
}

// trial is a test at so many times as many faults as usual.
type trial struct {
	Proof
	times int
}

// outcome is with how much patience a test passes that has its guard.
type outcome struct {
	patience time.Duration
	err      error
}

// Check is nil when the control's test passes in a build with every guard, and
// with the same patience fails in one without this guard.
func (b *Bench) Check(c Control) error {
	try := trial{c.Proof, max(c.Times, 1)}
	patience, err := b.passes(try)
	if err != nil {
		return fmt.Errorf("without %s: %w", c.Guard, err)
	}
	list, err := c.without(b.Folder)
	if err != nil {
		return err
	}
	program, err := Build(c.Room, filepath.Join(b.Folder, "without.test"), "-overlay", list)
	if err != nil {
		return err
	}
	out, err := b.try(program, try, patience)
	if err == nil || !strings.Contains(out, "--- FAIL: "+c.Test) || strings.Contains(out, "\npanic: ") {
		return fmt.Errorf("%s of %s does not fail without its guard (%s): %v\n%s", c.Test, c.Room, c.Guard, err, out)
	}
	return nil
}

// passes is with how much patience a test passes in a build with every guard: a
// machine that is busy with other things needs more.
func (b *Bench) passes(t trial) (time.Duration, error) {
	if o, ok := b.known[t]; ok {
		return o.patience, o.err
	}
	var o outcome
	program, err := b.Program(t.Room)
	if err != nil {
		return 0, err
	}
	for o.patience = b.Patience; ; o.patience *= 2 {
		var out string
		out, err = b.try(program, t, o.patience)
		if err == nil && strings.Contains(out, "--- PASS: "+t.Test+" ") {
			o.err = nil
			break
		}
		o.err = fmt.Errorf("%s of %s does not pass with its guard, at %v: %v\n%s", t.Test, t.Room, o.patience, err, out)
		if err == nil || o.patience >= 4*b.Patience { // it was not done; or patience is not what it lacks
			break
		}
	}
	if b.known == nil {
		b.known = map[trial]outcome{}
	}
	b.known[t] = o
	return o.patience, o.err
}

// Program is the tests of a room in a build with every guard.
func (b *Bench) Program(room string) (string, error) {
	if b.built[room] == "" {
		program, err := Build(room, filepath.Join(b.Folder, strings.ReplaceAll(room, "/", "_")+".test"))
		if err != nil {
			return "", err
		}
		if b.built == nil {
			b.built = map[string]string{}
		}
		b.built[room] = program
	}
	return b.built[room], nil
}

func (b *Bench) try(program string, t trial, patience time.Duration) (string, error) {
	return run(program, t.Room, "^"+t.Test+"$", fmt.Sprintf("FAULTS_PATIENCE=%d", int(patience.Seconds())),
		fmt.Sprintf("FAULTS_TIMES=%d", t.times), fmt.Sprintf("FAULTS_SEED=%d", b.Seed))
}
