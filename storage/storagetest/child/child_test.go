//go:build linux

package child

import (
	"bufio"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// endThreads makes and ends threads, as whoever starts ffmpeg does.
func endThreads() {
	for range 50 {
		done := make(chan struct{})
		go func() {
			defer close(done)
			runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
			time.Sleep(time.Millisecond)
		}()
		<-done
	}
}

func TestAChildOutlivesTheThreadsOfItsParent(t *testing.T) {
	var all []*Child
	for range 20 {
		c, err := Start(exec.Command("sleep", "60"), syscall.SIGKILL)
		if err != nil {
			t.Fatal(err)
		}
		defer c.End(syscall.SIGKILL)
		all = append(all, c)
	}
	endThreads()
	time.Sleep(100 * time.Millisecond)
	for _, c := range all {
		if c.IsDown() {
			t.Fatal("a child ended with a thread")
		}
	}
}

// TestAChildOfAnyThreadEndsWithIt is why Start takes a thread for each. The
// first thread of a process never ends: one of two is another.
func TestAChildOfAnyThreadEndsWithIt(t *testing.T) {
	ended, held := make(chan error, 2), make(chan struct{})
	for range 2 {
		cmd := exec.Command("sleep", "60")
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		started := make(chan error)
		go func() {
			runtime.LockOSThread()
			started <- cmd.Start()
			<-held
		}()
		if err := <-started; err != nil {
			t.Fatal(err)
		}
		defer func() { _ = cmd.Process.Kill() }()
		go func() { ended <- cmd.Wait() }()
	}
	close(held)
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "killed") {
			t.Errorf("it ended by %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("children live on without the threads that made them")
	}
}

// parent is set where this test is started by itself, to be killed.
const parent = "DROPCUT_CHILD_OF"

func TestAChildEndsWithAParentThatIsKilled(t *testing.T) {
	if os.Getenv(parent) != "" {
		c, err := Start(exec.Command("sleep", "60"), syscall.SIGKILL)
		if err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("child " + strconv.Itoa(c.Process.Pid) + "\n")
		select {}
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), parent+"=here")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := 0
	for lines := bufio.NewScanner(out); pid == 0 && lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "child "); ok {
			pid, _ = strconv.Atoi(text)
		}
	}
	if pid == 0 || !lives(pid) {
		t.Fatalf("no child: %d", pid)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	for began := time.Now(); lives(pid); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatal("the child of a parent that was killed lives")
		}
	}
}

// lives reports whether a process is neither gone nor dead.
func lives(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, after, _ := strings.Cut(string(text), ") ")
	return err == nil && !strings.HasPrefix(after, "Z")
}
