package marks

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

func TestAFlagIsReadAsItWasMeant(t *testing.T) {
	for _, c := range []struct {
		text  string
		at    float64
		end   float64 // 0: a point
		step  time.Duration
		label string
		why   string
	}{
		{"7:45-8:10 the reveal", 465, 490, time.Second, "the reveal", "the form of the help text"},
		{"0:47 crowd went wild", 47, 0, time.Second, "crowd went wild", "a point"},
		{"1:02:03", 3723, 0, time.Second, "", "no label"},
		{"0:47.5 x", 47.5, 0, 100 * time.Millisecond, "x", "one decimal is a tenth"},
		{"0:47.050 x", 47.05, 0, time.Millisecond, "x", "three decimals"},
		{"0:47,250 x", 47.25, 0, time.Millisecond, "x", "as subtitles write it"},
		{"0:47, 5 hits", 47, 0, time.Second, "5 hits", "a comma that is no decimal"},
		{"47s label", 47, 0, time.Second, "label", "seconds need their unit"},
		{"47.5 label", 47.5, 0, 100 * time.Millisecond, "label", "or decimals"},
		{"1h2m3s go", 3723, 0, time.Second, "go", "units"},
		{"2m go", 120, 0, time.Second, "go", ""},
		{"75:10", 4510, 0, time.Second, "", "minutes may pass 59 when there are no hours"},
		{"7:45 – 8:10: the reveal", 465, 490, time.Second, "the reveal", "a dash of a word processor"},
		{"7:45 to 8:10 x", 465, 490, time.Second, "x", "a word"},
		{"7:45 to the moon", 465, 0, time.Second, "to the moon", "no range without a second time"},
		{"0:47 - crowd", 47, 0, time.Second, "crowd", "a dash before the label"},
		{"0:47 - 3 crowds", 47, 0, time.Second, "3 crowds", "a number that begins the label"},
		{"7:45-8:10.25 x", 465, 490.25, 10 * time.Millisecond, "x", "the finer end decides"},
		{"47s-1m30s x", 47, 90, time.Second, "x", ""},
		{"  0:47   é ü 🔥 ", 47, 0, time.Second, "é ü 🔥", "labels in any script"},
		{"\xef\xbb\xbf0:47 x", 47, 0, time.Second, "x", "a byte order mark, pasted"},
	} {
		m, err := ParseFlag(c.text)
		if err != nil {
			t.Errorf("%q: %v (%s)", c.text, err, c.why)
			continue
		}
		end := time.Duration(0)
		if m.End != nil {
			end = *m.End
		}
		if m.At != sec(c.at) || end != sec(c.end) || m.Step != c.step || m.Label != c.label {
			t.Errorf("%q: at %v end %v ± %v %q (%s)", c.text, m.At, end, m.Step, m.Label, c.why)
		}
	}
}

func TestAFlagThatIsNoMarkIsAUsageErrorWithAHint(t *testing.T) {
	for _, c := range []struct{ text, why string }{
		{"", "nothing"}, {"crowd", "no time"}, {"47 label", "a bare number may be anything"}, {"8:10-7:45 x", "backwards"},
		{"7:45-7:45", "empty"}, {"1:75 x", "75 seconds"}, {"1:2:3:4 x", "frames have no meaning without a rate"},
		{"0:47-52 x", "an end that is no time"}, {"0:47crowd", "no space"}, {"-0:47 x", "before zero"}, {"0:7 x", "one digit of seconds"},
		{strings.Repeat("9", 5000), "longer than any label"}, {"0:47\x00x", "no text"},
		{"5124096h x", "more hours than a time holds, which would wrap around into the recording"},
	} {
		_, err := ParseFlag(c.text)
		var e *pipeline.Error
		if !errors.Is(err, pipeline.Usage) || !errors.As(err, &e) || e.Code != "bad_mark" || e.Hint == "" {
			t.Errorf("%.40q (%s): %v", c.text, c.why, err)
		}
	}
}

func TestAFlagSurvivesBeingSpoken(t *testing.T) {
	for _, d := range []time.Duration{0, 5 * time.Second, 465 * time.Second, 3723*time.Second + 50*time.Millisecond, 40 * time.Hour} {
		m, err := ParseFlag(clock(d) + " x")
		if err != nil || m.At != d {
			t.Errorf("%v is spoken %s and read %v (%v)", d, clock(d), m.At, err)
		}
	}
}

func FuzzParseFlag(f *testing.F) {
	for _, s := range []string{"7:45-8:10 the reveal", "47.5 x", "1h2m3s", "0:47 - 3", "1:2:3:4", "47s-1m30s", "99:59:59.999999999 to 99:59:59", "\xff\xfe0\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseFlag(s)
		if err != nil {
			if !errors.Is(err, pipeline.Usage) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		checkEntry(t, m)
	})
}

// checkEntry holds for every entry of every format.
func checkEntry(t *testing.T, m Entry) {
	t.Helper()
	switch {
	case m.Step < 1 || m.Step > time.Second:
		t.Errorf("precision %v", m.Step)
	case m.End != nil && *m.End <= m.At:
		t.Errorf("a range from %v to %v", m.At, *m.End)
	case m.At > 1100*3600*time.Second+10_000_000*time.Second || m.At < -10_000_000*time.Second:
		t.Errorf("at %v", m.At)
	case len(m.Label) > mostLabel || m.Label != CleanLabel(m.Label):
		t.Errorf("label %q is not clean", m.Label)
	case (m.Pass == "") != (m.PassCode == ""):
		t.Errorf("passed over as %q because %q", m.PassCode, m.Pass)
	}
}
