package main

import (
	"fmt"
	"strings"

	"dropcut/pipeline"
)

// explain says of every clip where it lies and why, and which windows lost
// against it. A line at a time goes to say.
func explain(clips []pipeline.ManifestClip, say func(string)) {
	for _, c := range clips {
		points := ""
		if c.Points != 0 {
			points = fmt.Sprintf(", %d points", c.Points)
		}
		say(fmt.Sprintf("%-10s %s-%s%s: %s", c.Kind, clock(c.InMS), clock(c.OutMS), points, printable(strings.Join(c.Why, "; "))))
		for _, o := range c.Over {
			say(fmt.Sprintf("%-10s %s-%s, %d points: %s", "  not", clock(o.InMS), clock(o.OutMS), o.Points, o.Lost))
		}
	}
}
