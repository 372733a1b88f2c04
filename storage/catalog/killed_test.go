package catalog

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
)

// childWriter is the file of a catalogue where the test binary is to write to
// it until it is killed.
const childWriter = "CATALOG_CHILD_FILE"

// half is long enough for a transaction of two to touch many pages.
var half = strings.Repeat("of a recording's name, ", 4000)

// beWriter keeps pairs of recordings and work of it, each in one transaction,
// and says which are acknowledged.
func beWriter(file string) error {
	ctx := context.Background()
	db, err := Open(ctx, file)
	if err != nil {
		return err
	}
	for {
		id := pipeline.Mint(pipeline.RecordingID)
		if err := db.Write(ctx, func(tx *Tx) error {
			_, err := tx.Enqueue(Work{Kind: pipeline.Ingest, Subject: id, Input: "i"})
			for _, part := range []string{"", "_twin"} {
				err = errors.Join(err, tx.PutRecording(pipeline.Recording{ID: id + part, Creator: "c", Fingerprint: id + part, Name: half, State: pipeline.RecordingFound}))
			}
			return err
		}); err != nil {
			return err
		}
		fmt.Println(id)
	}
}

// killed has a writer killed after so long, and gives what it acknowledged.
func killed(t *testing.T, file string, after time.Duration) (acknowledged []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0]) // ours: nobody else has its handle
	cmd.Env = append(os.Environ(), childWriter+"="+file)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if acknowledged = append(acknowledged, lines.Text()); len(acknowledged) == 1 {
			time.AfterFunc(after, func() { _ = cmd.Process.Signal(syscall.SIGKILL) })
		}
	}
	_ = cmd.Wait()
	return acknowledged
}

// TestAKilledWriterLosesNothingThatWasAcknowledged: and nothing is there by half.
func TestAKilledWriterLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	faultstest.AtLength(t)
	r := faultstest.Rand(t)
	figures := faultstest.Figures{Faults: map[string]int{}}
	for range faultstest.Scaled(10, 500) {
		file := filepath.Join(t.TempDir(), "c.db")
		acknowledged := killed(t, file, time.Duration(r.IntN(60_000))*time.Microsecond)
		figures.Faults["kills"]++
		db, err := Open(t.Context(), file)
		if err != nil {
			t.Fatalf("after a kill: %v", err)
		}
		if err := db.Intact(t.Context()); err != nil {
			t.Errorf("after a kill: %v", err)
		}
		figures.Add(outlived(t, db, acknowledged))
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	faultstest.Tell(t, figures)
}

// outlived compares what was acknowledged with what is there.
func outlived(t *testing.T, db *DB, acknowledged []string) (out faultstest.Figures) {
	t.Helper()
	write(t, db, func(tx *Tx) error {
		out = faultstest.Figures{}
		for _, id := range acknowledged {
			_, one := tx.Recording(id)
			_, two := tx.Recording(id + "_twin")
			_, row := tx.WorkOf(pipeline.Ingest, id, "i")
			if err := errors.Join(one, two, row); err != nil {
				t.Errorf("%s was acknowledged: %v", id, err)
				out.Lost++
				continue
			}
			out.Done++
		}
		ids, err := tx.RecordingIDs()
		if n := len(ids); n%2 != 0 || n/2 > len(acknowledged)+1 {
			t.Errorf("%d recordings are there, of %d acknowledged pairs", n, len(acknowledged))
			out.Doubled++
		}
		return err
	})
	return out
}
