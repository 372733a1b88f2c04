package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"dropcut/pipeline"
)

func TestTheExitCodeSaysHowARunEnded(t *testing.T) {
	clips := pipeline.Manifest{Clips: []pipeline.ManifestClip{{}}}
	none := pipeline.Manifest{Notes: []pipeline.Note{{Code: "no_core", Detail: "too short"}}}
	full := pipeline.Fail(pipeline.NoRoom, "disk_full", "make room", "no room")
	bad := pipeline.Fail(pipeline.Invalid, "no_picture", "send a picture", "no picture")
	for _, c := range []struct {
		why     string
		results []result
		code    int
		told    string // on stderr, by tell or by main, exactly once
	}{
		{"all made", []result{{manifests: []pipeline.Manifest{clips}}}, exitMade, ""},
		{"some files of a moment failed", []result{{manifests: []pipeline.Manifest{clips}, failures: []*pipeline.Error{full}}}, exitSome, "no room"},
		{"a manifest without a clip is nothing made", []result{{manifests: []pipeline.Manifest{none}, failures: []*pipeline.Error{full}}}, exitNoRoom, "no room"},
		{"one recording, refused", []result{{failures: []*pipeline.Error{bad}}}, exitInvalid, "no picture"},
		{"one recording, two reasons", []result{{failures: []*pipeline.Error{bad, full}}}, exitInvalid, "no room"},
		{"one of two recordings", []result{{failures: []*pipeline.Error{bad}}, {manifests: []pipeline.Manifest{clips}}}, exitSome, "no picture"},
		{"two recordings, both refused", []result{{failures: []*pipeline.Error{bad}}, {failures: []*pipeline.Error{bad}}}, exitInvalid, "a.mp4: no picture"},
	} {
		t.Run(c.why, func(t *testing.T) {
			var talk bytes.Buffer
			for i := range c.results {
				c.results[i].path = string(rune('a'+i)) + ".mp4"
			}
			err := (&runCommand{}).tell(console{&talk, &talk}, newWatch(&bytes.Buffer{}, true, nil), c.results)
			report(&talk, err)
			if got := exitCode(err); got != c.code {
				t.Errorf("exit %d, want %d", got, c.code)
			}
			if c.told != "" && strings.Count(talk.String(), c.told) != 1 {
				t.Errorf("%q is not said once in:\n%s", c.told, talk.String())
			}
		})
	}
}

func TestOneReasonIsSaidOnce(t *testing.T) {
	run := pipeline.Fail(pipeline.NoRoom, "disk_full", "make room", "no room")
	piece := func(n int) *pipeline.Error {
		return pipeline.Fail(pipeline.NoRoom, "disk_full", "make room", "frames %d to %d could not be made: %w", n, n+1, run)
	}
	other := pipeline.Fail(pipeline.Invalid, "no_room_label", "", "another reason: no room")
	var said []string
	for _, f := range once([]*pipeline.Error{piece(1), run, run, piece(2), other}) {
		said = append(said, f.Detail)
	}
	if got := fmt.Sprint(said); got != "[no room another reason: no room]" {
		t.Errorf("said %s", got)
	}
}
