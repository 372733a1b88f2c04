package catalog

import (
	"dropcut/pipeline"
)

// Lists for those who read page by page: newest first, behind the ID before
// ("" begins), of one creator ("": everybody's).

// RecordingsBefore is recordings.
func (t *Tx) RecordingsBefore(creator, before string, limit int) ([]pipeline.Recording, error) {
	query, args := page("id", creator, before, limit)
	return docs[pipeline.Recording](t, `SELECT doc FROM recordings `+query, args...)
}

// MomentsBefore is moments, of one recording where that is not "".
func (t *Tx) MomentsBefore(creator, recording, before string, limit int) ([]pipeline.Moment, error) {
	var n narrowed
	n.ofCreator(creator)
	n.is("m.recording_id", recording)
	n.below("m.id", before)
	query, args := n.query(`SELECT m.doc FROM moments m JOIN recordings r ON r.id = m.recording_id `, `ORDER BY m.id DESC LIMIT ?`, limit)
	return docs[pipeline.Moment](t, query, args...)
}

// ClipsBefore is clips, of one moment where that is not "". Retired ones are left out.
func (t *Tx) ClipsBefore(creator, moment, before string, limit int) ([]pipeline.Clip, error) {
	var n narrowed
	n.when("NOT c.retired")
	n.ofCreator(creator)
	n.is("c.moment_id", moment)
	n.below("c.id", before)
	query, args := n.query(`SELECT c.doc FROM clips c JOIN moments m ON m.id = c.moment_id JOIN recordings r ON r.id = m.recording_id `,
		`ORDER BY c.id DESC LIMIT ?`, limit)
	return docs[pipeline.Clip](t, query, args...)
}

// VariantFilter narrows a list of variants; "" is any.
type VariantFilter struct {
	Creator, Recording, Moment, Clip, State string
	Before                                  string
	Limit                                   int
}

// VariantsBefore is variants.
func (t *Tx) VariantsBefore(f VariantFilter) ([]pipeline.Variant, error) {
	var n narrowed
	n.ofCreator(f.Creator)
	n.is("m.recording_id", f.Recording)
	n.is("c.moment_id", f.Moment)
	n.is("v.clip_id", f.Clip)
	n.is("v.state", f.State)
	n.below("v.id", f.Before)
	query, args := n.query(`SELECT v.doc FROM variants v JOIN clips c ON c.id = v.clip_id JOIN moments m ON m.id = c.moment_id JOIN recordings r ON r.id = m.recording_id `,
		`ORDER BY v.id DESC LIMIT ?`, f.Limit)
	return docs[pipeline.Variant](t, query, args...)
}

// ofCreator wants a recording to be a creator's; "" is anybody's. It is looked
// up in no index (its name is computed): what is newest is at the end of the
// list already, while all of a creator's would have to be sorted.
func (n *narrowed) ofCreator(creator string) {
	if creator != "" {
		n.when("r.creator || '' = ?", creator)
	}
}
