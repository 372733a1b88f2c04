package whisper

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"
)

// emptyModel writes a model without weights in whisper.cpp's own format: the
// sizes of a very small one, its filters and its vocabulary. whisper-cli takes
// such a file for a test and runs on it; what it hears is nonsense.
func emptyModel(t *testing.T, path string) {
	t.Helper()
	var b bytes.Buffer
	put := func(v any) {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	const mels, bins, words = 80, 201, 200
	put(uint32(0x67676d6c))
	// vocabulary; audio: context, state, heads, layers; text: context, state, heads, layers; mels; 16-bit floats
	put([]int32{51864, 1500, 64, 1, 4, 448, 64, 1, 4, mels, 1})
	put([]int32{mels, bins})
	filter := make([]float32, mels*bins)
	for i := range mels {
		filter[i*bins+i*2] = 0.01
	}
	put(filter)
	put(int32(words))
	for i := range words {
		word := " " + string(rune('a'+i%26)) + string(rune('a'+i/26))
		if i == words-1 {
			word = " " // the program looks it up
		}
		put(uint32(len(word)))
		b.WriteString(word)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
