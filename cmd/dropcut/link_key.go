package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"dropcut/pipeline"
)

const (
	linkKeyName  = "links.key"
	linkKeyBytes = 32
)

// linkKey is what this machine signs links with, kept in its data folder and
// made where there is none. One that is not whole is Corrupt: whoever knows
// what is left of it could sign too.
func linkKey(data string) ([]byte, error) {
	file := filepath.Join(data, linkKeyName)
	key, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		key = make([]byte, linkKeyBytes)
		_, _ = rand.Read(key) // never fails since Go 1.24
		err = keepKey(file, key)
	}
	if err != nil {
		return nil, pipeline.Fail(pipeline.Unavailable, "storage", "check who owns it", "read %s: %w", file, err)
	}
	if len(key) != linkKeyBytes {
		return nil, pipeline.Fail(pipeline.Corrupt, "bad_link_key", "remove it: another is made, and links that were given out end",
			"%s has %d bytes and not %d", file, len(key), linkKeyBytes)
	}
	return key, nil
}

// localToken is the token of whoever may read this machine's data folder: its
// commands need no other.
func localToken(key []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("the token of this machine"))
	return fmt.Sprintf("dc_local_%x", mac.Sum(nil))
}

// keepKey writes file whole or not at all. The folder's lock is held by this
// process, so that one name for what is half written is enough.
func keepKey(file string, key []byte) error {
	half := file + ".half"
	f, err := os.OpenFile(half, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(key)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(half, file); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
