package recording

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

const (
	mostMarks    = 2000
	mostMarkText = 1024 // bytes
)

// obsHandler is the name of the chapter track that OBS writes.
const obsHandler = "OBS Chapter Handler"

// mp4Chapters reads the chapters of an MP4: the QuickTime text track that
// other tracks point at, else Nero's list. Chapters that cannot be read are
// left out; they are never a reason to refuse a recording.
func mp4Chapters(ctx context.Context, b *bytes, moov []byte, tracks []*track, pieces timeline.Pieces) []pipeline.Chapter {
	pointed := map[uint32]bool{}
	for _, t := range tracks {
		for _, id := range t.chapters {
			pointed[id] = true
		}
	}
	var out []pipeline.Chapter
	for _, t := range tracks {
		if pointed[t.id] && t.isText() && len(out) == 0 {
			out = textChapters(ctx, b, t, pieces)
		}
	}
	if len(out) == 0 {
		out = neroChapters(child(moov, "udta", "chpl"), pieces)
	}
	slices.SortStableFunc(out, func(a, b pipeline.Chapter) int { return int(max(-1, min(1, a.Start-b.Start))) })
	return out
}

// textChapters reads a chapter track. Its samples are a counted text each.
func textChapters(ctx context.Context, b *bytes, t *track, pieces timeline.Pieces) []pipeline.Chapter {
	t.spans = t.spansOf()
	var found []sample
	t.table.each(func(_ int64, s sample) bool {
		if s.size >= 2 && s.off+s.size <= b.Size() {
			found = append(found, s)
		}
		return len(found) < mostMarks
	})
	texts := gather(ctx, b, found)
	var out []pipeline.Chapter
	for i, s := range found {
		at, ok := t.source(s)
		if !ok || texts[i] == nil {
			continue
		}
		out = append(out, pipeline.Chapter{Start: onTimeline(pieces, t.ns(at)), End: onTimeline(pieces, t.ns(at+s.dur)),
			Title: chapterText(texts[i]), Format: "qt_text", OBS: t.name == obsHandler})
	}
	return out
}

// gather reads the beginnings of small samples that may lie side by side; nil
// stands for one that could not be read.
func gather(ctx context.Context, b *bytes, all []sample) [][]byte {
	const apart, most = 4 << 10, 1 << 20
	out := make([][]byte, len(all))
	for i := 0; i < len(all); {
		end, j := all[i].off+min(all[i].size, mostMarkText+2), i+1
		for j < len(all) && all[j].off >= all[i].off && all[j].off <= end+apart && all[j].off-all[i].off < most {
			end = max(end, all[j].off+min(all[j].size, mostMarkText+2))
			j++
		}
		if text, err := b.Peek(ctx, all[i].off, end-all[i].off); err == nil {
			for k := i; k < j; k++ {
				at := all[k].off - all[i].off
				out[k] = text[at : at+min(all[k].size, mostMarkText+2)]
			}
		}
		i = j
	}
	return out
}

// chapterText reads a counted text: UTF-16 when it begins with a byte order
// mark, else UTF-8, else what old players wrote.
func chapterText(b []byte) string {
	if len(b) < 2 {
		return ""
	}
	n := min(int(binary.BigEndian.Uint16(b)), len(b)-2)
	return titleText(b[2 : 2+n])
}

func titleText(b []byte) string {
	switch {
	case len(b) >= 2 && b[0] == 0xfe && b[1] == 0xff:
		return utf16Text(b[2:], binary.BigEndian)
	case len(b) >= 2 && b[0] == 0xff && b[1] == 0xfe:
		return utf16Text(b[2:], binary.LittleEndian)
	}
	s := strings.TrimRight(strings.TrimPrefix(string(b), "\ufeff"), "\x00")
	if len(b) >= mostMarkText-utf8.UTFMax {
		for i := 0; i < utf8.UTFMax && !utf8.ValidString(s) && s != ""; i++ {
			s = s[:len(s)-1] // a rune cut by the limit
		}
	}
	if utf8.ValidString(s) {
		return s
	}
	runes := make([]rune, 0, len(s))
	for i := range len(s) {
		runes = append(runes, rune(s[i]))
	}
	return string(runes)
}

func utf16Text(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return strings.TrimRight(string(utf16.Decode(units)), "\x00")
}

// neroChapters reads Nero's chpl: starts in units of 100 ns, no ends.
func neroChapters(b []byte, pieces timeline.Pieces) []pipeline.Chapter {
	if len(b) < 5 {
		return nil
	}
	at := 4
	if b[0] != 0 {
		at = 8
	}
	if at >= len(b) {
		return nil
	}
	n := int(b[at])
	b = b[at+1:]
	var out []pipeline.Chapter
	for ; n > 0 && len(b) >= 9; n-- {
		start, long := u64(b, 0), int(b[8])
		if start > uint64(timeline.Forever)/100 || 9+long > len(b) {
			break
		}
		out = append(out, pipeline.Chapter{Start: onTimeline(pieces, int64(start)*100), Title: titleText(b[9 : 9+long]), Format: "nero"})
		b = b[9+long:]
	}
	return out
}
