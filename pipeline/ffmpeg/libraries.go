package ffmpeg

import (
	"debug/elf"
	"path/filepath"
	"strings"
)

const mostLibraries = 16 // folders one program may name

// libraries is the folders in which a program that was not installed by the
// system says its own libraries lie (the run path written into it), and that
// of its loader. A program built by hand needs them to start at all; one that
// is no ELF file names none. The program is trusted: its files are not.
func libraries(program string) []string {
	f, err := elf.Open(program)
	if err != nil {
		return nil
	}
	defer f.Close()
	var out []string
	for _, tag := range []elf.DynTag{elf.DT_RUNPATH, elf.DT_RPATH} {
		all, err := f.DynString(tag)
		if err != nil {
			continue
		}
		for _, list := range all {
			for _, p := range filepath.SplitList(list) {
				out = append(out, runPath(p, filepath.Dir(program))...)
			}
		}
	}
	for _, p := range f.Progs {
		loader := make([]byte, min(p.Filesz, 4096))
		if p.Type != elf.PT_INTERP {
			continue
		}
		if _, err := p.ReadAt(loader, 0); err == nil {
			out = append(out, runPath(filepath.Dir(strings.TrimRight(string(loader), "\x00")), "")...)
		}
	}
	return out[:min(len(out), mostLibraries)]
}

// runPath is one folder of a run path, absolute; none for the root of the file
// system or a name that cannot be resolved.
func runPath(p, origin string) []string {
	for _, name := range []string{"${ORIGIN}", "$ORIGIN"} {
		p = strings.ReplaceAll(p, name, origin)
	}
	p = filepath.Clean(p)
	if !filepath.IsAbs(p) || p == "/" || strings.Contains(p, "$") {
		return nil
	}
	if real, err := filepath.EvalSymlinks(p); err == nil && real != "/" {
		return []string{real}
	}
	return nil
}
