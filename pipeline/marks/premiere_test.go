package marks

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"dropcut/pipeline/timeline"
)

// premiereTSV is what Premiere Pro exports: tabs, and one at the end of the header.
func premiereTSV(all []wrote, r timeline.Rate, drop bool, hour int64) string {
	var b strings.Builder
	b.WriteString("Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\t\r\n")
	for _, w := range all {
		end := max(w.end, w.at)
		tc := func(s float64, hour int64) string {
			code := smpte(s, r, drop, hour)
			if drop {
				code = strings.ReplaceAll(code, ":", ";")
			}
			return code
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\tComment\r\n", w.label, "said at the table", tc(w.at, hour), tc(end, hour), tc(end-w.at, 0))
	}
	return b.String()
}

var _ = prove(SourcePremiere, proof{write: func(all []wrote) string { return premiereTSV(all, timeline.Rate30, false, 0) },
	seeds: []string{"Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\t\nTest\tSome comment here\t00;11;23;01\t00;11;24;25\t00;00;01;24\tChapter\t\n",
		"\"Screenlight Premiere Pro Marker Export 1.0\",,,,\n\"Name:\",\"Time:\",\"Duration:\",\"Marker Color:\",\"Comment:\"\n\"Broadcaster\",61.0,0,#718637,\"\"\n\"x\",1,99999999,,\n"}})

func FuzzPremiere(f *testing.F) { fuzzRow(f, "premiere_markers") }

func TestPremieresMarkersAreReadInUTF16AndInAnyLanguage(t *testing.T) {
	all := []wrote{{200.04, 270.08, "Größe 🔥"}, {690, 0, "x"}}
	text := strings.Replace(premiereTSV(all, timeline.Rate30, false, 1), "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type", "Markenname\tBeschreibung\tIn\tOut\tDauer\tMarkentyp", 1)
	for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
		var b []byte
		for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
			b = order.AppendUint16(b, u)
		}
		if l := only(t, string(b), of); l.Source != SourcePremiere || said(l) != "200.033-270.067 Größe 🔥, 690.000 x" {
			t.Errorf("%s: %s %s", name, l.Source, said(l))
		}
	}
}

func TestPremieresMarkersAreReadInEveryShape(t *testing.T) {
	rec := Recording{Rate: timeline.Rate2997, Length: 20 * time.Minute}
	for _, c := range []struct{ why, text, want string }{
		{"drop-frame with semicolons", "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\t\nTest\tSome comment here\t00;11;23;01\t00;11;24;25\t00;00;01;24\tChapter\t\n", "683.049-684.851 Test"},
		{"a name nobody gave", "Marker 1\tthe note\t00;00;10;00\t00;00;10;00\t00;00;00;00\tComment\n", "10.010 the note"},
		{"commas and quotes", "Marker Name,Description,In,Out,Duration,Marker Type\n\"a, b\",\"say \"\"x\"\"\",00:00:10:00,00:00:10:00,00:00:00:00,Comment\n", "10.010 a, b"},
		{"a panel's export in seconds", "\"Screenlight Premiere Pro Marker Export 1.0\",,,,\n\"Name:\",\"Time:\",\"Duration:\",\"Marker Color:\",\"Comment:\"\n\"Broadcaster\",61.0,0,#718637,\"\"\n\"\",97.0,2.5,#718637,\"c\"\n", "61.000 Broadcaster, 97.000-99.500 c"},
	} {
		l := only(t, c.text, rec)
		if l.Source != SourcePremiere || said(l) != c.want || len(l.Problems) > 0 {
			t.Errorf("%s: %s %s %q, want %s", c.why, l.Source, said(l), l.Problems, c.want)
		}
	}
	l := only(t, "Marker Name\tDescription\tIn\tOut\tDuration\na\t\t00:00:01:00\t00:00:01:00\t00:00:00:00\nnonsense\nb\t\t00:00:02:00\t00:00:02:00\t00:00:00:00\n", rec)
	if len(l.Entries) != 2 || len(l.Problems) != 1 {
		t.Errorf("a line that is none: %s, %q", said(l), l.Problems)
	}
}
