package disks

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Catalog is what is reserved in.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
}

// Room is the disks that work on this machine writes to. What is reserved is
// known to every process of this machine that has the same catalogue.
type Room struct {
	Catalog Catalog
	Temp    string // where attempts have their folders
	Data    string // where the data bucket, or its cache, lies; "" for not on this machine
	Output  string // where the output bucket lies; "" for not on this machine
	Spare   int64  // bytes of each disk that are never reserved
}

// part is what is needed of one disk.
type part struct {
	disk   string
	folder string // on it
	bytes  int64
}

// Reserve takes room for what the claimed row w is about to write, on all disks
// or none. It lasts until the claim ends; asked again for the same claim, the
// last answer counts. NoRoom, code no_room: there is less than that.
func (r *Room) Reserve(ctx context.Context, w catalog.Work, n storage.Need) error {
	parts, err := r.parts(n)
	if err != nil {
		return err
	}
	return r.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		for _, p := range parts {
			others, err := tx.TakeRoom(w, p.disk, p.bytes)
			if err != nil {
				return err
			}
			free, err := Free(p.folder) // after the others were read: what they wrote by then is not counted as free
			if err != nil {
				return err
			}
			if p.bytes+others+r.Spare > free {
				return pipeline.Fail(pipeline.NoRoom, "no_room", "make room on the disk of "+p.folder+", or lower --spare: it goes on by itself",
					"%s of %s writes up to %s; of %s that are free, %s stay so and %s are reserved for other work",
					w.Kind, w.Subject, size(p.bytes), size(free), size(r.Spare), size(others))
			}
		}
		return nil
	})
}

// parts is a need by disk.
func (r *Room) parts(n storage.Need) ([]part, error) {
	var out []part
	for _, f := range []struct {
		folder string
		bytes  int64
	}{{r.Temp, n.Temp}, {r.Data, n.Data}, {r.Output, n.Output}} {
		if f.folder == "" || f.bytes <= 0 {
			continue
		}
		disk, err := of(f.folder)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(out, func(p part) bool { return p.disk == disk }); i >= 0 {
			out[i].bytes += f.bytes
			continue
		}
		out = append(out, part{disk, f.folder, f.bytes})
	}
	return out, nil
}

// almost is what is left of a disk that can be called full: less than a file
// system's own bookkeeping may need.
const almost = 256 << 10

// IsFull reports whether one of the disks is full now, so that whatever goes
// wrong may go wrong for that.
func (r *Room) IsFull() bool {
	for _, folder := range []string{r.Temp, r.Data, r.Output} {
		if folder == "" {
			continue
		}
		if free, err := Free(folder); err == nil && free < almost {
			return true
		}
	}
	return false
}

// Free is how many bytes may still be written to the disk of a folder.
func Free(folder string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, pipeline.Fail(pipeline.Unavailable, "storage", "check that it is there", "ask what is free in %s: %w", folder, err)
	}
	return int64(s.Bavail) * int64(s.Bsize), nil //nolint:unconvert // their types differ between systems
}

// of names the disk of a folder: the same for every process of this machine,
// in containers too.
func of(folder string) (string, error) {
	info, err := os.Stat(folder)
	if err != nil {
		return "", pipeline.Fail(pipeline.Unavailable, "storage", "check that it is there", "look at %s: %w", folder, err)
	}
	device := uint64(0)
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		device = uint64(s.Dev) //nolint:unconvert // as above
	}
	return fmt.Sprintf("%s/%x", machine(), device), nil
}

// machine names the kernel that runs, which containers share.
func machine() string {
	if id, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		return strings.TrimSpace(string(id))
	}
	name, _ := os.Hostname()
	return name
}

// size is bytes as a person reads them.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
