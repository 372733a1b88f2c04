package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"dropcut/storage/storagetest/postgres"
)

var update = flag.Bool("update", false, "write golden output of scripts anew")

func TestMain(m *testing.M) {
	if os.Getenv("DROPCUT_MODELS") == "" { // what is installed on this machine is no part of a test
		_ = os.Setenv("DROPCUT_MODELS", filepath.Join(os.TempDir(), "dropcut-tests-have-no-models"))
	}
	testscript.Main(postgres.Around(m), map[string]func(){"dropcut": main})
}

// TestScripts walks the command line as a person would. Pictures are a quarter
// of their size, so that a script takes seconds.
func TestScripts(t *testing.T) {
	p := params()
	p.Dir = filepath.Join("testdata", "script")
	testscript.Run(t, p)
}

// params is how every script runs: alone in its folder, in drafts.
func params() testscript.Params {
	return testscript.Params{
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("DROPCUT_DRAFT", "4")
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("DROPCUT_MODELS", filepath.Join(e.WorkDir, "models"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"recording": recordingCommand,
			"json":      jsonCommand,
			"few":       fewCommand,
			"cut":       cutCommand,
			"exits":     exitsCommand,
			"serve":     answerCommand,
			"calls":     callsCommand,
		},
	}
}

// made is one show, drawn once for all scripts: 150 s, 25 frames/s, a new
// colour every 30 s, with a tone that is silent for the first half second of
// every 5 s and for all of 100–140 s, in which the picture stands still too.
var made = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "dropcut-scripts-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "show.mp4")
	picture := "testsrc2=s=320x180:r=25:d=150,hue=h='36*floor(t/30)':s=1,loop=loop=0:size=1:start=0," +
		"drawbox=c=black:t=fill:enable='between(t,100,140)'"
	sound := "sine=f=440:r=48000:d=150,volume='if(between(t,100,140)+lt(mod(t,5),0.5),0,0.5)':eval=frame"
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound,
		"-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-c:a", "aac", file).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("draw the show: %w: %s", err, out)
	}
	return os.ReadFile(file)
})

// recordingCommand is "recording FILE": puts the show there.
func recordingCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: recording FILE")
	}
	body, err := made()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), body, 0o644))
}

// cutCommand is "cut FILE BYTES": keeps only the first bytes of a file.
func cutCommand(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// exitsCommand is "exits CODE PROGRAM ARGUMENT...": runs it and wants that exit code.
func exitsCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGUMENT...")
	}
	code := 0
	var ended *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if args[0] != strconv.Itoa(code) {
		ts.Fatalf("exit %d, want %s", code, args[0])
	}
}

// jsonCommand is "json FILE PATH VALUE": the value at a path such as
// clips.0.kind of the first document in FILE ("stdout" for the last command's),
// "n" for the length of a list.
func jsonCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH VALUE")
	}
	var doc any
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	dec.UseNumber()
	ts.Check(dec.Decode(&doc))
	got := fmt.Sprint(at(ts, doc, strings.Split(args[1], ".")))
	if (got == args[2]) == neg {
		ts.Fatalf("%s is %q (want %q, negated %v)", args[1], got, args[2], neg)
	}
}

// fewCommand is "few FILE PATH MOST": the number at a path is at most that.
func fewCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: few FILE PATH MOST")
	}
	var doc any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &doc))
	got, ok := at(ts, doc, strings.Split(args[1], ".")).(float64)
	most, err := strconv.ParseFloat(args[2], 64)
	ts.Check(err)
	if !ok || got > most {
		ts.Fatalf("%s is %v, more than %s", args[1], got, args[2])
	}
}

func at(ts *testscript.TestScript, v any, path []string) any {
	if len(path) == 0 {
		return v
	}
	switch x := v.(type) {
	case map[string]any:
		return at(ts, x[path[0]], path[1:])
	case []any:
		if path[0] == "n" {
			return len(x)
		}
		if i, err := strconv.Atoi(path[0]); err == nil && i < len(x) {
			return at(ts, x[i], path[1:])
		}
	}
	ts.Fatalf("nothing at %s", strings.Join(path, "."))
	return nil
}
