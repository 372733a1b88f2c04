package recording

import (
	"encoding/binary"
	"math"
)

// flvMeta is what dropcut uses of onMetaData.
type flvMeta struct {
	rate      float64
	length    int64   // nanoseconds
	times     []int64 // ms
	positions []int64
}

// amfReader reads AMF0 values, bounded in depth and count.
type amfReader struct {
	b     []byte
	count int // values read
}

const (
	mostAMFDepth  = 8
	mostAMFValues = 1 << 20
)

// readMeta reads the body of a script tag. What cannot be read is left out.
func readMeta(body []byte) flvMeta {
	var m flvMeta
	r := amfReader{b: body}
	if kind, ok := r.byte(); !ok || kind != 2 {
		return m
	}
	name, ok := r.text()
	if !ok || name != "onMetaData" {
		return m
	}
	r.value(0, "", func(path string, n float64) {
		if !(math.Abs(n) < 1<<52) {
			return
		}
		switch path {
		case "/duration":
			if n < 1e9 {
				m.length = int64(math.Round(n*1000)) * 1e6
			}
		case "/framerate":
			m.rate = n
		case "/keyframes/times/":
			m.times = append(m.times, int64(math.Round(n*1000)))
		case "/keyframes/filepositions/":
			m.positions = append(m.positions, int64(n))
		}
	})
	return m
}

// value reads one value and hands out the numbers in it with their path.
func (r *amfReader) value(depth int, path string, number func(string, float64)) bool {
	if r.count++; depth > mostAMFDepth || r.count > mostAMFValues {
		return false
	}
	kind, ok := r.byte()
	if !ok {
		return false
	}
	switch kind {
	case 0:
		b, ok := r.take(8)
		if ok {
			number(path, math.Float64frombits(binary.BigEndian.Uint64(b)))
		}
		return ok
	case 1:
		_, ok = r.take(1)
	case 2:
		_, ok = r.text()
	case 3:
		return r.object(depth, path, number)
	case 5, 6:
	case 7:
		_, ok = r.take(2)
	case 8:
		if _, ok = r.take(4); ok {
			return r.object(depth, path, number)
		}
	case 10:
		return r.list(depth, path, number)
	case 11:
		_, ok = r.take(10)
	case 12:
		var b []byte
		if b, ok = r.take(4); ok {
			_, ok = r.take(int64(binary.BigEndian.Uint32(b)))
		}
	default:
		ok = false
	}
	return ok
}

// object reads pairs of name and value up to the end marker.
func (r *amfReader) object(depth int, path string, number func(string, float64)) bool {
	for {
		name, ok := r.text()
		if !ok {
			return false
		}
		if name == "" && len(r.b) > 0 && r.b[0] == 9 {
			r.b = r.b[1:]
			return true
		}
		if !r.value(depth+1, path+"/"+name, number) {
			return false
		}
	}
}

func (r *amfReader) list(depth int, path string, number func(string, float64)) bool {
	b, ok := r.take(4)
	if !ok {
		return false
	}
	for range binary.BigEndian.Uint32(b) {
		if !r.value(depth+1, path+"/", number) {
			return false
		}
	}
	return true
}

func (r *amfReader) take(n int64) ([]byte, bool) {
	if n < 0 || n > int64(len(r.b)) {
		return nil, false
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out, true
}

func (r *amfReader) byte() (byte, bool) {
	b, ok := r.take(1)
	if !ok {
		return 0, false
	}
	return b[0], true
}

func (r *amfReader) text() (string, bool) {
	b, ok := r.take(2)
	if !ok {
		return "", false
	}
	b, ok = r.take(int64(binary.BigEndian.Uint16(b)))
	return string(b), ok
}
