package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/s3"
	"dropcut/workers"
)

// outsideWithin bounds each look at something outside.
const outsideWithin = 30 * time.Second

// outside looks at what a service shares with other machines, where it is named.
func (c *doctorCommand) outside(ctx context.Context) (out []finding) {
	for _, one := range []struct {
		name, where string
		look        func(ctx context.Context, where string) (string, error)
	}{{"store", c.Store, lookAtStore}, {"database", c.Database, lookAtDatabase}, {"redis", c.Redis, lookAtRedis}} {
		if one.where == "" {
			continue
		}
		within, cancel := context.WithTimeout(ctx, outsideWithin)
		detail, err := one.look(within, one.where)
		cancel()
		f := finding{Name: one.name, Required: true, OK: err == nil, Detail: detail}
		if err != nil {
			f.Detail, f.Hint = err.Error(), pipeline.AsError(err, "").Hint
		}
		out = append(out, f)
	}
	return out
}

// lookAtStore does with an object of its own all that dropcut does in a store.
func lookAtStore(ctx context.Context, where string) (string, error) {
	b, err := openBucket(ctx, where)
	if err != nil {
		return "", err
	}
	if err := usable(ctx, b); err != nil {
		return "", err
	}
	const body = "dropcut doctor"
	key := "dropcut-doctor/" + pipeline.Mint("d")
	first, err := b.Put(ctx, key, strings.NewReader(body), storage.DigestBytes([]byte(body)))
	if err != nil {
		return "", err
	}
	defer func() { _ = b.Delete(context.WithoutCancel(ctx), key) }()
	r, err := b.OpenRange(ctx, key, first.Version, 8, 6)
	if err != nil {
		return "", err
	}
	part, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || string(part) != "doctor" {
		return "", pipeline.Fail(pipeline.Corrupt, "ranges", "use a store that serves ranges", "six bytes of an object came back as %q: %w", part, err)
	}
	_, err = b.Replace(ctx, key, "another", strings.NewReader("stale"), "")
	if s, ok := b.(*s3.Bucket); !errors.Is(err, pipeline.Conflict) || ok && !s.IsConditional() { // asked first, a stale one is a conflict too
		return "puts, reads ranges and lists; conditional puts are not kept: two services at once may overwrite each other's manifests", nil
	}
	return "puts, reads ranges, lists and replaces under conditions", nil
}

func lookAtDatabase(ctx context.Context, where string) (string, error) {
	db, err := catalog.Open(ctx, where)
	if err != nil {
		return "", err
	}
	defer db.Close()
	n, err := db.Unfinished(ctx)
	return fmt.Sprintf("the catalogue is there, %d rows of work to be done", n), err
}

func lookAtRedis(ctx context.Context, where string) (string, error) {
	r, err := workers.Dial(where)
	if err != nil {
		return "", err
	}
	defer r.Close()
	if err := r.Ping(ctx).Err(); err != nil {
		return "", pipeline.Fail(pipeline.Unavailable, "redis", "start it, or check the address", "Redis does not answer: %s", strings.TrimSpace(err.Error()))
	}
	return "answers", nil
}
