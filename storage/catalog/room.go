package catalog

import (
	"database/sql"
	"time"

	"dropcut/pipeline"
)

// TakeRoom reserves bytes of a disk for a claim, and gives what other claims
// have reserved there. The reservation ends with the claim, however that ends.
// Whoever finds that there is not so much room undoes it by rolling back.
func (t *Tx) TakeRoom(w Work, disk string, bytes int64) (others int64, err error) {
	if _, err := t.exec(`DELETE FROM disk_room WHERE NOT EXISTS (
		SELECT 1 FROM work w WHERE w.id = disk_room.work_id AND w.fence = disk_room.fence AND w.state = 'running')`); err != nil {
		return 0, err
	}
	if _, err := t.exec(`INSERT INTO disk_room (work_id, fence, disk, bytes) VALUES ($1, $2, $3, $4)
		ON CONFLICT (work_id, disk) DO UPDATE SET fence = excluded.fence, bytes = excluded.bytes`, w.ID, w.Fence, disk, bytes); err != nil {
		return 0, err
	}
	err = t.one("room", `SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM disk_room WHERE disk = $1 AND work_id <> $2`, []any{disk, w.ID}, &others)
	return others, err
}

// Wait hands w back until there is room, without spending an attempt: for after,
// and where twenty and more wait, so much longer, up to twelve times, that not
// all of them ask again and again.
func (t *Tx) Wait(w Work, after time.Duration, why *pipeline.Error) error {
	return t.guarded(`UPDATE work SET state = 'ready', lease_ms = 0, attempt = attempt - 1, failure = $4,
		  not_before = now_ms + $3 * (SELECT 1 + COUNT(*) / 20 FROM (SELECT 1 FROM work WHERE `+withoutRoom+` LIMIT 220) AS waiting)
		WHERE id = $1 AND fence = $2 AND state = 'running'`, w, after.Milliseconds(), text(why))
}

// withoutRoom is true of rows that wait for room.
const withoutRoom = `state = 'ready' AND failure LIKE '{"kind":"no_room"%'`

// Delayed is the rows of a recording, or of all where that is "", that were
// begun and will be tried again, oldest first: Failure says why they are not done.
func (t *Tx) Delayed(recording string) ([]Work, error) {
	var out []Work
	err := t.each(`SELECT id, kind, subject, recording, attempt, failure FROM work
		WHERE state = 'ready' AND failure <> '' AND ($1 = '' OR recording = $1) ORDER BY id`, []any{recording}, func(rows *sql.Rows) error {
		w := Work{State: WorkReady}
		var body string
		if err := rows.Scan(&w.ID, &w.Kind, &w.Subject, &w.Recording, &w.Attempt, &body); err != nil {
			return err
		}
		if err := w.readFailure(body); err != nil {
			return err
		}
		out = append(out, w)
		return nil
	})
	return out, err
}
