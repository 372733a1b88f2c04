package ffmpeg

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg/jail"
)

// tryWord makes the test program a child that tries what must fail.
const tryWord = "_try"

// attempt is what a child is told to try, and tried what came of it.
type attempt struct {
	Foreign, Outside, Own, Dir, Address string
	Victim                              int
}

type tried struct {
	ReadOwn, WriteOwn                            bool // what it needs
	ReadForeign, WriteOutside, Listed, Connected bool
	Killed, Left, Packet                         bool
	Env                                          []string
}

func try(doc string) {
	var a attempt
	if err := json.Unmarshal([]byte(doc), &a); err != nil {
		os.Exit(1)
	}
	opened := func(path string) bool {
		_, err := os.ReadFile(path)
		return err == nil
	}
	written := func(path string) bool { return os.WriteFile(path, []byte("x"), 0o600) == nil }
	var out tried
	out.ReadOwn, out.WriteOwn = opened(a.Own), written(at(a.Dir, "own"))
	out.ReadForeign, out.WriteOutside = opened(a.Foreign), written(a.Outside)
	_, err := os.ReadDir("/etc")
	out.Listed = err == nil
	if c, err := net.DialTimeout("tcp", a.Address, time.Second); err == nil {
		out.Connected = true
		_ = c.Close()
	}
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_DGRAM, 0)
	if out.Packet = err == nil; out.Packet {
		_ = syscall.Close(fd)
	}
	out.Killed = syscall.Kill(a.Victim, syscall.SIGUSR1) == nil
	_, err = syscall.Setsid()
	out.Left = err == nil
	out.Env = os.Environ()
	_ = json.NewEncoder(os.Stdout).Encode(out)
}

// tries runs the attempts in a child of r.
func tries(t *testing.T, mode string) tried {
	t.Helper()
	foreign, dir := t.TempDir(), t.TempDir()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	victim, err := os.StartProcess("/bin/sleep", []string{"sleep", "30"}, &os.ProcAttr{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = victim.Kill()
		_, _ = victim.Wait()
	}()
	a := attempt{Foreign: put(t, at(foreign, "secret"), []byte("x")), Outside: at(foreign, "new"), Own: put(t, at(t.TempDir(), "in"), []byte("x")),
		Dir: dir, Address: listener.Addr().String(), Victim: victim.Pid}
	doc, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	r := runnerWith(t, Config{FFmpeg: os.Args[0], Sandbox: mode})
	res, err := r.Run(t.Context(), Command{Dir: dir, Read: []string{a.Own}, Args: []string{tryWord, string(doc)}})
	if err != nil {
		t.Fatalf("%v: %s", err, res.Stderr)
	}
	var out tried
	if err := json.Unmarshal(res.Stdout, &out); err != nil {
		t.Fatalf("%v: %s", err, res.Stdout)
	}
	return out
}

func TestASandboxedChildReachesNothingOfOthers(t *testing.T) {
	t.Setenv("DROPCUT_SECRET", "x")
	level, err := runner(t).Level(t.Context(), put(t, at(t.TempDir(), "foreign"), nil))
	if err != nil {
		t.Fatal(err)
	}
	if !level.Limits {
		t.Errorf("limits do not hold: %+v", level)
	}
	if !level.Full() {
		t.Skipf("this kernel holds processes in part only: %+v", level)
	}
	got := tries(t, SandboxRequired)
	for _, e := range got.Env {
		if strings.HasPrefix(e, "DROPCUT_") || strings.HasPrefix(e, "FFREPORT") {
			t.Errorf("it is given %s", e)
		}
	}
	got.Env = nil
	if want := (tried{ReadOwn: true, WriteOwn: true}); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
}

func TestWithoutTheSandboxAChildReachesEverything(t *testing.T) {
	got := tries(t, SandboxOff)
	got.Env = nil
	want := tried{ReadOwn: true, WriteOwn: true, ReadForeign: true, WriteOutside: true, Listed: true, Connected: true, Killed: true, Packet: true}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
}

func TestARequiredSandboxThatIsNotWholeRefuses(t *testing.T) {
	full := jail.Level{Files: true, Network: true, Others: true, Limits: true}
	if err := isWhole(full); err != nil {
		t.Errorf("a whole one: %v", err)
	}
	for _, l := range []jail.Level{{Network: true, Others: true, Limits: true}, {Files: true, Others: true, Limits: true}, {Files: true, Network: true, Limits: true}, {Files: true, Network: true, Others: true}, {}} {
		if err := isWhole(l); pipeline.AsError(err, "").Code != "sandbox" || pipeline.AsError(err, "").Hint == "" {
			t.Errorf("%+v: %v", l, err)
		}
	}
	foreign := put(t, at(t.TempDir(), "foreign"), nil)
	if err := runnerWith(t, Config{Sandbox: SandboxOff}).Check(t.Context(), foreign); err != nil {
		t.Errorf("nothing is required: %v", err)
	}
	level, err := runner(t).Level(t.Context(), foreign)
	if err != nil {
		t.Fatal(err)
	}
	if err := runnerWith(t, Config{Sandbox: SandboxRequired}).Check(t.Context(), foreign); (err == nil) != level.Full() {
		t.Errorf("level %+v, but %v", level, err)
	}
	if _, err := New(Config{Sandbox: "maybe"}); pipeline.KindOf(err) != pipeline.Usage {
		t.Errorf("an unknown mode: %v", err)
	}
}

func TestAMissingProgramIsSaidWithWhatToInstall(t *testing.T) {
	_, err := New(Config{FFmpeg: "no-such-ffmpeg"})
	if e := pipeline.AsError(err, ""); e.Kind != pipeline.Unavailable || !strings.Contains(e.Hint, "install ffmpeg") {
		t.Errorf("%+v", e)
	}
}
