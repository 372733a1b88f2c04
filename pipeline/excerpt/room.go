package excerpt

import (
	"context"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Room is asked before anything is written.
type Room interface {
	Reserve(ctx context.Context, w catalog.Work, n storage.Need) error
}

// reserve asks for the room that taking span needs: its bytes as they are read,
// as they are sliced, and as an excerpt, which is then stored.
func (s *Step) reserve(ctx context.Context, w catalog.Work, rec pipeline.Recording, span timeline.Window) error {
	if s.Room == nil {
		return nil
	}
	opened, err := s.Shelf.Open(ctx, rec)
	if err != nil {
		return gone(rec, err)
	}
	from, to := sliced(rec, span)
	n, known, err := opened.Weigh(ctx, from, to)
	if err != nil {
		return gone(rec, err)
	}
	if n += listsBytes; !known {
		n = bytesOf(rec, span)
	}
	return s.Room.Reserve(ctx, w, storage.Need{Temp: 3 * n, Data: n})
}

// A stretch that moves much has more bytes than others, and begins before its
// first picture, at a keyframe.
const (
	busy       = 2
	keyframe   = 10 * time.Second
	listsBytes = 4 << 20 // what is said of packets and signals
)

// bytesOf is how many bytes of a recording show span where its index does not
// say: its share of the whole, generously. Pure.
func bytesOf(rec pipeline.Recording, span timeline.Window) int64 {
	length := max(rec.Media.Frames, 1)
	frames := span.Frames() + rec.Media.Rate.FramesCeil(keyframe+2*lead+afterVariable)
	if frames >= length {
		return rec.Size + listsBytes
	}
	return min(rec.Size, rec.Size/length*frames*busy+listsBytes/2) + listsBytes/2
}
