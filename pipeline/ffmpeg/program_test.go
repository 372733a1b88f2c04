package ffmpeg

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dropcut/pipeline"
)

func TestOnlyProgramsTheHouseKnowsGoThroughTheDoor(t *testing.T) {
	t.Parallel()
	r := runner(t)
	for _, name := range []string{"sh", "/bin/sh", "cat", "", "ffmpeg"} {
		if _, err := r.Program(t.Context(), name, Command{Dir: t.TempDir()}); pipeline.AsError(err, "").Code != "no_such_program" {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAProgramThatIsMissingSaysHowToGetIt(t *testing.T) {
	t.Parallel()
	r := runnerWith(t, Config{Whisper: filepath.Join(t.TempDir(), "nowhere")})
	_, err := r.Program(t.Context(), Recogniser, Command{Dir: t.TempDir()})
	e := pipeline.AsError(err, "")
	if e.Kind != pipeline.Unavailable || e.Code != "no_whisper-cli" || !strings.Contains(e.Hint, "DROPCUT_WHISPER") {
		t.Errorf("%+v", e)
	}
}

// TestARecogniserHasTheSameWalls gives a stand-in for the recogniser a file it
// was not named, a folder that is not its own, and a network.
func TestARecogniserHasTheSameWalls(t *testing.T) {
	t.Parallel()
	outside, given := t.TempDir(), t.TempDir()
	secret, model := put(t, at(outside, "secret"), []byte("secret")), put(t, at(given, "model"), []byte("model"))
	script := put(t, at(t.TempDir(), "whisper"), []byte("#!/bin/sh\ncat \"$1\"; cat \"$2\" 2>&1; echo x > \"$3\"; echo y > own; exit 0\n"))
	if err := os.Chmod(script, 0o700); err != nil {
		t.Fatal(err)
	}
	args := []string{model, secret, at(outside, "new")}
	own := t.TempDir()
	res, err := runnerWith(t, Config{Whisper: script, Sandbox: SandboxOff}).Program(t.Context(), Recogniser, Command{Dir: own, Args: args, Read: []string{given}})
	if err != nil || !strings.Contains(string(res.Stdout), "modelsecret") {
		t.Fatalf("without walls it reads all: %q %v", res.Stdout, err)
	}
	if err := os.Remove(at(outside, "new")); err != nil {
		t.Errorf("without walls it writes anywhere: %v", err)
	}
	r := runnerWith(t, Config{Whisper: script})
	if l, err := r.Level(t.Context(), secret); err != nil || !l.Files {
		t.Skipf("the kernel does not hold files: %+v %v", l, err)
	}
	res, err = r.Program(t.Context(), Recogniser, Command{Dir: own, Args: args, Read: []string{given}})
	if err != nil || !strings.Contains(string(res.Stdout), "model") || strings.Contains(string(res.Stdout), "modelsecret") {
		t.Errorf("it read %q, %v", res.Stdout, err)
	}
	if _, err := os.Stat(at(outside, "new")); err == nil {
		t.Error("it wrote outside its folder")
	}
	if _, err := os.Stat(at(own, "own")); err != nil {
		t.Errorf("it may write its own folder: %v", err)
	}
}

// TestAProgramBuiltByHandFindsItsLibraries builds a program whose library lies
// in a folder of its own, named relative to the program.
func TestAProgramBuiltByHandFindsItsLibraries(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("needs gcc")
	}
	root := t.TempDir()
	for _, d := range []string{"bin", "lib"} {
		if err := os.Mkdir(at(root, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	put(t, at(root, "lib.c"), []byte("int answer(void) { return 0; }\n"))
	put(t, at(root, "main.c"), []byte("int answer(void);\nint main(void) { return answer(); }\n"))
	for _, args := range [][]string{
		{"-shared", "-fPIC", "-o", "lib/libanswer.so", "lib.c"},
		{"-o", "bin/heard", "main.c", "-Llib", "-lanswer", "-Wl,-rpath,$ORIGIN/../lib"},
	} {
		cmd := exec.Command("gcc", args...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("no compiler for it: %v %s", err, out)
		}
	}
	r := runnerWith(t, Config{Whisper: at(root, "bin/heard")})
	if res, err := r.Program(t.Context(), Recogniser, Command{Dir: t.TempDir()}); err != nil {
		t.Errorf("%v %s", err, res.Stderr)
	}
	if l, err := r.Level(t.Context(), at(root, "main.c")); err == nil && l.Files {
		if _, err := r.start(t.Context(), at(root, "bin/heard"), Command{Dir: t.TempDir()}); err == nil {
			t.Error("it starts without its libraries: the test shows nothing")
		}
	}
}

func TestARunPathIsAFolder(t *testing.T) {
	for _, c := range []struct{ p, want string }{
		{"/", ""}, {"", ""}, {"lib", ""}, {"$ORIGIN/../../../../../../../..", ""}, {"$LIB/x", ""}, {"/usr/lib", "/usr/lib"}, {"/no/such/folder", ""}, {"$ORIGIN/../lib", "/usr/lib"},
	} {
		got := strings.Join(runPath(c.p, "/usr/bin"), ",")
		if got != c.want {
			t.Errorf("%q gives %q, want %q", c.p, got, c.want)
		}
	}
}

func FuzzLibraries(f *testing.F) {
	if body, err := os.ReadFile("/bin/true"); err == nil {
		f.Add(body)
	}
	f.Add([]byte("\x7fELF\x02\x01\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := libraries(put(t, at(t.TempDir(), "program"), b)); len(got) > mostLibraries {
			t.Errorf("%d folders", len(got))
		}
	})
}
