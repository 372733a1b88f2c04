package captions

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dropcut/pipeline/timeline"
)

// Script is a whole ASS file that shows the events, with times counted from
// the timeline's zero; nil when there are none. It names only the styles in
// use and depends on nothing but its arguments: it goes into recipes.
func Script(c Canvas, rate timeline.Rate, f *Fonts, events []Event) []byte {
	if len(events) == 0 {
		return nil
	}
	events = slices.Clone(events)
	slices.SortFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.Window.In, b.Window.In), cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Window.Out, b.Window.Out),
			cmp.Compare(a.Style, b.Style), cmp.Compare(a.Text, b.Text))
	})
	var b bytes.Buffer
	fmt.Fprintf(&b, "[Script Info]\nScriptType: v4.00+\nPlayResX: %[1]d\nPlayResY: %[2]d\nLayoutResX: %[1]d\nLayoutResY: %[2]d\nWrapStyle: 2\nScaledBorderAndShadow: yes\nYCbCr Matrix: None\n\n", c.Width, c.Height)
	b.WriteString("[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\n")
	for _, name := range styleNames {
		if slices.ContainsFunc(events, func(e Event) bool { return e.Style == name }) {
			b.WriteString(styleLine(name, newStage(c), f))
		}
	}
	b.WriteString("\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n")
	for _, e := range events {
		if !slices.Contains(styleNames, e.Style) || e.Window.IsEmpty() {
			continue
		}
		fmt.Fprintf(&b, "Dialogue: %d,%s,%s,%s,,0,0,0,,%s\n", e.Layer, assTime(rate, e.Window.In), assTime(rate, e.Window.Out), e.Style, oneLine.Replace(e.Text))
	}
	return b.Bytes()
}

// oneLine keeps an event on its line, whoever made its text.
var oneLine = strings.NewReplacer("\n", `\N`, "\r", "", "\x00", "")

const (
	karaokeShadow  = "karaoke-shadow"
	subtitleShadow = "subtitle-shadow"
	phrasePlate    = "phrase-plate"
	hookPlate      = "hook-plate"
)

var styleNames = []string{karaokeShadow, Karaoke, subtitleShadow, Subtitle, phrasePlate, Phrase, hookPlate, hookDesign}

// styleLine is one style of the header. Encoding -1 lets the renderer find a
// line's direction from its first strong letter; our marks say which. Bold stays 0: the font's name chooses
// the face, and a renderer asked for bold would thicken it again.
func styleLine(name string, s stage, f *Fonts) string {
	base, ground := strings.CutSuffix(name, "-plate")
	base, shadow := strings.CutSuffix(base, "-shadow")
	d, fc := designs[base], f.main[base]
	fill, line, stroke, align := d.fill, black, d.stroke*s.scale, 5
	alpha := 0.0
	switch {
	case ground:
		fill, line, alpha, align = d.plate, d.plate, 1-d.opacity, 7
	case shadow:
		fill, alpha = black, 1-d.opacity
	}
	return fmt.Sprintf("Style: %s,%s,%d,%s,%s,%s,%s,0,0,0,0,100,100,0,0,1,%g,0,%d,0,0,0,-1\n", name, fc.name, int(s.pixels(d, 100)),
		styleColour(fill, alpha), styleColour(fill, alpha), styleColour(line, alpha), styleColour(black, 0), float64(int(stroke*10+0.5))/10, align)
}

// styleColour is &HAABBGGRR, where AA is how clear it is.
func styleColour(rgb int, clear float64) string {
	return fmt.Sprintf("&H%02X%02X%02X%02X", int(clear*255+0.5), rgb&0xFF, rgb>>8&0xFF, rgb>>16)
}

// assTime is H:MM:SS.CC, chosen so that the event changes exactly at frame f.
func assTime(rate timeline.Rate, f int64) string {
	c := rate.Centis(max(f, 0))
	return fmt.Sprintf("%d:%02d:%02d.%02d", c/360000, c/6000%60, c/100%60, c%100)
}
