package catalog

import "dropcut/pipeline"

// What a caller names by its ID is read here with whose it must be in the query:
// what is another creator's is not there. Creator "" reaches everybody's.

// RecordingFor is a creator's recording.
func (t *Tx) RecordingFor(creator, id string) (pipeline.Recording, error) {
	return doc[pipeline.Recording](t, "recording", `SELECT doc FROM recordings WHERE id = $1 AND ($2 = '' OR creator = $2)`, id, creator)
}

// MomentFor is a creator's moment.
func (t *Tx) MomentFor(creator, id string) (pipeline.Moment, error) {
	return doc[pipeline.Moment](t, "moment", `SELECT m.doc FROM moments m JOIN recordings r ON r.id = m.recording_id
		WHERE m.id = $1 AND ($2 = '' OR r.creator = $2)`, id, creator)
}

// ClipFor is a creator's clip, retired or not.
func (t *Tx) ClipFor(creator, id string) (pipeline.Clip, error) {
	return doc[pipeline.Clip](t, "clip", `SELECT c.doc FROM clips c JOIN moments m ON m.id = c.moment_id JOIN recordings r ON r.id = m.recording_id
		WHERE c.id = $1 AND ($2 = '' OR r.creator = $2)`, id, creator)
}

// VariantFor is a creator's variant.
func (t *Tx) VariantFor(creator, id string) (pipeline.Variant, error) {
	return doc[pipeline.Variant](t, "variant", `SELECT v.doc FROM variants v JOIN clips c ON c.id = v.clip_id JOIN moments m ON m.id = c.moment_id
		JOIN recordings r ON r.id = m.recording_id WHERE v.id = $1 AND ($2 = '' OR r.creator = $2)`, id, creator)
}

// OwnerOf is whose a recording, a moment, a variant or a task on a recording is,
// if it is that creator's.
func (t *Tx) OwnerOf(creator, id string) (owner string, err error) {
	err = t.one("thing", `SELECT owner FROM (SELECT creator AS owner FROM recordings WHERE id = $1
		UNION ALL SELECT r.creator FROM moments m JOIN recordings r ON r.id = m.recording_id WHERE m.id = $1
		UNION ALL SELECT r.creator FROM variants v JOIN clips c ON c.id = v.clip_id JOIN moments m ON m.id = c.moment_id JOIN recordings r ON r.id = m.recording_id WHERE v.id = $1
		UNION ALL SELECT r.creator FROM work w JOIN recordings r ON r.id = w.recording WHERE w.id = $1) things WHERE $2 = '' OR owner = $2`, []any{id, creator}, &owner)
	return owner, err
}

// Lands reports whether a task takes in something that lies in one of these
// folders of a source: what it is of is no recording yet.
func (t *Tx) Lands(task string, folders ...string) (bool, error) {
	n := narrowed{}
	n.when("work_id = ?", task)
	n.inFolder("key", folders)
	var found int
	query, args := n.query(`SELECT COUNT(*) FROM arrivals `, "")
	err := t.one("count", query, args, &found)
	return found > 0, err
}

// inFolder wants a key to lie in one of these folders, at any depth; none is
// anywhere.
func (n *narrowed) inFolder(column string, folders []string) {
	if len(folders) == 0 {
		return
	}
	either := ""
	for _, f := range folders {
		if either != "" {
			either += " OR "
		}
		either += n.filled("substr("+column+", 1, length(CAST(? AS TEXT))) = ", []any{f + "/"}) + n.arg(f+"/")
	}
	n.conditions = append(n.conditions, "("+either+")")
}
