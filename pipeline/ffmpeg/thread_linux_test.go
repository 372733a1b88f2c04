package ffmpeg

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// deathWord, as the first argument, makes this program say how it ends.
const deathWord = "_death"

// death says by which signal this program ends with its parent.
func death() {
	var sig int32
	_, _, _ = syscall.RawSyscall(unix.SYS_PRCTL, unix.PR_GET_PDEATHSIG, uintptr(unsafe.Pointer(&sig)), 0)
	fmt.Println(sig)
}

func TestAChildDiesWithItsWorker(t *testing.T) {
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
