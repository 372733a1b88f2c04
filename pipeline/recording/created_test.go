package recording

import (
	"testing"
	"time"
)

func TestTheCreationTimeIsReadFromTheContainer(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 11, 25, 19, 0, 5, 0, time.UTC)
	for _, name := range []string{"a.mp4", "a.mov", "a.mkv"} {
		r, _ := opened(t, drawn(t, name, "25", "1", "-metadata", "creation_time=2026-11-25T19:00:05Z"))
		got, ok := r.Created()
		if !ok || !got.Equal(want) {
			t.Errorf("%s was begun at %s, %v", name, got, ok)
		}
	}
	for _, name := range []string{"b.mp4", "b.mkv", "b.ts"} {
		r, _ := opened(t, drawn(t, name, "25", "1"))
		if got, ok := r.Created(); ok {
			t.Errorf("%s says nothing and was begun at %s", name, got)
		}
	}
}

func TestACreationTimeThatCannotBeIsNone(t *testing.T) {
	for why, mvhd := range map[string][]byte{
		"nothing":           nil,
		"cut off":           {0, 0, 0, 0, 0xe0},
		"never set":         make([]byte, 20),
		"a clock at 1970":   {0, 0, 0, 0, 0x7c, 0x25, 0xb0, 0x80},
		"a year like 20000": {1, 0, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0},
		"below nothing":     {1, 0, 0, 0, 0xff, 0, 0, 0, 0, 0, 0, 0},
	} {
		r := &Recording{index: &mp4Index{mvhd: mvhd}}
		if got, ok := r.Created(); ok {
			t.Errorf("%s: %s", why, got)
		}
	}
	for why, date := range map[string][]byte{"cut off": {1, 2}, "before 2000": {0xff, 0, 0, 0, 0, 0, 0, 0}, "after 2100": {0x7f, 0xff, 0, 0, 0, 0, 0, 0}} {
		r := &Recording{index: &matroska{created: matroskaCreated(date)}}
		if got, ok := r.Created(); ok {
			t.Errorf("Matroska, %s: %s", why, got)
		}
	}
}
