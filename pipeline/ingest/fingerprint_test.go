package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"dropcut/pipeline"
)

// memory is an object in memory that counts what is read.
type memory struct {
	data []byte
	read int64
}

func (m *memory) Size() int64 { return int64(len(m.data)) }
func (m *memory) ReadRange(_ context.Context, off, n int64) (io.ReadCloser, error) {
	m.read += n
	return io.NopCloser(bytes.NewReader(m.data[off : off+n])), nil
}

func print(t interface{ Fatal(...any) }, data []byte) string {
	s, err := Fingerprint(context.Background(), &memory{data: data})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheFingerprintReadsLittleAndSeesBothEnds(t *testing.T) {
	data := make([]byte, 40<<20)
	for i := range data {
		data[i] = byte(i * 7 >> 3)
	}
	m := &memory{data: data}
	first, err := Fingerprint(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if m.read > 3<<20 {
		t.Errorf("%d bytes read", m.read)
	}
	for _, at := range []int{0, edgeBytes - 1, len(data) - 1, len(data) / 17 * 5} {
		data[at]++
		if print(t, data) == first {
			t.Errorf("a changed byte at %d is not seen", at)
		}
		data[at]--
	}
	if print(t, data[:len(data)-1]) == first {
		t.Error("a shorter file has the same fingerprint")
	}
}

// failing is an object whose bytes cannot be read.
type failing struct {
	memory
	why error
}

func (f *failing) ReadRange(context.Context, int64, int64) (io.ReadCloser, error) {
	return io.NopCloser(iotest.ErrReader(f.why)), nil
}

func TestAReadThatFailsIsNoBugOfOurs(t *testing.T) {
	for why, want := range map[error]pipeline.Kind{context.Canceled: pipeline.Stopped, io.ErrUnexpectedEOF: pipeline.Unavailable} {
		_, err := Fingerprint(t.Context(), &failing{memory{data: make([]byte, 100)}, why})
		if !errors.Is(err, want) || !errors.Is(err, why) {
			t.Errorf("%v is %v", why, err)
		}
	}
}

func TestAnySizeHasAFingerprint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "bytes")
		b := append(bytes.Clone(a), 0)
		first, again := print(t, a), print(t, a)
		if first != again || first == print(t, b) {
			t.Fatal("the fingerprint is not a function of the bytes")
		}
	})
}
