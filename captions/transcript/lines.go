package transcript

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dropcut/pipeline/timeline"
)

var (
	sbvLine    = regexp.MustCompile(`^(\d{1,4}):(\d\d):(\d\d)\.(\d{1,3}),(\d{1,4}):(\d\d):(\d\d)\.(\d{1,3})$`)
	microLine  = regexp.MustCompile(`^\{(\d{1,9})\}\{(\d{0,9})\}(.*)$`)
	microRate  = regexp.MustCompile(`^[1-9]\d{1,2}(?:\.\d{1,4})?$`)
	microStyle = regexp.MustCompile(`\{[A-Za-z]:[^{}]*\}`)
	spruceLine = regexp.MustCompile(`^(\d\d):(\d\d):(\d\d)[:;](\d\d)\s*,\s*(\d\d):(\d\d):(\d\d)[:;](\d\d)\s*,\s*(.*)$`)
	lrcLine    = regexp.MustCompile(`^\[\d{1,4}:\d\d\.\d{1,3}\]`) // [12:34] alone may be a list of moments
	lrcTime    = regexp.MustCompile(`^\[(\d{1,4}):(\d\d)(?:[.:](\d{1,3}))?\]`)
	lrcTag     = regexp.MustCompile(`^\[(la|offset):\s*([^\]]*)\]`)
)

// readSBV reads SBV: a line of two times, lines of text, a blank line.
func readSBV(in raw) (File, error) {
	var s stretches
	for block := range strings.SplitSeq(in.text, "\n\n") {
		times, text, _ := strings.Cut(strings.TrimSpace(block), "\n")
		m := sbvLine.FindStringSubmatch(strings.TrimSpace(times))
		if m == nil {
			continue
		}
		start, ok := clock(m[1:5])
		end, fine := clock(m[5:9])
		if err := s.addLines(instant{start, ok}, instant{end, fine}, strings.Split(text, "\n"), nil); err != nil {
			return File{}, err
		}
	}
	return s.file("")
}

// readMicroDVD reads MicroDVD: {first frame}{last frame}text. Its rate is what
// its first line says, else the recording's.
func readMicroDVD(in raw) (File, error) {
	var s stretches
	rate, first := in.rate, true
	for line := range strings.SplitSeq(in.text, "\n") {
		m := microLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		if said := strings.TrimSpace(m[3]); first && microRate.MatchString(said) {
			if r, err := timeline.ParseRate(said); err == nil {
				rate, first = timeline.Standard(r, false), false
				continue
			}
		}
		if first = false; rate.IsZero() {
			return File{}, errors.New("it counts frames and does not say of which rate; put {1}{1}25.000 in its first line")
		}
		text := strings.Split(microStyle.ReplaceAllString(m[3], ""), "|")
		if err := s.addLines(scaled(m[1], rate.Den, rate.Num), scaled("0"+m[2], rate.Den, rate.Num), text, nil); err != nil {
			return File{}, err
		}
	}
	return s.file("")
}

// readSpruce reads the text STL of Spruce: times with frames, commas between.
func readSpruce(in raw) (File, error) {
	var s stretches
	rate := in.rate
	if rate.IsZero() {
		rate = timeline.Rate25
	}
	at := func(part []string) instant {
		t, ok := clock([]string{part[0], part[1], part[2], ""})
		f := scaled(part[3], rate.Den, rate.Num)
		return instant{t + f.at, ok && f.known}
	}
	for line := range strings.SplitSeq(in.text, "\n") {
		m := spruceLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		if err := s.addLines(at(m[1:5]), at(m[5:9]), strings.Split(m[9], "|"), nil); err != nil {
			return File{}, err
		}
	}
	f, err := s.file("")
	if in.rate.IsZero() {
		f.Notes = append(f.Notes, Note{"rate_guessed", "its frames were taken for 25 a second", ""})
	}
	return f, err
}

// readLRC reads LRC, which gives beginnings only: a line ends where the next
// begins, or when it must have been sung.
func readLRC(in raw) (File, error) {
	var begun []Timed
	language, offset := "", time.Duration(0)
	for line := range strings.SplitSeq(in.text, "\n") {
		line = strings.TrimSpace(line)
		if m := lrcTag.FindStringSubmatch(line); m != nil {
			if n, err := strconv.ParseInt(strings.TrimPrefix(m[2], "+"), 10, 32); err == nil && m[1] == "offset" {
				offset = time.Duration(n) * time.Millisecond // what is positive shows the words earlier
			} else if m[1] == "la" {
				language = m[2]
			}
			continue
		}
		var starts []time.Duration
		for m := lrcTime.FindStringSubmatch(line); m != nil && len(starts) < 100; m = lrcTime.FindStringSubmatch(line) {
			if t, ok := clock([]string{"", "0", m[2], m[3]}); ok {
				minutes, _ := strconv.ParseInt(m[1], 10, 64)
				starts = append(starts, t+time.Duration(minutes)*time.Minute)
			}
			line = line[len(m[0]):]
		}
		if len(begun)+len(starts) > fileCues {
			return File{}, fmt.Errorf("more than %d cues", fileCues)
		}
		for _, at := range starts {
			x := Timed{Start: max(at-offset, 0), Text: plain(clip(line, 4*cueRunes))}
			if len(starts) == 1 && offset == 0 {
				x.Parts = inlineParts(line, 0)
			}
			begun = append(begun, x)
		}
	}
	return sung(begun, language)
}

// sung gives lines their ends.
func sung(begun []Timed, language string) (File, error) {
	var s stretches
	sortTimed(begun)
	for i, x := range begun {
		end := x.Start + 2*time.Second + time.Duration(utf8.RuneCountInString(x.Text))*2*aLetter
		if i+1 < len(begun) {
			end = min(end, begun[i+1].Start)
		}
		if err := s.addLines(instant{x.Start, true}, instant{end, true}, []string{x.Text}, timedParts(x.Parts, x.Start, end)); err != nil {
			return File{}, err
		}
	}
	return s.file(language)
}
