package api

import (
	"context"
	"encoding/json"
	"net/http"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Keyed is what every POST takes.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"255" doc:"any text of yours, such as a UUID: the same call with the same key gets the same answer, and does nothing twice; kept for two days" json:"-"`
}

func (k Keyed) key() string { return k.Key }

// keyed is the input of a POST.
type keyed interface{ key() string }

// Reply is an answer that may be given again.
type Reply[T any] struct {
	Status   int
	Replayed string `header:"Idempotency-Replayed" doc:"true where this was answered before"`
	ETag     string `header:"ETag" doc:"the revision, for If-Match"`
	Link     string `header:"Link"`
	Body     *T
}

// notKept is a status that a later call may change: it is not answered again.
func notKept(status int) bool { return status == http.StatusNoContent }

// once runs f in one transaction at a desk, together with the keeping of its
// answer: a call that is made again with its key is answered the same, whatever
// was killed in between.
func once[T any](a *API, ctx context.Context, in keyed, f func(tx *catalog.Tx) (*Reply[T], error)) (*Reply[T], error) {
	return onceIn(a, a.Catalog.AtDesk, ctx, in, f)
}

// onceIn is once in a transaction of another kind.
func onceIn[T any](a *API, run func(context.Context, func(*catalog.Tx) error) error, ctx context.Context, in keyed, f func(tx *catalog.Tx) (*Reply[T], error)) (*Reply[T], error) {
	asked, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	who, digest := callerOf(ctx), storage.DigestBytes(append([]byte(operationOf(ctx)+"\n"), asked...))
	var out *Reply[T]
	err = run(ctx, func(tx *catalog.Tx) error {
		out = nil
		if in.key() == "" {
			out, err = f(tx)
			return err
		}
		was, known, err := tx.Answered(who.Token, in.key(), digest)
		if err != nil {
			return err
		}
		if known {
			out, err = again[T](was, digest)
			return err
		}
		if out, err = f(tx); err != nil {
			return err
		}
		return keep(tx, who.Token, in.key(), digest, out)
	})
	return out, err
}

// again is an answer that was given before.
func again[T any](was catalog.Answer, asked string) (*Reply[T], error) {
	if was.Asked != asked {
		return nil, pipeline.Fail(pipeline.Invalid, "key_reused", "use another Idempotency-Key", "this Idempotency-Key was used for another call")
	}
	out := &Reply[T]{Status: was.Status, Replayed: "true"}
	if was.Body == "" {
		return out, nil
	}
	out.Body = new(T)
	return out, json.Unmarshal([]byte(was.Body), out.Body)
}

func keep[T any](tx *catalog.Tx, holder, key, asked string, out *Reply[T]) error {
	a := catalog.Answer{Asked: asked, Status: out.Status}
	if notKept(out.Status) {
		a.Status = 0
	}
	if out.Body != nil {
		body, err := json.Marshal(out.Body)
		if err != nil {
			return err
		}
		a.Body = string(body)
	}
	return tx.PutAnswer(holder, key, a)
}
