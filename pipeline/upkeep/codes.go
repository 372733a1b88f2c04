package upkeep

import (
	"fmt"
	"strings"
)

// kind is what a code means and what puts it right.
type kind struct {
	promise Promise
	means   string
	repair  string
}

// order is every code, as docs/findings.md lists them.
var order = []string{
	arrivalLost, recordingStuck, momentStuck, variantStuck, failureUnsaid, waitsMiscounted, waitsForFinished,
	keyShared, keyMisplaced, folderShared,
	heldTwice,
	postUndated, postUncounted, sharesMisdated, sharesUnnamed,
	fileGone, fileDamaged, fileUndecodable, posterGone, posterDamaged, captionGone, captionDamaged,
	promisedGone, promisedDamaged,
	manifestGone, manifestDamaged, manifestDiffers, documentGone,
	segmentGone, segmentDamaged, excerptGone, excerptDamaged, sidecarGone, sidecarDamaged,
	reservationIdle, leaseLapsed, halfLeft,
}

// The codes of findings.
const (
	arrivalLost      = "arrival_lost"
	recordingStuck   = "recording_stuck"
	momentStuck      = "moment_stuck"
	variantStuck     = "variant_stuck"
	failureUnsaid    = "failure_unsaid"
	waitsMiscounted  = "waits_miscounted"
	waitsForFinished = "waits_for_finished"
	keyShared        = "key_shared"
	keyMisplaced     = "key_misplaced"
	folderShared     = "folder_shared"
	heldTwice        = "clip_held_twice"
	postUndated      = "post_undated"
	postUncounted    = "post_uncounted"
	sharesMisdated   = "shares_misdated"
	sharesUnnamed    = "shares_unnamed"
	fileGone         = "file_gone"
	fileDamaged      = "file_damaged"
	fileUndecodable  = "file_undecodable"
	posterGone       = "poster_gone"
	posterDamaged    = "poster_damaged"
	captionGone      = "caption_gone"
	captionDamaged   = "caption_damaged"
	promisedGone     = "promised_gone"
	promisedDamaged  = "promised_damaged"
	manifestGone     = "manifest_gone"
	manifestDamaged  = "manifest_damaged"
	manifestDiffers  = "manifest_differs"
	documentGone     = "recording_document_gone"
	segmentGone      = "segment_gone"
	segmentDamaged   = "segment_damaged"
	excerptGone      = "excerpt_gone"
	excerptDamaged   = "excerpt_damaged"
	sidecarGone      = "sidecar_gone"
	sidecarDamaged   = "sidecar_damaged"
	reservationIdle  = "reservation_idle"
	leaseLapsed      = "lease_lapsed"
	halfLeft         = "half_left"
)

const (
	remade    = "it is put back to be made, and its moment is composed anew"
	composed  = "its moment is composed and published anew"
	byAPerson = "nothing: a person must look"
	copyBack  = "nothing: its digest was promised; put a copy of the file back, or recall it"
)

var kinds = map[string]kind{
	arrivalLost:      {Ends, "an object was accepted, and neither work nor a recording stands for it", "it is taken in again when its source is next looked at"},
	recordingStuck:   {Ends, "a recording is not finished and has not failed, and nothing is to be done for it", "its marks and moments are detected anew"},
	momentStuck:      {Ends, "a moment is not finished and has not failed, and nothing is to be done for it", "its line goes on from where it stands"},
	variantStuck:     {Ends, "a variant is in the making, and nothing makes it", "its moment is composed anew"},
	failureUnsaid:    {Ends, "something failed and does not say what, where and why", "nothing: ask for it again"},
	waitsMiscounted:  {Ends, "work waits for another number of rows than it names", "it is counted anew"},
	waitsForFinished: {Ends, "work waits for a row that is finished", "it is counted anew"},

	keyShared:    {Once, "two variants name one file", byAPerson},
	keyMisplaced: {Once, "a file's name does not begin its digest, or it does not lie in its moment's folder", byAPerson},
	folderShared: {Once, "two recordings, or two moments of one, have one folder", byAPerson},

	heldTwice: {Held, "a channel has one clip in two claims, though nobody asked for it again, or one variant in two hands", "nothing: ask both schedulers, and report one claim released, or its post removed"},

	postUndated:    {Counted, "a claim is posted, and nobody knows when: its shares are counted to nothing", "nothing: report when it was posted"},
	postUncounted:  {Counted, "a post is not counted by each of its names: what is told of it is counted to nothing", "it is counted by its names, also what was told before"},
	sharesMisdated: {Counted, "what is told of a name is counted to two posts, to none, or until another time than the next post of that name was posted", "whose it is until when is said anew"},
	sharesUnnamed:  {Counted, "shares or counters are kept of which nobody knows what they are of, or who counted them", byAPerson},

	fileGone:        {Whole, "a made file is not there", remade},
	fileDamaged:     {Whole, "a made file has another size, or (deep) another digest", remade},
	fileUndecodable: {Whole, "(deep) a made file does not decode from end to end, or shows another number of frames", remade},
	posterGone:      {Whole, "a clip's poster is not there", remade},
	posterDamaged:   {Whole, "a clip's poster is empty, or (deep) not what its name says", remade},
	captionGone:     {Whole, "a file of captions that a manifest names is not there", composed},
	captionDamaged:  {Whole, "a file of captions is empty, or (deep) not what its name says", composed},
	promisedGone:    {Whole, "a file that is approved or handed out, or its poster, is not there, though a newer revision may be", copyBack},
	promisedDamaged: {Whole, "a file that is approved or handed out, or its poster, has another size, or (deep) another digest, or does not decode", copyBack},
	manifestGone:    {Whole, "the manifest of a published moment is not there", composed},
	manifestDamaged: {Whole, "a manifest cannot be read", composed},
	manifestDiffers: {Whole, "a manifest says otherwise than the catalogue", composed},
	documentGone:    {Whole, "the recording.json of a recording is not there", "it is published anew"},
	segmentGone:     {Whole, "a kept segment or sound has no bytes, or not as many", "it is forgotten, and made when it is next needed"},
	segmentDamaged:  {Whole, "(deep) a kept segment or sound has another digest", "it is forgotten, and made when it is next needed"},
	excerptGone:     {Whole, "an excerpt has no bytes, or not as many", "it is taken anew from its recording"},
	excerptDamaged:  {Whole, "(deep) an excerpt has another digest", "it is taken anew from its recording"},
	sidecarGone:     {Whole, "a file that came with a recording is not kept", "nothing: bring it again beside its recording"},
	sidecarDamaged:  {Whole, "(deep) a file that came with a recording has another digest", "nothing: bring it again beside its recording"},

	reservationIdle: {Clean, "a segment is reserved for work that is done, or gone", "it is released"},
	leaseLapsed:     {Clean, "work is held under a lease that ran out long ago, and nobody took it over", "it is made ready for whoever works next"},
	halfLeft:        {Clean, "a file that nobody writes was left half, or an upload was left for a day", "it is removed"},
}

var promises = []struct {
	promise Promise
	says    string
}{
	{Ends, "what was accepted ends made, or failed with a reason, or is on its way"},
	{Once, "one row and one file for each variant"},
	{Held, "no clip is in two hands on one channel"},
	{Counted, "what is posted is counted, each share once and to one post"},
	{Whole, "what is named is there, whole, and what it says"},
	{Clean, "nothing is held or half done that nobody will finish"},
}

// Document is docs/findings.md.
func Document() string {
	var b strings.Builder
	b.WriteString("# Findings\n\nWhat `dropcut fsck` may find, and what `dropcut fsck --repair` does about it. " +
		"Written from `pipeline/upkeep/codes.go`; a test compares. The promises have the numbers they have in the tests of faults.\n\n" +
		"A repair goes through the ordinary line: it adds work, and a service that runs (or the next `dropcut run` over the recording) does it. " +
		"What a person judged stays as it is: such a file is not made anew, and the finding stays until a copy is put back.\n")
	for _, p := range promises {
		fmt.Fprintf(&b, "\n## %s: %s\n\n| code | what was found | what puts it right |\n|---|---|---|\n", p.promise, p.says)
		for _, code := range order {
			if k := kinds[code]; k.promise == p.promise {
				fmt.Fprintf(&b, "| `%s` | %s | %s |\n", code, k.means, k.repair)
			}
		}
	}
	return b.String()
}
