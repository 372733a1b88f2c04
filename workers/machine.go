package workers

import (
	"io/fs"
	"math"
	"os"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Machine is what rows are done with.
type Machine struct {
	Cores  int
	Memory int64 // bytes: what it has, or what its control group may use of it; 0: not known
}

// What memory bounds. An ffmpeg that encodes keeps two slots busy and was
// measured at 0.3 to 0.6 GB for 1080p, 0.8 for 2160p60 in ten bits and 1.2 with
// two looks side by side (docs/scaling.md, 2026-11): most have less at once.
const (
	slotBytes = 512 << 20
	ownBytes  = 512 << 20 // dropcut itself, with the queue and records inside, and what else runs
	fewest    = 4         // by cores: many rows wait for others more than they compute
)

// Slots is how many cores' worth of rows are done at once, where nobody said:
// the cores, four at least, and no more than memory bears, one at least.
func (m Machine) Slots() int {
	n := max(m.Cores, fewest)
	if m.Memory > 0 {
		n = min(n, int((m.Memory-ownBytes)/slotBytes))
	}
	return max(n, 1)
}

// ThisMachine is the one we run on.
func ThisMachine() Machine {
	return Machine{Cores: runtime.NumCPU(), Memory: memory(os.DirFS("/"))}
}

// memory is the least that Linux's files say: all there is, and the limits of
// the control group and of those above it, of both versions; 0 where they say
// nothing. Files that are missing or strange are passed over.
func memory(root fs.FS) int64 {
	least := int64(math.MaxInt64)
	heed := func(text string, unit int64) {
		if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil && n > 0 && n <= math.MaxInt64/unit {
			least = min(least, n*unit)
		}
	}
	for line := range strings.Lines(read(root, "proc/meminfo")) {
		if of, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			heed(strings.TrimSuffix(strings.TrimSpace(of), "kB"), 1024)
		}
	}
	for line := range strings.Lines(read(root, "proc/self/cgroup")) {
		tree, group, file := limitOf(strings.TrimSpace(line))
		for ; file != ""; group = path.Dir(group) {
			heed(read(root, path.Join(tree, group, file)), 1)
			if group == "/" {
				break
			}
		}
	}
	if least == math.MaxInt64 {
		return 0
	}
	return least
}

// limitOf is where the limit of a line of /proc/self/cgroup stands: the tree,
// the group in it, and the file; none for a tree that limits no memory. Inside a
// container a group may be seen as the tree's root, whatever it is called.
func limitOf(line string) (tree, group, file string) {
	of := strings.SplitN(line, ":", 3)
	switch {
	case len(of) != 3:
		return "", "", ""
	case of[0] == "0" && of[1] == "":
		return "sys/fs/cgroup", path.Clean("/" + of[2]), "memory.max"
	case slices.Contains(strings.Split(of[1], ","), "memory"):
		return "sys/fs/cgroup/memory", path.Clean("/" + of[2]), "memory.limit_in_bytes"
	}
	return "", "", ""
}

func read(root fs.FS, name string) string {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return ""
	}
	return string(text)
}
