package ingest

import (
	"regexp"
	"strings"
	"time"

	"dropcut/pipeline"
)

// How exact each is at best. Names and containers say whole seconds, and
// recorders write the container's when they get to it. A file is closed some
// time after its last picture.
const (
	stepOfName      = time.Second
	stepOfContainer = 2 * time.Second
	stepOfModified  = time.Minute
)

// named is a date and a time as OBS and others put them into names:
// 2026-01-01 20-00-00, 2026-01-01_20-00-00-123456.
var named = regexp.MustCompile(`(?:^|\D)(\d{4}-\d\d-\d\d)[ _T](\d\d[-.]\d\d[-.]\d\d)(?:\D|$)`)

// replay is how OBS names a replay buffer, which it saves at its end.
var replay = regexp.MustCompile(`(?i)^replay[ _-]`)

// began notes when rec began by wall clock, who says so and how exact that is.
// Where nobody says anything of use, nothing is noted.
func began(rec *pipeline.Recording, modified time.Time, zone zoned) {
	rec.StartedAt, rec.StartedFrom, rec.StartedStep = nil, "", 0
	length := rec.Media.Rate.Duration(rec.Media.Frames)
	note := func(t time.Time, from string, step time.Duration) {
		t = t.UTC()
		rec.StartedAt, rec.StartedFrom, rec.StartedStep = &t, from, step
	}
	if t, ok := inName(rec.Name, zone.place); ok {
		if replay.MatchString(rec.Name) {
			t = t.Add(-length)
		} else if rec.Media.Created != nil && !zone.certain {
			t = t.Add(-astray(t.Sub(*rec.Media.Created)))
		}
		note(t, pipeline.StartFromName, stepOfName)
		return
	}
	if c := rec.Media.Created; c != nil {
		note(*c, pipeline.StartFromContainer, stepOfContainer)
		return
	}
	if t := modified.Add(-length); t.Year() >= 2000 && t.Year() <= 2100 {
		note(t.Truncate(time.Second), pipeline.StartFromModified, stepOfModified)
	}
}

// inName finds the one date in a name.
func inName(name string, zone *time.Location) (time.Time, bool) {
	all := named.FindAllStringSubmatch(name, 2)
	if len(all) != 1 {
		return time.Time{}, false
	}
	text := all[0][1] + " " + strings.ReplaceAll(all[0][2], ".", "-")
	t, err := time.ParseInLocation("2006-01-02 15-04-05", text, zone)
	return t, err == nil && t.Year() >= 2000 && t.Year() <= 2100
}

// astray is how far a name's clock is from here, where it stands in another
// zone than is thought: the whole quarters of an hour by which it differs from
// a clock that runs in UTC. Zones differ by such, and by at most 26 hours.
func astray(apart time.Duration) time.Duration {
	const quarter, near, most = 15 * time.Minute, time.Minute, 26 * time.Hour
	whole := apart.Round(quarter)
	if (apart-whole).Abs() > near || whole.Abs() > most {
		return 0
	}
	return whole
}

// zoned is a time zone, and whether the creator named it.
type zoned struct {
	place   *time.Location
	certain bool
}

// zoneOf is where the recorder's clock is: where the brief says, else here.
func zoneOf(b pipeline.Brief, here *time.Location) zoned {
	if b.Zone != "" {
		if z, err := time.LoadLocation(b.Zone); err == nil {
			return zoned{z, true}
		}
	}
	if here == nil {
		here = time.UTC
	}
	return zoned{here, false}
}
