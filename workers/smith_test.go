package workers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/s3"
)

// smithy is all that a smith is told. The test binary is one where childSmithy
// holds it: a worker that is a process, whose steps do cheap work of the shape
// of the real: they put an object and keep a row of it.
type smithy struct {
	Catalogue, Redis string
	Endpoint, Bucket string        // of the store; "": nothing is put
	Lease            time.Duration // of a claim
	Takes            time.Duration // what a step takes
	Bytes            int           // of an object
	Deaf             bool          // a step does not hear that it is to stop
}

const childSmithy = "WORKER_CHILD_SMITHY"

// stages is what is done with each moment, one after the other.
var stages = []pipeline.Step{pipeline.Excerpt, pipeline.Transcribe, pipeline.Plan}

// steps is the work of a smithy: the same moment and stage, the same bytes. What
// it begins it says.
func (y smithy) steps(ctx context.Context, say func(...any)) (map[pipeline.Step]Step, error) {
	var bucket storage.Bucket
	if y.Endpoint != "" {
		b, err := s3.Open(ctx, s3.Config{Bucket: y.Bucket, Endpoint: y.Endpoint, Stall: time.Second})
		if err != nil {
			return nil, err
		}
		bucket = b
	}
	out := map[pipeline.Step]Step{}
	for i, kind := range stages {
		out[kind] = StepFunc(func(ctx context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
			say("begun", w.ID, w.Fence)
			over := ctx.Done()
			if y.Deaf {
				over = nil
			}
			select {
			case <-time.After(y.Takes):
			case <-over:
				return catalog.Outcome{}, ctx.Err()
			}
			return y.make(ctx, bucket, w, i == len(stages)-1)
		})
	}
	return out, nil
}

// made is the bytes of one stage of a moment.
func (y smithy) made(subject string, kind pipeline.Step) []byte {
	return bytes.Repeat([]byte(subject+" "+string(kind)+"\n"), y.Bytes/(len(subject)+len(kind)+2)+1)
}

func (y smithy) make(ctx context.Context, bucket storage.Bucket, w catalog.Work, last bool) (catalog.Outcome, error) {
	body := y.made(w.Subject, w.Kind)
	digest := storage.DigestBytes(body)
	if bucket != nil {
		if _, err := bucket.Put(ctx, madeKey(w.Subject, w.Kind), bytes.NewReader(body), digest); err != nil {
			return catalog.Outcome{}, err
		}
	}
	out := catalog.Outcome{Made: catalog.Made{Moment: w.Subject, Frames: 1}, Keep: func(tx *catalog.Tx) error {
		_, err := tx.PutSegment(catalog.Segment{Recipe: w.ID, Digest: digest, Encoder: fmt.Sprint(w.Fence)})
		return err
	}}
	if !last {
		out.Next = []catalog.Work{{Subject: w.Subject, Input: "i"}}
	}
	return out, nil
}

func madeKey(subject string, kind pipeline.Step) string {
	return "made/" + subject + "/" + string(kind)
}

// beSmith works until SIGTERM, and says on stdout what it does.
func beSmith(text string) error {
	var y smithy
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&y); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	steps, err := y.steps(ctx, func(words ...any) { fmt.Println(words...) })
	if err != nil {
		return err
	}
	db, err := catalog.Open(ctx, y.Catalogue)
	if err != nil {
		return err
	}
	defer db.Close()
	client, err := Dial(y.Redis)
	if err != nil {
		return err
	}
	defer client.Close()
	fmt.Println("open")
	s := &Server{Redis: client, Slots: 4, Every: 150 * time.Millisecond, Hand: Hand{DB: db, Lease: y.Lease, Steps: steps, Attempts: 1 << 20,
		Backoff: time.Millisecond, Log: slog.New(slog.NewTextHandler(os.Stdout, nil)), Watch: ender{}}}
	err = s.Run(ctx)
	fmt.Println("handed back", s.Counts.HandedBack.Load())
	return err
}

// ender says on stdout which rows ended, and under which claim.
type ender struct{ unwatched }

func (ender) Finished(w catalog.Work, _ catalog.Made, err *pipeline.Error) {
	if err == nil {
		fmt.Println("ended", w.ID, w.Fence)
	} else {
		fmt.Println("failed", w.ID, w.Fence, err.Code, err.Detail)
	}
}
