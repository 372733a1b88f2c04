package catalog

import (
	"time"

	"dropcut/pipeline"
)

// RoundEnd is how a round stands, and when it was begun and ended.
type RoundEnd struct {
	Unfinished int64     // rows that are still to be done
	Done       int64     // rows
	Failed     int64     // rows that failed for good
	Code       string    // why the first of those failed
	Last       string    // the row that ended last
	Landed     time.Time // when what it was begun for was last seen to change, or else was asked for
	Ended      time.Time // when Last ended; zero for none
}

// RoundEnd reads a round of a recording; "" where none is known yet.
func (t *Tx) RoundEnd(recording, round string) (RoundEnd, error) {
	const of = ` FROM work WHERE recording = $1 AND RTRIM(input, '+') = $2`
	var r RoundEnd
	var first, failure string
	var ended, landed int64
	args := []any{recording, round}
	if err := t.one("round", `SELECT COALESCE(SUM(CASE WHEN state IN `+unfinished+` THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN state = 'done' THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN state = 'failed' THEN 1 ELSE 0 END), 0),
		COALESCE(MIN(id), ''), COALESCE(MAX(ended_ms), 0),
		COALESCE((SELECT id`+of+` ORDER BY ended_ms DESC, id DESC LIMIT 1), ''),
		COALESCE((SELECT failure`+of+` AND state = 'failed' ORDER BY id LIMIT 1), ''),
		COALESCE((SELECT MAX(CASE WHEN a.beside_ms > a.since_ms THEN a.beside_ms ELSE a.since_ms END) FROM arrivals a
			WHERE a.work_id IN (SELECT id`+of+` AND kind = 'ingest')), 0)`+of,
		args, &r.Unfinished, &r.Done, &r.Failed, &first, &ended, &r.Last, &failure, &landed); err != nil {
		return r, err
	}
	var w Work
	if err := w.readFailure(failure); err != nil {
		return r, err
	}
	if w.Failure != nil {
		r.Code = w.Failure.Code
	}
	r.Ended = time.UnixMilli(ended)
	if at, ok := pipeline.MintedAt(first); ok {
		r.Landed = at
	}
	if at := time.UnixMilli(landed); landed > 0 && at.Before(r.Landed) {
		r.Landed = at // what came meanwhile is not what it was begun for
	}
	return r, nil
}
