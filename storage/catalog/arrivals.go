package catalog

import (
	"database/sql"
	"encoding/json"
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

// Name is a key under which a recording was taken in, and the document of the
// row that did.
type Name struct {
	Source  string
	Key     string
	Version string // that was accepted, or, where it is to be taken in anew, as it was last listed
	Doc     []byte
}

// Names is every key under which a recording was taken in, in the order in which
// that was done, and that of a row which is in hand; "" for none. A name whose
// newest row is not done, or failed, is what its last row that was done says.
func (t *Tx) Names(recording, row string) ([]Name, error) {
	var out []Name
	err := t.each(`SELECT a.source, a.key, CASE WHEN a.accepted = '' THEN a.version ELSE a.accepted END, w.doc
		FROM work w JOIN work newest ON newest.kind = w.kind AND newest.subject = w.subject JOIN arrivals a ON a.work_id = newest.id
		WHERE w.recording = $1 AND w.kind = 'ingest' AND (w.id = $2 OR w.state = 'done')
		  AND (w.id = newest.id OR newest.state <> 'done' AND newest.id <> $2)
		ORDER BY a.accepted_ms, a.source, a.key, w.ended_ms DESC, w.id DESC`,
		[]any{recording, row}, func(rows *sql.Rows) error {
			var n Name
			err := rows.Scan(&n.Source, &n.Key, &n.Version, &n.Doc)
			if last := len(out) - 1; last < 0 || out[last].Source != n.Source || out[last].Key != n.Key {
				out = append(out, n)
			}
			return err
		})
	return out, err
}

// Second is a further name of a recording: the key and the version that were
// taken in there, and the recording, which lies elsewhere.
type Second struct {
	Key       string
	Version   string
	Recording pipeline.Recording
}

// Seconds is every key of a source that is a further name of a recording. Of
// recordings that are known by their only name it reads no document.
func (t *Tx) Seconds(source string) ([]Second, error) {
	var out []Second
	err := t.each(`SELECT a.key, a.accepted, r.doc FROM arrivals a JOIN work w ON w.id = a.work_id JOIN recordings r ON r.id = w.recording
		WHERE a.source = $1 AND a.accepted <> '' AND w.state = 'done' AND REPLACE(r.doc, '"key":"' || a.key || '"', '') = r.doc ORDER BY a.key`,
		[]any{source}, func(rows *sql.Rows) error {
			var s Second
			var body string
			if err := rows.Scan(&s.Key, &s.Version, &body); err != nil {
				return err
			}
			err := json.Unmarshal([]byte(body), &s.Recording)
			if err == nil && s.Recording.Source == source && s.Recording.Key != s.Key {
				out = append(out, s)
			}
			return err
		})
	return out, err
}

// inHand is led by the rows that are not done, never by all that lies in a source.
const inHand = `SELECT w.id FROM work w JOIN arrivals a ON a.work_id = w.id
	WHERE w.kind = 'ingest' AND w.state <> 'done' AND w.state IN ` + unfinished + ` AND a.source || '' = $1 ORDER BY w.id`

// InHand is the rows that take in something of a source and are not over yet, by ID.
func (t *Tx) InHand(source string) ([]string, error) {
	var out []string
	err := t.each(inHand, []any{source}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		out = append(out, id)
		return err
	})
	return out, err
}

// notDone is led by the few recordings of a creator that are not done.
const notDone = `SELECT COUNT(*) FROM recordings r WHERE r.creator = $1 AND r.state IN ('found', 'open', 'sealed', 'detected')
	AND EXISTS (SELECT 1 FROM work w WHERE w.recording = r.id AND w.state IN ` + unfinished + `)`

// takingIn is the keys that are taken in now and of which no recording is known yet.
const takingIn = `SELECT a.key FROM work w JOIN arrivals a ON a.work_id = w.id
	WHERE w.kind = 'ingest' AND w.state <> 'done' AND w.state IN ` + unfinished + ` AND w.recording = ''`

// InWork is how many of a creator's recordings are being taken in, or made clips
// of for the first time. What failed is not, nor what a person may add later.
func (t *Tx) InWork(creator string) (n int, err error) {
	if err = t.one("count", notDone, []any{creator}, &n); err != nil {
		return 0, err
	}
	keys, err := t.texts(takingIn)
	for _, key := range keys {
		if pipeline.CreatorOf(key) == creator {
			n++
		}
	}
	return n, err
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

const landings = `SELECT a.source AS source, a.key AS key, w.id AS task, w.recording AS recording, w.state AS state, w.failure AS failure
	FROM work w JOIN arrivals a ON a.work_id = w.id WHERE w.kind = 'ingest' AND w.state <> 'done'
	UNION ALL SELECT source, key, '', '', 'failed', refused FROM arrivals WHERE refused <> ''`

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

// Landing is what the row of that ID takes in. NotFound: it takes in nothing, or
// another row took its place.
func (t *Tx) Landing(task string) (Landing, error) {
	all, err := t.landings(`SELECT a.source, a.key, w.id, w.recording, w.state, w.failure
		FROM work w JOIN arrivals a ON a.work_id = w.id WHERE w.id = $1`, task)
	if err == nil && len(all) == 0 {
		err = pipeline.Fail(pipeline.NotFound, "no_such_task", "/v1/landings lists what is taken in", "there is no task %s that takes something in", task)
	}
	if err != nil {
		return Landing{}, err
	}
	return all[0], nil
}

// Landings is what was accepted and is not, or not yet, a recording, and what
// was refused, by key. It looks at nothing that is taken in.
func (t *Tx) Landings() ([]Landing, error) { return t.landings(landings + ` ORDER BY source, key`) }

// LandingsBehind is those Landings of which no recording is known, that lie in
// one of these folders (none: anywhere), behind one in order of source, key and
// task, at most limit.
func (t *Tx) LandingsBehind(folders []string, behind Landing, limit int) ([]Landing, error) {
	var n narrowed
	n.when("recording = ''")
	n.when("(source, key, task) > (?, ?, ?)", behind.Source, behind.Key, behind.Task)
	n.inFolder("key", folders)
	query, args := n.query(`SELECT source, key, task, recording, state, failure FROM (`+landings+`) all_landings `, `ORDER BY source, key, task LIMIT ?`, limit)
	return t.landings(query, args...)
}

func (t *Tx) landings(query string, args ...any) ([]Landing, error) {
	var out []Landing
	err := t.each(query, args, func(rows *sql.Rows) error {
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
