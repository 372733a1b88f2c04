// Package demo draws the demo's own recording, a night-market stall that sells
// fifty lamps, and the page that shows what was cut from it. Nothing in it is
// footage of others.
//
// Draw is the recording: script.go says what happens when, the files on
// pictures (canvas, sprite, stage and the shots) and on sound (music, crowd,
// speech, mix) make it so, marks.go points at it as OBS and Twitch would.
// Page is the contact sheet.
package demo
