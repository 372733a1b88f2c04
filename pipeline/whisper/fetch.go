package whisper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
)

const (
	fruitless  = 4 // attempts in a row that bring no byte
	redirects  = 5
	fetchPause = 2 * time.Second
)

// Fetcher brings models from a server. The zero Fetcher takes them from Source.
type Fetcher struct {
	From     string                  // the folder's address; default Source
	Stall    time.Duration           // without a byte before an attempt is given up; default 30 s
	Pause    time.Duration           // between attempts; default 2 s
	Progress func(done, total int64) // may be nil
}

// Fetch brings the bytes of m to the file at path, whole and checked or not at
// all. What is there in part, here or from an earlier call, is gone on with.
// Too many bytes or the wrong ones are Corrupt, code model_mismatch, and
// nothing of them is kept; an address without the file is NotFound; a server
// that is out of reach or too slow is Unavailable, and what came is kept.
func (f Fetcher) Fetch(ctx context.Context, m Model, path string) error {
	if f.From == "" {
		f.From = Source
	}
	if f.Stall == 0 {
		f.Stall = 30 * time.Second
	}
	if f.Pause == 0 {
		f.Pause = fetchPause
	}
	part := path + ".part"
	if err := f.whole(ctx, m, part); err != nil {
		return err
	}
	return settle(m, part, path)
}

// whole attempts until the part is as long as it should be.
func (f Fetcher) whole(ctx context.Context, m Model, part string) error {
	have := size(part)
	if have > m.Bytes {
		return mismatch(m, part, fmt.Sprintf("has more than the %d bytes it should have", m.Bytes))
	}
	for vain := 0; have < m.Bytes; {
		err := f.attempt(ctx, m, part, have)
		switch now := size(part); {
		case ctx.Err() != nil:
			return pipeline.Fail(pipeline.Stopped, "stopped", "run again: it goes on where it was", "fetch %s: %w", m.Name, context.Canceled)
		case now > m.Bytes:
			return mismatch(m, part, fmt.Sprintf("has more than the %d bytes it should have", m.Bytes))
		case now == m.Bytes:
			return nil
		case now > have:
			have, vain = now, 0
			continue
		default:
			have = now
		}
		var e *pipeline.Error
		if vain++; vain == fruitless || errors.As(err, &e) && !e.Retryable() || errors.Is(err, pipeline.NoRoom) {
			return err
		}
		select {
		case <-time.After(f.Pause):
		case <-ctx.Done():
		}
	}
	return nil
}

// attempt asks for what is missing and writes what comes.
func (f Fetcher) attempt(ctx context.Context, m Model, part string, have int64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watch := time.AfterFunc(f.Stall, cancel)
	defer watch.Stop()
	address := strings.TrimRight(f.From, "/") + "/" + File(m.Name)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return pipeline.Fail(pipeline.Usage, "bad_address", "give the address of the folder the model lies in", "%w", err)
	}
	req.Header.Set("User-Agent", "dropcut")
	if have > 0 {
		req.Header.Set("Range", "bytes="+strconv.FormatInt(have, 10)+"-")
	}
	res, err := client.Do(req)
	if err != nil {
		return f.broken(m, err)
	}
	defer res.Body.Close()
	mode := os.O_APPEND
	switch res.StatusCode {
	case http.StatusPartialContent:
		if !strings.HasPrefix(res.Header.Get("Content-Range"), "bytes "+strconv.FormatInt(have, 10)+"-") {
			return pipeline.Fail(pipeline.Unavailable, "no_model", "", "%s gives another part than was asked for", address)
		}
	case http.StatusOK: // no ranges here: from the start
		mode, have = os.O_TRUNC, 0
	case http.StatusNotFound, http.StatusGone:
		return pipeline.Fail(pipeline.NotFound, "no_model", "check the address: --from", "%s answers %d", address, res.StatusCode)
	default:
		return pipeline.Fail(pipeline.Unavailable, "no_model", "run again later: it goes on where it was", "%s answers %d", address, res.StatusCode)
	}
	return f.write(m, part, mode, have, &patient{res.Body, watch, f.Stall})
}

// write adds what body brings to the part, at most one byte more than the
// model has.
func (f Fetcher) write(m Model, part string, mode int, have int64, body io.Reader) error {
	out, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|mode, 0o644)
	if err != nil {
		return unwritten(part, err)
	}
	tell := &teller{out, have, m.Bytes, f.Progress}
	_, err = io.Copy(tell, io.LimitReader(body, m.Bytes-have+1))
	if cerr := out.Close(); cerr != nil {
		return unwritten(part, cerr)
	}
	var e *pipeline.Error
	switch {
	case errors.As(err, &e):
		return err
	case err == nil && tell.done < m.Bytes:
		err = io.ErrUnexpectedEOF
	case err == nil:
		return nil
	}
	return f.broken(m, err)
}

func (f Fetcher) broken(m Model, err error) error {
	const hint = "check the network and run again: it goes on where it was"
	if errors.Is(err, context.Canceled) {
		return pipeline.Fail(pipeline.Unavailable, "too_slow", hint, "fetch %s: nothing came for %v", m.Name, f.Stall)
	}
	return pipeline.Fail(pipeline.Unavailable, "unreachable", hint, "fetch %s: %w", m.Name, err)
}

// client follows a few redirects, and none that leads from a closed road to an open one.
var client = &http.Client{
	Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout: 15 * time.Second, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true, IdleConnTimeout: 10 * time.Second},
	CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) > redirects || via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
			return errors.New("it leads where it should not")
		}
		return nil
	},
}

// settle checks a whole part and gives it its name.
func settle(m Model, part, path string) error {
	digest, n, err := storage.DigestFile(part)
	if err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "read %s: %w", part, err)
	}
	if digest != m.Digest || n != m.Bytes {
		return mismatch(m, part, fmt.Sprintf("has digest %s and should have %s", digest, m.Digest))
	}
	if err := os.Rename(part, path); err != nil {
		return unwritten(path, err)
	}
	return nil
}

// mismatch removes what is not the model.
func mismatch(m Model, part, why string) error {
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		why += fmt.Sprintf("; it could not be removed: %v", err)
	}
	return pipeline.Fail(pipeline.Corrupt, "model_mismatch", "nothing of it was kept; try again, or take the file from another place with --model FILE",
		"what came as %s %s", m.Name, why)
}

func unwritten(path string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return pipeline.Fail(pipeline.NoRoom, "disk_full", "make room, then run again: it goes on where it was", "write %s: %w", path, err)
	}
	return pipeline.Fail(pipeline.Unavailable, "storage", "", "write %s: %w", path, err)
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// patient is a body that is waited for as long as bytes keep coming.
type patient struct {
	body  io.Reader
	watch *time.Timer
	stall time.Duration
}

// Read keeps the watch from ending the attempt.
func (p *patient) Read(b []byte) (int, error) {
	n, err := p.body.Read(b)
	if n > 0 {
		p.watch.Reset(p.stall)
	}
	return n, err
}

// teller writes and says how far it is.
type teller struct {
	out         *os.File
	done, total int64
	tell        func(done, total int64)
}

// Write gives what the disk said its kind.
func (t *teller) Write(b []byte) (int, error) {
	n, err := t.out.Write(b)
	t.done += int64(n)
	if t.tell != nil {
		t.tell(min(t.done, t.total), t.total)
	}
	if err != nil {
		err = unwritten(t.out.Name(), err)
	}
	return n, err
}
