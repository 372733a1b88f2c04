package pipeline

import (
	"fmt"
	"strings"
)

// change is one way from a state to another, and what brings it about.
type change struct{ from, to, by string }

// states is every state a record can be in and how it gets there. It is data:
// docs/states.md is written from it, and a test compares.
var states = []struct {
	record  string
	changes []change
}{
	{"recording", []change{
		{"", string(RecordingFound), "its object is seen"},
		{string(RecordingFound), string(RecordingSealed), "ingest: it is whole and its index is read"},
		{string(RecordingSealed), string(RecordingDetected), "detect: its marks are known"},
		{string(RecordingDetected), string(RecordingDone), "publish: a moment's manifest stands"},
		{string(RecordingDetected), string(RecordingNoMoment), "publish: no mark was usable"},
		{"sealed, detected", string(RecordingFailed), "detect or publish failed for good"},
		{"found, open, sealed, detected", string(RecordingFailed), "a person cancels it"},
		{string(RecordingFailed), string(RecordingSealed), "a person retries it"},
		{string(RecordingFailed), string(RecordingDetected), "detect: it is asked for again"},
	}},
	{"moment", []change{
		{"", string(MomentFound), "detect: marks point at it"},
		{"", string(MomentOffered), "detect: five better ones are made first"},
		{string(MomentOffered), string(MomentFound), "detect: it is among the five best now"},
		{string(MomentFound), string(MomentOffered), "detect: it no longer is, and nothing was made of it"},
		{"superseded, failed", string(MomentFound), "detect: a mark points at it again"},
		{string(MomentFound), string(MomentExcerpted), "excerpt: its bytes are kept"},
		{string(MomentExcerpted), string(MomentPlanned), "plan: its clips are decided"},
		{string(MomentPlanned), string(MomentRendering), "compose: what is missing is being made"},
		{string(MomentRendering), string(MomentMade), "publish: its manifest stands"},
		{"any", string(MomentSuperseded), "detect: it was merged into an older one, or its marks are gone"},
		{"found, excerpted, planned, rendering", string(MomentFailed), "a step failed for good, or publish: nothing of it could be made, or a person cancels its recording"},
		{string(MomentFailed), string(MomentFound), "a person retries it"},
	}},
	{"variant revision", []change{
		{"", string(VariantOffered), "compose: the combination exists"},
		{string(VariantOffered), string(VariantRendering), "compose: it was asked for"},
		{string(VariantRendering), string(VariantMade), "assemble: its file is proved"},
		{string(VariantMade), string(VariantApproved), "an editor's verdict"},
		{string(VariantMade), string(VariantRejected), "an editor's verdict"},
		{"made, approved, rejected", string(VariantReplaced), "a newer revision took its place"},
		{string(VariantRendering), string(VariantFailed), "a step failed, or a person cancels its recording"},
		{string(VariantMade), string(VariantFailed), "fsck: its file is gone or damaged, and is made again"},
		{string(VariantFailed), string(VariantMade), "assemble: another attempt proved its file"},
		{string(VariantFailed), string(VariantRendering), "compose: it is asked for again"},
	}},
	{"claim", []change{
		{"", string(Claimed), "a scheduler asks for something to post"},
		{string(Claimed), string(Scheduled), "the scheduler reports a time or a draft"},
		{"claimed, scheduled, unknown", string(Posted), "the scheduler reports the post"},
		{string(Posted), string(Removed), "the scheduler reports that the post is gone"},
		{"claimed, scheduled, unknown", string(Released), "the scheduler gives it back: it was not posted"},
		{"claimed, scheduled, unknown", string(Failed), "the scheduler reports that the platform refused it"},
		{string(Claimed), string(Unknown), "its time ran out without a report: it may be public"},
		{string(Scheduled), string(Unknown), "a day after its time nothing was reported: it may be public"},
		{string(Unknown), string(Scheduled), "the scheduler reports late"},
	}},
}

// StatesDocument is docs/states.md.
func StatesDocument() string {
	var b strings.Builder
	b.WriteString("# States\n\nWritten from `pipeline/states.go`; a test compares. Every `failed` has code, step, detail, hint and whether another try may help.\n")
	for _, s := range states {
		fmt.Fprintf(&b, "\n## %s\n\n| from | to | when |\n|---|---|---|\n", s.record)
		for _, c := range s.changes {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", or(c.from, "(new)"), c.to, c.by)
		}
	}
	return b.String()
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
