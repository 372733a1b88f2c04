package transcript

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/asticode/go-astisub"
)

// An EBU STL file is a header and blocks (EBU Tech 3264).
const (
	ebuHeader = 1024
	ebuBlock  = 128
)

var ebuMagic = regexp.MustCompile(`^\d{3}STL\d\d\.\d\d`)

func isEBU(in raw) bool { return ebuMagic.Match(in.bytes[:min(len(in.bytes), 16)]) }

// readEBU reads EBU STL. A block that broke off is left out. Times count from
// the programme's start where that is before the first cue.
func readEBU(in raw) (File, error) {
	if len(in.bytes) < ebuHeader+ebuBlock {
		return File{}, errors.New("the EBU STL file breaks off before its first cue")
	}
	whole := in.bytes[:ebuHeader+(len(in.bytes)-ebuHeader)/ebuBlock*ebuBlock]
	f, err := readBlocks(whole)
	if err == nil && len(f.Said) == 0 && whole[ebuStandard] != '0' {
		// Teletext without its boxes: the library shows no row of it.
		open := slices.Clone(whole)
		open[ebuStandard] = '0'
		f, err = readBlocks(open)
	}
	return f, err
}

// ebuStandard is where the header says for what the file is: '0' is open
// subtitles, '1' and '2' are teletext.
const ebuStandard = 11

func readBlocks(b []byte) (File, error) {
	subs, err := ebu(b, astisub.STLOptions{})
	if err == nil && len(subs.Items) > 0 && subs.Items[0].StartAt < 0 {
		subs, err = ebu(b, astisub.STLOptions{IgnoreTimecodeStartOfProgramme: true})
	}
	if err != nil {
		return File{}, fmt.Errorf("the EBU STL file is damaged: %w", err)
	}
	var s stretches
	for _, item := range subs.Items {
		var lines []string
		for _, l := range item.Lines {
			var text strings.Builder
			for _, x := range l.Items {
				text.WriteString(x.Text)
				text.WriteByte(' ')
			}
			lines = append(lines, text.String())
		}
		if err := s.addLines(instant{item.StartAt, item.StartAt >= 0}, instant{item.EndAt, true}, lines, nil); err != nil {
			return File{}, err
		}
	}
	language := ""
	if subs.Metadata != nil {
		language = subs.Metadata.Language
	}
	return s.file(language)
}

// ebu asks the library, which panics on damaged headers.
func ebu(b []byte, o astisub.STLOptions) (subs *astisub.Subtitles, err error) {
	defer func() {
		if r := recover(); r != nil {
			subs, err = nil, errors.New("its header cannot be read")
		}
	}()
	return astisub.ReadFromSTL(bytes.NewReader(b), o)
}
