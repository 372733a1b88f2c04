package catalog

import (
	"database/sql"
	"encoding/json"
	"path"

	"dropcut/pipeline"
)

// Refused is what of a source is not taken in.
type Refused struct {
	All     map[string]*pipeline.Error // by key, why
	Pending map[string]bool            // what may be refused soon: where it was, it still is
}

// Refuse notes what of a source is not taken in, and tells of what was not
// refused before. What was and is not any more is forgotten.
func (t *Tx) Refuse(source string, r Refused) error {
	was := map[string]string{}
	if err := t.each(`SELECT key, refused FROM arrivals WHERE source = $1 AND refused <> ''`, []any{source}, func(rows *sql.Rows) error {
		var key, why string
		err := rows.Scan(&key, &why)
		was[key] = why
		return err
	}); err != nil {
		return err
	}
	for key := range was {
		if r.All[key] != nil || r.Pending[key] {
			continue
		}
		if err := t.refuseNoMore(source, key); err != nil {
			return err
		}
	}
	for key, why := range r.All {
		if was[key] == text(why) {
			continue
		}
		if _, err := t.exec(`INSERT INTO arrivals (source, key, version, size, listed, since_ms, beside, beside_ms, refused)
			VALUES ($1, $2, '', 0, 0, now_ms, '', now_ms, $3) ON CONFLICT (source, key) DO UPDATE SET refused = excluded.refused`, source, key, text(why)); err != nil {
			return err
		}
		if err := t.landingFailed(pipeline.CreatorOf(key), "", key, why); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) refuseNoMore(source, key string) error {
	if _, err := t.exec(`DELETE FROM arrivals WHERE source = $1 AND key = $2 AND accepted = '' AND refused <> ''`, source, key); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE arrivals SET refused = '' WHERE source = $1 AND key = $2`, source, key)
	return err
}

// LandingFailed tells that an object could not be taken in by w, its ingest row.
// Of a row that no arrival names, nobody is told; of one that does not say for
// whom it is, as a document that cannot be read, whose folder the object lies in.
func (t *Tx) LandingFailed(w Work, why *pipeline.Error) error {
	var key string
	if err := t.each(`SELECT key FROM arrivals WHERE work_id = $1`, []any{w.ID}, func(rows *sql.Rows) error { return rows.Scan(&key) }); err != nil || key == "" {
		return err
	}
	var asked struct{ Creator string }
	if err := json.Unmarshal(w.Doc, &asked); err != nil || asked.Creator == "" {
		asked.Creator = pipeline.CreatorOf(key)
	}
	return t.landingFailed(asked.Creator, w.ID, key, why)
}

// landingFailed keeps the event, and tells the creator's webhooks, that what
// lies under a key could not be taken in; task is the row that tried, "" for none.
func (t *Tx) landingFailed(creator, task, key string, why *pipeline.Error) error {
	if _, err := t.exec(`INSERT INTO events (id, at_ms, kind, subject, recording, state, failure, creator, key)
		VALUES ($1, now_ms, 'landing', $2, '', 'failed', $3, $4, $5)`, pipeline.Mint(eventID), task, text(why), creator, key); err != nil {
		return err
	}
	return t.Tell(creator, pipeline.TellRecordingFailed, pipeline.FailedRecording{Name: short(path.Base(key)), Key: short(key), Failure: toldOf(why)})
}
