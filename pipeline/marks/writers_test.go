package marks

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// clock is a time as h:mm:ss, with milliseconds where there are any.
func clock(d time.Duration) string {
	ms := d.Milliseconds()
	s := fmt.Sprintf("%d:%02d:%02d", ms/3600000, ms/60000%60, ms/1000%60)
	if ms%1000 != 0 {
		s += fmt.Sprintf(".%03d", ms%1000)
	}
	return s
}

// full is a time as hh:mm:ss.mmm.
func full(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}

// lines writes one line an entry.
func lines(all []wrote, line func(i int, w wrote) string) string {
	var b strings.Builder
	for i, w := range all {
		b.WriteString(line(i, w) + "\n")
	}
	return b.String()
}

// document is any value as JSON.
func document(v any) string {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		panic(err)
	}
	return string(b)
}

// objects is one JSON object an entry.
func objects(all []wrote, object func(i int, w wrote) map[string]any) (out []map[string]any) {
	for i, w := range all {
		out = append(out, object(i, w))
	}
	return out
}

// escaped is text as XML has it.
func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err)
	}
	return b.String()
}

// quoted is a cell of CSV, always in quotes.
func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
