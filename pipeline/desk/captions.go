package desk

import (
	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// captioned has an approved file go out with its captions as they are now; where
// a newer file of its variant was made since, they stay what they were when it
// was approved, for theirs are another's.
func captioned(tx *catalog.Tx, r pipeline.Ready) (pipeline.Ready, error) {
	v, err := tx.Variant(r.Variant)
	if err != nil || v.Made == nil || v.Made.Digest != r.Digest {
		return r, err
	}
	m, err := tx.Moment(r.Moment)
	if all := m.CaptionsOf(r.Clip); len(all) > 0 {
		r.Captions = all
	}
	return r, err
}
