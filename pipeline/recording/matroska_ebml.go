package recording

import "context"

// The elements dropcut knows, by their EBML IDs.
const (
	idEBML            = 0x1A45DFA3
	idSegment         = 0x18538067
	idSeekHead        = 0x114D9B74
	idSeek            = 0x4DBB
	idSeekID          = 0x53AB
	idSeekPosition    = 0x53AC
	idInfo            = 0x1549A966
	idTimestampScale  = 0x2AD7B1
	idDuration        = 0x4489
	idDateUTC         = 0x4461
	idTracks          = 0x1654AE6B
	idTrackEntry      = 0xAE
	idTrackNumber     = 0xD7
	idTrackType       = 0x83
	idCodecID         = 0x86
	idDefaultDuration = 0x23E383
	idCues            = 0x1C53BB6B
	idCuePoint        = 0xBB
	idCueTime         = 0xB3
	idCuePositions    = 0xB7
	idCueTrack        = 0xF7
	idCueCluster      = 0xF1
	idChapters        = 0x1043A770
	idAttachments     = 0x1941A469
	idTags            = 0x1254C367
	idCluster         = 0x1F43B675
	idTimestamp       = 0xE7
	idPosition        = 0xA7
	idPrevSize        = 0xAB
	idSilentTracks    = 0x5854
	idSimpleBlock     = 0xA3
	idBlockGroup      = 0xA0
	idEncryptedBlock  = 0xAF
	idBlock           = 0xA1
	idReferenceBlock  = 0xFB
	idVoid            = 0xEC
	idCRC32           = 0xBF
)

// element is the head of an EBML element and where its body lies.
type element struct {
	id   uint32
	at   int64 // its first byte
	body int64
	size int64 // of the body; unknownSize when the writer did not know
}

const unknownSize = int64(-1)

// end is the first byte after the element; limit when its size is not known.
func (e element) end(limit int64) int64 {
	if e.size == unknownSize || e.size > limit-e.body {
		return limit
	}
	return e.body + e.size
}

// maxHead is the longest head: four bytes of ID, eight of size.
const maxHead = 12

// headOf reads the head of an element that begins at the first of b.
func headOf(b []byte, at int64) (element, bool) {
	id, n := idOf(b)
	if n == 0 {
		return element{}, false
	}
	size, m := sizeOf(b[n:])
	if m == 0 {
		return element{}, false
	}
	return element{id: id, at: at, body: at + int64(n+m), size: size}, true
}

func idOf(b []byte) (uint32, int) {
	if len(b) == 0 {
		return 0, 0
	}
	n := leading(b[0])
	if n > 4 || n > len(b) {
		return 0, 0
	}
	id := uint32(0)
	for _, x := range b[:n] {
		id = id<<8 | uint32(x)
	}
	return id, n
}

// sizeOf reads a variable-size integer; unknownSize when all its bits are set.
func sizeOf(b []byte) (int64, int) {
	if len(b) == 0 {
		return 0, 0
	}
	n := leading(b[0])
	if n > 8 || n > len(b) {
		return 0, 0
	}
	v := uint64(b[0]) & (1<<(8-n) - 1)
	ones := v == 1<<(8-n)-1
	for _, x := range b[1:n] {
		v = v<<8 | uint64(x)
		ones = ones && x == 0xff
	}
	if ones {
		return unknownSize, n
	}
	return int64(v), n
}

// leading is how many bytes a variable-size integer has by its first one; 9 is
// none.
func leading(b byte) int {
	n := 1
	for m := byte(0x80); m != 0 && b&m == 0; m >>= 1 {
		n++
	}
	return n
}

// elementAt reads the head of the element at off.
func elementAt(ctx context.Context, v *view, off int64) (element, bool, error) {
	b, err := v.peek(ctx, off, maxHead)
	if err != nil {
		return element{}, false, err
	}
	e, ok := headOf(b, off)
	return e, ok, nil
}

// children calls each for the elements in b until each says no. A child that
// reaches beyond b ends it.
func children(b []byte, each func(id uint32, body []byte) bool) {
	for len(b) > 0 {
		e, ok := headOf(b, 0)
		if !ok || e.size == unknownSize || e.size > int64(len(b))-e.body {
			return
		}
		if !each(e.id, b[e.body:e.body+e.size]) {
			return
		}
		b = b[e.body+e.size:]
	}
}

// uintOf reads an unsigned integer of up to eight bytes; what does not fit in
// an int64 is false.
func uintOf(b []byte) (int64, bool) {
	if len(b) > 8 {
		return 0, false
	}
	v := uint64(0)
	for _, x := range b {
		v = v<<8 | uint64(x)
	}
	return int64(v), v < 1<<63
}

// appendHead writes an element's head. A negative size is one not known.
func appendHead(b []byte, id uint32, size int64) []byte {
	for shift := 24; shift >= 0; shift -= 8 {
		if x := byte(id >> shift); x != 0 || id>>shift != 0 {
			b = append(b, x)
		}
	}
	if size < 0 {
		return append(b, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	}
	return append(b, 0x01, byte(size>>48), byte(size>>40), byte(size>>32), byte(size>>24), byte(size>>16), byte(size>>8), byte(size))
}

// appendUint writes an element that holds an unsigned integer.
func appendUint(b []byte, id uint32, v int64) []byte {
	b = appendHead(b, id, 8)
	return append(b, byte(v>>56), byte(v>>48), byte(v>>40), byte(v>>32), byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}
