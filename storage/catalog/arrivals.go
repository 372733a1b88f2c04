package catalog

import (
	"database/sql"
	"time"

	"dropcut/pipeline"
)

// Arrival is an object of a source bucket that may be a recording, as it was
// last listed, and what was taken of it.
type Arrival struct {
	Source  string
	Key     string
	Version string
	Size    int64
	Beside  string // digest of the versions of what lies beside it

	Listed   int64         // how often in a row it was listed with that version and size
	Still    time.Duration // since it was first listed so, by the database's clock
	Settled  time.Duration // since Beside is as it is
	Accepted string        // the version that was taken; "" for none yet
	With     string        // what lay beside it then
	Age      time.Duration // since that version was first taken
	Rounds   int64         // how often it was taken
}

// IsTaken reports whether this version was taken with what lies beside it now.
func (a Arrival) IsTaken() bool { return a.Accepted == a.Version && a.With == a.Beside }

// Seen notes that a was listed, and gives what is known of it with that.
func (t *Tx) Seen(a Arrival) (Arrival, error) {
	var still, settled, age int64
	err := t.one("arrival", `INSERT INTO arrivals (source, key, version, size, listed, since_ms, beside, beside_ms)
		VALUES ($1, $2, $3, $4, 1, now_ms, $5, now_ms)
		ON CONFLICT (source, key) DO UPDATE SET
		  listed = CASE WHEN arrivals.version = excluded.version AND arrivals.size = excluded.size THEN arrivals.listed + 1 ELSE 1 END,
		  since_ms = CASE WHEN arrivals.version = excluded.version AND arrivals.size = excluded.size THEN arrivals.since_ms ELSE excluded.since_ms END,
		  version = excluded.version, size = excluded.size,
		  beside_ms = CASE WHEN arrivals.beside = excluded.beside THEN arrivals.beside_ms ELSE excluded.beside_ms END,
		  beside = excluded.beside, refused = ''
		RETURNING listed, now_ms - since_ms, now_ms - beside_ms, accepted, accepted_beside, now_ms - accepted_ms, rounds`,
		[]any{a.Source, a.Key, a.Version, a.Size, a.Beside}, &a.Listed, &still, &settled, &a.Accepted, &a.With, &age, &a.Rounds)
	a.Still, a.Settled, a.Age = millis(still), millis(settled), millis(age)
	return a, err
}

func millis(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// Accept takes a as it was listed, and reports whether nobody had: then w, its
// ingest row, is added. An object that changed since is Conflict.
func (t *Tx) Accept(a Arrival, w Work) (bool, error) {
	n, err := t.exec(`UPDATE arrivals SET
		  accepted_ms = CASE WHEN accepted = version THEN accepted_ms ELSE now_ms END, accepted = version, accepted_beside = beside,
		  rounds = rounds + 1
		WHERE source = $1 AND key = $2 AND version = $3 AND beside = $4 AND rounds = $5 AND (accepted <> version OR accepted_beside <> beside)`,
		a.Source, a.Key, a.Version, a.Beside, a.Rounds)
	if err != nil || n == 0 {
		return false, err
	}
	id, err := t.Enqueue(w)
	if err != nil {
		return false, err
	}
	_, err = t.exec(`UPDATE arrivals SET work_id = $3 WHERE source = $1 AND key = $2`, a.Source, a.Key, id)
	return true, err
}

// Open is the keys of a source that were seen and are not accepted: none yet,
// or no more, since somebody asked for them to be taken anew.
func (t *Tx) Open(source string) (map[string]bool, error) {
	out := map[string]bool{}
	err := t.each(`SELECT key FROM arrivals WHERE source = $1 AND accepted = ''`, []any{source}, func(rows *sql.Rows) error {
		var key string
		err := rows.Scan(&key)
		out[key] = true
		return err
	})
	return out, err
}

// Refuse notes what of a source is not even looked at, by key, and why; what
// was refused before and is not among it is forgotten.
func (t *Tx) Refuse(source string, all map[string]*pipeline.Error) error {
	if _, err := t.exec(`DELETE FROM arrivals WHERE source = $1 AND accepted = '' AND refused <> ''`, source); err != nil {
		return err
	}
	if _, err := t.exec(`UPDATE arrivals SET refused = '' WHERE source = $1 AND refused <> ''`, source); err != nil {
		return err
	}
	for key, why := range all {
		if _, err := t.exec(`INSERT INTO arrivals (source, key, version, size, listed, since_ms, beside, beside_ms, refused)
			VALUES ($1, $2, '', 0, 0, now_ms, '', now_ms, $3) ON CONFLICT (source, key) DO UPDATE SET refused = excluded.refused`, source, key, text(why)); err != nil {
			return err
		}
	}
	return nil
}

const landings = `SELECT a.source AS source, a.key AS key, w.id, w.recording, w.state, w.failure
	FROM work w JOIN arrivals a ON a.work_id = w.id WHERE w.kind = 'ingest' AND w.state <> 'done'
	UNION ALL SELECT source, key, '', '', 'failed', refused FROM arrivals WHERE refused <> ''
	ORDER BY source, key`

// Landing is an accepted object and what became of taking it in, or one that
// is refused.
type Landing struct {
	Source    string
	Key       string
	Task      string // the row that takes it in; "" for none
	Recording string // "" until it is known
	State     WorkState
	Failure   *pipeline.Error // why it could not be taken in; nil in any other state
}

// Landings is what was accepted and is not, or not yet, a recording, and what
// was refused, by key. It looks at nothing that is taken in.
func (t *Tx) Landings() ([]Landing, error) {
	var out []Landing
	err := t.each(landings, nil, func(rows *sql.Rows) error {
		var l Landing
		var w Work
		var body string
		if err := rows.Scan(&l.Source, &l.Key, &l.Task, &l.Recording, &l.State, &body); err != nil {
			return err
		}
		if err := w.readFailure(body); err != nil {
			return err
		}
		l.Failure = w.Failure
		out = append(out, l)
		return nil
	})
	return out, err
}
