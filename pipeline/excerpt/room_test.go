package excerpt

import (
	"context"
	"os"
	"slices"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// refusing is a room that notes what it is asked for and has none.
type refusing struct{ asked storage.Need }

// Reserve implements Room.
func (r *refusing) Reserve(_ context.Context, _ catalog.Work, n storage.Need) error {
	r.asked = n
	return pipeline.Fail(pipeline.NoRoom, "no_room", "", "full")
}

func TestAnExcerptIsNotBegunWithoutItsRoom(t *testing.T) {
	t.Parallel()
	for _, container := range []string{"mkv", "mp4", "ts"} { // whose indices know more and less
		t.Run(container, func(t *testing.T) { isNotBegun(t, container) })
	}
}

func isNotBegun(t *testing.T, container string) {
	file := draw(t, "a."+container, slices.Concat([]string{"-f", "lavfi", "-i", picture + "25", "-f", "lavfi", "-i", noise}, x264, []string{"-c:a", "aac"})...)
	d := newDesk(t, file, 100, 300)
	room := &refusing{}
	d.Room = room
	_, err := d.Do(t.Context(), catalog.Work{Kind: pipeline.Excerpt, Subject: d.moment.ID, Input: "round"}, func(float64) {})
	if left, e := os.ReadDir(d.Temp); !pipeline.IsFull(err) || e != nil || len(left) > 0 {
		t.Errorf("%v; in the folder of attempts lie %v, %v", err, left, e)
	}
	d.Room = nil
	if x, _ := d.do(t); room.asked.Data < x.Bytes || room.asked.Temp < 2*x.Bytes || room.asked.Data > 4*x.Bytes+2*listsBytes {
		t.Errorf("the excerpt has %d bytes, reserved were %+v", x.Bytes, room.asked)
	}
}
