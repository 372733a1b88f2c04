package ffmpeg

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// deathWord, as the first argument, makes this program say by which signal it
// ends with its parent.
const deathWord = "_death"

// wander is called before Sandbox. In the child that is to say it, it does
// what a busy machine may do: it moves the main goroutine to another thread.
func wander() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == deathWord:
		var sig int32
		_, _, _ = syscall.RawSyscall(unix.SYS_PRCTL, unix.PR_GET_PDEATHSIG, uintptr(unsafe.Pointer(&sig)), 0)
		fmt.Println(sig)
		os.Exit(0)
	case len(os.Args) == 3 && os.Args[1] == sandboxWord && strings.Contains(os.Args[2], deathWord):
		for range 4 * runtime.GOMAXPROCS(0) {
			go func() {
				for {
					runtime.Gosched()
				}
			}()
		}
		for n := 0; n < 20_000 && unix.Gettid() == os.Getpid(); n++ {
			runtime.Gosched()
		}
	}
}

func TestAChildDiesWithItsWorkerWhateverThreadItRanOn(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	res, err := runnerWith(t, Config{FFmpeg: self}).Run(t.Context(), Command{Dir: t.TempDir(), Args: []string{deathWord}})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(string(res.Stdout)); got != fmt.Sprint(int(syscall.SIGKILL)) {
		t.Errorf("signal %s when the worker dies, want %d: the child would outlive it", got, syscall.SIGKILL)
	}
}
