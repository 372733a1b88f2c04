// Package disk lies between SQLite and its files, for tests, as a wire lies
// between a program and a server: every call is heard, and may fail as a disk
// does that has a bad block. What is tested is what is shipped.
package disk

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Call is one thing that SQLite asks of one of its files.
type Call struct {
	What string // read, write, truncate, sync
	File string
}

// Disk is a folder whose files of SQLite are heard.
type Disk struct {
	folder string
	ear    atomic.Pointer[func(Call) bool]
}

// Under hears the files of SQLite below a folder that are opened from now on by
// this process, until t ends.
func Under(t testing.TB, folder string) *Disk {
	t.Helper()
	folder, err := filepath.EvalSymlinks(folder) // as SQLite names it
	if err == nil {
		err = register()
	}
	if err != nil {
		t.Fatal(err)
	}
	d := &Disk{folder: folder}
	disks.Store(folder, d)
	t.Cleanup(func() { disks.Delete(folder) })
	return d
}

// Hear has every call told to ear, which says whether it fails; nil: none does.
// ear may be called from anywhere, and at once.
func (d *Disk) Hear(ear func(Call) (fails bool)) {
	if ear == nil {
		d.ear.Store(nil)
		return
	}
	d.ear.Store(&ear)
}

func (d *Disk) fails(c Call) bool {
	ear := d.ear.Load()
	return ear != nil && (*ear)(c)
}

// file is one that is open.
type file struct {
	*Disk
	name string
	real *sqlite3.Tsqlite3_io_methods
	ours uintptr // methods that SQLite has the address of
}

var (
	disks sync.Map // *Disk by folder
	files sync.Map // *file by address, while open
	real  *sqlite3.Tsqlite3_vfs
)

// register puts ours before the real way to files, once: whoever names none
// goes it.
var register = sync.OnceValue(func() error {
	tls := libc.NewTLS() // for the life of the process
	real = at[sqlite3.Tsqlite3_vfs](sqlite3.Xsqlite3_vfs_find(tls, 0))
	where := beside[sqlite3.Tsqlite3_vfs](tls)
	ours := at[sqlite3.Tsqlite3_vfs](where)
	*ours = *real
	name, err := libc.CString("heard")
	if err != nil {
		return err
	}
	ours.FzName = name
	ours.FxOpen = address(open)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, where, 1); rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("register a way to files: %d", rc)
	}
	return nil
})

// at is what lies at an address that SQLite gave: it is no memory of Go's.
func at[T any](where uintptr) *T { return *(**T)(unsafe.Pointer(&where)) }

// beside is room for a T in SQLite's own memory, as the race detector wants of
// what SQLite is given the address of.
func beside[T any](tls *libc.TLS) uintptr {
	var t T
	return libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(t)))
}

// address is how SQLite calls f, which lives as long as the process.
func address[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// call is the function at an address.
func call[F any](where uintptr) F { return *(*F)(unsafe.Pointer(&where)) }

type opens = func(tls *libc.TLS, vfs, name, where uintptr, flags int32, out uintptr) int32

func open(tls *libc.TLS, vfs, name, where uintptr, flags int32, out uintptr) int32 {
	rc := call[opens](real.FxOpen)(tls, vfs, name, where, flags, out)
	opened := at[sqlite3.Tsqlite3_file](where)
	if rc != sqlite3.SQLITE_OK || name == 0 || opened.FpMethods == 0 {
		return rc
	}
	path := libc.GoString(name)
	disks.Range(func(folder, d any) bool {
		if !strings.HasPrefix(path, folder.(string)+"/") {
			return true
		}
		f := &file{Disk: d.(*Disk), name: filepath.Base(path), real: at[sqlite3.Tsqlite3_io_methods](opened.FpMethods)}
		f.ours = beside[sqlite3.Tsqlite3_io_methods](tls)
		ours := at[sqlite3.Tsqlite3_io_methods](f.ours)
		*ours = *f.real
		ours.FxClose, ours.FxRead, ours.FxWrite = address(closes), address(reads), address(writes)
		ours.FxTruncate, ours.FxSync = address(truncates), address(syncs)
		files.Store(where, f)
		opened.FpMethods = f.ours
		return false
	})
	return rc
}

// of is the file at an address.
func of(where uintptr) *file {
	f, _ := files.Load(where)
	return f.(*file)
}

func closes(tls *libc.TLS, where uintptr) int32 {
	f := of(where)
	files.Delete(where)
	defer libc.Xfree(tls, f.ours)
	return call[func(*libc.TLS, uintptr) int32](f.real.FxClose)(tls, where)
}

func reads(tls *libc.TLS, where, to uintptr, n int32, from int64) int32 {
	f := of(where)
	if f.fails(Call{"read", f.name}) {
		return sqlite3.SQLITE_IOERR_READ
	}
	return call[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](f.real.FxRead)(tls, where, to, n, from)
}

func writes(tls *libc.TLS, where, from uintptr, n int32, to int64) int32 {
	f := of(where)
	if f.fails(Call{"write", f.name}) {
		return sqlite3.SQLITE_IOERR_WRITE
	}
	return call[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](f.real.FxWrite)(tls, where, from, n, to)
}

func truncates(tls *libc.TLS, where uintptr, n int64) int32 {
	f := of(where)
	if f.fails(Call{"truncate", f.name}) {
		return sqlite3.SQLITE_IOERR_TRUNCATE
	}
	return call[func(*libc.TLS, uintptr, int64) int32](f.real.FxTruncate)(tls, where, n)
}

func syncs(tls *libc.TLS, where uintptr, flags int32) int32 {
	f := of(where)
	if f.fails(Call{"sync", f.name}) {
		return sqlite3.SQLITE_IOERR_FSYNC
	}
	return call[func(*libc.TLS, uintptr, int32) int32](f.real.FxSync)(tls, where, flags)
}
