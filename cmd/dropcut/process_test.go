//go:build linux

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/pipeline/publish"
	"dropcut/storage"
)

// stall is one folder in which dropcut runs as a process of its own, the show
// beside its clips. Its path is in the environment, the arguments or the
// working folder of every process that was started for it, and of no other.
type stall struct{ dir string }

// openStall puts the show into a fresh folder. Whatever still runs for it at
// the end of the test is ended.
func openStall(t *testing.T) stall {
	t.Helper()
	s := stall{t.TempDir()}
	s.open(t)
	t.Cleanup(func() {
		for _, p := range s.processes() {
			_ = syscall.Kill(p.pid, syscall.SIGKILL)
		}
	})
	return s
}

func (s stall) open(t *testing.T) {
	t.Helper()
	body, err := made()
	if err == nil {
		err = os.WriteFile(s.path("show.mp4"), body, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (s stall) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// command is dropcut as a process that heads its own group, as in a shell.
func (s stall) command(args ...string) *exec.Cmd {
	cmd := exec.Command("dropcut", args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "DROPCUT_DRAFT=4", "TERM=xterm", "DROPCUT_STALL=" + s.dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// job is a run of one core and one short: about 1,600 pictures.
func job(more ...string) []string {
	return append([]string{"run", "--mark", "0:50-1:52 crowd", "--shorts", "1", "show.mp4"}, more...)
}

// ended is how a process ended.
type ended struct {
	code int    // -1 when a signal ended it
	talk string // what it said to a person
	said string // its data
}

// running is a process that was started.
type running struct {
	cmd  *exec.Cmd
	talk written
	said written
	done chan ended
}

func (s stall) start(t *testing.T, args ...string) *running {
	t.Helper()
	return s.startWith(t, nil, args...)
}

// startWith is start with more in the environment.
func (s stall) startWith(t *testing.T, more map[string]string, args ...string) *running {
	t.Helper()
	return launch(t, s.command(args...), more)
}

func launch(t *testing.T, cmd *exec.Cmd, more map[string]string) *running {
	t.Helper()
	r := &running{cmd: cmd, done: make(chan ended, 1)}
	for name, value := range more {
		r.cmd.Env = append(r.cmd.Env, name+"="+value)
	}
	r.cmd.Stderr, r.cmd.Stdout = &r.talk, &r.said
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = r.cmd.Wait()
		r.done <- ended{r.cmd.ProcessState.ExitCode(), r.talk.String(), r.said.String()}
	}()
	return r
}

// written is what a process wrote; it may be read while it still writes.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// last is the end of what was written, at most so many bytes.
func (w *written) last(n int) string {
	all := w.String()
	return all[max(0, len(all)-n):]
}

// end waits for a process, but not without end.
func (r *running) end(t *testing.T, most time.Duration) ended {
	t.Helper()
	select {
	case e := <-r.done:
		return e
	case <-time.After(most):
		_ = r.cmd.Process.Kill()
		t.Fatalf("still running after %v", most)
		return ended{}
	}
}

// run runs dropcut to its end and wants that exit code.
func (s stall) run(t *testing.T, code int, args ...string) ended {
	t.Helper()
	e := s.start(t, args...).end(t, longest)
	if e.code != code {
		t.Fatalf("exit %d, want %d: %s", e.code, code, e.talk)
	}
	return e
}

// longest is how long one small run may take on a busy machine: more where
// FAULTS_PATIENCE says so.
var longest = max(3*time.Minute, faultstest.Patience())

// process is one that works for a stall.
type process struct {
	pid  int
	what string
}

// processes is every process that works for the stall and is not dead.
func (s stall) processes() []process {
	var out []process
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		folder := filepath.Join("/proc", e.Name())
		env, _ := os.ReadFile(filepath.Join(folder, "environ"))
		args, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
		at, _ := os.Readlink(filepath.Join(folder, "cwd"))
		if strings.Contains(string(env), s.dir) || strings.Contains(string(args), s.dir) || strings.HasPrefix(at, s.dir) {
			out = append(out, process{pid, strings.ReplaceAll(string(args[:min(len(args), 120)]), "\x00", " ")})
		}
	}
	return out
}

// alone waits a moment for everything that worked for the stall to be gone.
func (s stall) alone(t *testing.T, most time.Duration) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		left := s.processes()
		if len(left) == 0 {
			return
		}
		if time.Since(began) > most {
			t.Fatalf("still there after %v: %v", most, left)
		}
	}
}

// until waits until something is so, or the process has ended. It looks again
// after ten times as long as looking took: what is looked at needs the machine.
func (r *running) until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for began := time.Now(); ; {
		looked := time.Now()
		if so() {
			return
		}
		time.Sleep(min(max(5*time.Millisecond, 10*time.Since(looked)), 300*time.Millisecond))
		select {
		case e := <-r.done:
			t.Fatalf("ended before %s: exit %d: %s", what, e.code, e.talk)
		default:
		}
		if time.Since(began) > longest {
			t.Fatalf("no %s after %v; it said last: %s", what, longest, r.talk.last(4096))
		}
	}
}

// files is every file of a folder but those below .dropcut, slash-separated.
func files(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.Name() == ".dropcut" {
				return fs.SkipDir
			}
			return err
		}
		name, err := filepath.Rel(root, path)
		out = append(out, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// manifests reads every manifest below the stall's clips.
func (s stall) manifests(t *testing.T) map[string]pipeline.Manifest {
	t.Helper()
	out := map[string]pipeline.Manifest{}
	for _, name := range files(t, s.path("clips")) {
		if filepath.Base(name) != "manifest.json" {
			continue
		}
		var m pipeline.Manifest
		body, err := os.ReadFile(s.path("clips/" + name))
		if err == nil {
			err = json.Unmarshal(body, &m)
		}
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.ToSlash(filepath.Dir(name))] = m
	}
	return out
}

// whole checks what a finished run leaves: every file is named and every named
// file has the bytes that its manifest says.
func (s stall) whole(t *testing.T) {
	t.Helper()
	named := map[string]bool{"show/recording.json": true}
	for folder, m := range s.manifests(t) {
		named[folder+"/manifest.json"] = true
		for _, f := range publish.Files(m) {
			named[folder+"/"+f] = true
		}
		for _, c := range m.Clips {
			for _, v := range c.Variants {
				if v.File == "" {
					continue
				}
				if got, n, err := storage.DigestFile(s.path("clips/" + folder + "/" + v.File)); err != nil || got != v.Digest || n != v.Bytes {
					t.Errorf("%s: %v; %d bytes of %d, digest %s, want %s", v.File, err, n, v.Bytes, got, v.Digest)
				}
				for _, seg := range v.Segments {
					if got, _, err := storage.DigestFile(s.path("clips/.dropcut/" + storage.SegmentKey(seg.Digest))); err != nil || got != seg.Digest {
						t.Errorf("segment %s: %v; digest %s", seg.Digest, err, got)
					}
				}
			}
		}
	}
	for _, name := range files(t, s.path("clips")) {
		if !named[name] {
			t.Errorf("%s is named in no manifest", name)
		}
	}
	s.noHalves(t)
}

// noHalves checks that no half-written file and no attempt is left.
func (s stall) noHalves(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(s.path("clips"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), ".dropcut-part-") {
			t.Errorf("a half file is left: %s", path)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(s.path("clips/.dropcut/tmp")); len(left) > 0 {
		t.Errorf("attempts are left: %v", left)
	}
}

// signature is what two runs over the same inputs have in common, whatever
// happened on the way: their made variants, a line each.
func signature(all map[string]pipeline.Manifest) string {
	var out []string
	for folder, m := range all {
		for _, c := range m.Clips {
			for _, v := range c.Variants {
				if v.File == "" {
					continue
				}
				h := sha256.New()
				for _, seg := range v.Segments {
					fmt.Fprintln(h, seg.Recipe, seg.Frames)
				}
				out = append(out, fmt.Sprintf("%s %s %v %s %s %s %s %q: %d frames, %d segments %x", folder, c.Kind, c.Parts,
					v.Aspect, v.Layout, v.Style, v.Language, v.Hook, v.Frames, len(v.Segments), h.Sum(nil)[:4]))
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// encoded is how many pictures the runs that led to these manifests encoded.
func encoded(all map[string]pipeline.Manifest) (n int64) {
	for _, m := range all {
		n += m.Made.EncodedFrames
	}
	return n
}

// quietly is a run that nobody disturbed, watched on a terminal.
type quietly struct {
	manifests map[string]pipeline.Manifest
	wall      time.Duration
	shown     string
}

var undisturbedOnce struct {
	sync.Once
	quietly
}

// undisturbed makes the job once for all tests.
func undisturbed(t *testing.T) quietly {
	t.Helper()
	o := &undisturbedOnce
	o.Do(func() {
		s := openStall(t)
		began := time.Now()
		o.shown = s.onTerminal(t, exitMade, job()...)
		o.wall = time.Since(began)
		s.whole(t)
		o.manifests = s.manifests(t)
	})
	if encoded(o.manifests) == 0 {
		t.Fatal("the undisturbed run made nothing")
	}
	return o.quietly
}

// onTerminal runs dropcut with a terminal of 100 columns for its talk and gives
// what it wrote there.
func (s stall) onTerminal(t *testing.T, code int, args ...string) string {
	t.Helper()
	ours, theirs := terminal(t)
	cmd := s.command(args...)
	cmd.Stderr = theirs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	limit := time.AfterFunc(longest, func() { _ = cmd.Process.Kill() })
	defer limit.Stop()
	var shown bytes.Buffer
	_, _ = shown.ReadFrom(ours) // ends with an error when the last process that has it open is gone
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("exit %d, want %d: %s", got, code, shown.String())
	}
	return shown.String()
}

// terminal is both ends of a new one.
func terminal(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminals can be made here: ", err)
	}
	t.Cleanup(func() { _ = ours.Close() })
	fd := int(ours.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 30, Col: 100})
	}
	if err == nil {
		theirs, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}
