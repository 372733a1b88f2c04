package drop

import (
	"strings"
	"time"
	_ "time/tzdata" // zones on machines that have none

	"github.com/goccy/go-yaml/ast"
)

// local are the ways to write a time without its zone.
var local = []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"}

const whenHint = `write 2026-11-25T20:10:00+01:00, or 2026-11-25 20:10 and the zone in a line of its own: zone: Europe/Berlin`

// zone reads an IANA name.
func (f file) zone(to *string) func(ast.Node) error {
	return func(n ast.Node) error {
		if err := f.line(64, to)(n); err != nil {
			return err
		}
		if _, err := time.LoadLocation(*to); err != nil || *to == "Local" {
			return f.fail(n.GetToken(), "write its IANA name, such as Europe/Berlin, America/New_York or UTC", "%q is no time zone", *to)
		}
		return nil
	}
}

// when is a time: RFC 3339, or local time in the zone named. Local time that a
// change of the clocks skips, or has twice, is refused.
func (f file) when(n ast.Node, zone string) (*time.Time, error) {
	text, err := f.text(n, 40)
	if err != nil {
		return nil, err
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return f.likely(n, t)
		}
	}
	for _, layout := range local {
		if _, err := time.Parse(layout, text); err != nil {
			continue
		}
		if zone == "" {
			return nil, f.fail(n.GetToken(), whenHint, "%q does not say in which zone", text)
		}
		where, err := time.LoadLocation(zone)
		if err != nil {
			return nil, f.fail(n.GetToken(), whenHint, "%q is no time zone", zone)
		}
		t, _ := time.ParseInLocation(layout, text, where)
		if t.Format(layout) != text {
			return nil, f.fail(n.GetToken(), "mind the change of the clocks", "%s does not exist in %s", text, zone)
		}
		for _, shift := range []time.Duration{-time.Hour, time.Hour} {
			if t.Add(shift).Format(layout) == text {
				return nil, f.fail(n.GetToken(), "write it with its offset, as "+t.Format(time.RFC3339), "%s exists twice in %s, for the clocks change", text, zone)
			}
		}
		return f.likely(n, t)
	}
	return nil, f.fail(n.GetToken(), whenHint, "%q is no time", text)
}

// likely refuses years that are slips of the pen.
func (f file) likely(n ast.Node, t time.Time) (*time.Time, error) {
	if t.Year() < 2000 || t.Year() > 2100 {
		return nil, f.fail(n.GetToken(), whenHint, "the year %d is not likely", t.Year())
	}
	_, offset := t.Zone()
	t = t.In(time.FixedZone("", offset)) // the same after it was kept and read again
	return &t, nil
}

// lasting reads how long after something: 24h, 90m, 2d.
func (f file) lasting(to *time.Duration) func(ast.Node) error {
	return func(n ast.Node) error {
		text, err := f.text(n, 20)
		if err != nil {
			return err
		}
		days, isDays := strings.CutSuffix(text, "d")
		if isDays {
			text = days + "h"
		}
		d, err := time.ParseDuration(text)
		if isDays {
			d *= 24
		}
		if err != nil || d <= 0 || d > 90*24*time.Hour {
			return f.fail(n.GetToken(), "write 24h, 90m or 2d; at most 90 days", "%q is no such time", text)
		}
		*to = d
		return nil
	}
}
