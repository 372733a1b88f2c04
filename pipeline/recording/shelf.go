package recording

import (
	"context"
	"errors"
	"sync"

	"dropcut/pipeline"
)

// Shelf keeps the recordings that were opened last, so that every step on this
// machine reads a recording's index once. It may be used by many goroutines at
// once.
type Shelf struct {
	dir  string
	open func(ctx context.Context, r pipeline.Recording) (Source, error)

	mu     sync.Mutex
	books  map[book]*place
	opens  int64 // so far
	closed bool
}

// mostBooks is how many recordings stand open. Those of which nothing is being
// taken go first, the longest unopened before others: who still has one then
// meets a failure that may pass, and opens it anew.
const mostBooks = 64

// book is which bytes a recording is.
type book struct{ source, key, version string }

// place is where a recording stands, or will once it is opened.
type place struct {
	done   chan struct{}
	rec    *Recording
	err    error
	opened int64 // the open of the shelf that gave it last
}

// NewShelf keeps what is read in dir (empty: the system's folder for temporary
// files); open finds a recording's bytes.
func NewShelf(dir string, open func(ctx context.Context, r pipeline.Recording) (Source, error)) *Shelf {
	return &Shelf{dir: dir, open: open, books: map[book]*place{}}
}

func bookOf(r pipeline.Recording) book { return book{r.Source, r.Key, r.Version} }

// Open gives the recording, opened by the first who asks. It belongs to the
// shelf: do not close it. A failure is not kept, and the errors are those of
// the package's Open. After Close it is Stopped.
func (s *Shelf) Open(ctx context.Context, r pipeline.Recording) (*Recording, error) {
	for {
		p, mine, err := s.take(bookOf(r))
		if err != nil {
			return nil, err
		}
		if mine {
			return s.fetch(ctx, r, p)
		}
		select {
		case <-p.done:
		case <-ctx.Done():
			return nil, stopped(ctx)
		}
		if p.err == nil || !errors.Is(p.err, pipeline.Stopped) {
			return p.rec, p.err
		}
		// whoever opened it was told to stop, which is no answer for others
	}
}

func (s *Shelf) take(b book) (p *place, mine bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, false, pipeline.Fail(pipeline.Stopped, "stopped", "", "open a recording: the process is stopping")
	}
	s.opens++
	if p, ok := s.books[b]; ok {
		p.opened = s.opens
		return p, false, nil
	}
	s.clear()
	p = &place{done: make(chan struct{}), opened: s.opens}
	s.books[b] = p
	return p, true, nil
}

// clear makes room for one more. The caller holds mu.
func (s *Shelf) clear() {
	for len(s.books) >= mostBooks {
		var oldest book
		var at *place
		for b, p := range s.books {
			if p.isIdle() && (at == nil || p.opened < at.opened) {
				oldest, at = b, p
			}
		}
		if at == nil {
			return // all are in use
		}
		delete(s.books, oldest)
		_ = at.rec.Close()
	}
}

// isIdle reports whether a recording stands open and nothing is taken of it.
func (p *place) isIdle() bool {
	select {
	case <-p.done:
		return p.rec != nil && p.rec.slicing.Load() == 0
	default:
		return false
	}
}

func (s *Shelf) fetch(ctx context.Context, r pipeline.Recording, p *place) (*Recording, error) {
	src, err := s.open(ctx, r)
	if err == nil {
		p.rec, err = openIn(ctx, src, s.dir)
	}
	s.mu.Lock()
	if p.err = err; err != nil && s.books[bookOf(r)] == p {
		delete(s.books, bookOf(r))
	}
	late := s.closed && err == nil
	s.mu.Unlock()
	if late {
		_ = p.rec.Close()
		p.rec, p.err = nil, pipeline.Fail(pipeline.Stopped, "stopped", "", "open a recording: the process is stopping")
	}
	close(p.done)
	return p.rec, p.err
}

// Add puts an opened recording on the shelf, which owns it from then on. When
// one stands there already, rec is closed and forgotten.
func (s *Shelf) Add(r pipeline.Recording, rec *Recording) {
	p := &place{done: make(chan struct{}), rec: rec}
	close(p.done)
	s.mu.Lock()
	_, there := s.books[bookOf(r)]
	if !there && !s.closed {
		s.clear()
		s.opens++
		p.opened = s.opens
		s.books[bookOf(r)] = p
	}
	refuse := there || s.closed
	s.mu.Unlock()
	if refuse {
		_ = rec.Close()
	}
}

// Close closes every recording. Slices being written fail.
func (s *Shelf) Close() {
	s.mu.Lock()
	books := s.books
	s.books, s.closed = map[book]*place{}, true
	s.mu.Unlock()
	for _, p := range books {
		select {
		case <-p.done:
			if p.rec != nil {
				_ = p.rec.Close()
			}
		default: // still being opened: fetch closes it
		}
	}
}
