package workers

import (
	"fmt"
	"testing"
	"testing/fstest"
)

func TestMemoryBoundsWhatIsDoneAtOnce(t *testing.T) {
	t.Parallel()
	const gib = 1 << 30
	for _, c := range []struct {
		why string
		Machine
		want int
	}{
		{"not known", Machine{2, 0}, 4},
		{"two cores and plenty", Machine{2, 8 * gib}, 4},
		{"many cores and plenty", Machine{64, 256 * gib}, 64},
		{"many cores and little", Machine{64, 16 * gib}, 31},
		{"a small container on a large machine", Machine{64, 2 * gib}, 3},
		{"one encoder at a time", Machine{8, 3 * gib / 2}, 2},
		{"less than one encoder", Machine{8, gib / 2}, 1},
		{"next to nothing", Machine{8, 1}, 1},
	} {
		if got := c.Slots(); got != c.want {
			t.Errorf("%s: %d cores and %d MiB give %d slots, want %d", c.why, c.Cores, c.Memory>>20, got, c.want)
		}
	}
}

func TestTheLeastLimitOfMemoryCounts(t *testing.T) {
	t.Parallel()
	const total = 16 << 30
	const none = "9223372036854771712\n" // what version 1 says where there is no limit
	meminfo := fmt.Sprintf("MemFree:  1 kB\nMemTotal:       %d kB\nMemAvailable:  2 kB\n", total/1024)
	for _, c := range []struct {
		why   string
		files map[string]string
		want  int64
	}{
		{"no Linux", nil, 0},
		{"no group", map[string]string{"proc/meminfo": meminfo}, total},
		{"version 2, its own limit", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "1000000\n"}, 1000000},
		{"version 2, no limit", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "max\n"}, total},
		{"version 2, a limit above it", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "2000000\n"}, 2000000},
		{"version 2, seen from inside", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "3000000\n"}, 3000000},
		{"version 1", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/docker/f1\n0::/\n", "sys/fs/cgroup/memory/docker/f1/memory.limit_in_bytes": "4000000\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": none}, 4000000},
		{"version 1, seen from inside under its outer name", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "4:memory,hugetlb:/docker/f1\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "5000000\n"}, 5000000},
		{"version 1, no limit", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": none}, total},
		{"more than there is", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "99999999999999\n"}, total},
		{"strange files", map[string]string{"proc/meminfo": "MemTotal: much\nMemTotal:\n", "proc/self/cgroup": "\n::\n0::/../..\n0::\n4:memory\n", "sys/fs/cgroup/memory.max": "-1\n"}, 0},
	} {
		files := fstest.MapFS{}
		for name, text := range c.files {
			files[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := memory(files); got != c.want {
			t.Errorf("%s: %d, want %d", c.why, got, c.want)
		}
	}
}
