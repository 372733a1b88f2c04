package catalog

import "time"

// Tally is what a moment cost since it was last published.
type Tally struct {
	EncodedFrames int64
	BytesRead     int64 // of the recording
	CPU           time.Duration
	Wall          time.Duration
}

// AddTally adds what a piece of work that began wall ago did for a moment.
func (t *Tx) AddTally(moment string, did Tally) error {
	_, err := t.exec(`INSERT INTO tallies (moment_id, encoded_frames, bytes_read, cpu_ms, since_ms)
		VALUES ($1, $2, $3, $4, now_ms - $5)
		ON CONFLICT (moment_id) DO UPDATE SET
		  encoded_frames = tallies.encoded_frames + excluded.encoded_frames,
		  bytes_read = tallies.bytes_read + excluded.bytes_read,
		  cpu_ms = tallies.cpu_ms + excluded.cpu_ms`,
		moment, did.EncodedFrames, did.BytesRead, did.CPU.Milliseconds(), did.Wall.Milliseconds())
	return err
}

// Tally is what a moment cost since it was last published; all zero when nothing was done.
func (t *Tx) Tally(moment string) (Tally, error) {
	var out Tally
	var cpu, wall int64
	err := t.one("tally", `SELECT COALESCE(MAX(encoded_frames), 0), COALESCE(MAX(bytes_read), 0), COALESCE(MAX(cpu_ms), 0),
		COALESCE(MAX(now_ms - since_ms), 0) FROM tallies WHERE moment_id = $1`,
		[]any{moment}, &out.EncodedFrames, &out.BytesRead, &cpu, &wall)
	out.CPU, out.Wall = time.Duration(cpu)*time.Millisecond, time.Duration(wall)*time.Millisecond
	return out, err
}

// ClearTally starts a moment's count anew: it was published.
func (t *Tx) ClearTally(moment string) error {
	_, err := t.exec(`DELETE FROM tallies WHERE moment_id = $1`, moment)
	return err
}

// AddRead adds bytes that a step took out of a recording.
func (t *Tx) AddRead(recording string, bytes int64) error {
	_, err := t.exec(`UPDATE recordings SET bytes_read = bytes_read + $2 WHERE id = $1`, recording, bytes)
	return err
}

// BytesRead is how many bytes all finished steps ever took out of a recording.
func (t *Tx) BytesRead(recording string) (n int64, err error) {
	err = t.one("recording", `SELECT bytes_read FROM recordings WHERE id = $1`, []any{recording}, &n)
	return n, err
}
