package excerpt

import (
	"fmt"
	"os"
	"testing"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/timeline"
)

func TestScratchLook(t *testing.T) {
	f := os.Getenv("LOOK")
	if f == "" { t.Skip() }
	r, _ := ffmpeg.New(ffmpeg.Config{})
	dir := t.TempDir()
	b, _ := os.ReadFile(f)
	os.WriteFile(dir+"/"+excerptFile, b, 0o644)
	be := &bench{runner: r, folder: dir, rate: timeline.Rate30}
	all, err := be.glances(t.Context(), own(ffmpeg.Option{Name: "skip_frame", Value: "nokey"}, ffmpeg.Option{Name: "skip_loop_filter", Value: "all"}), "null")
	fmt.Println(err, len(all), "keys cpu", be.cpu)
	for i := 1; i < len(all); i++ { fmt.Printf(" %d-%d:%.3f", be.frame(all[i-1].at)+300-2,be.frame(all[i].at)+300-2, change(all[i-1].thumb, all[i].thumb)) }
	fmt.Println()
	be.cpu = 0
	all, err = be.glances(t.Context(), own(ffmpeg.Option{Name: "skip_loop_filter", Value: "noref"}), "null")
	fmt.Println(err, len(all), "all cpu", be.cpu)
	for i := 1; i < len(all); i++ { if c := change(all[i-1].thumb, all[i].thumb); c > 0.02 { fmt.Printf(" %d:%.3f", be.frame(all[i].at)+300-2, c) } }
	fmt.Println()
	c := cuts(all)
	for i := range all { if v, ok := c[i]; ok { fmt.Printf(" %d:%.2f", be.frame(all[i].at)+300-2, v) } }
	fmt.Println()
}
