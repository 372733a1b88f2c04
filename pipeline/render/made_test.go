package render

import (
	"testing"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

func TestAMomentIsMade(t *testing.T) {
	file := draw(t, source{rate: "30", seconds: 24, size: "320x180"})
	m := newMill(t, file, media(timeline.Rate30, 24, 320, 180, true), timeline.Window{In: 65, Out: 530})
	m.clips[0].Hooks = []pipeline.Hook{{Text: "Watch this", From: "flag"}, {Text: "You will not believe it", From: "label"}}
	m.keepClips()
	m.words(captions.Word{Text: "hello", Start: 300, End: 315}, captions.Word{Text: "world.", Start: 315, End: 340})
	s := m.whole()
	t.Logf("%d frames, rows %v, files %v", s.frames, s.rows, s.files)
	for _, v := range m.made() {
		t.Logf("%+v", *v.Made)
	}
	if s := m.whole(); s.frames != 0 || len(s.files) != 0 {
		t.Errorf("a second round encoded %d frames and made %v", s.frames, s.files)
	}
}
