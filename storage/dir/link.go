package dir

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"dropcut/pipeline"
)

// outside makes of err, with which the folder refused key, why that will never
// do where a link on the way to key leads out of the folder, or nowhere. Any
// other error stays as it is. The folder's own refusal has no error of its own
// to compare with: it is what no system call said.
func (b *Bucket) outside(key string, err error) error {
	var said syscall.Errno
	if errors.As(err, &said) && said != syscall.ELOOP {
		return err
	}
	for end := range len(key) + 1 {
		if end < len(key) && key[end] != '/' {
			continue
		}
		info, err := b.root.Lstat(strings.TrimSuffix(key[:end], "/"))
		if err != nil {
			break
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return pipeline.Fail(pipeline.Invalid, "link_outside", "put the file itself there, or a hard link to it",
				"%s is a link, and it leads out of the folder %s or is absolute: nothing outside is read", key[:end], b.path)
		}
	}
	return err
}
