package render

import (
	"math"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

func video(w, h int, sar timeline.Rate, rotation int) pipeline.Video {
	return pipeline.Video{Width: w, Height: h, SAR: sar, Rotation: rotation}
}

func TestTheCropKeepsTheAspectAndStaysInside(t *testing.T) {
	square := timeline.Rate{Num: 1, Den: 1}
	for _, v := range []pipeline.Video{
		video(1920, 1080, square, 0), video(1080, 1920, square, 0), video(1920, 1080, square, 90), video(720, 576, timeline.Rate{Num: 16, Den: 11}, 0),
		video(720, 480, timeline.Rate{Num: 8, Den: 9}, 270), video(641, 359, square, 0), video(1280, 720, timeline.Rate{}, 180), video(64, 2000, square, 0),
	} {
		for _, aspect := range []string{"9:16", "4:5", "1:1", "16:9"} {
			g, ok := placed(v, aspect, fill, 1)
			if !ok {
				t.Fatal(aspect)
			}
			w, h, sn, sd := upright(v)
			c := g.Crop
			if c.X < 0 || c.Y < 0 || c.X+c.Width > w || c.Y+c.Height > h || c.Width%2+c.Height%2+c.X%2+c.Y%2 != 0 {
				t.Errorf("%+v %s: crop %+v of %dx%d", v, aspect, c, w, h)
			}
			got := float64(c.Width*sn) / float64(c.Height*sd)
			want := float64(g.Width) / float64(g.Height)
			if math.Abs(got/want-1) > 2.5/float64(min(c.Width, c.Height)) {
				t.Errorf("%+v %s: crop %+v has the aspect %.4f, want %.4f", v, aspect, c, got, want)
			}
			f, _ := placed(v, aspect, fit, 1)
			if f.Fit == nil {
				continue
			}
			got, want = float64(f.Fit.Width)/float64(f.Fit.Height), float64(w*sn)/float64(h*sd)
			if math.Abs(got/want-1) > 2.5/float64(min(f.Fit.Width, f.Fit.Height)) || f.Fit.X+f.Fit.Width > f.Width || f.Fit.Y+f.Fit.Height > f.Height {
				t.Errorf("%+v %s: fitted %+v has the aspect %.4f, want %.4f", v, aspect, *f.Fit, got, want)
			}
		}
	}
}

func TestFitIsFillWhereTheWholePictureFits(t *testing.T) {
	v := video(1920, 1080, timeline.Rate{Num: 1, Den: 1}, 0)
	a, _ := placed(v, "16:9", fit, 1)
	b, _ := placed(v, "16:9", fill, 1)
	if !same(a, b) {
		t.Errorf("%+v and %+v", a, b)
	}
	if c, _ := placed(v, "9:16", fit, 1); same(c, a) || c.Fit == nil {
		t.Errorf("%+v fits 9:16", c)
	}
}

func TestAnUnknownAspectIsRefused(t *testing.T) {
	if _, ok := placed(video(16, 16, timeline.Rate{Num: 1, Den: 1}, 0), "3:7", fill, 1); ok {
		t.Error("3:7 was placed")
	}
}
